//! The simulated organisation: a state model of the platform, the loopback server in front of it, and its faults.
//!
//! [`world`] is pure: no clock, no socket, one seed. It follows the state model of protocol.md#process-course, and its
//! module docs name the assumptions where the page is silent.

pub mod demo;
pub mod endpoint;
pub mod faults;
pub mod http;
mod standalone;
pub mod world;

pub use standalone::{StandaloneOptions, TOKEN_LIFE, run_alone, wall_clock};

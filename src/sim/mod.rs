//! The simulated organisation: a state model of the platform, the loopback server in front of it, and its faults.
//!
//! [`world`] is pure: no clock, no socket, one seed. It follows section G of the API page, and its module docs name
//! what it assumes where the page is silent.

mod alone;
pub mod demo;
pub mod endpoint;
pub mod faults;
pub mod http;
pub mod world;

pub use alone::{AloneOptions, TOKEN_LIFE, run_alone, wall_clock};

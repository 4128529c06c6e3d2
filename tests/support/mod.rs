//! Shared parts of the scenario tests.

pub mod harness;
pub mod live;
pub mod scripted;

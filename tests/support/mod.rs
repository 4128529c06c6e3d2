//! Shared parts of the scenario tests.

pub mod detail_budget;
pub mod harness;
pub mod live;
pub mod scripted;

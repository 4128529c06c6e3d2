//! What the scenario tests share.

pub mod harness;
pub mod live;
pub mod scripted;

//! What the scenario tests share.

pub mod desk;
pub mod live;
pub mod scripted;

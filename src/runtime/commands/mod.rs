//! Commands without a screen.

pub(super) mod cache;
pub(super) mod journal;
pub(super) mod picture;

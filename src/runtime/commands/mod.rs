//! Commands without a screen.

pub(super) mod journal;

//! The house itself: who may import whom, and whether the documents tell the truth.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a fault of the reading itself is a failed test"
)]

mod documents;
mod layers;
mod references;

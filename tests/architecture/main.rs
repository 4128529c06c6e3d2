//! Layers and imports, documents and the references to them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a fault of the reading itself is a failed test"
)]

mod documents;
mod layers;
mod references;

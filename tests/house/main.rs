//! The house itself: who may import whom, and whether the documents tell the truth.

#![expect(clippy::unwrap_used, reason = "a fault of the reading itself is a failed test")]

mod layers;

//! The house itself: who may import whom, and whether the documents tell the truth.

mod layers;

//! (begun)

pub mod backend;

//! The only place with tasks, clocks and the terminal.

pub mod backend;
mod decode;

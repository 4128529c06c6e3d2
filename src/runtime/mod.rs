//! The only place with tasks, clocks and the terminal.

mod decode;

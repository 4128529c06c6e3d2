//! The simulated organisation, seen from outside.

mod demo;
mod demo_wire;

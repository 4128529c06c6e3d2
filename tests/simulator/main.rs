//! The simulated organisation, seen from outside.

mod checks;
mod demo;
mod demo_wire;
mod effects;
mod sequences;
mod stage;

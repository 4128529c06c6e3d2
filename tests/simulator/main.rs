//! The simulated organisation, seen from outside.

#![expect(clippy::expect_used, clippy::panic, reason = "a stage that cannot be set up is a failed test")]

mod checks;
mod client;
mod control;
mod demo;
mod demo_wire;
mod effects;
mod events;
mod faults;
mod hearing;
mod line;
mod sequences;
mod socket;
mod stage;
mod wire;

//! The real program in a pseudo-terminal: its traces, the causes of its end, and the events that it survives.

#![expect(clippy::unwrap_used, reason = "tests")]

mod deciding;
mod ending;
mod first;
mod journal;
mod keyboard;
mod leaving;
mod leftovers;
mod limits;
mod panic;
mod queue;
mod refusal;
mod secrets;
mod simulator;
mod terminal;
mod torture;
mod warm;

/// The program under test.
const SHENPI: &str = env!("CARGO_BIN_EXE_shenpi");

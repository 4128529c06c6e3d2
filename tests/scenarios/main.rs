//! Scenarios: keys in, requests and states out. The state machine, the key map and the views are the real ones.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a scenario that cannot go on has failed")]

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "shared with the recorded screens, which use other parts of it")]
mod support;

mod amounts;
mod announcements;
mod applied;
mod chain;
mod checking;
mod decisions;
mod doubt;
mod faults;
mod filter;
mod first;
mod forms;
mod history;
mod keys;
mod list;
mod loading;
mod masks;
mod notices;
mod outcome;
mod pages;
mod people;
mod polling;
mod preview;
mod queue;
mod reconcile;
mod refusals;
mod sight;
mod storm;
mod target;

mod unreadable;
mod warm;
mod words;

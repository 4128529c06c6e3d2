//! `shenpi` (审批): a terminal inbox for approvals in Feishu People.
//!
//! ```text
//!  bytes ─ input ─▶ Stroke ─ keymap(layers(app)) ─▶ Command ┐
//!                                                           ├▶ update(app, message, now) ─▶ Effects ─▶ runner ─▶ client
//!  timers, signals, results ───────────────────▶ Event ─────┘            │                                │
//!                        ▲                                               ▼                                │
//!                        └──────────── bounded channel ◀─────────────────┼──────────── Event ◀────────────┘
//!                                                              dirty → layout → draw
//! ```
//!
//! Layers, lowest first; each may use those below it only (`tests/architecture/layers.rs` reads the sources and checks):
//! [`files`] opening files · [`domain`] nouns · [`app`] the state machine · [`keys`] strokes to commands · [`text`] every sentence ·
//! [`feishu`] the platform's client · [`store`] the journal of decisions · [`sim`] the simulated organisation ·
//! [`view`] paint · [`config`] and [`cli`] what one run is told · [`runtime`] the only place with tasks, clocks and the
//! terminal.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod feishu;
pub mod files;
pub mod keys;
pub mod runtime;
pub mod sim;
pub mod store;
pub mod text;
pub mod view;

/// Runs the program; the first argument is its name. Exit codes: 0 after quitting, 1 where output failed, 2 for a wrong
/// configuration, 3 for a refusal at the start, 128 and the number of a signal, 101 after a panic.
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> std::process::ExitCode {
    runtime::start::main(arguments)
}

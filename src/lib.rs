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
//! Layers, lowest first; each may use those below it only (`tests/layers.rs` reads the sources and checks):
//! [`domain`] nouns · [`app`] the state machine · [`keys`] strokes to commands · [`text`] every sentence ·
//! [`feishu`] the platform's client · [`sim`] the simulated organisation · [`view`] paint · [`runtime`] the only place
//! with tasks, clocks and the terminal.

pub mod app;
pub mod cli;
pub mod config;
pub mod domain;
pub mod feishu;
pub mod keys;
pub mod runtime;
pub mod sim;
pub mod text;
pub mod view;

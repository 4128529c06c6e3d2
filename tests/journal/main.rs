//! The journal on disks that fail and on a real one: what was written is there, whatever ended the program.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod checkpoints;
mod command;
mod damage;
mod endings;
mod folder;
mod history;
mod lock;
mod months;
mod newer;
mod words;

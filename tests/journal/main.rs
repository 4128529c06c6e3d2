//! The journal on failing disks and on a real one: written lines survive every end of the program.

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

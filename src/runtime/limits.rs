//! The system's limits for this process: enough to run, and no copy of its memory for other users.

use std::fs::File;
use std::io;
use std::thread;

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// Descriptors that a run needs beside those that are open at its start: connections, journal, cache, log, keyboard, timers.
const FILES: usize = 44;
/// Threads that are running at the same time, but for the first.
const THREADS: usize = 7;
/// Bytes of address space beyond those of the start: stacks, certificates, and some answers of the largest size.
const MEMORY: usize = 192 << 20;

/// A scarce resource.
#[derive(Debug)]
pub(super) enum Shortage {
    Files(io::Error),
    Threads(io::Error),
    Memory,
}

/// Tests all limits. Later, and without memory, the program could only abort.
pub(super) fn check() -> Result<(), Shortage> {
    // Only the system administrator's limit counts; the other one is a default.
    let files = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files });
    raised.map_err(|error| Shortage::Files(error.into()))?;
    let opened: io::Result<Vec<File>> = (0..FILES).map(|_| File::open("/dev/null")).collect();
    drop(opened.map_err(Shortage::Files)?);

    let mut memory: Vec<u8> = Vec::new();
    memory.try_reserve_exact(MEMORY).map_err(|_| Shortage::Memory)?;
    drop(memory);

    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let stopped = std::sync::Mutex::new(stopped);
    thread::scope(|scope| {
        // Each waits until all are there, or one could not be made.
        let started = (0..THREADS).map(|_| {
            thread::Builder::new().spawn_scoped(scope, || drop(stopped.lock().map(|stopped| stopped.recv()))).map(drop)
        });
        let started = started.collect::<io::Result<()>>();
        drop(stop);
        started
    })
    .map_err(Shortage::Threads)
}

/// Disables core dumps of this process and of its children.
pub(super) fn refuse_core_dumps() -> io::Result<()> {
    Ok(setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?)
}

/// Other processes of the same user can neither read this one's memory nor trace it.
pub(super) fn refuse_tracing() -> io::Result<()> {
    Ok(set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

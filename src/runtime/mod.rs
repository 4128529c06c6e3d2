//! The only layer with tasks, clocks and the terminal. [`Session`] does the work of the loop; this file waits for keys,
//! signals, answers and the time of the next frame.

pub mod backend;
mod cache;
mod cache_start;
mod clock;
mod commands;
mod console;
mod decode;
mod dispatch;
mod exit;
pub mod faults;
mod flush;
mod input;
mod journal_session;
mod journal_writer;
mod limits;
pub mod log;
pub mod panics;
pub mod picture;
mod platform;
mod port;
mod runner;
mod session;
mod signals;
pub mod start;
mod system;
pub mod terminal;
#[cfg(test)]
mod test_support;

use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout_at};

pub use cache::{CacheHandle, read_kept};
pub use cache_start::restored;
pub use clock::SystemClock;
pub use decode::KeyInput;
pub use exit::ExitReason;
use input::Keyboard;
pub use journal_writer::JournalWriter;
pub use platform::OpenApi;
pub use port::{Clock, Environment, Platform, Report, Requests, Storage, TerminalIo};
use runner::Runner;
pub use session::Session;
use signals::Signal;
use system::System;
use terminal::Terminal;

use crate::app::screen::Extent;
use crate::app::{App, Event, Message};
use crate::keys::Keymap;

/// Longest wait for running decisions when the program must end.
const PATIENCE: Duration = Duration::from_secs(2);
/// Messages that are handled before a frame is drawn, should more keep coming.
const DRAIN_LIMIT: usize = 256;

/// The disk of a run.
#[derive(Debug)]
pub struct RunDisk {
    pub journal: JournalWriter,
    pub cache: Option<CacheHandle>,
}

/// Runs the inbox until it ends. `paint` draws a frame and returns its extent.
///
/// # Errors
/// The terminal or the signals of the process are unavailable.
pub async fn run<P: Platform>(
    app: App,
    keymap: Keymap,
    paint: impl Fn(&mut Frame, &App, &Keymap) -> Extent,
    platform: P,
    disk: RunDisk,
    first: impl IntoIterator<Item = Event>,
    clock: SystemClock,
) -> io::Result<(ExitReason, App)> {
    let (runner, reports) = Runner::new(platform);
    let RunDisk { journal, cache } = disk;
    if let Some(cache) = &cache {
        cache.listen(runner.reports());
    }
    let signals = signals::listen(runner.shutdown())?;
    let panics = panics::listen();
    let terminal = Terminal::enter()?;
    let keyboard = input::listen(runner.shutdown())?;
    let mut session = Session::new(app, keymap);
    let mut system = System { clock, terminal, paint, journal, cache, runner };
    system.runner.listen();
    let mut inputs = Inputs { signals, panics, keyboard, reports };
    let looping = inputs.run(&mut session, &mut system, first);
    // The hook has printed a panic of the loop; sent decisions still get their answers.
    let (how, message) = AssertUnwindSafe(looping).catch_unwind().await.unwrap_or((ExitReason::Panicked, None));
    panics::stop_listening();
    let patience = Instant::now() + PATIENCE;
    terminal::leave();
    if let Some(message) = &message {
        panics::print(message);
    }
    session.close(&mut system, how);
    let Inputs { mut reports, .. } = inputs;
    while how != ExitReason::Panicked && !session.is_drained() {
        let Ok(Some(report)) = timeout_at(patience, reports.recv()).await else { break };
        session.receive(&mut system, report);
    }
    system.runner.close(reports, patience).await;
    system.journal.sync();
    if let Some(cache) = &system.cache {
        cache.close(session.app.last_batch());
    }
    Ok((how, session.app))
}

/// Everything that the loop waits for.
struct Inputs {
    signals: mpsc::Receiver<Signal>,
    panics: mpsc::UnboundedReceiver<String>,
    keyboard: mpsc::Receiver<Keyboard>,
    reports: mpsc::Receiver<Report>,
}

impl Inputs {
    /// Runs the session until it has to end. Returns how, and the message of a task that panicked.
    async fn run<P: Platform, D: Fn(&mut Frame, &App, &Keymap) -> Extent>(
        &mut self,
        session: &mut Session,
        system: &mut System<P, D>,
        first: impl IntoIterator<Item = Event>,
    ) -> (ExitReason, Option<String>) {
        for event in first {
            session.tell(system, Message::Event(event));
        }
        loop {
            if let Some(how) = session.ended() {
                return (how, None);
            }
            session.settle(system);
            let frame = session.frame_due().map(|at| system.clock.instant(at));
            if frame.is_some_and(|due| due <= Instant::now()) {
                session.draw(system);
                continue;
            }
            let wake = session.next_wake().map(|at| system.clock.instant(at));
            tokio::select! {
                biased;
                Some(message) = self.panics.recv() => {
                    system.runner.shut_down();
                    return (ExitReason::Panicked, Some(message));
                }
                Some(signal) = self.signals.recv() => heard(session, system, signal),
                Some(keys) = self.keyboard.recv() => pressed(session, system, keys),
                Some(report) = self.reports.recv() => answered(session, system, report),
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => session.wake(system),
                () = sleep_until(frame.unwrap_or_else(Instant::now)), if frame.is_some() => {}
            }
            self.drain(session, system);
        }
    }

    /// Handles what else has come before the next frame is drawn.
    fn drain<P: Platform, D: Fn(&mut Frame, &App, &Keymap) -> Extent>(
        &mut self,
        session: &mut Session,
        system: &mut System<P, D>,
    ) {
        for _ in 0..DRAIN_LIMIT {
            if session.ended().is_some() {
                return;
            } else if let Ok(signal) = self.signals.try_recv() {
                heard(session, system, signal);
            } else if let Ok(keys) = self.keyboard.try_recv() {
                pressed(session, system, keys);
            } else if let Ok(report) = self.reports.try_recv() {
                answered(session, system, report);
            } else {
                return;
            }
        }
    }
}

fn heard(session: &mut Session, outside: &mut impl Environment, signal: Signal) {
    match signal {
        Signal::End(number) => session.hang_up(outside, number),
        Signal::Resized => {
            let size = terminal::size();
            session.resized(outside, size.width, size.height);
        }
        Signal::Continued => session.resumed(outside),
    }
}

fn pressed(session: &mut Session, outside: &mut impl Environment, keys: Keyboard) {
    match keys {
        Keyboard::Gone => session.hang_up(outside, session::HANGUP),
        Keyboard::Burst(burst, inputs) => {
            for input in inputs {
                session.typed(outside, input, burst);
            }
        }
    }
}

fn answered<P: Platform, D: Fn(&mut Frame, &App, &Keymap) -> Extent>(
    session: &mut Session,
    system: &mut System<P, D>,
    report: Report,
) {
    system.runner.answered(&report);
    session.receive(system, report);
}

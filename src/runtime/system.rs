//! The environment of the program: its clock, its terminal, its journal, and requests as tasks.

use std::io;
use std::time::Duration;

use ratatui::Frame;

use super::cache::CacheHandle;
use super::clock::SystemClock;
use super::exit::ExitReason;
use super::journal_writer::JournalWriter;
use super::port::{Clock, Environment, Platform, Requests, Storage, TerminalIo};
use super::runner::Runner;
use super::session::HANGUP;
use super::signals;
use super::terminal::{self, Terminal};
use crate::app::screen::Extent;
use crate::app::{Answer, App, Event, Query, RequestId, Slot};
use crate::domain::record::Record;
use crate::domain::{CacheWrite, Now, Priority, ProcessId, Reviewed};
use crate::keys::Keymap;

pub(super) struct System<P, D> {
    pub clock: SystemClock,
    pub terminal: Terminal,
    pub paint: D,
    pub journal: JournalWriter,
    pub cache: Option<CacheHandle>,
    pub runner: Runner<P>,
}

impl<P: Platform, D> System<P, D> {
    /// The loop ends soon after the terminal is gone, in any later wait.
    fn watched<T>(&self, done: io::Result<T>) -> io::Result<T> {
        done.inspect_err(|_| signals::begin_shutdown(HANGUP, &self.runner.shutdown()))
    }
}

impl<P, D> Clock for System<P, D> {
    fn now(&self) -> Now {
        self.clock.now()
    }
}

impl<P: Platform, D: Fn(&mut Frame, &App, &Keymap) -> Extent> TerminalIo for System<P, D> {
    fn draw(&mut self, app: &App, keymap: &Keymap) -> io::Result<Extent> {
        let Self { terminal, paint, .. } = self;
        let mut extent = Extent::default();
        let drawn = terminal.draw(|frame| extent = paint(frame, app, keymap));
        self.watched(drawn.map(|()| extent))
    }

    fn repaint(&mut self) -> io::Result<()> {
        let done = self.terminal.repaint();
        self.watched(done)
    }

    fn suspend(&mut self) -> io::Result<()> {
        let done = self.terminal.suspend();
        self.watched(done)
    }

    fn resume(&mut self) -> io::Result<()> {
        let done = self.terminal.resume();
        self.watched(done)
    }

    fn copy(&mut self, text: &str) -> io::Result<()> {
        self.watched(terminal::copy(text))
    }
}

impl<P: Platform, D> Storage for System<P, D> {
    fn append(&mut self, record: &Record) -> io::Result<()> {
        self.journal.append(record)
    }

    fn begin_sync(&mut self) {
        self.runner.sync(self.journal.syncer());
    }

    fn end(&mut self, how: ExitReason, now: Now, idle: Option<u64>) {
        self.journal.end(how.session_end(), now.wall, idle);
    }

    fn read_history(&mut self, id: RequestId, slot: Slot, newest: usize) {
        let history = self.journal.history(newest);
        self.runner.read_disk(id, slot, move || Answer::History(history()));
    }

    fn read_cached(&mut self, id: RequestId, slot: Slot, process: ProcessId) {
        if let Some(cache) = self.cache.clone() {
            self.runner.read_cache(id, slot, cache.read(process));
        }
    }

    fn keep(&mut self, batch: Vec<CacheWrite>) {
        if let Some(cache) = &self.cache {
            cache.keep(batch);
        }
    }
}

impl<P: Platform, D> Requests for System<P, D> {
    fn read(&mut self, id: RequestId, slot: Slot, priority: Priority, after: Duration, query: Query) {
        self.runner.read(id, slot, priority, after, query);
    }

    fn abandon(&mut self, slot: &Slot) {
        self.runner.abandon(slot);
    }

    fn renew_live(&mut self) {
        self.runner.renew_live();
    }

    fn prepare(&mut self, id: RequestId) {
        self.runner.prepare(id);
    }

    fn write(&mut self, id: RequestId, decision: &Reviewed) {
        self.runner.write(id, decision.clone());
    }

    fn fault(&mut self, order: &str) -> Option<Event> {
        self.runner.fault(order)
    }

    fn is_shut_down(&self) -> bool {
        self.runner.shutdown().is_cancelled()
    }

    fn shut_down(&mut self) {
        self.runner.shut_down();
    }
}

impl<P: Platform, D: Fn(&mut Frame, &App, &Keymap) -> Extent> Environment for System<P, D> {}

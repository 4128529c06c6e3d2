//! The surroundings of a simulated day's session: clocks, a disk and a connection that can be slow, full or gone, and a
//! process that can end between any two steps.

use std::io;
use std::time::Duration;

use shenpi::app::screen::Extent;
use shenpi::app::{App, Effect, Event, Message, Query, RequestId, Slot};
use shenpi::domain::decision::state::State;
use shenpi::domain::record::Record;
use shenpi::domain::{
    CacheWrite, CleanText, Endpoint, Failure, FailureKind, Now, Outcome, Priority, ProcessId, Reviewed,
};
use shenpi::keys::Keymap;
use shenpi::runtime::{Clock, Environment, ExitReason, Requests, Storage, TerminalIo};
use shenpi::store::Failing;

use super::action::Moment as Point;
use super::announcing::due_before;
use super::day::{Day, What};
use super::model::Passage;
use super::ui_state::UiState;

impl Clock for Day<'_> {
    fn now(&self) -> Now {
        self.clocks()
    }
}

/// Frames come and are not painted: days are many, and what is on screen is judged by the state.
impl TerminalIo for Day<'_> {
    /// Long texts are always longer than the screen here, so that they scroll.
    fn draw(&mut self, _: &App, _: &Keymap) -> io::Result<Extent> {
        Ok(Extent { lines: 100, rows: 10, ..Extent::default() })
    }

    fn repaint(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn resume(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }
}

/// A process that has ended acts no more, on any request of its session.
fn no_process() -> io::Error {
    io::Error::other("the process has ended")
}

impl Storage for Day<'_> {
    fn append(&mut self, record: &Record) -> io::Result<()> {
        if !self.is_running() {
            return Err(no_process());
        }
        if let Some(bytes) = self.traps_in_append() {
            self.disk.fail(Failing { room: Some(bytes), truncate: true, ..Failing::default() });
        }
        let at = self.now;
        let appended = self.program.as_mut().ok_or_else(no_process)?.journal.append(record);
        if let Some(entry) = self.model.confirmed.get_mut(&record.entry) {
            entry.torn = Some((at, record.change.clone()));
        }
        if self.reaches(Point::InAppend(0)) {
            return Err(no_process());
        }
        if let Some(entry) = self.model.confirmed.get_mut(&record.entry) {
            entry.torn = None;
        }
        match &appended {
            Ok(()) => {
                self.model.appended(record, at);
                self.say(|_| format!("   journal: {} {}", record.entry.0, shenpi::store::state(&record.change)));
                self.reaches(Point::Appended);
            }
            Err(error) => self.say(|_| format!("   the journal cannot be written: {error}")),
        }
        appended
    }

    /// Now and then the disk is slow, as one in a network is.
    fn begin_sync(&mut self) {
        let run = self.run();
        let Some(program) = self.program.as_ref().filter(|_| self.broken.is_none()) else { return };
        let syncer = program.journal.syncer();
        self.figures.syncs += 1;
        let dice = self.dice("the disk", self.figures.syncs);
        let slow = if dice.is_multiple_of(40) { 1_000 + dice / 40 % 5_000 } else { 0 };
        let after = i64::from(self.script.behavior.sync) + i64::try_from(slow).unwrap_or_default();
        self.later(after, run, What::Synced(syncer));
    }

    fn end(&mut self, how: ExitReason, now: Now, idle: Option<u64>) {
        let Some(program) = &mut self.program else { return };
        let ended = program.journal.end(how.session_end(), now.wall, idle);
        if ended.and_then(|()| program.journal.syncer().sync()).is_ok() {
            self.model.synced();
        }
    }

    fn read_history(&mut self, id: RequestId, slot: Slot, newest: usize) {
        self.begin_read(id, slot, Duration::ZERO, Query::History { newest });
    }

    fn read_cached(&mut self, id: RequestId, slot: Slot, _: ProcessId) {
        if !self.is_running() {
            return;
        }
        self.abandon_read(&slot);
        if let Some(program) = &mut self.program {
            program.reads.insert(slot.clone(), id);
        }
        let (run, dice) = (self.run(), self.dice("the answers of an earlier run", id.0));
        let after = if dice.is_multiple_of(20) { dice / 20 % 900 } else { 3 };
        self.later(i64::try_from(after).unwrap_or_default(), run, What::CacheRead { id, slot });
    }

    fn keep(&mut self, batch: Vec<CacheWrite>) {
        if self.is_running() {
            self.keep_writes(batch);
        }
    }
}

impl Requests for Day<'_> {
    fn read(&mut self, id: RequestId, slot: Slot, _: Priority, after: Duration, query: Query) {
        self.begin_read(id, slot, after, query);
    }

    fn abandon(&mut self, slot: &Slot) {
        self.abandon_read(slot);
    }

    /// The records are durable, and the token is there, late, or unavailable.
    fn prepare(&mut self, id: RequestId) {
        if !self.is_running() || self.reaches(Point::Synced) {
            return;
        }
        let run = self.run();
        self.figures.tokens += 1;
        let dice = self.dice("the token", self.figures.tokens);
        let (after, result) = match dice % 40 {
            0 => (dice / 40 % 6_000, Ok(())),
            1..=3 => (dice / 40 % 600, Ok(())),
            4 => (0, Err(no_token())),
            _ => (0, Ok(())),
        };
        self.later(i64::try_from(after).unwrap_or_default(), run, What::Token { id, result });
    }

    fn write(&mut self, id: RequestId, decision: &Reviewed) {
        if !self.is_running() {
            return;
        }
        let run = self.run();
        let ordered = |passage: &Passage| passage.run == run && passage.request == id;
        match self.model.passages.iter().rposition(ordered) {
            Some(place) => self.leave(place, decision),
            None => self.breaks(2, format!("a request leaves that was never ordered: {decision:?}")),
        }
    }

    fn fault(&mut self, _: &str) -> Option<Event> {
        None
    }

    fn is_shut_down(&self) -> bool {
        self.program.as_ref().is_none_or(|program| program.shut_down)
    }

    fn shut_down(&mut self) {
        if let Some(program) = &mut self.program {
            program.shut_down = true;
        }
    }
}

fn no_token() -> Failure {
    Failure {
        endpoint: Endpoint::TenantToken,
        kind: FailureKind::Unreachable,
        outcome: Outcome::NotSent,
        code: None,
        http: None,
        log_id: None,
        message: CleanText::default(),
    }
}

impl Environment for Day<'_> {
    fn before_update(&mut self, app: &App, message: &Message) {
        if let Message::Event(Event::Written { result: Err(failure), .. }) = message {
            self.figures.kept_back += u64::from(matches!(failure.kind, FailureKind::Late | FailureKind::Ended));
        }
        let due = due_before(app, self.clocks());
        if let Some(program) = &mut self.program {
            program.due = due;
            program.handled = Some((UiState::of(app), message.clone()));
        }
    }

    fn after_update(&mut self, app: &App, effects: &[Effect]) {
        let Some((before, message)) = self.program.as_mut().and_then(|program| program.handled.take()) else { return };
        if self.broken.is_some() {
            return;
        }
        if !self.is_live() {
            return self.watch_end(effects);
        }
        self.watch(app, &before, &message, effects);
        if let Some(program) = &mut self.program {
            let is_key = matches!(message, Message::Typed { .. });
            program.touched |= is_key && (before.has_row() || app.screen.pane != shenpi::app::Pane::List);
        }
        if matches!(message, Message::Event(Event::Written { .. })) && self.reaches(Point::Updated) {
            return;
        }
        for effect in effects {
            if let Effect::Write { id, decision } = effect {
                self.ordered(app, *id, decision);
            }
        }
    }
}

impl Day<'_> {
    /// A decision is to be sent, once it may leave.
    fn ordered(&mut self, app: &App, request: RequestId, decision: &Reviewed) {
        let entry = app.outbox.entry(&decision.target.key);
        let Some(entry) = entry
            .filter(|entry| matches!(entry.state, State::Sending { request: Some(sending), .. } if sending == request))
        else {
            let name = self.name(decision.target.process());
            return self.breaks(5, format!("a decision on {name} is sent, and nothing says so"));
        };
        let place = self.model.passages.len();
        self.model.passages.push(Passage {
            entry: entry.id.clone(),
            run: self.run(),
            request,
            decision: decision.clone(),
            ordered: self.now,
            checked: app.now,
            replaces: entry.over.as_ref().map(|over| over.id.clone()),
            left: None,
            arrived: None,
            done: false,
            over: false,
            answer: None,
            token_refused: false,
        });
        if let Some(confirmed) = self.model.confirmed.get_mut(&entry.id) {
            confirmed.passages.push(place);
        }
    }
}

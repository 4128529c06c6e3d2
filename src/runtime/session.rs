//! The loop's work without its waiting: takes what happened, has the state machine decide, and performs the effects in
//! their order. The program, the scenarios and the simulated days run this, each in its own environment.

use std::io;
use std::time::Duration;

use super::decode::KeyInput;
use super::dispatch::Dispatches;
use super::exit::ExitReason;
use super::flush::Flush;
use super::port::{Environment, Report};
use crate::app::{Answer, App, Burst, Effect, Event, Message, Query, RequestId, Slot, Typed, not_recorded};
use crate::domain::record::Record;
use crate::domain::{CleanText, Failure, FailureKind, Instant, Outcome};
use crate::keys::{Keymap, interpret, interpret_repeat};

/// Time between two frames while answers keep coming: 30 a second. Frames for keys are never paced.
const FRAME: Duration = Duration::from_millis(33);
/// Frames for answers without that pause after a rest: an answer to a key shows at once.
const FRAMES_AT_ONCE: u32 = 4;
/// The number of the signal of a terminal that hung up.
pub(super) const HANGUP: u8 = 1;

/// Most urgent message that was handled since the last frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum FrameCause {
    /// None: the screen is current.
    #[default]
    Nothing,
    /// An answer, a timer or a signal.
    Answer,
    Key,
}

/// One run of the program, from its first message to the last answer.
#[derive(Debug)]
pub struct Session {
    pub app: App,
    keymap: Keymap,
    flush: Flush,
    dispatches: Dispatches,
    /// A record did not reach the journal: nothing is sent any more.
    unrecorded: bool,
    /// Cause of the next frame.
    frame: FrameCause,
    /// Something was handled since the due reads were last chosen.
    unsettled: bool,
    /// End of the frames drawn for answers, at one [`FRAME`] each.
    paced: Instant,
    /// When the state machine was last woken.
    woken: Instant,
    ended: Option<ExitReason>,
    proof: Proof,
    /// The screen is gone; answers to decisions on their way still reach the journal.
    closed: bool,
}

/// Whether the platform has accepted this app and operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// The list of an earlier run is on screen, and no answer about it has come.
    Wanted,
    Given,
}

impl Session {
    #[must_use]
    pub fn new(app: App, keymap: Keymap) -> Self {
        let now = app.now.mono;
        Self {
            app,
            keymap,
            flush: Flush::default(),
            dispatches: Dispatches::default(),
            unrecorded: false,
            frame: FrameCause::Answer,
            unsettled: false,
            paced: now,
            woken: now.before(FRAME),
            ended: None,
            proof: Proof::Given,
            closed: false,
        }
    }

    /// How the run has to end, once that is decided. The driver then closes the session.
    #[must_use]
    pub const fn ended(&self) -> Option<ExitReason> {
        self.ended
    }

    #[must_use]
    pub const fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// When [`wake`](Self::wake) is wanted. The state machine is never woken twice within a frame's time: a wish for the
    /// past must not become a loop without rest.
    #[must_use]
    pub fn next_wake(&self) -> Option<Instant> {
        let app = self.app.next_wake().map(|at| at.max(self.woken + FRAME));
        app.into_iter().chain(self.dispatches.next_deadline()).min()
    }

    /// When the next frame may be drawn; `None` while nothing has changed. In the past after a key: the drained burst is
    /// its only pacing.
    #[must_use]
    pub fn frame_due(&self) -> Option<Instant> {
        match self.frame {
            FrameCause::Nothing => None,
            FrameCause::Answer => Some(self.paced.before(FRAME * (FRAMES_AT_ONCE - 1))),
            FrameCause::Key => Some(self.app.now.mono),
        }
    }

    /// Hands a message to the state machine and performs what follows at once.
    pub fn tell(&mut self, outside: &mut impl Environment, message: Message) {
        if let Message::Event(Event::Restored(restored)) = &message {
            self.proof = if restored.recent { Proof::Wanted } else { Proof::Given };
        }
        // A tenant's events must not cost a quiet screen anything.
        if !self.app.is_foreign(&message) {
            self.frame = self.frame.max(FrameCause::Answer);
        }
        self.unsettled = true;
        outside.before_update(&self.app, &message);
        let effects = self.app.update(message, outside.now());
        outside.after_update(&self.app, &effects);
        self.perform_all(outside, effects);
    }

    /// Begins the reads that are due after everything told so far. The driver asks before it draws or waits, so that
    /// messages which come together cost one choice of reads.
    pub fn settle(&mut self, outside: &mut impl Environment) {
        if std::mem::take(&mut self.unsettled) {
            let effects = self.app.settle();
            outside.after_update(&self.app, &effects);
            self.perform_all(outside, effects);
        }
    }

    /// Performs effects in their order; what they bring about at once is told after them.
    fn perform_all(&mut self, outside: &mut impl Environment, effects: Vec<Effect>) {
        let mut messages = Vec::new();
        for effect in effects {
            messages.extend(self.perform(outside, effect));
        }
        if self.flush.begins() {
            outside.begin_sync();
        }
        for message in messages {
            self.tell(outside, message);
        }
    }

    pub fn typed(&mut self, outside: &mut impl Environment, input: KeyInput, burst: Burst) {
        if self.ended.is_some() {
            return;
        }
        let typed = match input {
            KeyInput::Paste(text) => Typed::Paste(text),
            KeyInput::Stroke(stroke) => interpret(&self.keymap, self.app.layers(), stroke),
            KeyInput::Repeat(stroke) => interpret_repeat(&self.keymap, self.app.layers(), stroke),
        };
        self.frame = FrameCause::Key;
        self.tell(outside, Message::Typed { typed, burst });
    }

    /// Takes the end of something that was begun.
    pub fn receive(&mut self, outside: &mut impl Environment, report: Report) {
        let event = match report {
            Report::Event(Event::Written { id, result }) => self.dispatches.written(id, result, outside),
            Report::Event(Event::Answered { id, slot: Slot::Tasks, result }) if self.proof == Proof::Wanted => {
                return self.proven(outside, id, result);
            }
            Report::Event(event) => Some(event),
            Report::Prepared { id, result } => self.dispatches.prepared(id, result, outside),
            Report::Synced(result) => return self.synced(outside, result),
        };
        if let Some(event) = event {
            self.tell(outside, Message::Event(event));
        }
    }

    /// The first answer about the list, with the list of an earlier run on screen. A refusal that only another
    /// configuration would change takes the screen away again.
    fn proven(&mut self, outside: &mut impl Environment, id: RequestId, result: Result<Answer, Failure>) {
        let refused = result.as_ref().is_err_and(is_final);
        self.proof = if result.is_ok() { Proof::Given } else { Proof::Wanted };
        self.tell(outside, Message::Event(Event::Answered { id, slot: Slot::Tasks, result }));
        if refused && self.ended.is_none() {
            outside.shut_down();
            self.tell(outside, Message::Event(Event::HungUp));
            self.ended = Some(ExitReason::Refused);
        }
    }

    fn synced(&mut self, outside: &mut impl Environment, result: Result<(), CleanText>) {
        self.flush.end();
        match result {
            Ok(()) => self.dispatches.durable(&self.flush, outside),
            Err(words) => {
                tracing::error!(%words, "the journal does not reach the disk, so nothing is sent any more");
                self.unrecorded = true;
                let given_back = self.dispatches.not_durable(&words);
                for event in std::iter::once(Event::NotRecorded(words)).chain(given_back) {
                    self.tell(outside, Message::Event(event));
                }
            }
        }
        if self.flush.begins() {
            outside.begin_sync();
        }
    }

    /// The time that [`next_wake`](Self::next_wake) asked for has come.
    pub fn wake(&mut self, outside: &mut impl Environment) {
        let now = outside.now().mono;
        for event in self.dispatches.expire(now) {
            self.tell(outside, Message::Event(event));
        }
        self.woken = now;
        self.tell(outside, Message::Event(Event::Woke));
    }

    pub fn resized(&mut self, outside: &mut impl Environment, columns: u16, rows: u16) {
        let repainted = outside.repaint();
        if self.keeps_terminal(outside, repainted) {
            self.tell(outside, Message::Event(Event::Resized { columns, rows }));
        }
    }

    /// The program goes on after a stop.
    pub fn resumed(&mut self, outside: &mut impl Environment) {
        let resumed = outside.resume();
        if self.keeps_terminal(outside, resumed) {
            self.tell(outside, Message::Event(Event::Resumed));
        }
    }

    /// Stops all sending and tells the app. Held decisions stay held in the journal.
    pub fn hang_up(&mut self, outside: &mut impl Environment, number: u8) {
        tracing::info!(number, "told to end");
        outside.shut_down();
        self.tell(outside, Message::Event(Event::HungUp));
        self.ended = Some(ExitReason::Signal(number));
    }

    pub fn draw(&mut self, outside: &mut impl Environment) {
        let drawn = outside.draw(&self.app, &self.keymap);
        if std::mem::take(&mut self.frame) != FrameCause::Key {
            self.paced = self.paced.max(outside.now().mono) + FRAME;
        }
        match drawn {
            Ok(extent) => {
                // Not told as other messages are: it would ask for the next frame.
                let effects = self.app.update(Message::Event(Event::Drawn(extent)), outside.now());
                self.perform_all(outside, effects);
            }
            Err(error) => {
                self.keeps_terminal(outside, Err(error));
            }
        }
    }

    /// The screen is gone: the end is written before the answers that are still waited for, because the approver does not
    /// see those any more and the next start has to tell them.
    pub fn close(&mut self, outside: &mut impl Environment, how: ExitReason) {
        self.ended = Some(how);
        self.closed = true;
        let now = outside.now();
        outside.end(how, now, self.app.idle(now));
    }

    /// No answer to a decision is waited for.
    #[must_use]
    pub fn is_drained(&self) -> bool {
        self.app.outbox.sending() == 0
    }

    /// Performs an effect; what it brings about at once comes back as a message.
    fn perform(&mut self, outside: &mut impl Environment, effect: Effect) -> Option<Message> {
        if self.closed && !matches!(effect, Effect::Record(_)) {
            return None;
        }
        match effect {
            Effect::Read { id, slot, query: Query::History { newest }, .. } => outside.read_history(id, slot, newest),
            Effect::Read { id, slot, query: Query::Cached(process), .. } => outside.read_cached(id, slot, process),
            Effect::Read { id, slot, priority, after, query } => outside.read(id, slot, priority, after, query),
            Effect::Abandon(slot) => outside.abandon(&slot),
            Effect::Record(record) => return self.record(outside, &record),
            Effect::Write { id, .. } if self.unrecorded => {
                let result = Err(not_recorded(CleanText::default()));
                return Some(Message::Event(Event::Written { id, result }));
            }
            Effect::Write { id, decision } => {
                self.dispatches.add(id, decision, self.app.now, self.flush.appended());
                self.dispatches.durable(&self.flush, outside);
            }
            Effect::Keep(batch) => outside.keep(batch),
            Effect::Copy(text) => {
                let copied = outside.copy(&text);
                return self.keeps_terminal(outside, copied).then_some(Message::Event(Event::Copied));
            }
            Effect::Fault(order) => return outside.fault(&order).map(Message::Event),
            Effect::RenewLive => outside.renew_live(),
            Effect::Suspend => {
                let suspended = outside.suspend();
                return self.keeps_terminal(outside, suspended).then_some(Message::Event(Event::Resumed));
            }
            Effect::Repaint => {
                let repainted = outside.repaint();
                self.keeps_terminal(outside, repainted);
            }
            Effect::Quit => {
                self.ended.get_or_insert(ExitReason::Quit);
            }
        }
        None
    }

    fn record(&mut self, outside: &mut impl Environment, record: &Record) -> Option<Message> {
        let Err(error) = outside.append(record) else {
            self.flush.append();
            return None;
        };
        tracing::error!(%error, "the journal cannot be written");
        self.unrecorded = true;
        let words = CleanText::new(&error.to_string());
        (!self.closed).then_some(Message::Event(Event::NotRecorded(words)))
    }

    /// A terminal that accepts no output is gone.
    fn keeps_terminal(&mut self, outside: &mut impl Environment, done: io::Result<()>) -> bool {
        let Err(error) = done else { return true };
        tracing::info!(%error, "the terminal is gone");
        if self.ended.is_none() {
            self.hang_up(outside, HANGUP);
        }
        false
    }
}

/// Whether another attempt fails the same way until the configuration changes. A first page refused by the business is
/// such a failure: operator or id type are wrong.
pub(super) fn is_final(failure: &Failure) -> bool {
    let refused = failure.kind == FailureKind::Business && failure.outcome == Outcome::Refused;
    failure.is_fatal() || (refused && !failure.is_busy())
}

#[cfg(test)]
mod tests;

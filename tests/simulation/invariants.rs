//! What must be true after every step of a day, judged by the harness's own model and by the platform's record.
//!
//! 1. Each decision that leaves equals one that was reviewed and confirmed, on the content that was on screen.
//! 2. At most one request of a confirmed decision is done; none is repeated after a lost answer.
//! 3. After a hang-up, and from an earlier run, nothing is sent.
//! 4. Each confirmed decision ends in a state that she has been told.
//! 5. The journal, and what the program says of a decision, is true.
//! 6. Selection, dialogs and their targets move by her own keys only.
//! 7. A task that is in her list stays there when the list is read anew, if the platform had it open all the while.

use shenpi::app::{App, Effect, Event, Message};
use shenpi::domain::decision::state::State;
use shenpi::domain::record::Change;
use shenpi::domain::{Action, ProcessStatus, Reviewed};

use super::day::Day;
use super::ui_state::{UiState, listed};

impl Day<'_> {
    /// After every message: what it did to where she is, and what it is about to do.
    pub fn watch(&mut self, before: &UiState, message: &Message, effects: &[Effect]) {
        self.figures.checks += 7;
        self.watch_place(before, message);
        for effect in effects {
            if let Effect::Record(record) = effect {
                let stopped = self.platform.sends_bytes() && matches!(record.change, Change::Changed { .. });
                self.figures.stopped += u64::from(stopped);
                self.watch_record(before, message, record);
            }
        }
        self.watch_undecided(before, effects);
        self.watch_given_up(before, message);
        self.watch_review(message);
        if matches!(message, Message::Event(Event::HungUp)) {
            self.watch_end(effects);
        }
        self.watch_states();
        self.watch_list(before);
    }

    /// Invariant 5, of what the program says while it runs.
    pub fn watch_states(&mut self) {
        let Some(program) = &self.program else { return };
        let mut lie = None;
        for entry in program.app.outbox.all() {
            let done = self.model.is_done(&entry.id);
            let says = match &entry.state {
                State::Applied { .. } => Some(true),
                State::Reviewed
                | State::Queued { .. }
                | State::NotSent(_)
                | State::Refused(_)
                | State::NotApplied { .. }
                | State::Overtaken { .. }
                | State::Undone
                | State::Discarded(_) => Some(false),
                State::Sending { .. } | State::Unknown(_) => None,
            };
            if self.model.entry(&entry.id).is_none() {
                lie = Some(format!("{} was never confirmed", entry.id.0));
            } else if says.is_some_and(|says| says != done && !(says && self.is_as_good_as_done(&entry.reviewed))) {
                let truth = if done { "did" } else { "did not do" };
                lie = Some(format!("{} is {:?}, but the platform {truth} it", entry.id.0, entry.state));
            }
        }
        if let Some(lie) = lie {
            self.breaks(5, lie);
        }
    }

    /// Invariant 7.
    fn watch_list(&mut self, before: &UiState) {
        // A list that broke off was not read to its end, and is the one that must take nothing away.
        let was_read = |app: &App| app.inbox.gap.is_some() || app.inbox.read_at != before.read_at;
        let Some(program) = self.program.as_ref().filter(|program| was_read(&program.app)) else { return };
        let (after, began) = (listed(&program.app), program.round_began);
        let lost = before.listed.iter().find(|key| !after.contains(key) && self.platform.is_hers_since(key, began));
        if let Some(key) = lost {
            let words = format!("{key:?} of {} is hers and left the list", self.name(&key.process));
            self.breaks(7, words);
        }
    }

    /// A withdrawn case says neither by whom nor why: hers or somebody else's, it is what she wanted.
    pub fn is_as_good_as_done(&self, reviewed: &Reviewed) -> bool {
        let status = self.platform.now_shows(reviewed.target.process()).map(|shows| shows.process.status);
        match reviewed.decision.action() {
            Action::Withdraw => status == Some(ProcessStatus::Withdrawn),
            Action::Revoke => status == Some(ProcessStatus::Revoked),
            _ => false,
        }
    }
}

//! Invariants after every step of a day, judged by the harness's own model and by the platform's record.
//!
//! 1. Each decision that leaves equals one that was reviewed and confirmed, on the content that was on screen.
//! 2. At most one request of a confirmed decision is done; none is repeated after a lost answer.
//! 3. After a hang-up, and from an earlier run, nothing is sent.
//! 4. Each confirmed decision ends in a state that the user was told.
//! 5. The journal, and what the program says of a decision, is true.
//! 6. Selection, dialogs and their targets move by the user's own keys only.
//! 7. A task stays in the list when that is read again, if the platform had it open all the while.
//! 8. An announcement settles no decision and sends none: only a reading does, or the clock.
//! 9. Content of an earlier run is marked until it is read again, or known to be current.
//! 10. After any end the cache is one state that was written, or none.

use shenpi::app::{App, Effect, Event, Message};
use shenpi::domain::decision::state::State;
use shenpi::domain::record::Change;
use shenpi::domain::{Action, ProcessStatus, Reviewed};

use super::day::Day;
use super::ui_state::{UiState, listed};

impl Day<'_> {
    /// After every message: its effect on the user's place, and its effects to come.
    pub fn watch(&mut self, app: &App, before: &UiState, message: &Message, effects: &[Effect]) {
        self.figures.checks += 9;
        self.watch_place(app, before, message);
        for effect in effects {
            if let Effect::Record(record) = effect {
                let stopped = self.platform.sends_bytes() && matches!(record.change, Change::Changed { .. });
                self.figures.stopped += u64::from(stopped);
                self.watch_record(app, before, message, record);
                self.watch_announcement(message, record);
            }
        }
        self.watch_undecided(before, effects);
        self.watch_given_up(before, message);
        self.watch_review(app, message);
        if matches!(message, Message::Event(Event::HungUp)) {
            self.watch_end(effects);
        }
        self.watch_states(app);
        self.watch_list(app, before);
        self.watch_marks(app, message);
    }

    /// Invariant 5 on the statements of the running program.
    pub fn watch_states(&mut self, app: &App) {
        let mut lie = None;
        for entry in app.outbox.all() {
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
    fn watch_list(&mut self, app: &App, before: &UiState) {
        // A broken list was not read to its end, and must not remove a row.
        let was_read = app.inbox.gap.is_some() || app.inbox.read_at != before.read_at;
        let Some(program) = self.program.as_ref().filter(|_| was_read) else { return };
        let (after, began) = (listed(app), program.round_began);
        let lost = before.listed.iter().find(|key| !after.contains(key) && self.platform.is_hers_since(key, began));
        if let Some(key) = lost {
            let words = format!("{key:?} of {} is hers and left the list", self.name(&key.process));
            self.breaks(7, words);
        }
    }

    /// A withdrawn process names neither person nor reason: withdrawn by the operator or not, it is the intended
    /// result.
    pub fn is_as_good_as_done(&self, reviewed: &Reviewed) -> bool {
        let status = self.platform.now_shows(reviewed.target.process()).map(|shows| shows.process.status);
        match reviewed.decision.action() {
            Action::Withdraw => status == Some(ProcessStatus::Withdrawn),
            Action::Revoke => status == Some(ProcessStatus::Revoked),
            _ => false,
        }
    }
}

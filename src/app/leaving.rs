//! Leaving the program: at once when nothing is under way, else she is asked what becomes of what is held. Decisions on
//! their way are always waited for.

use super::effect::Effect;
use super::notice::Notice;
use super::outbox::EntryState;
use super::{App, Command};
use crate::domain::record::Discard;

/// How far the leaving is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Decisions are held: discard them, wait until they are sent, or stay?
    Asking,
    /// As soon as nothing is held or on its way.
    Waiting,
}

impl App {
    /// She wants to leave.
    pub(super) fn quit(&mut self) {
        self.page = None;
        let held = self.outbox.held();
        self.leaving = Some(if held > 0 { Leaving::Asking } else { Leaving::Waiting });
    }

    /// A command while the question is open, or while the end is waited for.
    pub(super) fn leave(&mut self, command: Command) {
        match command {
            Command::LeaveNow | Command::Quit => {
                for key in self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { .. })) {
                    let Some(entry) = self.outbox.entry(&key) else { continue };
                    let reviewed = Box::new(entry.reviewed.clone());
                    self.discard(&key, Discard::Left);
                    self.tell(Notice::DiscardedOnLeaving(reviewed));
                }
                self.leaving = Some(Leaving::Waiting);
            }
            Command::LeaveWhenSent => {
                self.leaving = Some(Leaving::Waiting);
                self.count_from_now();
            }
            Command::TakeBack => self.take_back(false),
            Command::TakeBackAll => self.take_back(true),
            Command::Escape | Command::Back => {
                self.leaving = None;
                self.parting.clear();
                self.hold_again();
            }
            _ => {}
        }
    }

    /// She stays, however long she was asked for: what is held can be taken back for as long as after its confirmation.
    fn hold_again(&mut self) {
        let again = self.now.mono + self.settings.undo;
        for key in self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { until } if until < again)) {
            self.hold_until(&key, again);
        }
    }

    /// What became due while she was asked is due now: its check may be as old as the question.
    fn count_from_now(&mut self) {
        let now = self.now.mono;
        for key in self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { until } if until < now)) {
            self.hold_until(&key, now);
        }
    }

    /// Nothing that keeps her is left.
    pub(super) fn left(&mut self) -> Vec<Effect> {
        if self.leaving == Some(Leaving::Asking) && self.outbox.held() == 0 {
            self.leaving = None;
        }
        let busy = self.outbox.held() + self.outbox.sending() > 0;
        if self.leaving != Some(Leaving::Waiting) || self.ending || busy {
            return Vec::new();
        }
        self.ending = true;
        vec![Effect::Quit]
    }

    /// Nothing that is held leaves any more: the journal has it as held, and the next start asks. What is on its way is
    /// waited for, and its answer ends the program.
    pub(super) fn hung_up(&mut self) -> Vec<Effect> {
        self.ending = true;
        if self.outbox.sending() == 0 { vec![Effect::Quit] } else { Vec::new() }
    }

    /// Says something about a decision; while she is leaving, it is repeated once the screen is gone.
    pub(super) fn tell(&mut self, notice: Notice) {
        if self.leaving.is_some() {
            self.parting.push(notice.clone());
        }
        self.notices.say(notice, self.now);
    }

    /// What has to be said after the screen is gone, in its order.
    #[must_use]
    pub fn parting(&self) -> &[Notice] {
        &self.parting
    }
}

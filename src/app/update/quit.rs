//! Leaving the program. Decisions on their way are always waited for.

use crate::app::effect::Effect;
use crate::app::fact::Fact;
use crate::app::notice::Notice;
use crate::app::{App, Command, Leaving};
use crate::domain::record::Discard;

impl App {
    /// The user wants to leave.
    pub(super) fn quit(&mut self) {
        self.page = None;
        let queued = self.outbox.queued();
        self.leaving = Some(if queued > 0 { Leaving::Asking } else { Leaving::Waiting });
    }

    /// A command while the question is open, or while the end is waited for.
    pub(super) fn leave(&mut self, command: Command) {
        match command {
            Command::LeaveNow | Command::Quit => {
                for key in self.outbox.keys(|entry| entry.state.is_queued()) {
                    let reviewed = self.outbox.entry(&key).map(|entry| Box::new(entry.reviewed.clone()));
                    self.outbox.discard(&key, Discard::Left);
                    if let Some(reviewed) = reviewed {
                        self.outbox.report(Fact::Tell(Notice::DiscardedOnLeaving(reviewed)));
                    }
                }
                self.leaving = Some(Leaving::Waiting);
            }
            Command::LeaveWhenSent => {
                self.leaving = Some(Leaving::Waiting);
                // Decisions that became due during the question are due now: their checks may be as old as the
                // question.
                self.outbox.wait_until(self.now.mono);
            }
            Command::TakeBack => drop(self.outbox.undo_newest()),
            Command::TakeBackAll => self.outbox.undo_all(),
            Command::Escape | Command::Back => {
                self.leaving = None;
                self.exit_messages.clear();
                // However long the user was asked for: what is queued can be undone for as long as after its confirmation.
                self.outbox.wait_until(self.now.mono + self.settings.undo);
            }
            _ => {}
        }
    }

    /// Leaves once nothing is queued or on its way.
    pub(super) fn left(&mut self) -> Vec<Effect> {
        if self.leaving == Some(Leaving::Asking) && self.outbox.queued() == 0 {
            self.leaving = None;
        }
        let busy = self.outbox.queued() + self.outbox.sending() > 0;
        if self.leaving != Some(Leaving::Waiting) || self.ending || busy {
            return Vec::new();
        }
        self.ending = true;
        vec![Effect::Quit]
    }

    /// Nothing that is queued leaves any more: the journal has it as queued, and the next start asks. What is on its way is
    /// waited for, and its answer ends the program.
    pub(super) fn hung_up(&mut self) -> Vec<Effect> {
        self.ending = true;
        self.end_when_answered()
    }

    /// The program ends with the last answer.
    pub(super) fn end_when_answered(&self) -> Vec<Effect> {
        if self.ending && self.outbox.sending() == 0 { vec![Effect::Quit] } else { Vec::new() }
    }
}

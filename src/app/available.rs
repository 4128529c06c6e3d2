//! Whether a command can work here and now, and the reason if not. Keys, footer, help and the command line use this.

use super::outbox::{COMES_BACK, Entry};
use super::{App, Command, Leaving, Loaded, Pane, Subject};
use crate::domain::decision::state::State;
use crate::domain::process::Todo;
use crate::domain::{Action, DocumentType, ProcessStatus, TaskKey, biz_type};

/// Why a command does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No task is selected.
    NoTask,
    /// The case has not been read yet.
    NotLoaded,
    ReadOnly,
    /// A decision on this task is held: take it back first.
    Held,
    /// A decision on this task is on its way.
    Sending,
    /// Whether the last decision took effect is not known yet.
    OutcomeUnknown,
    /// A decision on this task was accepted.
    Decided,
    /// The journal cannot be written: nothing is sent without a trace.
    NoJournal,
    /// Another instance has the queue of this operator.
    SecondInstance,
    /// There is nothing to compare the case with.
    NoDifference,
    /// The case of a line of the list is looked at: it is decided from there.
    FromItsLine,
    /// This line wants no answer any more.
    NothingToSend,
    /// The journal's line is unreadable, so the decision is unknown.
    Unreadable,
    /// The case could not be read.
    NotReadable,
    /// The task is no longer open: another person handled it, or the process ended.
    NotOpen,
    /// The task is not among those that could be read.
    TaskUnreadable,
    /// The task is a form to fill in; that is done in Feishu.
    FormTask,
    /// A sensitive request: its form must have been on screen first.
    FormNotSeen,
    /// Its form could not be read, so it cannot be looked at.
    FormNotReadable,
    /// Its form is being read.
    FormLoading,
    /// Its form is on screen, and masked.
    FormMasked,
    /// A fold hides values of its form that are masked otherwise.
    FormFolded,
    /// The last row of its form has not been on screen.
    FormEndNotSeen,
    /// The process is not running, so it cannot be withdrawn.
    NotRunning,
    /// The process is not completed, so it cannot be revoked.
    NotCompleted,
    /// There is no form to act on.
    NoForm,
    /// The value under the cursor is not a file.
    NotAFile,
    /// The file has no id to ask for it by.
    NoFileId,
    /// Nothing is held.
    NothingHeld,
    /// No decision failed, and none is in doubt.
    NothingFailed,
    /// The key has no meaning in this place.
    NotHere,
}

impl Reason {
    /// Looking at the form removes the reason.
    pub(super) const fn is_about_form(self) -> bool {
        matches!(
            self,
            Self::FormNotSeen | Self::FormLoading | Self::FormMasked | Self::FormFolded | Self::FormEndNotSeen
        )
    }
}

impl App {
    /// Whether `command` can work now.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn can(&self, command: Command) -> Result<(), Reason> {
        match command {
            Command::Decide(_) if self.looks_at_line() => Err(Reason::FromItsLine),
            Command::Decide(action) => {
                let key = self.selected().ok_or(Reason::NoTask)?;
                self.can_decide(action, key)
            }
            Command::Difference => self.comparison().map(|_| ()).ok_or(Reason::NoDifference),
            Command::Links | Command::Open | Command::Show(_) => {
                self.subject(Subject::of(command)).map(|_| ()).ok_or(Reason::NoTask)
            }
            Command::CopyValue | Command::ToggleFold | Command::Collapse | Command::Expand | Command::ExpandAll => {
                if self.form.is_empty() {
                    Err(Reason::NoForm)
                } else {
                    Ok(())
                }
            }
            Command::Download => match (self.screen.pane, self.form.file_under_cursor()) {
                (Pane::Form, Some(file)) if file.id.as_str().is_empty() => Err(Reason::NoFileId),
                (Pane::Form, Some(_)) => Ok(()),
                (Pane::Form, None) => Err(Reason::NotAFile),
                _ => Err(Reason::NotHere),
            },
            Command::TakeBack | Command::TakeBackAll => {
                if self.outbox.queued() == 0 {
                    Err(Reason::NothingHeld)
                } else {
                    Ok(())
                }
            }
            Command::Reconcile => {
                if self.outbox.failed() + self.outbox.unknown() == 0 {
                    Err(Reason::NothingFailed)
                } else {
                    Ok(())
                }
            }
            Command::LeaveNow | Command::LeaveWhenSent => match self.leaving {
                None => Err(Reason::NotHere),
                Some(_) if self.outbox.queued() == 0 => Err(Reason::NothingHeld),
                // It is waited for already.
                Some(Leaving::Waiting) if command == Command::LeaveWhenSent => Err(Reason::NotHere),
                Some(_) => Ok(()),
            },
            Command::Fault if !self.settings.is_simulated() => Err(Reason::NotHere),
            _ => Ok(()),
        }
    }

    /// Whether the user's accepted decision ended the task. It did not if it was an add-sign, nor if the process still
    /// shows the task as open long after: then it has come back.
    fn is_done_with(&self, key: &TaskKey) -> bool {
        let asked = self.cases.get(&key.process).and_then(|case| case.process_asked);
        let later = |entry: &Entry| match (entry.applied_at(), asked) {
            (Some(accepted), Some(asked)) => asked >= accepted + COMES_BACK,
            _ => false,
        };
        self.outbox.is_decided(key) && !self.outbox.entry(key).is_some_and(later)
    }

    /// Whether this can be decided on this task.
    ///
    /// # Errors
    /// The first reason why not.
    pub fn can_decide(&self, action: Action, key: &TaskKey) -> Result<(), Reason> {
        if self.settings.holder.is_some() {
            return Err(Reason::SecondInstance);
        }
        if self.settings.read_only {
            return Err(Reason::ReadOnly);
        }
        if self.journal_failure.is_some() {
            return Err(Reason::NoJournal);
        }
        match self.outbox.entry(key).map(|entry| &entry.state) {
            Some(State::Queued { .. }) => return Err(Reason::Held),
            Some(State::Sending { .. }) => return Err(Reason::Sending),
            Some(State::Unknown(uncertain)) if !uncertain.exhausted => return Err(Reason::OutcomeUnknown),
            Some(State::Applied { .. }) if action.needs_task() && self.is_done_with(key) => {
                return Err(Reason::Decided);
            }
            _ => {}
        }
        let case = self.cases.get(&key.process).ok_or(Reason::NotLoaded)?;
        let process = match &case.process {
            Loaded::Here(process) => process,
            Loaded::Failed(_) => return Err(Reason::NotReadable),
            Loaded::Absent | Loaded::Loading => return Err(Reason::NotLoaded),
        };
        match action {
            Action::Withdraw if process.status == ProcessStatus::InProgress => return Ok(()),
            Action::Withdraw => return Err(Reason::NotRunning),
            Action::Revoke if process.status == ProcessStatus::Completed => return Ok(()),
            Action::Revoke => return Err(Reason::NotCompleted),
            Action::Approve | Action::Reject | Action::Transfer | Action::AddSign => {}
        }
        let hers = |todo: &&Todo| todo.is_of(&self.settings.operator.id);
        let unseen = if process.unread.spare_tasks() { Reason::NotOpen } else { Reason::TaskUnreadable };
        let todo = process.todo(&key.approver).filter(hers).ok_or(unseen)?;
        if todo.kind == DocumentType::Form && matches!(action, Action::Approve | Action::Reject) {
            return Err(Reason::FormTask);
        }
        if action == Action::Approve && biz_type::is_high_care(process) && !case.form_seen {
            // On screen at this moment: it counts once a frame has shown it.
            return Err(self.form_in_sight(&key.process).err().unwrap_or(Reason::FormNotSeen));
        }
        Ok(())
    }
}

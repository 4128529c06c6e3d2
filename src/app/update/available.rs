//! Whether a command can work here and now, and the reason if not. Keys, footer, help and the command line use this.

use crate::app::outbox::{COMES_BACK, Entry};
use crate::app::{App, Closed, Command, Dialog, Leaving, Loaded, Pane, Reason, Subject};
use crate::domain::decision::outcome;
use crate::domain::decision::state::State;
use crate::domain::process::Todo;
use crate::domain::{Action, DocumentType, Process, ProcessId, ProcessStatus, TaskKey, biz_type};

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
            Command::Reveal if self.can_reveal() => Ok(()),
            Command::Reveal => Err(Reason::NothingMasked),
            Command::NextMatch | Command::PreviousMatch if self.form.search.trim().is_empty() => Err(Reason::NoSearch),
            Command::Download => match (self.screen.pane, self.form.file_under_cursor()) {
                (Pane::Form, Some(file)) if file.id.as_str().is_empty() => Err(Reason::NoFileId),
                (Pane::Form, Some(_)) => Ok(()),
                (Pane::Form, None) => Err(Reason::NotAFile),
                _ => Err(Reason::NotHere),
            },
            Command::PreviewLarger | Command::PreviewSmaller if !self.screen.has_border() => Err(Reason::NotHere),
            Command::TakeBack | Command::TakeBackAll => {
                if self.outbox.queued() == 0 {
                    Err(Reason::NothingHeld)
                } else {
                    Ok(())
                }
            }
            Command::Issues => {
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

    /// Whether the applied decision ended the task. An add-sign does not; and a task that the request shows as open long
    /// after has come back to the approver.
    fn is_done_with(&self, key: &TaskKey) -> bool {
        let asked = self.requests.get(&key.process).and_then(|request| request.process_asked);
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
        let request = self.requests.get(&key.process).ok_or(Reason::NotLoaded)?;
        let process = match &request.process {
            Loaded::Here(process) => process,
            Loaded::Failed(_) => return Err(Reason::NotReadable),
            Loaded::Absent | Loaded::Loading => return Err(Reason::NotLoaded),
        };
        match action {
            Action::Withdraw if process.status != ProcessStatus::InProgress => return Err(Reason::NotRunning),
            Action::Revoke if process.status != ProcessStatus::Completed => return Err(Reason::NotCompleted),
            Action::Withdraw | Action::Revoke => {
                let needs_care = biz_type::is_high_care(process) && self.ends_others(action, process);
                return if needs_care && !request.form_seen { Err(self.form_not_seen(&key.process)) } else { Ok(()) };
            }
            Action::Approve | Action::Reject | Action::Transfer | Action::AddSign => {}
        }
        let own = |todo: &&Todo| todo.is_of(&self.settings.operator.id);
        let todo = process.todo(&key.approver).filter(own).ok_or_else(|| {
            let end = outcome::end_of(&key.approver, &self.settings.operator.id, process);
            let readable = process.unread.spare_tasks();
            if readable { Reason::NotOpen(end.map(Closed::from)) } else { Reason::TaskUnreadable }
        })?;
        if todo.kind == DocumentType::Form && matches!(action, Action::Approve | Action::Reject) {
            return Err(Reason::FormTask);
        }
        if action == Action::Approve && biz_type::is_high_care(process) && !request.form_seen {
            return Err(self.form_not_seen(&key.process));
        }
        Ok(())
    }

    /// The missing part of a look at the form. A form on screen counts once a frame has shown it.
    fn form_not_seen(&self, process: &ProcessId) -> Reason {
        self.form_in_sight(process).err().unwrap_or(Reason::FormNotSeen)
    }

    /// Whether the decision ends a process of another person. An unknown requester is another one.
    #[must_use]
    pub fn ends_others(&self, action: Action, process: &Process) -> bool {
        matches!(action, Action::Withdraw | Action::Revoke)
            && process.initiator_id.as_ref() != Some(&self.settings.operator.id)
    }

    /// Whether the decision is refused without a reason, though the platform would take it.
    #[must_use]
    pub fn needs_reason(&self, dialog: &Dialog) -> bool {
        dialog.action == Action::Reject
            || dialog.targets.iter().any(|one| self.ends_others(dialog.action, &one.shown.process))
    }
}

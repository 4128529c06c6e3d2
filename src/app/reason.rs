//! Why a command does nothing here and now.

use crate::domain::decision::outcome::TaskEnd;
use crate::domain::{DoneStatus, ProcessStatus};

/// Why a command does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// No task is selected.
    NoTask,
    /// The request has not been read yet.
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
    /// There is nothing to compare the request with.
    NoDifference,
    /// The request of a line of the list is looked at: it is decided from there.
    FromItsLine,
    /// This line wants no answer any more.
    NothingToSend,
    /// The journal's line is unreadable, so the decision is unknown.
    Unreadable,
    /// The request could not be read.
    NotReadable,
    /// The task is no longer open, for this reason where the request shows it.
    NotOpen(Option<Closed>),
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
    /// The request holds nothing that is masked.
    NothingMasked,
    /// Nothing is searched for in the form.
    NoSearch,
    /// The last request of the list is open.
    NoNext,
    /// The first one is.
    NoPrevious,
    /// The key has no meaning in this place.
    NotHere,
}

/// How a task ended that the user wants to decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// The user, elsewhere or by an earlier request.
    ByOperator(DoneStatus),
    ByAnother(DoneStatus),
    WithProcess(ProcessStatus),
}

impl From<TaskEnd> for Closed {
    fn from(end: TaskEnd) -> Self {
        match end {
            TaskEnd::Handled { operator: true, status, .. } => Self::ByOperator(status),
            TaskEnd::Handled { status, .. } => Self::ByAnother(status),
            TaskEnd::WithProcess(status) => Self::WithProcess(status),
        }
    }
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

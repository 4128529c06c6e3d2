//! Evidence of a process about a decision whose answer was lost.

use super::{CleanText, DoneStatus, I18n, Millis, ProcessStatus};

/// Conclusion from the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// The decision took effect.
    Applied,
    /// It did not, and the approver's task is still open: they may decide again.
    NotApplied,
    /// It did not, and the approver's task ended otherwise: no decision is left.
    Overtaken,
    /// The process shows neither.
    Unclear,
}

/// One piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// The approver's finished task in `done_list`.
    OwnRecord {
        status: DoneStatus,
        at: Option<Millis>,
        opinion: CleanText,
    },
    /// Another person's finished task on the same node, ended in the same moment: one of the two closed the other
    /// (protocol.md#task-views, "closed by an OR sibling").
    Sibling {
        who: I18n,
        status: DoneStatus,
        at: Option<Millis>,
        opinion: CleanText,
    },
    /// The approver's task is among `todos` as before.
    TaskOpen,
    /// The approver's task is in no list: it waits behind a new node (前加签), or was handed on.
    TaskGone,
    /// The approver's task is among `todos` under another person.
    TaskOf {
        who: I18n,
    },
    /// These people of the decision have a new open task.
    NewTasks {
        people: Vec<I18n>,
    },
    /// None of the people of the decision has a new task.
    NoNewTasks,
    Process(ProcessStatus),
}

//! What a case that was read shows about a decision whose answer was lost.

use super::{CleanText, DoneStatus, I18n, Millis, ProcessStatus};

/// What follows from the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Finding {
    /// The decision took effect.
    Applied,
    /// It did not, and her task is still open: she may decide again.
    NotApplied,
    /// It did not, and there is nothing to decide any more: her task ended otherwise.
    Overtaken,
    /// The case shows neither.
    Unclear,
}

/// One thing that the case shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Evidence {
    /// Her finished task in `done_list`.
    OwnRecord {
        status: DoneStatus,
        at: Option<Millis>,
        opinion: CleanText,
    },
    /// Somebody else's finished task on the same node, ended in the same moment as hers: one of the two closed the
    /// other (API page, G.2, "closed by an OR sibling").
    Sibling {
        who: I18n,
        status: DoneStatus,
        at: Option<Millis>,
        opinion: CleanText,
    },
    /// Her task is among `todos` as before.
    TaskOpen,
    /// Her task is in no list: it waits behind a new node (前加签), or is somebody else's.
    TaskGone,
    /// Her task is among `todos`, in the name of somebody else.
    TaskOf {
        who: I18n,
    },
    /// These people whom she named have an open task that they had not.
    NewTasks {
        people: Vec<I18n>,
    },
    /// Nobody whom she named has a new task.
    NoNewTasks,
    Process(ProcessStatus),
}

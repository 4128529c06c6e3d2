//! What the outside world is asked to do, as plain data.

use std::time::Duration;

use crate::domain::form::FileRef;
pub use crate::domain::id::RequestId;
use crate::domain::record::Record;
use crate::domain::{CleanText, DepartmentId, Endpoint, FileId, Millis, PageToken, PersonId, ProcessId, Reviewed};

/// What a read is for. A newer read in a slot replaces the older one: its task is aborted and its answer dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Tasks,
    Changed,
    Process(ProcessId),
    Form(ProcessId),
    Labels(ProcessId),
    People,
    /// Number and department of those whom the picker knows by name.
    PeopleKnown,
    /// Names for one form.
    Names(ProcessId, NameKind),
    /// One file; several are fetched beside each other.
    Download(FileId),
    History,
}

impl Slot {
    /// The interface that is asked, where there is one and no other: how long it takes no request is how long this read
    /// waits.
    pub(super) const fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::Tasks => Some(Endpoint::TaskList),
            Self::Changed => Some(Endpoint::ChangedProcesses),
            Self::Process(_) => Some(Endpoint::ProcessDetail),
            Self::Form(_) => Some(Endpoint::FormV2),
            Self::Labels(_) => Some(Endpoint::FormV1),
            Self::People => Some(Endpoint::SearchEmployees),
            Self::PeopleKnown => Some(Endpoint::EmployeesById),
            Self::Download(_) => Some(Endpoint::File),
            Self::Names(..) | Self::History => None,
        }
    }
}

/// Names of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKind {
    People,
    Departments,
    Objects,
}

/// A read of the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// One page of the operator's pending tasks.
    Tasks(Option<PageToken>),
    /// Processes modified in this span, at most 31 days.
    Changed {
        from: Millis,
        to: Millis,
    },
    Process(ProcessId),
    Form(ProcessId),
    Labels(ProcessId),
    /// People by name, mail or number.
    People(String),
    /// With number and department, where the app may read them.
    PeopleById(Vec<PersonId>),
    DepartmentNames(Vec<DepartmentId>),
    /// Objects by (`wk_api_name`, id).
    ObjectNames(Vec<(CleanText, CleanText)>),
    Download(FileRef),
    /// The newest decisions of the journal. No question to the platform.
    History {
        newest: usize,
    },
}

/// One thing to be done by the runner. A closure or a sender is never among them.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Effect {
    /// Read after a delay; a newer read in the slot within that time replaces this one unsent.
    Read {
        id: RequestId,
        slot: Slot,
        after: Duration,
        query: Query,
    },
    /// The read in this slot is no longer wanted.
    Abandon(Slot),
    /// Write this into the journal before anything that follows. What comes before a [`Effect::Write`] must have reached
    /// the disk when that leaves.
    Record(Box<Record>),
    /// Send a reviewed decision, once. Never aborted, never repeated.
    Write {
        id: RequestId,
        decision: Box<Reviewed>,
    },
    /// Put text on the clipboard of the terminal (OSC 52).
    Copy(String),
    /// Have the simulated organisation show a fault, clear them, or say which are in force: `cut-after-write:2`,
    /// `clear`, nothing.
    Fault(String),
    Suspend,
    /// Draw every cell again.
    Repaint,
    /// Leave the loop and the program.
    Quit,
}

//! Requests to the outside, as plain data.

use std::time::Duration;

use crate::domain::form::FileRef;
pub use crate::domain::id::RequestId;
use crate::domain::record::Record;
use crate::domain::{
    CacheWrite, CleanText, DepartmentId, Endpoint, FileId, Millis, PageToken, PersonId, Priority, ProcessId, Reviewed,
};

/// Purpose of a read. A newer read in a slot replaces the older one: its task is aborted and its answer dropped.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    Tasks,
    Changed,
    Process(ProcessId),
    /// The operator's tasks in a process that is not in the list.
    OwnTasks(ProcessId),
    Form(ProcessId),
    Labels(ProcessId),
    People,
    /// Number and department of people whom the picker knows by name.
    PeopleKnown,
    /// Names for one form.
    Names(ProcessId, NameKind),
    /// One file; several are fetched beside each other.
    Download(FileId),
    History,
    /// The answers of a request in the cache.
    Cached(ProcessId),
}

impl Slot {
    /// The process whose detail this slot reads.
    pub(super) const fn process(&self) -> Option<&ProcessId> {
        match self {
            Self::Process(process) => Some(process),
            _ => None,
        }
    }

    /// The endpoint of this read, if it has exactly one. While that accepts no request, the read waits.
    pub(super) const fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::Tasks => Some(Endpoint::TaskList),
            Self::Changed => Some(Endpoint::ChangedProcesses),
            Self::Process(_) | Self::OwnTasks(_) => Some(Endpoint::ProcessDetail),
            Self::Form(_) => Some(Endpoint::FormV2),
            Self::Labels(_) => Some(Endpoint::FormV1),
            Self::People => Some(Endpoint::SearchEmployees),
            Self::PeopleKnown => Some(Endpoint::EmployeesById),
            Self::Download(_) => Some(Endpoint::File),
            Self::Names(..) | Self::History | Self::Cached(_) => None,
        }
    }
}

/// Kind of names.
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
    /// Processes modified in this span, at most 31 days, on so many pages at most.
    Changed {
        from: Millis,
        to: Millis,
        pages: usize,
    },
    Process(ProcessId),
    /// Only whether the operator has tasks there: nothing else of somebody else's process is kept.
    OwnTasks(ProcessId),
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
    /// The newest decisions of the journal. The platform is not asked.
    History {
        newest: usize,
    },
    /// The answers of a request in the cache. The platform is not asked.
    Cached(ProcessId),
}

/// One effect for the runner. Never a closure or a sender.
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub enum Effect {
    /// Read after a delay; a newer read in the slot within that time replaces this one unsent.
    Read {
        id: RequestId,
        slot: Slot,
        priority: Priority,
        after: Duration,
        query: Query,
    },
    /// The read in this slot is no longer wanted.
    Abandon(Slot),
    /// Append this to the journal before the next effect. All earlier records are on disk when a later
    /// [`Effect::Write`] leaves.
    Record(Box<Record>),
    /// Send a reviewed decision once, and a second time only if the gateway refused its token. Never aborted.
    Write {
        id: RequestId,
        decision: Box<Reviewed>,
    },
    /// Keep this in the cache for the next run. Nothing waits for it.
    Keep(Vec<CacheWrite>),
    /// Put text on the clipboard of the terminal (OSC 52).
    Copy(String),
    /// Set faults of the simulated organisation (`cut-after-write:2`), clear them (`clear`), or list those in force
    /// (empty).
    Fault(String),
    /// Open a new long connection: the one that stands delivers nothing.
    RenewLive,
    Suspend,
    /// Draw every cell again.
    Repaint,
    /// Leave the loop and the program.
    Quit,
}

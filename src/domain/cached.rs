//! The list as an earlier run left it: rows and what was seen of them, without the requests themselves.

use super::{Form, I18n, Millis, Names, Process, ProcessId, RowProjection, Seen, Stamp, TaskKey};

/// Fingerprints of the content that was on screen when a request was opened last. Tells whether it changed since,
/// when the content itself is no longer in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeenStamps {
    /// Of the process without its form.
    pub process: Stamp,
    /// Of both; `None` while no form had been read, or when the flow has none.
    pub whole: Option<Stamp>,
}

impl SeenStamps {
    #[must_use]
    pub fn of(process: &Process, form: Option<&Form>) -> Self {
        let whole = form.map(|form| Stamp::of(process, Some(form)));
        Self { process: Stamp::of(process, None), whole }
    }

    /// Whether this content differs from the one that was seen. A form that came since is no change, and neither is one
    /// that has not come yet.
    #[must_use]
    pub fn differ(&self, process: &Process, form: Option<&Form>) -> bool {
        match (self.whole, form) {
            (Some(whole), Some(form)) => whole != Stamp::of(process, Some(form)),
            _ => self.process != Stamp::of(process, None),
        }
    }
}

/// The row of a request as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedContent {
    pub projection: RowProjection,
    /// Up to when the content is known to be true, by the local wall clock.
    pub as_of: Millis,
    /// It stays true as far as [`CachedList::known_until`], unless a later writing says otherwise.
    pub current: bool,
}

impl CachedContent {
    /// Without the values of the summary: all that is kept of a sensitive request.
    #[must_use]
    pub fn stripped(mut self) -> Self {
        self.projection.summary = I18n::default();
        self
    }
}

/// One task of the cached list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedRow {
    pub key: TaskKey,
    /// `None`: its request had not been read.
    pub content: Option<CachedContent>,
    pub seen: Seen,
    /// `None`: it was never opened.
    pub stamps: Option<SeenStamps>,
}

/// The list of the last run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CachedList {
    pub rows: Vec<CachedRow>,
    /// When the list was last read to its end.
    pub good_at: Option<Millis>,
    /// Up to when changes of processes are in the rows: by the local wall clock, and by the platform's.
    pub known_until: Option<(Millis, Millis)>,
}

/// One thing to keep for the next run.
#[derive(Clone, Debug, PartialEq)]
pub enum CacheWrite {
    /// The answer to a read of a process, as received.
    Process { id: ProcessId, answer: Vec<u8>, read_at: Millis, high_care: bool },
    /// The answer to a read of a form, as received; empty where the flow has none.
    Form { id: ProcessId, answer: Vec<u8>, read_at: Millis },
    /// The same of form v1, for its option labels.
    Labels { id: ProcessId, answer: Vec<u8>, read_at: Millis },
    /// Names of ids in the form of a request.
    Names { id: ProcessId, names: Box<Names>, read_at: Millis },
    /// Rows that are new or have changed.
    Rows(Vec<CachedRow>),
    /// The list was read to its end: everything else is erased for good.
    Complete(CompleteList),
}

/// A complete reading of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompleteList {
    /// The tasks that stay.
    pub tasks: Vec<TaskKey>,
    pub good_at: Millis,
    /// See [`CachedList::known_until`].
    pub known_until: Option<(Millis, Millis)>,
}

/// A request as an earlier run received it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CachedDetail {
    pub process: Vec<u8>,
    pub read_at: Millis,
    /// `Some` and empty where the flow has none.
    pub form: Option<(Vec<u8>, Millis)>,
    pub labels: Option<Vec<u8>>,
    pub names: Names,
    /// Content of sensitive requests may be kept.
    pub sensitive: bool,
}

/// Why there is no cache, or a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CacheProblem {
    /// Its bytes are not those that were written. Dropped.
    Damaged,
    /// Another app, secret or operator wrote it. Replaced once the platform has answered: the secret may be mistyped.
    Foreign,
    /// A later version of this program wrote it. Dropped.
    Newer,
    /// It was erased while it was in use.
    Cleared,
    /// The disk is full.
    Full,
    /// The file system does not lock.
    NoLocks,
    /// Another process is writing. Not for long.
    Busy,
    /// The folder cannot be used, for this reason.
    Unusable(String),
}

impl CacheProblem {
    /// The file is of no use to anyone who may open it.
    #[must_use]
    pub const fn drops(&self) -> bool {
        matches!(self, Self::Damaged | Self::Newer)
    }
}

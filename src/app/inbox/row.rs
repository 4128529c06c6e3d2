//! One row of the list.

use crate::domain::{CachedContent, Millis, ProcessId, RowProjection, Seen, TaskKey};

/// One pending task, or one that was pending and is kept for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "four facts that the list tells apart, in any mixture")]
pub struct Row {
    pub key: TaskKey,
    /// No longer in the newest list: decided here or by another person. Leaves when the user arranges the list, but not
    /// from under the cursor.
    pub gone: bool,
    /// Not in the newest list, which proves nothing: its process shows whether the task is still open.
    pub missed: bool,
    /// Not in the newest list, which came in pages and without unreadable rows. If it is missing in the next one too,
    /// it has ended.
    pub absent: bool,
    /// No longer in a complete list, and kept in its place only so that nothing moves by the clock.
    pub left: bool,
    /// The content of its request; `None` until that has been read.
    pub known: Option<KnownRow>,
    /// Whether the user has seen that content.
    pub seen: Seen,
}

impl Row {
    pub(super) const fn new(key: TaskKey) -> Self {
        Self { key, gone: false, missed: false, absent: false, left: false, known: None, seen: Seen::Unopened }
    }

    /// Pending, and its request has not been read.
    pub(super) const fn is_unknown(&self) -> bool {
        !self.gone && self.known.is_none()
    }

    /// Its content is from before, and perhaps no longer true.
    #[must_use]
    pub fn is_unconfirmed(&self) -> bool {
        self.known.as_ref().is_some_and(|known| !known.confirmed)
    }
}

/// The content of a row as one reading showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownRow {
    pub projection: RowProjection,
    /// Up to when the content is known to be true, by the local wall clock.
    pub as_of: Millis,
    /// Read in this run, or told by the platform to be unchanged since it was read.
    pub confirmed: bool,
}

impl KnownRow {
    /// Content of an earlier run, until it is confirmed.
    pub(in crate::app) fn from_before(content: CachedContent) -> Self {
        Self { projection: content.projection, as_of: content.as_of, confirmed: false }
    }
}

/// The processes that changed in a span of time, as the platform told.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct Unchanged<'a> {
    /// Begin of the span, by the local wall clock.
    pub(in crate::app) from: Millis,
    /// Its end.
    pub(in crate::app) to: Millis,
    /// The processes that changed.
    pub(in crate::app) changed: &'a [ProcessId],
}

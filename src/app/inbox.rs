//! The pending list: rows, cursor, filter and order. The cursor is a key, never an index: whatever a refresh, a sort or
//! a filter does, it stays on its task, and the task stays on its screen row as long as there is room above it.

use std::collections::HashSet;

use super::cases::Cases;
use crate::domain::{ApproverId, CleanText, Failure, Lang, Now, PersonId, Task, TaskKey};

/// One pending task, or one that was pending and is kept while the cursor rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: TaskKey,
    /// Not in the newest list any more: decided here or by somebody else. Leaves with the cursor.
    pub gone: bool,
}

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Longest waiting first. Task ids rise with time, so this order needs no details.
    #[default]
    Waiting,
    Newest,
    Kind,
    Initiator,
}

impl Sort {
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Waiting => Self::Newest,
            Self::Newest => Self::Kind,
            Self::Kind => Self::Initiator,
            Self::Initiator => Self::Waiting,
        }
    }
}

/// The list. `rows` is in the order shown; `visible` leaves out what the filter hides.
#[derive(Debug, Default)]
pub struct Inbox {
    rows: Vec<Row>,
    visible: Vec<usize>,
    cursor: Option<TaskKey>,
    /// Index into the visible rows of the first one on screen.
    top: usize,
    pub sort: Sort,
    /// What the filter says; empty shows everything.
    pub filter: String,
    /// When the list was last read to its end.
    pub read_at: Option<Now>,
    /// The newest read of the list failed.
    pub failure: Option<Failure>,
    /// The list has been read to its end at least once.
    pub complete: bool,
}

impl Inbox {
    #[must_use]
    pub const fn cursor(&self) -> Option<&TaskKey> {
        self.cursor.as_ref()
    }

    /// The rows on screen from the top of the window, each with whether the cursor is on it.
    pub fn window(&self, rows: usize) -> impl Iterator<Item = (&Row, bool)> {
        self.visible
            .iter()
            .skip(self.top)
            .take(rows)
            .filter_map(|index| self.rows.get(*index))
            .map(|row| (row, self.cursor.as_ref() == Some(&row.key)))
    }

    /// Rows that the filter shows.
    #[must_use]
    pub fn shown(&self) -> usize {
        self.visible.len()
    }

    /// Tasks that are pending as far as is known.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.rows.iter().filter(|row| !row.gone).count()
    }

    /// The cursor's place among the rows shown, from 1.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        let cursor = self.cursor.as_ref()?;
        self.visible
            .iter()
            .position(|index| self.rows.get(*index).is_some_and(|row| row.key == *cursor))
            .map(|at| at + 1)
    }
}

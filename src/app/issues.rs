//! The list of decisions that want an answer. One line for each, with a key for each answer.

use super::Pane;
use super::list_cursor::{ListCursor, Way};
use super::outbox::Entry;
use crate::domain::record::{Change, SessionEnd};
use crate::domain::{Millis, Past, Reviewed, TaskKey};

/// The list of open matters. Its lines keep their places while it is open.
#[derive(Debug, Default)]
pub struct Issues {
    /// Tasks whose entries are in the outbox, or were when the list was opened.
    pub tasks: Vec<TaskKey>,
    /// Decisions whose answer came when the screen was gone already.
    pub unseen: Vec<Past>,
    /// Decisions whose own line in the journal cannot be read: only the task is known.
    pub unreadable: Vec<Past>,
    /// The line that the keys speak of.
    pub cursor: ListCursor,
    /// When and how the last run ended, if the user did not leave it.
    pub broken_off: Option<(Millis, Option<SessionEnd>)>,
    /// The user asked for the list: its decisions need not be of an earlier run.
    pub asked: bool,
    /// While the request of the line under the cursor is looked at in the panes: the pane that had the keys before.
    pub looking: Option<Pane>,
}

/// One line of the list.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// A decision and its state.
    Task(&'a Entry),
    /// A decision that has left the outbox, and its end.
    Ended(&'a Reviewed, &'a Change),
    Unreadable(&'a Past),
    Unseen(&'a Past),
}

impl Issues {
    #[must_use]
    pub fn len(&self) -> usize {
        self.tasks.len() + self.unreadable.len() + self.unseen.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The task of the line under the cursor.
    #[must_use]
    pub fn task(&self) -> Option<&TaskKey> {
        self.tasks.get(self.cursor.at())
    }

    pub(super) fn travel(&mut self, way: Way, rows: usize) {
        self.cursor.travel(way, self.len(), rows);
    }

    pub(super) fn go_to(&mut self, line: usize) {
        // The view shows the line under the cursor in any window.
        self.cursor.place(line, self.len(), 1);
    }
}

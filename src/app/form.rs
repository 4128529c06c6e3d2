//! The form pane: the tree of form variables as flat rows, its cursor, its folds, its search.

use std::collections::HashSet;

use crate::domain::form::FileRef;
use crate::domain::{CleanText, I18n, ProcessId, Value};

/// Levels that are open when a form is shown first; deeper ones are folded.
const OPEN_DEPTH: u16 = 2;

/// Where a row stands in the tree: api names and list indices from the top. Stable over a refresh of the form.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodePath(pub(super) String);

/// One line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct FormRow {
    pub path: NodePath,
    pub depth: u16,
    pub name: RowName,
    /// The value itself for a leaf; for a list or a record its children are rows of their own.
    pub value: RowValue,
}

/// What a row is called.
#[derive(Clone, Debug, PartialEq)]
pub enum RowName {
    /// A field: its label, and its api name where it has none.
    Field { label: I18n, api_name: CleanText },
    /// An entry of a list, from 1.
    Entry(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub enum RowValue {
    Leaf(Value),
    /// This many entries.
    List(usize),
    /// This many fields.
    Record(usize),
}

/// The tree of one form. Rebuilt when the form changes; cursor and folds stay by path.
#[derive(Debug, Default)]
pub struct FormPane {
    process: Option<ProcessId>,
    rows: Vec<FormRow>,
    /// Indices of the rows that no fold hides.
    visible: Vec<usize>,
    folded: HashSet<NodePath>,
    cursor: Option<NodePath>,
    /// Index into the visible rows of the first one on screen.
    top: usize,
    /// The words searched for; empty when nothing is.
    pub search: String,
}

impl FormPane {
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows on screen from the top of the window, each with whether the cursor is on it and whether it is folded.
    pub fn window(&self, rows: usize) -> impl Iterator<Item = (&FormRow, bool, bool)> {
        self.visible
            .iter()
            .skip(self.top)
            .take(rows)
            .filter_map(|index| self.rows.get(*index))
            .map(|row| (row, self.cursor.as_ref() == Some(&row.path), self.folded.contains(&row.path)))
    }

    /// Rows that no fold hides.
    #[must_use]
    pub fn visible_rows(&self) -> usize {
        self.visible.len()
    }

    /// The row under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&FormRow> {
        let cursor = self.cursor.as_ref()?;
        self.rows.iter().find(|row| row.path == *cursor)
    }

    /// The attachment under the cursor.
    #[must_use]
    pub fn file_under_cursor(&self) -> Option<&FileRef> {
        match self.selected().map(|row| &row.value) {
            Some(RowValue::Leaf(Value::File(file))) => Some(file),
            _ => None,
        }
    }
}

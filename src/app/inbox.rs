//! The pending list: rows, cursor, filter and order. The cursor is a key, never an index: whatever a refresh, a sort or
//! a filter does, it stays on its task, and the task stays on its screen row as long as there is room above it.

use std::collections::HashSet;

use super::cases::Cases;
use super::search::Words;
use crate::domain::mask;
use crate::domain::{Failure, I18n, Lang, Now, ProcessId, Task, TaskKey, biz_type};

/// One pending task, or one that was pending and is kept while the cursor rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: TaskKey,
    /// Not in the newest list any more: decided here or by somebody else. Leaves with the cursor.
    pub gone: bool,
    /// Not in the newest list, which came in pages: its case is to tell whether she still has the task.
    pub missed: bool,
}

/// What became of rows that are not in the newest list.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// How many left, or stay under the cursor as gone.
    pub gone: usize,
    /// Those that stay until their case has been read.
    pub missed: Vec<TaskKey>,
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
    /// She has touched a key: from then on the cursor stays on its task. Before, it is on the first row, whichever page
    /// of the list that comes with.
    pub(super) touched: bool,
    /// What the filter says; empty shows everything.
    pub filter: String,
    /// What it said when the rows were filtered last.
    filtered_by: String,
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

    /// Every row in the order of the list, filtered or not.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows that the filter shows, in order.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.visible.iter().filter_map(|index| self.rows.get(*index))
    }

    /// The rows on screen from the top of the window, each with whether the cursor is on it.
    pub fn window(&self, rows: usize) -> impl Iterator<Item = (&Row, bool)> {
        self.shown().skip(self.top).take(rows).map(|row| (row, self.cursor.as_ref() == Some(&row.key)))
    }

    /// How many rows the filter shows.
    #[must_use]
    pub fn shown_count(&self) -> usize {
        self.visible.len()
    }

    /// Tasks that are pending as far as is known.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.rows.iter().filter(|row| !row.gone).count()
    }

    /// A page of the list has come, or all of it.
    #[must_use]
    pub const fn has_come(&self) -> bool {
        self.complete || !self.rows.is_empty()
    }

    /// The cursor's place among the rows shown, from 1.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.index().map(|index| index + 1)
    }

    fn index(&self) -> Option<usize> {
        let cursor = self.cursor.as_ref()?;
        self.shown().position(|row| row.key == *cursor)
    }

    /// Adds tasks that are not in the list yet; returns how many were new.
    pub(super) fn add(&mut self, tasks: &[Task], order: &Order<'_>) -> usize {
        let mut known: HashSet<TaskKey> = self.rows.iter().map(|row| row.key.clone()).collect();
        let fresh: Vec<Row> = tasks
            .iter()
            .filter(|task| known.insert(task.key.clone()))
            .map(|task| Row { key: task.key.clone(), gone: false, missed: false })
            .collect();
        let count = fresh.len();
        let back: HashSet<&TaskKey> = tasks.iter().map(|task| &task.key).collect();
        for row in &mut self.rows {
            if back.contains(&row.key) {
                (row.gone, row.missed) = (false, false);
            }
        }
        self.rows.extend(fresh);
        self.arrange(order);
        count
    }

    /// Takes the list as it is now, whole: rows that are not in it leave, except the one under the cursor and those
    /// that `keep` speaks for. Out of a list that came in pages, a row leaves when it is missing for the second time: when
    /// a task ends between two pages, the next one may begin behind a task that is in neither.
    pub(super) fn settle(
        &mut self,
        pending: &HashSet<TaskKey>,
        in_pages: bool,
        keep: impl Fn(&TaskKey) -> bool,
        order: &Order<'_>,
    ) -> Settled {
        let mut settled = Settled::default();
        let cursor = self.cursor.clone();
        self.rows.retain_mut(|row| {
            if pending.contains(&row.key) {
                return true;
            }
            if in_pages && !row.gone && !row.missed {
                row.missed = true;
                settled.missed.push(row.key.clone());
                return true;
            }
            if !row.gone {
                settled.gone += 1;
            }
            row.gone = true;
            cursor.as_ref() == Some(&row.key) || keep(&row.key)
        });
        self.arrange(order);
        settled
    }

    /// The case of rows that were missing from the list was read: tasks that it shows as hers are hers.
    pub(super) fn settle_missed(&mut self, process: &ProcessId, is_open: impl Fn(&TaskKey) -> bool) {
        for row in self.rows.iter_mut().filter(|row| row.missed && row.key.process == *process) {
            row.missed = false;
            row.gone = !is_open(&row.key);
        }
    }

    /// Whether she has another open task in the same process.
    pub(super) fn has_beside(&self, key: &TaskKey) -> bool {
        self.rows.iter().any(|row| !row.gone && row.key.process == key.process && row.key != *key)
    }

    /// The task left her list: the row stays until the list is read anew.
    pub(super) fn mark_gone(&mut self, key: &TaskKey) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.key == *key) {
            row.gone = true;
        }
    }

    /// Sorts and filters anew. The cursor keeps its task and its screen row, even when the case has changed and the same
    /// filter would not show it any more. If another filter hides it, the row that takes its place is next.
    pub(super) fn arrange(&mut self, order: &Order<'_>) {
        let before: Vec<TaskKey> = self.shown().map(|row| row.key.clone()).collect();
        let at = self.index().unwrap_or(0);
        self.rows.sort_by_cached_key(|row| order.rank(&row.key, self.sort));
        let words = Words::new(&self.filter);
        let stays = self.cursor.as_ref().filter(|key| self.filter == self.filtered_by && before.contains(key));
        let is_found = |row: &Row| words.is_empty() || stays == Some(&row.key) || words.are_in(&order.text(&row.key));
        self.visible = (0..self.rows.len()).filter(|index| self.rows.get(*index).is_some_and(is_found)).collect();
        self.filtered_by.clone_from(&self.filter);
        if !self.touched {
            let first = self.shown().next().map(|row| row.key.clone());
            self.cursor = first;
        } else if self.index().is_none() {
            let shown: HashSet<&TaskKey> = self.shown().map(|row| &row.key).collect();
            let after = before.iter().skip(at).find(|key| shown.contains(key));
            let successor = after.or_else(|| before.iter().take(at).rev().find(|key| shown.contains(key)));
            self.cursor = successor.cloned().or_else(|| self.shown().next().map(|row| row.key.clone()));
        }
        let screen_row = if self.touched { at.saturating_sub(self.top) } else { 0 };
        self.top = self.index().map_or(0, |index| index.saturating_sub(screen_row));
    }

    /// Moves the cursor to a row of the list. The window flips a page when the cursor leaves it, which costs fewer
    /// bytes than scrolling line by line, and is full where there are rows for that.
    fn place(&mut self, index: usize, rows: usize) {
        let Some(last) = self.visible.len().checked_sub(1) else { return };
        let index = index.min(last);
        let key = self.shown().nth(index).map(|row| row.key.clone());
        self.cursor = key;
        if index < self.top {
            self.top = (index + 1).saturating_sub(rows);
        } else if index >= self.top + rows {
            self.top = index;
        }
        self.top = self.top.min(self.visible.len().saturating_sub(rows));
    }

    /// Moves the cursor on the screen with `rows` list rows.
    pub(super) fn travel(&mut self, way: Way, rows: usize) {
        let at = self.index().unwrap_or(0);
        match way {
            Way::By(steps) => self.place(at.saturating_add_signed(steps), rows),
            Way::First => self.place(0, rows),
            Way::Last => self.place(usize::MAX, rows),
            Way::PageDown => self.place(at + rows, rows),
            Way::PageUp => self.place(at.saturating_sub(rows), rows),
        }
    }

    /// Moves the cursor to the next row that `wanted` accepts, looking down first, then from the top.
    pub(super) fn advance(&mut self, rows: usize, wanted: impl Fn(&TaskKey) -> bool) {
        let Some(at) = self.index() else { return };
        let accepts = |row: &Row| !row.gone && wanted(&row.key);
        let next = self
            .shown()
            .skip(at + 1)
            .position(accepts)
            .map(|steps| at + 1 + steps)
            .or_else(|| self.shown().take(at).position(accepts));
        if let Some(next) = next {
            self.place(next, rows);
        }
    }

    /// After a resize: the cursor stays on screen.
    pub(super) fn fit(&mut self, rows: usize) {
        if let Some(index) = self.index() {
            self.place(index, rows);
        }
    }
}

/// Where the cursor is to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    By(isize),
    First,
    Last,
    PageDown,
    PageUp,
}

/// What ordering and filtering know about a task beyond its name.
#[derive(Debug)]
pub(super) struct Order<'a> {
    pub cases: &'a Cases,
    pub lang: Lang,
}

/// Sort key: class (unread cases last), words, then arrival.
type Rank = (bool, String, Arrival);

/// Ids are decimal and rise with time: longer is later, then the text decides. Negated for "newest first".
type Arrival = (isize, Vec<u8>);

impl Order<'_> {
    fn rank(&self, key: &TaskKey, sort: Sort) -> Rank {
        let id = key.approver.as_str();
        let length = isize::try_from(id.len()).unwrap_or(isize::MAX);
        let oldest = || (length, id.as_bytes().to_vec());
        let process = self.cases.process(&key.process);
        let by = |words: Option<String>| (words.is_none(), words.unwrap_or_default(), oldest());
        match sort {
            Sort::Waiting => (false, String::new(), oldest()),
            Sort::Newest => (false, String::new(), (-length, id.bytes().map(|byte| !byte).collect())),
            Sort::Kind => by(process.map(|process| process.kind().get(self.lang).to_string())),
            Sort::Initiator => by(process.map(|process| process.initiator_name.get(self.lang).to_string())),
        }
    }

    /// Everything of a row that a filter can find: both languages, and the ids. Values of high-care cases are masked
    /// on screen, so they cannot be found either.
    fn text(&self, key: &TaskKey) -> String {
        let mut text = format!("{} {}", key.process.as_str(), key.approver.as_str());
        let Some(process) = self.cases.process(&key.process) else { return text };
        let mut add = |label: &I18n| {
            for part in [&label.zh, &label.en] {
                text.push(' ');
                text.push_str(&part.line());
            }
        };
        add(process.kind());
        if biz_type::is_high_care(process) {
            add(&mask::conceal_both(process.title()));
        } else {
            add(process.title());
        }
        add(&process.initiator_name);
        if !biz_type::is_high_care(process) {
            process.abstracts.iter().for_each(|line| add(&line.value));
        }
        if let Some(todo) = process.todo(&key.approver) {
            add(&todo.node_name);
        }
        text
    }
}

//! The pending list: rows, cursor, filter and order. The cursor is a key, never an index: through refreshes, sorts and
//! filters it stays on its task, and the task on its screen row while there is room above it.

use std::collections::{HashMap, HashSet};

use super::list_cursor::{ListCursor, Way};
use super::order::{Order, Searched, Sort};
use super::search::Words;
use crate::domain::{Failure, Now, ProcessId, Task, TaskKey};

/// One pending task, or one that was pending and is kept while the cursor rests on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub key: TaskKey,
    /// No longer in the newest list: decided here or by another person. Leaves with the cursor.
    pub gone: bool,
    /// Not in the newest list, which proves nothing: its process shows whether the task is still open.
    pub missed: bool,
    /// Not in the newest list, which came in pages and without unreadable rows. If it is missing in the next one too,
    /// it has ended.
    pub absent: bool,
}

/// Proof value of a row's absence from a complete list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// The task is not open any more.
    Proves,
    /// The same if it was missing before too: when a task ends between two pages, the next page may begin behind a task
    /// that is in neither.
    ProvesTwice,
    /// Nothing: the list has rows that cannot be read.
    ProvesNothing,
}

/// Cause for which the newest list may be incomplete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Its pages broke off.
    pub broken: bool,
    /// Rows that could not be read.
    pub unreadable: usize,
}

impl Gap {
    pub(super) fn of(broken: bool, unreadable: usize) -> Option<Self> {
        (broken || unreadable > 0).then_some(Self { broken, unreadable })
    }
}

/// Outcome for rows that are not in the newest list.
#[derive(Debug, Default)]
pub(super) struct Settled {
    /// Rows that left, or stay under the cursor as gone.
    pub gone: usize,
    /// Those that stay until their request has been read.
    pub missed: Vec<TaskKey>,
}

/// The list. `rows` is in the order shown; `visible` leaves out what the filter hides.
#[derive(Debug, Default)]
pub struct Inbox {
    rows: Vec<Row>,
    visible: Vec<usize>,
    cursor: Option<TaskKey>,
    /// Its place among the visible rows, kept beside the key; of no meaning without one.
    place: ListCursor,
    pub sort: Sort,
    /// The user has pressed a key: from then on the cursor stays on its task. Before, it is on the first row, with any
    /// arriving page.
    pub(super) touched: bool,
    /// Words of the filter; empty shows all.
    pub filter: String,
    /// Rises whenever rows come, go or change places.
    arranged: u64,
    /// Words of the last filtering.
    filtered_by: String,
    /// The words of each row that the filter looks at, and whether it found them.
    searched: HashMap<TaskKey, Searched>,
    /// When the list was last read to its end.
    pub read_at: Option<Now>,
    /// The newest read of the list failed.
    pub failure: Option<Failure>,
    /// The list has been read to its end at least once.
    pub complete: bool,
    /// Cause for which tasks may be missing in the newest list; `None`: it is complete.
    pub gap: Option<Gap>,
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
        self.shown()
            .enumerate()
            .skip(self.place.first(self.visible.len(), rows))
            .take(rows)
            .map(|(at, row)| (row, self.index() == Some(at)))
    }

    /// A number that rises whenever rows come, go or change places.
    pub(super) const fn arranged(&self) -> u64 {
        self.arranged
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

    /// Whether every pending task is among the rows, by the platform's answers.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.complete && self.gap.is_none()
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
        self.cursor.as_ref().map(|_| self.place.at())
    }

    /// Adds tasks that are not in the list yet; returns the number of new ones. A task that has ended stays gone even
    /// if the platform still lists it.
    pub(super) fn add(&mut self, tasks: &[Task], has_ended: impl Fn(&TaskKey) -> bool, order: &Order<'_>) -> usize {
        let mut known: HashSet<TaskKey> = self.rows.iter().map(|row| row.key.clone()).collect();
        let fresh: Vec<Row> = tasks
            .iter()
            .filter(|task| known.insert(task.key.clone()))
            .map(|task| Row { key: task.key.clone(), gone: false, missed: false, absent: false })
            .collect();
        let count = fresh.len();
        let back: HashSet<&TaskKey> = tasks.iter().map(|task| &task.key).collect();
        for row in &mut self.rows {
            if back.contains(&row.key) {
                row.gone &= has_ended(&row.key);
                (row.missed, row.absent) = (false, false);
            }
        }
        self.rows.extend(fresh);
        self.arrange(order);
        count
    }

    /// Applies a complete list: missing rows leave as far as their absence proves it, except the one under the cursor
    /// and those that `keep` accepts.
    pub(super) fn settle(
        &mut self,
        pending: &HashSet<TaskKey>,
        absence: Absence,
        keep: impl Fn(&TaskKey) -> bool,
        order: &Order<'_>,
    ) -> Settled {
        let mut settled = Settled::default();
        let cursor = self.cursor.clone();
        let view = self.view(order);
        self.rows.retain_mut(|row| {
            if pending.contains(&row.key) {
                return true;
            }
            let proven = match absence {
                Absence::Proves => true,
                Absence::ProvesTwice => row.absent,
                Absence::ProvesNothing => false,
            };
            if !row.gone && !proven {
                row.missed = true;
                row.absent = absence == Absence::ProvesTwice;
                settled.missed.push(row.key.clone());
                return true;
            }
            if !row.gone {
                settled.gone += 1;
            }
            row.gone = true;
            cursor.as_ref() == Some(&row.key) || keep(&row.key)
        });
        self.arrange_from(&view, order);
        settled
    }

    /// Applies a reading of the process of missing rows: tasks that it shows as open stay. A gone row does not come
    /// back by a reading, which may be older than its cause.
    pub(super) fn settle_missed(&mut self, process: &ProcessId, is_open: impl Fn(&TaskKey) -> bool) {
        for row in self.rows.iter_mut().filter(|row| row.missed && row.key.process == *process) {
            (row.missed, row.absent) = (false, false);
            row.gone |= !is_open(&row.key);
        }
    }

    /// Whether the approver has another open task in the same process.
    pub(super) fn has_beside(&self, key: &TaskKey) -> bool {
        self.rows.iter().any(|row| !row.gone && row.key.process == key.process && row.key != *key)
    }

    /// The task left the list: its row stays until the list is read again.
    pub(super) fn mark_gone(&mut self, key: &TaskKey) {
        if let Some(row) = self.rows.iter_mut().find(|row| row.key == *key) {
            row.gone = true;
        }
    }

    /// Sorts and filters again. The cursor keeps its task and its screen row, even if the request has changed and the
    /// same filter would hide it now. If another filter hides it, the row in its place is next.
    pub(super) fn arrange(&mut self, order: &Order<'_>) {
        self.arrange_from(&self.view(order), order);
    }

    /// The current view. Taken before rows leave: the places of shown rows are places among all rows.
    fn view(&self, order: &Order<'_>) -> View {
        let shown: Vec<TaskKey> = self.shown().map(|row| row.key.clone()).collect();
        let at = self.index().unwrap_or(0);
        let screen_row = self.place.screen_row(shown.len(), order.rows);
        View { shown, at, screen_row }
    }

    fn arrange_from(&mut self, view: &View, order: &Order<'_>) {
        let View { shown: before, at, screen_row } = view;
        self.arranged += 1;
        self.rows.sort_by_cached_key(|row| order.rank(&row.key, self.sort));
        let found = self.found(order);
        let stays = self.cursor.as_ref().filter(|key| self.filter == self.filtered_by && before.contains(key));
        let is_shown =
            |(at, row): (usize, &Row)| (found.get(at) == Some(&true) || stays == Some(&row.key)).then_some(at);
        self.visible = self.rows.iter().enumerate().filter_map(is_shown).collect();
        self.filtered_by.clone_from(&self.filter);
        let now = if self.touched { self.kept(before, *at) } else { 0 };
        let screen_row = if self.touched { *screen_row } else { 0 };
        self.place.pin(now, screen_row, self.visible.len(), order.rows);
        self.cursor = self.under_cursor();
    }

    /// Which rows the filter finds. Only rows whose words have changed are put into words and matched again.
    fn found(&mut self, order: &Order<'_>) -> Vec<bool> {
        let words = Words::new(&self.filter);
        if words.is_empty() {
            self.searched.clear();
            return vec![true; self.rows.len()];
        }
        let same = self.filter == self.filtered_by;
        let mut before = std::mem::take(&mut self.searched);
        let mut found = Vec::with_capacity(self.rows.len());
        for row in &self.rows {
            let known = before.remove(&row.key).filter(|known| order.is_current(&row.key, known));
            let mut searched = known.unwrap_or_else(|| order.searched(&row.key));
            let finds = searched.found.filter(|_| same).unwrap_or_else(|| searched.is_found(&self.filter, &words));
            searched.found = Some(finds);
            found.push(finds);
            self.searched.insert(row.key.clone(), searched);
        }
        found
    }

    /// Names are known that were not: rows say something else.
    pub(super) fn names_changed(&mut self) {
        self.searched.clear();
    }

    /// Where the cursor's task is now; if it is not shown any more, the one that took its place.
    fn kept(&self, before: &[TaskKey], at: usize) -> usize {
        let places: HashMap<&TaskKey, usize> = self.shown().enumerate().map(|(place, row)| (&row.key, place)).collect();
        let place = |key: &TaskKey| places.get(key).copied();
        let here = self.cursor.as_ref().and_then(place);
        let after = || before.iter().skip(at).find_map(place);
        let above = || before.iter().take(at).rev().find_map(place);
        here.or_else(after).or_else(above).unwrap_or(0)
    }

    fn under_cursor(&self) -> Option<TaskKey> {
        self.shown().nth(self.place.at()).map(|row| row.key.clone())
    }

    /// Moves the cursor to a row of the list.
    fn go_to(&mut self, index: usize, rows: usize) {
        self.place.place(index, self.visible.len(), rows);
        self.cursor = self.under_cursor();
    }

    /// Moves the cursor on the screen with `rows` list rows.
    pub(super) fn travel(&mut self, way: Way, rows: usize) {
        self.place.travel(way, self.visible.len(), rows);
        self.cursor = self.under_cursor();
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
            self.go_to(next, rows);
        }
    }

    /// After a resize: the cursor stays on screen.
    pub(super) fn fit(&mut self, rows: usize) {
        if let Some(index) = self.index() {
            self.go_to(index, rows);
        }
    }
}

/// The rows on screen at one moment, and the cursor among them.
struct View {
    shown: Vec<TaskKey>,
    at: usize,
    /// The cursor's row of the window.
    screen_row: usize,
}

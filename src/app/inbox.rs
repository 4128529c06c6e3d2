//! The pending list: rows, cursor, filter and order. The cursor is a key, never an index: through refreshes, sorts and
//! filters it stays on its task, and the task on its screen row while there is room above it.
//!
//! Rows are kept in their order, so that a page of known tasks costs nothing but looking them up, and a new task one
//! insertion.

mod row;
mod table;

use std::collections::HashSet;

pub(super) use row::Unchanged;
pub use row::{KnownRow, Row};
use table::{RowIndex, RowTable};

use super::list_cursor::{ListCursor, Way};
use super::order::{Filter, Order, Sort};
use crate::domain::{CachedRow, Failure, Millis, Names, Now, Process, ProcessId, RowProjection, Seen, Task, TaskKey};

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

/// The list. The table has every row in its place; `visible` leaves out what the filter hides.
#[derive(Debug, Default)]
pub struct Inbox {
    table: RowTable,
    /// The rows that the filter shows, in order; `None` without a filter.
    visible: Option<Vec<RowIndex>>,
    cursor: Option<TaskKey>,
    /// Its place among the visible rows, kept beside the key; of no meaning without one.
    place: ListCursor,
    /// The row that is shown only because the cursor is on it: the filter does not find it any more.
    stayer: Option<RowIndex>,
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
    /// The same, ready to be compared with rows; `None` when they are blank.
    filtering: Option<Filter>,
    /// When the list was last read to its end.
    pub read_at: Option<Now>,
    /// The newest read of the list failed.
    pub failure: Option<Failure>,
    /// The list has been read to its end at least once.
    pub complete: bool,
    /// New tasks that wait until the user asks for them.
    aside: Vec<Task>,
    /// Cause for which tasks may be missing in the newest list; `None`: it is complete.
    pub gap: Option<Gap>,
}

/// The rows on screen at one moment, and the cursor among them.
struct View {
    /// Where the cursor may have to find a neighbor.
    shown: Option<Vec<RowIndex>>,
    at: usize,
    /// The cursor's row of the window.
    screen_row: usize,
}

impl Inbox {
    #[must_use]
    pub const fn cursor(&self) -> Option<&TaskKey> {
        self.cursor.as_ref()
    }

    /// Every row in the order of the list, filtered or not.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.table.all().iter().filter_map(|slot| self.table.row(*slot))
    }

    /// The row of this task.
    #[must_use]
    pub fn row(&self, key: &TaskKey) -> Option<&Row> {
        self.table.slot(key).and_then(|slot| self.table.row(slot))
    }

    /// The rows of this process.
    pub fn rows_of(&self, process: &ProcessId) -> impl Iterator<Item = &Row> {
        self.table.of_process(process).iter().filter_map(|slot| self.table.row(*slot))
    }

    fn slots(&self) -> &[RowIndex] {
        self.visible.as_deref().unwrap_or_else(|| self.table.all())
    }

    /// The rows that the filter shows, in order.
    pub fn shown(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.slots().iter().filter_map(|slot| self.table.row(*slot))
    }

    /// The rows on screen from the top of the window, each with whether the cursor is on it.
    pub fn window(&self, rows: usize) -> impl Iterator<Item = (&Row, bool)> {
        let slots = self.slots();
        let first = self.place.first(slots.len(), rows);
        let at = self.index();
        let window = slots.get(first..slots.len().min(first + rows)).unwrap_or_default();
        (first..).zip(window).filter_map(move |(place, slot)| Some((self.table.row(*slot)?, at == Some(place))))
    }

    /// The place of the first row on screen among those that the filter shows.
    pub(super) fn top(&self, rows: usize) -> usize {
        self.place.first(self.slots().len(), rows)
    }

    /// The processes of the rows shown from one place to before another, as far as there are any.
    pub(super) fn processes(&self, from: usize, to: usize) -> impl Iterator<Item = &ProcessId> {
        let slots = self.slots();
        let to = to.min(slots.len());
        let places = slots.get(from.min(to)..to).unwrap_or_default();
        places.iter().filter_map(|slot| self.table.row(*slot)).map(|row| &row.key.process)
    }

    /// A number that rises whenever rows come, go or change places.
    pub(super) const fn arranged(&self) -> u64 {
        self.arranged
    }

    /// How many rows the filter shows.
    #[must_use]
    pub fn shown_count(&self) -> usize {
        self.slots().len()
    }

    /// Tasks that are pending as far as is known.
    #[must_use]
    pub const fn pending(&self) -> usize {
        self.table.pending()
    }

    /// Pending tasks whose requests have not been read.
    #[must_use]
    pub const fn unknown(&self) -> usize {
        self.table.unknown()
    }

    /// Those of them that the filter does not show: it may or may not fit them. Without a filter, all.
    #[must_use]
    pub const fn unknown_hidden(&self) -> usize {
        if self.filtering.is_some() { self.unknown() - self.table.unknown_shown() } else { self.unknown() }
    }

    /// Whether every pending task is among the rows, by the platform's answers.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.complete && self.gap.is_none()
    }

    /// A page of the list has come, or all of it.
    #[must_use]
    pub fn has_come(&self) -> bool {
        self.complete || !self.table.all().is_empty()
    }

    /// The cursor's place among the rows shown, from 1.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        self.index().map(|index| index + 1)
    }

    fn index(&self) -> Option<usize> {
        self.cursor.as_ref().map(|_| self.place.at())
    }

    /// New tasks that are shown once the user asks for them.
    #[must_use]
    pub const fn waiting(&self) -> usize {
        self.aside.len()
    }

    /// The task is one of them.
    pub(super) fn is_aside(&self, key: &TaskKey) -> bool {
        self.aside.iter().any(|task| task.key == *key)
    }

    /// Puts tasks aside that are not in the list; those that are in it stay as [`Inbox::add`] leaves them.
    pub(super) fn set_aside(&mut self, tasks: &[Task], has_ended: impl Fn(&TaskKey) -> bool) {
        let mut known: HashSet<TaskKey> = self.aside.iter().map(|task| task.key.clone()).collect();
        for task in tasks {
            if !self.is_listed(&task.key, &has_ended) && !has_ended(&task.key) && known.insert(task.key.clone()) {
                self.aside.push(task.clone());
            }
        }
    }

    /// The tasks that were put aside. They are to be added.
    pub(super) fn take_aside(&mut self) -> Vec<Task> {
        std::mem::take(&mut self.aside)
    }

    /// The platform lists this task. Returns whether it has a row.
    fn is_listed(&mut self, key: &TaskKey, has_ended: impl Fn(&TaskKey) -> bool) -> bool {
        let Some(slot) = self.table.slot(key) else { return false };
        let ended = has_ended(key);
        self.table.change(slot, |row| {
            row.gone &= ended;
            (row.missed, row.absent, row.left) = (false, false, row.gone && row.left);
        });
        true
    }

    /// Adds tasks that are not in the list yet, with what `known` tells of their content; returns the number of new
    /// ones. A task that has ended stays gone even if the platform still lists it.
    pub(super) fn add(
        &mut self,
        tasks: &[Task],
        has_ended: impl Fn(&TaskKey) -> bool,
        known: impl Fn(&TaskKey) -> (Option<KnownRow>, Seen),
        order: &Order<'_>,
    ) -> usize {
        let view = self.view(false, order);
        let mut fresh = Vec::new();
        for task in tasks {
            if !self.is_listed(&task.key, &has_ended) && !has_ended(&task.key) {
                let (known, seen) = known(&task.key);
                fresh.push(self.table.add(Row { known, seen, ..Row::new(task.key.clone()) }, order));
            }
        }
        self.arrange_from(&view, &fresh, false, order);
        fresh.len()
    }

    /// Adds rows of an earlier run that are not in the list yet. They are marked until they are known to be current.
    pub(super) fn restore(&mut self, rows: Vec<CachedRow>, order: &Order<'_>) {
        let view = self.view(false, order);
        let mut fresh = Vec::new();
        for CachedRow { key, content, seen, .. } in rows {
            if self.table.slot(&key).is_none() {
                let known = content.map(KnownRow::from_before);
                fresh.push(self.table.add(Row { known, seen, ..Row::new(key) }, order));
            }
        }
        self.arrange_from(&view, &fresh, false, order);
    }

    /// Takes the content of a process that was read at this time into its rows.
    pub(super) fn take(&mut self, process: &Process, read: Millis, order: &Order<'_>) {
        for slot in self.table.of_process(&process.id).to_vec() {
            let Some(row) = self.table.row(slot) else { continue };
            let projection = RowProjection::of(process, &row.key.approver);
            self.table.learn(slot, KnownRow { projection, as_of: read, confirmed: true }, order);
        }
    }

    /// The user has seen so much of a request.
    pub(super) fn note_seen(&mut self, process: &ProcessId, seen: Seen) {
        for slot in self.table.of_process(process).to_vec() {
            self.table.change(slot, |row| row.seen = seen);
        }
    }

    /// The list is complete, and the platform told what changed in a span: rows from before that are in the list and did
    /// not change since are current.
    pub(super) fn confirm(&mut self, unchanged: &Unchanged<'_>) {
        let changed: HashSet<&ProcessId> = unchanged.changed.iter().collect();
        for slot in self.table.all().to_vec() {
            let Some(row) = self.table.row(slot).filter(|row| row.is_unconfirmed() && !row.gone && !row.missed) else {
                continue;
            };
            if row.known.as_ref().is_some_and(|known| known.as_of >= unchanged.from)
                && !changed.contains(&row.key.process)
            {
                self.table.change(slot, |row| {
                    if let Some(known) = &mut row.known {
                        (known.confirmed, known.as_of) = (true, unchanged.to);
                    }
                });
            }
        }
    }

    /// Changes are not known: every row is marked until its request has been read again.
    pub(super) fn doubt_all(&mut self) {
        let slots = self.table.all().to_vec();
        self.doubt_slots(&slots);
    }

    /// This process may have changed: its rows are marked until it has been read again.
    pub(super) fn doubt(&mut self, process: &ProcessId) {
        let slots = self.table.of_process(process).to_vec();
        self.doubt_slots(&slots);
    }

    fn doubt_slots(&mut self, slots: &[RowIndex]) {
        for slot in slots {
            self.table.change(*slot, |row| {
                if let Some(known) = &mut row.known {
                    (known.confirmed, known.as_of) = (false, Millis(i64::MIN));
                }
            });
        }
    }

    /// Applies a complete list: missing rows are gone as far as their absence proves it. They stay in their places;
    /// [`Inbox::clear_gone`] removes them.
    pub(super) fn settle(&mut self, pending: &HashSet<TaskKey>, absence: Absence) -> Settled {
        let mut settled = Settled::default();
        self.aside.retain(|task| pending.contains(&task.key));
        for slot in self.table.all().to_vec() {
            let Some(row) = self.table.row(slot).filter(|row| !pending.contains(&row.key)) else { continue };
            let proven = match absence {
                Absence::Proves => true,
                Absence::ProvesTwice => row.absent,
                Absence::ProvesNothing => false,
            };
            if !row.gone && !proven {
                settled.missed.push(row.key.clone());
                self.table.change(slot, |row| {
                    row.missed = true;
                    row.absent |= absence == Absence::ProvesTwice;
                });
                continue;
            }
            if !row.gone {
                settled.gone += 1;
            }
            if !row.left || !row.gone {
                self.table.change(slot, |row| (row.gone, row.left) = (true, true));
            }
        }
        settled
    }

    /// Removes the rows that left the list, except the one under the cursor and those that `keep` accepts, and sorts and
    /// filters again.
    pub(super) fn clear_gone(&mut self, keep: impl Fn(&TaskKey) -> bool, order: &Order<'_>) {
        let view = self.view(true, order);
        let cursor = self.cursor.clone();
        let may_leave = |row: &Row| {
            let stays = cursor.as_ref() == Some(&row.key) || keep(&row.key);
            row.gone && row.left && !stays
        };
        let all = self.table.all().iter();
        let leaving: Vec<RowIndex> = all.copied().filter(|slot| self.table.row(*slot).is_some_and(may_leave)).collect();
        self.remove(&leaving);
        self.arrange_from(&view, &[], !leaving.is_empty(), order);
    }

    fn remove(&mut self, leaving: &[RowIndex]) {
        self.table.remove(leaving);
        let table = &self.table;
        if let Some(visible) = self.visible.as_mut().filter(|_| !leaving.is_empty()) {
            visible.retain(|slot| table.row(*slot).is_some());
        }
        self.stayer = self.stayer.filter(|slot| table.row(*slot).is_some());
    }

    /// Applies a reading of the process of missing rows: tasks that it shows as open stay. A gone row does not come
    /// back by a reading, which may be older than its cause.
    pub(super) fn settle_missed(&mut self, process: &ProcessId, is_open: impl Fn(&TaskKey) -> bool) {
        for slot in self.table.of_process(process).to_vec() {
            let Some(row) = self.table.row(slot).filter(|row| row.missed) else { continue };
            let open = is_open(&row.key);
            self.table.change(slot, |row| {
                (row.missed, row.absent) = (false, false);
                row.gone |= !open;
            });
        }
    }

    /// Whether the approver has another open task in the same process.
    pub(super) fn has_beside(&self, key: &TaskKey) -> bool {
        self.rows_of(&key.process).any(|row| !row.gone && row.key != *key)
    }

    /// The task left the list: its row stays until the list is read again.
    pub(super) fn mark_gone(&mut self, key: &TaskKey) {
        if let Some(slot) = self.table.slot(key) {
            self.table.change(slot, |row| row.gone = true);
        }
    }

    /// Names are known that were not: rows that go by them say something else.
    pub(super) fn names_came(&mut self, names: &Names, order: &Order<'_>) {
        self.table.names_came(names, order);
    }

    /// Sorts and filters again. The cursor keeps its task and its screen row, even if the request has changed and the
    /// same filter would hide it now. If another filter hides it, the row in its place is next.
    pub(super) fn arrange(&mut self, order: &Order<'_>) {
        self.arrange_from(&self.view(false, order), &[], false, order);
    }

    /// The current view. `leaving`: rows may leave after it.
    fn view(&self, leaving: bool, order: &Order<'_>) -> View {
        let shown = self.slots();
        let at = self.index().unwrap_or(0);
        let screen_row = self.place.screen_row(shown.len(), order.rows);
        let may_hide = leaving || self.filter != self.filtered_by;
        View { shown: may_hide.then(|| shown.to_vec()), at, screen_row }
    }

    /// `fresh`: rows without a place. `left`: rows have left.
    fn arrange_from(&mut self, view: &View, fresh: &[RowIndex], left: bool, order: &Order<'_>) {
        let refiltered = self.filter != self.filtered_by;
        let cursor = self.cursor.as_ref().and_then(|key| self.table.slot(key));
        let stays = cursor.filter(|slot| !refiltered && self.table.is_shown(*slot));
        let resorted = self.sort != self.table.sorted_by();
        let moved = if resorted || refiltered || left {
            self.arrange_all(fresh, stays, order);
            true
        } else {
            self.arrange_some(fresh, stays, order)
        };
        self.stayer = stays.filter(|slot| !self.table.is_found(*slot));
        self.arranged += u64::from(moved);
        let now = if self.touched { self.kept(view) } else { 0 };
        let screen_row = if self.touched { view.screen_row } else { 0 };
        self.place.pin(now, screen_row, self.shown_count(), order.rows);
        self.cursor = self.under_cursor();
    }

    /// Places and filters every row. `stays` is shown in any case.
    fn arrange_all(&mut self, fresh: &[RowIndex], stays: Option<RowIndex>, order: &Order<'_>) {
        let reworded = self.table.take_reworded();
        self.table.place(fresh, &reworded, order);
        if self.sort != self.table.sorted_by() {
            self.table.sort(self.sort, order);
        }
        let refiltered = self.filter != self.filtered_by;
        if refiltered {
            self.filtered_by.clone_from(&self.filter);
            let filter = Filter::new(&self.filter);
            self.filtering = (!filter.is_empty()).then_some(filter);
        }
        let all = self.table.all().to_vec();
        for slot in &all {
            self.table.match_row(*slot, self.filtering.as_ref(), refiltered);
            self.table.set_shown(*slot, self.table.is_found(*slot) || stays == Some(*slot));
        }
        self.visible =
            self.filtering.is_some().then(|| all.into_iter().filter(|slot| self.table.is_shown(*slot)).collect());
    }

    /// Places and filters the rows that are new or read differently, and the one that was shown only because of the
    /// cursor. Returns whether a row has come, gone or moved.
    fn arrange_some(&mut self, fresh: &[RowIndex], stays: Option<RowIndex>, order: &Order<'_>) -> bool {
        let reworded = self.table.take_reworded();
        let touched: HashSet<RowIndex> = fresh.iter().chain(&reworded).copied().chain(self.stayer).collect();
        let mut before = HashSet::new();
        if let Some(visible) = &mut self.visible {
            // Taken out first, while they stand where they are looked for.
            for slot in touched.iter().filter(|slot| self.table.is_shown(**slot)) {
                let at = self.table.place_in(visible, *slot);
                if visible.get(at) == Some(slot) {
                    visible.remove(at);
                }
                before.insert(*slot);
            }
        }
        let mut moved = self.table.place(fresh, &reworded, order);
        for slot in touched {
            self.table.match_row(slot, self.filtering.as_ref(), false);
            let shown = self.table.is_found(slot) || stays == Some(slot);
            self.table.set_shown(slot, shown);
            if let Some(visible) = &mut self.visible {
                moved |= shown != before.contains(&slot);
                if shown {
                    visible.insert(self.table.place_in(visible, slot), slot);
                }
            }
        }
        moved
    }

    /// Where the cursor's task is now; if it is not shown any more, the one that took its place.
    fn kept(&self, view: &View) -> usize {
        let place = |slot: &RowIndex| self.table.is_shown(*slot).then(|| self.table.place_in(self.slots(), *slot));
        let cursor = self.cursor.as_ref().and_then(|key| self.table.slot(key));
        let before = view.shown.as_deref().unwrap_or_default();
        let after = || before.iter().skip(view.at).find_map(place);
        let above = || before.iter().take(view.at).rev().find_map(place);
        cursor.as_ref().and_then(place).or_else(after).or_else(above).unwrap_or(0)
    }

    fn under_cursor(&self) -> Option<TaskKey> {
        self.slots().get(self.place.at()).and_then(|slot| self.table.row(*slot)).map(|row| row.key.clone())
    }

    /// Moves the cursor to a row of the list.
    fn go_to(&mut self, index: usize, rows: usize) {
        self.place.place(index, self.shown_count(), rows);
        self.cursor = self.under_cursor();
    }

    /// Moves the cursor on the screen with `rows` list rows.
    pub(super) fn travel(&mut self, way: Way, rows: usize) {
        self.place.travel(way, self.shown_count(), rows);
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

    /// Moves the cursor to this task. A row that the filter hides is shown while the cursor is on it.
    pub(super) fn select(&mut self, key: &TaskKey, order: &Order<'_>) {
        let Some(slot) = self.table.slot(key) else { return };
        if let Some(visible) = self.visible.as_mut().filter(|_| !self.table.is_shown(slot)) {
            visible.insert(self.table.place_in(visible, slot), slot);
            self.table.set_shown(slot, true);
        }
        self.go_to(self.table.place_in(self.slots(), slot), order.rows);
        if self.visible.is_some() {
            // The row that was shown only because the cursor was on it goes.
            self.arrange(order);
        }
    }

    /// After a resize: the cursor stays on screen.
    pub(super) fn fit(&mut self, rows: usize) {
        if let Some(index) = self.index() {
            self.go_to(index, rows);
        }
    }
}

#[cfg(test)]
mod tests;

//! The rows by key and in order. Rows keep their slot while they move, so that what points at them stays.

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use super::row::{KnownRow, Row};
use crate::app::order::{Filter, Order, Searched, Sort};
use crate::domain::{Names, PersonId, ProcessId, TaskKey};

/// The place of a row in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowIndex(usize);

#[derive(Debug)]
struct Cell {
    row: Row,
    /// The words of its content; `None` until they are needed.
    searched: Option<Searched>,
    /// The word by which it stands in its place. `None`: its request was not read then.
    sort_word: Option<Box<str>>,
    /// Its words have changed since the filter was compared with them.
    unmatched: bool,
    /// The filter finds it.
    found: bool,
    /// It is among the rows shown.
    shown: bool,
}

/// All rows, sorted.
#[derive(Debug, Default)]
pub(super) struct RowTable {
    cells: Vec<Option<Cell>>,
    free: Vec<RowIndex>,
    by_key: HashMap<TaskKey, RowIndex>,
    by_process: HashMap<ProcessId, Vec<RowIndex>>,
    /// Rows whose initiator goes by a name of look-ups or by the id.
    unnamed: HashMap<PersonId, Vec<RowIndex>>,
    /// Every row in its place.
    order: Vec<RowIndex>,
    sorted_by: Sort,
    /// Rows whose words have changed since they were placed.
    reworded: Vec<RowIndex>,
    pending: usize,
    unknown: usize,
    unknown_shown: usize,
}

/// Sort key of a row: unread requests last, then the word, then arrival. Ids are decimal and rise with time: the
/// longer is later, then the text decides.
type Rank<'a> = (bool, &'a str, usize, u128, &'a str, &'a str);

/// The first bytes of an id as a number that sorts as they do.
fn head(id: &str) -> u128 {
    let mut bytes = [0; 16];
    for (to, from) in bytes.iter_mut().zip(id.bytes()) {
        *to = from;
    }
    u128::from_be_bytes(bytes)
}

impl Cell {
    fn rank(&self, sort: Sort) -> Rank<'_> {
        let (process, approver) = (self.row.key.process.as_str(), self.row.key.approver.as_str());
        let (unread, word) = match sort {
            Sort::Waiting | Sort::Newest => (false, ""),
            Sort::Kind | Sort::Initiator => (self.sort_word.is_none(), self.sort_word.as_deref().unwrap_or_default()),
        };
        (unread, word, approver.len(), head(approver), approver, process)
    }
}

impl RowTable {
    pub(super) fn all(&self) -> &[RowIndex] {
        &self.order
    }

    fn cell(&self, slot: RowIndex) -> Option<&Cell> {
        self.cells.get(slot.0)?.as_ref()
    }

    fn cell_mut(&mut self, slot: RowIndex) -> Option<&mut Cell> {
        self.cells.get_mut(slot.0)?.as_mut()
    }

    pub(super) fn row(&self, slot: RowIndex) -> Option<&Row> {
        self.cell(slot).map(|cell| &cell.row)
    }

    pub(super) fn slot(&self, key: &TaskKey) -> Option<RowIndex> {
        self.by_key.get(key).copied()
    }

    pub(super) fn of_process(&self, process: &ProcessId) -> &[RowIndex] {
        self.by_process.get(process).map_or(&[], Vec::as_slice)
    }

    pub(super) const fn pending(&self) -> usize {
        self.pending
    }

    pub(super) const fn unknown(&self) -> usize {
        self.unknown
    }

    pub(super) const fn unknown_shown(&self) -> usize {
        self.unknown_shown
    }

    pub(super) fn is_shown(&self, slot: RowIndex) -> bool {
        self.cell(slot).is_some_and(|cell| cell.shown)
    }

    pub(super) fn is_found(&self, slot: RowIndex) -> bool {
        self.cell(slot).is_some_and(|cell| cell.found)
    }

    /// Changes a row. Its key and content stay.
    pub(super) fn change(&mut self, slot: RowIndex, change: impl FnOnce(&mut Row)) {
        self.count(slot, false);
        if let Some(cell) = self.cell_mut(slot) {
            change(&mut cell.row);
        }
        self.count(slot, true);
    }

    pub(super) fn set_shown(&mut self, slot: RowIndex, shown: bool) {
        self.count(slot, false);
        if let Some(cell) = self.cell_mut(slot) {
            cell.shown = shown;
        }
        self.count(slot, true);
    }

    /// Takes a row out of the counts, or into them.
    fn count(&mut self, slot: RowIndex, into: bool) {
        let Some(cell) = self.cells.get(slot.0).and_then(Option::as_ref) else { return };
        let unknown = cell.row.is_unknown();
        let counts = [
            (&mut self.pending, !cell.row.gone),
            (&mut self.unknown, unknown),
            (&mut self.unknown_shown, unknown && cell.shown),
        ];
        for (count, counts_it) in counts {
            if counts_it {
                *count = if into { *count + 1 } else { count.saturating_sub(1) };
            }
        }
    }

    /// Adds a row without a place; [`RowTable::place`] gives it one.
    pub(super) fn add(&mut self, row: Row, order: &Order<'_>) -> RowIndex {
        let cell = Cell {
            row: Row { known: None, ..row.clone() },
            searched: None,
            sort_word: None,
            unmatched: true,
            found: false,
            shown: false,
        };
        let slot = self.free.pop().unwrap_or(RowIndex(self.cells.len()));
        self.by_key.insert(row.key.clone(), slot);
        self.by_process.entry(row.key.process.clone()).or_default().push(slot);
        match self.cells.get_mut(slot.0) {
            Some(place) => *place = Some(cell),
            None => self.cells.push(Some(cell)),
        }
        self.count(slot, true);
        if let Some(known) = row.known {
            self.learn(slot, known, order);
        }
        slot
    }

    /// Takes the content of a row.
    pub(super) fn learn(&mut self, slot: RowIndex, known: KnownRow, order: &Order<'_>) {
        let before = self.row(slot).and_then(|row| row.known.as_ref());
        let same = before.is_some_and(|before| before.projection == known.projection);
        if !same {
            self.index_initiator(slot, false);
        }
        self.change(slot, |row| row.known = Some(known));
        if !same {
            self.index_initiator(slot, true);
            self.reword(slot, order);
        }
    }

    /// Adds or removes the row among those that go by a name of look-ups.
    fn index_initiator(&mut self, slot: RowIndex, add: bool) {
        let known = self.cells.get(slot.0).and_then(Option::as_ref).and_then(|cell| cell.row.known.as_ref());
        let Some(projection) = known.map(|known| &known.projection) else { return };
        let Some(id) = projection.initiator_id.as_ref().filter(|_| projection.initiator_name.is_empty()) else {
            return;
        };
        if add {
            self.unnamed.entry(id.clone()).or_default().push(slot);
        } else if let Some(slots) = self.unnamed.get_mut(id) {
            slots.retain(|other| *other != slot);
        }
    }

    /// Puts the row into words again, and has it placed and matched by them.
    fn reword(&mut self, slot: RowIndex, order: &Order<'_>) {
        let Some(cell) = self.cell_mut(slot) else { return };
        cell.searched = cell.row.known.as_ref().map(|known| order.searched(&cell.row.key, &known.projection));
        cell.unmatched = true;
        self.reworded.push(slot);
    }

    /// Names came: the rows that go by them read differently.
    pub(super) fn names_came(&mut self, names: &Names, order: &Order<'_>) {
        let slots: Vec<RowIndex> =
            names.people.keys().filter_map(|id| self.unnamed.get(id)).flatten().copied().collect();
        for slot in slots {
            self.reword(slot, order);
        }
    }

    fn compare(&self, one: RowIndex, other: RowIndex) -> Ordering {
        let rank = |slot| self.cell(slot).map(|cell| cell.rank(self.sorted_by));
        let ordering = rank(one).cmp(&rank(other));
        if self.sorted_by == Sort::Newest { ordering.reverse() } else { ordering }
    }

    /// Where the row stands in a part of the order, or would stand.
    pub(super) fn place_in(&self, part: &[RowIndex], slot: RowIndex) -> usize {
        part.partition_point(|other| self.compare(*other, slot).is_lt())
    }

    pub(super) const fn sorted_by(&self) -> Sort {
        self.sorted_by
    }

    /// The rows whose words have changed since they were placed and matched.
    pub(super) fn take_reworded(&mut self) -> Vec<RowIndex> {
        let mut slots = std::mem::take(&mut self.reworded);
        slots.retain(|slot| self.cell(*slot).is_some());
        slots
    }

    fn set_sort_word(&mut self, slot: RowIndex, order: &Order<'_>) {
        let sort = self.sorted_by;
        if let Some(cell) = self.cell_mut(slot) {
            let known = cell.row.known.as_ref();
            cell.sort_word = known.map(|known| order.sort_word(sort, &known.projection, cell.searched.as_ref()));
        }
    }

    /// Sorts all rows.
    pub(super) fn sort(&mut self, sort: Sort, order: &Order<'_>) {
        self.sorted_by = sort;
        for slot in self.order.clone() {
            self.set_sort_word(slot, order);
        }
        let mut keyed: Vec<(Option<Rank<'_>>, RowIndex)> =
            self.order.iter().map(|slot| (self.cell(*slot).map(|cell| cell.rank(sort)), *slot)).collect();
        keyed.sort_unstable_by_key(|(rank, _)| *rank);
        let mut sorted: Vec<RowIndex> = keyed.into_iter().map(|(_, slot)| slot).collect();
        if sort == Sort::Newest {
            sorted.reverse();
        }
        self.order = sorted;
    }

    /// Gives rows their place: new ones, and those whose words have changed. Returns whether the order is another.
    pub(super) fn place(&mut self, fresh: &[RowIndex], moved: &[RowIndex], order: &Order<'_>) -> bool {
        let by_word = matches!(self.sorted_by, Sort::Kind | Sort::Initiator);
        let moving: HashSet<RowIndex> = if by_word { moved.iter().copied().collect() } else { HashSet::new() };
        if !moving.is_empty() {
            self.order.retain(|slot| !moving.contains(slot));
        }
        let mut coming: Vec<RowIndex> =
            fresh.iter().copied().chain(moving).collect::<HashSet<_>>().into_iter().collect();
        if coming.is_empty() {
            return false;
        }
        for slot in &coming {
            self.set_sort_word(*slot, order);
        }
        coming.sort_unstable_by(|one, other| self.compare(*one, *other));
        self.order = self.merged(&self.order, &coming);
        true
    }

    /// The two sorted parts as one.
    fn merged(&self, part: &[RowIndex], coming: &[RowIndex]) -> Vec<RowIndex> {
        let mut merged = Vec::with_capacity(part.len() + coming.len());
        let mut rest = part;
        for slot in coming {
            let (before, after) = rest.split_at(self.place_in(rest, *slot));
            merged.extend_from_slice(before);
            merged.push(*slot);
            rest = after;
        }
        merged.extend_from_slice(rest);
        merged
    }

    /// Compares a row with the filter, if its words have changed since or the filter is another.
    pub(super) fn match_row(&mut self, slot: RowIndex, filter: Option<&Filter>, again: bool) {
        let Some(cell) = self.cell_mut(slot) else { return };
        if cell.unmatched || again {
            cell.found = filter.is_none_or(|filter| filter.finds(&cell.row.key, cell.searched.as_ref()));
            cell.unmatched = false;
        }
    }

    /// Removes rows.
    pub(super) fn remove(&mut self, leaving: &[RowIndex]) {
        for slot in leaving {
            self.index_initiator(*slot, false);
            self.count(*slot, false);
            let Some(cell) = self.cells.get_mut(slot.0).and_then(Option::take) else { continue };
            self.free.push(*slot);
            self.by_key.remove(&cell.row.key);
            if let Some(slots) = self.by_process.get_mut(&cell.row.key.process) {
                slots.retain(|other| other != slot);
                if slots.is_empty() {
                    self.by_process.remove(&cell.row.key.process);
                }
            }
        }
        if !leaving.is_empty() {
            let cells = &self.cells;
            self.order.retain(|slot| cells.get(slot.0).is_some_and(Option::is_some));
            self.reworded.retain(|slot| cells.get(slot.0).is_some_and(Option::is_some));
        }
    }
}

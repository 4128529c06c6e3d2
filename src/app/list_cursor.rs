//! The cursor of a list and the part of the list that is on screen. Every list, tree and text moves by this arithmetic.

use super::Command;

/// Where a cursor goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    By(isize),
    First,
    Last,
    PageDown,
    PageUp,
}

impl Way {
    /// The way that a key names.
    pub(super) const fn of(command: Command) -> Option<Self> {
        match command {
            Command::Down => Some(Self::By(1)),
            Command::Up => Some(Self::By(-1)),
            Command::First => Some(Self::First),
            Command::Last => Some(Self::Last),
            Command::PageDown => Some(Self::PageDown),
            Command::PageUp => Some(Self::PageUp),
            _ => None,
        }
    }

    /// The line that this way leads to from the line `at`, in a list of `count` lines with pages of `rows`.
    pub(super) fn lead(self, at: usize, count: usize, rows: usize) -> usize {
        let to = match self {
            Self::By(lines) => at.saturating_add_signed(lines),
            Self::First => 0,
            Self::Last => usize::MAX,
            Self::PageDown => at.saturating_add(rows),
            Self::PageUp => at.saturating_sub(rows),
        };
        to.min(count.saturating_sub(1))
    }
}

/// A line of a list, and where the window on the list begins. The list itself stays with its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListCursor {
    at: usize,
    top: usize,
}

impl ListCursor {
    /// The line under the cursor.
    #[must_use]
    pub const fn at(self) -> usize {
        self.at
    }

    /// The first of `count` lines in a window of `rows`: nothing is hidden above it while rows stay blank below.
    #[must_use]
    pub fn first(self, count: usize, rows: usize) -> usize {
        first_shown(self.top, count, rows)
    }

    /// The line under the cursor, counted from the top of the window.
    pub(super) fn screen_row(self, count: usize, rows: usize) -> usize {
        self.at.saturating_sub(self.first(count, rows))
    }

    /// Goes to a line. The window flips a page when the cursor leaves it, which costs fewer bytes than scrolling.
    pub(super) fn place(&mut self, at: usize, count: usize, rows: usize) {
        self.at = at.min(count.saturating_sub(1));
        let top = self.first(count, rows);
        let flipped = if self.at < top {
            (self.at + 1).saturating_sub(rows)
        } else if self.at >= top + rows {
            self.at
        } else {
            top
        };
        self.top = first_shown(flipped, count, rows);
    }

    /// Goes to a line and shows it in this row of the window, as far as there are lines to fill it.
    pub(super) fn pin(&mut self, at: usize, screen_row: usize, count: usize, rows: usize) {
        self.at = at.min(count.saturating_sub(1));
        self.top = first_shown(self.at.saturating_sub(screen_row), count, rows);
    }

    pub(super) fn travel(&mut self, way: Way, count: usize, rows: usize) {
        self.place(way.lead(self.at, count, rows), count, rows);
    }
}

/// The first line shown of a text or list that is scrolled so far: the last line is never above the last row.
#[must_use]
pub fn first_shown(scroll: usize, count: usize, rows: usize) -> usize {
    scroll.min(count.saturating_sub(rows.max(1)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{ListCursor, Way};

    const WAYS: [Way; 6] = [Way::By(1), Way::By(-1), Way::First, Way::Last, Way::PageDown, Way::PageUp];

    #[test]
    fn pages_and_ends_stop_at_the_list() {
        for (way, to) in WAYS.into_iter().zip([6, 4, 0, 9, 9, 1]) {
            assert_eq!(way.lead(5, 10, 4), to, "{way:?}");
            assert_eq!(way.lead(5, 0, 4), 0, "{way:?} in an empty list");
        }
    }

    #[test]
    fn a_pinned_line_keeps_its_row() {
        let mut cursor = ListCursor::default();
        cursor.pin(50, 3, 100, 10);
        assert_eq!((cursor.at(), cursor.first(100, 10), cursor.screen_row(100, 10)), (50, 47, 3));
        cursor.pin(2, 3, 100, 10);
        assert_eq!((cursor.at(), cursor.first(100, 10)), (2, 0));
        cursor.pin(99, 0, 100, 10);
        assert_eq!((cursor.at(), cursor.first(100, 10)), (99, 90));
    }

    #[test]
    fn the_window_flips_a_page() {
        let mut cursor = ListCursor::default();
        cursor.place(10, 100, 10);
        assert_eq!(cursor.first(100, 10), 10);
        cursor.travel(Way::By(-1), 100, 10);
        assert_eq!((cursor.at(), cursor.first(100, 10)), (9, 0));
    }

    proptest! {
        #[test]
        fn the_cursor_stays_in_list_and_window(
            moves in prop::collection::vec((0..WAYS.len(), 0_usize..40, 1_usize..12), 1..30),
        ) {
            let mut cursor = ListCursor::default();
            for (way, count, rows) in moves {
                cursor.travel(WAYS[way], count, rows);
                let first = cursor.first(count, rows);
                prop_assert!(cursor.at() < count.max(1));
                prop_assert!((first..first + rows).contains(&cursor.at()));
                prop_assert!(first + rows <= count.max(rows));
            }
        }
    }
}

//! The part of a list that is on screen.

/// Where the window of a list begins.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Window {
    top: usize,
}

impl Window {
    /// The first of `count` lines in a window of `rows`: nothing is hidden above it while rows stay blank below.
    pub(super) fn first(self, count: usize, rows: usize) -> usize {
        first_shown(self.top, count, rows)
    }

    /// Shows the line `at`. The window flips a page when the cursor leaves it, which costs fewer bytes than scrolling.
    pub(super) fn follow(&mut self, at: usize, count: usize, rows: usize) {
        let top = self.first(count, rows);
        let flipped = if at < top {
            (at + 1).saturating_sub(rows)
        } else if at >= top + rows {
            at
        } else {
            top
        };
        self.top = first_shown(flipped, count, rows);
    }

    /// Shows the line `at` in this row of the window, as far as there are lines to fill it.
    pub(super) fn pin(&mut self, at: usize, row: usize, count: usize, rows: usize) {
        self.top = first_shown(at.saturating_sub(row), count, rows);
    }
}

/// The first line shown of a text or list that is scrolled so far: the last one is never above the last row.
#[must_use]
pub fn first_shown(scroll: usize, count: usize, rows: usize) -> usize {
    scroll.min(count.saturating_sub(rows.max(1)))
}

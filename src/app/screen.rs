//! The active pane and tab, the scrolling of the text, and the room for each.
//!
//! The arithmetic of the room lives here because paging and the offset of the list need it; `view/layout.rs` turns the
//! same figures into rectangles.

use super::command::Tab;
use super::list_cursor::{Way, first_shown};

/// The pane that has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    #[default]
    List,
    Process,
    Form,
}

/// How the panes share the terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Under 40×10: one sentence.
    TooSmall,
    /// Under 60×16: one pane with breadcrumbs.
    Single,
    /// The list above a preview; the process or the form takes the whole screen when opened.
    Stacked,
    /// From 120 columns: list, process and form side by side.
    Wide,
}

/// Room and scrolling. Changes on resize and on movement.
#[derive(Clone, Debug)]
pub struct Screen {
    pub columns: u16,
    pub rows: u16,
    pub pane: Pane,
    /// The tab of the process pane; never [`Tab::Form`], which is a pane of its own.
    pub tab: Tab,
    /// First line shown of the process pane's text.
    pub scroll: usize,
    /// Lines of the text in the process pane, or in the page or list over it, and its visible rows, reported after each
    /// frame. Bounds scrolling; `hidden > 0` blocks confirmation.
    pub(super) extent: Extent,
}

/// Length of a text and its visible part, in lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    pub lines: usize,
    pub rows: usize,
    /// Lines of the review's sentence without room.
    pub hidden: usize,
    /// First line shown, where the view chose it.
    pub top: usize,
    /// Lines that the search of the help page found.
    pub found: usize,
}

impl Extent {
    /// The first line shown when the text is scrolled so far.
    #[must_use]
    pub fn first(&self, scroll: usize) -> usize {
        first_shown(scroll, self.lines, self.rows)
    }

    /// The first line shown after scrolling this way.
    pub(super) fn travel(&self, way: Way, scroll: usize) -> usize {
        let rows = self.rows.max(1);
        way.lead(scroll, (self.lines + 1).saturating_sub(rows), rows)
    }
}

impl Screen {
    #[must_use]
    pub fn new(columns: u16, rows: u16) -> Self {
        Self { columns, rows, pane: Pane::List, tab: Tab::Summary, scroll: 0, extent: Extent::default() }
    }

    #[must_use]
    pub const fn shape(&self) -> Shape {
        match (self.columns, self.rows) {
            (columns, rows) if columns < 40 || rows < 10 => Shape::TooSmall,
            (columns, rows) if columns < 60 || rows < 16 => Shape::Single,
            (columns, _) if columns < 120 => Shape::Stacked,
            _ => Shape::Wide,
        }
    }

    /// Rows between the header line and the two bottom lines (notice and hints).
    #[must_use]
    pub fn body_rows(&self) -> u16 {
        self.rows.saturating_sub(3)
    }

    /// Rows of the list without its heading line.
    #[must_use]
    pub fn list_rows(&self) -> usize {
        let body = self.body_rows();
        let rows = match self.shape() {
            Shape::TooSmall | Shape::Single | Shape::Wide => body.saturating_sub(1),
            Shape::Stacked => body - self.preview_rows() - 1,
        };
        usize::from(rows).max(1)
    }

    /// Rows of the preview below the list, with its rule; zero where there is none.
    #[must_use]
    pub fn preview_rows(&self) -> u16 {
        match self.shape() {
            Shape::Stacked => (self.body_rows() / 2).min(12),
            _ => 0,
        }
    }

    /// Rows of the form tree: the body without title and tab lines.
    #[must_use]
    pub fn form_rows(&self) -> usize {
        usize::from(self.body_rows().saturating_sub(2)).max(1)
    }

    /// The tab that is marked: the form pane counts as its tab.
    #[must_use]
    pub fn shown_tab(&self) -> Tab {
        if self.pane == Pane::Form { Tab::Form } else { self.tab }
    }

    /// Scrolls the text of the process pane.
    pub(super) fn travel(&mut self, way: Way) {
        self.scroll = self.extent.travel(way, self.scroll);
    }

    /// Goes from the list to the request.
    pub(super) fn open_case(&mut self) {
        if self.pane == Pane::List {
            self.pane = Pane::Process;
        }
    }

    /// Shows a tab of the request.
    pub(super) fn show_tab(&mut self, tab: Tab) {
        if tab == Tab::Form {
            self.pane = Pane::Form;
        } else {
            self.pane = Pane::Process;
            self.tab = tab;
            self.scroll = 0;
        }
    }

    /// Gives the keys to the next pane, or to the one before.
    pub(super) fn turn_pane(&mut self, forward: bool) {
        self.pane = match (self.pane, forward) {
            (Pane::List, true) | (Pane::Form, false) => Pane::Process,
            (Pane::Process, true) | (Pane::List, false) => Pane::Form,
            (Pane::Form, true) | (Pane::Process, false) => Pane::List,
        };
    }
}

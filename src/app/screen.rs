//! The active pane and tab, the scrolling of the text, and the room for each.
//!
//! The arithmetic of the room lives here because paging and the offset of the list need it; `view/layout.rs` turns the
//! same figures into rectangles.

use super::command::Tab;
use super::list_cursor::{Way, first_shown};

/// Rows of the preview with its rule, where there is room: at least, and at most until the user moves the border.
const LEAST_PREVIEW: u16 = 3;
const MOST_PREVIEW: u16 = 14;
/// Rows that the list keeps beside the preview, with its heading.
const LEAST_LIST: u16 = 4;
/// Columns that each pane keeps.
const LEAST_COLUMNS: u16 = 40;
/// Columns by which a key moves the border between panes side by side.
const SIDE_STEP: u16 = 4;

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
    /// From 120×24: the list beside the process, which stands above its form.
    Double,
    /// From 160 columns: list, process and form side by side.
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
    /// First line shown of the process pane's text, or of the preview.
    pub scroll: usize,
    /// Rows of the preview and columns of the list, where the user has moved the border.
    preview: Option<u16>,
    list: Option<u16>,
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
        Self {
            columns,
            rows,
            pane: Pane::List,
            tab: Tab::Summary,
            scroll: 0,
            preview: None,
            list: None,
            extent: Extent::default(),
        }
    }

    #[must_use]
    pub const fn shape(&self) -> Shape {
        match (self.columns, self.rows) {
            (columns, rows) if columns < 40 || rows < 10 => Shape::TooSmall,
            (columns, rows) if columns < 60 || rows < 16 => Shape::Single,
            (columns, rows) if columns < 120 || columns < 160 && rows < 24 => Shape::Stacked,
            (columns, _) if columns < 160 => Shape::Double,
            _ => Shape::Wide,
        }
    }

    /// The same state in a terminal of another size.
    #[must_use]
    pub fn sized(&self, columns: u16, rows: u16) -> Self {
        Self { columns, rows, ..self.clone() }
    }

    /// Rows between the header line and the two bottom lines (notice and hints).
    #[must_use]
    pub fn body_rows(&self) -> u16 {
        self.rows.saturating_sub(3)
    }

    /// Rows of the list and the preview below it. A notice covers the last one.
    #[must_use]
    pub fn stack_rows(&self) -> u16 {
        self.rows.saturating_sub(2)
    }

    /// Rows of the list without its heading line.
    #[must_use]
    pub fn list_rows(&self) -> usize {
        let rows = match self.shape() {
            Shape::Stacked => self.stack_rows() - self.preview_rows(),
            _ => self.body_rows(),
        };
        usize::from(rows.saturating_sub(1)).max(1)
    }

    /// Rows of the preview below the list, with its rule; zero where there is none.
    #[must_use]
    pub fn preview_rows(&self) -> u16 {
        match self.shape() {
            Shape::Stacked => {
                let rows = self.preview.unwrap_or_else(|| (self.body_rows() / 2).min(MOST_PREVIEW));
                rows.clamp(LEAST_PREVIEW, self.stack_rows() - LEAST_LIST)
            }
            _ => 0,
        }
    }

    /// Columns of the list where panes stand beside it.
    #[must_use]
    pub fn list_columns(&self) -> u16 {
        let (usual, others) = match self.shape() {
            Shape::Double => (self.columns / 5 * 3, 1),
            Shape::Wide => (self.columns / 20 * 9, 2),
            _ => return self.columns,
        };
        self.list.unwrap_or(usual).clamp(LEAST_COLUMNS, self.columns - others * LEAST_COLUMNS)
    }

    /// Columns of the process pane.
    #[must_use]
    pub fn process_columns(&self) -> u16 {
        let beside = self.columns - self.list_columns();
        match self.shape() {
            Shape::Double => beside - 1,
            Shape::Wide => beside / 2 - 1,
            _ => self.columns,
        }
    }

    /// Columns of the form pane.
    #[must_use]
    pub fn form_columns(&self) -> u16 {
        match self.shape() {
            Shape::Wide => self.columns - self.list_columns() - self.process_columns() - 2,
            _ => self.process_columns(),
        }
    }

    /// Rows of the process pane with its title and tab lines.
    #[must_use]
    pub fn process_rows(&self) -> u16 {
        match self.shape() {
            // The form has more to say than the summary.
            Shape::Double => self.body_rows() / 5 * 2,
            _ => self.body_rows(),
        }
    }

    /// Rows of the form tree: its pane without title and tab lines.
    #[must_use]
    pub fn form_rows(&self) -> usize {
        let pane = match self.shape() {
            Shape::Double => self.body_rows() - self.process_rows(),
            _ => self.body_rows(),
        };
        usize::from(pane.saturating_sub(2)).max(1)
    }

    /// There is a border between the list and the rest that can be moved.
    pub(super) fn has_border(&self) -> bool {
        match self.shape() {
            Shape::TooSmall | Shape::Single => false,
            Shape::Stacked => self.pane == Pane::List,
            Shape::Double | Shape::Wide => true,
        }
    }

    /// Moves the border, to the list's gain or loss.
    pub(super) fn move_border(&mut self, grows: bool) {
        if self.shape() == Shape::Stacked {
            let rows = self.preview_rows();
            self.preview = Some(if grows { rows - 1 } else { rows + 1 });
            // Kept within its bounds, so that the next key moves it.
            self.preview = Some(self.preview_rows());
        } else {
            let columns = self.list_columns();
            self.list = Some(if grows { columns + SIDE_STEP } else { columns - SIDE_STEP });
            self.list = Some(self.list_columns());
        }
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

    /// Scrolls the text beside or below the list by half of what is visible.
    pub(super) fn scroll_preview(&mut self, forward: bool) {
        let half = isize::try_from(self.extent.rows / 2).unwrap_or(1).max(1);
        self.travel(Way::By(if forward { half } else { -half }));
    }

    /// Gives the keys to a pane. The preview and the request begin at their first line.
    pub(super) fn go_to(&mut self, pane: Pane) {
        if (pane == Pane::List) != (self.pane == Pane::List) {
            self.scroll = 0;
        }
        self.pane = pane;
    }

    /// Goes from the list to the request.
    pub(super) fn open_case(&mut self) {
        if self.pane == Pane::List {
            self.go_to(Pane::Process);
        }
    }

    /// Shows a tab of the request.
    pub(super) fn show_tab(&mut self, tab: Tab) {
        if tab == Tab::Form {
            self.go_to(Pane::Form);
        } else {
            self.pane = Pane::Process;
            self.tab = tab;
            self.scroll = 0;
        }
    }

    /// Gives the keys to the next pane, or to the one before.
    pub(super) fn turn_pane(&mut self, forward: bool) {
        self.go_to(match (self.pane, forward) {
            (Pane::List, true) | (Pane::Form, false) => Pane::Process,
            (Pane::Process, true) | (Pane::List, false) => Pane::Form,
            (Pane::Form, true) | (Pane::Process, false) => Pane::List,
        });
    }
}

//! The form pane: the tree of form variables as flat rows, its cursor, its folds, its search.

use std::collections::{HashMap, HashSet};

use super::list_cursor::{ListCursor, Way};
use super::search::Words;
use crate::domain::form::FileRef;
use crate::domain::mask::{self, Cover};
use crate::domain::{CleanText, Field, Form, I18n, ProcessId, Value};

/// Levels that are open when a form is shown first; deeper ones are folded.
const OPEN_DEPTH: u16 = 2;

/// Path of a row from the top of the tree. Unique, and stable over a refresh of the form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct NodePath(Vec<Step>);

/// One level of a path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Step {
    /// A field, and how many of its name stand before it at this level: the platform may send several.
    Field(CleanText, usize),
    /// An entry of a list, from 0.
    Entry(usize),
}

/// One line of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct FormRow {
    pub path: NodePath,
    pub depth: u16,
    pub name: RowName,
    /// The value itself for a leaf; for a list or a record its children are rows of their own.
    pub value: RowValue,
}

/// Name of a row.
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
    /// The row under the cursor, and its place among the visible ones.
    cursor: Option<NodePath>,
    place: ListCursor,
    /// Words of the search; empty without one.
    pub search: String,
    /// The rows that contain them; `None` until they are searched for.
    matches: Option<Matching>,
}

/// The rows that contain the words of a search.
#[derive(Debug)]
struct Matching {
    /// Indices of the rows.
    rows: Vec<usize>,
    /// The search was made in a masked form.
    masked: bool,
}

/// How many rows contain the words searched for, and which of them is under the cursor, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Matches {
    pub at: Option<usize>,
    pub count: usize,
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
            .skip(self.place.first(self.visible.len(), rows))
            .take(rows)
            .filter_map(|index| self.rows.get(*index))
            .map(|row| (row, self.cursor.as_ref() == Some(&row.path), self.folded.contains(&row.path)))
    }

    /// The value of every row, with whether a fold hides it.
    pub(super) fn rows(&self) -> impl Iterator<Item = (&RowValue, bool)> {
        let mut visible = self.visible.iter().copied().peekable();
        self.rows.iter().enumerate().map(move |(index, row)| (&row.value, visible.next_if_eq(&index).is_none()))
    }

    /// Whether the last row that no fold hides is among the first `rows` rows of a pane of `pane` rows, whose other rows
    /// are `covered` or blank. `lines` bounds the lines of a value: the one under the cursor is whole, the others wrap as
    /// far as that leaves every row on the pane.
    pub(super) fn shows_its_end(
        &self,
        pane: usize,
        rows: usize,
        covered: bool,
        lines: impl Fn(&RowValue) -> usize,
    ) -> bool {
        let Some(last) = self.visible.len().checked_sub(1) else { return true };
        let more = self.selected().map_or(0, |row| lines(&row.value).saturating_sub(1));
        let whole = !covered || self.window(pane).map(|(row, ..)| lines(&row.value)).sum::<usize>() <= rows;
        let fits = last + 1 + more <= self.place.first(self.visible.len(), pane) + rows;
        self.index() == Some(last) || whole && fits
    }

    /// How many rows no fold hides.
    #[must_use]
    pub fn visible_rows(&self) -> usize {
        self.visible.len()
    }

    /// The row under the cursor.
    #[must_use]
    pub fn selected(&self) -> Option<&FormRow> {
        self.visible.get(self.index()?).and_then(|index| self.rows.get(*index))
    }

    /// The attachment under the cursor.
    #[must_use]
    pub fn file_under_cursor(&self) -> Option<&FileRef> {
        match self.selected().map(|row| &row.value) {
            Some(RowValue::Leaf(Value::File(file))) => Some(file),
            _ => None,
        }
    }

    /// The process whose form this is.
    #[must_use]
    pub const fn process(&self) -> Option<&ProcessId> {
        self.process.as_ref()
    }

    /// Shows the form of a process, or nothing. Cursor, folds and search stay when it is the same process.
    pub(super) fn show(&mut self, process: Option<&ProcessId>, form: Option<&Form>, rows: usize) {
        let same = self.process.as_ref() == process;
        self.rows.clear();
        self.matches = None;
        self.grow(form.map_or(&[], |form| &form.fields), &NodePath::default(), 0);
        if !same {
            self.process = process.cloned();
            self.cursor = None;
            self.place = ListCursor::default();
            self.search.clear();
            self.folded = HashSet::new();
        }
        if !same || self.visible.is_empty() {
            self.folded = self
                .rows
                .iter()
                .filter(|row| row.depth >= OPEN_DEPTH && row.has_children())
                .map(|row| row.path.clone())
                .collect();
        }
        self.uncover(rows);
    }

    fn grow(&mut self, fields: &[Field], above: &NodePath, depth: u16) {
        let mut named: HashMap<&CleanText, usize> = HashMap::new();
        for field in fields {
            let before = named.entry(&field.api_name).or_default();
            let path = above.with(Step::Field(field.api_name.clone(), *before));
            *before += 1;
            let name = RowName::Field { label: field.label.clone(), api_name: field.api_name.clone() };
            self.grow_value(name, &field.value, &path, depth);
        }
    }

    fn grow_value(&mut self, name: RowName, value: &Value, path: &NodePath, depth: u16) {
        let shown = match value {
            Value::List(entries) if !entries.is_empty() => RowValue::List(entries.len()),
            Value::Record(fields) if !fields.is_empty() => RowValue::Record(fields.len()),
            Value::List(_) | Value::Record(_) => RowValue::Leaf(Value::Empty),
            leaf => RowValue::Leaf(leaf.clone()),
        };
        self.rows.push(FormRow { path: path.clone(), depth, name, value: shown });
        match value {
            Value::List(entries) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.grow_value(RowName::Entry(index + 1), entry, &path.with(Step::Entry(index)), depth + 1);
                }
            }
            Value::Record(fields) => self.grow(fields, path, depth + 1),
            _ => {}
        }
    }

    /// Computes the visible rows; the cursor moves up to the nearest one that is visible.
    fn uncover(&mut self, rows: usize) {
        let mut hidden_below = None;
        self.visible.clear();
        let mut cursor = None;
        for (index, row) in self.rows.iter().enumerate() {
            if hidden_below.is_some_and(|depth| row.depth > depth) {
                if self.cursor.as_ref() == Some(&row.path) {
                    cursor = self.visible.last().copied();
                }
                continue;
            }
            hidden_below = self.folded.contains(&row.path).then_some(row.depth);
            self.visible.push(index);
            if self.cursor.as_ref() == Some(&row.path) {
                cursor = Some(index);
            }
        }
        let at = cursor.and_then(|index| self.visible.iter().position(|visible| *visible == index)).unwrap_or(0);
        self.go_to(at, rows);
    }

    fn index(&self) -> Option<usize> {
        self.cursor.as_ref().map(|_| self.place.at())
    }

    fn go_to(&mut self, at: usize, rows: usize) {
        self.place.place(at, self.visible.len(), rows);
        self.cursor =
            self.visible.get(self.place.at()).and_then(|index| self.rows.get(*index)).map(|row| row.path.clone());
    }

    pub(super) fn travel(&mut self, way: Way, rows: usize) {
        self.go_to(way.lead(self.place.at(), self.visible.len(), rows), rows);
    }

    /// After a resize: the cursor stays on screen.
    pub(super) fn fit(&mut self, rows: usize) {
        if let Some(at) = self.index() {
            self.go_to(at, rows);
        }
    }

    pub(super) fn toggle(&mut self, rows: usize) {
        let Some(row) = self.selected().filter(|row| row.has_children()) else { return };
        let path = row.path.clone();
        if !self.folded.remove(&path) {
            self.folded.insert(path);
        }
        self.uncover(rows);
    }

    /// Folds the row under the cursor, or goes to the row that holds it.
    pub(super) fn collapse(&mut self, rows: usize) {
        let Some(row) = self.selected() else { return };
        if row.has_children() && !self.folded.contains(&row.path) {
            self.folded.insert(row.path.clone());
            self.uncover(rows);
            return;
        }
        let depth = row.depth;
        let at = self.index().unwrap_or(0);
        let parent = self
            .visible
            .iter()
            .take(at)
            .rposition(|index| self.rows.get(*index).is_some_and(|above| above.depth < depth));
        if let Some(parent) = parent {
            self.go_to(parent, rows);
        }
    }

    /// Unfolds the row under the cursor, or goes to its first child.
    pub(super) fn expand(&mut self, rows: usize) {
        let Some(row) = self.selected().filter(|row| row.has_children()) else { return };
        if self.folded.remove(&row.path.clone()) {
            self.uncover(rows);
        } else {
            self.travel(Way::By(1), rows);
        }
    }

    pub(super) fn expand_all(&mut self, rows: usize) {
        self.folded.clear();
        self.uncover(rows);
    }

    /// Goes to the next row from the cursor on that contains the search words, and unfolds its parents. With `here`,
    /// the row under the cursor counts. Masked content is not found. Returns whether there is one.
    pub(super) fn find(&mut self, forward: bool, here: bool, masked: bool, rows: usize) -> bool {
        let words = Words::new(&self.search);
        self.matches = None;
        if words.is_empty() {
            return true;
        }
        let found: Vec<usize> = (0..self.rows.len())
            .filter(|at| self.rows.get(*at).is_some_and(|row| words.are_in(&row.text(masked))))
            .collect();
        let cursor = self.rows.iter().position(|row| Some(&row.path) == self.cursor.as_ref()).unwrap_or(0);
        let next = if forward {
            found.iter().find(|at| **at > cursor || here && **at == cursor).or(found.first())
        } else {
            found.iter().rev().find(|at| **at < cursor || here && **at == cursor).or(found.last())
        };
        let path = next.and_then(|at| self.rows.get(*at)).map(|row| row.path.clone());
        self.matches = Some(Matching { rows: found, masked });
        let Some(path) = path else { return false };
        self.folded.retain(|folded| !path.is_below(folded));
        self.cursor = Some(path);
        self.uncover(rows);
        true
    }

    /// Sets the words to search for, without a search.
    pub(super) fn search_for(&mut self, words: String) {
        self.search = words;
        self.matches = None;
    }

    /// The matches of the search, unless the masks have changed since.
    pub(super) fn matches(&self, masked: bool) -> Option<Matches> {
        let Matching { rows, .. } = self.matches.as_ref().filter(|matches| matches.masked == masked)?;
        let row = self.visible.get(self.index()?)?;
        Some(Matches { at: rows.iter().position(|at| at == row).map(|at| at + 1), count: rows.len() })
    }
}

impl NodePath {
    fn with(&self, step: Step) -> Self {
        Self(self.0.iter().cloned().chain([step]).collect())
    }

    fn is_below(&self, above: &Self) -> bool {
        self.0.len() > above.0.len() && self.0.starts_with(&above.0)
    }
}

impl FormRow {
    #[must_use]
    pub const fn has_children(&self) -> bool {
        matches!(self.value, RowValue::List(_) | RowValue::Record(_))
    }

    /// Searchable text: names in both languages and the raw value, unless masked.
    #[must_use]
    pub fn text(&self, masked: bool) -> String {
        let mut parts: Vec<String> = Vec::new();
        if let RowName::Field { label, api_name } = &self.name {
            parts.extend([label.zh.to_string(), label.en.to_string(), api_name.to_string()]);
        }
        if let RowValue::Leaf(value) = &self.value {
            let cover = if masked { mask::cover(value) } else { Cover::Nothing };
            let mut texts = vec![plain(value)];
            if let Value::Enum { label, .. } | Value::I18n(label) = value {
                texts.extend([label.zh.to_string(), label.en.to_string()]);
            }
            match cover {
                Cover::Nothing => parts.append(&mut texts),
                Cover::Figures => parts.extend(texts.iter().map(|text| mask::conceal(text).into_owned())),
                Cover::Whole => {}
            }
        }
        parts.join(" ")
    }

    /// The value holds content that is masked in a sensitive request.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        matches!(&self.value, RowValue::Leaf(value) if mask::cover(value) != Cover::Nothing)
    }

    /// The value as text to copy: the platform's text, without grouping. Empty for lists and records.
    #[must_use]
    pub fn copied(&self) -> String {
        match &self.value {
            RowValue::Leaf(Value::I18n(text)) => text.get(crate::domain::Lang::Zh).to_string(),
            RowValue::Leaf(Value::Enum { id, label }) if label.is_empty() => id.to_string(),
            RowValue::Leaf(Value::Enum { label, .. }) => label.get(crate::domain::Lang::Zh).to_string(),
            RowValue::Leaf(value) => plain(value),
            RowValue::List(_) | RowValue::Record(_) => String::new(),
        }
    }
}

/// A value in its plainest text: ids as ids, dates in ISO form.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) | Value::Number(text) | Value::Raw(text) => text.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Enum { id, .. } | Value::Object { id, .. } => id.to_string(),
        Value::Date(days) => iso_date(*days).unwrap_or_else(|| days.to_string()),
        Value::DateTime { at, .. } => {
            jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |time| time.to_string())
        }
        Value::I18n(text) => text.get(crate::domain::Lang::Zh).to_string(),
        Value::User(id) | Value::Employment(id) => CleanText::new(id.as_str()).to_string(),
        Value::Department(id) => CleanText::new(id.as_str()).to_string(),
        Value::File(file) => file.name.to_string(),
        Value::Empty | Value::List(_) | Value::Record(_) | Value::Broken(_) => String::new(),
    }
}

fn iso_date(days: i64) -> Option<String> {
    let span = jiff::Span::new().try_days(days).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(span).ok().map(|date| date.to_string())
}

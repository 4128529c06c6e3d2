//! The visible part of a sensitive request's form, computed from the state: the guard of its approval depends on it.

use crate::app::form::RowValue;
use crate::app::screen::Shape;
use crate::app::sight::Sight;
use crate::app::{App, Loaded, Pane, Reason, Request, Subject};
use crate::domain::form::Broken;
use crate::domain::mask::{Cover, cover};
use crate::domain::{CleanText, I18n, Instant, Names, ProcessId, Value, biz_type};

/// Rows of the form that a notice of several lines may cover.
const NOTICE: usize = 3;

impl App {
    /// Before a message: marks forms that stood on screen long enough as seen.
    pub(super) fn note_sight(&mut self) {
        let due = self.sight.as_ref().filter(|sight| sight.due() <= self.now.mono);
        if let Some(process) = due.map(|sight| sight.process.clone()) {
            self.requests.entry(&process).form_seen = true;
        }
    }

    /// After a message: notes what the next frame shows.
    pub(super) fn watch_form(&mut self) {
        let process = self.subject(Subject::Keys).map(|key| key.process.clone());
        let request = process.as_ref().and_then(|id| self.requests.get(id));
        let wanted = request.is_some_and(|request| {
            !request.form_seen && request.process.here().is_some_and(|process| biz_type::is_high_care(process))
        });
        let stamp = request.and_then(Request::stamp);
        let seen = process.filter(|id| wanted && self.form_in_sight(id).is_ok());
        let now = self.now.mono;
        self.sight = seen.map(|process| match self.sight.take() {
            Some(sight) if sight.process == process && sight.stamp == stamp => sight,
            _ => Sight { process, stamp, since: now },
        });
    }

    /// When a form on screen will count as seen.
    pub(super) fn sight_due(&self) -> Option<Instant> {
        let sight = self.sight.as_ref()?;
        let seen = self.requests.get(&sight.process).is_some_and(|request| request.form_seen);
        (!seen).then(|| sight.due())
    }

    /// Whether the form of this request is on screen, its values are legible and its last row is visible.
    ///
    /// # Errors
    /// The missing condition, in the order in which the approver can meet them.
    pub(super) fn form_in_sight(&self, process: &ProcessId) -> Result<(), Reason> {
        let form = self.requests.get(process).map(|request| &request.form);
        match form {
            Some(Loaded::Failed(_)) => return Err(Reason::FormNotReadable),
            _ if !self.has_form_on_screen(process) => return Err(Reason::FormNotSeen),
            Some(Loaded::Here(None)) => return Ok(()),
            Some(Loaded::Here(Some(_))) => {}
            _ => return Err(Reason::FormLoading),
        }
        if self.masks(process) && self.form.rows().any(|(value, _)| is_covered(value)) {
            return Err(Reason::FormMasked);
        }
        if self.form.rows().any(|(value, hidden)| hidden && is_covered(value)) {
            return Err(Reason::FormFolded);
        }
        let columns = usize::from(self.screen.form_columns());
        let covered = if self.notices.current().is_some() { NOTICE } else { 0 };
        let warned = self.form.process().and_then(|id| self.requests.get(id)).is_some_and(Request::is_form_outdated);
        let pane = self.screen.form_rows();
        let rows = pane.saturating_sub(covered + usize::from(warned));
        if self.form.shows_its_end(pane, rows, covered > 0, |value| lines_at_most(value, &self.names, columns)) {
            Ok(())
        } else {
            Err(Reason::FormEndNotSeen)
        }
    }

    fn has_form_on_screen(&self, process: &ProcessId) -> bool {
        let place = match self.screen.shape() {
            Shape::TooSmall => false,
            Shape::Double | Shape::Wide => self.screen.pane != Pane::List,
            Shape::Single | Shape::Stacked => self.screen.pane == Pane::Form,
        };
        let covered =
            self.page.is_some() || self.open_list().is_some() || self.dialog.is_some() || self.leaving.is_some();
        let is_this = self.subject(Subject::Keys).is_some_and(|key| key.process == *process)
            && self.form.process() == Some(process);
        place && is_this && !covered
    }
}

fn is_covered(value: &RowValue) -> bool {
    matches!(value, RowValue::Leaf(value) if cover(value) != Cover::Nothing)
}

/// Lines that a value takes at most when it is whole, in a pane of so many columns.
fn lines_at_most(value: &RowValue, names: &Names, columns: usize) -> usize {
    // Marker, indentation, sign and label of a row; the deepest level keeps six columns of its label.
    let start = 5 + (columns * 2 / 5).clamp(22, 28);
    let room = columns.saturating_sub(start).max(1);
    let (width, breaks) = match value {
        RowValue::Leaf(value) => (columns_at_most(value, names), breaks(value)),
        RowValue::List(_) | RowValue::Record(_) => (30, 0),
    };
    // Two lines in sequence hold more than one line's worth, wherever words break.
    if breaks == 0 && width <= room { 1 } else { width * 2 / room + breaks + 1 }
}

/// Columns of a value at most, with what the view adds to it.
fn columns_at_most(value: &Value, names: &Names) -> usize {
    let widest = |texts: &[&CleanText]| texts.iter().map(|text| text.as_str().chars().count()).max().unwrap_or(0) * 2;
    let called = |name: Option<&I18n>, id: &str| {
        name.map_or(0, |name| widest(&[&name.zh, &name.en])).max(id.chars().count() * 2)
    };
    match value {
        Value::Empty | Value::Bool(_) => 12,
        Value::Number(digits) if digits.as_str().is_ascii() => digits.as_str().len() * 4 / 3 + 1,
        Value::Number(digits) => widest(&[digits]) * 2,
        Value::Text(text) => widest(&[text]),
        Value::I18n(text) => widest(&[&text.zh, &text.en]).max(12),
        Value::Enum { id, label } => widest(&[id, &label.zh, &label.en]),
        Value::Date(_) | Value::DateTime { .. } => 36,
        Value::Object { api_name, id } => {
            let name = names.objects.get(&(api_name.clone(), id.clone()));
            called(name, id.as_str()).max(widest(&[api_name]) + widest(&[id]) + 2)
        }
        Value::User(id) | Value::Employment(id) => called(names.of_person(id), id.as_str()),
        Value::Department(id) => called(names.departments.get(id), id.as_str()),
        Value::File(file) => widest(&[&file.name]) + widest(&[&file.mime_type]) + 16,
        Value::Raw(json) => widest(&[json]) + 4,
        Value::Broken(Broken::MissingKey(text) | Broken::Cycle(text) | Broken::Malformed(text)) => widest(&[text]) + 80,
        Value::Broken(Broken::TooDeep) => 80,
        Value::List(_) | Value::Record(_) => 30,
    }
}

fn breaks(value: &Value) -> usize {
    let count = |text: &CleanText| text.as_str().matches('\n').count();
    match value {
        Value::Text(text) | Value::Raw(text) => count(text),
        Value::I18n(text) => count(&text.zh).max(count(&text.en)),
        Value::Enum { label, .. } => count(&label.zh).max(count(&label.en)),
        _ => 0,
    }
}

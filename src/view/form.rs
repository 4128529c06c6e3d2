//! The form pane: a window of the tree. The row under the cursor shows its value whole, over as many lines as it takes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::look::Role;
use super::scene::Scene;
use super::value::{self, Shown};
use super::{cells, detail, put, put_all};
use crate::app::form::{FormRow, RowName, RowValue};
use crate::app::screen::{Extent, Pane};
use crate::app::{Case, Loaded};
use crate::domain::form::FormSource;
use crate::domain::{CleanText, Process, Value, biz_type};
use crate::text::{Sentence, Word};

const MOST_LABEL: usize = 28;
/// Columns of indentation per level, and the deepest level that is indented further.
const STEP: usize = 2;
const MOST_LEVELS: usize = 8;

/// Draws title, tabs and the tree; beside a process pane, a heading of its own instead.
pub(super) fn draw(buffer: &mut Buffer, scene: &Scene<'_>, area: Rect, alone: bool) -> Extent {
    let process = scene.case().and_then(|case| case.process.here()).map(std::sync::Arc::as_ref);
    if alone {
        detail::heading(buffer, scene, process, area);
        let source = source(scene);
        let columns = u16::try_from(cells::width(&source) + 1).unwrap_or(area.width);
        if columns + 40 < area.width {
            put(buffer, &scene.line(Role::Dim, source), area.right() - columns, area.y + 1, columns);
        }
    } else {
        let has_keys = scene.app.screen.pane == Pane::Form;
        let title = Line::from(vec![
            scene.span(Role::Marker, if has_keys { "▸" } else { " " }),
            scene.span(Role::Title, scene.voice.tab(crate::app::Tab::Form)),
        ]);
        put(buffer, &title, area.x, area.y, area.width);
        put(buffer, &scene.line(Role::Dim, format!(" {}", source(scene))), area.x, area.y + 1, area.width);
    }
    let pane = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let warned = u16::from(scene.case().is_some_and(Case::is_form_outdated)).min(pane.height);
    if warned > 0 {
        let warning = scene.line(Role::Careful, format!(" {}", scene.word(Word::FormOutdated)));
        put(buffer, &warning, pane.x, pane.y, pane.width);
    }
    let rows = Rect { y: pane.y + warned, height: pane.height - warned, ..pane };
    if scene.app.form.is_empty() {
        put_all(buffer, nothing(scene, process, area.width.into()), rows);
        return Extent::default();
    }
    put_all(buffer, window(scene, rows, pane.height.into()), rows);
    Extent { lines: scene.app.form.visible_rows(), rows: rows.height.into(), ..Extent::default() }
}

fn source(scene: &Scene<'_>) -> String {
    let Some(form) = scene.case().and_then(|case| case.form.here()).and_then(Option::as_ref) else {
        return String::new();
    };
    let version = match form.source {
        FormSource::V1 => 1,
        FormSource::V2 => 2,
    };
    scene.voice.say(&Sentence::FormSource { version, fields: form.fields.len() })
}

/// Why there is no tree.
fn nothing(scene: &Scene<'_>, process: Option<&Process>, columns: usize) -> Vec<Line<'static>> {
    let say = |role, word| scene.wrapped(role, scene.word(word), 1, columns);
    match scene.case().map(|case| &case.form) {
        Some(Loaded::Here(None)) if process.and_then(biz_type::recognise).is_some_and(|known| known.hiring) => {
            say(Role::Careful, Word::NoFormForHiring)
        }
        Some(Loaded::Here(None)) => say(Role::Careful, Word::NoForm),
        Some(Loaded::Here(Some(_))) => say(Role::Dim, Word::EmptyForm),
        Some(Loaded::Loading) => say(Role::Dim, Word::FormReading),
        Some(Loaded::Failed(failure)) => {
            let text = scene.voice.say(&Sentence::FormFailed(&scene.voice.failure(failure)));
            let mut lines = scene.wrapped(Role::Bad, &text, 1, columns);
            let reference = scene.voice.reference(failure.code, failure.log_id.as_ref());
            lines.extend(reference.map(|reference| scene.line(Role::Dim, format!(" {reference}"))));
            lines
        }
        Some(Loaded::Absent) | None => say(Role::Dim, Word::FormNotRead),
    }
}

/// The rows on screen. When the cursor's value needs more lines than are left below it, the rows above make room. `pane` is
/// the height that the cursor's window is kept for.
fn window(scene: &Scene<'_>, area: Rect, pane: usize) -> Vec<Line<'static>> {
    let height = usize::from(area.height);
    let tree = Tree::new(scene, area.width.into(), height);
    let mut lines = Vec::with_capacity(height);
    let mut end_of_cursor = height;
    for (row, selected, folded) in scene.app.form.window(pane) {
        if selected {
            lines.extend(tree.whole(row, folded));
            end_of_cursor = lines.len();
        } else {
            lines.push(tree.line(row, folded));
        }
    }
    lines.drain(..end_of_cursor.saturating_sub(height).min(lines.len()));
    lines
}

struct Tree<'s> {
    scene: &'s Scene<'s>,
    /// The form is masked.
    masked: bool,
    columns: usize,
    label: usize,
    height: usize,
    search: String,
}

impl<'s> Tree<'s> {
    fn new(scene: &'s Scene<'s>, columns: usize, height: usize) -> Self {
        let masked = scene.app.form.process().is_some_and(|id| scene.app.masks(id));
        let label = (columns * 2 / 5).clamp(8, MOST_LABEL);
        Self { scene, masked, columns, label, height, search: scene.app.form.search.to_lowercase() }
    }

    /// Marker, indentation, fold sign and name, as wide as all of them are.
    fn start(&self, row: &FormRow, selected: bool, folded: bool) -> Vec<Span<'static>> {
        let scene = self.scene;
        let level = usize::from(row.depth).min(MOST_LEVELS) * STEP;
        let sign = match (row.has_children(), folded) {
            (false, _) => "  ",
            (true, true) => "▸ ",
            (true, false) => "▾ ",
        };
        let name = match &row.name {
            RowName::Field { label, api_name } => value::label(label, api_name, scene.voice.lang),
            RowName::Entry(number) => format!("#{number}"),
        };
        let room = self.label.saturating_sub(level).max(6);
        let style = scene.style(if row.has_children() { Role::Heading } else { Role::Label });
        let mut spans = vec![
            scene.span(Role::Marker, if selected { "▸" } else { " " }),
            Span::raw(" ".repeat(level)),
            scene.span(Role::Dim, sign),
        ];
        spans.extend(self.highlight(&cells::pad(&name, room), style));
        spans.push(Span::raw(" "));
        spans
    }

    fn value(&self, row: &FormRow, folded: bool) -> Shown {
        let voice = &self.scene.voice;
        let counted = |sentence: Sentence<'_>| {
            let mut text = voice.say(&sentence);
            if folded {
                text = format!("{text} · {}", voice.say(&Sentence::Folded));
            }
            Shown { role: Role::Dim, text }
        };
        match &row.value {
            RowValue::Leaf(leaf) => value::show(leaf, &self.scene.app.names, voice, self.masked),
            RowValue::List(count) => counted(Sentence::Items(*count)),
            RowValue::Record(count) => counted(Sentence::Fields(*count)),
        }
    }

    /// A row on one line.
    fn line(&self, row: &FormRow, folded: bool) -> Line<'static> {
        let mut spans = self.start(row, false, folded);
        let shown = self.value(row, folded);
        let room = self.columns.saturating_sub(used(&spans) + 1);
        spans.extend(self.highlight(&cells::cut(&shown.text, room), self.scene.style(shown.role)));
        spans.extend(self.oddities(row));
        Line::from(spans)
    }

    /// The row under the cursor with its value whole, as far as the pane holds it.
    fn whole(&self, row: &FormRow, folded: bool) -> Vec<Line<'static>> {
        let start = self.start(row, true, folded);
        let indent = used(&start);
        let shown = self.value(row, folded);
        let style = self.scene.style(shown.role);
        let mut texts = cells::wrap(&shown.text, self.columns.saturating_sub(indent + 1));
        let missing = texts.len().saturating_sub(self.height.max(2));
        if missing > 0 {
            texts.truncate(self.height.max(2) - 1);
            texts.push(format!("… {}", self.scene.voice.say(&Sentence::MoreLines(missing + 1))));
        }
        let mut lines: Vec<Line<'static>> = Vec::with_capacity(texts.len());
        for (at, text) in texts.into_iter().enumerate() {
            let mut spans = if at == 0 { start.clone() } else { vec![Span::raw(" ".repeat(indent))] };
            spans.extend(self.highlight(&text, style));
            lines.push(Line::from(spans));
        }
        if let Some(first) = lines.first_mut() {
            first.spans.extend(self.oddities(row));
        }
        lines
    }

    /// Characters in the value that would have acted on the terminal.
    fn oddities(&self, row: &FormRow) -> Option<Span<'static>> {
        let count = match &row.value {
            RowValue::Leaf(leaf) => replaced(leaf),
            RowValue::List(_) | RowValue::Record(_) => 0,
        };
        let text = self.scene.voice.say(&Sentence::ReplacedCharacters(count));
        (count > 0).then(|| self.scene.span(Role::Careful, format!(" ! {text}")))
    }

    /// Text with the words searched for in a style of their own.
    fn highlight(&self, text: &str, style: Style) -> Vec<Span<'static>> {
        let lower = text.to_lowercase();
        // Lower case may have another length; then nothing is marked rather than the wrong place.
        if self.search.is_empty() || lower.len() != text.len() {
            return vec![Span::styled(text.to_owned(), style)];
        }
        let mut spans = Vec::new();
        let mut from = 0;
        for (at, found) in lower.match_indices(&self.search) {
            let (Some(before), Some(hit)) = (text.get(from..at), text.get(at..at + found.len())) else { continue };
            spans.push(Span::styled(before.to_owned(), style));
            spans.push(self.scene.span(Role::Match, hit.to_owned()));
            from = at + found.len();
        }
        spans.push(Span::styled(text.get(from..).unwrap_or("").to_owned(), style));
        spans
    }
}

fn used(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| cells::width(&span.content)).sum()
}

fn replaced(value: &Value) -> u32 {
    match value {
        Value::Text(text) | Value::Raw(text) | Value::Number(text) => text.replaced(),
        Value::File(file) => file.name.replaced(),
        Value::I18n(text) => text.zh.replaced().max(text.en.replaced()),
        Value::Enum { id, .. } | Value::Object { id, .. } => CleanText::replaced(id),
        _ => 0,
    }
}

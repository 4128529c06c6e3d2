//! The form pane: a window of the tree. The value under the cursor is whole, over as many lines as it takes; the others
//! wrap as far as the rows leave blank lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::value::{self, PaintedValue};
use super::{detail, text_layout};
use crate::app::form::{FormRow, RowName, RowValue};
use crate::app::screen::{Extent, Pane};
use crate::app::{Loaded, Request};
use crate::domain::{CleanText, Process, Value, biz_type};
use crate::text::{Sentence, Word};

const MOST_LABEL: usize = 28;
/// Columns of indentation per level, and the deepest level that is indented further.
const STEP: usize = 2;
const MOST_LEVELS: usize = 8;

/// Draws title, tabs and the tree; beside a process pane, a heading of its own instead.
pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect, alone: bool) -> Extent {
    let process = context.request().and_then(|request| request.process.here()).map(std::sync::Arc::as_ref);
    if alone {
        detail::heading(buffer, context, process, "", area);
        let source = source(context);
        let columns = u16::try_from(text_layout::width(&source) + 1).unwrap_or(area.width);
        if columns + 40 < area.width {
            put(buffer, &context.line(StyleRole::Dim, source), area.right() - columns, area.y + 1, columns);
        }
    } else {
        let has_keys = context.app.screen.pane == Pane::Form;
        let title = Line::from(vec![
            context.span(StyleRole::Marker, if has_keys { "▸" } else { " " }),
            context.span(StyleRole::Title, context.localizer.tab(crate::app::Tab::Form)),
        ]);
        put(buffer, &title, area.x, area.y, area.width);
        put(buffer, &context.line(StyleRole::Dim, format!(" {}", source(context))), area.x, area.y + 1, area.width);
    }
    let (warning, rows) = parts(context, area);
    if warning.height > 0 {
        let warned = context.line(StyleRole::Careful, format!(" {}", context.word(Word::FormOutdated)));
        put(buffer, &warned, warning.x, warning.y, warning.width);
    }
    if context.app.form.is_empty() {
        put_all(buffer, nothing(context, process, area.width.into()), rows);
        return Extent::default();
    }
    put_all(buffer, window(context, rows, (warning.height + rows.height).into()).lines, rows);
    Extent { lines: context.app.form.visible_rows(), rows: rows.height.into(), ..Extent::default() }
}

/// The warning line, if there is one, and the place of the tree.
fn parts(context: &RenderContext<'_>, area: Rect) -> (Rect, Rect) {
    let pane = Rect { y: area.y + 2, height: area.height.saturating_sub(2), ..area };
    let warned = u16::from(context.request().is_some_and(Request::is_form_outdated)).min(pane.height);
    (Rect { height: warned, ..pane }, Rect { y: pane.y + warned, height: pane.height - warned, ..pane })
}

/// The last row of the screen that the value under the cursor takes, in a form pane of this place.
pub(super) fn cursor_row(context: &RenderContext<'_>, area: Rect) -> Option<u16> {
    let (warning, rows) = parts(context, area);
    let end = window(context, rows, (warning.height + rows.height).into()).cursor_end?;
    Some(rows.y.saturating_add(u16::try_from(end).unwrap_or(u16::MAX)).saturating_sub(1))
}

/// How much there is.
fn source(context: &RenderContext<'_>) -> String {
    let form = context.request().and_then(|request| request.form.here()).and_then(Option::as_ref);
    form.map(|form| context.localizer.say(&Sentence::Fields(form.fields.len()))).unwrap_or_default()
}

/// Why there is no tree.
fn nothing(context: &RenderContext<'_>, process: Option<&Process>, columns: usize) -> Vec<Line<'static>> {
    let say = |role, word| context.wrapped(role, context.word(word), 1, columns);
    match context.request().map(|request| &request.form) {
        Some(Loaded::Here(None)) if process.and_then(biz_type::recognise).is_some_and(|known| known.hiring) => {
            say(StyleRole::Careful, Word::NoFormForHiring)
        }
        Some(Loaded::Here(None)) => say(StyleRole::Careful, Word::NoForm),
        Some(Loaded::Here(Some(_))) => say(StyleRole::Dim, Word::EmptyForm),
        Some(Loaded::Loading) => say(StyleRole::Dim, Word::FormReading),
        Some(Loaded::Failed(failure)) => {
            let text = context.localizer.say(&Sentence::FormFailed(&context.localizer.failure(failure)));
            let mut lines = context.wrapped(StyleRole::Bad, &text, 1, columns);
            let reference = context.localizer.reference(failure.code, failure.log_id.as_ref());
            lines.extend(reference.map(|reference| context.line(StyleRole::Dim, format!(" {reference}"))));
            lines
        }
        Some(Loaded::Absent) | None => say(StyleRole::Dim, Word::FormNotRead),
    }
}

/// The rows on screen, and the number of them to the end of the cursor's value.
struct Window {
    lines: Vec<Line<'static>>,
    cursor_end: Option<usize>,
}

/// The rows on screen. When the cursor's value needs more lines than are left below it, the rows above make room. `pane` is
/// the height that the cursor's window is kept for.
fn window(context: &RenderContext<'_>, area: Rect, pane: usize) -> Window {
    let height = usize::from(area.height);
    let tree = Tree::new(context, area.width.into(), height);
    let rows: Vec<_> = context.app.form.window(pane).collect();
    let cursor =
        rows.iter().find(|(_, selected, _)| *selected).map_or(0, |(row, _, folded)| tree.wanted(row, *folded) - 1);
    // The last row stays on screen: the guard of sensitive requests counts on it.
    let mut blank = height.saturating_sub(rows.len() + cursor);
    let mut lines = Vec::with_capacity(height);
    let mut cursor_end = None;
    for (row, selected, folded) in rows {
        if selected {
            lines.extend(tree.whole(row, folded));
            cursor_end = Some(lines.len());
        } else {
            let more = (tree.wanted(row, folded) - 1).min(blank);
            blank -= more;
            lines.extend(tree.lines(row, folded, 1 + more));
        }
    }
    let above = cursor_end.unwrap_or(0).saturating_sub(height).min(lines.len());
    lines.drain(..above);
    Window { lines, cursor_end: cursor_end.map(|end| end - above) }
}

struct Tree<'s> {
    context: &'s RenderContext<'s>,
    /// The form is masked.
    masked: bool,
    columns: usize,
    label: usize,
    height: usize,
    search: String,
}

impl<'s> Tree<'s> {
    fn new(context: &'s RenderContext<'s>, columns: usize, height: usize) -> Self {
        let masked = context.app.form.process().is_some_and(|id| context.app.masks(id));
        let label = (columns * 2 / 5).clamp(8, MOST_LABEL);
        Self { context, masked, columns, label, height, search: context.app.form.search.to_lowercase() }
    }

    /// Marker, indentation, fold sign and name, as wide as all of them are.
    fn start(&self, row: &FormRow, selected: bool, folded: bool) -> Vec<Span<'static>> {
        let context = self.context;
        let level = usize::from(row.depth).min(MOST_LEVELS) * STEP;
        let sign = match (row.has_children(), folded) {
            (false, _) => "  ",
            (true, true) => "▸ ",
            (true, false) => "▾ ",
        };
        let name = match &row.name {
            RowName::Field { label, api_name } => value::label(label, api_name, context.localizer.lang),
            RowName::Entry(number) => format!("#{number}"),
        };
        let room = self.label.saturating_sub(level).max(6);
        let style = context.style(if row.has_children() { StyleRole::Heading } else { StyleRole::Label });
        let mut spans = vec![
            context.span(StyleRole::Marker, if selected { "▸" } else { " " }),
            Span::raw(" ".repeat(level)),
            context.span(StyleRole::Dim, sign),
        ];
        spans.extend(self.highlight(&text_layout::pad(&name, room), style));
        spans.push(Span::raw(" "));
        spans
    }

    fn value(&self, row: &FormRow, folded: bool) -> PaintedValue {
        let localizer = &self.context.localizer;
        let counted = |sentence: Sentence<'_>| {
            let mut text = localizer.say(&sentence);
            if folded {
                text = format!("{text} · {}", localizer.say(&Sentence::Folded));
            }
            PaintedValue { role: StyleRole::Dim, text }
        };
        match &row.value {
            RowValue::Leaf(leaf) => value::show(leaf, &self.context.app.names, localizer, self.masked),
            RowValue::List(count) => counted(Sentence::Items(*count)),
            RowValue::Record(count) => counted(Sentence::Fields(*count)),
        }
    }

    /// Columns of the value behind the start of its row.
    fn room(&self, start: &[Span<'_>]) -> usize {
        self.columns.saturating_sub(used(start) + 1)
    }

    /// Lines that the value takes whole, as far as the pane holds them.
    fn wanted(&self, row: &FormRow, folded: bool) -> usize {
        let room = self.room(&self.start(row, false, folded));
        text_layout::height(&self.value(row, folded).text, room).clamp(1, self.height.max(2))
    }

    /// A row in so many lines; the last one shows that there is more.
    fn lines(&self, row: &FormRow, folded: bool, rows: usize) -> Vec<Line<'static>> {
        let start = self.start(row, false, folded);
        let room = self.room(&start);
        let shown = self.value(row, folded);
        if rows == 1 {
            return self.indented(row, start, vec![text_layout::cut(&shown.text, room).into_owned()], shown.role);
        }
        let mut texts = text_layout::wrap_window(&shown.text, room, 0, rows);
        if text_layout::height(&shown.text, room) > rows
            && let Some(last) = texts.last_mut()
        {
            *last = text_layout::cut(&format!("{last}…"), room).into_owned();
        }
        self.indented(row, start, texts, shown.role)
    }

    /// The row under the cursor with its value whole, as far as the pane holds it.
    fn whole(&self, row: &FormRow, folded: bool) -> Vec<Line<'static>> {
        let start = self.start(row, true, folded);
        let shown = self.value(row, folded);
        let mut texts = text_layout::wrap(&shown.text, self.room(&start));
        let missing = texts.len().saturating_sub(self.height.max(2));
        if missing > 0 {
            texts.truncate(self.height.max(2) - 1);
            texts.push(format!("… {}", self.context.localizer.say(&Sentence::MoreLines(missing + 1))));
        }
        self.indented(row, start, texts, shown.role)
    }

    /// The lines of a value behind the start of its row.
    fn indented(
        &self,
        row: &FormRow,
        start: Vec<Span<'static>>,
        texts: Vec<String>,
        role: StyleRole,
    ) -> Vec<Line<'static>> {
        let indent = used(&start);
        let style = self.context.style(role);
        let mut lines: Vec<Line<'static>> = Vec::with_capacity(texts.len());
        let mut start = Some(start);
        for text in texts {
            let mut spans = start.take().unwrap_or_else(|| vec![Span::raw(" ".repeat(indent))]);
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
        let text = self.context.localizer.say(&Sentence::ReplacedCharacters(count));
        (count > 0).then(|| self.context.span(StyleRole::Careful, format!(" ! {text}")))
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
            spans.push(self.context.span(StyleRole::Match, hit.to_owned()));
            from = at + found.len();
        }
        spans.push(Span::styled(text.get(from..).unwrap_or("").to_owned(), style));
        spans
    }
}

fn used(spans: &[Span<'_>]) -> usize {
    spans.iter().map(|span| text_layout::width(&span.content)).sum()
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

//! The list of pending tasks.
//!
//! The cursor is a marker in the gutter, not a reversed row: moving it costs two cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{bar, marks, text_layout};
use crate::app::inbox::Row;
use crate::app::{Loaded, Request, Sort};
use crate::domain::{Failure, Lang};
use crate::text::{Sentence, Word};

pub(super) const MARKER: &str = "▸ ";
pub(super) const NO_MARKER: &str = "  ";

/// Widths of the columns; zero leaves one out.
struct ColumnWidths {
    kind: usize,
    initiator: usize,
    summary: usize,
    node: usize,
    waiting: usize,
    flags: usize,
}

impl ColumnWidths {
    fn of(width: u16, lang: Lang) -> Self {
        let width = usize::from(width);
        // Short kinds and names are wider in English.
        let (kind, initiator) = match lang {
            Lang::Zh => (8, 8),
            Lang::En => (11, 9),
        };
        let node = if width < 100 { 0 } else { 13 };
        let (waiting, flags) = (if width < 48 { 0 } else { 5 }, 5);
        let gaps = 2 + [kind, initiator, node, waiting, flags].iter().filter(|column| **column > 0).count();
        let summary = width.saturating_sub(gaps + kind + initiator + node + waiting + flags);
        Self { kind, initiator, summary, node, waiting, flags }
    }
}

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) {
    let columns = ColumnWidths::of(area.width, context.localizer.lang);
    put(buffer, &heading(context, &columns), area.x, area.y, area.width);
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if context.app.inbox.shown_count() == 0 {
        if let Some(failure) = &context.app.inbox.failure
            && context.app.inbox.pending() == 0
        {
            return put_all(buffer, not_read(context, failure, rows), rows);
        }
        let text = no_rows(context);
        let lines = context.wrapped(StyleRole::Text, &text, 2, usize::from(rows.width).saturating_sub(1));
        return put_all(buffer, std::iter::once(Line::default()).chain(lines), rows);
    }
    let lines =
        context.app.inbox.window(rows.height.into()).map(|(row, selected)| line(context, row, selected, &columns));
    put_all(buffer, lines, rows);
}

/// Why there are no rows, though the list could be read.
fn no_rows(context: &RenderContext<'_>) -> String {
    let app = context.app;
    let not_loaded = app.not_loaded();
    let word = if app.inbox.pending() > 0 && (not_loaded > 0 || !app.inbox.is_whole()) {
        return context.localizer.say(&Sentence::NothingFitsYet { not_loaded });
    } else if app.inbox.pending() > 0 {
        Word::NothingFits
    } else if let Some(gap) = app.inbox.gap {
        return context.localizer.say(&Sentence::ListIncomplete(gap));
    } else if let Some(seconds) = app.list_refresh.waits(&app.fetch, app.now.mono) {
        return context.localizer.say(&Sentence::ListLimited(&bar::clock_in(context, seconds)));
    } else if app.inbox.complete {
        Word::AllDone
    } else {
        Word::Reading
    };
    context.word(word).to_owned()
}

/// The reason for a missing list, and the key that reads it again. In a low area the words give way to code and log id.
fn not_read(context: &RenderContext<'_>, failure: &Failure, area: Rect) -> Vec<Line<'static>> {
    let (columns, rows) = (usize::from(area.width).saturating_sub(1), usize::from(area.height));
    let mut below = Vec::new();
    if let Some(reference) = context.localizer.reference(failure.code, failure.log_id.as_ref()) {
        below.extend(context.wrapped(StyleRole::Dim, &reference, 2, columns));
    }
    below.extend(context.wrapped(StyleRole::Text, &context.localizer.say(&Sentence::ReadAgain), 2, columns));
    let said = context.localizer.say(&Sentence::ListFailed(&context.localizer.failure(failure)));
    let said = text_layout::wrap_in(&said, columns.saturating_sub(2), rows.saturating_sub(below.len()));
    let mut lines: Vec<_> = said.into_iter().map(|line| context.line(StyleRole::Bad, format!("  {line}"))).collect();
    lines.extend(below);
    if lines.len() < rows {
        lines.insert(0, Line::default());
    }
    lines
}

/// The words of the columns. The order's arrow stands at its column, in the gap where the word fills it.
fn heading(context: &RenderContext<'_>, columns: &ColumnWidths) -> Line<'static> {
    let (sorted, arrow) = match context.app.inbox.sort {
        Sort::Waiting => (Word::Waiting, "↓"),
        Sort::Newest => (Word::Waiting, "↑"),
        Sort::Kind => (Word::Kind, "↑"),
        Sort::Initiator => (Word::Initiator, "↑"),
    };
    let headed = |word: Word| format!("{}{}", context.word(word), if word == sorted { arrow } else { "" });
    let mut text = NO_MARKER.to_owned();
    let headings = [
        (Word::Kind, columns.kind),
        (Word::Initiator, columns.initiator),
        (Word::Summary, columns.summary),
        (Word::Node, columns.node),
    ];
    for (word, width) in headings.into_iter().filter(|(_, width)| *width > 0) {
        text.push_str(&text_layout::pad(&headed(word), width + 1));
    }
    if columns.waiting > 0 {
        text.push_str(&text_layout::pad_left(&headed(Word::Waiting), columns.waiting));
        text.push(' ');
    }
    text.push_str(&text_layout::cut(context.word(Word::Flags), columns.flags));
    context.line(StyleRole::Heading, text)
}

fn line(context: &RenderContext<'_>, row: &Row, selected: bool, columns: &ColumnWidths) -> Line<'static> {
    let marker = context.span(StyleRole::Marker, if selected { MARKER } else { NO_MARKER });
    let request = context.app.requests.get(&row.key.process);
    let Some(projection) = row.known.as_ref().map(|known| &known.projection) else {
        return unread(context, row, request, marker, columns);
    };
    let words = (context.app.settings.wording)(context.localizer.lang, &context.app.names, projection, &row.key);
    let role = if row.gone { StyleRole::Dim } else { StyleRole::Text };
    let mut spans = vec![
        marker,
        context.span(role, format!("{} ", text_layout::pad(&words.short_kind, columns.kind))),
        context.span(role, format!("{} ", text_layout::pad(&words.initiator, columns.initiator))),
    ];
    let (role, text) = if context.app.masks_row(&row.key, projection) {
        (StyleRole::Masked, context.word(Word::MaskedRow).to_owned())
    } else {
        (role, words.summary)
    };
    spans.push(context.span(role, format!("{} ", text_layout::pad(&text, columns.summary))));
    if columns.node > 0 {
        spans.push(context.span(StyleRole::Dim, format!("{} ", text_layout::pad(&words.node, columns.node))));
    }
    if columns.waiting > 0 {
        let waiting = projection.waiting_since.map(|since| context.waited(since)).unwrap_or_default();
        spans.push(context.span(StyleRole::Text, format!("{} ", text_layout::pad_left(&waiting, columns.waiting))));
    }
    spans.extend(marks::spans(context, row, Some(projection)));
    Line::from(spans)
}

/// A row whose process is not loaded: its id, the state of the loading, and the estimate of its waiting time.
fn unread(
    context: &RenderContext<'_>,
    row: &Row,
    request: Option<&Request>,
    marker: Span<'static>,
    columns: &ColumnWidths,
) -> Line<'static> {
    let failed = matches!(request, Some(Request { process: Loaded::Failed(_), .. }));
    let (role, sign) = if failed { (StyleRole::Bad, "✗") } else { (StyleRole::Dim, "·") };
    let id = crate::domain::CleanText::new(row.key.process.as_str());
    let (app, task) = (context.app, &row.key.approver);
    let since = app.estimates.waiting_since(task, app.now.wall).filter(|_| columns.waiting > 0);
    let waited = since.map(|since| format!("≈{} ", context.waited(since))).unwrap_or_default();
    let gaps = 2 + usize::from(columns.node > 0) + usize::from(columns.waiting > 0);
    let before_flags = columns.kind + columns.initiator + columns.summary + columns.node + columns.waiting + gaps;
    let room = before_flags.saturating_sub(text_layout::width(&waited));
    let text = text_layout::pad(&format!("{sign} {}", id.line()), room);
    let mut spans = vec![marker, context.span(role, text), context.span(StyleRole::Dim, waited)];
    spans.extend(marks::spans(context, row, None));
    Line::from(spans)
}

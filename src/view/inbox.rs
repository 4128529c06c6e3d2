//! The list of pending tasks, and the preview of the selected one below it.
//!
//! The cursor is a marker in the gutter, not a reversed row: moving it costs two cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{bar, summary, text_layout};
use crate::app::inbox::Row;
use crate::app::{Loaded, Request};
use crate::domain::decision::state::{Cause, State};
use crate::domain::{Failure, RowProjection, Seen, TaskKey};
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
    fn of(width: u16) -> Self {
        let width = usize::from(width);
        let (kind, initiator, node, waiting, flags) = match width {
            110.. => (18, 16, 18, 5, 7),
            90.. => (14, 14, 14, 5, 7),
            76.. => (12, 10, 10, 5, 6),
            54.. => (10, 10, 0, 5, 5),
            48.. => (8, 8, 0, 5, 5),
            _ => (8, 8, 0, 0, 5),
        };
        let gaps = 2 + [kind, initiator, node, waiting, flags].iter().filter(|column| **column > 0).count();
        let summary = width.saturating_sub(gaps + kind + initiator + node + waiting + flags);
        Self { kind, initiator, summary, node, waiting, flags }
    }
}

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) {
    let columns = ColumnWidths::of(area.width);
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

fn heading(context: &RenderContext<'_>, columns: &ColumnWidths) -> Line<'static> {
    let mut text = NO_MARKER.to_owned();
    let headings = [
        (Word::Kind, columns.kind),
        (Word::Initiator, columns.initiator),
        (Word::Summary, columns.summary),
        (Word::Node, columns.node),
    ];
    for (word, width) in headings.into_iter().filter(|(_, width)| *width > 0) {
        text.push_str(&text_layout::pad(context.word(word), width));
        text.push(' ');
    }
    if columns.waiting > 0 {
        text.push_str(&text_layout::pad_left(context.word(Word::Waiting), columns.waiting));
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
    let kind = if text_layout::width(&words.kind) <= columns.kind { &words.kind } else { &words.short_kind };
    let role = if row.gone { StyleRole::Dim } else { StyleRole::Text };
    let mut spans = vec![
        marker,
        context.span(role, format!("{} ", text_layout::pad(kind, columns.kind))),
        context.span(role, format!("{} ", text_layout::pad(&words.initiator, columns.initiator))),
    ];
    let (role, text) = if context.app.masks_row(&row.key, projection) {
        (StyleRole::Masked, context.localizer.say(&Sentence::MaskedSummary))
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
    spans.extend(flags(context, row, projection));
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
    spans.extend(outbox_flag(context, &row.key, row.gone));
    Line::from(spans)
}

/// Flags of a row: state of its decision, care, whether the user has seen its content, and whether that is confirmed.
fn flags(context: &RenderContext<'_>, row: &Row, projection: &RowProjection) -> Vec<Span<'static>> {
    let mut flags: Vec<Span<'static>> = outbox_flag(context, &row.key, row.gone).into_iter().collect();
    if projection.high_care {
        flags.push(context.span(StyleRole::Careful, "!"));
    }
    match row.seen {
        Seen::Changed if !is_explained(context, &row.key) => flags.push(context.span(StyleRole::Careful, "Δ")),
        Seen::Unopened if !row.gone => flags.push(context.span(StyleRole::Key, "●")),
        _ => {}
    }
    if row.is_unconfirmed() {
        flags.push(context.span(StyleRole::Dim, "~"));
    }
    flags
}

/// The decision on this task says why the request is another: it was applied, or stopped because of that.
fn is_explained(context: &RenderContext<'_>, key: &TaskKey) -> bool {
    let outbox = &context.app.outbox;
    let stopped = outbox.entry(key).is_some_and(|entry| matches!(entry.state, State::NotSent(Cause::Changed(_))));
    stopped || outbox.is_applied(key)
}

fn outbox_flag(context: &RenderContext<'_>, key: &TaskKey, gone: bool) -> Option<Span<'static>> {
    let state = context.app.outbox.entry(key).map(|entry| &entry.state);
    Some(match state {
        Some(State::Queued { .. }) => {
            let seconds = context.app.outbox.seconds_left(key, context.app.now.mono).unwrap_or(0);
            // At zero the request is being checked, or the platform accepts nothing just now.
            let left = if seconds == 0 { "…".to_owned() } else { seconds.to_string() };
            context.span(StyleRole::Careful, format!("⏱{left}"))
        }
        Some(State::Sending { .. }) => context.span(StyleRole::Careful, "…"),
        Some(State::Unknown(_)) => context.span(StyleRole::Bad, "?"),
        Some(State::NotSent(Cause::Changed(_))) => context.span(StyleRole::Bad, "✗Δ"),
        Some(State::Refused(_) | State::NotSent(_) | State::NotApplied { .. } | State::Overtaken { .. }) => {
            context.span(StyleRole::Bad, "✗")
        }
        Some(State::Applied { .. }) => context.span(StyleRole::Good, "✓"),
        Some(State::Reviewed | State::Undone | State::Discarded(_)) | None if gone => context.span(StyleRole::Dim, "-"),
        Some(State::Reviewed | State::Undone | State::Discarded(_)) | None => return None,
    })
}

/// The request under the cursor in short, below the list.
pub(super) fn preview(buffer: &mut Buffer, context: &RenderContext<'_>, area: Rect) {
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let Some(key) = context.shown() else {
        return put(buffer, &context.titled_rule(Vec::new(), "", area.width), area.x, area.y, area.width);
    };
    let Some(process) = context.request().and_then(|request| request.process.here()) else {
        let id = crate::domain::CleanText::new(key.process.as_str()).line().into_owned();
        let title = context.titled_rule(vec![context.span(StyleRole::Title, id)], "", area.width);
        put(buffer, &title, area.x, area.y, area.width);
        let decision = summary::decision(context, key, area.width.into());
        return put_all(buffer, decision.into_iter().chain(summary::not_here(context, area.width.into())), below);
    };
    let counts =
        [(crate::app::Tab::Comments, process.comments.len()), (crate::app::Tab::Copies, process.cc_list.len())];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(tab, count)| context.localizer.say(&Sentence::Counted { name: context.localizer.tab(tab), count }))
        .collect();
    let title = summary::title(context, process);
    put(buffer, &context.titled_rule(title, &counts.join(" "), area.width), area.x, area.y, area.width);
    let decision = summary::decision(context, key, area.width.into());
    put_all(buffer, decision.into_iter().chain(summary::lines(context, process, key, area.width.into())), below);
}

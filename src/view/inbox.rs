//! The list of pending tasks, and the preview of the selected one below it.
//!
//! The cursor is a marker in the gutter, not a reversed row: moving it costs two cells.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::look::Role;
use super::scene::Scene;
use super::{bar, cells, put, put_all, summary};
use crate::app::inbox::Row;
use crate::app::{Case, EntryState, Loaded};
use crate::domain::{Failure, Process, TaskKey, biz_type};
use crate::text::{Sentence, Word};

pub(super) const MARKER: &str = "▸ ";
pub(super) const NO_MARKER: &str = "  ";

/// Widths of the columns; zero leaves one out.
struct Columns {
    kind: usize,
    initiator: usize,
    summary: usize,
    node: usize,
    waiting: usize,
    flags: usize,
}

impl Columns {
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

pub(super) fn draw(buffer: &mut Buffer, scene: &Scene<'_>, area: Rect) {
    let columns = Columns::of(area.width);
    put(buffer, &heading(scene, &columns), area.x, area.y, area.width);
    let rows = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    if scene.app.inbox.shown_count() == 0 {
        if let Some(failure) = &scene.app.inbox.failure
            && scene.app.inbox.pending() == 0
        {
            return put_all(buffer, not_read(scene, failure, rows), rows);
        }
        let text = no_rows(scene);
        let lines = scene.wrapped(Role::Text, &text, 2, usize::from(rows.width).saturating_sub(1));
        return put_all(buffer, std::iter::once(Line::default()).chain(lines), rows);
    }
    let lines = scene.app.inbox.window(rows.height.into()).map(|(row, selected)| line(scene, row, selected, &columns));
    put_all(buffer, lines, rows);
}

/// Why there are no rows, though the list could be read.
fn no_rows(scene: &Scene<'_>) -> String {
    let app = scene.app;
    let not_loaded = app.not_loaded();
    let word = if app.inbox.pending() > 0 && (not_loaded > 0 || !app.inbox.is_whole()) {
        return scene.voice.say(&Sentence::NothingFitsYet { not_loaded });
    } else if app.inbox.pending() > 0 {
        Word::NothingFits
    } else if let Some(gap) = app.inbox.gap {
        return scene.voice.say(&Sentence::ListIncomplete(gap));
    } else if let Some(seconds) = app.sync.list_waits(app.now.mono) {
        return scene.voice.say(&Sentence::ListLimited(&bar::clock_in(scene, seconds)));
    } else if app.inbox.complete {
        Word::AllDone
    } else {
        Word::Reading
    };
    scene.word(word).to_owned()
}

/// The reason for a missing list, and the key that reads it again. In a low area the words give way to code and log id.
fn not_read(scene: &Scene<'_>, failure: &Failure, area: Rect) -> Vec<Line<'static>> {
    let (columns, rows) = (usize::from(area.width).saturating_sub(1), usize::from(area.height));
    let mut below = Vec::new();
    if let Some(reference) = scene.voice.reference(failure.code, failure.log_id.as_ref()) {
        below.extend(scene.wrapped(Role::Dim, &reference, 2, columns));
    }
    below.extend(scene.wrapped(Role::Text, &scene.voice.say(&Sentence::ReadAgain), 2, columns));
    let said = scene.voice.say(&Sentence::ListFailed(&scene.voice.failure(failure)));
    let said = cells::wrap_in(&said, columns.saturating_sub(2), rows.saturating_sub(below.len()));
    let mut lines: Vec<_> = said.into_iter().map(|line| scene.line(Role::Bad, format!("  {line}"))).collect();
    lines.extend(below);
    if lines.len() < rows {
        lines.insert(0, Line::default());
    }
    lines
}

fn heading(scene: &Scene<'_>, columns: &Columns) -> Line<'static> {
    let mut text = NO_MARKER.to_owned();
    let cells = [
        (Word::Kind, columns.kind),
        (Word::Initiator, columns.initiator),
        (Word::Summary, columns.summary),
        (Word::Node, columns.node),
    ];
    for (word, width) in cells.into_iter().filter(|(_, width)| *width > 0) {
        text.push_str(&cells::pad(scene.word(word), width));
        text.push(' ');
    }
    if columns.waiting > 0 {
        text.push_str(&cells::pad_left(scene.word(Word::Waiting), columns.waiting));
        text.push(' ');
    }
    text.push_str(&cells::cut(scene.word(Word::Flags), columns.flags));
    scene.line(Role::Heading, text)
}

fn line(scene: &Scene<'_>, row: &Row, selected: bool, columns: &Columns) -> Line<'static> {
    let marker = scene.span(Role::Marker, if selected { MARKER } else { NO_MARKER });
    let case = scene.app.cases.get(&row.key.process);
    let Some(process) = case.and_then(|case| case.process.here()) else {
        return unread(scene, row, case, marker, columns);
    };
    let words = (scene.app.settings.wording)(scene.voice.lang, &scene.app.names, process, &row.key);
    let kind = if cells::width(&words.kind) <= columns.kind { &words.kind } else { &words.short_kind };
    let role = if row.gone { Role::Dim } else { Role::Text };
    let mut spans = vec![
        marker,
        scene.span(role, format!("{} ", cells::pad(kind, columns.kind))),
        scene.span(role, format!("{} ", cells::pad(&words.initiator, columns.initiator))),
    ];
    let (role, text) = if scene.app.is_masked(process) {
        (Role::Masked, scene.voice.say(&Sentence::MaskedSummary))
    } else {
        (role, words.summary)
    };
    spans.push(scene.span(role, format!("{} ", cells::pad(&text, columns.summary))));
    if columns.node > 0 {
        spans.push(scene.span(Role::Dim, format!("{} ", cells::pad(&words.node, columns.node))));
    }
    if columns.waiting > 0 {
        let waiting = waiting(scene, process, &row.key).unwrap_or_default();
        spans.push(scene.span(Role::Text, format!("{} ", cells::pad_left(&waiting, columns.waiting))));
    }
    spans.extend(flags(scene, row, case, process));
    Line::from(spans)
}

/// A row whose process is not loaded: its id, and the state of the loading.
fn unread(
    scene: &Scene<'_>,
    row: &Row,
    case: Option<&Case>,
    marker: Span<'static>,
    columns: &Columns,
) -> Line<'static> {
    let failed = matches!(case, Some(Case { process: Loaded::Failed(_), .. }));
    let (role, sign) = if failed { (Role::Bad, "✗") } else { (Role::Dim, "·") };
    let id = crate::domain::CleanText::new(row.key.process.as_str());
    let before_flags = columns.kind + columns.initiator + columns.summary + 2;
    let text = cells::pad(&format!("{sign} {}", id.line()), before_flags);
    let mut spans = vec![marker, scene.span(role, text)];
    spans.extend(outbox_flag(scene, &row.key, row.gone));
    Line::from(spans)
}

/// How long the operator's task has been waiting.
pub(super) fn waiting(scene: &Scene<'_>, process: &Process, key: &TaskKey) -> Option<String> {
    let since = process.todo(&key.approver)?.create_time?;
    let minutes = (scene.app.now.wall - since) / 60_000;
    Some(scene.voice.say(&Sentence::WaitingFor(minutes)))
}

/// Flags of a row: state of its decision, care, and whether the user has seen its newest reading.
fn flags(scene: &Scene<'_>, row: &Row, case: Option<&Case>, process: &Process) -> Vec<Span<'static>> {
    let mut flags: Vec<Span<'static>> = outbox_flag(scene, &row.key, row.gone).into_iter().collect();
    if biz_type::is_high_care(process) {
        flags.push(scene.span(Role::Careful, "!"));
    }
    match case {
        Some(case) if case.is_changed() && !is_explained(scene, &row.key) => flags.push(scene.span(Role::Careful, "Δ")),
        Some(case) if case.opened.is_none() && !row.gone => flags.push(scene.span(Role::Key, "●")),
        _ => {}
    }
    flags
}

/// The decision on this task says why the case is another: it was applied, or stopped because of that.
fn is_explained(scene: &Scene<'_>, key: &TaskKey) -> bool {
    let outbox = &scene.app.outbox;
    let stopped = outbox.entry(key).is_some_and(|entry| matches!(entry.state, EntryState::Changed { .. }));
    stopped || outbox.is_applied(key)
}

fn outbox_flag(scene: &Scene<'_>, key: &TaskKey, gone: bool) -> Option<Span<'static>> {
    let state = scene.app.outbox.entry(key).map(|entry| &entry.state);
    Some(match state {
        Some(EntryState::Held { .. }) => {
            let seconds = scene.app.outbox.seconds_left(key, scene.app.now.mono).unwrap_or(0);
            // At zero the case is being checked, or the platform accepts nothing just now.
            let left = if seconds == 0 { "…".to_owned() } else { seconds.to_string() };
            scene.span(Role::Careful, format!("⏱{left}"))
        }
        Some(EntryState::Sending { .. }) => scene.span(Role::Careful, "…"),
        Some(EntryState::Unknown { .. }) => scene.span(Role::Bad, "?"),
        Some(EntryState::Changed { .. }) => scene.span(Role::Bad, "✗Δ"),
        Some(
            EntryState::Refused(_)
            | EntryState::NotSent(_)
            | EntryState::NotApplied { .. }
            | EntryState::Overtaken { .. }
            | EntryState::Slept
            | EntryState::Left,
        ) => scene.span(Role::Bad, "✗"),
        Some(EntryState::Accepted { .. }) => scene.span(Role::Good, "✓"),
        None if gone => scene.span(Role::Dim, "-"),
        None => return None,
    })
}

/// The case under the cursor in short, below the list.
pub(super) fn preview(buffer: &mut Buffer, scene: &Scene<'_>, area: Rect) {
    let below = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let Some(key) = scene.shown() else {
        return put(buffer, &scene.titled_rule(Vec::new(), "", area.width), area.x, area.y, area.width);
    };
    let Some(process) = scene.case().and_then(|case| case.process.here()) else {
        let id = crate::domain::CleanText::new(key.process.as_str()).line().into_owned();
        let title = scene.titled_rule(vec![scene.span(Role::Title, id)], "", area.width);
        put(buffer, &title, area.x, area.y, area.width);
        let decision = summary::decision(scene, key, area.width.into());
        return put_all(buffer, decision.into_iter().chain(summary::not_here(scene, area.width.into())), below);
    };
    let counts =
        [(crate::app::Tab::Comments, process.comments.len()), (crate::app::Tab::Copies, process.cc_list.len())];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(tab, count)| scene.voice.say(&Sentence::Counted { name: scene.voice.tab(tab), count }))
        .collect();
    let title = summary::title(scene, process);
    put(buffer, &scene.titled_rule(title, &counts.join(" "), area.width), area.x, area.y, area.width);
    let decision = summary::decision(scene, key, area.width.into());
    put_all(buffer, decision.into_iter().chain(summary::lines(scene, process, key, area.width.into())), below);
}

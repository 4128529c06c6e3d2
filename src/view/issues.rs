//! The list of open matters: each entry with its decision, its state and the keys that answer it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::inbox::{MARKER, NO_MARKER};
use super::paint::{put, put_all};
use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{popup, text_layout};
use crate::app::screen::Extent;
use crate::app::{App, Issues, Layer, issues};
use crate::domain::decision::state::State;
use crate::text::{Sentence, Severity, Word};

/// Columns before the text of a line: marker and flag.
const INDENT: usize = 5;
/// Characters of an opinion that its entry shows at most; the review shows it whole.
const OPINION_LIMIT: usize = 60;

pub(super) fn draw(buffer: &mut Buffer, context: &RenderContext<'_>, list: &Issues, area: Rect) -> Extent {
    popup::clear(buffer, area);
    let lines = context.app.issue_lines();
    let waiting = lines.iter().filter(|line| App::is_unanswered(line)).count();
    let columns = usize::from(area.width);
    let (heading, title) = if list.asked {
        (Word::UnansweredHeading, context.word(Word::UnansweredTitle).to_owned())
    } else {
        (
            Word::ReconcileHeading,
            context.localizer.say(&Sentence::ReconcileTitle { broken_off: list.broken_off, settled: waiting == 0 }),
        )
    };
    let count = context.localizer.say(&Sentence::ReconcileCount { waiting });
    let heading = vec![context.span(StyleRole::Title, context.word(heading))];
    put(buffer, &context.titled_rule(heading, &count, area.width), area.x, area.y, area.width);
    let mut y = area.y + 1;
    let rows = usize::from(area.height).saturating_sub(1);
    let least = lines.get(list.cursor.at()).map_or(0, |line| block(context, line, true, columns, (0, rows)).len());
    for line in above(&title, rows.saturating_sub(least), columns.saturating_sub(2)) {
        put(buffer, &context.line(StyleRole::Careful, format!(" {line}")), area.x, y, area.width);
        y += 1;
    }
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    let rows = usize::from(rest.height);
    let blocks: Vec<Vec<Line<'static>>> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| fitting(context, line, at == list.cursor.at(), columns, rows))
        .collect();
    put_all(buffer, from_cursor(blocks, list.cursor.at(), rows), rest);
    Extent { lines: lines.len(), rows: rest.height.into(), ..Extent::default() }
}

/// The words above the list: whole, or where the entry under the cursor leaves too little room, their beginning.
fn above(title: &str, rows: usize, columns: usize) -> Vec<String> {
    let lines = text_layout::wrap(title, columns);
    match rows {
        0 => Vec::new(),
        _ if lines.len() <= rows => lines,
        _ => vec![text_layout::cut(title, columns).into_owned()],
    }
}

/// An entry in at most `rows` rows: its opinion gives way first.
fn fitting(
    context: &RenderContext<'_>,
    line: &issues::Line<'_>,
    selected: bool,
    columns: usize,
    rows: usize,
) -> Vec<Line<'static>> {
    let mut limit = OPINION_LIMIT;
    loop {
        let block = block(context, line, selected, columns, (limit, rows));
        if limit == 0 || block.len() <= rows {
            return block;
        }
        limit /= 2;
    }
}

/// As many entries as fit, such that the one under the cursor is whole.
fn from_cursor(blocks: Vec<Vec<Line<'static>>>, cursor: usize, rows: usize) -> Vec<Line<'static>> {
    let mut first = 0;
    let height = |from: usize| -> usize { blocks.iter().take(cursor + 1).skip(from).map(Vec::len).sum() };
    while first < cursor && height(first) > rows {
        first += 1;
    }
    blocks.into_iter().skip(first).flatten().collect()
}

/// The decision, its state, code and log id, and the keys that answer it. In a low area the first parts give way to the
/// last.
fn block(
    context: &RenderContext<'_>,
    line: &issues::Line<'_>,
    selected: bool,
    columns: usize,
    (opinion_limit, rows): (usize, usize),
) -> Vec<Line<'static>> {
    let marker = context.span(StyleRole::Marker, if selected { MARKER } else { NO_MARKER });
    let said = context.localizer.issue(line, opinion_limit);
    let (flag, role) = flag(line, said.tone);
    let tone = StyleRole::of(said.tone);
    let mut last = Vec::new();
    if let Some(reference) = &said.reference {
        last.extend(context.wrapped(StyleRole::Dim, reference, INDENT, columns.saturating_sub(1)));
    }
    let keys = keys(context, line);
    if !keys.is_empty() {
        last.extend(context.wrapped(StyleRole::Key, &keys, INDENT, columns.saturating_sub(1)));
    }
    let room = columns.saturating_sub(INDENT + 1);
    let standing = text_layout::wrap_in(&said.standing, room, rows.saturating_sub(1 + last.len()).max(1));
    let decision = text_layout::wrap_in(&said.decision, room, rows.saturating_sub(standing.len() + last.len()).max(1));
    let margin = || context.line(StyleRole::Text, " ".repeat(INDENT));
    let mut lines = Vec::new();
    for (at, text) in decision.into_iter().enumerate() {
        let first = match at {
            0 => Line::from(vec![marker.clone(), context.span(role, text_layout::pad(flag, INDENT - 2))]),
            _ => margin(),
        };
        let mut whole = first;
        whole.spans.push(context.span(StyleRole::Title, text));
        lines.push(whole);
    }
    for text in standing {
        let mut whole = margin();
        whole.spans.push(context.span(tone, text));
        lines.push(whole);
    }
    lines.extend(last);
    lines
}

fn flag(line: &issues::Line<'_>, tone: Severity) -> (&'static str, StyleRole) {
    match line {
        issues::Line::Ended(..) => ("-", StyleRole::Dim),
        issues::Line::Unreadable(_) => ("?", StyleRole::Bad),
        issues::Line::Unseen(_) => match tone {
            Severity::Good => ("✓", StyleRole::Good),
            _ => ("✗", StyleRole::Bad),
        },
        issues::Line::Task(entry) => match entry.state {
            State::Applied { .. } => ("✓", StyleRole::Good),
            State::Unknown(_) => ("?", StyleRole::Bad),
            State::Sending { .. } => ("…", StyleRole::Careful),
            State::Queued { .. } => ("⏱", StyleRole::Careful),
            _ => ("✗", StyleRole::Bad),
        },
    }
}

/// The keys that answer this line.
fn keys(context: &RenderContext<'_>, line: &issues::Line<'_>) -> String {
    let commands = context.app.answers(line);
    let layers = [Layer::Issues, Layer::Moving, Layer::Anywhere];
    let named = commands.iter().filter_map(|command| {
        let key = context.keymap.reaches(&layers, *command)?.label();
        Some(format!("[{key}] {}", context.keymap.word(*command, context.localizer.lang)))
    });
    named.collect::<Vec<_>>().join("  ")
}

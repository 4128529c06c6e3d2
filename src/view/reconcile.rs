//! What an earlier run left, one entry after the other: what was decided, where it stands, which key answers it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::inbox::{MARKER, NO_MARKER};
use super::look::Role;
use super::scene::Scene;
use super::{cells, popup, put, put_all};
use crate::app::outbox::EntryState;
use crate::app::screen::Extent;
use crate::app::{App, Layer, Reconcile, reconcile};
use crate::text::{Sentence, Tone, Word};

/// Columns before the text of a line: marker and flag.
const INDENT: usize = 5;

pub(super) fn draw(buffer: &mut Buffer, scene: &Scene<'_>, list: &Reconcile, area: Rect) -> Extent {
    popup::clear(buffer, area);
    let lines = scene.app.reconcile_lines();
    let waiting = lines.iter().filter(|line| App::is_unanswered(line)).count();
    let columns = usize::from(area.width);
    let title = scene.voice.say(&Sentence::ReconcileTitle { broken_off: list.broken_off });
    let count = scene.voice.say(&Sentence::ReconcileCount { waiting });
    let heading = vec![scene.span(Role::Title, scene.word(Word::ReconcileHeading))];
    put(buffer, &scene.titled_rule(heading, &count, area.width), area.x, area.y, area.width);
    let mut y = area.y + 1;
    for line in cells::wrap(&title, columns.saturating_sub(2)) {
        put(buffer, &scene.line(Role::Careful, format!(" {line}")), area.x, y, area.width);
        y += 1;
    }
    let rest = Rect { y, height: area.bottom().saturating_sub(y), ..area };
    let blocks: Vec<Vec<Line<'static>>> =
        lines.iter().enumerate().map(|(at, line)| block(scene, line, at == list.cursor, columns)).collect();
    put_all(buffer, from_cursor(blocks, list.cursor, rest.height.into()), rest);
    Extent { lines: lines.len(), rows: rest.height.into(), ..Extent::default() }
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

fn block(scene: &Scene<'_>, line: &reconcile::Line<'_>, selected: bool, columns: usize) -> Vec<Line<'static>> {
    let marker = scene.span(Role::Marker, if selected { MARKER } else { NO_MARKER });
    let (flag, role) = flag(scene, line);
    let said = scene.voice.reconcile(line, usize::MAX);
    let room = columns.saturating_sub(INDENT + 1);
    let mut lines = Vec::new();
    for (at, text) in cells::wrap(&said.decision, room).into_iter().enumerate() {
        let margin = match at {
            0 => Line::from(vec![marker.clone(), scene.span(role, cells::pad(flag, INDENT - 2))]),
            _ => scene.line(Role::Text, " ".repeat(INDENT)),
        };
        let mut whole = margin;
        whole.spans.push(scene.span(Role::Title, text));
        lines.push(whole);
    }
    let tone = super::notice::role(said.tone);
    lines.extend(scene.wrapped(tone, &said.standing, INDENT, columns.saturating_sub(1)));
    let keys = keys(scene, line);
    if !keys.is_empty() {
        lines.extend(scene.wrapped(Role::Key, &keys, INDENT, columns.saturating_sub(1)));
    }
    lines
}

fn flag(scene: &Scene<'_>, line: &reconcile::Line<'_>) -> (&'static str, Role) {
    match line {
        reconcile::Line::Task(_, None) => ("-", Role::Dim),
        reconcile::Line::Unreadable(_) => ("?", Role::Bad),
        reconcile::Line::Told(_) => match scene.voice.reconcile(line, usize::MAX).tone {
            Tone::Good => ("✓", Role::Good),
            _ => ("✗", Role::Bad),
        },
        reconcile::Line::Task(_, Some(entry)) => match entry.state {
            EntryState::Accepted { .. } => ("✓", Role::Good),
            EntryState::Unknown(_) => ("?", Role::Bad),
            EntryState::Sending { .. } => ("…", Role::Careful),
            EntryState::Held { .. } => ("⏱", Role::Careful),
            _ => ("✗", Role::Bad),
        },
    }
}

/// The keys that answer this line.
fn keys(scene: &Scene<'_>, line: &reconcile::Line<'_>) -> String {
    let commands = scene.app.answers(line);
    let layers = [Layer::Reconcile, Layer::Moving, Layer::Anywhere];
    let named = commands.iter().filter_map(|command| {
        let key = scene.keymap.reaches(&layers, *command)?.label();
        Some(format!("[{key}] {}", scene.keymap.word(*command, scene.voice.lang)))
    });
    named.collect::<Vec<_>>().join("  ")
}

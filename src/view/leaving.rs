//! Held decisions while the user leaves: a panel at the bottom that names each of them.

use std::time::Duration;

use ratatui::Frame;
use ratatui::text::Line;

use super::layout::Places;
use super::panel::panel;
use super::render_context::RenderContext;
use super::text_layout;
use super::theme::StyleRole;
use crate::app::{Entry, Leaving};
use crate::domain::decision::state::State;
use crate::domain::time::LONGEST_ANSWER;
use crate::text::{Sentence, Word};

/// Decisions that are named one by one; the others are counted.
const NAMED: usize = 5;
/// Columns before the text of an entry.
const INDENT: usize = 6;
/// Characters of an opinion that its line shows.
const OPINION_LIMIT: usize = 40;
/// A decision that the gateway turns away for its token waits for another one, and then for a second answer at most.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * LONGEST_ANSWER.as_secs());
/// Newest outcomes since the user began to leave.
const TOLD: usize = 2;

pub(super) fn draw(frame: &mut Frame<'_>, context: &RenderContext<'_>, leaving: Leaving, places: &Places) {
    let outbox = &context.app.outbox;
    let (held, sending) = (outbox.queued(), outbox.sending());
    let question = match leaving {
        Leaving::Asking => Sentence::LeaveAsks { held },
        Leaving::Waiting => Sentence::LeaveWaits { left: held + sending },
    };
    let columns = usize::from(places.notice.width);
    let title = context.titled_rule(
        vec![context.span(StyleRole::Question, context.localizer.say(&question))],
        "",
        places.notice.width,
    );
    let mut below = Vec::new();
    for notice in context.app.exit_messages().iter().rev().take(TOLD).rev() {
        let said = context.localizer.parting(notice);
        below.extend(context.wrapped(StyleRole::of(said.tone), &said.text, 1, columns));
    }
    if leaving == Leaving::Asking {
        let kept = if context.localizer.simulated { Word::LeavingKeepsNothing } else { Word::LeavingSendsNothing };
        below.extend(context.wrapped(StyleRole::Dim, context.word(kept), 1, columns));
    } else if sending > 0 {
        let said = context.localizer.say(&Sentence::SentStays { seconds: LONGEST_WAIT.as_secs() });
        below.extend(context.wrapped(StyleRole::Dim, &said, 1, columns));
    }
    let room = usize::from(places.panel(usize::MAX).height).saturating_sub(1 + below.len());
    let mut lines = vec![title];
    lines.extend(under_way(context, columns, room));
    lines.extend(below);
    panel(frame, places, lines);
}

/// Held and sending decisions: each whole if there is room for all, else one row for each.
fn under_way(context: &RenderContext<'_>, columns: usize, room: usize) -> Vec<Line<'static>> {
    let outbox = &context.app.outbox;
    let entries: Vec<&Entry> = outbox
        .all()
        .into_iter()
        .filter(|entry| matches!(entry.state, State::Queued { .. } | State::Sending { .. }))
        .collect();
    let more = entries.len().saturating_sub(NAMED);
    let more = (more > 0)
        .then(|| context.line(StyleRole::Dim, format!("   {}", context.localizer.say(&Sentence::AndMore(more)))));
    let named: Vec<Vec<Line<'static>>> =
        entries.iter().take(NAMED).map(|entry| entry_lines(context, entry, columns)).collect();
    let whole = named.iter().map(Vec::len).sum::<usize>() + usize::from(more.is_some()) <= room;
    let named = named.into_iter().zip(entries).flat_map(|(lines, entry)| {
        if whole {
            lines
        } else {
            vec![line(context, entry, context.localizer.decision(&entry.reviewed, OPINION_LIMIT))]
        }
    });
    named.chain(more).collect()
}

fn entry_lines(context: &RenderContext<'_>, entry: &Entry, columns: usize) -> Vec<Line<'static>> {
    let said = text_layout::wrap(
        &context.localizer.decision(&entry.reviewed, OPINION_LIMIT),
        columns.saturating_sub(INDENT + 1),
    );
    let mut said = said.into_iter();
    let mut lines = vec![line(context, entry, said.next().unwrap_or_default())];
    lines.extend(said.map(|text| context.line(StyleRole::Text, format!("{}{text}", " ".repeat(INDENT)))));
    lines
}

fn line(context: &RenderContext<'_>, entry: &Entry, said: String) -> Line<'static> {
    let key = &entry.reviewed.target.key;
    let (role, flag) = match context.app.outbox.seconds_left(key, context.app.now.mono) {
        Some(0) | None => (StyleRole::Careful, "…".to_owned()),
        Some(seconds) => (StyleRole::Careful, format!("⏱{seconds}")),
    };
    let mut line = context.line(StyleRole::Text, " ");
    line.spans.push(context.span(role, text_layout::pad(&flag, INDENT - 1)));
    line.spans.push(context.span(StyleRole::Text, said));
    line
}

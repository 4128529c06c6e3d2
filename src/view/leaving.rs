//! What becomes of held decisions when she leaves: a panel at the bottom that names each of them.

use ratatui::Frame;
use ratatui::text::Line;

use super::decide::panel;
use super::layout::Places;
use super::look::Role;
use super::notice;
use super::scene::Scene;
use crate::app::{Entry, EntryState, Leaving};
use crate::text::{Sentence, Word};

/// Decisions that are named one by one; the others are counted.
const NAMED: usize = 5;
/// Characters of an opinion that its line shows.
const OPINION_LIMIT: usize = 40;
/// Outcomes that came since she began to leave, the newest.
const TOLD: usize = 2;

pub(super) fn draw(frame: &mut Frame<'_>, scene: &Scene<'_>, leaving: Leaving, places: &Places) {
    let outbox = &scene.app.outbox;
    let (held, sending) = (outbox.held(), outbox.sending());
    let question = match leaving {
        Leaving::Asking => Sentence::LeaveAsks { held },
        Leaving::Waiting => Sentence::LeaveWaits { left: held + sending },
    };
    let mut lines =
        vec![scene.titled_rule(vec![scene.span(Role::Question, scene.voice.say(&question))], "", places.notice.width)];
    let under_way: Vec<&Entry> = outbox
        .all()
        .into_iter()
        .filter(|entry| matches!(entry.state, EntryState::Held { .. } | EntryState::Sending { .. }))
        .collect();
    lines.extend(under_way.iter().take(NAMED).map(|entry| line(scene, entry)));
    if let Some(more) = under_way.len().checked_sub(NAMED).filter(|more| *more > 0) {
        lines.push(scene.line(Role::Dim, format!("   {}", scene.voice.say(&Sentence::AndMore(more)))));
    }
    for notice in scene.app.parting().iter().rev().take(TOLD).rev() {
        let said = scene.voice.parting(notice);
        lines.extend(scene.wrapped(notice::role(said.tone), &said.text, 1, places.notice.width.into()));
    }
    if leaving == Leaving::Asking {
        lines.push(scene.line(Role::Dim, format!(" {}", scene.word(Word::LeavingSendsNothing))));
    }
    panel(frame, places, lines);
}

fn line(scene: &Scene<'_>, entry: &Entry) -> Line<'static> {
    let key = &entry.reviewed.target.key;
    let (role, flag) = match scene.app.outbox.seconds_left(key, scene.app.now.mono) {
        Some(0) | None => (Role::Careful, "…".to_owned()),
        Some(seconds) => (Role::Careful, format!("⏱{seconds}")),
    };
    let mut line = scene.line(Role::Text, " ");
    line.spans.push(scene.span(role, super::cells::pad(&flag, 5)));
    line.spans.push(scene.span(Role::Text, scene.voice.decision(&entry.reviewed, OPINION_LIMIT)));
    line
}

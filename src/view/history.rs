//! The operator's decisions from the journal, newest first: time, decision, outcome.

use ratatui::text::Line;

use super::look::Role;
use super::notice;
use super::scene::Scene;
use crate::app::Loaded;
use crate::domain::record::Past;
use crate::text::{Sentence, Word};

pub(super) fn lines(scene: &Scene<'_>, columns: usize) -> Vec<Line<'static>> {
    let history = &scene.app.history;
    if let Some(why) = &history.failure {
        return scene.wrapped(Role::Bad, &scene.voice.say(&Sentence::HistoryFailed(&why.line())), 1, columns);
    }
    let Loaded::Here(chronicle) = &history.chronicle else {
        return vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::Reading)))];
    };
    if chronicle.past.is_empty() {
        return vec![scene.line(Role::Dim, format!(" {}", scene.word(Word::NoHistory)))];
    }
    let found = history.found(|past| scene.voice.findable(past, is_living(scene, past)));
    let heading = if history.words.is_empty() {
        Sentence::HistoryCount { shown: found.len(), more: chronicle.more }
    } else {
        let of = chronicle.more.then_some(chronicle.past.len());
        Sentence::HistorySearched { words: &history.words, found: found.len(), of }
    };
    let mut lines = vec![scene.line(Role::Dim, format!(" {}", scene.voice.say(&heading)))];
    for past in found {
        lines.extend(entry(scene, past, columns));
    }
    lines
}

/// Whether this run confirmed the decision: only this run sends its held decisions.
fn is_living(scene: &Scene<'_>, past: &Past) -> bool {
    past.first().entry.is_of(&scene.app.settings.run)
}

fn entry(scene: &Scene<'_>, past: &Past, columns: usize) -> Vec<Line<'static>> {
    let last = past.last();
    let time = scene.voice.moment(last.at);
    let indent = super::cells::width(&time) + 3;
    // The one place that shows the approver's whole text.
    let said = scene.voice.past(past, is_living(scene, past), usize::MAX);
    let room = columns.saturating_sub(1);
    let mut lines = Vec::new();
    for (at, text) in super::cells::wrap(&said.decision, room.saturating_sub(indent)).into_iter().enumerate() {
        let margin = if at == 0 { format!(" {time}  ") } else { " ".repeat(indent) };
        lines.push(Line::from(vec![scene.span(Role::Dim, margin), scene.span(Role::Text, text)]));
    }
    lines.extend(scene.wrapped(notice::role(said.tone), &said.standing, indent, room));
    lines
}

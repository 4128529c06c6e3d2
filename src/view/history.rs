//! The operator's decisions from the journal, newest first: time, decision, outcome.

use ratatui::text::Line;

use super::render_context::RenderContext;
use super::theme::StyleRole;
use crate::app::Loaded;
use crate::domain::Past;
use crate::text::{Sentence, Word};

pub(super) fn lines(context: &RenderContext<'_>, columns: usize) -> Vec<Line<'static>> {
    let history = &context.app.history;
    if let Some(why) = &history.failure {
        return context.wrapped(StyleRole::Bad, &context.localizer.say(&Sentence::HistoryFailed(why)), 1, columns);
    }
    let Loaded::Here(chronicle) = &history.chronicle else {
        return vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::Reading)))];
    };
    if chronicle.past.is_empty() {
        return vec![context.line(StyleRole::Dim, format!(" {}", context.word(Word::NoHistory)))];
    }
    let found = history.found(|past| context.localizer.findable(past, is_living(context, past)));
    let heading = if history.words.is_empty() {
        Sentence::HistoryCount { shown: found.len(), more: chronicle.more }
    } else {
        let of = chronicle.more.then_some(chronicle.past.len());
        Sentence::HistorySearched { words: &history.words, found: found.len(), of }
    };
    let mut lines = vec![context.line(StyleRole::Dim, format!(" {}", context.localizer.say(&heading)))];
    for past in found {
        lines.extend(entry(context, past, columns));
    }
    lines
}

/// Whether this run confirmed the decision: only this run sends its held decisions.
fn is_living(context: &RenderContext<'_>, past: &Past) -> bool {
    past.first().entry.is_of(&context.app.settings.run)
}

fn entry(context: &RenderContext<'_>, past: &Past, columns: usize) -> Vec<Line<'static>> {
    let last = past.last();
    let time = context.localizer.moment(last.at);
    let indent = super::text_layout::width(&time) + 3;
    // The one place that shows the approver's whole text.
    let said = context.localizer.past(past, is_living(context, past), usize::MAX);
    let room = columns.saturating_sub(1);
    let mut lines = Vec::new();
    for (at, text) in super::text_layout::wrap(&said.decision, room.saturating_sub(indent)).into_iter().enumerate() {
        let margin = if at == 0 { format!(" {time}  ") } else { " ".repeat(indent) };
        lines.push(Line::from(vec![context.span(StyleRole::Dim, margin), context.span(StyleRole::Text, text)]));
    }
    lines.extend(context.wrapped(StyleRole::of(said.tone), &said.standing, indent, room));
    lines
}

//! The help page: every key by layer, from the key map; commands without a key; the flags of the list.

use ratatui::text::{Line, Span};

use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{marks, text_layout};
use crate::app::Command;
use crate::domain::Action;
use crate::keys::help;
use crate::text::Word;

const KEYS: usize = 16;

pub(super) fn lines(context: &RenderContext<'_>, columns: usize) -> Vec<Line<'static>> {
    let lang = context.localizer.lang;
    let mut lines = Vec::new();
    for section in help::sections(context.keymap) {
        lines.push(context.line(StyleRole::Heading, format!(" {}", context.keymap.title(section.layer, lang))));
        for row in section.rows {
            let keys: Vec<String> = row.strokes.iter().map(|stroke| stroke.label()).collect();
            lines.extend(entry(context, &keys.join(" "), context.keymap.explanation(row.command, lang), columns));
        }
        lines.push(Line::default());
    }
    lines.push(context.line(StyleRole::Heading, format!(" {}", context.word(Word::ByNameOnly))));
    let fault = context.app.can(Command::Fault).is_ok().then_some(Command::Fault);
    for command in [Command::Decide(Action::Withdraw), Command::Decide(Action::Revoke)].into_iter().chain(fault) {
        let name = format!(":{}", command.name());
        lines.extend(entry(context, &name, context.keymap.explanation(command, lang), columns));
    }
    lines.push(Line::default());
    lines.push(context.line(StyleRole::Heading, format!(" {}", context.word(Word::Flags))));
    for (marks, meaning) in marks::legend(context) {
        lines.extend(entry(context, &marks, meaning, columns));
    }
    lines
}

fn entry(context: &RenderContext<'_>, keys: &str, words: &str, columns: usize) -> Vec<Line<'static>> {
    let texts = text_layout::wrap(words, columns.saturating_sub(KEYS + 5));
    let mut lines = Vec::with_capacity(texts.len());
    for (at, text) in texts.into_iter().enumerate() {
        let keys = if at == 0 { keys } else { "" };
        lines.push(Line::from(vec![
            Span::raw("   "),
            context.span(StyleRole::Key, text_layout::pad(keys, KEYS)),
            context.span(StyleRole::Text, text),
        ]));
    }
    lines
}

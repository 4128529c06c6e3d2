//! The help page: every key by layer, from the key map; commands without a key; the flags of the list.

use ratatui::text::{Line, Span};

use super::cells;
use super::look::Role;
use super::scene::Scene;
use crate::app::Command;
use crate::domain::Action;
use crate::keys::help;
use crate::text::Word;

const KEYS: usize = 16;

const FLAGS: [(&str, Word); 9] = [
    ("●", Word::FlagUnopened),
    ("Δ", Word::Changed),
    ("!", Word::FlagCare),
    ("⏱5", Word::FlagHeld),
    ("…", Word::FlagSending),
    ("?", Word::FlagUnknown),
    ("✗", Word::FlagFailed),
    ("✓", Word::FlagAccepted),
    ("-", Word::Gone),
];

pub(super) fn lines(scene: &Scene<'_>, columns: usize) -> Vec<Line<'static>> {
    let lang = scene.voice.lang;
    let mut lines = Vec::new();
    for section in help::sections(scene.keymap) {
        lines.push(scene.line(Role::Heading, format!(" {}", scene.keymap.title(section.layer, lang))));
        for row in section.rows {
            let keys: Vec<String> = row.strokes.iter().map(|stroke| stroke.label()).collect();
            lines.extend(entry(scene, &keys.join(" "), scene.keymap.explanation(row.command, lang), columns));
        }
        lines.push(Line::default());
    }
    lines.push(scene.line(Role::Heading, format!(" {}", scene.word(Word::ByNameOnly))));
    let fault = scene.app.can(Command::Fault).is_ok().then_some(Command::Fault);
    for command in [Command::Decide(Action::Withdraw), Command::Decide(Action::Revoke)].into_iter().chain(fault) {
        let name = format!(":{}", command.name());
        lines.extend(entry(scene, &name, scene.keymap.explanation(command, lang), columns));
    }
    lines.push(Line::default());
    lines.push(scene.line(Role::Heading, format!(" {}", scene.word(Word::Flags))));
    for (flag, word) in FLAGS {
        lines.extend(entry(scene, flag, scene.word(word), columns));
    }
    lines
}

fn entry(scene: &Scene<'_>, keys: &str, words: &str, columns: usize) -> Vec<Line<'static>> {
    let texts = cells::wrap(words, columns.saturating_sub(KEYS + 5));
    let mut lines = Vec::with_capacity(texts.len());
    for (at, text) in texts.into_iter().enumerate() {
        let keys = if at == 0 { keys } else { "" };
        lines.push(Line::from(vec![
            Span::raw("   "),
            scene.span(Role::Key, cells::pad(keys, KEYS)),
            scene.span(Role::Text, text),
        ]));
    }
    lines
}

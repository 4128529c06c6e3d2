//! The help page: the marks of the list, the keys of the layer below the page, the rest of the key map, commands without
//! a key, and the user's files.

use ratatui::text::Line;

use super::render_context::RenderContext;
use super::theme::StyleRole;
use super::{marks, text_layout};
use crate::app::search::Words;
use crate::app::{Command, ConfigFile};
use crate::domain::Action;
use crate::keys::help;
use crate::text::{Word, bracketed};

const KEYS: usize = 16;

/// Lines of the page, and those that the search found.
pub(super) struct HelpLines {
    pub(super) lines: Vec<Line<'static>>,
    pub(super) found: Vec<usize>,
}

/// A heading with its entries: keys or marks, and words.
struct Section {
    heading: String,
    entries: Vec<(String, String)>,
}

pub(super) fn lines(context: &RenderContext<'_>, columns: usize) -> HelpLines {
    let search = &context.app.help_search;
    let words = Words::new(&search.words);
    let mut page = HelpLines { lines: Vec::new(), found: Vec::new() };
    for section in sections(context) {
        page.lines.push(context.line(StyleRole::Heading, format!(" {}", section.heading)));
        for (keys, text) in section.entries {
            let is_found = !words.is_empty() && words.are_in_any(&[&keys, &text]);
            let wanted = is_found && page.found.len() == search.at;
            if is_found {
                page.found.push(page.lines.len());
            }
            let plain = words.is_empty() || is_found;
            page.lines.extend(entry(context, &keys, &text, (plain, wanted), columns));
        }
        page.lines.push(Line::default());
    }
    page.lines.pop();
    page
}

fn sections(context: &RenderContext<'_>) -> Vec<Section> {
    let lang = context.localizer.lang;
    let legend = marks::legend(context).map(|(marks, meaning)| (marks, meaning.to_owned()));
    let mut sections = vec![Section { heading: context.word(Word::Flags).to_owned(), entries: legend.collect() }];
    for (layer, lines) in help::page(context.keymap, context.app.layers_below_page()) {
        let entries = lines.into_iter().map(|line| {
            let text = match line.commands[..] {
                [command] => context.keymap.explanation(command, lang).to_owned(),
                _ => line.commands.iter().map(|tab| context.keymap.word(*tab, lang)).collect::<Vec<_>>().join(" · "),
            };
            (line.keys, text)
        });
        sections.push(Section { heading: context.keymap.title(layer, lang).to_owned(), entries: entries.collect() });
    }
    let fault = context.app.can(Command::Fault).is_ok().then_some(Command::Fault);
    let by_name = [Command::Decide(Action::Withdraw), Command::Decide(Action::Revoke)].into_iter().chain(fault);
    let entries = by_name
        .map(|command| (format!(":{}", command.name()), context.keymap.explanation(command, lang).to_owned()))
        .collect();
    sections.push(Section { heading: context.word(Word::ByNameOnly).to_owned(), entries });
    let files = &context.app.files;
    let entries = [(Word::ConfigFile, &files.config), (Word::KeymapFile, &files.keymap)]
        .map(|(word, file)| (context.word(word).to_owned(), path(context, file)));
    sections.push(Section { heading: context.word(Word::Files).to_owned(), entries: entries.into() });
    sections
}

fn path(context: &RenderContext<'_>, file: &ConfigFile) -> String {
    let missing = bracketed(context.localizer.lang, context.word(Word::FileMissing));
    format!("{}{}", file.path.line(), if file.exists { "" } else { &missing })
}

/// `plain`: the entry is not dimmed beside found ones; `wanted`: it is the found one that the page went to.
fn entry(
    context: &RenderContext<'_>,
    keys: &str,
    words: &str,
    (plain, wanted): (bool, bool),
    columns: usize,
) -> Vec<Line<'static>> {
    let roles = if plain { [StyleRole::Key, StyleRole::Text] } else { [StyleRole::Dim, StyleRole::Dim] };
    let texts = text_layout::wrap(words, columns.saturating_sub(KEYS + 5));
    let mut lines = Vec::with_capacity(texts.len());
    for (at, text) in texts.into_iter().enumerate() {
        let (keys, marker) = if at == 0 { (keys, if wanted { " ▸ " } else { "   " }) } else { ("", "   ") };
        lines.push(Line::from(vec![
            context.span(StyleRole::Marker, marker),
            context.span(roles[0], text_layout::pad(keys, KEYS)),
            context.span(roles[1], text),
        ]));
    }
    lines
}

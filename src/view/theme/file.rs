//! A theme's file: roles, each with words for one or more columns.

use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use serde::de::value::{Error, StrDeserializer};
use toml::de::{DeTable, DeValue};

use super::role::{ColorDepth, StyleRole};
use crate::text::ThemeFault;

/// A fault and its line, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThemeError {
    pub line: usize,
    pub fault: ThemeFault,
}

/// The style of a role at one depth.
pub(super) struct ThemeEntry {
    pub(super) role: StyleRole,
    pub(super) depth: ColorDepth,
    pub(super) style: Style,
}

/// The sound entries of a file, and its faults in the order of their lines.
pub(super) fn read(text: &str) -> (Vec<ThemeEntry>, Vec<ThemeError>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let mut faults = Vec::new();
    for error in errors {
        let at = error.span().map_or(0, |span| span.start);
        faults.push((at, ThemeFault::Syntax(error.message().to_owned())));
    }
    let mut entries = Vec::new();
    for (name, columns) in document.get_ref() {
        let Some(columns) = columns.get_ref().as_table() else {
            faults.push((name.span().start, ThemeFault::WrongKind(name.get_ref().to_string())));
            continue;
        };
        for (column, words) in columns {
            match entry(name.get_ref(), column.get_ref(), words.get_ref()) {
                Ok(entry) => entries.push(entry),
                Err(fault) => faults.push((column.span().start, fault)),
            }
        }
    }
    faults.sort_by_key(|(at, _)| *at);
    let faults = faults.into_iter().map(|(at, fault)| ThemeError { line: line_of(at), fault });
    (entries, faults.collect())
}

fn entry(name: &str, column: &str, words: &DeValue<'_>) -> Result<ThemeEntry, ThemeFault> {
    let role = named(name).ok_or_else(|| ThemeFault::UnknownRole(name.to_owned()))?;
    let depth = named(column).ok_or_else(|| ThemeFault::UnknownColumn(column.to_owned()))?;
    let words = words.as_str().ok_or_else(|| ThemeFault::WrongKind(name.to_owned()))?;
    let style = style(words, depth)
        .map_err(|word| ThemeFault::UnknownWord { column: column_name(depth), word: word.to_owned() })?;
    Ok(ThemeEntry { role, depth, style })
}

fn named<'de, T: Deserialize<'de>>(name: &'de str) -> Option<T> {
    T::deserialize(StrDeserializer::<Error>::new(name)).ok()
}

const fn column_name(depth: ColorDepth) -> &'static str {
    match depth {
        ColorDepth::Mono => "mono",
        ColorDepth::Ansi => "ansi",
        ColorDepth::Indexed => "indexed",
    }
}

/// A style in words, or the first word that terminals of this depth cannot show.
fn style(words: &str, depth: ColorDepth) -> Result<Style, &str> {
    let mut style = Style::default();
    let mut behind = false;
    for word in words.split_whitespace() {
        let modifier = match word {
            "bold" => Modifier::BOLD,
            "dim" => Modifier::DIM,
            "italic" => Modifier::ITALIC,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            "on" => {
                behind = true;
                continue;
            }
            color => {
                let color = color.parse().ok().filter(|color| shows(depth, *color)).ok_or(word)?;
                style = if behind { style.bg(color) } else { style.fg(color) };
                continue;
            }
        };
        style = style.add_modifier(modifier);
    }
    Ok(style)
}

const fn shows(depth: ColorDepth, color: Color) -> bool {
    match (depth, color) {
        (ColorDepth::Mono, _) | (_, Color::Rgb(..)) | (ColorDepth::Ansi, Color::Indexed(_)) => false,
        (ColorDepth::Ansi | ColorDepth::Indexed, _) => true,
    }
}

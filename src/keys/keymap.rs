//! The key map: layer × stroke → command. The built-in one is `assets/keymap.toml`; a user's file replaces and unbinds
//! strokes of it, or is refused as a whole with every fault, because falling back silently would change what a key means.

use std::collections::HashMap;

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::stroke::{Key, Stroke};
use crate::app::{Command, Layer};
use crate::domain::Lang;

const STANDARD: &str = include_str!("../../assets/keymap.toml");
/// Tables of the built-in file that are no layers.
const LEGEND: [&str; 3] = ["hints", "titles", "words"];
/// The binding that disables a stroke.
const UNBOUND: &str = "none";
/// Layers in which every command must keep a key: without it a decision could not be made, finished or left.
const COMPLETE: [Layer; 8] = [
    Layer::Deciding,
    Layer::Review,
    Layer::Editor,
    Layer::Position,
    Layer::Picker,
    Layer::Prompt,
    Layer::Issues,
    Layer::Leaving,
];
/// The last byte of cursor keys and their introducer. When a slow line tears an escape sequence apart, they arrive
/// as characters; none of them may decide anything.
const TORN: [char; 6] = ['A', 'B', 'C', 'D', 'O', '['];

/// All bindings, and the words of the help.
#[derive(Clone, Debug)]
pub struct Keymap {
    bindings: Vec<Binding>,
    legend: Legend,
}

/// One stroke of one layer. `line` is that of the user's file; `None` for the built-in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub(super) layer: Layer,
    pub(super) stroke: Stroke,
    pub(super) command: Command,
    line: Option<usize>,
}

/// Words of footer and help for layers and commands.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Legend {
    hints: HashMap<String, Vec<String>>,
    titles: HashMap<String, CommandWords>,
    words: HashMap<String, CommandWords>,
}

/// Words in both languages, short and, where it is worth it, long.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct CommandWords {
    zh: String,
    en: String,
    help_zh: Option<String>,
    help_en: Option<String>,
}

/// Why a key map is refused; `text/` has the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeymapError {
    /// From 1.
    pub line: usize,
    pub kind: KeymapErrorKind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeymapErrorKind {
    /// Not TOML; the parser's words.
    Syntax(String),
    UnknownLayer(String),
    UnknownStroke(String),
    UnknownCommand(String),
    /// A layer that is no table, or a command that is no text.
    WrongKind(String),
    /// The layer binds this stroke on an earlier line.
    BoundTwice {
        layer: Layer,
        stroke: Stroke,
        first: usize,
    },
    /// No key is left for a command that a decision needs.
    NoKeyLeft {
        layer: Layer,
        command: Command,
    },
    /// Enter comes too easily, and from pastes.
    ConfirmOnEnter,
    /// The key that opens a decision would confirm it too.
    ConfirmOpens {
        stroke: Stroke,
        command: Command,
    },
    /// A torn cursor key would decide.
    DecidesWhenTorn {
        stroke: Stroke,
        command: Command,
    },
    /// The character could not be written in this text field.
    TakesText {
        layer: Layer,
        stroke: Stroke,
    },
}

/// One line of a file: a stroke and its binding; `None` disables it.
struct BindingEntry {
    layer: Layer,
    stroke: Stroke,
    command: Option<Command>,
    line: usize,
}

impl Keymap {
    /// The built-in key map.
    ///
    /// # Panics
    /// Never: a test reads the same file.
    #[must_use]
    #[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
    pub fn standard() -> Self {
        let (entries, faults) = read(STANDARD, &LEGEND);
        debug_assert_eq!(faults, []);
        let bindings = entries
            .iter()
            .filter_map(|&BindingEntry { layer, stroke, command, .. }| {
                Some(Binding { layer, stroke, command: command?, line: None })
            })
            .collect();
        Self { bindings, legend: toml::from_str(STANDARD).expect("the built-in legend is complete") }
    }

    /// The built-in key map with a user's file over it.
    ///
    /// # Errors
    /// Every fault of the file, in the order of its lines.
    pub fn with_overrides(text: &str) -> Result<Self, Vec<KeymapError>> {
        let standard = Self::standard();
        let (entries, mut faults) = read(text, &[]);
        let mut keymap = standard.clone();
        for entry in &entries {
            keymap.bindings.retain(|binding| (binding.layer, binding.stroke) != (entry.layer, entry.stroke));
            if let Some(command) = entry.command {
                let BindingEntry { layer, stroke, line, .. } = *entry;
                keymap.bindings.push(Binding { layer, stroke, command, line: Some(line) });
            }
        }
        keymap.contradictions(&standard, &entries, &mut faults);
        if faults.is_empty() {
            return Ok(keymap);
        }
        faults.sort_by_key(|fault| fault.line);
        Err(faults)
    }

    /// The command of a stroke in one layer.
    #[must_use]
    pub fn command(&self, layer: Layer, stroke: Stroke) -> Option<Command> {
        self.bindings.iter().find(|bound| bound.layer == layer && bound.stroke == stroke).map(|bound| bound.command)
    }

    /// The strokes of a command in one layer, in the order of the file.
    pub fn strokes(&self, layer: Layer, command: Command) -> impl Iterator<Item = Stroke> {
        self.bindings
            .iter()
            .filter(move |bound| bound.layer == layer && bound.command == command)
            .map(|bound| bound.stroke)
    }

    /// The first stroke that means `command` when these layers are in force.
    #[must_use]
    pub fn reaches(&self, layers: &[Layer], command: Command) -> Option<Stroke> {
        let means = |stroke| layers.iter().find_map(|layer| self.command(*layer, stroke));
        layers.iter().flat_map(|layer| self.strokes(*layer, command)).find(|stroke| means(*stroke) == Some(command))
    }

    pub(super) fn in_layer(&self, layer: Layer) -> impl Iterator<Item = &Binding> {
        self.bindings.iter().filter(move |bound| bound.layer == layer)
    }

    /// Commands in the footer of a layer, most wanted first.
    pub fn hints(&self, layer: Layer) -> impl Iterator<Item = Command> {
        let named = self.legend.hints.get(layer_name(layer)).map_or(&[][..], Vec::as_slice);
        named.iter().filter_map(|name| Command::named(name))
    }

    #[must_use]
    pub fn title(&self, layer: Layer, lang: Lang) -> &str {
        self.legend.titles.get(layer_name(layer)).map_or("", |words| words.short(lang))
    }

    /// A command in a word or two.
    #[must_use]
    pub fn word(&self, command: Command, lang: Lang) -> &str {
        self.legend.words.get(command.name()).map_or(command.name(), |words| words.short(lang))
    }

    /// A command in a sentence.
    #[must_use]
    pub fn explanation(&self, command: Command, lang: Lang) -> &str {
        self.legend.words.get(command.name()).map_or(command.name(), |words| words.long(lang))
    }

    fn contradictions(&self, standard: &Self, entries: &[BindingEntry], faults: &mut Vec<KeymapError>) {
        let mut add = |line: Option<usize>, kind| faults.push(KeymapError { line: line.unwrap_or(1), kind });
        for bound in &self.bindings {
            let Binding { layer, stroke, command, line } = *bound;
            let decides = matches!(
                command,
                Command::Decide(_)
                    | Command::Confirm
                    | Command::SendAgain
                    | Command::Discard
                    | Command::DiscardAll
                    | Command::LeaveNow
                    | Command::LeaveWhenSent
            );
            if decides && matches!(stroke.key, Key::Char(character) if TORN.contains(&character)) {
                add(line, KeymapErrorKind::DecidesWhenTorn { stroke, command });
            }
            if layer.takes_text() && stroke.typed().is_some() {
                add(line, KeymapErrorKind::TakesText { layer, stroke });
            }
            if command == Command::Confirm {
                if stroke.key == Key::Enter {
                    add(line, KeymapErrorKind::ConfirmOnEnter);
                }
                if let Some(opening) = self.opening(stroke) {
                    add(line.or(opening.line), KeymapErrorKind::ConfirmOpens { stroke, command: opening.command });
                }
            }
        }
        for layer in COMPLETE {
            let mut wanted: Vec<Command> = standard.in_layer(layer).map(|bound| bound.command).collect();
            wanted.dedup();
            for command in wanted {
                let missing = stacks(layer).iter().any(|stack| self.reaches(stack, command).is_none());
                if missing {
                    let taken: Vec<Stroke> = standard.strokes(layer, command).collect();
                    let line = entries.iter().find(|entry| taken.contains(&entry.stroke)).map(|entry| entry.line);
                    add(line, KeymapErrorKind::NoKeyLeft { layer, command });
                }
            }
        }
    }

    fn opening(&self, stroke: Stroke) -> Option<&Binding> {
        self.bindings.iter().find(|bound| bound.stroke == stroke && matches!(bound.command, Command::Decide(_)))
    }
}

impl CommandWords {
    fn short(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    fn long(&self, lang: Lang) -> &str {
        let explained = match lang {
            Lang::Zh => &self.help_zh,
            Lang::En => &self.help_en,
        };
        explained.as_deref().unwrap_or_else(|| self.short(lang))
    }
}

/// The stacks in which a layer's commands must be reachable ([`App::layers`](crate::app::App::layers)).
fn stacks(layer: Layer) -> Vec<Vec<Layer>> {
    let below = [Layer::Deciding, Layer::Moving, Layer::Anywhere];
    match layer {
        Layer::Deciding => [vec![Layer::List], vec![Layer::Process], vec![Layer::Form, Layer::Process]]
            .into_iter()
            .map(|top| top.into_iter().chain(below).collect())
            .collect(),
        other => vec![vec![other]],
    }
}

#[must_use]
pub(crate) fn layer_name(layer: Layer) -> &'static str {
    Layer::ALL.iter().find(|(_, known)| *known == layer).map_or("", |(name, _)| name)
}

/// The entries of a file in the order of its lines, and the faults of the file alone.
fn read(text: &str, skipped: &[&str]) -> (Vec<BindingEntry>, Vec<KeymapError>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let line_of = |at: usize| text.get(..at).map_or(1, |before| before.matches('\n').count() + 1);
    let mut faults: Vec<KeymapError> = errors
        .iter()
        .map(|error| KeymapError {
            line: error.span().map_or(1, |span| line_of(span.start)),
            kind: KeymapErrorKind::Syntax(error.message().to_owned()),
        })
        .collect();
    let mut entries: Vec<BindingEntry> = Vec::new();
    for (name, table) in document.get_ref() {
        let line = line_of(name.span().start);
        let name = name.get_ref().as_ref();
        if skipped.contains(&name) {
            continue;
        }
        let layer = Layer::ALL.iter().find(|(known, _)| *known == name).map(|(_, layer)| *layer);
        match (layer, table.get_ref()) {
            (None, _) => faults.push(KeymapError { line, kind: KeymapErrorKind::UnknownLayer(name.to_owned()) }),
            (Some(layer), DeValue::Table(table)) => {
                for (stroke, command) in table {
                    let line = line_of(stroke.span().start);
                    match entry(layer, stroke.get_ref(), command, line) {
                        Ok(entry) => entries.push(entry),
                        Err(kind) => faults.push(KeymapError { line, kind }),
                    }
                }
            }
            (Some(_), _) => faults.push(KeymapError { line, kind: KeymapErrorKind::WrongKind(name.to_owned()) }),
        }
    }
    entries.sort_by_key(|entry| entry.line);
    let mut kept: Vec<BindingEntry> = Vec::new();
    for entry in entries {
        let BindingEntry { layer, stroke, line, .. } = entry;
        match kept.iter().find(|earlier| (earlier.layer, earlier.stroke) == (layer, stroke)) {
            Some(earlier) => {
                faults.push(KeymapError {
                    line,
                    kind: KeymapErrorKind::BoundTwice { layer, stroke, first: earlier.line },
                });
            }
            None => kept.push(entry),
        }
    }
    (kept, faults)
}

fn entry(
    layer: Layer,
    stroke: &str,
    command: &Spanned<DeValue<'_>>,
    line: usize,
) -> Result<BindingEntry, KeymapErrorKind> {
    let named = command.get_ref().as_str().ok_or_else(|| KeymapErrorKind::WrongKind(stroke.to_owned()))?;
    let stroke = stroke.parse().map_err(|_| KeymapErrorKind::UnknownStroke(stroke.to_owned()))?;
    let command = match named {
        UNBOUND => None,
        _ => Some(Command::named(named).ok_or_else(|| KeymapErrorKind::UnknownCommand(named.to_owned()))?),
    };
    Ok(BindingEntry { layer, stroke, command, line })
}

#[cfg(test)]
mod tests {
    use super::{Keymap, KeymapErrorKind, LEGEND, Layer, STANDARD, Stroke, read};
    use crate::app::Command;
    use crate::app::command::COMMANDS;
    use crate::domain::{Action, Lang};

    fn faults(text: &str) -> Vec<(usize, KeymapErrorKind)> {
        Keymap::with_overrides(text).expect_err("refused").into_iter().map(|fault| (fault.line, fault.kind)).collect()
    }

    #[test]
    fn the_standard_key_map_has_no_fault_and_words_for_everything() {
        assert_eq!(read(STANDARD, &LEGEND).1, []);
        let keymap = Keymap::with_overrides("").expect("nothing contradicts itself");
        for (name, command) in COMMANDS {
            let words = keymap.legend.words.get(*name).unwrap_or_else(|| panic!("words for {name}"));
            assert!(!words.zh.is_empty() && !words.en.is_empty() && words.en.is_ascii(), "{name}");
            assert!(!keymap.explanation(*command, Lang::Zh).is_empty());
        }
        for (name, layer) in Layer::ALL {
            assert!(!keymap.title(layer, Lang::Zh).is_empty(), "{name}");
        }
        for (layer, names) in &keymap.legend.hints {
            assert!(Layer::ALL.iter().any(|(known, _)| known == layer), "{layer}");
            for name in names {
                assert!(Command::named(name).is_some(), "{name}");
            }
        }
    }

    #[test]
    fn a_user_rebinds_and_unbinds() {
        let keymap = Keymap::with_overrides("[deciding]\n\"a\" = \"none\"\n\"x\" = \"approve\"\n").expect("sound");
        let stack = [Layer::List, Layer::Deciding];
        assert_eq!(keymap.reaches(&stack, Command::Decide(Action::Approve)).map(Stroke::label), Some("x".to_owned()));
        assert_eq!(keymap.command(Layer::Deciding, "a".parse().expect("a stroke")), None);
    }

    #[test]
    fn every_fault_is_listed_with_its_line() {
        let text = "[lst]\n\"a\" = \"open\"\n[list]\n\"x\" = \"opne\"\n\"hyper-x\" = \"open\"\n\"z\" = \"open\"\n\"ｚ\" = \"sort\"\n\"w\" = 3\n";
        let stroke = "z".parse().expect("a stroke");
        assert_eq!(
            faults(text),
            [
                (1, KeymapErrorKind::UnknownLayer("lst".into())),
                (4, KeymapErrorKind::UnknownCommand("opne".into())),
                (5, KeymapErrorKind::UnknownStroke("hyper-x".into())),
                (7, KeymapErrorKind::BoundTwice { layer: Layer::List, stroke, first: 6 }),
                (8, KeymapErrorKind::WrongKind("w".into())),
            ]
        );
    }

    #[test]
    fn broken_toml_is_a_fault_and_does_not_hide_the_others() {
        let found = faults("[list]\n\"x\" = \"opne\"\n\"y\" = = \"open\"\n");
        assert!(found.contains(&(2, KeymapErrorKind::UnknownCommand("opne".into()))), "{found:?}");
        assert!(found.iter().any(|(line, kind)| *line == 3 && matches!(kind, KeymapErrorKind::Syntax(_))), "{found:?}");
    }

    #[test]
    fn confirming_by_enter_or_by_an_opening_key_is_refused() {
        assert_eq!(faults("[review]\n\"enter\" = \"confirm\"\n"), [(2, KeymapErrorKind::ConfirmOnEnter)]);
        let stroke = "a".parse().expect("a stroke");
        let command = Command::Decide(Action::Approve);
        assert_eq!(
            faults("[review]\n\"ａ\" = \"confirm\"\n"),
            [(2, KeymapErrorKind::ConfirmOpens { stroke, command })]
        );
        let stroke = "y".parse().expect("a stroke");
        assert_eq!(
            faults("[deciding]\n\"y\" = \"reject\"\n"),
            [(2, KeymapErrorKind::ConfirmOpens { stroke, command: Command::Decide(Action::Reject) })]
        );
    }

    #[test]
    fn a_torn_cursor_key_cannot_decide() {
        for letter in ["A", "B", "C", "D", "O", "["] {
            let stroke = letter.parse().expect("a stroke");
            let command = Command::Decide(Action::Approve);
            assert_eq!(
                faults(&format!("[deciding]\n\"{letter}\" = \"approve\"\n")),
                [(2, KeymapErrorKind::DecidesWhenTorn { stroke, command })]
            );
        }
    }

    #[test]
    fn a_decision_without_a_key_is_refused_be_it_unbound_or_hidden() {
        let missing = KeymapErrorKind::NoKeyLeft { layer: Layer::Deciding, command: Command::Decide(Action::Reject) };
        assert_eq!(faults("[deciding]\n\"r\" = \"none\"\n"), [(2, missing.clone())]);
        assert_eq!(faults("[form]\n\n\"r\" = \"find\"\n"), [(3, missing)]);
        let confirm = KeymapErrorKind::NoKeyLeft { layer: Layer::Review, command: Command::Confirm };
        assert_eq!(faults("[review]\n\"y\" = \"none\"\n"), [(2, confirm)]);
    }

    #[test]
    fn a_text_field_keeps_its_characters() {
        let stroke = "x".parse().expect("a stroke");
        assert_eq!(
            faults("[editor]\n\"x\" = \"finish\"\n"),
            [(2, KeymapErrorKind::TakesText { layer: Layer::Editor, stroke })]
        );
    }
}

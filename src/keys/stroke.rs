//! One stroke of the keyboard in our own words, and its spelling in key maps.

use std::fmt;
use std::str::FromStr;

use crate::domain::narrow;

/// A key without its modifiers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A character as it was typed; upper case is a character of its own.
    Char(char),
    Enter,
    Esc,
    Tab,
    Backspace,
    Delete,
    Up,
    Down,
    Left,
    Right,
    Home,
    End,
    PageUp,
    PageDown,
    /// F1 to F12.
    Function(u8),
}

/// Names of keys in key maps, with their labels in footer and help.
const NAMED: [(&str, Key, &str); 14] = [
    ("enter", Key::Enter, "Enter"),
    ("esc", Key::Esc, "Esc"),
    ("tab", Key::Tab, "Tab"),
    ("backspace", Key::Backspace, "Backspace"),
    ("delete", Key::Delete, "Del"),
    ("space", Key::Char(' '), "Space"),
    ("up", Key::Up, "↑"),
    ("down", Key::Down, "↓"),
    ("left", Key::Left, "←"),
    ("right", Key::Right, "→"),
    ("home", Key::Home, "Home"),
    ("end", Key::End, "End"),
    ("pgup", Key::PageUp, "PgUp"),
    ("pgdn", Key::PageDown, "PgDn"),
];

/// One stroke. Shift is part of a character and a modifier of every other key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stroke {
    pub key: Key,
    pub ctrl: bool,
    pub alt: bool,
    pub shift: bool,
}

impl Stroke {
    #[must_use]
    pub const fn new(key: Key, ctrl: bool, alt: bool, shift: bool) -> Self {
        match key {
            Key::Char(character) => {
                let character = if ctrl { character.to_ascii_lowercase() } else { character };
                Self { key: Key::Char(character), ctrl, alt, shift: false }
            }
            _ => Self { key, ctrl, alt, shift },
        }
    }

    /// A key without modifiers.
    #[must_use]
    pub const fn plain(key: Key) -> Self {
        Self::new(key, false, false, false)
    }

    /// The same stroke with full-width letters, digits and punctuation as their ASCII twins.
    #[must_use]
    pub fn narrow(self) -> Self {
        match self.key {
            Key::Char(character) => Self::new(Key::Char(narrow(character)), self.ctrl, self.alt, self.shift),
            _ => self,
        }
    }

    /// The character that this stroke types into a text field.
    #[must_use]
    pub const fn typed(self) -> Option<char> {
        match self.key {
            Key::Char(character) if !self.ctrl && !self.alt => Some(character),
            _ => None,
        }
    }

    /// How footer and help show it.
    #[must_use]
    pub fn label(self) -> String {
        let mut label = String::new();
        for (held, name) in [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")] {
            if held {
                label.push_str(name);
            }
        }
        match (self.key, NAMED.iter().find(|(_, key, _)| *key == self.key)) {
            (_, Some((_, _, name))) => label.push_str(name),
            (Key::Char(character), None) if self.ctrl => label.push(character.to_ascii_uppercase()),
            (Key::Char(character), None) => label.push(character),
            (Key::Function(number), None) => {
                label.push('F');
                label.push_str(&number.to_string());
            }
            _ => {}
        }
        label
    }
}

/// The spelling of key maps, which [`FromStr`] parses.
impl fmt::Display for Stroke {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [(self.ctrl, "ctrl-"), (self.alt, "alt-"), (self.shift, "shift-")] {
            if held {
                f.write_str(name)?;
            }
        }
        match (self.key, NAMED.iter().find(|(_, key, _)| *key == self.key)) {
            (_, Some((name, _, _))) => f.write_str(name),
            (Key::Char(character), None) => write!(f, "{character}"),
            (Key::Function(number), None) => write!(f, "f{number}"),
            _ => Ok(()),
        }
    }
}

/// The text is not the spelling of a stroke that a terminal can send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAStroke;

impl FromStr for Stroke {
    type Err = NotAStroke;

    fn from_str(text: &str) -> Result<Self, NotAStroke> {
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        loop {
            let held = [("ctrl-", &mut ctrl), ("alt-", &mut alt), ("shift-", &mut shift)];
            let Some((name, flag)) = held.into_iter().find(|(name, _)| starts_with(rest, name)) else { break };
            *flag = true;
            rest = rest.get(name.len()..).ok_or(NotAStroke)?;
        }
        let key = key_named(rest).ok_or(NotAStroke)?;
        let key = match key {
            Key::Char(character) if shift && character.is_ascii_lowercase() => {
                Key::Char(character.to_ascii_uppercase())
            }
            Key::Char(_) if shift => return Err(NotAStroke),
            other => other,
        };
        let stroke = Self::new(key, ctrl, alt, shift).narrow();
        if stroke.is_another_in_disguise() { Err(NotAStroke) } else { Ok(stroke) }
    }
}

impl Stroke {
    /// Terminals send Tab for Ctrl-I, Enter for Ctrl-M and Ctrl-J, Esc for Ctrl-[ and Backspace for Ctrl-H, and Alt
    /// counts for nothing beside Ctrl and a character: a binding to one of these would mean another key than it says.
    fn is_another_in_disguise(self) -> bool {
        self.ctrl && (matches!(self.key, Key::Char('i' | 'm' | 'j' | '[' | 'h')) || self.alt && self.is_character())
    }

    const fn is_character(self) -> bool {
        matches!(self.key, Key::Char(_))
    }
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.len() > prefix.len() && text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn key_named(text: &str) -> Option<Key> {
    let mut characters = text.chars();
    if let (Some(only), None) = (characters.next(), characters.next()) {
        return (!only.is_control()).then_some(Key::Char(only));
    }
    if let Some((_, key, _)) = NAMED.iter().find(|(name, _, _)| name.eq_ignore_ascii_case(text)) {
        return Some(*key);
    }
    let number = text.strip_prefix(['f', 'F'])?.parse().ok()?;
    (1..=12).contains(&number).then_some(Key::Function(number))
}

#[cfg(test)]
mod tests {
    use super::{Key, NotAStroke, Stroke};

    fn stroke(text: &str) -> Stroke {
        text.parse().unwrap_or_else(|_| panic!("{text} is a stroke"))
    }

    #[test]
    fn strokes_are_read_and_written_alike() {
        for text in ["a", "G", "?", "ctrl-r", "alt-b", "shift-tab", "space", "pgdn", "esc", "f12", "-", "ctrl--"] {
            assert_eq!(stroke(text).to_string(), text);
        }
        assert_eq!(stroke("CTRL-R"), stroke("ctrl-r"));
        assert_eq!(stroke("shift-g"), stroke("G"));
        assert_eq!(stroke(" "), stroke("space"));
    }

    #[test]
    fn what_no_terminal_sends_is_no_stroke() {
        for text in
            ["", "ctrl-", "meta-x", "foo", "f13", "shift-?", "ctrl-m", "ctrl-i", "ctrl-[", "ctrl-alt-x", "\u{1b}"]
        {
            assert_eq!(text.parse::<Stroke>(), Err(NotAStroke), "{text:?}");
        }
    }

    #[test]
    fn full_width_characters_count_as_their_ascii_twins() {
        for (wide, ascii) in [('ａ', 'a'), ('Ｇ', 'G'), ('？', '?'), ('：', ':'), ('１', '1'), ('！', '!'), ('、', '/')]
        {
            assert_eq!(Stroke::plain(Key::Char(wide)).narrow(), Stroke::plain(Key::Char(ascii)));
        }
        assert_eq!(Stroke::plain(Key::Char('\u{3000}')).narrow(), stroke("space"));
        assert_eq!(Stroke::plain(Key::Char('审')).narrow(), Stroke::plain(Key::Char('审')));
    }

    #[test]
    fn labels_are_what_is_printed_on_keys() {
        assert_eq!(stroke("ctrl-r").label(), "Ctrl-R");
        assert_eq!(stroke("pgdn").label(), "PgDn");
        assert_eq!(stroke("space").label(), "Space");
        assert_eq!(stroke("G").label(), "G");
    }
}

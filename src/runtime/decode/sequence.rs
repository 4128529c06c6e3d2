//! Control sequences to strokes: the encodings of xterm, of the keypad, and of the extended keyboard protocols that
//! another program may have left on.
//!
//! Those are kitty's (`CSI code:shifted:base;modifiers:event;text u`, <https://sw.kovidgoyal.net/kitty/keyboard-protocol/>)
//! and xterm's modifyOtherKeys (`CSI 27;modifiers;code ~`, <https://invisible-island.net/xterm/modified-keys.html>).
//! A stroke reads as the legacy encoding would have given it: text as typed, Ctrl-M as Enter, Ctrl-[ as Esc. What has
//! no legacy encoding, such as a key with Super, gives nothing.

use super::input::KeyInput;
use crate::keys::{Key, Stroke};

/// Kind of a complete sequence.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    Keys(Vec<KeyInput>),
    PasteBegins,
    PasteEnds,
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Introducer {
    /// `ESC [`
    Csi,
    /// `ESC O`: the keypad and the cursor keys in application mode.
    Ss3,
    /// `ESC [ [`: function keys of the Linux console.
    Console,
}

/// Modifiers of a key.
#[expect(clippy::struct_excessive_bools, reason = "each is a key of its own")]
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Modifiers {
    pub(super) shift: bool,
    pub(super) alt: bool,
    pub(super) ctrl: bool,
    /// Caps Lock is on.
    pub(super) caps: bool,
}

impl Modifiers {
    const SHIFT: u32 = 1;
    const ALT: u32 = 2;
    const CTRL: u32 = 4;
    const CAPS_LOCK: u32 = 64;
    const NUM_LOCK: u32 = 128;

    /// The modifier parameter: one more than a set of bits. `None` with Super, Hyper or Meta, and for anything else that
    /// is no such parameter.
    fn from_parameter(parameter: u32) -> Option<Self> {
        let bits = parameter.saturating_sub(1);
        let known = Self::SHIFT | Self::ALT | Self::CTRL | Self::CAPS_LOCK | Self::NUM_LOCK;
        (bits & !known == 0).then_some(Self {
            shift: bits & Self::SHIFT != 0,
            alt: bits & Self::ALT != 0,
            ctrl: bits & Self::CTRL != 0,
            caps: bits & Self::CAPS_LOCK != 0,
        })
    }
}

/// Event of a key. A release gives nothing.
#[derive(Clone, Copy)]
enum Press {
    First,
    Repeat,
}

/// Parameters of a sequence: groups between `;`, members of a group between `:`. Absent ones are 0.
struct Parameters(Vec<Vec<u32>>);

impl Parameters {
    /// `None` when there is more than numbers in the body: a private sequence, or one with intermediate bytes.
    fn read(body: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let number = |digits: &str| match digits {
            "" => Some(0),
            _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => digits.parse().ok(),
            _ => None,
        };
        let group = |group: &str| group.split(':').map(number).collect::<Option<Vec<u32>>>();
        text.split(';').map(group).collect::<Option<Vec<_>>>().map(Self)
    }

    fn group(&self, index: usize) -> &[u32] {
        self.0.get(index).map(Vec::as_slice).unwrap_or_default()
    }

    fn member(&self, group: usize, member: usize) -> u32 {
        self.group(group).get(member).copied().unwrap_or_default()
    }

    /// Modifiers and event, which always are the second group. `None` where no key was pressed that counts.
    fn pressed(&self) -> Option<(Modifiers, Press)> {
        let press = match self.member(1, 1) {
            0 | 1 => Press::First,
            2 => Press::Repeat,
            _ => return None,
        };
        Some((Modifiers::from_parameter(self.member(1, 0))?, press))
    }
}

/// Meaning of a complete sequence. `last` is its final byte.
pub(super) fn meaning(introducer: Introducer, body: &[u8], last: u8) -> Meaning {
    match (introducer, last, body) {
        (Introducer::Csi, b'~', b"200") => Meaning::PasteBegins,
        (Introducer::Csi, b'~', b"201") => Meaning::PasteEnds,
        _ => keys(introducer, body, last).map_or(Meaning::Nothing, Meaning::Keys),
    }
}

fn keys(introducer: Introducer, body: &[u8], last: u8) -> Option<Vec<KeyInput>> {
    let parameters = Parameters::read(body)?;
    let (modifiers, press) = parameters.pressed()?;
    let first = parameters.member(0, 0);
    let strokes = match (introducer, last) {
        (Introducer::Console, b'A'..=b'E') => vec![Stroke::plain(Key::Function(last - b'A' + 1))],
        (Introducer::Ss3, _) => {
            // Old terminals write the modifiers alone: `ESC O 5 A`.
            let modifiers = if parameters.group(1).is_empty() { Modifiers::from_parameter(first)? } else { modifiers };
            vec![match last {
                b'M' => of_key(Key::Enter, modifiers),
                b'I' => of_key(Key::Tab, modifiers),
                _ => letter_key(last)
                    .map(|key| of_key(key, modifiers))
                    .or_else(|| keypad(keypad_char(last)?, modifiers))?,
            }]
        }
        (Introducer::Csi, b'u') => extended(&parameters, modifiers),
        (Introducer::Csi, b'~') if first == 27 => vec![of_code(parameters.member(2, 0), modifiers)?],
        (Introducer::Csi, b'~') => vec![of_key(number_key(first)?, modifiers)],
        (Introducer::Csi, b'Z') => vec![Stroke::new(Key::Tab, false, false, true)],
        // A cursor report is `row;columnR`, the key `1;modifierR`.
        (Introducer::Csi, _) if first <= 1 => vec![of_key(letter_key(last)?, modifiers)],
        (Introducer::Console | Introducer::Csi, _) => return None,
    };
    let input = match press {
        Press::First => KeyInput::Stroke,
        Press::Repeat => KeyInput::Repeat,
    };
    Some(strokes.into_iter().map(input).collect())
}

/// `CSI code:shifted:base;modifiers:event;text u`.
fn extended(parameters: &Parameters, modifiers: Modifiers) -> Vec<Stroke> {
    let text = parameters.group(2);
    if !modifiers.ctrl && !modifiers.alt && text.iter().any(|code| *code != 0) {
        return text.iter().filter_map(|code| printable(*code)).map(|c| Stroke::plain(Key::Char(c))).collect();
    }
    let [code, shifted, base] = [0, 1, 2].map(|member| parameters.member(0, member));
    let stroke = match (printable(code), printable(shifted), printable(base)) {
        // On a layout of another script, Ctrl goes with the Latin letter of the same key.
        (Some(own), _, Some(latin)) if modifiers.ctrl && !own.is_ascii() => of_char(latin, modifiers),
        (Some(_), Some(shifted), _) if modifiers.shift => of_char(shifted, modifiers),
        _ => of_code(code, modifiers),
    };
    stroke.into_iter().collect()
}

fn printable(code: u32) -> Option<char> {
    // Kitty numbers keys without a character in the private use area, those of the keypad among them.
    char::from_u32(code).filter(|c| !c.is_control() && *c != char::REPLACEMENT_CHARACTER && !is_private(code))
}

const fn is_private(code: u32) -> bool {
    matches!(code, 0xE000..=0xF8FF | 0xFFFE | 0xFFFF)
}

/// A key by the number that both protocols give it.
fn of_code(code: u32, modifiers: Modifiers) -> Option<Stroke> {
    let key = match code {
        8 | 127 => Key::Backspace,
        9 => Key::Tab,
        13 | 57414 => Key::Enter,
        27 => Key::Esc,
        57417 => Key::Left,
        57418 => Key::Right,
        57419 => Key::Up,
        57420 => Key::Down,
        57421 => Key::PageUp,
        57422 => Key::PageDown,
        57423 => Key::Home,
        57424 => Key::End,
        57426 => Key::Delete,
        57399..=57408 => return keypad(char::from_digit(code - 57399, 10)?, modifiers),
        57409 => return keypad('.', modifiers),
        57410 => return keypad('/', modifiers),
        57411 => return keypad('*', modifiers),
        57412 => return keypad('-', modifiers),
        57413 => return keypad('+', modifiers),
        57415 => return keypad('=', modifiers),
        57416 => return keypad(',', modifiers),
        _ => return of_char(printable(code)?, modifiers),
    };
    Some(of_key(key, modifiers))
}

/// A key without a character, with the modifiers that its legacy encoding can tell.
pub(super) const fn of_key(key: Key, modifiers: Modifiers) -> Stroke {
    match key {
        Key::Esc => Stroke::plain(key),
        Key::Enter | Key::Backspace => Stroke::new(key, false, modifiers.alt, false),
        Key::Tab => Stroke::new(key, false, modifiers.alt, modifiers.shift),
        _ => Stroke::new(key, modifiers.ctrl, modifiers.alt, modifiers.shift),
    }
}

/// A key with a character. `None` where Ctrl makes nothing of it that a terminal could send.
fn of_char(character: char, modifiers: Modifiers) -> Option<Stroke> {
    let typed = if modifiers.shift { shifted(character) } else { character };
    let typed = if modifiers.caps { inverted(typed) } else { typed };
    if modifiers.ctrl {
        return match control_byte(typed) {
            Some(byte) => of_control(byte, modifiers.alt),
            None => Some(Stroke::new(Key::Char(typed), true, false, false)),
        };
    }
    Some(Stroke::new(Key::Char(typed), false, modifiers.alt, false))
}

/// A key of the keypad, whose character Shift does not change.
fn keypad(character: char, modifiers: Modifiers) -> Option<Stroke> {
    of_char(character, Modifiers { shift: false, ..modifiers })
}

/// A control byte as the key that sends it. Beside Ctrl, Alt counts for nothing: `ESC ^C` may be two keys that a slow
/// line brought together, and Ctrl-C has to work.
pub(super) fn of_control(byte: u8, alt: bool) -> Option<Stroke> {
    let key = |key| Some(Stroke::new(key, false, alt, false));
    let ctrl = |character| Some(Stroke::new(Key::Char(character), true, false, false));
    match byte {
        b'\r' | b'\n' => key(Key::Enter),
        b'\t' => key(Key::Tab),
        0x08 | 0x7F => key(Key::Backspace),
        0x1B => Some(Stroke::plain(Key::Esc)),
        0x00 => ctrl(' '),
        0x01..=0x1A => ctrl(char::from(b'a' - 1 + byte)),
        0x1C..=0x1F => ctrl(char::from(b'4' - 0x1C + byte)),
        _ => None,
    }
}

/// The byte that Ctrl and this character send.
const fn control_byte(character: char) -> Option<u8> {
    Some(match character {
        'a'..='z' => character as u8 - b'a' + 1,
        'A'..='Z' => character as u8 - b'A' + 1,
        ' ' | '2' | '@' => 0x00,
        '3' | '[' => 0x1B,
        '4' | '\\' => 0x1C,
        '5' | ']' => 0x1D,
        '6' | '^' | '~' => 0x1E,
        '7' | '/' | '_' => 0x1F,
        '8' | '?' => 0x7F,
        _ => return None,
    })
}

/// The character with Shift. Outside letters the layout is not known: that of the United States, which Chinese keyboards
/// have too. A character that has been shifted already stays as it is.
fn shifted(character: char) -> char {
    const KEYS: &str = "`1234567890-=[]\\;',./";
    const SHIFTED: &str = "~!@#$%^&*()_+{}|:\"<>?";
    KEYS.find(character).and_then(|at| SHIFTED.get(at..)?.chars().next()).unwrap_or_else(|| upper(character))
}

fn upper(character: char) -> char {
    only(character.to_uppercase(), character)
}

fn inverted(character: char) -> char {
    if character.is_lowercase() { upper(character) } else { only(character.to_lowercase(), character) }
}

fn only(mut mapped: impl Iterator<Item = char>, otherwise: char) -> char {
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => otherwise,
    }
}

/// Keys whose sequence ends in a letter, after `CSI` or `ESC O`.
const fn letter_key(letter: u8) -> Option<Key> {
    Some(match letter {
        b'A' => Key::Up,
        b'B' => Key::Down,
        b'C' => Key::Right,
        b'D' => Key::Left,
        b'F' => Key::End,
        b'H' => Key::Home,
        b'P' => Key::Function(1),
        b'Q' => Key::Function(2),
        b'R' => Key::Function(3),
        b'S' => Key::Function(4),
        _ => return None,
    })
}

/// Keys of the keypad in application mode, after `ESC O`.
fn keypad_char(letter: u8) -> Option<char> {
    Some(match letter {
        b'j'..=b'o' => char::from(letter - b'j' + b'*'),
        b'p'..=b'y' => char::from(letter - b'p' + b'0'),
        b'X' => '=',
        _ => return None,
    })
}

/// Keys whose sequence is a number and `~`.
fn number_key(number: u32) -> Option<Key> {
    let function = |gap: u32| u8::try_from(number - gap).ok().map(Key::Function);
    match number {
        1 | 7 => Some(Key::Home),
        3 => Some(Key::Delete),
        4 | 8 => Some(Key::End),
        5 => Some(Key::PageUp),
        6 => Some(Key::PageDown),
        11..=15 => function(10),
        17..=21 => function(11),
        23 | 24 => function(12),
        _ => None,
    }
}

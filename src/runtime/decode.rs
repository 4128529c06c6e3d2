//! Bytes of the terminal to strokes and pastes.
//!
//! The bytes are read here and not by crossterm, for three of its habits that matter where a key decides something: it
//! reads for ever from a terminal that is gone (crossterm#793), it leaves what goes beyond 1,024 bytes of one read
//! lying until the next key, and it turns the terminal's answers to queries into letters. Nor by `vte`, which reads the
//! output of programs: its numbers end at 65,535, it knows no mouse report and forgets an escape before another one.
//! The grammar is ECMA-48's; a sequence is read or swallowed whole, and never leaves a letter behind.

mod input;
mod sequence;

pub use input::KeyInput;
use sequence::{Introducer, Meaning};

use crate::keys::{Key, Stroke};

/// Longest paste that is kept, in bytes; far beyond the longest text that can be sent.
const PASTE_LIMIT: usize = 64 * 1024;
/// Longest sequence that is read, in bytes: kitty's carries the text of an input method. A longer one is swallowed.
const SEQUENCE_LIMIT: usize = 1024;

/// Unfinished state after the bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    Nothing,
    /// An escape: the key itself, or the beginning of a sequence.
    Escape,
    /// The beginning of a sequence, or an escape that counted as the key and may have been one.
    Sequence,
    /// A paste without its end.
    Paste,
}

/// Position in the grammar after the bytes so far.
#[derive(Debug)]
enum DecoderState {
    Ground,
    /// In a character of more than one byte.
    Character {
        bytes: Vec<u8>,
        alt: bool,
    },
    Escape,
    Sequence {
        introducer: Introducer,
        body: Vec<u8>,
        torn: bool,
    },
    /// In a mouse report of the old kind: this many characters are left. `lead`: the last byte may begin one of two.
    Mouse {
        left: u8,
        lead: bool,
    },
    /// In a string, such as an answer to a query.
    String,
    /// An escape in a string: its end, or the beginning of something else.
    StringEscape,
    /// An escape has counted as the key: the rest of a sequence may be late.
    Torn,
    /// The same, and a byte that begins a string if it is no key.
    TornString(u8),
}

/// Keeps the unfinished end of one read of the terminal for the next.
pub(super) struct Decoder {
    state: DecoderState,
    paste: Option<String>,
    out: Vec<KeyInput>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { state: DecoderState::Ground, paste: None, out: Vec::new() }
    }
}

impl Decoder {
    /// Takes the bytes of one read.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<KeyInput> {
        for byte in bytes {
            self.take_byte(*byte);
        }
        std::mem::take(&mut self.out)
    }

    pub(super) const fn pending(&self) -> Pending {
        match self.state {
            _ if self.paste.is_some() => Pending::Paste,
            DecoderState::Ground | DecoderState::Character { .. } => Pending::Nothing,
            DecoderState::Escape | DecoderState::TornString(_) => Pending::Escape,
            DecoderState::Sequence { .. }
            | DecoderState::Mouse { .. }
            | DecoderState::String
            | DecoderState::StringEscape
            | DecoderState::Torn => Pending::Sequence,
        }
    }

    /// Nothing followed in time: an escape was the key, a sequence is dropped, a paste is over.
    pub(super) fn give_up(&mut self) -> Vec<KeyInput> {
        let state = std::mem::replace(&mut self.state, DecoderState::Ground);
        match state {
            _ if self.paste.is_some() => self.end_paste(),
            DecoderState::Escape => {
                self.push(Stroke::plain(Key::Esc));
                self.state = DecoderState::Torn;
            }
            DecoderState::TornString(byte) => self.push(Stroke::plain(Key::Char(char::from(byte)))),
            _ => {}
        }
        std::mem::take(&mut self.out)
    }

    fn take_byte(&mut self, byte: u8) {
        self.state = match std::mem::replace(&mut self.state, DecoderState::Ground) {
            DecoderState::Ground => self.ground(byte),
            DecoderState::Character { bytes, alt } => self.character(bytes, alt, byte),
            DecoderState::Escape | DecoderState::StringEscape => self.escape(byte),
            DecoderState::Sequence { introducer, body, torn } => self.sequence(introducer, body, torn, byte),
            DecoderState::Mouse { left, lead } => self.mouse(left, lead, byte),
            DecoderState::String => self.string(byte),
            DecoderState::Torn => self.torn(byte),
            DecoderState::TornString(first) => self.torn_string(first, byte),
        };
    }

    fn ground(&mut self, byte: u8) -> DecoderState {
        match byte {
            0x1B => return DecoderState::Escape,
            0x00..0x20 | 0x7F => self.control(byte, false),
            0x20..0x7F => self.typed(char::from(byte), false),
            0x80.. => return self.character(Vec::new(), false, byte),
        }
        DecoderState::Ground
    }

    /// A byte of a character of more than one; what is no UTF-8 means nothing.
    fn character(&mut self, mut bytes: Vec<u8>, alt: bool, byte: u8) -> DecoderState {
        let first = bytes.is_empty();
        bytes.push(byte);
        match std::str::from_utf8(&bytes) {
            Ok(text) => text.chars().for_each(|character| self.typed(character, alt)),
            Err(error) if error.error_len().is_none() => return DecoderState::Character { bytes, alt },
            // This byte does not continue the character, and may begin something of its own.
            Err(_) if !first => return self.ground(byte),
            Err(_) => {}
        }
        DecoderState::Ground
    }

    fn escape(&mut self, byte: u8) -> DecoderState {
        match byte {
            0x1B => {
                self.push(Stroke::plain(Key::Esc));
                return DecoderState::Escape;
            }
            b'[' => return DecoderState::Sequence { introducer: Introducer::Csi, body: Vec::new(), torn: false },
            b'O' => return DecoderState::Sequence { introducer: Introducer::Ss3, body: Vec::new(), torn: false },
            b']' | b'P' | b'X' | b'^' | b'_' => return DecoderState::String,
            // The end of an answer of the terminal.
            b'\\' => {}
            0x00..0x20 | 0x7F => self.control(byte, true),
            0x20..0x7F => self.typed(char::from(byte), true),
            0x80.. => return self.character(Vec::new(), true, byte),
        }
        DecoderState::Ground
    }

    fn sequence(&mut self, introducer: Introducer, mut body: Vec<u8>, torn: bool, byte: u8) -> DecoderState {
        match byte {
            0x1B => return DecoderState::Escape,
            // Cancel: ends a sequence in a terminal's input, and so in its output.
            0x18 | 0x1A => {
                self.control(byte, false);
                return DecoderState::Ground;
            }
            0x00..0x20 => self.control(byte, false),
            0x20..0x40 => {
                if body.len() <= SEQUENCE_LIMIT {
                    body.push(byte);
                }
            }
            0x40..0x7F => return self.end_sequence(introducer, &body, torn, byte),
            0x7F.. => {}
        }
        DecoderState::Sequence { introducer, body, torn }
    }

    fn end_sequence(&mut self, introducer: Introducer, body: &[u8], torn: bool, last: u8) -> DecoderState {
        // In a paste nothing may reach beyond its end.
        if introducer == Introducer::Csi && body.is_empty() && self.paste.is_none() {
            match last {
                b'[' => return DecoderState::Sequence { introducer: Introducer::Console, body: Vec::new(), torn },
                b'M' => return DecoderState::Mouse { left: 3, lead: false },
                // Reports of a selection by the mouse.
                b't' => return DecoderState::Mouse { left: 2, lead: false },
                b'T' => return DecoderState::Mouse { left: 6, lead: false },
                _ => {}
            }
        }
        if body.len() > SEQUENCE_LIMIT {
            return DecoderState::Ground;
        }
        match sequence::meaning(introducer, body, last) {
            // Swallowing this one would make keys of what was pasted.
            Meaning::PasteBegins => self.paste = Some(self.paste.take().unwrap_or_default()),
            Meaning::PasteEnds => self.end_paste(),
            Meaning::Keys(inputs) if !torn && self.paste.is_none() => self.out.extend(inputs),
            Meaning::Keys(_) | Meaning::Nothing => {}
        }
        DecoderState::Ground
    }

    /// Positions come as any byte, or as one character of UTF-8; nothing tells which. A report that stays short of a
    /// byte takes the next key, which is better than leaving a key that no one pressed.
    fn mouse(&mut self, left: u8, lead: bool, byte: u8) -> DecoderState {
        match byte {
            0x1B => DecoderState::Escape,
            0x80..0xC0 if lead => Self::mouse_left(left, false),
            _ if left == 0 => self.ground(byte),
            _ => Self::mouse_left(left - 1, matches!(byte, 0xC2..0xE0)),
        }
    }

    const fn mouse_left(left: u8, lead: bool) -> DecoderState {
        if left == 0 && !lead { DecoderState::Ground } else { DecoderState::Mouse { left, lead } }
    }

    fn string(&mut self, byte: u8) -> DecoderState {
        match byte {
            0x1B => DecoderState::StringEscape,
            0x07 => DecoderState::Ground,
            0x18 | 0x1A => {
                self.control(byte, false);
                DecoderState::Ground
            }
            _ => DecoderState::String,
        }
    }

    fn torn(&mut self, byte: u8) -> DecoderState {
        match byte {
            b'[' => DecoderState::Sequence { introducer: Introducer::Csi, body: Vec::new(), torn: true },
            b'O' => DecoderState::Sequence { introducer: Introducer::Ss3, body: Vec::new(), torn: true },
            b']' | b'P' | b'_' => DecoderState::TornString(byte),
            _ => self.ground(byte),
        }
    }

    /// Strings that terminals answer with begin like this: colours, names and settings, pictures.
    fn torn_string(&mut self, first: u8, byte: u8) -> DecoderState {
        match (first, byte) {
            (b']', b'0'..=b'9') | (b'P', b'0'..=b'9' | b'>' | b'!' | b'$' | b'+') | (b'_', b'G') => {
                DecoderState::String
            }
            _ => {
                self.push(Stroke::plain(Key::Char(char::from(first))));
                self.ground(byte)
            }
        }
    }

    fn typed(&mut self, character: char, alt: bool) {
        if self.paste.is_some() {
            self.pasted(character);
        } else if !character.is_control() && character != char::REPLACEMENT_CHARACTER {
            self.push(Stroke::new(Key::Char(character), false, alt, false));
        }
    }

    fn control(&mut self, byte: u8, alt: bool) {
        if self.paste.is_some() {
            self.pasted(char::from(byte));
        } else if let Some(stroke) = sequence::of_control(byte, alt) {
            self.push(stroke);
        }
    }

    fn push(&mut self, stroke: Stroke) {
        if self.paste.is_none() {
            self.out.push(KeyInput::Stroke(stroke));
        }
    }

    fn end_paste(&mut self) {
        if let Some(text) = self.paste.take() {
            self.out.push(KeyInput::Paste(text.replace("\r\n", "\n").replace('\r', "\n")));
        }
    }

    fn pasted(&mut self, character: char) {
        if let Some(text) = &mut self.paste
            && text.len() + character.len_utf8() <= PASTE_LIMIT
        {
            text.push(character);
        }
    }
}

#[cfg(test)]
mod tests;

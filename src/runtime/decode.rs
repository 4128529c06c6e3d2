//! Bytes of the terminal to strokes and pastes.
//!
//! The bytes are read here and not by crossterm, for three of its habits that matter where a key decides something: it
//! reads for ever from a terminal that is gone (crossterm#793), it leaves what goes beyond 1,024 bytes of one read
//! lying until the next key, and it turns the terminal's answers to queries into letters. `vte` knows the grammar of
//! escape sequences; whatever is not a key is swallowed whole.

use vte::{Params, Parser, Perform};

use crate::keys::{Key, Stroke};

/// Longest paste that is kept, in bytes; far beyond the longest text that can be sent.
const PASTE_LIMIT: usize = 64 * 1024;

/// What was typed or pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Input {
    Stroke(Stroke),
    /// Line ends are `\n`.
    Paste(String),
}

/// What the bytes so far leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pending {
    Nothing,
    /// An escape: the key itself, or the beginning of a sequence.
    Escape,
    /// The beginning of a sequence.
    Sequence,
    /// A paste without its end.
    Paste,
}

/// Keeps what one read of the terminal leaves unfinished for the next.
pub(super) struct Decoder {
    parser: Parser,
    keys: Keys,
    pending: Pending,
}

impl Default for Decoder {
    fn default() -> Self {
        Self { parser: Parser::new(), keys: Keys::default(), pending: Pending::Nothing }
    }
}

impl Decoder {
    /// Takes the bytes of one read.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<Input> {
        for byte in bytes {
            self.take_byte(*byte);
        }
        std::mem::take(&mut self.keys.out)
    }

    pub(super) const fn pending(&self) -> Pending {
        self.pending
    }

    /// Nothing followed in time: an escape was the key, a sequence is dropped, a paste is over.
    pub(super) fn give_up(&mut self) -> Vec<Input> {
        match self.pending {
            Pending::Nothing | Pending::Sequence => {}
            Pending::Escape => self.keys.key(Key::Esc),
            Pending::Paste => self.keys.end_paste(),
        }
        self.parser = Parser::new();
        self.keys.introduced = false;
        self.pending = Pending::Nothing;
        std::mem::take(&mut self.keys.out)
    }

    fn take_byte(&mut self, byte: u8) {
        // Escape twice is the key and the beginning of something else; the parser would forget the first.
        if byte == 0x1B && self.pending == Pending::Escape {
            self.keys.key(Key::Esc);
        }
        // The parser ignores DEL after an escape.
        if byte == 0x7F && self.pending == Pending::Escape {
            self.parser = Parser::new();
            self.keys.push(Key::Backspace, Held { alt: true, ..Held::default() });
            self.pending = Pending::Nothing;
            return;
        }
        self.keys.finished = false;
        self.parser.advance(&mut self.keys, &[byte]);
        self.pending = match byte {
            _ if self.keys.introduced => Pending::Sequence,
            _ if self.keys.finished => Pending::Nothing,
            0x1B => Pending::Escape,
            _ if self.pending != Pending::Nothing && self.pending != Pending::Paste => Pending::Sequence,
            _ => Pending::Nothing,
        };
        if self.pending == Pending::Nothing && self.keys.paste.is_some() {
            self.pending = Pending::Paste;
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Held {
    ctrl: bool,
    alt: bool,
    shift: bool,
}

impl Held {
    /// The modifier parameter of xterm: one more than a set of bits.
    const fn from_parameter(parameter: u16) -> Self {
        let bits = parameter.saturating_sub(1);
        Self { shift: bits & 1 != 0, alt: bits & 2 != 0, ctrl: bits & 4 != 0 }
    }
}

/// Receives what the parser recognises.
#[derive(Default)]
struct Keys {
    out: Vec<Input>,
    paste: Option<String>,
    /// `ESC O` has been seen: the next character names a key.
    introduced: bool,
    /// The parser came to the end of something.
    finished: bool,
}

impl Keys {
    fn push(&mut self, key: Key, held: Held) {
        if self.paste.is_none() {
            self.out.push(Input::Stroke(Stroke::new(key, held.ctrl, held.alt, held.shift)));
        }
    }

    fn key(&mut self, key: Key) {
        self.push(key, Held::default());
    }

    fn end_paste(&mut self) {
        if let Some(text) = self.paste.take() {
            self.out.push(Input::Paste(text.replace("\r\n", "\n").replace('\r', "\n")));
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

impl Perform for Keys {
    fn print(&mut self, character: char) {
        self.finished = true;
        if self.paste.is_some() {
            self.pasted(character);
        } else if std::mem::take(&mut self.introduced) {
            if let Some(key) = letter_key(character) {
                self.key(key);
            }
        } else if character == '\u{7F}' {
            self.key(Key::Backspace);
        } else if character != char::REPLACEMENT_CHARACTER {
            self.key(Key::Char(character));
        }
    }

    fn execute(&mut self, byte: u8) {
        self.finished = true;
        self.introduced = false;
        if self.paste.is_some() {
            return self.pasted(char::from(byte));
        }
        let ctrl = Held { ctrl: true, ..Held::default() };
        match byte {
            b'\r' | b'\n' => self.key(Key::Enter),
            b'\t' => self.key(Key::Tab),
            0x08 | 0x7F => self.key(Key::Backspace),
            0x00 => self.push(Key::Char(' '), ctrl),
            0x01..=0x1A => self.push(Key::Char(char::from(b'a' - 1 + byte)), ctrl),
            0x1C..=0x1F => self.push(Key::Char(char::from(b'4' - 0x1C + byte)), ctrl),
            _ => {}
        }
    }

    fn csi_dispatch(&mut self, params: &Params, intermediates: &[u8], ignore: bool, action: char) {
        self.finished = true;
        let parameter = |index: usize| params.iter().nth(index).and_then(|sub| sub.first()).copied().unwrap_or(0);
        if ignore || !intermediates.is_empty() {
            return;
        }
        match (action, parameter(0)) {
            ('~', 200) => self.paste = Some(String::new()),
            ('~', 201) => self.end_paste(),
            ('~', number) => {
                if let Some(key) = number_key(number) {
                    self.push(key, Held::from_parameter(parameter(1)));
                }
            }
            ('Z', _) => self.push(Key::Tab, Held { shift: true, ..Held::default() }),
            // A cursor report is `row;columnR`; the key is `1;modifierR`.
            (letter, number) => {
                if let Some(key) = letter_key(letter).filter(|_| number <= 1) {
                    self.push(key, Held::from_parameter(parameter(1)));
                }
            }
        }
    }

    fn esc_dispatch(&mut self, intermediates: &[u8], _ignore: bool, byte: u8) {
        self.finished = true;
        match byte {
            b'O' if intermediates.is_empty() => self.introduced = true,
            // The end of an answer of the terminal.
            b'\\' => {}
            b' '..=b'~' if intermediates.is_empty() => {
                self.push(Key::Char(char::from(byte)), Held { alt: true, ..Held::default() });
            }
            _ => {}
        }
    }

    fn osc_dispatch(&mut self, _params: &[&[u8]], _bell_terminated: bool) {
        self.finished = true;
    }

    fn unhook(&mut self) {
        self.finished = true;
    }
}

/// Keys whose sequence ends in a letter, after `CSI` or `ESC O`.
const fn letter_key(letter: char) -> Option<Key> {
    Some(match letter {
        'A' => Key::Up,
        'B' => Key::Down,
        'C' => Key::Right,
        'D' => Key::Left,
        'F' => Key::End,
        'H' => Key::Home,
        'M' => Key::Enter,
        'P' => Key::Function(1),
        'Q' => Key::Function(2),
        'R' => Key::Function(3),
        'S' => Key::Function(4),
        _ => return None,
    })
}

/// Keys whose sequence is a number and `~`.
fn number_key(number: u16) -> Option<Key> {
    let function = |gap: u16| u8::try_from(number - gap).ok().map(Key::Function);
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

#[cfg(test)]
mod tests {
    use super::{Decoder, Input, Pending};
    use crate::keys::Stroke;

    /// What the bytes, read at once, mean: strokes in the spelling of key maps, pastes in quotes.
    fn read(bytes: impl AsRef<[u8]>) -> String {
        let mut decoder = Decoder::default();
        let mut inputs = decoder.take(bytes.as_ref());
        inputs.extend(decoder.give_up());
        words(&inputs)
    }

    fn words(inputs: &[Input]) -> String {
        let word = |input: &Input| match input {
            Input::Stroke(stroke) => stroke.to_string(),
            Input::Paste(text) => format!("{text:?}"),
        };
        inputs.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn printable_characters_and_controls_are_strokes() {
        assert_eq!(read("aG?审 \r\t\x7f"), "a G ? 审 space enter tab backspace");
        assert_eq!(read([0x03, 0x04, 0x0C, 0x1A, 0x00]), "ctrl-c ctrl-d ctrl-l ctrl-z ctrl-space");
    }

    #[test]
    fn cursor_and_function_keys_are_known_in_both_modes() {
        assert_eq!(
            read("\x1b[A\x1bOB\x1b[H\x1b[4~\x1b[5~\x1b[6~\x1b[3~\x1b[Z"),
            "up down home end pgup pgdn delete shift-tab"
        );
        assert_eq!(read("\x1b[1;5C\x1b[1;3D\x1bOP\x1b[15~\x1b[24~"), "ctrl-right alt-left f1 f5 f12");
    }

    #[test]
    fn an_escape_is_a_key_only_when_nothing_follows() {
        assert_eq!(read("\x1b"), "esc");
        assert_eq!(read("\x1b\x1b"), "esc esc");
        assert_eq!(read("\x1b\x1b[A"), "esc up");
        assert_eq!(read("\x1bb\x1b\x7f"), "alt-b alt-backspace");
    }

    #[test]
    fn a_sequence_torn_by_a_slow_line_is_put_together_again() {
        for whole in ["\x1b[B", "\x1bOB", "\x1b[6~", "\x1b[1;5C", "审"] {
            for at in 1..whole.len() {
                let (first, rest) = whole.as_bytes().split_at(at);
                let mut decoder = Decoder::default();
                assert_eq!(decoder.take(first), []);
                assert_eq!(words(&decoder.take(rest)), read(whole), "{whole:?} torn after {at}");
                assert_eq!(decoder.pending(), Pending::Nothing);
            }
        }
    }

    #[test]
    fn answers_of_the_terminal_are_not_keys() {
        assert_eq!(read("\x1b]11;rgb:aaaa/bbbb/cccc\x1b\\a"), "a");
        assert_eq!(read("\x1b]11;rgb:aaaa/bbbb/cccc\x07a"), "a");
        assert_eq!(read("\x1b[24;80R\x1b[?62;22c\x1b[>0;276;0c\x1b[I\x1b[<0;5;5Ma"), "a");
        assert_eq!(read("\x1bP>|tmux 3.3a\x1b\\a"), "a");
    }

    #[test]
    fn what_stays_unfinished_is_given_up_and_later_keys_count_again() {
        for torn in ["\x1b[", "\x1b[1;", "\x1bO", "\x1b]0;title", "\x1bPq"] {
            let mut decoder = Decoder::default();
            assert_eq!(decoder.take(torn.as_bytes()), [], "{torn:?}");
            assert_eq!(decoder.pending(), Pending::Sequence, "{torn:?}");
            assert_eq!(decoder.give_up(), [], "{torn:?}");
            assert_eq!(words(&decoder.take(b"j")), "j", "{torn:?}");
        }
    }

    #[test]
    fn a_paste_is_one_thing_whatever_it_holds() {
        assert_eq!(read("\x1b[200~ay\r\nU\rq\x1b[201~j"), r#""ay\nU\nq" j"#);
        assert_eq!(read("\x1b[200~a\x1b[Ab\x1b]0;t\x07c\x1b[201~"), r#""abc""#);
        let mut decoder = Decoder::default();
        assert_eq!(decoder.take(b"\x1b[200~ay"), []);
        assert_eq!(decoder.pending(), Pending::Paste);
        assert_eq!(decoder.take(b"more\x1b[20"), []);
        assert_eq!(words(&decoder.take(b"1~")), r#""aymore""#);
        assert_eq!(decoder.pending(), Pending::Nothing);
    }

    #[test]
    fn a_paste_without_end_ends_in_silence_and_a_huge_one_is_cut() {
        let mut decoder = Decoder::default();
        decoder.take(b"\x1b[200~text");
        assert_eq!(words(&decoder.give_up()), r#""text""#);
        let huge = decoder.take(format!("\x1b[200~{}\x1b[201~", "字".repeat(100_000)).as_bytes());
        let [Input::Paste(text)] = &huge[..] else { panic!("one paste") };
        assert!(text.len() <= super::PASTE_LIMIT && text.chars().all(|c| c == '字'));
    }

    #[test]
    fn bytes_that_are_no_text_mean_nothing() {
        assert_eq!(read([0xFF, 0xFE, b'a', 0xC0, 0x80, 0xE5, b'b', 0x80]), "a b");
    }

    #[test]
    fn a_stroke_of_every_kind_is_one_that_key_maps_can_name() {
        for bytes in ["a", "\x01", "\x1b[A", "\x1b[15~", "\x1bx"] {
            let spelt = read(bytes);
            assert!(spelt.parse::<Stroke>().is_ok(), "{spelt}");
        }
    }
}

//! One linear pass over an answer before the parser, so that damage in one text does not make the whole answer
//! unreadable.
//!
//! Half a surrogate pair and bytes that are not UTF-8 become private-use characters that name them; a value nested too
//! deep becomes an object of one member that holds its text. Different damage stays different.

use std::borrow::Cow;

use serde_json::{Value as Json, json};

use crate::domain::clean::{INVALID_BYTE, LONE_SURROGATE};

/// Levels of nesting that are read; the parser's own bound is 128.
const DEEPEST: usize = 100;
/// Values that any answer may hold, and bytes for each further one. They bound memory: a parsed value takes 70 to 350
/// bytes with its reading, so an answer takes at most 24 MB and 40 times its size.
const VALUES_FREE: usize = 65_536;
const BYTES_A_VALUE: usize = 8;

/// The answer holds more values than its size can explain.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooDense;

/// Parses an answer with its damage marked. `None`: it is not JSON, or holds more values than its size can explain.
#[must_use]
pub fn parse(bytes: &[u8]) -> Option<Json> {
    serde_json::from_str(&mark(bytes).ok()?).ok()
}

/// Marks damaged text; returns an undamaged answer unchanged.
pub(super) fn mark(bytes: &[u8]) -> Result<Cow<'_, str>, TooDense> {
    let text = valid(bytes);
    let marked = Scan::new(&text).run(bytes.len())?;
    Ok(marked.map_or(text, Cow::Owned))
}

/// Replaces bytes that are not UTF-8 by text.
fn valid(bytes: &[u8]) -> Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Cow::Borrowed(text);
    }
    let mut text = String::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().filter_map(|byte| char::from_u32(INVALID_BYTE + u32::from(*byte))));
    }
    Cow::Owned(text)
}

struct Scan<'a> {
    text: &'a str,
    /// Made with the first damage; holds everything up to `copied`.
    out: Option<String>,
    copied: usize,
    depth: usize,
    values: usize,
}

impl<'a> Scan<'a> {
    const fn new(text: &'a str) -> Self {
        Self { text, out: None, copied: 0, depth: 0, values: 1 }
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn run(mut self, length: usize) -> Result<Option<String>, TooDense> {
        let mut at = 0;
        while let Some(byte) = self.byte(at) {
            at = match byte {
                b'"' => self.string(at + 1),
                b'{' | b'[' if self.depth >= DEEPEST => self.deep(at),
                b'{' | b'[' => {
                    self.depth += 1;
                    self.values += 1;
                    at + 1
                }
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    at + 1
                }
                b',' => {
                    self.values += 1;
                    at + 1
                }
                _ => at + 1,
            };
        }
        if self.values > VALUES_FREE + length / BYTES_A_VALUE {
            return Err(TooDense);
        }
        let rest = self.text.get(self.copied..).unwrap_or_default();
        Ok(self.out.map(|out| out + rest))
    }

    /// Puts `instead` in place of `from..to`.
    fn replace(&mut self, from: usize, to: usize, instead: &str) {
        let kept = self.text.get(self.copied..from).unwrap_or_default();
        let out = self.out.get_or_insert_with(|| String::with_capacity(self.text.len() + 64));
        out.push_str(kept);
        out.push_str(instead);
        self.copied = to;
    }

    /// Returns the end of the string that begins here, after marking half pairs in it.
    fn string(&mut self, mut at: usize) -> usize {
        while let Some(byte) = self.byte(at) {
            match byte {
                b'"' => return at + 1,
                b'\\' if self.byte(at + 1) == Some(b'u') => at = self.escape(at),
                b'\\' => at += 2,
                _ => at += 1,
            }
        }
        at
    }

    /// Reads `\uXXXX`: both halves of a pair, or one half, which is marked.
    fn escape(&mut self, at: usize) -> usize {
        let Some(unit) = self.unit(at) else { return at + 2 };
        match unit {
            0xD800..=0xDBFF if matches!(self.unit(at + 6), Some(0xDC00..=0xDFFF)) => at + 12,
            0xD800..=0xDFFF => {
                let mark = char::from_u32(LONE_SURROGATE + unit).map(String::from).unwrap_or_default();
                self.replace(at, at + 6, &mark);
                at + 6
            }
            _ => at + 6,
        }
    }

    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).ok())?
    }

    /// Returns the end of the object or list that begins here, after moving its text into a flat object.
    fn deep(&mut self, from: usize) -> usize {
        let (mut at, mut open) = (from, 0_usize);
        while let Some(byte) = self.byte(at) {
            at = match byte {
                b'"' => skip_string(self.text.as_bytes(), at + 1),
                b'{' | b'[' => {
                    open += 1;
                    at + 1
                }
                b'}' | b']' => {
                    open -= 1;
                    at + 1
                }
                _ => at + 1,
            };
            if open == 0 {
                let text = self.text.get(from..at).unwrap_or_default();
                self.replace(from, at, &json!({ "…": text }).to_string());
                return at;
            }
        }
        at
    }
}

fn skip_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::{Json, TooDense, mark};
    use crate::domain::CleanText;

    fn shown(bytes: &[u8]) -> String {
        let marked = mark(bytes).expect("not dense");
        let json: Json = serde_json::from_str(&marked).expect("JSON");
        CleanText::new(json.as_str().expect("a text")).to_string()
    }

    #[test]
    fn half_a_pair_and_a_foreign_byte_are_named() {
        assert_eq!(shown(br#""a\ud83d\u0021""#), "a<U+D83D>!");
        assert_eq!(shown(br#""\ude00""#), "<U+DE00>");
        assert_eq!(shown(br#""\ud83d\ud83d\ude00""#), "<U+D83D>😀");
        assert_eq!(shown(b"\"\xFFa\xE4\xBD\""), "<0xFF>a<0xE4><0xBD>");
    }

    #[test]
    fn whole_text_is_handed_through() {
        for text in [r#""\ud83d\ude00""#, r#""\\ud83d""#, r#"{"a":["\"","}"]}"#, "", "{"] {
            assert!(matches!(mark(text.as_bytes()), Ok(std::borrow::Cow::Borrowed(same)) if same == text), "{text}");
        }
    }

    #[test]
    fn text_below_the_deepest_level_stays_different() {
        let nested = |inner: &str| format!("{}{inner}{}", "[".repeat(500), "]".repeat(500));
        let read = |text: &str| serde_json::from_str::<Json>(&mark(text.as_bytes()).unwrap()).unwrap();
        assert_ne!(read(&nested("1")), read(&nested("2")));
        assert_eq!(read(r#"{"a":[1],"b":2}"#), json!({"a": [1], "b": 2}));
    }

    #[test]
    fn an_answer_of_bare_commas_is_refused_before_it_is_parsed() {
        assert_eq!(mark(format!("[{}1]", "1,".repeat(4_000_000)).as_bytes()), Err(TooDense));
        assert!(mark(format!("[{}1]", "1,".repeat(60_000)).as_bytes()).is_ok());
        assert!(mark(format!("[{}1]", "12345678,".repeat(900_000)).as_bytes()).is_ok());
    }

    proptest! {
        /// The pass ends for all bytes, and readable JSON reads the same after it.
        #[test]
        fn what_is_readable_stays_as_it_is(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let marked = mark(&bytes).expect("short");
            if let Ok(json) = serde_json::from_slice::<Json>(&bytes) {
                prop_assert_eq!(serde_json::from_str::<Json>(&marked).ok(), Some(json));
            }
        }

        /// Damage anywhere in a text leaves the rest legible, and two damages stay different.
        #[test]
        fn damage_stays_in_its_place(before in "[a-z]{0,8}", after in "[a-z]{0,8}", one in 0xD800_u32..0xE000, two in 0xD800_u32..0xE000) {
            let text = |unit: u32| shown(format!("\"{before}\\u{unit:04x}{after}\"").as_bytes());
            prop_assert!(text(one).starts_with(&before) && text(one).ends_with(&after));
            prop_assert_eq!(text(one) == text(two), one == two);
        }
    }
}

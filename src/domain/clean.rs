//! [`CleanText`]: text of the platform that may be shown. Server text enters the program as this or not at all.
//!
//! A terminal obeys what it is sent: escape sequences move the cursor, bidirectional overrides turn a file name round,
//! zero-width characters hide text. Each such character becomes a visible placeholder and is counted, so that the
//! reader sees that something was there. Nothing is dropped in silence but presentation selectors, whose only effect
//! would be a column that terminals disagree on.

use std::fmt::{self, Write};
use std::sync::Arc;

use icu_properties::props::{
    BidiControl, DefaultIgnorableCodePoint, EmojiModifier, ExtendedPictographic, GeneralCategory, VariationSelector,
};
use icu_properties::{CodePointMapData, CodePointSetData};

/// Where damage of an answer is kept until it is shown: half a surrogate pair at this plus its code unit, a byte that is
/// no UTF-8 at this plus its value. Both lie in the last private-use plane.
pub const LONE_SURROGATE: u32 = 0x10_0000;
pub const INVALID_BYTE: u32 = 0x10_F700;

/// Combining marks kept on one base character; more would climb into the rows above and below.
const MARKS_PER_BASE: usize = 2;

/// Text without control, bidirectional-override or invisible characters. Lines are separated by `\n`.
#[derive(Clone, Default)]
pub struct CleanText {
    text: Arc<str>,
    replaced: u32,
}

impl CleanText {
    /// Cleans `raw`. Idempotent in its text: what was cleaned once stays as it is.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        if raw.is_ascii() && !raw.bytes().any(|byte| byte.is_ascii_control()) {
            return Self { text: raw.into(), replaced: 0 };
        }
        let mut cleaner = Cleaner::default();
        let mut characters = raw.chars().peekable();
        while let Some(character) = characters.next() {
            if character == '\r' && characters.peek() == Some(&'\n') {
                continue;
            }
            cleaner.take(character, characters.peek().copied());
        }
        Self { text: cleaner.out.into(), replaced: cleaner.replaced }
    }

    /// Cleans a text that was clean before, and keeps the count of characters that were made visible then.
    #[must_use]
    pub fn again(text: &str, replaced: u32) -> Self {
        let clean = Self::new(text);
        Self { replaced: clean.replaced.max(replaced), ..clean }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Number of characters that were made visible. Shown beside the text, because their author put them there.
    #[must_use]
    pub const fn replaced(&self) -> u32 {
        self.replaced
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The text on one line: line breaks become a space.
    #[must_use]
    pub fn line(&self) -> std::borrow::Cow<'_, str> {
        if self.text.contains('\n') { self.text.replace('\n', " ").into() } else { (&*self.text).into() }
    }
}

/// Foreign text on one clean line.
#[must_use]
pub fn clean_line(raw: &str) -> String {
    CleanText::new(raw).line().into_owned()
}

// Two texts are equal when the reader cannot tell them apart.
impl PartialEq for CleanText {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for CleanText {}

impl std::hash::Hash for CleanText {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl fmt::Debug for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.text, f)
    }
}

impl fmt::Display for CleanText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl From<&str> for CleanText {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

#[derive(Default)]
struct Cleaner {
    out: String,
    replaced: u32,
    marks: usize,
    pictograph: bool,
}

impl Cleaner {
    fn take(&mut self, character: char, next: Option<char>) {
        let pictograph_before = std::mem::take(&mut self.pictograph);
        match character {
            '\n' | '\u{2028}' | '\u{2029}' => self.base('\n'),
            '\t' => self.base(' '),
            '\u{200D}' if pictograph_before && next.is_some_and(is_pictograph) => self.pictograph = true,
            _ if CodePointSetData::new::<VariationSelector>().contains(character) => {
                self.pictograph = pictograph_before;
            }
            _ if pictograph_before && CodePointSetData::new::<EmojiModifier>().contains(character) => {
                self.pictograph = true;
            }
            _ if is_hidden(character) => self.placeholder(character),
            _ if is_mark(character) => {
                self.marks += 1;
                if self.marks > MARKS_PER_BASE || self.out.is_empty() || self.out.ends_with('\n') {
                    self.placeholder(character);
                } else {
                    self.out.push(character);
                }
            }
            _ => {
                self.base(character);
                self.pictograph = is_pictograph(character);
            }
        }
    }

    fn base(&mut self, character: char) {
        self.marks = 0;
        self.out.push(character);
    }

    /// C0 controls have pictures of their own (U+2400 …); other characters show their number.
    fn placeholder(&mut self, character: char) {
        self.replaced += 1;
        let number = u32::from(character);
        match char::from_u32(0x2400 + number) {
            Some(picture) if number < 0x20 => self.out.push(picture),
            _ if number == 0x7F => self.out.push('\u{2421}'),
            _ => {
                let written = match number {
                    0x10_D800..=0x10_DFFF => write!(self.out, "<U+{:04X}>", number - LONE_SURROGATE),
                    0x10_F780..=0x10_F7FF => write!(self.out, "<0x{:02X}>", number - INVALID_BYTE),
                    _ => write!(self.out, "<U+{number:04X}>"),
                };
                debug_assert!(written.is_ok(), "writing to a String cannot fail");
            }
        }
    }
}

fn category(character: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(character)
}

fn is_hidden(character: char) -> bool {
    matches!(
        category(character),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Unassigned
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    ) || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
        || CodePointSetData::new::<BidiControl>().contains(character)
}

fn is_mark(character: char) -> bool {
    matches!(category(character), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

fn is_pictograph(character: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(character)
}

#[cfg(test)]
mod tests {
    use super::CleanText;

    #[test]
    fn escape_sequences_and_c1_become_visible_and_are_counted() {
        let text = CleanText::new("请通过\u{1b}[2J\u{9b}31m\u{7}\u{7f}");
        assert_eq!(text.as_str(), "请通过␛[2J<U+009B>31m␇␡");
        assert_eq!(text.replaced(), 4);
    }

    #[test]
    fn bidi_overrides_and_zero_width_characters_become_visible() {
        let text = CleanText::new("abc\u{202e}gpj.exe\u{200b}\u{feff}\u{2066}");
        assert_eq!(text.as_str(), "abc<U+202E>gpj.exe<U+200B><U+FEFF><U+2066>");
        assert_eq!(text.replaced(), 4);
    }

    #[test]
    fn emoji_are_reduced_to_what_every_terminal_draws_alike() {
        assert_eq!(CleanText::new("👩\u{200d}💻 👍🏽 ❤\u{fe0f}").as_str(), "👩💻 👍 ❤");
        assert_eq!(CleanText::new("a\u{200d}b").as_str(), "a<U+200D>b");
    }

    #[test]
    fn line_breaks_stay_and_marks_are_capped() {
        assert_eq!(CleanText::new("一\r\n二\u{2028}三\tx").as_str(), "一\n二\n三 x");
        let climbing = CleanText::new("e\u{301}\u{302}\u{303}");
        assert_eq!(climbing.as_str(), "e\u{301}\u{302}<U+0303>");
    }

    #[test]
    fn cleaning_twice_changes_nothing() {
        let once = CleanText::new("\u{1b}]52;c;x\u{7}\u{202e}👩\u{200d}💻e\u{301}\u{302}\u{303}");
        assert_eq!(CleanText::new(once.as_str()).as_str(), once.as_str());
    }
}

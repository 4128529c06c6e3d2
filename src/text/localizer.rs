//! The language, the keys and the time that sentences are made with.

use std::borrow::Cow;

use unicode_width::UnicodeWidthChar;

use super::Word;
use crate::app::Layer;
use crate::domain::{CleanText, Decision, Failure, Lang, Millis, Target};
use crate::keys::Keymap;

/// Columns of a name in a sentence; a longer one loses its middle and stands whole on the page of its request.
pub(super) const LONG_NAME: usize = 40;

/// Whether a key typed a character that takes two columns, as input methods of Chinese do.
pub(super) fn is_wide(key: &CleanText) -> bool {
    key.as_str().chars().any(|character| character.width() == Some(2))
}

/// Speaks one language, and knows the keys and what time it is.
#[derive(Clone, Copy, Debug)]
pub struct Localizer<'a> {
    pub lang: Lang,
    pub keymap: &'a Keymap,
    pub zone: &'a jiff::tz::TimeZone,
    pub now: Millis,
    /// Layers of key bindings in force where it is heard, topmost first.
    pub layers: &'a [Layer],
    /// The organisation is simulated: its journal ends with the program.
    pub simulated: bool,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    Good,
    Plain,
    /// Something did not work and nothing is lost.
    Careful,
    /// Something failed: it is shown whole.
    Bad,
}

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    pub tone: Severity,
    pub text: String,
    /// Code and log id of the platform, for support.
    pub reference: Option<String>,
}

/// How a notice is told.
#[derive(Clone, Copy, Debug)]
pub(super) struct NoticeStyle<'a> {
    pub(super) localizer: &'a Localizer<'a>,
    /// State of the approver's text.
    pub(super) kept: &'a str,
    /// Names the people of a decision, where nothing else on screen does.
    pub(super) whole: bool,
}

impl NoticeStyle<'_> {
    /// State of the approver's text, behind `before`; empty without a text.
    pub(super) fn kept(&self, decision: &Decision, before: &str) -> String {
        if decision.opinion().is_empty() { String::new() } else { format!("{before}{}", self.kept) }
    }
}

/// How a decision stands that left and whose outcome is not known.
pub(super) const fn sent(failure: &Failure) -> Word {
    if failure.is_answered() { Word::SentUndecided } else { Word::SentUnanswered }
}

/// A person's words on a request, for a notice, without the figures of a sensitive one.
pub(super) fn quoted<'t>(target: &Target, words: &'t CleanText) -> Cow<'t, str> {
    let line = words.line();
    if target.high_care { crate::domain::mask::conceal(&line).into_owned().into() } else { line }
}

/// A remark behind a word, in the brackets of the language.
#[must_use]
pub fn bracketed(lang: Lang, remark: &str) -> String {
    match lang {
        Lang::Zh => format!("（{remark}）"),
        Lang::En => format!(" ({remark})"),
    }
}

/// The platform's own words behind `before`, if it said any. Their full stop is the sentence's.
pub(super) fn with_words(before: &str, words: &CleanText) -> String {
    if words.is_empty() { String::new() } else { format!("{before}{}", words.line().trim_end_matches(['.', '。'])) }
}

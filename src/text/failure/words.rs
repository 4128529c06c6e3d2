//! A failure in words: what happened, what it means, what helps.

use crate::domain::Lang;

/// A failure in words. Every part is a whole sentence or empty; the log id is shown beside it by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureExplanation {
    pub happened: String,
    pub meaning: String,
    /// What helps, by the name of the command.
    pub press: String,
}

/// The same three parts in both languages: one that is missing does not compile.
#[derive(Clone, Copy, Debug)]
pub(super) struct FailureWords {
    pub(super) zh: [&'static str; 3],
    pub(super) en: [&'static str; 3],
}

impl FailureWords {
    pub(super) fn speak(self, lang: Lang) -> FailureExplanation {
        let [happened, meaning, press] = match lang {
            Lang::Zh => self.zh,
            Lang::En => self.en,
        };
        FailureExplanation { happened: happened.to_owned(), meaning: meaning.to_owned(), press: press.to_owned() }
    }
}

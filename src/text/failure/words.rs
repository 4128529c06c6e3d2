//! A failure in words: what happened, what it means, what helps.

use serde::Deserialize;

use crate::domain::Lang;

/// A failure in words. Every part is a whole sentence or empty; the log id is shown beside it by the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureExplanation {
    pub happened: String,
    pub meaning: String,
    /// Help, by the name of the command.
    pub press: String,
}

/// The same three parts in both languages: a missing one does not compile, nor does it load.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) struct FailureWords<S = &'static str> {
    pub(super) zh: [S; 3],
    pub(super) en: [S; 3],
}

impl<S: AsRef<str>> FailureWords<S> {
    pub(super) fn speak(&self, lang: Lang) -> FailureExplanation {
        let parts = match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        };
        let [happened, meaning, press] = parts.each_ref().map(|part| part.as_ref().to_owned());
        FailureExplanation { happened, meaning, press }
    }
}

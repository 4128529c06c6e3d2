//! Text in two languages, and the choice between them.

use super::CleanText;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// The value of the option `lang`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en-US",
        }
    }
}

/// Text in two languages; either side may be empty (protocol.md#i18n).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct I18n {
    pub zh: CleanText,
    pub en: CleanText,
}

impl I18n {
    /// Both languages alike, for text that has only one form.
    #[must_use]
    pub fn same(text: CleanText) -> Self {
        Self { zh: text.clone(), en: text }
    }

    /// The text in `lang`, or in the other language when that one is empty. Empty only when both are.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &CleanText {
        let (first, second) = match lang {
            Lang::Zh => (&self.zh, &self.en),
            Lang::En => (&self.en, &self.zh),
        };
        if first.is_empty() { second } else { first }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

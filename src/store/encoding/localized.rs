//! Texts in both languages as JSON.

use serde::{Deserialize, Serialize};

use crate::domain::I18n;

/// A text in both languages, without the empty ones.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct LocalizedJson {
    #[serde(skip_serializing_if = "String::is_empty")]
    zh: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    en: String,
}

impl LocalizedJson {
    pub(super) fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

impl From<&I18n> for LocalizedJson {
    fn from(text: &I18n) -> Self {
        Self { zh: text.zh.as_str().to_owned(), en: text.en.as_str().to_owned() }
    }
}

impl From<LocalizedJson> for I18n {
    fn from(text: LocalizedJson) -> Self {
        Self { zh: text.zh.as_str().into(), en: text.en.as_str().into() }
    }
}

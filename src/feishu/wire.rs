//! Lenient reading of the platform's JSON: whatever a member holds, it is read as what it should be or as nothing.
//!
//! Absent, `null`, `""`, `[]` and `{}` all mean nothing (API page, H 14); numbers come as numbers or as text (H 5, H 6);
//! unknown members are ignored. No shape of an answer is an error here: what is missing is empty.

use serde_json::Value as Json;

use crate::domain::process::Links;
use crate::domain::{CleanText, I18n, Millis, PersonId};

static NOTHING: Json = Json::Null;

/// One place in an answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a>(pub &'a Json);

impl<'a> Node<'a> {
    /// The member of this name, or nothing.
    pub fn get(self, name: &str) -> Self {
        Self(self.0.get(name).unwrap_or(&NOTHING))
    }

    /// Absent, or one of the platform's ways to say "nothing".
    pub fn is_nothing(self) -> bool {
        match self.0 {
            Json::Null => true,
            Json::String(text) => text.is_empty(),
            Json::Array(entries) => entries.is_empty(),
            Json::Object(members) => members.is_empty(),
            Json::Bool(_) | Json::Number(_) => false,
        }
    }

    pub fn entries(self) -> impl Iterator<Item = Self> {
        self.0.as_array().into_iter().flatten().map(Self)
    }

    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.0.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), Self(value)))
    }

    /// Text as it came, for ids: a number counts as its digits.
    pub fn raw(self) -> String {
        match self.0 {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => String::new(),
        }
    }

    /// Text to be shown.
    pub fn text(self) -> CleanText {
        match self.0 {
            Json::String(text) => CleanText::new(text),
            Json::Number(number) => CleanText::new(&number.to_string()),
            _ => CleanText::default(),
        }
    }

    /// A whole number, written as number or text.
    pub fn int(self) -> Option<i64> {
        match self.0 {
            Json::Number(number) => number.as_i64(),
            Json::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    pub fn flag(self) -> Option<bool> {
        self.0.as_bool()
    }

    /// A time in milliseconds. `"0"` means that there is none (API page, B.3).
    pub fn millis(self) -> Option<Millis> {
        self.int().filter(|millis| *millis != 0).map(Millis)
    }

    /// Text in two languages, in any of the three spellings (API page, H 9).
    pub fn i18n(self) -> I18n {
        if let Json::String(_) = self.0 {
            return I18n::same(self.text());
        }
        let mut label = I18n { zh: self.first(&["zh_cn", "zh-CN"]), en: self.first(&["en_us", "en-US"]) };
        for entry in self.entries() {
            match entry.get("lang").raw().as_str() {
                "zh-CN" | "zh_cn" => label.zh = entry.get("value").text(),
                "en-US" | "en_us" => label.en = entry.get("value").text(),
                _ => {}
            }
        }
        label
    }

    fn first(self, names: &[&str]) -> CleanText {
        names.iter().map(|name| self.get(name).text()).find(|text| !text.is_empty()).unwrap_or_default()
    }

    pub fn person(self) -> Option<PersonId> {
        let id = self.raw();
        (!id.is_empty()).then(|| PersonId::new(id))
    }

    pub fn links(self) -> Links {
        Links {
            web: self.get("web_link").text(),
            pc: self.get("pc_link").text(),
            mobile: self.get("mobile_link").text(),
        }
    }
}

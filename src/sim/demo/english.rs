//! The demo's running text in English.

use std::collections::HashMap;
use std::sync::LazyLock;

use toml::Value;

/// Chinese text to its English twin.
#[expect(clippy::expect_used, reason = "the file is part of the program; a test reads it")]
static TEXTS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../assets/demo/english.toml")).expect("the table of English texts is sound")
});

/// A script with every known text in English.
pub(super) fn translated(script: Value) -> Value {
    match script {
        Value::String(text) => Value::String(TEXTS.get(&text).cloned().unwrap_or(text)),
        Value::Array(items) => Value::Array(items.into_iter().map(translated).collect()),
        Value::Table(members) => {
            Value::Table(members.into_iter().map(|(name, value)| (name, translated(value))).collect())
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::TEXTS;

    /// Strings of the scripts that hold running text in Chinese; names of people and bilingual ones have their own form.
    fn running_texts() -> BTreeSet<String> {
        fn collect(value: &toml::Value, texts: &mut BTreeSet<String>) {
            match value {
                toml::Value::String(text) => {
                    let is_name =
                        text.split_once(' ').is_some_and(|(_, rest)| rest.chars().all(|c| c.is_ascii_alphabetic()));
                    if text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) && !text.contains(" | ") && !is_name
                    {
                        texts.insert(text.clone());
                    }
                }
                toml::Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
                toml::Value::Table(members) => members.values().for_each(|value| collect(value, texts)),
                _ => {}
            }
        }
        let mut texts = BTreeSet::new();
        for script in super::super::PENDING.iter().chain([&super::super::PAST, &super::super::CROWD]) {
            collect(&toml::from_str(script).unwrap(), &mut texts);
        }
        texts
    }

    #[test]
    fn every_running_text_has_an_english_twin_of_the_same_form() {
        let texts = running_texts();
        let missing: Vec<&String> = texts.iter().filter(|text| !TEXTS.contains_key(*text)).collect();
        let unused: Vec<&String> = TEXTS.keys().filter(|text| !texts.contains(*text)).collect();
        assert!(missing.is_empty() && unused.is_empty(), "{missing:#?} {unused:#?}");
        for (chinese, english) in TEXTS.iter() {
            for mark in ['~', '{', '}', '|'] {
                assert_eq!(chinese.matches(mark).count(), english.matches(mark).count(), "{chinese}");
            }
        }
    }
}

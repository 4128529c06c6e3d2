//! Matching of typed words against Chinese and Latin text: substring, full pinyin and initials, in any mixture.

use std::borrow::Cow;
use std::sync::LazyLock;

use ib_matcher::matcher::{IbMatcher, PinyinMatchConfig};
use ib_matcher::pinyin::{PinyinData, PinyinNotation};
use ib_matcher::unicode::case::StrCaseExt;

const NOTATIONS: PinyinNotation = PinyinNotation::Ascii.union(PinyinNotation::AsciiFirstLetter);

static PINYIN: LazyLock<PinyinData> = LazyLock::new(|| PinyinData::new(NOTATIONS));

/// Words of a query, all of which must be found. No words match everything.
pub struct Words(Vec<IbMatcher<'static>>);

impl Words {
    #[must_use]
    pub fn new(query: &str) -> Self {
        // Folded first: the matcher takes a pattern apart by the lengths of its characters before and after folding,
        // and panics where they differ.
        Self(query.to_simple_or_ascii_fold_case().split_whitespace().map(matcher).collect())
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every word occurs in `text`.
    #[must_use]
    pub fn are_in(&self, text: &str) -> bool {
        self.0.iter().all(|word| word.is_match(text))
    }

    /// Every word occurs in one of the texts.
    #[must_use]
    pub fn are_in_any(&self, texts: &[&str]) -> bool {
        self.0.iter().all(|word| texts.iter().any(|text| word.is_match(*text)))
    }
}

/// The text as search compares it: without regard to case.
pub(super) fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        text.into()
    } else {
        text.to_simple_or_ascii_fold_case().into()
    }
}

fn matcher(word: &str) -> IbMatcher<'static> {
    let pinyin = PinyinMatchConfig::builder(NOTATIONS).data(&PINYIN).build();
    IbMatcher::builder(word).pinyin(pinyin).build()
}

impl std::fmt::Debug for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Words").field(&self.0.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::Words;

    #[test]
    fn initials_full_pinyin_and_mixtures_find_a_name() {
        for query in ["张三", "zs", "zhangs", "zsan", "张s"] {
            assert!(Words::new(query).are_in("休假申请 张三 年假"), "{query}");
        }
        assert!(!Words::new("ls").are_in("张三"));
    }

    #[test]
    fn letters_whose_case_changes_their_length_are_no_trouble() {
        for query in ["Ⱥ¡", "ſ", "ẞ", "K", "ᲀ", "İx"] {
            assert!(!Words::new(query).are_in("王 12"), "{query}");
        }
    }

    #[test]
    fn every_word_must_occur_in_any_order() {
        assert!(Words::new("年假 zs").are_in("张三 年假 3 天"));
        assert!(!Words::new("病假 zs").are_in("张三 年假 3 天"));
        assert!(Words::new("  ").is_empty());
    }
}

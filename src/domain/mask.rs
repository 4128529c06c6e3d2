//! The masked content of a sensitive request, and its form on screen. `app/masks.rs` decides whether a request is
//! masked now.

use std::borrow::Cow;

use super::diff::{DiffPlace, Item};
use super::{CleanText, I18n, Value};

/// Stands for a masked value or figure: always as long, so that it tells nothing.
pub const MASK: &str = "••••••";

/// Chinese numerals, the formal ones of amounts too.
const NUMERALS: &str = "〇一二三四五六七八九十百千万亿两零壹贰叁肆伍陆柒捌玖拾佰仟";

/// How much of a value is masked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cover {
    Nothing,
    /// Its figures, in text that is legible otherwise.
    Figures,
    Whole,
}

/// How much of a form value is masked. Numbers are, and raw text of a shape that is not known; of words, their figures.
#[must_use]
pub fn cover(value: &Value) -> Cover {
    let words = |texts: &[&CleanText]| {
        if texts.iter().any(|text| has_figure(text.as_str())) { Cover::Figures } else { Cover::Nothing }
    };
    match value {
        Value::Number(_) | Value::Raw(_) | Value::Broken(_) => Cover::Whole,
        Value::Text(text) => words(&[text]),
        Value::I18n(text) => words(&[&text.zh, &text.en]),
        Value::Enum { id, label } => words(&[id, &label.zh, &label.en]),
        Value::File(file) => words(&[&file.name]),
        Value::Empty
        | Value::Bool(_)
        | Value::Date(_)
        | Value::DateTime { .. }
        | Value::Object { .. }
        | Value::User(_)
        | Value::Employment(_)
        | Value::Department(_)
        | Value::List(_)
        | Value::Record(_) => Cover::Nothing,
    }
}

/// How much of a difference between two readings of a sensitive request is masked.
#[must_use]
pub fn cover_of_difference(place: &DiffPlace, items: [Option<&Item>; 2]) -> Cover {
    match place {
        DiffPlace::Abstract(_) | DiffPlace::Value(_) | DiffPlace::Unread(_) => Cover::Whole,
        _ if items.into_iter().flatten().any(tells_figure) => Cover::Figures,
        _ => Cover::Nothing,
    }
}

/// Words of people and names of requests may hold a figure; times and counts are none.
fn tells_figure(item: &Item) -> bool {
    match item {
        Item::Text(text) => has_figure(text.as_str()),
        Item::Both(text) => has_figure(text.zh.as_str()) || has_figure(text.en.as_str()),
        Item::Finished(done) => has_figure(done.approval_opinion.as_str()),
        Item::Comment(comment) => has_figure(comment.message.as_str()),
        _ => false,
    }
}

fn has_figure(text: &str) -> bool {
    text.char_indices()
        .any(|(at, character)| may_be_figure(character) && text.get(at..).is_some_and(|rest| figure(rest).is_some()))
}

/// The text with a mask in the place of every figure. Digits with a separator between them are one figure.
#[must_use]
pub fn conceal(text: &str) -> Cow<'_, str> {
    if !has_figure(text) {
        return Cow::Borrowed(text);
    }
    let mut concealed = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        let length = if let Some(length) = figure(rest) {
            concealed.push_str(MASK);
            length
        } else {
            concealed.push(character);
            character.len_utf8()
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(concealed)
}

/// Bytes of the figure that the text begins with.
fn figure(text: &str) -> Option<usize> {
    let mut length = run(text)?;
    while let Some(separator) = text.get(length..).and_then(|rest| rest.chars().next()).filter(|c| is_separator(*c)) {
        let start = length + separator.len_utf8();
        let Some(more) = text.get(start..).and_then(run) else { break };
        length = start + more;
    }
    Some(length)
}

/// Bytes of the digits and numerals that the text begins with. One Chinese numeral is a figure before a unit only: in
/// most words with one, it counts nothing.
fn run(text: &str) -> Option<usize> {
    let end = text.find(|character| !may_be_figure(character)).unwrap_or(text.len());
    let (figures, rest) = text.split_at(end);
    let is_single = figures.chars().nth(1).is_none() && !figures.contains(char::is_numeric);
    (end > 0 && (!is_single || rest.starts_with(['元', '圆', '块']))).then_some(end)
}

fn may_be_figure(character: char) -> bool {
    character.is_numeric() || NUMERALS.contains(character)
}

/// The same in both languages.
#[must_use]
pub fn conceal_both(text: &I18n) -> I18n {
    let of = |text: &CleanText| CleanText::new(&conceal(text.as_str()));
    I18n { zh: of(&text.zh), en: of(&text.en) }
}

const fn is_separator(character: char) -> bool {
    matches!(
        character,
        '.' | ',' | '\'' | '’' | '，' | '．' | ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}' | '/' | '-' | ':'
    )
}

#[cfg(test)]
mod tests {
    use super::{Cover, MASK, conceal, cover};
    use crate::domain::form::Broken;
    use crate::domain::{I18n, Value};

    #[test]
    fn figure_reads_as_one_mask_however_long() {
        for figure in ["1", "23100", "23,100.00", "23 100,00", "２３１００", "1.5", "½", "2026-11-28"] {
            assert_eq!(conceal(&format!("由 {figure} 元")), format!("由 {MASK} 元"), "{figure}");
        }
        assert_eq!(conceal("18.44%。"), format!("{MASK}%。"));
        assert_eq!(conceal("没有数字"), "没有数字");
        assert_eq!(conceal(&conceal("a1b22")), conceal("a1b22"));
    }

    #[test]
    fn chinese_numerals_of_amounts_are_figures() {
        for amount in ["贰万叁仟", "二万三千", "两万一千", "二三一〇〇", "三", "十", "2万", "3千5", "二十万，三百"]
        {
            assert_eq!(conceal(&format!("由{amount}元")), format!("由{MASK}元"), "{amount}");
        }
        for (text, expected) in [
            ("涨三千", format!("涨{MASK}")),
            ("涨了五块", format!("涨了{MASK}块")),
            ("涨一万，请一起看", format!("涨{MASK}，请一起看")),
            ("从一万到两万一千。", format!("从{MASK}到{MASK}。")),
            ("8千，一致", format!("{MASK}，一致")),
        ] {
            assert_eq!(conceal(text), expected);
        }
    }

    #[test]
    fn words_with_one_chinese_numeral_stay() {
        for text in ["一起", "三天", "统一", "第一季度", "十分优秀", "零食", "万事", "陆伟", "百忙之中", "一，三天"]
        {
            assert_eq!(conceal(text), text);
            assert_eq!(cover(&Value::Text(text.into())), Cover::Nothing, "{text}");
        }
        assert_eq!(cover(&Value::Text("由二万三千调起".into())), Cover::Figures);
    }

    #[test]
    fn numbers_raw_text_and_figures_in_words_are_covered() {
        let both = |zh: &str| I18n { zh: zh.into(), en: "".into() };
        for (value, expected) in [
            (Value::Number("0".into()), Cover::Whole),
            (Value::Raw("{}".into()), Cover::Whole),
            (Value::Broken(Broken::Malformed("23100".into())), Cover::Whole),
            (Value::Text("由 21000 调到 23100".into()), Cover::Figures),
            (Value::Text("绩效优秀".into()), Cover::Nothing),
            (Value::I18n(both("10% 到 15%")), Cover::Figures),
            (Value::Enum { id: "r10_15".into(), label: both("中档") }, Cover::Figures),
            (Value::Date(20_000), Cover::Nothing),
        ] {
            assert_eq!(cover(&value), expected, "{value:?}");
        }
    }
}

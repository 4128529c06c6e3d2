//! The amounts that a review names: what a form says of a figure before and after.

use super::{CleanText, Field, Form, I18n, Value};

/// Amounts that one review names.
const MOST: usize = 3;

/// Words that mark the old and the new one of two figures, in labels and api names. Longer ones come first.
const BEFORE: [&str; 11] =
    ["调整前", "调薪前", "变更前", "原", "前", "before", "current", "previous", "original", "old", "from"];
const AFTER: [&str; 11] =
    ["调整后", "调薪后", "变更后", "新", "后", "after", "adjusted", "target", "new", "later", "to"];
/// Words that mark the difference of the two.
const RISE: [&str; 7] = ["涨幅", "调幅", "调薪幅度", "raise", "rise", "increase", "increment"];

/// A figure with what it was, or how far it rises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Without the word that told the two apart.
    pub label: I18n,
    pub old: Option<CleanText>,
    pub new: CleanText,
}

/// The amounts of a form, at most [`MOST`]: pairs of old and new at its top, else in its rows, else the rise.
#[must_use]
pub fn amounts(form: &Form) -> Vec<Amount> {
    let mut found = pairs(&form.fields);
    if found.is_empty() {
        form.for_each_value(&mut |value| {
            if let Value::Record(fields) = value {
                found.extend(pairs(fields));
            }
        });
    }
    if found.is_empty() {
        found = form.fields.iter().filter_map(rise).collect();
    }
    found.truncate(MOST);
    found
}

fn pairs(fields: &[Field]) -> Vec<Amount> {
    let numbers = || fields.iter().filter_map(|field| number(field).map(|number| (field, number)));
    let mut found = Vec::new();
    for (old_field, old) in numbers() {
        let twin = numbers().find(|(new_field, _)| is_pair(old_field, new_field));
        if let Some((_, new)) = twin {
            let label = I18n {
                zh: without(&old_field.label.zh, &BEFORE).unwrap_or_else(|| old_field.label.zh.clone()),
                en: without(&old_field.label.en, &BEFORE).unwrap_or_else(|| old_field.label.en.clone()),
            };
            found.push(Amount { label, old: Some(old.clone()), new: new.clone() });
        }
    }
    found
}

/// The two are called the same but for the words that say which is the old one.
fn is_pair(old: &Field, new: &Field) -> bool {
    let names: [fn(&Field) -> &CleanText; 3] =
        [|field| &field.label.zh, |field| &field.label.en, |field| &field.api_name];
    names.into_iter().any(|name| {
        let (old, new) = (without(name(old), &BEFORE), without(name(new), &AFTER));
        old.is_some() && old == new
    })
}

/// The name without the first of these words; `None` where it has none of them.
fn without(name: &CleanText, words: &[&str]) -> Option<CleanText> {
    let lower = name.as_str().to_lowercase();
    let rest = words.iter().find_map(|word| {
        let (start, end) = lower.split_once(word)?;
        let whole = |edge: Option<char>| edge.is_none_or(|edge| !edge.is_ascii_alphabetic());
        // A Latin word counts whole: "to" is no part of "total".
        (!word.is_ascii() || whole(start.chars().next_back()) && whole(end.chars().next()))
            .then(|| (start.len(), start.len() + word.len()))
    });
    let (from, to) = rest.filter(|_| lower.len() == name.as_str().len())?;
    let (start, end) = (name.as_str().get(..from)?, name.as_str().get(to..)?);
    Some(CleanText::new(format!("{start}{end}").trim_matches(|edge: char| edge == '_' || edge.is_whitespace())))
}

fn rise(field: &Field) -> Option<Amount> {
    let names = format!("{} {} {}", field.label.zh, field.label.en, field.api_name).to_lowercase();
    let new = number(field).filter(|_| RISE.iter().any(|word| names.contains(word)))?;
    Some(Amount { label: field.label.clone(), old: None, new: new.clone() })
}

const fn number(field: &Field) -> Option<&CleanText> {
    match &field.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::amounts;
    use crate::domain::form::FormSource;
    use crate::domain::{CleanText, Field, Form, I18n, ProcessId, Received, Value};

    fn field(api: &str, zh: &str, en: &str, value: Value) -> Field {
        Field { api_name: api.into(), label: I18n { zh: zh.into(), en: en.into() }, value }
    }

    fn number(digits: &str) -> Value {
        Value::Number(digits.into())
    }

    fn said(fields: Vec<Field>) -> Vec<String> {
        let form = Form { process: ProcessId::new("1"), source: FormSource::V2, received: Received::default(), fields };
        let line = |old: Option<&str>, new: &str| old.map_or_else(|| new.to_owned(), |old| format!("{old} → {new}"));
        amounts(&form)
            .iter()
            .map(|amount| {
                let values = line(amount.old.as_ref().map(CleanText::as_str), amount.new.as_str());
                format!("{} {values}", amount.label.zh)
            })
            .collect()
    }

    #[test]
    fn old_and_new_are_paired_by_label_or_api_name() {
        let labelled = vec![
            field("a", "调整前月薪合计", "Monthly total before", number("21000")),
            field("b", "调整后月薪合计", "Monthly total after", number("23100")),
            field("c", "部门预算", "", number("9")),
            field("d", "涨幅（%）", "Rise (%)", number("10")),
        ];
        assert_eq!(said(labelled), ["月薪合计 21000 → 23100"]);
        let named = vec![field("after", "", "", number("2")), field("before", "", "", number("1"))];
        assert_eq!(said(named), [" 1 → 2"]);
    }

    #[test]
    fn rows_and_then_the_rise_stand_in_where_no_pair_is_at_the_top() {
        let row =
            |old, new| Value::Record(vec![field("before", "", "", number(old)), field("after", "", "", number(new))]);
        let rows = vec![field("items", "明细", "", Value::List(vec![row("1", "2"), row("3", "4")]))];
        assert_eq!(said(rows), [" 1 → 2", " 3 → 4"]);
        assert_eq!(said(vec![field("rise", "涨幅（%）", "", number("18.44"))]), ["涨幅（%） 18.44"]);
        assert_eq!(said(vec![field("days", "天数", "", number("3"))]), Vec::<String>::new());
    }

    #[test]
    fn part_of_a_word_is_no_mark() {
        let fields = vec![field("total", "", "Total", number("1")), field("oldest", "", "Oldest", number("2"))];
        assert_eq!(said(fields), Vec::<String>::new());
    }
}

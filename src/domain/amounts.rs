//! The amounts in a review: a figure of the form before and after the change.

use std::collections::HashMap;

use super::{CleanText, Field, Form, I18n, Value};

/// Amounts that one review names.
const MOST: usize = 3;

/// Words that mark the old and the new one of two figures. A label may hold them anywhere.
const IN_LABELS: [[&str; 2]; 6] = [
    ["调整前", "调整后"],
    ["调薪前", "调薪后"],
    ["变更前", "变更后"],
    ["before adjustment", "after adjustment"],
    ["before change", "after change"],
    ["原", "现"],
];
/// An api name begins or ends with them. In a label they may name an event: "before tax".
const IN_API_NAMES: [[&str; 2]; 1] = [["before", "after"]];
/// Only clear labels of what is paired already, for display.
const ONLY_SHOWN: [[&str; 2]; 2] = [["before", "after"], ["前", "后"]];
/// Events around an unchanged figure: "before tax" and "after tax" are two figures.
const EVENTS: [&str; 4] = ["tax", "vat", "deduct", "discount"];
/// Words that mark the difference of the two.
const RISE: [&str; 7] = ["涨幅", "调幅", "调薪幅度", "raise", "rise", "increase", "increment"];

/// A figure with its former value, or with its rise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// Without the word that told the two apart.
    pub label: I18n,
    pub old: Option<CleanText>,
    pub new: CleanText,
}

/// The amounts of a form that a review names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    pub named: Vec<Amount>,
    /// So many more are in the form.
    pub more: usize,
}

impl Amounts {
    /// Pairs of old and new at the top of the form, else in its rows, else the rise.
    #[must_use]
    pub fn of(form: &Form) -> Self {
        let mut found = Self::default();
        found.add_pairs(&form.fields);
        if found.named.is_empty() {
            form.for_each_value(&mut |value| {
                if let Value::Record(fields) = value {
                    found.add_pairs(fields);
                }
            });
        }
        if found.named.is_empty() {
            form.fields.iter().filter_map(rise).for_each(|(field, new)| {
                found.add(|| Amount { label: field.label.clone(), old: None, new: new.clone() });
            });
        }
        found
    }

    fn add(&mut self, amount: impl FnOnce() -> Amount) {
        if self.named.len() < MOST {
            self.named.push(amount());
        } else {
            self.more += 1;
        }
    }

    fn add_pairs(&mut self, fields: &[Field]) {
        let numbers = fields.iter().filter_map(|field| Some((field, number(field)?)));
        let numbers: Vec<_> = numbers.map(|(field, number)| (field, number, marks(field))).collect();
        let mut places: HashMap<&Mark, [AmountPlace; 2]> = HashMap::new();
        for (at, (_, _, marks)) in numbers.iter().enumerate() {
            for (mark, side) in marks {
                if let Some(place) = places.entry(mark).or_default().get_mut(*side) {
                    *place = if *place == AmountPlace::Free { AmountPlace::One(at) } else { AmountPlace::Several };
                }
            }
        }
        for (at, (field, old, marks)) in numbers.iter().enumerate() {
            let twin = marks.iter().find_map(|(mark, _)| match places.get(mark) {
                Some([AmountPlace::One(old), AmountPlace::One(new)]) if *old == at => numbers.get(*new),
                _ => None,
            });
            if let Some((new_field, new, _)) = twin {
                self.add(|| Amount { label: label(field, new_field), old: Some((*old).clone()), new: (*new).clone() });
            }
        }
    }
}

/// Common part of two paired figures: name, words, and the rest of the name.
type Mark = (usize, usize, String);

/// Which number of a record has a mark. Two of the same name are no pair with anything.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum AmountPlace {
    #[default]
    Free,
    One(usize),
    Several,
}

/// The marks of a field, each with its side: 0 is the old one, 1 the new one.
fn marks(field: &Field) -> Vec<(Mark, usize)> {
    let labels = [&field.label.zh, &field.label.en].map(|name| marked(name.as_str(), &IN_LABELS));
    let api_name = marked(field.api_name.as_str(), &IN_API_NAMES).filter(|_| !tells_event(field));
    let [zh, en] = labels;
    let api_name = api_name.filter(|found| found.at_edge);
    let found = [zh, en, api_name].into_iter().enumerate();
    found.filter_map(|(name, found)| found.map(|found| ((name, found.words, found.rest), found.side))).collect()
}

fn tells_event(field: &Field) -> bool {
    let has = |name: &CleanText| {
        let lower = name.as_str().to_lowercase();
        lower.contains('税') || lower.contains("扣") || EVENTS.iter().any(|event| lower.contains(event))
    };
    has(&field.label.zh) || has(&field.label.en) || has(&field.api_name)
}

struct Marked {
    words: usize,
    side: usize,
    /// The name without the word.
    rest: String,
    /// The word begins or ends the name.
    at_edge: bool,
}

/// The first of these words that the name has, and the rest of the name.
fn marked(name: &str, pairs: &[[&str; 2]]) -> Option<Marked> {
    let lower = name.to_ascii_lowercase();
    let is_inner = |character: char| character.is_alphanumeric();
    pairs.iter().enumerate().find_map(|(words, pair)| {
        pair.iter().enumerate().find_map(|(side, word)| {
            let (start, end) = lower.split_once(word)?;
            // Whole words only: "after" is no part of "rafter", nor "原" of "原因".
            let whole = !start.ends_with(is_inner) && !end.starts_with(is_inner);
            let must_be_whole = word.is_ascii() || word.chars().nth(1).is_none();
            let (head, tail) = (name.get(..start.len())?, name.get(name.len() - end.len()..)?);
            (whole || !must_be_whole).then(|| Marked {
                words,
                side,
                rest: joined(head, tail),
                at_edge: start.is_empty() || end.is_empty(),
            })
        })
    })
}

/// The rest of a name, without the punctuation and brackets around the removed word.
fn joined(head: &str, tail: &str) -> String {
    let (head, tail) = (bare(head), bare(tail));
    let is_latin = |edge: Option<char>| edge.is_some_and(|edge| edge.is_ascii_alphanumeric());
    let space = if is_latin(head.chars().next_back()) && is_latin(tail.chars().next()) { " " } else { "" };
    format!("{head}{space}{tail}")
}

fn bare(part: &str) -> &str {
    const OPEN: [char; 4] = ['(', '（', '[', '【'];
    const CLOSE: [char; 4] = [')', '）', ']', '】'];
    let is_bracket = |edge: char| OPEN.contains(&edge) || CLOSE.contains(&edge);
    let is_balanced = part.matches(OPEN).count() == part.matches(CLOSE).count();
    // A bracket without its other half held the word; "(%)" is part of the name.
    part.trim_matches(|edge: char| !(edge.is_alphanumeric() || is_balanced && is_bracket(edge)))
}

/// How a pair is called: its common label, else both.
fn label(old: &Field, new: &Field) -> I18n {
    let of = |old: &CleanText, new: &CleanText| {
        let rest = |name: &CleanText, side: usize| {
            let found = marked(name.as_str(), &IN_LABELS).or_else(|| marked(name.as_str(), &ONLY_SHOWN))?;
            (found.side == side).then_some(found.rest)
        };
        match (rest(old, 0), rest(new, 1)) {
            (Some(old), Some(new)) if old == new => CleanText::new(&old),
            _ if old == new => old.clone(),
            _ => CleanText::new(&format!("{} / {}", old.as_str(), new.as_str())),
        }
    };
    I18n { zh: of(&old.label.zh, &new.label.zh), en: of(&old.label.en, &new.label.en) }
}

fn rise(field: &Field) -> Option<(&Field, &CleanText)> {
    let names = format!("{} {} {}", field.label.zh, field.label.en, field.api_name).to_lowercase();
    let new = number(field).filter(|_| RISE.iter().any(|word| names.contains(word)))?;
    Some((field, new))
}

const fn number(field: &Field) -> Option<&CleanText> {
    match &field.value {
        Value::Number(number) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Amounts;
    use crate::domain::form::FormSource;
    use crate::domain::{CleanText, Field, Form, I18n, Lang, ProcessId, Received, Value};

    fn field(api: &str, zh: &str, en: &str, value: Value) -> Field {
        Field { api_name: api.into(), label: I18n { zh: zh.into(), en: en.into() }, value }
    }

    fn number(digits: &str) -> Value {
        Value::Number(digits.into())
    }

    fn said(fields: Vec<Field>) -> Vec<String> {
        let form = Form { process: ProcessId::new("1"), source: FormSource::V2, received: Received::default(), fields };
        let line = |old: Option<&str>, new: &str| old.map_or_else(|| new.to_owned(), |old| format!("{old} → {new}"));
        let found = Amounts::of(&form);
        let more = (found.more > 0).then(|| format!("+{}", found.more));
        let lines = found.named.iter().map(|amount| {
            let values = line(amount.old.as_ref().map(CleanText::as_str), amount.new.as_str());
            format!("{} {values}", amount.label.get(Lang::Zh))
        });
        lines.chain(more).collect()
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
    fn two_figures_that_did_not_change_are_no_pair() {
        let row = |old: [&str; 3], new: [&str; 3]| {
            let field = |[api, zh, en]: [&str; 3], digits| field(api, zh, en, number(digits));
            said(vec![field(old, "1000000"), field(new, "800000")])
        };
        for (old, new) in [
            (["a", "税前总额", ""], ["b", "税后总额", ""]),
            (["a", "", "Gross pay before tax"], ["b", "", "Gross pay after tax"]),
            (["a", "", "Current bonus"], ["b", "", "Target bonus"]),
            (["a", "", "Old bonus"], ["b", "", "New bonus"]),
            (["a", "", "Bonus from"], ["b", "", "Bonus to"]),
            (["a", "前任薪资", ""], ["b", "后任薪资", ""]),
            (["a", "原因数", ""], ["b", "现因数", ""]),
            (["a", "原岗位薪资", ""], ["b", "新岗位薪资", ""]),
            (["pay_before", "税前总额", ""], ["pay_after", "税后总额", ""]),
            (["pay_before", "", "Pre-tax pay"], ["pay_after", "", "Post-tax pay"]),
            (["pay_before_tax", "", ""], ["pay_after_tax", "", ""]),
            (["before_tax", "", ""], ["after_tax", "", ""]),
            (["before_bonus", "", ""], ["after_base", "", ""]),
            (["days_before_leave", "", ""], ["days_after_leave", "", ""]),
            (["a", "调整前月薪", ""], ["b", "变更后月薪", ""]),
            (["total", "", "Total"], ["oldest", "", "Oldest"]),
        ] {
            assert_eq!(row(old, new), Vec::<String>::new(), "{old:?}");
        }
        assert_eq!(row(["a", "变更前税前工资", ""], ["b", "变更后税前工资", ""]), ["税前工资 1000000 → 800000"]);
        assert_eq!(row(["a", "月薪（原）", ""], ["b", "月薪（现）", ""]), ["月薪 1000000 → 800000"]);
    }

    #[test]
    fn figures_of_the_same_name_are_no_pair() {
        let twice = ["1", "2"].map(|digits| field("a", "调整前月薪", "", number(digits)));
        let fields = twice.into_iter().chain([field("b", "调整后月薪", "", number("3"))]);
        assert_eq!(said(fields.collect()), Vec::<String>::new());
    }

    #[test]
    fn label_keeps_no_punctuation_of_the_word() {
        for [old, new, label] in [
            ["Before: monthly total", "After: monthly total", "monthly total"],
            ["调整前：月薪（元）", "调整后：月薪（元）", "月薪（元）"],
            ["月薪（调整前）", "月薪（调整后）", "月薪"],
            ["月薪(调整前, 元)", "月薪(调整后, 元)", "月薪元"],
            ["Pay (before adjustment)", "Pay (after adjustment)", "Pay"],
            ["Pay (%) before", "Pay (%) after", "Pay (%)"],
            ["Pay", "Pay", "Pay"],
            ["现在", "将来", "现在 / 将来"],
        ] {
            let fields = vec![field("pay_before", old, "", number("1")), field("pay_after", new, "", number("2"))];
            assert_eq!(said(fields), [format!("{label} 1 → 2")]);
        }
    }

    #[test]
    fn pairs_beyond_three_are_counted_however_many() {
        let pair = |at: usize| {
            let named = |mark: &str| field(&format!("f{at}_{mark}"), "", "", number("1"));
            [named("before"), named("after")]
        };
        let mut expected = vec![" 1 → 1".to_owned(); 3];
        assert_eq!(said((0..3).flat_map(pair).collect()), expected);
        // A search for the twin of each of these would take minutes.
        expected.push("+19997".to_owned());
        assert_eq!(said((0..20_000).flat_map(pair).collect()), expected);
    }
}

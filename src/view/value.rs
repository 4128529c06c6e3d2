//! How each value of a form is shown.

use super::theme::StyleRole;
use crate::domain::form::{Broken, FileRef};
use crate::domain::mask::{self, Cover, MASK};
use crate::domain::{CleanText, DepartmentId, I18n, Lang, Names, PersonId, Value};
use crate::text::{Localizer, Sentence, Word, number, when};

/// A value as text, its role, and the text beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaintedValue {
    pub role: StyleRole,
    pub text: String,
}

/// Shows a value, as far as it is not masked.
#[must_use]
pub fn show(value: &Value, names: &Names, localizer: &Localizer<'_>, masked: bool) -> PaintedValue {
    match if masked { mask::cover(value) } else { Cover::Nothing } {
        Cover::Nothing => plain(value, names, localizer),
        Cover::Figures => {
            let PaintedValue { role, text } = plain(value, names, localizer);
            PaintedValue { role, text: mask::conceal(&text).into_owned() }
        }
        Cover::Whole => PaintedValue { role: StyleRole::Masked, text: MASK.to_owned() },
    }
}

/// Shows a value whole. Ids without a name are dim; an unreadable value says so.
fn plain(value: &Value, names: &Names, localizer: &Localizer<'_>) -> PaintedValue {
    let text = |text: String| PaintedValue { role: StyleRole::Text, text };
    let dim = |text: String| PaintedValue { role: StyleRole::Dim, text };
    let called = |name: Option<&I18n>, id: &str| match name.filter(|name| !name.is_empty()) {
        Some(name) => text(name.get(localizer.lang).to_string()),
        None => dim(CleanText::new(id).to_string()),
    };
    match value {
        Value::Empty => dim(localizer.word(Word::EmptyValue).to_owned()),
        Value::Number(digits) => text(number::group(digits.as_str())),
        Value::Text(words) => text(words.to_string()),
        Value::Bool(flag) => text(localizer.word(if *flag { Word::Yes } else { Word::No }).to_owned()),
        Value::Enum { id, label } if label.is_empty() => dim(id.to_string()),
        Value::Enum { label, .. } => text(label.get(localizer.lang).to_string()),
        Value::Date(days) => match when::date(*days, localizer.lang) {
            Some(date) => text(date),
            None => dim(format!("? {days}")),
        },
        Value::DateTime { at, .. } => text(when::full(*at, localizer.zone, localizer.lang)),
        Value::I18n(words) => called(Some(words), localizer.word(Word::EmptyValue)),
        Value::Object { api_name, id } => match names.objects.get(&(api_name.clone(), id.clone())) {
            Some(name) if !name.is_empty() => text(name.get(localizer.lang).to_string()),
            _ => dim(format!("{} {}", api_name.line(), id.line())),
        },
        Value::User(id) | Value::Employment(id) => called(person(names, id), id.as_str()),
        Value::Department(id) => called(department(names, id), id.as_str()),
        Value::File(file) => text(describe(file)),
        Value::Raw(json) => PaintedValue { role: StyleRole::Careful, text: format!("? {json}") },
        Value::Broken(broken) => PaintedValue { role: StyleRole::Careful, text: broken_words(broken, localizer) },
        Value::List(values) => dim(localizer.say(&Sentence::Items(values.len()))),
        Value::Record(fields) => dim(localizer.say(&Sentence::Fields(fields.len()))),
    }
}

fn person<'n>(names: &'n Names, id: &PersonId) -> Option<&'n I18n> {
    names.of_person(id)
}

fn department<'n>(names: &'n Names, id: &DepartmentId) -> Option<&'n I18n> {
    names.departments.get(id)
}

fn broken_words(broken: &Broken, localizer: &Localizer<'_>) -> String {
    format!("? {}", localizer.say(&Sentence::Broken(broken)))
}

/// Name, size, kind.
fn describe(file: &FileRef) -> String {
    let mut parts = vec![file.name.line().into_owned()];
    if let Some(length) = file.length {
        parts.push(size(length));
    }
    if !file.mime_type.is_empty() {
        parts.push(file.mime_type.line().into_owned());
    }
    parts.join(" · ")
}

/// Bytes in the unit that leaves one to four digits; one decimal place below ten.
fn size(bytes: i64) -> String {
    let mut unit = 1_i64;
    let names = ["B", "KB", "MB", "GB", "TB"];
    let mut name = "B";
    for next in names {
        name = next;
        if bytes < unit.saturating_mul(1024) || next == "TB" {
            break;
        }
        unit = unit.saturating_mul(1024);
    }
    let whole = bytes / unit;
    if unit > 1 && whole < 10 {
        format!("{whole}.{} {name}", bytes % unit * 10 / unit)
    } else {
        format!("{whole} {name}")
    }
}

/// The language of labels falls back to the other one, then to the api name.
#[must_use]
pub fn label(label: &I18n, api_name: &CleanText, lang: Lang) -> String {
    let words = label.get(lang);
    if words.is_empty() { api_name.line().into_owned() } else { words.line().into_owned() }
}

#[cfg(test)]
mod tests {
    use jiff::tz::{TimeZone, offset};

    use super::{label, show, size};
    use crate::domain::form::{Broken, FileRef};
    use crate::domain::{DepartmentId, FileId, I18n, Lang, Millis, Names, Person, PersonId, Value};
    use crate::keys::Keymap;
    use crate::text::Localizer;

    fn shown(value: &Value, names: &Names) -> String {
        let keymap = Keymap::standard();
        let zone = TimeZone::fixed(offset(8));
        let localizer =
            Localizer { lang: Lang::Zh, keymap: &keymap, zone: &zone, now: Millis(0), layers: &[], simulated: false };
        show(value, names, &localizer, false).text
    }

    #[test]
    fn sizes_are_short() {
        assert_eq!(size(0), "0 B");
        assert_eq!(size(1023), "1023 B");
        assert_eq!(size(1536), "1.5 KB");
        assert_eq!(size(184_320), "180 KB");
        assert_eq!(size(i64::MAX), "8388607 TB");
        assert_eq!(size(-1), "-1 B");
    }

    #[test]
    fn every_kind_of_value_says_something() {
        let names = Names {
            departments: [(DepartmentId::new("7"), I18n::same("平台工程部".into()))].into(),
            objects: [(("job_level".into(), "3".into()), I18n::same("P7".into()))].into(),
            ..Names::of_people([Person::named(PersonId::new("ou_1"), I18n::same("王芳".into()))])
        };
        let file = FileRef {
            id: FileId::new("f"),
            name: "车票.pdf".into(),
            length: Some(184_320),
            mime_type: "application/pdf".into(),
        };
        for (value, words) in [
            (Value::Empty, "（空）"),
            (Value::Bool(false), "否"),
            (Value::Date(19265), "2022-09-30 周五"),
            (Value::DateTime { at: Millis(1_790_643_600_000), zone: "".into() }, "2026-09-29 周二 09:00 +08:00"),
            (Value::Enum { id: "unnamed_option".into(), label: I18n::default() }, "unnamed_option"),
            (Value::Enum { id: "x".into(), label: I18n { zh: "".into(), en: "Test".into() } }, "Test"),
            (Value::User(PersonId::new("ou_1")), "王芳"),
            (Value::Employment(PersonId::new("ou_2")), "ou_2"),
            (Value::Department(DepartmentId::new("7")), "平台工程部"),
            (Value::Object { api_name: "job_level".into(), id: "3".into() }, "P7"),
            (Value::Object { api_name: "job".into(), id: "9".into() }, "job 9"),
            (Value::File(file), "车票.pdf · 180 KB · application/pdf"),
            (Value::Raw("{\"lat\":\"39.9\"}".into()), "? {\"lat\":\"39.9\"}"),
            (Value::Broken(Broken::TooDeep), "? 嵌套过深，未显示"),
            (Value::List(vec![Value::Empty]), "1 项"),
        ] {
            assert_eq!(shown(&value, &names), words);
        }
    }

    #[test]
    fn a_masked_number_tells_not_even_its_length() {
        let keymap = Keymap::standard();
        let localizer = Localizer {
            lang: Lang::Zh,
            keymap: &keymap,
            zone: &TimeZone::UTC,
            now: Millis(0),
            layers: &[],
            simulated: false,
        };
        let masked = |number: &str| show(&Value::Number(number.into()), &Names::default(), &localizer, true).text;
        assert_eq!(masked("1"), masked("1234567.89"));
        assert!(!masked("8848").contains('8'));
    }

    #[test]
    fn labels_fall_back_to_the_other_language_then_to_the_api_name() {
        let only_zh = I18n { zh: "原因".into(), en: "".into() };
        assert_eq!(label(&only_zh, &"reason".into(), Lang::En), "原因");
        assert_eq!(label(&I18n::default(), &"reason".into(), Lang::En), "reason");
    }
}

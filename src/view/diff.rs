//! Differences between two readings of a request: each label with its old and its new content.
//!
//! Signs and an arrow carry the meaning, colours repeat it. Old and new content that does not fit side by side stands
//! on lines of its own, behind `-` and `+`.

use std::ops::Range;

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation;

use super::render_context::RenderContext;
use super::text_layout;
use super::theme::StyleRole;
use super::value::{self, PaintedValue};
use crate::domain::diff::Item;
use crate::domain::mask::{self, Cover, MASK};
use crate::domain::{CleanText, Difference, Field, Lang, ProcessId, Value};
use crate::text::{Sentence, bracketed, diff};

const LEAST_LABEL: usize = 8;
const MOST_LABEL: usize = 28;
/// Characters of a value that are shown.
const MOST_CHARACTERS: usize = 100;
/// Of two long texts with the same start, as many characters are shown before the first that differs.
const CONTEXT: usize = 12;
const ARROW: &str = " → ";

/// Every difference, in the order in which they are given. Values of cases that want care are masked until they are
/// revealed.
pub(super) fn lines(
    context: &RenderContext<'_>,
    process: &ProcessId,
    differences: &[Difference],
    columns: usize,
) -> Vec<Line<'static>> {
    let revealed = context.app.reveals(process);
    let is_masked = |difference: &Difference| difference.sensitive && !revealed;
    let rows: Vec<DiffRow> =
        differences.iter().map(|difference| DiffRow::of(context, difference, is_masked(difference))).collect();
    let most = (columns / 3).clamp(LEAST_LABEL, MOST_LABEL);
    let widths = rows.iter().map(|row| text_layout::width(&row.label)).filter(|width| *width <= most);
    let label = widths.max().unwrap_or(0).max(LEAST_LABEL);
    let mut lines = Vec::new();
    if differences.iter().any(is_masked) {
        lines.push(context.line(StyleRole::Masked, format!(" {}", context.localizer.say(&Sentence::MaskedSummary))));
    }
    for row in rows {
        lines.extend(row.lines(context, label, columns));
    }
    lines
}

struct DiffRow {
    label: String,
    old: Option<PaintedValue>,
    new: Option<PaintedValue>,
}

impl DiffRow {
    fn of(context: &RenderContext<'_>, difference: &Difference, masked: bool) -> Self {
        let items = [difference.old.as_ref(), difference.new.as_ref()];
        let cover = if masked { mask::cover_of_difference(&difference.place, items) } else { Cover::Nothing };
        let show = |item: &Option<Item>, exact| item.as_ref().map(|item| shown(context, item, cover, exact));
        let (mut old, mut new) = (show(&difference.old, false), show(&difference.new, false));
        if old == new && !masked {
            (old, new) = (show(&difference.old, true), show(&difference.new, true));
        }
        match (&mut old, &mut new) {
            (Some(old), Some(new)) if old == new && !masked => {
                new.text = format!("{} {}", new.text, diff::alike(&context.localizer));
            }
            (Some(old), Some(new)) => (old.text, new.text) = excerpts(context, &old.text, &new.text),
            (Some(alone), None) | (None, Some(alone)) => alone.text = excerpt(context, &alone.text, 0),
            (None, None) => {}
        }
        Self { label: diff::label(&context.localizer, &context.app.names, &difference.place), old, new }
    }

    /// On one line where that fits, else sign by sign.
    fn lines(self, context: &RenderContext<'_>, label: usize, columns: usize) -> Vec<Line<'static>> {
        let indent = label + 3;
        let room = columns.saturating_sub(indent + 1);
        let mut lines = Vec::new();
        let mut first = if text_layout::width(&self.label) <= label {
            vec![context.span(StyleRole::Label, format!(" {}  ", text_layout::pad(&self.label, label)))]
        } else {
            lines.extend(context.wrapped(StyleRole::Label, &self.label, 1, columns));
            vec![Span::raw(" ".repeat(indent))]
        };
        let (old, new) = match (self.old, self.new) {
            (Some(old), Some(new)) if fits(&old.text, &new.text, room) => {
                first.push(context.span(faded(old.role), old.text));
                first.push(context.span(StyleRole::Dim, ARROW));
                first.push(context.span(new.role, new.text));
                lines.push(Line::from(first));
                return lines;
            }
            sides => sides,
        };
        let (gone, come) = match (&old, &new) {
            (Some(old), Some(new)) => parting(&old.text, &new.text),
            _ => Default::default(),
        };
        let sides = [
            old.map(|old| (StyleRole::Bad, "- ", PaintedValue { role: faded(old.role), ..old }, gone)),
            new.map(|new| (StyleRole::Good, "+ ", new, come)),
        ];
        for (sign_role, sign, PaintedValue { role, text }, marked) in sides.into_iter().flatten() {
            let mut passed = 0;
            for (at, text) in text_layout::wrap(&text, room.saturating_sub(2)).into_iter().enumerate() {
                let mut spans = std::mem::replace(&mut first, vec![Span::raw(" ".repeat(indent))]);
                spans.push(if at == 0 { context.span(sign_role, sign) } else { Span::raw("  ") });
                spans.extend(marks(context, role, &text, &mut passed, &marked));
                lines.push(text_layout::cut_line(Line::from(spans), columns));
            }
        }
        lines
    }
}

/// Where two texts that are mostly alike part from each other and meet again, counted in graphemes that are no white
/// space, which wrapping leaves alone. Nothing where they have little in common.
fn parting(old: &str, new: &str) -> (Range<usize>, Range<usize>) {
    let letters = |text| UnicodeSegmentation::graphemes(text, true).filter(|letter| !is_blank(letter));
    let (length, new_length) = (letters(old).count(), letters(new).count());
    let least = length.min(new_length);
    let start = letters(old).zip(letters(new)).take_while(|(old, new)| old == new).count();
    let end = letters(old).rev().zip(letters(new).rev()).take_while(|(old, new)| old == new).count();
    let end = end.min(least - start);
    if start + end < least.div_ceil(2) {
        return Default::default();
    }
    (start..length - end, start..new_length - end)
}

fn is_blank(letter: &str) -> bool {
    letter.chars().all(char::is_whitespace)
}

/// One line of a text with its changed part highlighted. `passed` counts the letters of earlier lines without blanks.
fn marks(
    context: &RenderContext<'_>,
    role: StyleRole,
    line: &str,
    passed: &mut usize,
    marked: &Range<usize>,
) -> Vec<Span<'static>> {
    let mut parts: Vec<(StyleRole, String)> = Vec::new();
    for letter in line.graphemes(true) {
        let blank = is_blank(letter);
        let inside = marked.contains(passed) && !(blank && *passed == marked.start);
        let role = if inside { StyleRole::Match } else { role };
        match parts.last_mut() {
            Some((last, text)) if *last == role => text.push_str(letter),
            _ => parts.push((role, letter.to_owned())),
        }
        *passed += usize::from(!blank);
    }
    parts.into_iter().map(|(role, text)| context.span(role, text)).collect()
}

fn fits(old: &str, new: &str, room: usize) -> bool {
    !old.contains('\n')
        && !new.contains('\n')
        && text_layout::width(old) + text_layout::width(ARROW) + text_layout::width(new) <= room
}

/// Role of outdated content.
const fn faded(role: StyleRole) -> StyleRole {
    match role {
        StyleRole::Text => StyleRole::Dim,
        other => other,
    }
}

/// `exact` adds the mark that tells apart two things of the same name.
fn shown(context: &RenderContext<'_>, item: &Item, cover: Cover, exact: bool) -> PaintedValue {
    match item {
        _ if cover == Cover::Whole => PaintedValue { role: StyleRole::Masked, text: MASK.to_owned() },
        Item::Value(value) => {
            let PaintedValue { role, text } = whole(context, value);
            let text =
                if exact { format!("{text}{}", bracketed(context.localizer.lang, &identity(value))) } else { text };
            PaintedValue { role, text }
        }
        item => {
            let text = diff::item(&context.localizer, &context.app.names, item, exact).unwrap_or_default();
            let text = if cover == Cover::Figures { mask::conceal(&text).into_owned() } else { text };
            PaintedValue { role: StyleRole::Text, text }
        }
    }
}

/// A value with all its members, in one text.
fn whole(context: &RenderContext<'_>, value: &Value) -> PaintedValue {
    let text = match value {
        Value::List(values) if !values.is_empty() => {
            let separator = match context.localizer.lang {
                Lang::Zh => "、",
                Lang::En => ", ",
            };
            values.iter().map(|value| whole(context, value).text).collect::<Vec<_>>().join(separator)
        }
        Value::Record(fields) if fields.iter().any(|field| field.value != Value::Empty) => {
            let filled = fields.iter().filter(|field| field.value != Value::Empty);
            filled.map(|field| member(context, field)).collect::<Vec<_>>().join(" · ")
        }
        leaf => return value::show(leaf, &context.app.names, &context.localizer, false),
    };
    PaintedValue { role: StyleRole::Text, text }
}

fn member(context: &RenderContext<'_>, field: &Field) -> String {
    let name = value::label(&field.label, &field.api_name, context.localizer.lang);
    let text = whole(context, &field.value).text;
    match field.value {
        Value::Record(_) | Value::List(_) => format!("{name}{}", bracketed(context.localizer.lang, &text)),
        _ => format!("{name} {text}"),
    }
}

/// Kind and content of a value in the platform's own terms.
fn identity(value: &Value) -> String {
    let of = |kind: &str, content: &str| format!("{kind} {}", CleanText::new(content).line());
    match value {
        Value::Empty => "empty".to_owned(),
        Value::Text(_) => "text".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::Raw(_) => "raw".to_owned(),
        Value::Bool(flag) => of("bool", &flag.to_string()),
        Value::Enum { id, .. } => of("enum", id.as_str()),
        Value::Date(days) => of("date", &days.to_string()),
        Value::DateTime { at, .. } => of("datetime", &at.0.to_string()),
        Value::I18n(text) => of("i18n", &format!("{} / {}", text.zh, text.en)),
        Value::Object { api_name, id } => of(api_name.as_str(), id.as_str()),
        Value::User(id) => of("user", id.as_str()),
        Value::Employment(id) => of("employment", id.as_str()),
        Value::Department(id) => of("department", id.as_str()),
        Value::File(file) => of("file", file.id.as_str()),
        Value::List(_) => "list".to_owned(),
        Value::Record(_) => "record".to_owned(),
        Value::Broken(broken) => of("broken", &format!("{broken:?}")),
    }
}

/// Two texts as far as there is room for them. Where both are long and begin alike, their shown parts begin just before
/// they part.
fn excerpts(context: &RenderContext<'_>, old: &str, new: &str) -> (String, String) {
    let is_long = |text: &str| text.graphemes(true).nth(MOST_CHARACTERS).is_some();
    let same = old.graphemes(true).zip(new.graphemes(true)).take_while(|(old, new)| old == new).count();
    let from = if is_long(old) || is_long(new) { same.saturating_sub(CONTEXT) } else { 0 };
    (excerpt(context, old, from), excerpt(context, new, from))
}

/// A part of a text: an ellipsis stands for the rest, and at its end the length of the whole.
fn excerpt(context: &RenderContext<'_>, text: &str, from: usize) -> String {
    let mut graphemes = text.graphemes(true).skip(from);
    let mut part: String = graphemes.by_ref().take(MOST_CHARACTERS).collect();
    if graphemes.next().is_some() {
        part = context.localizer.say(&Sentence::OpinionCut { shown: &part, characters: text.chars().count() });
    }
    if from > 0 { format!("…{part}") } else { part }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ratatui::text::Line;

    use super::{lines, parting};
    use crate::domain::form::FileRef;
    use crate::domain::process::Done;
    use crate::domain::{
        Difference, DoneStatus, Field, FileId, Form, I18n, Lang, Millis, PersonId, Process, Shown, Value,
        diff::differences,
    };
    use crate::view::render_context::RenderContext;
    use crate::view::test_support::{self, Stage};
    use crate::view::{ColorDepth, Theme, text_layout};

    /// 2026-10-02 09:50 in Shanghai.
    const LATER: Millis = Millis(1_790_905_800_000);

    fn both(zh: &str, en: &str) -> I18n {
        I18n { zh: zh.into(), en: en.into() }
    }

    fn edited(shown: &Shown, process: impl FnOnce(&mut Process), form: impl FnOnce(&mut Form)) -> Shown {
        let mut shown = shown.clone();
        process(Arc::make_mut(&mut shown.process));
        form(Arc::make_mut(shown.form.as_mut().expect("a form")));
        shown
    }

    fn put(form: &mut Form, name: &str, value: Value) {
        let field = form.fields.iter_mut().find(|field| field.api_name.as_str() == name).expect("a field of this name");
        field.value = value;
    }

    /// Many changes: the summary, five fields, a row, two colleagues, a comment.
    fn rich() -> Vec<Difference> {
        let before = test_support::shown(0);
        let now = edited(&before, happen, |form| {
            put(form, "type", Value::Enum { id: "sick".into(), label: both("病假", "Sick") });
            put(form, "start", Value::Date(20735));
            put(form, "days", Value::Number("5".into()));
            put(form, "pay", Value::Number("1334567.50".into()));
            put(form, "to", Value::Employment(PersonId::new("ou_5")));
            let why = "回老家参加婚礼，往返需要五天。手上的工作已经和李娜交接完毕，紧急情况可以打电话。回来之后会补齐这几天的日报，并参加周五的评审会议，不会影响版本封板。";
            put(form, "why", Value::Text(why.into()));
            put(form, "files", Value::List(vec![file("f2")]));
            let row = |item: &str, amount: &str| {
                let field = |name: &str, value| Field { api_name: name.into(), label: I18n::default(), value };
                Value::Record(vec![
                    field("item", Value::Text(item.into())),
                    field("amount", Value::Number(amount.into())),
                ])
            };
            let rows = vec![row("基本工资", "12000"), row("交通补贴", "500"), row("奖金", "1800.25")];
            put(form, "items", Value::List(rows));
        });
        differences(&before, &now)
    }

    /// The first colleague handed the task on and a second one, who joined in between, has finished with an opinion.
    fn happen(process: &mut Process) {
        process.abstracts[1].value = both("5天", "");
        let finished = Done {
            approver_id: crate::domain::ApproverId::new("second"),
            status: DoneStatus::Done,
            operator_id: Some(PersonId::new("ou_8")),
            operator_name: both("孙悦", "Sun Yue"),
            complete_time: Some(LATER),
            approval_opinion: "同意，请注意交接；值班表我已经调整好了。".into(),
            ..process.done_list[0].clone()
        };
        process.done_list.push(finished);
        process.todos[1].operator_id = Some(PersonId::new("ou_2"));
        process.todos[1].operator_name = both("李娜", "Li Na");
        let mut comment = process.comments[0].clone();
        comment.id = "2".into();
        comment.time = Some(LATER);
        comment.message = "婚礼改期，天数改为五天，明细里补了一行交通补贴，附件也换成了新的。".into();
        process.comments.push(comment);
    }

    fn file(id: &str) -> Value {
        Value::File(FileRef {
            id: FileId::new(id),
            name: "车票.pdf".into(),
            length: Some(184_320),
            mime_type: "application/pdf".into(),
        })
    }

    fn painted(stage: &Stage, theme: &Theme, differences: &[Difference], columns: u16) -> Vec<Line<'static>> {
        let process = &test_support::shown(2).process.id;
        lines(&RenderContext::new(&stage.app, &stage.keymap, theme), process, differences, columns.into())
    }

    /// The text alone.
    fn written(stage: &Stage, differences: &[Difference], columns: u16) -> Vec<String> {
        let theme = Theme::new(ColorDepth::Mono, false);
        painted(stage, &theme, differences, columns).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn differences_are_as_drawn() {
        let theme = Theme::new(ColorDepth::Indexed, false);
        insta::with_settings!({ snapshot_path => "../../tests/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            for (name, lang, columns) in
                [("difference", Lang::Zh, 80), ("difference_en", Lang::En, 160), ("difference_narrow", Lang::Zh, 40)]
            {
                let lines = painted(&Stage::new(lang, columns, 24).keys("enter 2"), &theme, &rich(), columns);
                insta::assert_snapshot!(name, test_support::styled_lines(&lines, &theme, columns));
            }
        });
    }

    #[test]
    fn no_line_is_wider_than_its_place() {
        for lang in [Lang::Zh, Lang::En] {
            let stage = Stage::new(lang, 80, 24);
            for columns in 20..170 {
                for line in written(&stage, &rich(), columns) {
                    assert!(text_layout::width(&line) <= columns.into(), "{columns}: {line}");
                }
            }
        }
    }

    #[test]
    fn what_wants_care_is_masked_with_its_labels_until_it_is_revealed() {
        let before = test_support::shown(2);
        let now = edited(
            &before,
            |process| process.abstracts[0].value = both("26000.00", ""),
            |form| put(form, "days", Value::Number("5".into())),
        );
        let found = differences(&before, &now);
        let masked = Stage::new(Lang::Zh, 80, 24);
        let text = written(&masked, &found, 76);
        assert_eq!(text, [" [敏感信息，按 v 显示]", " 调整后    •••••• → ••••••", " 时长(天)  •••••• → ••••••",]);
        let revealed = written(&masked.keys("j j v"), &found, 76).join("\n");
        assert!(revealed.contains("25000.00 → 26000.00"), "{revealed}");
        assert!(revealed.contains("3 → 5"), "{revealed}");
    }

    #[test]
    fn of_two_long_texts_the_part_is_shown_where_they_part() {
        let before = edited(
            &test_support::shown(0),
            |_| {},
            |form| put(form, "why", Value::Text(format!("{}甲完", "长".repeat(300)).as_str().into())),
        );
        let now = edited(
            &before,
            |_| {},
            |form| {
                let text = format!("{}乙{}", "长".repeat(300), "又".repeat(200));
                put(form, "why", Value::Text(text.as_str().into()));
            },
        );
        let text = written(&Stage::new(Lang::Zh, 80, 24), &differences(&before, &now), 76).join("\n");
        assert!(text.contains("- …长长长长长长长长长长长长甲完\n"), "{text}");
        assert!(text.contains("+ …长长长长长长长长长长长长乙又又"), "{text}");
        assert!(text.replace(['\n', ' '], "").contains("又…（共501字）"), "{text}");
    }

    #[test]
    fn what_differs_between_two_texts_is_counted_without_white_space() {
        assert_eq!(parting("往返 三天。", "往返五 六天。"), (2..3, 2..4));
        assert_eq!(parting("aba", "ababa"), (3..3, 3..5));
        assert_eq!(parting("同意", "退回补件"), (0..0, 0..0));
        assert_eq!(parting("", "x"), (0..0, 0..1));
    }

    #[test]
    fn two_that_are_called_the_same_are_told_apart() {
        let before = test_support::shown(0);
        let now = edited(
            &before,
            |process| process.initiator_id = Some(PersonId::new("ou_10")),
            |form| {
                put(form, "days", Value::Text("3".into()));
                put(form, "files", Value::List(vec![file("f2")]));
                put(form, "at", Value::DateTime { at: Millis(1_790_905_260_001), zone: "".into() });
            },
        );
        let text = written(&Stage::new(Lang::Zh, 80, 24), &differences(&before, &now), 120).join("\n");
        assert!(text.contains("张伟（ou_9） → 张伟（ou_10）"), "{text}");
        assert!(text.contains("3（number） → 3（text）"), "{text}");
        assert!(text.contains("（file f1） → ") && text.contains("（file f2）"), "{text}");
        assert!(text.contains("（datetime 1790905260000）") && text.contains("（datetime 1790905260001）"), "{text}");
    }
}

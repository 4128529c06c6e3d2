//! The one sentence that a decision is confirmed by: who, which document, which node, in whose name.
//!
//! Names hold together: a word joiner stands between their characters, so that no line break divides them. The view
//! removes the joiners after wrapping.

use std::borrow::Cow;

use unicode_width::UnicodeWidthStr;

use super::localizer::LONG_NAME;
use super::{Localizer, Sentence, en, number, short_id, shorten, zh};
use crate::domain::amounts::{Amount, Amounts};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::process::Abstract;
use crate::domain::{CleanText, Decision, Form, Lang, Operator, Person, Target};

/// Room for the parts of the sentence that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextBudget {
    /// Values of the summary, from its beginning.
    pub summary: usize,
    /// Characters of the opinion.
    pub opinion: usize,
    /// Columns of each name; one that is longer loses its middle.
    pub names: usize,
    /// Amounts of a sensitive request, from the first.
    pub amounts: usize,
}

/// Columns of a pair that no line break divides: the narrowest screen has a few more.
const LONG_PAIR: usize = 34;
/// Columns of a figure that stands whole: a billion with cents, and more.
const LONG_FIGURE: usize = 24;
/// Characters at either end of a longer one.
const FIGURE_ENDS: usize = 4;

/// Columns of each name where nothing else is left to leave out.
const LEAST_NAME: usize = 12;

impl TextBudget {
    /// All parts.
    pub const WHOLE: Self = Self { summary: usize::MAX, opinion: usize::MAX, names: usize::MAX, amounts: usize::MAX };
    /// None of these parts. One amount always stays.
    pub const LEAST: Self = Self { summary: 0, opinion: 0, names: LEAST_NAME, amounts: 1 };

    /// The next smaller room; `None` at the end. Names of absurd length give way first, then the approver's own words:
    /// they confirm the request.
    #[must_use]
    pub const fn less(self) -> Option<Self> {
        match self {
            Self { names, .. } if names > LONG_NAME => Some(Self { names: LONG_NAME, ..self }),
            Self { opinion: 1.., .. } => Some(Self { opinion: self.opinion / 2, ..self }),
            Self { summary: 1.., .. } => Some(Self { summary: self.summary - 1, ..self }),
            Self { names, .. } if names > LEAST_NAME => Some(Self { names: names - 4, ..self }),
            Self { amounts: 2.., .. } => Some(Self { amounts: self.amounts - 1, ..self }),
            _ => None,
        }
    }
}

pub use super::shorten::JOINER;

/// `text` as one piece that no line break divides.
#[must_use]
pub fn unbroken(text: &str) -> String {
    let mut joined = String::with_capacity(text.len() * 2);
    for (at, character) in text.chars().filter(|c| *c != JOINER).enumerate() {
        if at > 0 {
            joined.push(JOINER);
        }
        joined.push(if character == ' ' { '\u{A0}' } else { character });
    }
    joined
}

/// The base of a decision: the target, the summary of its request, and the amounts of its form.
#[derive(Clone, Debug)]
pub struct ReviewInput<'a> {
    target: &'a Target,
    abstracts: &'a [Abstract],
    amounts: Amounts,
}

impl<'a> ReviewInput<'a> {
    /// `form` as far as it has been read; only a sensitive one tells its amounts.
    #[must_use]
    pub fn new(target: &'a Target, abstracts: &'a [Abstract], form: Option<&Form>) -> Self {
        let amounts = form.filter(|_| target.high_care).map(Amounts::of).unwrap_or_default();
        Self { target, abstracts, amounts }
    }

    /// Amounts that can be named.
    #[must_use]
    pub const fn amounts(&self) -> usize {
        self.amounts.named.len()
    }

    /// Values that the summary has.
    #[must_use]
    pub fn values(&self) -> usize {
        self.abstracts.iter().filter(|line| !line.value.is_empty()).count()
    }

    /// The amounts, shown on purpose, masked or not. Those without room are counted.
    fn said_amounts(&self, localizer: &Localizer<'_>, room: TextBudget) -> Vec<String> {
        let said = |amount: &Amount| {
            let label = localizer.text(&amount.label);
            let label = shorten::middle(&label, room.names);
            let new = figure(localizer, &amount.new);
            let old = amount.old.as_ref().map(|old| figure(localizer, old));
            format!("{label} {}", figures(old.as_deref(), &new)).trim_start().to_owned()
        };
        let mut parts: Vec<_> = self.amounts.named.iter().take(room.amounts).map(said).collect();
        let left = self.amounts.more + self.amounts.named.len() - parts.len();
        if left > 0 {
            parts.push(localizer.say(&Sentence::AndMore(left)));
        }
        parts
    }

    /// The summary in one line. Values are left out whole and counted: a part of a figure is another figure.
    fn summary(&self, localizer: &Localizer<'_>, most: usize) -> String {
        let values = self.abstracts.iter().map(|line| localizer.text(&line.value)).filter(|value| !value.is_empty());
        let mut parts: Vec<_> = values.take(most).collect();
        let left = self.values().saturating_sub(parts.len());
        if left > 0 {
            parts.push(localizer.say(&Sentence::SummaryCut(left)).into());
        }
        parts.join(" ")
    }
}

/// Old and new as one piece; of long ones, a line breaks before the arrow and never inside a figure.
fn figures(old: Option<&str>, new: &str) -> String {
    let Some(old) = old else { return unbroken(new) };
    let pair = format!("{old} → {new}");
    if pair.width() <= LONG_PAIR {
        return unbroken(&pair);
    }
    format!("{} {}", unbroken(old), unbroken(&format!("→ {new}")))
}

/// A figure in groups; of absurd length, its ends and how many digits it has.
fn figure(localizer: &Localizer<'_>, digits: &CleanText) -> String {
    let line = digits.line();
    let grouped = number::group(&line);
    if grouped.width() <= LONG_FIGURE {
        return grouped;
    }
    let characters: Vec<_> = line.chars().collect();
    let end = characters.len().saturating_sub(FIGURE_ENDS);
    let ends = [characters.get(..FIGURE_ENDS), characters.get(end..)];
    let [start, end] = ends.map(|end| end.unwrap_or_default().iter().collect::<String>());
    let count = line.chars().filter(|character| character.is_numeric()).count();
    localizer.say(&Sentence::FigureCut { start: &start, end: &end, digits: count })
}

/// The sentence, as far as there is room: its opinion is cut, its summary loses values, names lose their middle, amounts
/// are counted. Nothing else of it ever does.
#[must_use]
pub fn sentence(
    localizer: &Localizer<'_>,
    matter: &ReviewInput<'_>,
    decision: &Decision,
    operator: &Operator,
    room: TextBudget,
) -> String {
    let case = ReviewParts::new(localizer, matter, operator, room);
    let opinion = cut_opinion(localizer, decision, room.opinion);
    match localizer.lang {
        Lang::Zh => zh(localizer, &case, decision, opinion, room.names),
        Lang::En => en(localizer, &case, decision, opinion, room.names),
    }
}

struct ReviewParts {
    /// Initiator and kind, with the summary.
    document: String,
    amounts: Vec<String>,
    node: String,
    operator: String,
}

impl ReviewParts {
    fn new(localizer: &Localizer<'_>, matter: &ReviewInput<'_>, operator: &Operator, room: TextBudget) -> Self {
        let case = localizer.request_with(matter.target, room.names, unbroken);
        let summary = matter.summary(localizer, room.summary);
        let name = localizer.text(&operator.name);
        let name = if name.is_empty() { short_id(operator.id.as_str()) } else { name.into_owned() };
        Self {
            document: match localizer.lang {
                _ if summary.is_empty() => case,
                Lang::Zh if summary.starts_with('（') => format!("{case}{summary}"),
                Lang::Zh => format!("{case}：{summary}"),
                Lang::En => format!("{case}: {summary}"),
            },
            amounts: matter.said_amounts(localizer, room),
            node: shorten::middle(&localizer.text(&matter.target.node), room.names).into_owned(),
            operator: unbroken(&shorten::middle(&name, room.names)),
        }
    }
}

/// The opinion in one line of at most `limit` characters, and how long it is when that is not all of it; `None` when
/// there is none.
pub(super) fn cut_opinion(localizer: &Localizer<'_>, decision: &Decision, limit: usize) -> Option<String> {
    let opinion = decision.opinion();
    if opinion.is_empty() {
        return None;
    }
    let line = opinion.as_str().replace('\n', " ");
    let characters = line.chars().count();
    if characters <= limit {
        return Some(line);
    }
    let shown: String = line.chars().take(limit).collect();
    Some(localizer.say(&Sentence::OpinionCut { shown: &shown, characters }))
}

/// A person in a review: the name, and the mark that tells apart two people of the same name, each in at most `columns`
/// columns.
fn person(localizer: &Localizer<'_>, person: &Person, columns: usize) -> String {
    let (name, more) = known_in(localizer.lang, person, columns);
    format!("{}{more}", unbroken(&name))
}

/// The mark that tells apart two people of the same name: the number, or the end of the id. Empty where the id stands
/// for the name already.
#[must_use]
pub fn mark(person: &Person) -> String {
    let number = person.employee_number.line();
    if number.is_empty() && !person.name.is_empty() { short_id(person.id.as_str()) } else { number.into_owned() }
}

/// A person by name and mark.
#[must_use]
pub fn marked(lang: Lang, person: &Person) -> String {
    let (name, _) = known(lang, person);
    format!("{name}{}", bracketed_parts(lang, [mark(person).into()]))
}

/// A person's name, and in brackets mark and department, which tell apart two people of the same name.
pub(super) fn known(lang: Lang, person: &Person) -> (String, String) {
    known_in(lang, person, usize::MAX)
}

fn known_in(lang: Lang, person: &Person, columns: usize) -> (String, String) {
    let name = person.name.get(lang).line();
    let name = if name.is_empty() { short_id(person.id.as_str()) } else { name.into_owned() };
    let fit = |text: &str| shorten::middle(text, columns).into_owned();
    let more = [fit(&mark(person)).into(), fit(&person.department.get(lang).line()).into()];
    (fit(&name), bracketed_parts(lang, more))
}

fn bracketed_parts<const N: usize>(lang: Lang, parts: [Cow<'_, str>; N]) -> String {
    let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match lang {
        _ if parts.is_empty() => String::new(),
        Lang::Zh => super::bracketed(lang, &parts.join(" ")),
        Lang::En => super::bracketed(lang, &parts.join(", ")),
    }
}

fn people(localizer: &Localizer<'_>, chosen: &[Person], columns: usize) -> String {
    let separator = match localizer.lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    };
    chosen.iter().map(|one| person(localizer, one, columns)).collect::<Vec<_>>().join(separator)
}

fn zh(
    localizer: &Localizer<'_>,
    case: &ReviewParts,
    decision: &Decision,
    opinion: Option<String>,
    names: usize,
) -> String {
    let ReviewParts { document, amounts, node, operator } = case;
    let act = match decision {
        Decision::Approve { .. } => format!("同意 {document}"),
        Decision::Reject { .. } => format!("拒绝 {document}"),
        Decision::Withdraw { .. } => format!("撤回 {document}"),
        Decision::Revoke { .. } => format!("撤销 {document}"),
        Decision::Transfer { to, .. } => format!("转交给 {} · {document}", person(localizer, to, names)),
        Decision::AddSign { position, method, people: chosen, .. } => {
            let way = localizer.position(*position);
            let how = counted(localizer.lang, *method, chosen.len());
            format!("{way} {}{how} · {document}", people(localizer, chosen, names))
        }
    };
    let mut parts = vec![act];
    parts.extend_from_slice(amounts);
    if !node.is_empty() {
        parts.push(format!("节点 {node}"));
    }
    if let Some(opinion) = opinion {
        let label = match decision {
            Decision::Approve { .. } => "意见",
            Decision::Reject { .. } | Decision::Withdraw { .. } | Decision::Revoke { .. } => "原因",
            Decision::Transfer { .. } | Decision::AddSign { .. } => "备注",
        };
        parts.push(format!("{label}「{opinion}」"));
    }
    parts.push(unbroken(&format!("以 {operator} 的身份？")));
    parts.join(" · ")
}

fn en(
    localizer: &Localizer<'_>,
    case: &ReviewParts,
    decision: &Decision,
    opinion: Option<String>,
    names: usize,
) -> String {
    let ReviewParts { document, amounts, node, operator } = case;
    let act = match decision {
        Decision::Approve { .. } => format!("Approve {document}"),
        Decision::Reject { .. } => format!("Reject {document}"),
        Decision::Withdraw { .. } => format!("Withdraw {document}"),
        Decision::Revoke { .. } => format!("Revoke {document}"),
        Decision::Transfer { to, .. } => format!("Transfer to {} · {document}", person(localizer, to, names)),
        Decision::AddSign { position, method, people: chosen, .. } => {
            let way = beside(*position);
            let how = counted(localizer.lang, *method, chosen.len());
            format!("Add {} {way}{how} · {document}", people(localizer, chosen, names))
        }
    };
    let mut parts = vec![act];
    parts.extend_from_slice(amounts);
    if !node.is_empty() {
        parts.push(format!("step {node}"));
    }
    if let Some(opinion) = opinion {
        let label = match decision {
            Decision::Approve { .. } => "comment",
            Decision::Reject { .. } | Decision::Withdraw { .. } | Decision::Revoke { .. } => "reason",
            Decision::Transfer { .. } | Decision::AddSign { .. } => "note",
        };
        parts.push(format!("{label} \"{opinion}\""));
    }
    parts.push(unbroken(&format!("as {operator}?")));
    parts.join(" · ")
}

/// Where additional approvers stand, inside an English sentence.
pub(super) const fn beside(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "before you",
        AddSignPosition::Parallel => "with you",
        AddSignPosition::After => "after you",
    }
}

/// How several people count; one person needs no such word.
pub(super) fn counted(lang: Lang, method: AddSignMethod, people: usize) -> String {
    match (people, lang) {
        (0 | 1, _) => String::new(),
        (_, Lang::Zh) => super::bracketed(lang, zh::method(method)),
        (_, Lang::En) => super::bracketed(lang, en::method(method)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{JOINER, ReviewInput, TextBudget, sentence};
    use crate::app::Layer;
    use crate::domain::decision::{AddSignMethod, AddSignPosition};
    use crate::domain::process::Abstract;
    use crate::domain::{
        ApproverId, Decision, I18n, Lang, Millis, Operator, Opinion, Person, PersonId, PersonIdType, ProcessId,
        Properties, Stamp, Target, TaskKey,
    };
    use crate::keys::Keymap;
    use crate::text::Localizer;

    fn both(zh: &str, en: &str) -> I18n {
        I18n { zh: zh.into(), en: en.into() }
    }

    fn leave() -> Target {
        Target {
            key: TaskKey { process: ProcessId::new("7612023796295345926"), approver: ApproverId::new("2") },
            kind: both("休假申请", "Leave"),
            initiator: both("张伟", "Zhang Wei"),
            by_system: false,
            summary: both("年假 3天", "3 days"),
            node: both("直属上级", "Manager"),
            high_care: false,
            stamp: Stamp([0; 16]),
            tasks: Vec::new(),
            properties: Properties::Normal,
        }
    }

    fn said(lang: Lang, decision: &Decision, limit: usize) -> String {
        said_of(&leave(), lang, decision, TextBudget { summary: 9, opinion: limit, names: 99, amounts: 3 })
    }

    fn said_of(target: &Target, lang: Lang, decision: &Decision, room: TextBudget) -> String {
        let operator =
            Operator { id: PersonId::new("ou_1"), id_type: PersonIdType::OpenId, name: both("王芳", "Wang Fang") };
        let keymap = Keymap::standard();
        let localizer = Localizer {
            lang,
            keymap: &keymap,
            zone: &TimeZone::UTC,
            now: Millis(0),
            layers: Layer::LIST,
            simulated: false,
        };
        let abstracts = [("年假", ""), ("", ""), ("3天", "3 days")]
            .map(|(zh, en)| Abstract { name: I18n::default(), value: both(zh, en) });
        let matter = ReviewInput::new(target, &abstracts, None);
        sentence(&localizer, &matter, decision, &operator, room).replace(JOINER, "").replace('\u{A0}', " ")
    }

    fn opinion(text: &str) -> Opinion {
        Opinion::new(text, 1000).expect("short")
    }

    #[test]
    fn a_process_that_revokes_another_is_not_taken_for_it() {
        let approval = Decision::Approve { opinion: Opinion::default() };
        let with = |properties| Target { properties, ..leave() };
        let zh = said_of(&with(Properties::Revocation), Lang::Zh, &approval, TextBudget::WHOLE);
        assert!(zh.contains("撤销休假申请"), "{zh}");
        let en = said_of(&with(Properties::Correction), Lang::En, &approval, TextBudget::WHOLE);
        assert!(en.contains("Correction: Leave from Zhang Wei"), "{en}");
    }

    #[test]
    fn an_approval_names_person_document_node_and_identity() {
        let approve = Decision::Approve { opinion: Opinion::default() };
        assert_eq!(
            said(Lang::Zh, &approve, 99),
            "同意 张伟发起的休假申请：年假 3天 · 节点 直属上级 · 以 王芳 的身份？"
        );
        let en = said(Lang::En, &approve, 99);
        assert_eq!(en, "Approve Leave from Zhang Wei: 年假 3 days · step Manager · as Wang Fang?");
    }

    #[test]
    fn a_summary_without_room_loses_whole_values_and_counts_them() {
        let approve = Decision::Approve { opinion: Opinion::default() };
        let cut = |lang, summary| {
            said_of(&leave(), lang, &approve, TextBudget { summary, opinion: 0, names: 99, amounts: 3 })
        };
        assert!(cut(Lang::Zh, 2).contains("休假申请：年假 3天 · 节点"), "{}", cut(Lang::Zh, 2));
        assert!(cut(Lang::Zh, 1).contains("休假申请：年假 （另有 1 项摘要） · 节点"), "{}", cut(Lang::Zh, 1));
        assert!(cut(Lang::Zh, 0).contains("休假申请（另有 2 项摘要） · 节点"), "{}", cut(Lang::Zh, 0));
        assert!(cut(Lang::En, 1).contains("Zhang Wei: 年假 (1 more in the summary) · step"), "{}", cut(Lang::En, 1));
    }

    #[test]
    fn her_own_words_give_way_before_the_case_does() {
        let mut room = TextBudget { summary: 2, opinion: 3, names: 99, amounts: 3 };
        let mut all = Vec::new();
        while let Some(less) = room.less() {
            all.push((less.summary, less.opinion, less.names, less.amounts));
            room = less;
        }
        assert_eq!(
            all.get(..5),
            Some(&[(2, 3, 40, 3), (2, 1, 40, 3), (2, 0, 40, 3), (1, 0, 40, 3), (0, 0, 40, 3)][..])
        );
        assert_eq!(all.get(all.len() - 3..), Some(&[(0, 0, 12, 3), (0, 0, 12, 2), (0, 0, 12, 1)][..]));
    }

    #[test]
    fn a_case_is_named_by_what_is_known_of_it_and_the_system_only_where_it_acted() {
        let approve = Decision::Approve { opinion: Opinion::default() };
        let of = |lang, target: Target| {
            let said = said_of(&target, lang, &approve, TextBudget::LEAST);
            let end = ["（另有", " (", " · "].iter().filter_map(|mark| said.find(mark)).min();
            said[..end.unwrap_or(said.len())].to_owned()
        };
        let nobody = || Target { initiator: I18n::default(), ..leave() };
        assert_eq!(of(Lang::Zh, Target { by_system: true, ..nobody() }), "同意 系统发起的休假申请");
        assert_eq!(of(Lang::Zh, nobody()), "同意 休假申请（流程 ID 7612023796295345926）");
        let nameless = || Target { kind: I18n::default(), ..nobody() };
        assert_eq!(of(Lang::Zh, nameless()), "同意 流程 ID 7612023796295345926");
        assert_eq!(of(Lang::En, nameless()), "Approve Process ID 7612023796295345926:");
        let named = Target { initiator: both("张伟", "Zhang Wei"), ..nameless() };
        assert_eq!(of(Lang::Zh, named), "同意 张伟发起的流程 ID 7612023796295345926");
    }

    #[test]
    fn a_long_reason_is_cut_and_says_how_long_it_is() {
        let reject = Decision::Reject { reason: opinion("材料不全\n请补充") };
        assert!(said(Lang::Zh, &reject, 99).contains("原因「材料不全 请补充」"));
        assert!(said(Lang::Zh, &reject, 4).contains("原因「材料不全…（共 8 字）」"));
    }

    #[test]
    fn people_come_with_number_and_department_and_how_they_count() {
        let person = |name: &str, number: &str| Person {
            employee_number: number.into(),
            ..Person::named(PersonId::new("ou_2"), both(name, name))
        };
        let add = Decision::AddSign {
            position: AddSignPosition::Before,
            method: AddSignMethod::AnyOne,
            people: vec![person("李娜", "A1"), person("孙悦", "")],
            remark: Opinion::default(),
        };
        assert!(
            said(Lang::Zh, &add, 9)
                .starts_with("前加签 李娜（A1）、孙悦（ou_2）（或签） · 张伟发起的休假申请：年假 3天 · ")
        );
        let transfer = Decision::Transfer { to: person("李娜", "A1"), remark: opinion("请看") };
        assert!(said(Lang::Zh, &transfer, 9).starts_with("转交给 李娜（A1） · 张伟发起的休假申请：年假 3天 · "));
    }
}

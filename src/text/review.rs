//! The one sentence that a decision is confirmed by: who, which document, which node, in whose name.
//!
//! Names hold together: a word joiner stands between their characters, so that no line break divides them. The view
//! removes the joiners after wrapping.

use unicode_segmentation::UnicodeSegmentation;

use super::{Sentence, Voice, Word, en, short_id, zh};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{Decision, Lang, Operator, Person, Target};

/// Characters of the summary that the sentence repeats.
const SUMMARY_LIMIT: usize = 28;

/// Forbids a line break (UAX 14, WJ); has no width.
pub const JOINER: char = '\u{2060}';

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

/// The sentence, its opinion cut to `opinion_limit` characters. Nothing else of it is ever cut.
#[must_use]
pub fn sentence(
    voice: &Voice<'_>,
    target: &Target,
    decision: &Decision,
    operator: &Operator,
    opinion_limit: usize,
) -> String {
    let case = Case::new(voice, target, operator);
    let opinion = cut_opinion(voice, decision, opinion_limit);
    match voice.lang {
        Lang::Zh => zh(voice, &case, decision, opinion),
        Lang::En => en(voice, &case, decision, opinion),
    }
}

struct Case {
    initiator: String,
    kind: String,
    summary: String,
    node: String,
    operator: String,
}

impl Case {
    fn new(voice: &Voice<'_>, target: &Target, operator: &Operator) -> Self {
        let named = |text: &crate::domain::I18n, otherwise: &str| {
            let text = voice.text(text);
            unbroken(if text.is_empty() { otherwise } else { &text })
        };
        Self {
            initiator: named(&target.initiator, voice.word(Word::System)),
            kind: voice.kind(&target.kind, target.properties).into_owned(),
            summary: cut_summary(&voice.text(&target.summary)),
            node: voice.text(&target.node).into_owned(),
            operator: named(&operator.name, &short_id(operator.id.as_str())),
        }
    }
}

/// The summary as the row of the list shows it: enough to know the case, which stands whole above the sentence.
fn cut_summary(summary: &str) -> String {
    let mut graphemes = summary.graphemes(true);
    let kept: String = graphemes.by_ref().take(SUMMARY_LIMIT).collect();
    if graphemes.next().is_some() { format!("{kept}…") } else { kept }
}

/// The opinion in one line of at most `limit` characters, and how long it is when that is not all of it; `None` when
/// there is none.
pub(super) fn cut_opinion(voice: &Voice<'_>, decision: &Decision, limit: usize) -> Option<String> {
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
    Some(voice.say(&Sentence::OpinionCut { shown: &shown, characters }))
}

/// A person as one confirms them: the name, and what tells apart two of the same name.
fn person(voice: &Voice<'_>, person: &Person) -> String {
    let (name, more) = known(voice.lang, person);
    format!("{}{more}", unbroken(&name))
}

/// A person's name, and in brackets the number and the department; empty when neither is known.
pub(super) fn known(lang: Lang, person: &Person) -> (String, String) {
    let name = person.name.get(lang).line();
    let name = if name.is_empty() { short_id(person.id.as_str()) } else { name.into_owned() };
    let more: Vec<_> = [person.employee_number.line(), person.department.get(lang).line()]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    let (open, separator, close) = match lang {
        _ if more.is_empty() => return (name, String::new()),
        Lang::Zh => ("(", " ", ")"),
        Lang::En => (" (", ", ", ")"),
    };
    (name, format!("{open}{}{close}", more.join(separator)))
}

fn people(voice: &Voice<'_>, chosen: &[Person]) -> String {
    let separator = match voice.lang {
        Lang::Zh => "、",
        Lang::En => ", ",
    };
    chosen.iter().map(|one| person(voice, one)).collect::<Vec<_>>().join(separator)
}

fn zh(voice: &Voice<'_>, case: &Case, decision: &Decision, opinion: Option<String>) -> String {
    let Case { initiator, kind, summary, node, operator } = case;
    let document = format!("{initiator} 的 {kind} {summary}");
    let document = document.trim_end();
    let act = match decision {
        Decision::Approve { .. } => format!("同意 {document}"),
        Decision::Reject { .. } => format!("拒绝 {document}"),
        Decision::Withdraw { .. } => format!("撤回 {document}"),
        Decision::Revoke { .. } => format!("撤销 {document}"),
        Decision::Transfer { to, .. } => format!("把 {document} 转交给 {}", person(voice, to)),
        Decision::AddSign { position, method, people: chosen, .. } => {
            let way = voice.position(*position);
            let how = counted(voice.lang, *method, chosen.len());
            format!("{document} {way} {}{how}", people(voice, chosen))
        }
    };
    let mut parts = vec![act];
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
    parts.push(unbroken(&format!("以 {operator} 的身份?")));
    parts.join(" · ")
}

fn en(voice: &Voice<'_>, case: &Case, decision: &Decision, opinion: Option<String>) -> String {
    let Case { initiator, kind, summary, node, operator } = case;
    let document =
        if summary.is_empty() { format!("{kind} of {initiator}") } else { format!("{kind} of {initiator}: {summary}") };
    let act = match decision {
        Decision::Approve { .. } => format!("Approve {document}"),
        Decision::Reject { .. } => format!("Reject {document}"),
        Decision::Withdraw { .. } => format!("Withdraw {document}"),
        Decision::Revoke { .. } => format!("Revoke {document}"),
        Decision::Transfer { to, .. } => format!("Transfer {document} · to {}", person(voice, to)),
        Decision::AddSign { position, method, people: chosen, .. } => {
            let way = beside(*position);
            let how = counted(voice.lang, *method, chosen.len());
            format!("Add {} {way}{how} to {document}", people(voice, chosen))
        }
    };
    let mut parts = vec![act];
    if !node.is_empty() {
        parts.push(format!("step {node}"));
    }
    if let Some(opinion) = opinion {
        let label = match decision {
            Decision::Approve { .. } => "opinion",
            Decision::Reject { .. } | Decision::Withdraw { .. } | Decision::Revoke { .. } => "reason",
            Decision::Transfer { .. } | Decision::AddSign { .. } => "remark",
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
        AddSignPosition::Parallel => "together with you",
        AddSignPosition::After => "after you",
    }
}

/// How several people count; one person needs no such word.
pub(super) fn counted(lang: Lang, method: AddSignMethod, people: usize) -> String {
    match (people, lang) {
        (0 | 1, _) => String::new(),
        (_, Lang::Zh) => format!("({})", zh::method(method)),
        (_, Lang::En) => format!(" ({})", en::method(method)),
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{JOINER, sentence};
    use crate::domain::decision::{AddSignMethod, AddSignPosition};
    use crate::domain::{
        ApproverId, Decision, I18n, Lang, Millis, Operator, Opinion, Person, PersonId, PersonIdType, ProcessId,
        Properties, Stamp, Target, TaskKey,
    };
    use crate::keys::Keymap;
    use crate::text::Voice;

    fn both(zh: &str, en: &str) -> I18n {
        I18n { zh: zh.into(), en: en.into() }
    }

    fn said(lang: Lang, decision: &Decision, limit: usize) -> String {
        said_of(Properties::Normal, lang, decision, limit)
    }

    fn said_of(properties: Properties, lang: Lang, decision: &Decision, limit: usize) -> String {
        let target = Target {
            key: TaskKey { process: ProcessId::new("1"), approver: ApproverId::new("2") },
            kind: both("休假申请", "Leave"),
            initiator: both("张伟", "Zhang Wei"),
            summary: both("年假 3天", "3 days"),
            node: both("直属上级", "Manager"),
            high_care: false,
            stamp: Stamp([0; 16]),
            tasks: Vec::new(),
            properties,
        };
        let operator =
            Operator { id: PersonId::new("ou_1"), id_type: PersonIdType::OpenId, name: both("王芳", "Wang Fang") };
        let keymap = Keymap::standard();
        let voice = Voice {
            lang,
            keymap: &keymap,
            zone: &TimeZone::UTC,
            now: Millis(0),
            layers: crate::app::Layer::LIST,
            simulated: false,
        };
        sentence(&voice, &target, decision, &operator, limit).replace(JOINER, "").replace('\u{A0}', " ")
    }

    fn opinion(text: &str) -> Opinion {
        Opinion::new(text, 1000).expect("short")
    }

    #[test]
    fn a_process_that_revokes_another_is_not_taken_for_it() {
        let approval = Decision::Approve { opinion: Opinion::default() };
        let zh = said_of(Properties::Revocation, Lang::Zh, &approval, 80);
        assert!(zh.contains("撤销「休假申请」"), "{zh}");
        let en = said_of(Properties::Correction, Lang::En, &approval, 80);
        assert!(en.contains("Correction of Leave of Zhang Wei"), "{en}");
    }

    #[test]
    fn an_approval_names_person_document_node_and_identity() {
        let approve = Decision::Approve { opinion: Opinion::default() };
        assert_eq!(said(Lang::Zh, &approve, 99), "同意 张伟 的 休假申请 年假 3天 · 节点 直属上级 · 以 王芳 的身份?");
        assert_eq!(said(Lang::En, &approve, 99), "Approve Leave of Zhang Wei: 3 days · step Manager · as Wang Fang?");
    }

    #[test]
    fn a_long_reason_is_cut_and_says_how_long_it_is() {
        let reject = Decision::Reject { reason: opinion("材料不全\n请补充") };
        assert!(said(Lang::Zh, &reject, 99).contains("原因「材料不全 请补充」"));
        assert!(said(Lang::Zh, &reject, 4).contains("原因「材料不全…(共 8 字)」"));
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
        assert!(said(Lang::Zh, &add, 9).starts_with("张伟 的 休假申请 年假 3天 前加签 李娜(A1)、孙悦(或签) · "));
        let transfer = Decision::Transfer { to: person("李娜", "A1"), remark: opinion("请看") };
        assert!(said(Lang::Zh, &transfer, 9).starts_with("把 张伟 的 休假申请 年假 3天 转交给 李娜(A1) · "));
    }
}

//! The outcome of a decision in one clause, for the history page and the command line.

use std::borrow::Cow;

use super::evidence::overtaken;
use super::{Localizer, Word, bracketed, en, review, when, zh};
use crate::app::Command;
use crate::domain::Past;
use crate::domain::Resolution;
use crate::domain::record::{Answered, Change, Discard, Hindrance};
use crate::domain::{Action, CleanText, Decision, Finding, I18n, Lang, Person, Reviewed, Target, clean_line};

/// The outcome of a decision by its last record. `living`: the run that confirmed it goes on and sends its held
/// decisions; no other run does.
#[must_use]
pub fn outcome(lang: Lang, past: &Past, living: bool) -> String {
    match (&past.last().change, lang) {
        (Change::Discarded(why), _) => {
            let before = past.records().rev().nth(1).map(|record| Resolution::after(&record.change));
            discarded(lang, *why, before)
        }
        (Change::Waiting(answered), Lang::Zh) if !living && is_answered(answered) => {
            format!("未生效{}", numbered(Lang::Zh, answered))
        }
        (Change::Waiting(answered), Lang::En) if !living && is_answered(answered) => {
            format!("not applied{}", numbered(Lang::En, answered))
        }
        (Change::Held(_) | Change::Waiting(_), Lang::Zh) if !living => "未发送".to_owned(),
        (Change::Held(_) | Change::Waiting(_), Lang::En) if !living => "not sent".to_owned(),
        (last, _) => change(lang, last),
    }
}

/// It left and was turned away: more is known than that it was not sent.
const fn is_answered(answered: &Answered) -> bool {
    answered.code.is_some() || answered.http.is_some()
}

impl Localizer<'_> {
    /// All searchable text of a decision: its history entry in both languages, its people, numbers and codes.
    #[must_use]
    pub fn findable(&self, past: &Past, living: bool) -> String {
        let (first, last) = (past.first(), past.last());
        let said = self.past(past, living, usize::MAX);
        let command = Command::Decide(first.action).name();
        let mut words = vec![said.decision, said.standing, self.moment(last.at), command.to_owned()];
        words.push(when::full(last.at, self.zone, self.lang));
        words.extend([Lang::Zh, Lang::En].map(|lang| action(lang, first.action).to_owned()));
        words.extend([first.task.process.as_str().to_owned(), first.task.approver.as_str().to_owned()]);
        let mut both = |text: &I18n| words.extend([text.zh.line().into_owned(), text.en.line().into_owned()]);
        if let Some(Reviewed { target, decision, .. }) = past.reviewed() {
            [&target.kind, &target.initiator, &target.node].into_iter().for_each(&mut both);
            if !target.high_care {
                both(&target.summary);
            }
            for person in decision.people() {
                both(&person.name);
                both(&person.department);
                both(&I18n::same(person.employee_number.clone()));
            }
        }
        for record in past.records() {
            if let Some(answered) = record.change.answered() {
                words.extend(answered.code.map(|code| code.to_string()));
                words.extend(answered.log_id.iter().map(CleanText::to_string));
            }
        }
        words.join(" ")
    }
}

/// One change of state.
#[must_use]
pub fn change(lang: Lang, change: &Change) -> String {
    match lang {
        Lang::Zh => zh_change(change),
        Lang::En => en_change(change),
    }
}

fn zh_change(change: &Change) -> String {
    match change {
        Change::Held(_) => "待发送".to_owned(),
        Change::TakenBack => "已收回".to_owned(),
        Change::Sending { attempt: 0 | 1 } => "可能已发送，无响应记录".to_owned(),
        Change::Sending { attempt } => format!("可能已发送（第 {attempt} 次），无响应记录"),
        Change::Waiting(answered) => format!("待发送{}", numbered(Lang::Zh, answered)),
        Change::Accepted { .. } => "已生效".to_owned(),
        Change::Refused(answered) => format!("未生效{}", numbered(Lang::Zh, answered)),
        Change::NotSent(answered) if is_answered(answered) => format!("未生效{}", numbered(Lang::Zh, answered)),
        Change::NotSent(answered) => match answered.hindrance {
            Some(Hindrance::Late) => "未发送：发送前检查多次超时".to_owned(),
            Some(Hindrance::Ended) => "未发送：程序已退出".to_owned(),
            None => "未发送".to_owned(),
        },
        Change::Unknown(answered) => format!("结果未知{}", numbered(Lang::Zh, answered)),
        Change::Changed { .. } => "未发送：单据有变更".to_owned(),
        Change::Slept => "未发送：等待期间电脑休眠或时钟改变".to_owned(),
        Change::Found { finding: Finding::Applied, .. } => "已生效（已核实）".to_owned(),
        Change::Found { finding: Finding::NotApplied, .. } => "未生效（已核实）".to_owned(),
        Change::Found { finding: Finding::Overtaken, evidence } => {
            format!("未生效：{}", overtaken(Lang::Zh, evidence))
        }
        Change::Found { finding: Finding::Unclear, .. } => "结果仍未知".to_owned(),
        Change::Discarded(why) => discarded(Lang::Zh, *why, None),
    }
}

fn en_change(change: &Change) -> String {
    match change {
        Change::Held(_) => "queued".to_owned(),
        Change::TakenBack => "undone".to_owned(),
        Change::Sending { attempt: 0 | 1 } => "may have been sent, no response recorded".to_owned(),
        Change::Sending { attempt } => {
            format!("may have been sent (attempt {attempt}), no response recorded")
        }
        Change::Waiting(answered) => format!("queued, delayed{}", numbered(Lang::En, answered)),
        Change::Accepted { .. } => "applied".to_owned(),
        Change::Refused(answered) => format!("not applied{}", numbered(Lang::En, answered)),
        Change::NotSent(answered) if is_answered(answered) => {
            format!("not applied{}", numbered(Lang::En, answered))
        }
        Change::NotSent(answered) => match answered.hindrance {
            Some(Hindrance::Late) => "not sent: pre-send check expired".to_owned(),
            Some(Hindrance::Ended) => "not sent: shenpi exited".to_owned(),
            None => "not sent".to_owned(),
        },
        Change::Unknown(answered) => format!("outcome unknown{}", numbered(Lang::En, answered)),
        Change::Changed { .. } => "not sent: request changed".to_owned(),
        Change::Slept => "not sent: the computer slept or its clock changed".to_owned(),
        Change::Found { finding: Finding::Applied, .. } => "applied (checked)".to_owned(),
        Change::Found { finding: Finding::NotApplied, .. } => "not applied (checked)".to_owned(),
        Change::Found { finding: Finding::Overtaken, evidence } => {
            format!("not applied: {}", overtaken(Lang::En, evidence))
        }
        Change::Found { finding: Finding::Unclear, .. } => "outcome still unknown".to_owned(),
        Change::Discarded(why) => discarded(Lang::En, *why, None),
    }
}

/// Closed without another attempt. Whether it was ever sent depends on its state before.
fn discarded(lang: Lang, why: Discard, before: Option<Resolution>) -> String {
    let (what, sent) = match lang {
        Lang::Zh => (
            match why {
                Discard::Left => "退出时丢弃",
                Discard::Asked => "已丢弃",
                Discard::Anew => "已重新提交",
            },
            match before {
                Some(Resolution::Unsent) => "，未发送",
                Some(Resolution::Uncertain) => "，结果未知",
                Some(Resolution::Resolved) | None => "",
            },
        ),
        Lang::En => (
            match why {
                Discard::Left => "discarded on quit",
                Discard::Asked => "discarded",
                Discard::Anew => "retried",
            },
            match before {
                Some(Resolution::Unsent) => ", not sent",
                Some(Resolution::Uncertain) => ", outcome unknown",
                Some(Resolution::Resolved) | None => "",
            },
        ),
    };
    format!("{what}{sent}")
}

/// The platform's code, or that of HTTP, in brackets; empty when there is neither.
fn numbered(lang: Lang, answered: &Answered) -> String {
    match (answered.code, answered.http) {
        (Some(code), _) => bracketed(lang, &code.to_string()),
        (None, Some(http)) => bracketed(lang, &format!("HTTP {http}")),
        (None, None) => String::new(),
    }
}

/// The kind of a decision.
#[must_use]
pub const fn action(lang: Lang, action: Action) -> &'static str {
    match lang {
        Lang::Zh => zh::action(action),
        Lang::En => en::action(action),
    }
}

/// The initiator of a request; empty when unknown.
#[must_use]
pub fn initiator(lang: Lang, target: &Target) -> Cow<'_, str> {
    match (target.initiator.get(lang).line(), lang) {
        (name, _) if !name.is_empty() || !target.by_system => name,
        (_, Lang::Zh) => zh::word(Word::System).into(),
        (_, Lang::En) => en::word(Word::System).into(),
    }
}

/// People of an add-sign that are named one by one; the others are counted.
const NAMED: usize = 3;

/// The decision with the people that it names: the receiver, or the additional approvers and their position.
#[must_use]
pub fn act(lang: Lang, decision: &Decision) -> String {
    let called = |person: &Person| {
        let (name, more) = review::known(lang, person);
        format!("{name}{more}")
    };
    match (decision, lang) {
        (Decision::Transfer { to, .. }, Lang::Zh) => format!("转交给 {}", called(to)),
        (Decision::Transfer { to, .. }, Lang::En) => format!("Transfer to {}", called(to)),
        (Decision::AddSign { position, method, people, .. }, Lang::Zh) => {
            let names: Vec<_> = people.iter().take(NAMED).map(called).collect();
            let names = names.join("、");
            let names = if people.len() > NAMED { format!("{names}等 {} 人", people.len()) } else { names };
            format!("{} {names}{}", zh::position(*position), review::counted(lang, *method, people.len()))
        }
        (Decision::AddSign { position, method, people, .. }, Lang::En) => {
            let names: Vec<_> = people.iter().take(NAMED).map(called).collect();
            let names = names.join(", ");
            let more = people.len().saturating_sub(NAMED);
            let names = if more > 0 { format!("{names} and {more} more") } else { names };
            let counted = review::counted(lang, *method, people.len());
            format!("Add {names} {}{counted}", review::beside(*position))
        }
        _ => action(lang, decision.action()).to_owned(),
    }
}

/// The columns of the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Time,
    Action,
    Initiator,
    Kind,
    Outcome,
    LogId,
}

impl Column {
    pub const ALL: [Self; 6] = [Self::Time, Self::Action, Self::Initiator, Self::Kind, Self::Outcome, Self::LogId];

    #[must_use]
    pub const fn title(self, lang: Lang) -> &'static str {
        match (lang, self) {
            (Lang::Zh, Self::Time) => "时间",
            (Lang::Zh, Self::Action) => "操作",
            (Lang::Zh, Self::Initiator) => "发起人",
            (Lang::Zh, Self::Kind) => "类型",
            (Lang::Zh, Self::Outcome) => "结果",
            (Lang::Zh, Self::LogId) => "日志 ID",
            (Lang::En, Self::Time) => "Time",
            (Lang::En, Self::Action) => "Action",
            (Lang::En, Self::Initiator) => "Requester",
            (Lang::En, Self::Kind) => "Type",
            (Lang::En, Self::Outcome) => "Outcome",
            (Lang::En, Self::LogId) => "Log ID",
        }
    }
}

/// Remarks about a history.
#[derive(Clone, Copy, Debug)]
pub enum Remark<'a> {
    /// There is no decision in it.
    Empty,
    /// Some lines cannot be read.
    Unreadable(usize),
    /// `--since` is neither a day nor a span.
    NotATime(&'a str),
    /// The journal cannot be read.
    Failed(&'a str),
    /// A newer version of the program wrote the journal.
    Newer,
}

impl Remark<'_> {
    #[must_use]
    pub fn say(self, lang: Lang) -> String {
        clean_line(&self.words(lang))
    }

    fn words(self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::Zh, Self::Empty) => "暂无操作记录".to_owned(),
            (Lang::Zh, Self::Unreadable(lines)) => format!("有 {lines} 行记录无法读取"),
            (Lang::Zh, Self::NotATime(written)) => {
                format!("--since {written} 无效：应为日期（2026-11-01）或时长（7d）")
            }
            (Lang::Zh, Self::Failed(why)) => format!("操作记录无法读取：{why}"),
            (Lang::Zh, Self::Newer) => zh::NEWER_JOURNAL.to_owned(),
            (Lang::En, Self::Empty) => "No decisions recorded".to_owned(),
            (Lang::En, Self::Unreadable(1)) => "1 line of the history cannot be read".to_owned(),
            (Lang::En, Self::Unreadable(lines)) => format!("{lines} lines of the history cannot be read"),
            (Lang::En, Self::NotATime(written)) => {
                format!("--since {written}: expected a date (2026-11-01) or a span (7d)")
            }
            (Lang::En, Self::Failed(why)) => format!("Cannot read the history: {why}"),
            (Lang::En, Self::Newer) => en::NEWER_JOURNAL.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{change, outcome};
    use crate::domain::Past;
    use crate::domain::record::{Answered, Change, Discard, Hindrance};
    use crate::domain::{Action, ApproverId, EntryId, Finding, Lang, Millis, ProcessId, Record, TaskKey};

    fn past(changes: impl IntoIterator<Item = Change>) -> Past {
        let record = |change| Record {
            idle: None,
            entry: EntryId("1".into()),
            at: Millis(0),
            task: TaskKey { process: ProcessId::new("6"), approver: ApproverId::new("7") },
            action: Action::Approve,
            change,
        };
        let mut records = changes.into_iter().map(record);
        let mut past = Past::of(records.next().unwrap());
        records.for_each(|record| past.push(record));
        past
    }

    #[test]
    fn an_outcome_says_what_is_certain_and_names_the_code() {
        let refused = Change::Refused(Answered { code: Some(1_161_001), http: Some(400), ..Answered::default() });
        let lost = Change::Unknown(Answered { http: Some(502), ..Answered::default() });
        let found = Change::Found { finding: Finding::Applied, evidence: Vec::new() };
        for (last, zh, en) in [
            (refused, "未生效（1161001）", "not applied (1161001)"),
            (lost, "结果未知（HTTP 502）", "outcome unknown (HTTP 502)"),
            (found, "已生效（已核实）", "applied (checked)"),
            (Change::Accepted { log_id: None }, "已生效", "applied"),
            (Change::NotSent(Answered::default()), "未发送", "not sent"),
            (
                Change::Sending { attempt: 2 },
                "可能已发送（第 2 次），无响应记录",
                "may have been sent (attempt 2), no response recorded",
            ),
            (
                Change::NotSent(Answered { hindrance: Some(Hindrance::Ended), ..Answered::default() }),
                "未发送：程序已退出",
                "not sent: shenpi exited",
            ),
            (
                Change::NotSent(Answered { http: Some(404), ..Answered::default() }),
                "未生效（HTTP 404）",
                "not applied (HTTP 404)",
            ),
        ] {
            let past = past([Change::Sending { attempt: 1 }, last.clone()]);
            assert_eq!((outcome(Lang::Zh, &past, true).as_str(), outcome(Lang::En, &past, true).as_str()), (zh, en));
            assert_eq!(change(Lang::Zh, &last), zh);
        }
    }

    #[test]
    fn what_another_run_held_is_said_to_be_never_sent() {
        let limited = Answered { code: Some(99_991_400), http: Some(429), ..Answered::default() };
        for (last, living, zh, en) in [
            (Change::Waiting(Answered::default()), true, "待发送", "queued, delayed"),
            (Change::Waiting(Answered::default()), false, "未发送", "not sent"),
            (Change::Waiting(limited), false, "未生效（99991400）", "not applied (99991400)"),
        ] {
            let past = past([last]);
            assert_eq!(
                (outcome(Lang::Zh, &past, living).as_str(), outcome(Lang::En, &past, living).as_str()),
                (zh, en)
            );
        }
    }

    #[test]
    fn what_was_dropped_says_whether_it_may_have_taken_effect() {
        let dropped = |before| outcome(Lang::Zh, &past([before, Change::Discarded(Discard::Asked)]), false);
        assert_eq!(dropped(Change::Waiting(Answered::default())), "已丢弃，未发送");
        assert_eq!(dropped(Change::Sending { attempt: 2 }), "已丢弃，结果未知");
        assert_eq!(outcome(Lang::En, &past([Change::Discarded(Discard::Left)]), false), "discarded on quit");
    }
}

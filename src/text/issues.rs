//! Decisions that want an answer, in words: the decision and its state.

use super::{Localizer, Severity};
use crate::app::Entry;
use crate::app::issues::Line;
use crate::domain::Past;
use crate::domain::decision::state::{Cause, State};
use crate::domain::evidence::{Evidence, Finding};
use crate::domain::record::{Change, Record};
use crate::domain::{Action, Decision, Failure, Lang, Reviewed, Target};

/// One entry of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    pub decision: String,
    pub standing: String,
    /// Code and log id of the platform for support, where the state does not name them.
    pub reference: Option<String>,
    pub tone: Severity,
}

const UNDONE: (&str, &str) = ("已收回，未发送。", "Undone, not sent.");
const DISCARDED: (&str, &str) = ("已丢弃。", "Discarded.");

impl Localizer<'_> {
    /// The decision, the request, and the people that the decision names.
    #[must_use]
    pub fn decided(&self, decision: &Decision, target: &Target) -> String {
        let (act, case) = (super::history::act(self.lang, decision), self.request(target));
        match decision.action() {
            // Names stand between them: where one ends and the other begins must be seen.
            Action::Transfer | Action::AddSign => format!("{act} · {case}"),
            Action::Approve | Action::Reject | Action::Withdraw | Action::Revoke => format!("{act} {case}"),
        }
    }

    /// The decision and its request, not as a question; its opinion cut to `opinion_limit` characters.
    #[must_use]
    pub fn decision(&self, reviewed: &Reviewed, opinion_limit: usize) -> String {
        let target = &reviewed.target;
        let mut what = self.decided(&reviewed.decision, target);
        let summary = self.text(&target.summary);
        if !target.high_care && !summary.is_empty() {
            what.push_str(match self.lang {
                Lang::Zh => "：",
                Lang::En => ": ",
            });
            what.push_str(&summary);
        }
        let mut parts = vec![what];
        if let Some(opinion) = super::review::cut_opinion(self, &reviewed.decision, opinion_limit) {
            parts.push(match self.lang {
                Lang::Zh => format!("「{opinion}」"),
                Lang::En => format!("\"{opinion}\""),
            });
        }
        parts.join(" ")
    }

    /// One entry of the list, its opinion cut to `opinion_limit` characters.
    #[must_use]
    pub fn issue(&self, line: &Line<'_>, opinion_limit: usize) -> Reconciled {
        match line {
            Line::Ended(reviewed, change) => Reconciled {
                decision: self.decision(reviewed, opinion_limit),
                standing: match change {
                    Change::TakenBack => self.either(UNDONE.0, UNDONE.1),
                    Change::Discarded(_) => self.either(DISCARDED.0, DISCARDED.1),
                    other => super::history::change(self.lang, other),
                },
                reference: None,
                tone: tone(change),
            },
            Line::Task(entry) => {
                let (tone, standing) = self.standing(&entry.state);
                let reference = entry.state.failure().and_then(|of| self.reference(of.code, of.log_id.as_ref()));
                Reconciled { decision: self.decision(&entry.reviewed, opinion_limit), standing, reference, tone }
            }
            Line::Unreadable(past) => Reconciled {
                decision: self.task(past),
                standing: self.either(
                    "记录已损坏，无法得知原操作。请在飞书中查看这个流程。",
                    "The record is damaged. Check the process in Feishu.",
                ),
                reference: None,
                tone: Severity::Bad,
            },
            Line::Unseen(past) => {
                let told = self.past(past, false, opinion_limit);
                let at = super::when::second(past.last().at, self.zone);
                Reconciled { standing: format!("{at} {}", told.standing), ..told }
            }
        }
    }

    /// A decision of the journal with its outcome, its opinion cut to `opinion_limit` characters. `living`: this run
    /// confirmed it.
    #[must_use]
    pub fn past(&self, past: &Past, living: bool, opinion_limit: usize) -> Reconciled {
        let decision = match past.reviewed() {
            Some(reviewed) => self.decision(reviewed, opinion_limit),
            None => self.task(past),
        };
        let (tone, standing) = self.outcome(past, living);
        Reconciled { decision, standing, reference: None, tone }
    }

    /// A failed decision in a few words, the most important first.
    #[must_use]
    pub fn failed(&self, entry: &Entry) -> String {
        let how = match &entry.state {
            State::Unknown(_) => self.either("结果未知", "Unknown"),
            State::Overtaken { .. }
            | State::NotSent(Cause::Handled(_))
            | State::Refused(_)
            | State::NotApplied { .. } => self.either("未生效", "Not applied"),
            State::NotSent(Cause::Failed(Some(failure))) if failure.is_turned_away() => {
                self.either("未生效", "Not applied")
            }
            _ => self.either("未发送", "Not sent"),
        };
        let code = entry.state.failure().and_then(|failure| failure.code);
        let code = code.map(|code| format!(" {code}")).unwrap_or_default();
        format!(
            "{how}{code}{}{}",
            self.either("：", ": "),
            self.decided(&entry.reviewed.decision, &entry.reviewed.target)
        )
    }

    /// All that is known of a decision whose own line cannot be read.
    fn task(&self, past: &Past) -> String {
        let Record { action, task, .. } = past.first();
        format!("{} {}", self.action(*action), self.process(&task.process))
    }

    /// Where a decision of the list stands.
    fn standing(&self, state: &State) -> (Severity, String) {
        let said = |tone, zh: &str, en: &str| (tone, self.either(zh, en));
        let with = |tone, zh: (&str, &str), en: (&str, &str), evidence: &[Evidence]| {
            let (start, end) = (self.either(zh.0, en.0), self.either(zh.1, en.1));
            (tone, format!("{start}{}{end}", self.because(evidence)))
        };
        match state {
            State::NotSent(Cause::EarlierRun) => said(Severity::Careful, "未发送。", "Not sent."),
            State::NotSent(Cause::Slept) => said(
                Severity::Careful,
                "未发送：等待期间电脑休眠、时钟被修改或程序被挂起。",
                "Not sent: the computer slept, its clock changed, or shenpi was suspended.",
            ),
            State::NotSent(Cause::Changed(_)) => {
                said(Severity::Careful, "未发送：单据有变更。", "Not sent: the request changed.")
            }
            State::Queued { .. } => said(Severity::Careful, "待发送。", "Queued."),
            State::Sending { .. } => said(Severity::Careful, "正在发送…", "Sending…"),
            State::Unknown(uncertain) if !uncertain.exhausted => {
                let (zh, en) = match &uncertain.failure {
                    None => ("可能已发送，无响应记录", "May have been sent; no response recorded"),
                    Some(failure) if failure.is_answered() => {
                        ("已发送，响应未说明结果", "Sent; the response is unclear")
                    }
                    Some(_) => ("已发送，未收到响应", "Sent, no response"),
                };
                with(Severity::Careful, (zh, "；正在核实…"), (en, "; checking…"), &uncertain.evidence)
            }
            State::Unknown(uncertain) if uncertain.failure.is_none() => with(
                Severity::Bad,
                ("可能已发送，结果仍未知", "。"),
                ("May have been sent; outcome still unknown", "."),
                &uncertain.evidence,
            ),
            State::Unknown(uncertain) => with(
                Severity::Bad,
                ("已发送，结果仍未知", "。"),
                ("Sent; outcome still unknown", "."),
                &uncertain.evidence,
            ),
            State::NotApplied { evidence } => with(Severity::Bad, ("未生效", "。"), ("Not applied", "."), evidence),
            State::Overtaken { .. } | State::NotSent(Cause::Handled(_)) => {
                let evidence: &[_] = if let State::Overtaken { evidence } = state { evidence } else { &[] };
                let how = super::evidence::overtaken(self.lang, evidence);
                with(Severity::Bad, (&format!("未生效：{how}"), "。"), (&format!("Not applied; {how}"), "."), evidence)
            }
            State::Applied { evidence, .. } => with(Severity::Good, ("已生效", "。"), ("Applied", "."), evidence),
            State::Refused(failure) => (Severity::Bad, self.because_of("未生效。", "Not applied. ", failure.as_ref())),
            State::NotSent(Cause::Failed(failure)) => {
                let (zh, en) = if failure.as_ref().is_some_and(Failure::is_turned_away) {
                    ("未生效。", "Not applied. ")
                } else {
                    ("未发送。", "Not sent. ")
                };
                (Severity::Careful, self.because_of(zh, en, failure.as_ref()))
            }
            State::Undone => said(Severity::Plain, UNDONE.0, UNDONE.1),
            State::Discarded(_) => said(Severity::Plain, DISCARDED.0, DISCARDED.1),
            // No decision yet: the review itself is on screen.
            State::Reviewed => (Severity::Plain, String::new()),
        }
    }

    /// The outcome of a decision by its last record, with the platform's words, the evidence, and code and log id.
    fn outcome(&self, past: &Past, living: bool) -> (Severity, String) {
        let last = &past.last().change;
        let mut parts = vec![super::history::outcome(self.lang, past, living)];
        match last {
            Change::Waiting(answered)
            | Change::Refused(answered)
            | Change::NotSent(answered)
            | Change::Unknown(answered) => parts.push(answered.words.line().into_owned()),
            Change::Found { evidence, .. } => parts.push(self.evidence(evidence)),
            _ => {}
        }
        parts.extend(self.reference(None, past.log_id()));
        parts.retain(|part| !part.is_empty());
        (tone(last), parts.join(" · "))
    }

    /// A statement, and the failure behind it where it is known.
    fn because_of(&self, zh: &str, en: &str, failure: Option<&Failure>) -> String {
        let why = failure.map(|failure| self.failure(failure)).unwrap_or_default();
        format!("{}{why}", self.either(zh, en))
    }

    fn either(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

const fn tone(change: &Change) -> Severity {
    match change {
        Change::Accepted { .. } | Change::Found { finding: Finding::Applied, .. } => Severity::Good,
        Change::Held(_) | Change::Waiting(_) => Severity::Careful,
        Change::TakenBack | Change::Discarded(_) => Severity::Plain,
        Change::Sending { .. }
        | Change::Refused(_)
        | Change::NotSent(_)
        | Change::Unknown(_)
        | Change::Changed { .. }
        | Change::Slept
        | Change::Found { .. } => Severity::Bad,
    }
}

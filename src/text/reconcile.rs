//! Decisions that want an answer, in words: the decision and its state.

use super::{Localizer, Severity};
use crate::app::reconcile::Line;
use crate::app::{Entry, EntryState};
use crate::domain::Past;
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

impl Localizer<'_> {
    /// The decision, the request, and the people that the decision names.
    #[must_use]
    pub fn decided(&self, decision: &Decision, target: &Target) -> String {
        let (act, case) = (super::history::act(self.lang, decision), self.case(target));
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
                Lang::Zh => " ",
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
    pub fn reconcile(&self, line: &Line<'_>, opinion_limit: usize) -> Reconciled {
        match line {
            Line::Ended(reviewed, change) => Reconciled {
                decision: self.decision(reviewed, opinion_limit),
                standing: match change {
                    Change::TakenBack => self.either("已收回,没有发出。", "Taken back; it was not sent."),
                    Change::Discarded(_) => self.either("已丢弃。", "Discarded."),
                    other => super::history::change(self.lang, other),
                },
                reference: None,
                tone: tone(change),
            },
            Line::Task(entry) => {
                let (tone, standing) = self.standing(&entry.state);
                let reference = failure(&entry.state).and_then(|of| self.reference(of.code, of.log_id.as_ref()));
                Reconciled { decision: self.decision(&entry.reviewed, opinion_limit), standing, reference, tone }
            }
            Line::Unreadable(past) => Reconciled {
                decision: self.task(past),
                standing: self.either(
                    "记录损坏,读不出当时的内容。请在飞书中查看这个流程。",
                    "Its record is damaged: what was decided cannot be read. Theme the process up in Feishu.",
                ),
                reference: None,
                tone: Severity::Bad,
            },
            Line::Told(past) => {
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
            EntryState::Unknown(_) => self.either("结果未知", "Unknown"),
            EntryState::Overtaken { .. } => self.either("没有采用", "Not used"),
            EntryState::Refused(_) | EntryState::NotApplied { .. } => self.either("未生效", "Not done"),
            EntryState::NotSent(failure) if failure.is_turned_away() => self.either("没有执行", "Not carried out"),
            _ => self.either("没有发出", "Not sent"),
        };
        let code = failure(&entry.state).and_then(|failure| failure.code);
        let code = code.map(|code| format!(" {code}")).unwrap_or_default();
        format!(
            "{how}{code}{}{}",
            self.either(":", ": "),
            self.decided(&entry.reviewed.decision, &entry.reviewed.target)
        )
    }

    /// All that is known of a decision whose own line cannot be read.
    fn task(&self, past: &Past) -> String {
        let Record { action, task, .. } = past.first();
        format!("{} {}", self.action(*action), self.process(&task.process))
    }

    /// Where a decision of the list stands.
    fn standing(&self, state: &EntryState) -> (Severity, String) {
        let said = |tone, zh: &str, en: &str| (tone, self.either(zh, en));
        let with = |tone, zh: (&str, &str), en: (&str, &str), evidence: &[Evidence]| {
            let (start, end) = (self.either(zh.0, en.0), self.either(zh.1, en.1));
            (tone, format!("{start}{}{end}", self.because(evidence)))
        };
        match state {
            EntryState::Left => said(Severity::Careful, "只暂存过,没有发出。", "It was held and never sent."),
            EntryState::Slept => said(
                Severity::Careful,
                "待发期间电脑休眠、改过时间,或程序挂起过,没有发出。",
                "The computer slept, its clock was set, or the program was stopped while it was held; it was not sent.",
            ),
            EntryState::Changed { .. } => {
                said(Severity::Careful, "单据有变化,没有发出。", "The case had changed; it was not sent.")
            }
            EntryState::Held { .. } => said(Severity::Careful, "待发。", "Held."),
            EntryState::Sending { .. } => said(Severity::Careful, "正在发送…", "Being sent …"),
            EntryState::Unknown(doubt) if !doubt.settled => {
                let (zh, en) = match &doubt.failure {
                    None => ("可能已发出,没有应答的记录", "It may have been sent; no answer is on record"),
                    Some(failure) if failure.is_answered() => {
                        ("已发出,但应答不能说明结果", "Sent; the answer does not tell what became of it")
                    }
                    Some(_) => ("已发出,没有收到应答", "Sent, not answered"),
                };
                with(Severity::Careful, (zh, ";正在核实…"), (en, "; being checked …"), &doubt.evidence)
            }
            EntryState::Unknown(doubt) if doubt.failure.is_none() => with(
                Severity::Bad,
                ("可能已发出,结果仍无法核实", "。"),
                ("It may have been sent; the outcome is still not known", "."),
                &doubt.evidence,
            ),
            EntryState::Unknown(doubt) => with(
                Severity::Bad,
                ("已发出,结果仍无法核实", "。"),
                ("Sent; the outcome is still not known", "."),
                &doubt.evidence,
            ),
            EntryState::NotApplied { evidence } => with(
                Severity::Bad,
                ("没有生效", "。重新操作吗?"),
                ("It did not take effect", ". Decide again?"),
                evidence,
            ),
            EntryState::Overtaken { evidence } => {
                let how = super::evidence::overtaken(self.lang, evidence);
                with(Severity::Bad, (&format!("没有采用,{how}"), "。"), (&format!("Not used, {how}"), "."), evidence)
            }
            EntryState::Accepted { evidence, .. } => {
                with(Severity::Good, ("已生效", "。"), ("It took effect", "."), evidence)
            }
            EntryState::Refused(failure) => (
                Severity::Bad,
                format!("{}{}", self.either("没有生效。", "It did not take effect. "), self.failure(failure)),
            ),
            EntryState::NotSent(failure) => {
                let (zh, en) = if failure.is_turned_away() {
                    ("没有执行。", "It was not carried out. ")
                } else {
                    ("没有发出。", "It was not sent. ")
                };
                (Severity::Careful, format!("{}{}", self.either(zh, en), self.failure(failure)))
            }
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

    fn either(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

/// The failure of a decision that was not accepted.
fn failure(state: &EntryState) -> Option<&Failure> {
    match state {
        EntryState::Refused(failure) | EntryState::NotSent(failure) => Some(failure),
        EntryState::Unknown(doubt) => doubt.failure.as_ref(),
        _ => None,
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

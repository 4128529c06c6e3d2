//! Decisions that want an answer, in words: what was decided, and where it stands.

use super::{Tone, Voice, Word};
use crate::app::EntryState;
use crate::app::reconcile::Line;
use crate::domain::evidence::{Evidence, Finding};
use crate::domain::record::{Answered, Change, Past};
use crate::domain::{Action, Lang, Reviewed, TaskKey};

/// One line of the list of what an earlier run left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconciled {
    pub decision: String,
    pub standing: String,
    pub tone: Tone,
}

impl Voice<'_> {
    /// What was decided on what, without a question.
    #[must_use]
    pub fn decision(&self, reviewed: &Reviewed) -> String {
        let target = &reviewed.target;
        let mut parts = vec![format!("{} {}", self.action(reviewed.decision.action()), self.case(target))];
        let summary = self.text(&target.summary);
        if !target.high_care && !summary.is_empty() {
            parts.push(summary.into_owned());
        }
        let opinion = reviewed.decision.opinion().as_str().replace('\n', " ");
        if !opinion.is_empty() {
            parts.push(match self.lang {
                Lang::Zh => format!("「{opinion}」"),
                Lang::En => format!("\"{opinion}\""),
            });
        }
        parts.join(" ")
    }

    /// One line of the list of what an earlier run left.
    #[must_use]
    pub fn reconcile(&self, line: &Line<'_>) -> Reconciled {
        match line {
            Line::Task(key, None) => Reconciled {
                decision: self.task(key, None),
                standing: self.either("已丢弃,没有发出。", "Discarded; nothing was sent."),
                tone: Tone::Plain,
            },
            Line::Task(_, Some(entry)) => {
                let (tone, standing) = self.standing(&entry.state);
                Reconciled { decision: self.decision(&entry.reviewed), standing, tone }
            }
            Line::Unreadable(past) => Reconciled {
                decision: self.task(&past.first().task, Some(past.first().action)),
                standing: self.either(
                    "记录损坏,读不出当时的内容。请在飞书中核对这个流程。",
                    "Its record is damaged: what was decided cannot be read. Look the process up in Feishu.",
                ),
                tone: Tone::Bad,
            },
            Line::Told(past) => {
                let Reconciled { decision, standing, tone } = self.past(past);
                let at = super::when::second(past.last().at, self.zone);
                Reconciled { decision, standing: format!("{at} {standing}"), tone }
            }
        }
    }

    /// A decision as the journal tells it, and what became of it.
    #[must_use]
    pub fn past(&self, past: &Past) -> Reconciled {
        let decision = match past.reviewed() {
            Some(reviewed) => self.decision(reviewed),
            None => self.task(&past.first().task, Some(past.first().action)),
        };
        let (tone, standing) = self.outcome(&past.last().change);
        Reconciled { decision, standing, tone }
    }

    fn task(&self, key: &TaskKey, action: Option<Action>) -> String {
        let process = crate::domain::CleanText::new(key.process.as_str());
        let what = action.map(|action| format!("{} ", self.action(action))).unwrap_or_default();
        format!("{what}{} {process}", self.word(Word::ProcessNumber))
    }

    /// Where a decision of the list stands.
    fn standing(&self, state: &EntryState) -> (Tone, String) {
        let said = |tone, zh: &str, en: &str| (tone, self.either(zh, en));
        let with = |tone, zh: (&str, &str), en: (&str, &str), evidence: &[Evidence]| {
            let (start, end) = (self.either(zh.0, en.0), self.either(zh.1, en.1));
            (tone, format!("{start}{}{end}", self.because(evidence)))
        };
        match state {
            EntryState::Left => said(Tone::Careful, "只暂存过,没有发出。", "It was held and never sent."),
            EntryState::Slept => said(
                Tone::Careful,
                "待发期间电脑休眠过,没有发出。",
                "The computer slept while it was held; it was not sent.",
            ),
            EntryState::Changed { .. } => {
                said(Tone::Careful, "单据有变化,没有发出。", "The case had changed; it was not sent.")
            }
            EntryState::Held { .. } => said(Tone::Careful, "待发。", "Held."),
            EntryState::Sending { .. } => said(Tone::Careful, "正在发送…", "Being sent …"),
            EntryState::Unknown(doubt) if !doubt.settled => with(
                Tone::Careful,
                ("已发出,没有收到应答", ";正在核对…"),
                ("Sent, not answered", "; being checked …"),
                &doubt.evidence,
            ),
            EntryState::Unknown(doubt) => with(
                Tone::Bad,
                ("已发出,结果仍无法核实", "。"),
                ("Sent; the outcome is still not known", "."),
                &doubt.evidence,
            ),
            EntryState::NotApplied { evidence } => {
                with(Tone::Bad, ("没有生效", "。重新操作吗?"), ("It did not take effect", ". Decide again?"), evidence)
            }
            EntryState::Overtaken { evidence } => with(
                Tone::Bad,
                ("没有采用,任务已另行结束", "。"),
                ("Not used, the task ended otherwise", "."),
                evidence,
            ),
            EntryState::Accepted { evidence, .. } => {
                with(Tone::Good, ("已生效", "。"), ("It took effect", "."), evidence)
            }
            EntryState::Refused(failure) => (Tone::Bad, self.failure(failure)),
            EntryState::NotSent(failure) => {
                (Tone::Careful, format!("{} {}", self.either("没有发出。", "It was not sent."), self.failure(failure)))
            }
        }
    }

    /// What a record says about the end of a decision.
    #[must_use]
    pub fn outcome(&self, change: &Change) -> (Tone, String) {
        let said = |tone, zh: &str, en: &str| (tone, self.either(zh, en));
        let answered = |tone, zh: &str, en: &str, answered: &Answered| {
            let words = answered.words.line();
            let reference = self.reference(answered.code, answered.log_id.as_ref());
            let parts = [self.either(zh, en), words.into_owned(), reference.unwrap_or_default()];
            (tone, parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
        };
        match change {
            Change::Held(_) => said(Tone::Careful, "待发", "held"),
            Change::Waiting(because) => answered(Tone::Careful, "平台暂不接受,待发", "held until accepted", because),
            Change::TakenBack => said(Tone::Plain, "已撤消,没有发出", "taken back, not sent"),
            Change::Sending { .. } => said(Tone::Bad, "已发出,没有收到应答", "sent, not answered"),
            Change::Accepted { log_id } => {
                let reference = self.reference(None, log_id.as_ref()).unwrap_or_default();
                let text = self.either("已生效", "took effect");
                (Tone::Good, if reference.is_empty() { text } else { format!("{text} {reference}") })
            }
            Change::Refused(because) => answered(Tone::Bad, "平台拒绝", "refused by the platform", because),
            Change::NotSent(because) => answered(Tone::Bad, "没有发出", "not sent", because),
            Change::Unknown(because) => answered(Tone::Bad, "已发出,结果不明", "sent, outcome unknown", because),
            Change::Changed { .. } => said(Tone::Bad, "单据有变化,没有发出", "the case had changed, not sent"),
            Change::Slept => said(Tone::Bad, "电脑休眠过,没有发出", "the computer had slept, not sent"),
            Change::Found { finding, evidence } => {
                let (tone, zh, en) = match finding {
                    Finding::Applied => (Tone::Good, "已核实:已生效", "checked: took effect"),
                    Finding::NotApplied => (Tone::Bad, "已核实:没有生效", "checked: did not take effect"),
                    Finding::Overtaken => {
                        (Tone::Bad, "已核实:没有采用,任务另行结束", "checked: not used, the task ended otherwise")
                    }
                    Finding::Unclear => (Tone::Bad, "仍无法核实", "still not known"),
                };
                (tone, format!("{}{}", self.either(zh, en), self.because(evidence)))
            }
            Change::Discarded(_) => said(Tone::Plain, "已丢弃,没有再发", "discarded, not sent again"),
        }
    }

    fn either(&self, zh: &str, en: &str) -> String {
        match self.lang {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }
}

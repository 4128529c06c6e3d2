//! Evidence that a process shows about a decision whose answer was lost, in words.

use super::{Localizer, Word, bracketed, zh};
use crate::domain::evidence::Evidence;
use crate::domain::{CleanText, DoneStatus, I18n, Lang, Millis};

/// How the approver's task ended without their decision: handed on, or finished otherwise.
#[must_use]
pub(super) fn overtaken(lang: Lang, evidence: &[Evidence]) -> &'static str {
    let handed_on = evidence.iter().any(|piece| matches!(piece, Evidence::TaskOf { .. }));
    match (lang, handed_on) {
        (Lang::Zh, true) => "任务已转给他人",
        (Lang::Zh, false) => "任务已由其他方式结束",
        (Lang::En, true) => "the task was transferred",
        (Lang::En, false) => "the task ended another way",
    }
}

impl Localizer<'_> {
    /// The evidence in one line, empty when there is none.
    #[must_use]
    pub fn evidence(&self, evidence: &[Evidence]) -> String {
        let separator = match self.lang {
            Lang::Zh => "；",
            Lang::En => "; ",
        };
        evidence.iter().map(|piece| self.piece(piece)).collect::<Vec<_>>().join(separator)
    }

    /// The evidence in brackets, for the end of a sentence.
    pub(super) fn because(&self, evidence: &[Evidence]) -> String {
        let evidence = self.evidence(evidence);
        if evidence.is_empty() { evidence } else { bracketed(self.lang, &evidence) }
    }

    fn piece(&self, piece: &Evidence) -> String {
        let zh = self.lang == Lang::Zh;
        match piece {
            Evidence::OwnRecord { status, at, opinion } => {
                let record = self.record(*status, *at, opinion);
                if zh { format!("你的任务：{record}") } else { format!("your task: {record}") }
            }
            Evidence::Sibling { who, status, at, opinion } => {
                let (who, record) = (self.somebody(who), self.record(*status, *at, opinion));
                if zh { format!("同节点的 {who}：{record}") } else { format!("{who} on the same step: {record}") }
            }
            Evidence::TaskOpen if zh => "仍在你的待办".to_owned(),
            Evidence::TaskOpen => "still pending with you".to_owned(),
            Evidence::TaskGone if zh => "待办和已办中都没有你的任务".to_owned(),
            Evidence::TaskGone => "your task is neither pending nor done".to_owned(),
            Evidence::TaskOf { who } => {
                let who = self.somebody(who);
                if zh { zh::joined(["任务现在由", &who, "处理"]) } else { format!("now with {who}") }
            }
            Evidence::NewTasks { people } => {
                let people = self.names(people);
                if zh { format!("{people} 收到了新任务") } else { format!("{people} got a new task") }
            }
            Evidence::NoNewTasks if zh => "所选的人没有收到新任务".to_owned(),
            Evidence::NoNewTasks => "no new task for the people you picked".to_owned(),
            Evidence::Process(status) => {
                let status = self.process_status(*status);
                if zh { format!("流程{status}") } else { format!("the process is {}", status.to_lowercase()) }
            }
        }
    }

    fn record(&self, status: DoneStatus, at: Option<Millis>, opinion: &CleanText) -> String {
        let status = match self.lang {
            Lang::Zh => self.done_status(status),
            // Inside a sentence.
            Lang::En => self.done_status(status).to_lowercase().into(),
        };
        let at = at.map(|at| format!(" {}", self.moment(at))).unwrap_or_default();
        match (opinion.is_empty(), self.lang) {
            (true, _) => format!("{status}{at}"),
            (false, Lang::Zh) => format!("{status}{at}，「{}」", opinion.line()),
            (false, Lang::En) => format!("{status}{at}, \"{}\"", opinion.line()),
        }
    }

    fn somebody(&self, name: &I18n) -> String {
        let name = self.text(name);
        if name.is_empty() { self.word(Word::System).to_owned() } else { name.into_owned() }
    }

    fn names(&self, people: &[I18n]) -> String {
        let separator = match self.lang {
            Lang::Zh => "、",
            Lang::En => ", ",
        };
        people.iter().map(|name| self.somebody(name)).collect::<Vec<_>>().join(separator)
    }
}

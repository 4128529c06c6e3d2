//! Evidence that a process shows about a decision whose answer was lost, in words.

use super::{Localizer, Word};
use crate::domain::evidence::Evidence;
use crate::domain::{CleanText, DoneStatus, I18n, Lang, Millis};

/// How the approver's task ended without their decision: handed on, or finished otherwise.
#[must_use]
pub(super) fn overtaken(lang: Lang, evidence: &[Evidence]) -> &'static str {
    let handed_on = evidence.iter().any(|piece| matches!(piece, Evidence::TaskOf { .. }));
    match (lang, handed_on) {
        (Lang::Zh, true) => "任务已转给别人",
        (Lang::Zh, false) => "任务已另行结束",
        (Lang::En, true) => "the task was handed on",
        (Lang::En, false) => "the task ended otherwise",
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

    /// The evidence behind a colon, for the end of a sentence.
    pub(super) fn because(&self, evidence: &[Evidence]) -> String {
        match (self.evidence(evidence), self.lang) {
            (evidence, _) if evidence.is_empty() => evidence,
            (evidence, Lang::Zh) => format!("：{evidence}"),
            (evidence, Lang::En) => format!(": {evidence}"),
        }
    }

    fn piece(&self, piece: &Evidence) -> String {
        let zh = self.lang == Lang::Zh;
        match piece {
            Evidence::OwnRecord { status, at, opinion } => {
                let record = self.record(*status, *at, opinion);
                if zh { format!("你的任务 {record}") } else { format!("your task: {record}") }
            }
            Evidence::Sibling { who, status, at, opinion } => {
                let (who, record) = (self.somebody(who), self.record(*status, *at, opinion));
                if zh { format!("同节点 {who} {record}") } else { format!("{who} on the same step: {record}") }
            }
            Evidence::TaskOpen if zh => "仍在你的待办".to_owned(),
            Evidence::TaskOpen => "still waiting for you".to_owned(),
            Evidence::TaskGone if zh => "你的任务不在待办，也没有办理记录".to_owned(),
            Evidence::TaskGone => "your task is neither open nor finished".to_owned(),
            Evidence::TaskOf { who } => {
                let who = self.somebody(who);
                if zh { format!("任务现在是 {who} 的") } else { format!("the task is now {who}'s") }
            }
            Evidence::NewTasks { people } => {
                let people = self.names(people);
                if zh { format!("{people} 有了新任务") } else { format!("{people} got a new task") }
            }
            Evidence::NoNewTasks if zh => "所选的人没有新任务".to_owned(),
            Evidence::NoNewTasks => "nobody chosen got a new task".to_owned(),
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
            (true, Lang::Zh) => format!("{status}{at}，无意见"),
            (true, Lang::En) => format!("{status}{at}, no opinion"),
            (false, Lang::Zh) => format!("{status}{at}，意见「{}」", opinion.line()),
            (false, Lang::En) => format!("{status}{at}, opinion \"{}\"", opinion.line()),
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

//! One record as JSON.

use serde::{Deserialize, Serialize};

use super::decision::DecisionJson;
use super::localized::LocalizedJson;
use super::time::{read_time, time};
use super::words::{ActionWord, DiscardWord, EvidenceWord, FindingWord, HindranceWord, JournalWord as _, StateWord};
use crate::domain::record::{Answered, Change, Hindrance};
use crate::domain::{
    ApproverId, CleanText, DoneStatus, EntryId, Evidence, Finding, Millis, ProcessId, ProcessStatus, Record, Stamp,
    TaskKey,
};

/// Members up to `state` are in every record, the others in some states. Flat, because serde's `flatten` cannot read the
/// numbers of `serde_json`'s `arbitrary_precision`.
#[derive(Serialize, Deserialize)]
pub(super) struct RecordJson {
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_ms: Option<u64>,
    entry: String,
    process: String,
    approver: String,
    action: ActionWord,
    state: StateWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<DecisionJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<AnswerJson>,
    /// The stamp of the changed request.
    #[serde(skip_serializing_if = "Option::is_none")]
    now: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    finding: Option<FindingWord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<EvidenceJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<DiscardWord>,
}

#[derive(Default, Serialize, Deserialize)]
struct AnswerJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log_id: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    words: String,
    /// A [`HindranceWord`], or a later version's.
    #[serde(skip_serializing_if = "Option::is_none")]
    hindrance: Option<String>,
}

/// One piece of evidence.
#[derive(Default, Serialize, Deserialize)]
struct EvidenceJson {
    /// An [`EvidenceWord`], or a later version's.
    shows: String,
    #[serde(default, skip_serializing_if = "LocalizedJson::is_empty")]
    who: LocalizedJson,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    opinion: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    people: Vec<LocalizedJson>,
}

impl From<&Record> for RecordJson {
    fn from(record: &Record) -> Self {
        // The decision's own action wins: its members are decoded by the action.
        let action = match &record.change {
            Change::Held(reviewed) => reviewed.decision.action(),
            _ => record.action,
        };
        let mut json = Self {
            at: time(record.at),
            idle_ms: record.idle,
            entry: record.entry.0.clone(),
            process: record.task.process.as_str().to_owned(),
            approver: record.task.approver.as_str().to_owned(),
            action: action.into(),
            state: StateWord::of(&record.change),
            decision: None,
            attempt: None,
            answer: None,
            now: None,
            finding: None,
            evidence: Vec::new(),
            why: None,
        };
        match &record.change {
            Change::Held(reviewed) => json.decision = Some(DecisionJson::from(&**reviewed)),
            Change::Sending { attempt } => json.attempt = Some(*attempt),
            Change::Waiting(answered)
            | Change::Refused(answered)
            | Change::NotSent(answered)
            | Change::Unknown(answered) => json.answer = Some(AnswerJson::from(answered)),
            Change::Accepted { log_id } => {
                let log_id = log_id.as_ref().map(|id| id.as_str().to_owned());
                json.answer = log_id.map(|id| AnswerJson { log_id: Some(id), ..AnswerJson::default() });
            }
            Change::Changed { now } => json.now = Some(now.to_string()),
            Change::Found { finding, evidence } => {
                json.finding = Some((*finding).into());
                json.evidence = evidence.iter().map(EvidenceJson::from).collect();
            }
            Change::Discarded(why) => json.why = Some((*why).into()),
            Change::TakenBack | Change::Slept => {}
        }
        json
    }
}

impl RecordJson {
    /// `None` when a member is missing that the state needs.
    pub(super) fn read(self) -> Option<Record> {
        let task = TaskKey { process: ProcessId::new(self.process), approver: ApproverId::new(self.approver) };
        let action = self.action.into();
        let answered = || self.answer.map(Answered::from).unwrap_or_default();
        let change = match self.state {
            StateWord::Held => Change::Held(Box::new(self.decision?.read(action, task.clone())?)),
            StateWord::TakenBack => Change::TakenBack,
            StateWord::Sending => Change::Sending { attempt: self.attempt? },
            StateWord::Waiting => Change::Waiting(answered()),
            StateWord::Accepted => Change::Accepted { log_id: answered().log_id },
            StateWord::Refused => Change::Refused(answered()),
            StateWord::NotSent => Change::NotSent(answered()),
            StateWord::Unknown => Change::Unknown(answered()),
            StateWord::Changed => Change::Changed { now: Stamp::parse(&self.now?)? },
            StateWord::Slept => Change::Slept,
            StateWord::Found => Change::Found {
                finding: Finding::from(self.finding?),
                // Unknown evidence is dropped; the finding still counts.
                evidence: self.evidence.into_iter().filter_map(EvidenceJson::read).collect(),
            },
            StateWord::Discarded => Change::Discarded(self.why?.into()),
        };
        let (entry, at) = (EntryId(self.entry), read_time(&self.at)?);
        Some(Record { entry, at, idle: self.idle_ms, task, action, change })
    }
}

impl From<&Answered> for AnswerJson {
    fn from(answered: &Answered) -> Self {
        Self {
            code: answered.code,
            http: answered.http,
            log_id: answered.log_id.as_ref().map(|id| id.as_str().to_owned()),
            words: answered.words.as_str().to_owned(),
            hindrance: answered.hindrance.map(|hindrance| HindranceWord::from(hindrance).word().to_owned()),
        }
    }
}

impl From<AnswerJson> for Answered {
    fn from(answer: AnswerJson) -> Self {
        Self {
            code: answer.code,
            http: answer.http,
            log_id: answer.log_id.as_deref().map(CleanText::new),
            words: CleanText::new(&answer.words),
            // An unknown hindrance is dropped; that nothing was sent still counts.
            hindrance: answer.hindrance.and_then(|word| HindranceWord::named(&word)).map(Hindrance::from),
        }
    }
}

impl From<&Evidence> for EvidenceJson {
    fn from(evidence: &Evidence) -> Self {
        let bare = |shows: EvidenceWord| Self { shows: shows.word().to_owned(), ..Self::default() };
        let done = |shows, status: DoneStatus, at: Option<Millis>, opinion: &CleanText| Self {
            status: Some(status.number()),
            at: at.map(time),
            opinion: opinion.as_str().to_owned(),
            ..bare(shows)
        };
        match evidence {
            Evidence::OwnRecord { status, at, opinion } => done(EvidenceWord::OwnRecord, *status, *at, opinion),
            Evidence::Sibling { who, status, at, opinion } => {
                Self { who: who.into(), ..done(EvidenceWord::Sibling, *status, *at, opinion) }
            }
            Evidence::TaskOpen => bare(EvidenceWord::TaskOpen),
            Evidence::TaskGone => bare(EvidenceWord::TaskGone),
            Evidence::TaskOf { who } => Self { who: who.into(), ..bare(EvidenceWord::TaskOf) },
            Evidence::NewTasks { people } => {
                Self { people: people.iter().map(LocalizedJson::from).collect(), ..bare(EvidenceWord::NewTasks) }
            }
            Evidence::NoNewTasks => bare(EvidenceWord::NoNewTasks),
            Evidence::Process(status) => Self { status: Some(status.number()), ..bare(EvidenceWord::Process) },
        }
    }
}

impl EvidenceJson {
    fn read(self) -> Option<Evidence> {
        let at = self.at.as_deref().and_then(read_time);
        let opinion = CleanText::new(&self.opinion);
        let done = |number: Option<i64>| number.map(DoneStatus::from);
        Some(match EvidenceWord::named(&self.shows)? {
            EvidenceWord::OwnRecord => Evidence::OwnRecord { status: done(self.status)?, at, opinion },
            EvidenceWord::Sibling => {
                Evidence::Sibling { who: self.who.into(), status: done(self.status)?, at, opinion }
            }
            EvidenceWord::TaskOpen => Evidence::TaskOpen,
            EvidenceWord::TaskGone => Evidence::TaskGone,
            EvidenceWord::TaskOf => Evidence::TaskOf { who: self.who.into() },
            EvidenceWord::NewTasks => Evidence::NewTasks { people: self.people.into_iter().map(Into::into).collect() },
            EvidenceWord::NoNewTasks => Evidence::NoNewTasks,
            EvidenceWord::Process => Evidence::Process(ProcessStatus::from(self.status?)),
        })
    }
}

//! What the journal keeps of decisions: one [`Record`] for each change of state, and what a later start makes of them.
//!
//! A record of [`Change::Held`] is written before anything else is done with a confirmed decision, one of
//! [`Change::Sending`] has reached the disk before the request leaves. So whatever ends the program, its next start
//! knows: a decision whose last record is *held* or *waiting* was not sent, one whose last is *sending* or *unknown* may
//! have been, and every other one has an answer.

use super::evidence::{Evidence, Finding};
use super::{Action, CleanText, Failure, FailureKind, Millis, Reviewed, Stamp, TaskKey};

/// Names one confirmed decision for ever, across runs and months: the name of the run, a dash, a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub String);

impl EntryId {
    #[must_use]
    pub fn new(run: &str, number: u64) -> Self {
        Self(format!("{run}-{number}"))
    }

    /// The run of this name confirmed it.
    #[must_use]
    pub fn is_of(&self, run: &str) -> bool {
        let number = self.0.strip_prefix(run).and_then(|rest| rest.strip_prefix('-'));
        number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
    }
}

/// One change of state of one decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub entry: EntryId,
    pub at: Millis,
    /// How long before that she pressed her last key, in milliseconds; `None` when she had pressed none in this run.
    pub idle: Option<u64>,
    /// Repeated in every record, so that one unreadable line leaves no decision without a case to look it up in.
    pub task: TaskKey,
    pub action: Action,
    pub change: Change,
}

/// What happened to a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// It was confirmed and is held: what exactly, on which content, in whose name.
    Held(Box<Reviewed>),
    /// She took it back in time.
    TakenBack,
    /// It is about to leave; `attempt` counts from 1.
    Sending { attempt: u32 },
    /// The platform turned it away undone, for now (a limit, or "being processed"), or it was too late for the check
    /// that it was to leave on: it is held until it may be sent.
    Waiting(Answered),
    /// The platform said yes.
    Accepted { log_id: Option<CleanText> },
    /// The platform said no.
    Refused(Answered),
    /// It did not reach the platform, or was not sent for the reason given.
    NotSent(Answered),
    /// The answer was lost: it may have taken effect.
    Unknown(Answered),
    /// Not sent: the case had changed from what was shown to this.
    Changed { now: Stamp },
    /// Not sent: the computer slept, or its clock was changed, while the decision was held.
    Slept,
    /// The case was read to find out.
    Found { finding: Finding, evidence: Vec<Evidence> },
    /// Nothing more will be done with it.
    Discarded(Discard),
}

/// Why nothing more is done with a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discard {
    /// She left while it was held.
    Left,
    /// She said so when the next start asked.
    Asked,
    /// She decided the same task anew.
    Anew,
}

/// What came back instead of an acceptance, as far as support asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub code: Option<i64>,
    pub http: Option<u16>,
    pub log_id: Option<CleanText>,
    /// The platform's words, or the transport's.
    pub words: CleanText,
    /// What of this program's own kept it from leaving.
    pub hindrance: Option<Hindrance>,
}

/// Why a decision did not leave, though nobody turned it away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hindrance {
    /// The check that it was to leave on was too old.
    Late,
    /// The program ended first.
    Ended,
}

impl From<&Failure> for Answered {
    fn from(failure: &Failure) -> Self {
        Self {
            code: failure.code,
            http: failure.http,
            log_id: failure.log_id.clone(),
            words: failure.message.clone(),
            hindrance: match failure.kind {
                FailureKind::Late => Some(Hindrance::Late),
                FailureKind::Ended => Some(Hindrance::Ended),
                _ => None,
            },
        }
    }
}

/// Where a decision stands by its last record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// It was never sent, and she has not said what is to become of it.
    NeverSent,
    /// It may have been sent: the case has to be read.
    InDoubt,
    /// It has its answer, or she ended it.
    Closed,
}

impl Change {
    /// What came back instead of an acceptance, where something did.
    #[must_use]
    pub const fn answered(&self) -> Option<&Answered> {
        match self {
            Self::Waiting(answered) | Self::Refused(answered) | Self::NotSent(answered) | Self::Unknown(answered) => {
                Some(answered)
            }
            _ => None,
        }
    }

    #[must_use]
    pub const fn standing(&self) -> Standing {
        match self {
            Self::Held(_) | Self::Waiting(_) => Standing::NeverSent,
            Self::Sending { .. } | Self::Unknown(_) | Self::Found { finding: Finding::Unclear, .. } => {
                Standing::InDoubt
            }
            Self::TakenBack
            | Self::Accepted { .. }
            | Self::Refused(_)
            | Self::NotSent(_)
            | Self::Changed { .. }
            | Self::Slept
            | Self::Found { .. }
            | Self::Discarded(_) => Standing::Closed,
        }
    }
}

/// One decision as the journal tells it: its records in the order of their writing.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    first: Record,
    later: Vec<Record>,
}

impl Past {
    #[must_use]
    pub const fn of(first: Record) -> Self {
        Self { first, later: Vec::new() }
    }

    pub fn push(&mut self, record: Record) {
        self.later.push(record);
    }

    #[must_use]
    pub const fn first(&self) -> &Record {
        &self.first
    }

    #[must_use]
    pub fn last(&self) -> &Record {
        self.later.last().unwrap_or(&self.first)
    }

    /// Every record, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        std::iter::once(&self.first).chain(&self.later)
    }

    #[must_use]
    pub fn standing(&self) -> Standing {
        self.last().change.standing()
    }

    /// What was decided; `None` when that line could not be read.
    #[must_use]
    pub fn reviewed(&self) -> Option<&Reviewed> {
        self.records().find_map(|record| match &record.change {
            Change::Held(reviewed) => Some(&**reviewed),
            _ => None,
        })
    }

    /// When the request left last, if it did.
    #[must_use]
    pub fn sent_at(&self) -> Option<Millis> {
        let sent = self.records().rev().find(|record| matches!(record.change, Change::Sending { .. }));
        sent.map(|record| record.at)
    }

    /// The log id that came with the newest answer that had one.
    #[must_use]
    pub fn log_id(&self) -> Option<&CleanText> {
        self.records().rev().find_map(|record| match &record.change {
            Change::Accepted { log_id } => log_id.as_ref(),
            change => change.answered()?.log_id.as_ref(),
        })
    }
}

/// How a run of the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionEnd {
    Quit,
    /// A signal of this number, or the terminal went (1).
    Signal(u8),
    Panicked,
}

/// What a start finds in the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovered {
    /// Decisions of earlier runs that want an answer, oldest first.
    pub open: Vec<Past>,
    /// Decisions whose answer may have been seen by nobody, oldest first: it came after the end of the last run began, or
    /// that run broke off and she had pressed no key since.
    pub untold: Vec<Past>,
    /// When the last run ended, if it did not end by her leaving; and how, if it could still say so.
    pub broken_off: Option<(Millis, Option<SessionEnd>)>,
    /// Lines that cannot be read; they are kept in a file of their own.
    pub unreadable: usize,
}

#[cfg(test)]
mod tests {
    use super::{Answered, Change, Discard, EntryId, Standing};
    use crate::domain::evidence::Finding;

    #[test]
    fn an_entry_is_of_the_run_that_confirmed_it() {
        let id = EntryId::new("1773018000000-42", 7);
        assert!(id.is_of("1773018000000-42"));
        for other in ["1773018000000", "1773018000000-4", "1773018000000-42-7", ""] {
            assert!(!id.is_of(other), "{other}");
        }
    }

    #[test]
    fn what_may_have_been_sent_is_in_doubt_until_the_case_has_told() {
        let found = |finding| Change::Found { finding, evidence: Vec::new() }.standing();
        assert_eq!(Change::Sending { attempt: 1 }.standing(), Standing::InDoubt);
        assert_eq!(Change::Unknown(Answered::default()).standing(), Standing::InDoubt);
        assert_eq!(found(Finding::Unclear), Standing::InDoubt);
        assert_eq!(found(Finding::NotApplied), Standing::Closed);
        assert_eq!(Change::Waiting(Answered::default()).standing(), Standing::NeverSent);
        assert_eq!(Change::Discarded(Discard::Asked).standing(), Standing::Closed);
    }
}

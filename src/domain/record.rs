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
}

/// How a run of the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SessionEnd {
    Quit,
    /// A signal of this number, or the terminal went (1).
    Signal(u8),
    Panicked,
}

#[cfg(test)]
mod tests {
    use super::EntryId;

    #[test]
    fn an_entry_is_of_the_run_that_confirmed_it() {
        let id = EntryId::new("1773018000000-42", 7);
        assert!(id.is_of("1773018000000-42"));
        for other in ["1773018000000", "1773018000000-4", "1773018000000-42-7", ""] {
            assert!(!id.is_of(other), "{other}");
        }
    }
}

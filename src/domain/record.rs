//! The journal's records of decisions: one [`Record`] for each change of state, and their meaning for a later start.
//!
//! A record of [`Change::Held`] is written before any other step of a confirmed decision, one of [`Change::Sending`] is
//! on disk before the request leaves. After any end of the program, the next start therefore knows: a decision whose
//! last record is *held* or *waiting* was not sent, one whose last is *sending* or *unknown* may have been, and every
//! other one has an answer.

use super::evidence::{Evidence, Finding};
use super::{Action, CleanText, Failure, FailureKind, Millis, Reviewed, Stamp, TaskKey};

/// Names one confirmed decision across runs and months: the name of the run, a dash, a number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryId(pub String);

impl EntryId {
    #[must_use]
    pub fn new(run: &str, number: u64) -> Self {
        Self(format!("{run}-{number}"))
    }

    /// Whether the run of this name confirmed it.
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
    /// Milliseconds since the user's last key; `None` without a key in this run.
    pub idle: Option<u64>,
    /// Repeated in every record, so that one unreadable line leaves no decision without a process to look it up in.
    pub task: TaskKey,
    pub action: Action,
    pub change: Change,
}

/// A change of a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Confirmed and held: the decision, its content and its operator.
    Held(Box<Reviewed>),
    /// The user took it back in time.
    TakenBack,
    /// It is about to leave; `attempt` counts from 1.
    Sending { attempt: u32 },
    /// The platform refused it without executing it, for now (a limit, or "being processed"), or its check became too
    /// old: it is held until it may be sent.
    Waiting(Answered),
    /// The platform accepted it.
    Accepted { log_id: Option<CleanText> },
    /// The platform refused it.
    Refused(Answered),
    /// It did not reach the platform, or was not sent for the reason given.
    NotSent(Answered),
    /// The answer was lost: it may have taken effect.
    Unknown(Answered),
    /// Not sent: the request had changed from the reviewed content to this.
    Changed { now: Stamp },
    /// Not sent: the computer slept, or its clock was changed, while the decision was held.
    Slept,
    /// The process was read to verify it.
    Found { finding: Finding, evidence: Vec<Evidence> },
    /// Closed without another attempt.
    Discarded(Discard),
}

/// Why a decision was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Discard {
    /// The user quit while it was held.
    Left,
    /// The user discarded it when the next start asked.
    Asked,
    /// The user decided the same task again.
    Anew,
}

/// The answer other than an acceptance, with the parts that support asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    pub code: Option<i64>,
    pub http: Option<u16>,
    pub log_id: Option<CleanText>,
    /// The platform's words, or the transport's.
    pub words: CleanText,
    /// Cause within this program that kept it from leaving.
    pub hindrance: Option<Hindrance>,
}

/// Why a decision did not leave without a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Hindrance {
    /// Its check was too old.
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
    /// The answer other than an acceptance, if there was one.
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

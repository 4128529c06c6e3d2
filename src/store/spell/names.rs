//! The words that stand for the program's enumerations. Each match is exhaustive both ways.

use serde::{Deserialize, Serialize};

use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::record::{Change, Discard};
use crate::domain::{Action, Finding};

macro_rules! words {
    ($name:ident for $of:ident { $($variant:ident),+ }) => {
        #[derive(Clone, Copy, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub(super) enum $name { $($variant),+ }

        impl From<$of> for $name {
            fn from(of: $of) -> Self {
                match of { $($of::$variant => Self::$variant),+ }
            }
        }

        impl From<$name> for $of {
            fn from(word: $name) -> Self {
                match word { $($name::$variant => Self::$variant),+ }
            }
        }
    };
}

words!(ActionWord for Action { Approve, Reject, Transfer, AddSign, Withdraw, Revoke });
words!(PositionWord for AddSignPosition { Before, Parallel, After });
words!(MethodWord for AddSignMethod { AnyOne, All });
words!(FindingWord for Finding { Applied, NotApplied, Overtaken, Unclear });
words!(DiscardWord for Discard { Left, Asked, Anew });

/// What became of a decision, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    Held,
    TakenBack,
    Sending,
    Waiting,
    Accepted,
    Refused,
    NotSent,
    Unknown,
    Changed,
    Slept,
    Found,
    Discarded,
}

impl State {
    pub(super) const fn of(change: &Change) -> Self {
        match change {
            Change::Held(_) => Self::Held,
            Change::TakenBack => Self::TakenBack,
            Change::Sending { .. } => Self::Sending,
            Change::Waiting(_) => Self::Waiting,
            Change::Accepted { .. } => Self::Accepted,
            Change::Refused(_) => Self::Refused,
            Change::NotSent(_) => Self::NotSent,
            Change::Unknown(_) => Self::Unknown,
            Change::Changed { .. } => Self::Changed,
            Change::Slept => Self::Slept,
            Change::Found { .. } => Self::Found,
            Change::Discarded(_) => Self::Discarded,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Held => "held",
            Self::TakenBack => "taken_back",
            Self::Sending => "sending",
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Changed => "changed",
            Self::Slept => "slept",
            Self::Found => "found",
            Self::Discarded => "discarded",
        }
    }
}

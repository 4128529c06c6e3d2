//! The words that stand for the program's enumerations.

use serde::{Deserialize, Serialize};

use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::record::{Change, Discard};
use crate::domain::{Action, Finding};

/// What a reader finds on disk.
pub(super) trait JournalWord {
    fn word(self) -> &'static str;
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum $name {
            $(#[serde(rename = $word)] $variant),+
        }

        impl JournalWord for $name {
            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }
    };
    ($name:ident for $of:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        words!($name { $($variant = $word),+ });

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

words!(ActionWord for Action {
    Approve = "approve",
    Reject = "reject",
    Transfer = "transfer",
    AddSign = "add_sign",
    Withdraw = "withdraw",
    Revoke = "revoke",
});
words!(PositionWord for AddSignPosition { Before = "before", Parallel = "parallel", After = "after" });
words!(MethodWord for AddSignMethod { AnyOne = "any_one", All = "all" });
words!(FindingWord for Finding {
    Applied = "applied",
    NotApplied = "not_applied",
    Overtaken = "overtaken",
    Unclear = "unclear",
});
words!(DiscardWord for Discard { Left = "left", Asked = "asked", Anew = "anew" });
words!(
    /// What became of a decision.
    StateWord {
        Held = "held",
        TakenBack = "taken_back",
        Sending = "sending",
        Waiting = "waiting",
        Accepted = "accepted",
        Refused = "refused",
        NotSent = "not_sent",
        Unknown = "unknown",
        Changed = "changed",
        Slept = "slept",
        Found = "found",
        Discarded = "discarded",
    }
);

impl StateWord {
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
}

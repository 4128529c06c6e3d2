//! The words that stand for the program's enumerations. A word that was ever written stays readable.

use serde::{Deserialize, Serialize};

use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::record::{Change, Discard, Hindrance};
use crate::domain::{Action, Finding};

/// An enumeration with a word for each variant.
pub(super) trait JournalWord: Copy + 'static {
    const ALL: &'static [Self];

    fn word(self) -> &'static str;

    /// `None`: a later version's word.
    fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.word() == word)
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub(super) enum $name {
            $(#[serde(rename = $word)] $variant),+
        }

        impl JournalWord for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

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
words!(HindranceWord for Hindrance { Late = "late", Ended = "ended" });
words!(
    /// The kind of a piece of evidence.
    EvidenceWord {
        OwnRecord = "own_record",
        Sibling = "sibling",
        TaskOpen = "task_open",
        TaskGone = "task_gone",
        TaskOf = "task_of",
        NewTasks = "new_tasks",
        NoNewTasks = "no_new_tasks",
        Process = "process",
    }
);
words!(SessionWord { Begun = "begun", Continued = "continued", Ended = "ended" });
words!(EndWord { Quit = "quit", Signal = "signal", Panicked = "panicked" });
words!(
    /// The kind of a change.
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

/// Every word with the member that it stands in.
#[cfg(test)]
pub(super) fn all() -> Vec<(&'static str, Vec<&'static str>)> {
    fn of<W: JournalWord>() -> Vec<&'static str> {
        W::ALL.iter().map(|word| word.word()).collect()
    }
    vec![
        ("action", of::<ActionWord>()),
        ("position", of::<PositionWord>()),
        ("method", of::<MethodWord>()),
        ("finding", of::<FindingWord>()),
        ("why", of::<DiscardWord>()),
        ("hindrance", of::<HindranceWord>()),
        ("shows", of::<EvidenceWord>()),
        ("session", of::<SessionWord>()),
        ("how", of::<EndWord>()),
        ("state", of::<StateWord>()),
    ]
}

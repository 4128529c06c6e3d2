//! Decisions of an approver: the action, the exact target, and the words.
//!
//! The order of types is the order of the work: a [`Target`] is captured when the dialog opens, a [`Decision`] is
//! composed on it, and only a [`Reviewed`] one, made by confirming the sentence on screen, can be sent.

pub mod outcome;
pub mod state;

use super::{ApproverId, CleanText, I18n, Operator, Person, ProcessId, Properties, Stamp, TaskKey};

/// Maximum characters (not bytes) of an opinion (protocol.md#update-task).
pub const OPINION_LIMIT: usize = 1000;
/// Maximum characters of the reason of a withdrawal or revocation (protocol.md#withdraw, protocol.md#revoke).
pub const REASON_LIMIT: usize = 500;
/// Maximum people in one add-sign (protocol.md#add-sign).
pub const ADD_SIGN_LIMIT: usize = 20;

/// The action of a key, before its details are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Approve,
    Reject,
    Transfer,
    AddSign,
    Withdraw,
    Revoke,
}

impl Action {
    /// Whether it decides the approver's own task; withdraw and revoke concern the whole process.
    #[must_use]
    pub const fn needs_task(self) -> bool {
        matches!(self, Self::Approve | Self::Reject | Self::Transfer | Self::AddSign)
    }

    /// Maximum text that the platform takes with this action.
    #[must_use]
    pub const fn text_limit(self) -> usize {
        match self {
            Self::Withdraw | Self::Revoke => REASON_LIMIT,
            Self::Approve | Self::Reject | Self::Transfer | Self::AddSign => OPINION_LIMIT,
        }
    }
}

/// `status` (protocol.md#update-task). **2 rejects, 3 approves**: the two numbers stand here and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStatus {
    Reject = 2,
    Approve = 3,
}

/// Position of additional approvers (`extra_type`, protocol.md#add-sign).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddSignPosition {
    /// 前加签: they first, then back to the operator.
    Before = 0,
    /// 并加签: together with the operator; all must agree.
    Parallel = 1,
    /// 后加签: after the operator.
    After = 2,
}

/// How several added people count (`approval_type`, protocol.md#add-sign).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddSignMethod {
    /// 或签: any one of them.
    AnyOne = 0,
    /// 会签: all of them. The only one that parallel add-sign allows.
    All = 1,
}

/// Words of the operator: no control characters, at most the action's limit. The operator wrote them, so they are not
/// server text.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Opinion(String);

impl Opinion {
    /// Trims white space at the ends.
    ///
    /// # Errors
    /// The number of characters over `limit`.
    pub fn new(text: &str, limit: usize) -> Result<Self, usize> {
        let text: String = text.trim().chars().filter(|c| *c == '\n' || !c.is_control()).collect();
        match text.chars().count().checked_sub(limit) {
            None | Some(0) => Ok(Self(text)),
            Some(over) => Err(over),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A complete decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    Approve { opinion: Opinion },
    Reject { reason: Opinion },
    Transfer { to: Person, remark: Opinion },
    AddSign { position: AddSignPosition, method: AddSignMethod, people: Vec<Person>, remark: Opinion },
    Withdraw { reason: Opinion },
    Revoke { reason: Opinion },
}

impl Decision {
    #[must_use]
    pub const fn action(&self) -> Action {
        match self {
            Self::Approve { .. } => Action::Approve,
            Self::Reject { .. } => Action::Reject,
            Self::Transfer { .. } => Action::Transfer,
            Self::AddSign { .. } => Action::AddSign,
            Self::Withdraw { .. } => Action::Withdraw,
            Self::Revoke { .. } => Action::Revoke,
        }
    }

    /// The people that it names: the receiver, or the additional approvers.
    #[must_use]
    pub fn people(&self) -> &[Person] {
        match self {
            Self::Transfer { to, .. } => std::slice::from_ref(to),
            Self::AddSign { people, .. } => people,
            Self::Approve { .. } | Self::Reject { .. } | Self::Withdraw { .. } | Self::Revoke { .. } => &[],
        }
    }

    #[must_use]
    pub const fn opinion(&self) -> &Opinion {
        match self {
            Self::Approve { opinion } => opinion,
            Self::Reject { reason } | Self::Withdraw { reason } | Self::Revoke { reason } => reason,
            Self::Transfer { remark, .. } | Self::AddSign { remark, .. } => remark,
        }
    }
}

/// The request that a decision concerns, copied when its dialog opens. Cursor, marks and refreshes cannot change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The task. Withdraw and revoke concern the whole process; their task is the row that they were started from.
    pub key: TaskKey,
    /// Name of the business type.
    pub kind: I18n,
    /// Whether the process revokes or corrects another one: the same name and summary then mean something else.
    pub properties: Properties,
    /// Empty when the system began the process, or the initiator is unknown.
    pub initiator: I18n,
    /// The system began it (protocol.md#process-detail).
    pub by_system: bool,
    /// The summary that the row and the review sentence show.
    pub summary: I18n,
    pub node: I18n,
    /// Pay, jobs or structure: the summary is not written to disk.
    pub high_care: bool,
    /// Fingerprint of the content that was on screen.
    pub stamp: Stamp,
    /// Every task of the process, open or finished: later ones are new.
    pub tasks: Vec<ApproverId>,
}

impl Target {
    #[must_use]
    pub const fn process(&self) -> &ProcessId {
        &self.key.process
    }

    #[must_use]
    pub const fn approver(&self) -> &ApproverId {
        &self.key.approver
    }
}

/// A decision that was shown in one sentence and confirmed. Nothing else has the type that can be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    pub target: Target,
    pub decision: Decision,
    pub operator: Operator,
}

/// The platform's answer to an accepted write.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Receipt {
    pub log_id: Option<CleanText>,
}

#[cfg(test)]
mod tests {
    use super::{Opinion, UpdateStatus};

    #[test]
    fn two_rejects_and_three_approves() {
        assert_eq!(UpdateStatus::Reject as i64, 2);
        assert_eq!(UpdateStatus::Approve as i64, 3);
    }

    #[test]
    fn an_opinion_counts_characters_and_refuses_more_than_the_platform_takes() {
        assert_eq!(Opinion::new(&"字".repeat(1000), 1000).map(|opinion| opinion.as_str().chars().count()), Ok(1000));
        assert_eq!(Opinion::new(&"字".repeat(1003), 1000), Err(3));
        assert_eq!(Opinion::new("  同意\u{1b}\n ", 1000).map(|o| o.as_str().to_owned()), Ok("同意".to_owned()));
    }
}

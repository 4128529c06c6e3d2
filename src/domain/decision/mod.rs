//! Decisions: what an approver can do to a case, on what exactly, and in which words.
//!
//! The order of types is the order of the work: a [`Target`] is captured when the dialog opens, a [`Decision`] is
//! composed on it, and only a [`Reviewed`] one, made by confirming the sentence on screen, can be sent.

pub mod outcome;
pub mod state;

use super::{ApproverId, CleanText, I18n, Operator, Person, ProcessId, Properties, Stamp, TaskKey};

/// Characters of an opinion that the platform takes (API page, B.6 and H 38: characters, not bytes).
pub const OPINION_LIMIT: usize = 1000;
/// Characters of a withdrawal's or revocation's reason (API page, B.9, B.10).
pub const REASON_LIMIT: usize = 500;
/// People in one add-sign (API page, B.7).
pub const ADD_SIGN_LIMIT: usize = 20;

/// What a key asks for, before anything is known about how.
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
    /// It decides her own task; withdraw and revoke concern the whole process.
    #[must_use]
    pub const fn needs_task(self) -> bool {
        matches!(self, Self::Approve | Self::Reject | Self::Transfer | Self::AddSign)
    }

    /// Longest text that the platform takes with this action.
    #[must_use]
    pub const fn text_limit(self) -> usize {
        match self {
            Self::Withdraw | Self::Revoke => REASON_LIMIT,
            Self::Approve | Self::Reject | Self::Transfer | Self::AddSign => OPINION_LIMIT,
        }
    }
}

/// `status` of B.6. **2 rejects, 3 approves**: the two numbers stand here and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateStatus {
    Reject = 2,
    Approve = 3,
}

/// Where additional approvers stand (`extra_type`, API page B.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddSignPosition {
    /// 前加签: they first, then back to the operator.
    Before = 0,
    /// 并加签: together with the operator; all must agree.
    Parallel = 1,
    /// 后加签: after the operator.
    After = 2,
}

/// How several added people count (`approval_type`, API page B.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AddSignMethod {
    /// 或签: any one of them.
    AnyOne = 0,
    /// 会签: all of them. The only one that parallel add-sign allows.
    All = 1,
}

/// Words of the operator: no control characters, at most the action's limit. Not server text: she wrote it.
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

/// What is to be done, complete.
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

    /// Those whom it names: the receiver, or the additional approvers.
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

/// The case that a decision is about, copied when its dialog opens. Cursor, marks and refreshes cannot change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Withdraw and revoke concern the whole process; the task is how she came to it.
    pub key: TaskKey,
    /// Name of the business type.
    pub kind: I18n,
    /// Whether the process revokes or corrects another one: the same name and summary then mean something else.
    pub properties: Properties,
    /// Empty when the system began the process, or nobody knows who did.
    pub initiator: I18n,
    /// The platform says that the system began it.
    pub by_system: bool,
    /// The summary that the row and the review sentence show.
    pub summary: I18n,
    pub node: I18n,
    /// Pay, jobs or structure: the summary is not written to disk.
    pub high_care: bool,
    /// Everything of the case that was on screen.
    pub stamp: Stamp,
    /// Every task that the case had, open or finished: whatever comes later is new.
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

/// What the platform said to a write that it accepted.
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

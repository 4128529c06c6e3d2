//! The decision dialog: Compose → Review, on targets that are copied when it opens.
//!
//! While a dialog is open, cursor, marks, sorting and refreshes do not change its decision. A key of its own confirms
//! the review, not within [`REVIEW_REST`] of its appearance and not in the same burst of input.

use std::time::Duration;

use super::canned::CannedDigits;
use super::editor::{Editor, Lines};
use super::message::Burst;
use super::people::Picker;
use super::screen::Screen;
use super::targets::Targets;
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{Action, Decision, Instant, Operator, Opinion, Person, TaskKey};

/// How long a review must have been on screen before it can be confirmed.
pub const REVIEW_REST: Duration = Duration::from_millis(300);

/// An open decision. Owned by [`App`](super::App); gone when confirmed or left.
#[derive(Debug)]
pub struct Dialog {
    pub action: Action,
    pub targets: Targets,
    pub step: Step,
    /// The opinion, reason or remark as it stands.
    pub text: String,
    /// Receiver, or additional approvers.
    pub people: Vec<Person>,
    pub position: AddSignPosition,
    pub method: AddSignMethod,
}

/// The step that the dialog is at.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one dialog at a time")]
pub enum Step {
    /// Writing. `problem` says why it cannot be finished as it is.
    Compose { editor: Editor, problem: Option<TextProblem>, canned: Option<CannedDigits> },
    /// Choosing where additional approvers stand.
    Position,
    /// Choosing people.
    People { picker: Picker },
    /// The whole decision in one sentence. Holds the decision that `y` confirms. `drawn` is the newest frame with it.
    Review { decision: Decision, appeared: Instant, burst: Burst, hasty: bool, drawn: Option<ReviewFrame> },
}

/// Everything besides decision and targets that the room for a review's sentence depends on, and whether it sufficed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewFrame {
    columns: u16,
    rows: u16,
    hasty: bool,
    operator: Operator,
    whole: bool,
}

impl ReviewFrame {
    pub(super) fn of(screen: &Screen, operator: &Operator, hasty: bool, whole: bool) -> Self {
        Self { columns: screen.columns, rows: screen.rows, hasty, operator: operator.clone(), whole }
    }
}

/// Why a text cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextProblem {
    /// A reject needs a reason, though the platform would take it without.
    Empty,
    /// This many characters over the platform's limit.
    TooLong(usize),
}

impl Dialog {
    /// The task that the dialog was opened on.
    #[must_use]
    pub const fn key(&self) -> &TaskKey {
        &self.targets.first().target.key
    }

    /// A frame with the dialog is on screen; `whole`: no line of the sentence is hidden.
    pub(super) fn drawn(&mut self, screen: &Screen, operator: &Operator, whole: bool) {
        if let Step::Review { hasty, drawn, .. } = &mut self.step {
            *drawn = Some(ReviewFrame::of(screen, operator, *hasty, whole));
        }
    }

    /// Whether the approver chooses how several people count: there are several, and the position allows either way
    /// (protocol.md#add-sign).
    #[must_use]
    pub const fn chooses_method(&self) -> bool {
        self.people.len() > 1 && !matches!(self.position, AddSignPosition::Parallel)
    }

    /// Limit of the text in characters.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.action.text_limit()
    }
}

impl Dialog {
    pub(super) fn new(action: Action, targets: Targets) -> Self {
        Self {
            action,
            targets,
            step: Step::Position,
            text: String::new(),
            people: Vec::new(),
            position: AddSignPosition::Before,
            method: AddSignMethod::All,
        }
    }

    /// The same decision again, on the current content.
    pub(super) fn again(decision: &Decision, targets: Targets) -> Self {
        let mut dialog = Self::new(decision.action(), targets);
        decision.opinion().as_str().clone_into(&mut dialog.text);
        dialog.recall(decision);
        dialog
    }

    /// Takes over the people of an earlier decision of the same kind.
    pub(super) fn recall(&mut self, decision: &Decision) {
        match decision {
            Decision::Transfer { to, .. } if self.action == Action::Transfer => self.people = vec![to.clone()],
            Decision::AddSign { position, method, people, .. } if self.action == Action::AddSign => {
                self.people.clone_from(people);
                (self.position, self.method) = (*position, *method);
            }
            _ => {}
        }
    }

    pub(super) fn compose(&mut self) {
        self.step = Step::Compose { editor: Editor::new(&self.text, Lines::Many), problem: None, canned: None };
    }

    /// When a reason that a digit chose goes to its review.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        match &self.step {
            Step::Compose { canned, .. } => canned.as_ref().map(CannedDigits::ends),
            Step::Position | Step::People { .. } | Step::Review { .. } => None,
        }
    }

    /// Whether the text is a reason that a digit chose long enough ago to mean it. The digit is no digit any more then.
    pub(super) fn take_canned(&mut self, now: Instant) -> bool {
        match &mut self.step {
            Step::Compose { canned, .. } => canned.take_if(|digits| digits.ends() <= now).is_some(),
            Step::Position | Step::People { .. } | Step::Review { .. } => false,
        }
    }

    pub(super) fn set_problem(&mut self, found: TextProblem) {
        if let Step::Compose { problem, .. } = &mut self.step {
            *problem = Some(found);
        }
    }

    /// Parallel add-sign always counts all (protocol.md#add-sign).
    pub(super) fn toggle_method(&mut self) {
        self.method = match (self.position, self.method) {
            (AddSignPosition::Before | AddSignPosition::After, AddSignMethod::All) => AddSignMethod::AnyOne,
            _ => AddSignMethod::All,
        };
    }

    pub(super) fn decision(&self, opinion: Opinion) -> Option<Decision> {
        Some(match self.action {
            Action::Approve => Decision::Approve { opinion },
            Action::Reject => Decision::Reject { reason: opinion },
            Action::Withdraw => Decision::Withdraw { reason: opinion },
            Action::Revoke => Decision::Revoke { reason: opinion },
            Action::Transfer => Decision::Transfer { to: self.people.first()?.clone(), remark: opinion },
            Action::AddSign => Decision::AddSign {
                position: self.position,
                method: self.method,
                people: self.people.clone(),
                remark: opinion,
            },
        })
    }
}

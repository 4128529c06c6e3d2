//! The decision dialog: Compose → Review, on a target that was copied when it opened.
//!
//! From the moment a dialog is open, cursor, marks, sorting and refreshes have no say in what it decides. The review is
//! confirmed by a key of its own, not within [`REVIEW_REST`] of its appearance and not in the same burst of input.

use std::time::Duration;

use super::editor::Editor;
use super::message::Burst;
use super::people::Picker;
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{Action, Decision, Instant, Person, Target};

/// How long a review must have been on screen before it can be confirmed.
pub const REVIEW_REST: Duration = Duration::from_millis(300);

/// An open decision. Owned by [`App`](super::App); gone when confirmed or left.
#[derive(Debug)]
pub struct Dialog {
    pub action: Action,
    pub target: Target,
    pub step: Step,
    /// The opinion, reason or remark as it stands.
    pub text: String,
    /// Receiver, or additional approvers.
    pub people: Vec<Person>,
    pub position: AddSignPosition,
    pub method: AddSignMethod,
}

/// Where in the dialog she is.
#[derive(Debug)]
pub enum Step {
    /// Writing. `problem` says why it cannot be finished as it is.
    Compose { editor: Editor, problem: Option<TextProblem>, canned: Option<CannedDigit> },
    /// Choosing where additional approvers stand.
    Position,
    /// Choosing people.
    People { picker: Picker },
    /// The whole decision in one sentence. Holds the decision that `y` confirms.
    Review { decision: Decision, appeared: Instant, burst: Burst, hasty: bool },
}

/// Why a text cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextProblem {
    /// A reject needs a reason, though the platform would take it without.
    Empty,
    /// This many characters over the platform's limit.
    TooLong(usize),
}

/// The digit that was replaced by a canned reason; typing on at once takes the digit literally.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CannedDigit(pub char);

impl Dialog {
    /// Limit of the text in characters.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.action.text_limit()
    }
}

//! What the program has to say: the newest on the notice line, all of them on the messages page.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use super::available::Reason;
use super::command::Command;
use super::message::FaultProblem;
use crate::domain::evidence::Evidence;
use crate::domain::{
    Action, CleanText, Decision, DoneStatus, Failure, I18n, Instant, Now, ProcessStatus, Reviewed, Shown, Target,
};

/// Notices kept for the messages page.
const KEPT: usize = 200;
/// How long a notice that asks for nothing stays on its line.
const LINGER: Duration = Duration::from_secs(8);

/// One thing to say; `text/` has its words.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A read failed.
    ReadFailed(Failure),
    /// The key does nothing here and now.
    Unavailable {
        command: Command,
        reason: Reason,
    },
    /// Confirming came too soon after the review appeared, or in one burst with it.
    TooHasty,
    /// The review cannot be read on a screen of this size, so it cannot be confirmed.
    TooSmall,
    /// Something was pasted where no text is written.
    PasteIgnored,
    Held {
        action: Action,
        target: Target,
    },
    TakenBack {
        target: Target,
    },
    AllTakenBack {
        count: usize,
    },
    NothingToTakeBack,
    Accepted {
        decision: Decision,
        target: Target,
        log_id: Option<CleanText>,
    },
    Refused {
        decision: Decision,
        target: Target,
        failure: Failure,
    },
    /// The request did not reach the platform, or was turned away at its gateway; the decision was not made and its draft
    /// is kept.
    NotSent {
        decision: Decision,
        target: Target,
        failure: Failure,
    },
    /// The answer was lost; the case is being read.
    Unknown {
        decision: Decision,
        target: Target,
        failure: Failure,
    },
    /// The case shows that the decision took effect.
    FoundApplied {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// The case shows that it did not.
    FoundNotApplied {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// The case shows that it did not, and that her task ended otherwise.
    FoundOvertaken {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// Reading the case did not settle it.
    StillUnknown {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// Not sent: the case is not what she decided on any more.
    Changed {
        decision: Decision,
        target: Target,
        before: Option<Shown>,
        now: Shown,
    },
    /// The case on screen is not what she saw of it before.
    CaseChanged {
        before: Shown,
        now: Shown,
    },
    /// The case changed while its review was open: what is on screen now has to be read before it is confirmed.
    ChangedUnderReview,
    /// Not sent: the computer slept, or its clock was set, while the decision was held.
    Slept {
        decision: Decision,
        target: Target,
    },
    /// It was handled before: by whom, when, with which result and opinion.
    SomeoneWasFaster {
        decision: Decision,
        target: Target,
        who: I18n,
        /// She herself, elsewhere or by an earlier sending.
        herself: bool,
        at: Option<crate::domain::Millis>,
        status: DoneStatus,
        opinion: CleanText,
    },
    /// The process ended before her decision came.
    CaseEnded {
        decision: Decision,
        target: Target,
        status: ProcessStatus,
    },
    /// The list was read anew: tasks that came and tasks that went.
    Refreshed {
        arrived: usize,
        gone: usize,
    },
    /// The faults that the simulated organisation shows now.
    FaultsInForce(Vec<String>),
    /// No fault was set.
    FaultNotSet(FaultProblem),
    Copied,
    NothingToCopy,
    Saved(PathBuf),
    /// No form value contains the words searched for.
    NoMatch,
    /// Decisions wait for the platform's limit.
    DecisionsWait {
        seconds: u64,
    },
    /// Held when she left: not sent.
    DiscardedOnLeaving(Box<Reviewed>),
    /// The journal cannot be written: no decision can be made until the program is started again.
    JournalLost(Failure),
    /// Lines of the journal cannot be read; they are kept in a file of their own.
    JournalUnreadable {
        lines: usize,
    },
    /// Everything that an earlier run left has its answer.
    Reconciled,
    NothingToReconcile,
    /// Another instance has the queue of this operator: this one is read-only.
    SecondInstance(super::Holder),
}

/// Notices, newest last.
#[derive(Debug, Default)]
pub struct Notices {
    entries: VecDeque<(Now, Notice)>,
    /// What is on the notice line, and until when.
    shown: Option<(Instant, Notice)>,
}

impl Notices {
    /// Puts a notice on its line.
    pub(super) fn say(&mut self, notice: Notice, now: Now) {
        self.shown = Some((now.mono + LINGER, notice.clone()));
        self.record(notice, now);
    }

    /// Keeps a notice for the messages page without a word on the line.
    pub(super) fn record(&mut self, notice: Notice, now: Now) {
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back((now, notice));
    }

    /// Whether exactly this was said already.
    pub(super) fn has_said(&self, notice: &Notice) -> bool {
        self.entries.iter().any(|(_, said)| said == notice)
    }

    /// The notice for the notice line, while it lingers.
    #[must_use]
    pub fn current(&self) -> Option<&Notice> {
        self.shown.as_ref().map(|(_, notice)| notice)
    }

    /// All that are kept, newest first, each with its time.
    pub fn all(&self) -> impl Iterator<Item = &(Now, Notice)> {
        self.entries.iter().rev()
    }

    /// Clears the notice line; the messages page keeps everything.
    pub(super) fn dismiss(&mut self) {
        self.shown = None;
    }

    pub(super) fn woke(&mut self, now: Now) {
        if self.shown.as_ref().is_some_and(|(until, _)| *until <= now.mono) {
            self.shown = None;
        }
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.shown.as_ref().map(|(until, _)| *until)
    }
}

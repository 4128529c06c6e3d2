//! Notices of the program: the newest on the notice line, all of them on the messages page.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use super::command::Command;
use super::inbox::Gap;
use super::message::FaultProblem;
use super::reason::Reason;
use super::settings::Holder;
use crate::domain::decision::outcome::TaskEnd;
use crate::domain::decision::state::State;
use crate::domain::evidence::Evidence;
use crate::domain::{
    Action, CacheProblem, CleanText, Decision, DoneStatus, Failure, I18n, Instant, LiveTrouble, Now, ProcessStatus,
    Reviewed, Shown, Target, TaskKey,
};

/// Notices kept for the messages page.
const KEPT: usize = 200;
/// Time that a notice without a question stays on the line.
const LINGER: Duration = Duration::from_secs(8);

/// One notice; `text/` has its words.
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
    /// A paste outside a text field.
    PasteIgnored,
    /// A key that means nothing here.
    Unbound(CleanText),
    Held {
        action: Action,
        target: Target,
    },
    /// A held decision is on its way. Stands on the line only, in the place of [`Self::Held`].
    Sending {
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
    /// The request did not reach the platform, or its gateway refused it; the decision was not made and its draft is
    /// kept.
    NotSent {
        decision: Decision,
        target: Target,
        failure: Failure,
    },
    /// The answer was lost; the request is being read.
    Unknown {
        decision: Decision,
        target: Target,
        failure: Failure,
    },
    /// The request shows that the decision took effect.
    FoundApplied {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// The request shows that it did not.
    FoundNotApplied {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// The request shows that it did not, and that the task ended otherwise.
    FoundOvertaken {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// Reading the request did not settle it.
    StillUnknown {
        decision: Decision,
        target: Target,
        evidence: Vec<Evidence>,
    },
    /// Not sent: the request is not what was decided on any more.
    Changed {
        decision: Decision,
        target: Target,
        before: Option<Shown>,
        now: Shown,
    },
    /// The request on screen is not what was seen of it before.
    RequestChanged {
        before: Shown,
        now: Shown,
    },
    /// The request changed during its review: the user has to read the new content before confirming.
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
        /// The operator, elsewhere or by an earlier sending.
        by_operator: bool,
        at: Option<crate::domain::Millis>,
        status: DoneStatus,
        opinion: CleanText,
    },
    /// The process ended before the decision came.
    RequestEnded {
        decision: Decision,
        target: Target,
        status: ProcessStatus,
    },
    /// The list was read again: tasks that came, tasks that went, and tasks that are not in it though their request has
    /// to say whether they went.
    Refreshed {
        arrived: usize,
        gone: usize,
        missed: usize,
    },
    /// The list was read and may be incomplete; no row left it.
    ListIncomplete(Gap),
    /// The faults that the simulated organisation shows now.
    FaultsInForce(Vec<String>),
    /// No fault was set.
    FaultNotSet(FaultProblem),
    Copied,
    NothingToCopy,
    /// The value under the cursor is masked.
    CopyMasked,
    /// A file of this name is on its way.
    Downloading(CleanText),
    Saved(PathBuf),
    /// No form value contains the words searched for.
    NoMatch,
    /// Decisions wait for the platform's limit, or for the program's own share of it.
    DecisionsWait {
        failure: Failure,
    },
    /// Queued when the user left: not sent.
    DiscardedOnLeaving(Box<Reviewed>),
    /// The journal cannot be written: no decision can be made until the program is started again.
    JournalLost(Failure),
    /// Lines of the journal cannot be read; they are kept in a file of their own.
    JournalUnreadable {
        lines: usize,
    },
    /// The content of an earlier run is not used.
    CacheUnused(CacheProblem),
    /// Nothing more is kept for the next run.
    CacheLost(CacheProblem),
    /// All open matters of an earlier run have their answers.
    Reconciled,
    /// There is no long connection, for this reason.
    LiveTrouble(LiveTrouble),
    /// The long connection delivered nothing and was opened again.
    LiveDeaf,
    /// Another instance has the queue of this operator: this one is read-only.
    SecondInstance(Holder),
}

impl Notice {
    /// The task of a decision ended before the decision came.
    pub(super) fn task_ended(Reviewed { decision, target, .. }: Reviewed, end: TaskEnd) -> Self {
        match end {
            TaskEnd::Handled { who, operator, at, status, opinion } => {
                Self::SomeoneWasFaster { decision, target, who, by_operator: operator, at, status, opinion }
            }
            TaskEnd::WithProcess(status) => Self::RequestEnded { decision, target, status },
        }
    }

    /// The target of a decision that failed by this notice, or may have.
    #[must_use]
    pub const fn failed(&self) -> Option<&Target> {
        match self {
            Self::Refused { target, .. }
            | Self::NotSent { target, .. }
            | Self::Unknown { target, .. }
            | Self::FoundNotApplied { target, .. }
            | Self::FoundOvertaken { target, .. }
            | Self::StillUnknown { target, .. }
            | Self::Changed { target, .. }
            | Self::Slept { target, .. }
            | Self::SomeoneWasFaster { target, .. }
            | Self::RequestEnded { target, .. } => Some(target),
            _ => None,
        }
    }

    /// Came by itself and asks for nothing: an alert of a failed decision is not covered by it.
    fn gives_way_to(&self, failed: &Target) -> bool {
        match self {
            Self::Accepted { target, .. } | Self::FoundApplied { target, .. } => target.key != failed.key,
            Self::Refreshed { .. } | Self::ListIncomplete(_) => true,
            _ => false,
        }
    }
}

/// Notices, newest last.
#[derive(Debug, Default)]
pub struct Notices {
    entries: VecDeque<(Now, Notice)>,
    /// The notice on the line, and its end.
    shown: Option<(Instant, Notice)>,
    /// Notices about failed decisions, one for each task, newest last. They stay until the user dismisses them or the
    /// decision changes; neither time nor other keys remove them.
    alerts: Vec<Notice>,
}

impl Notices {
    /// Puts a notice on its line.
    pub(super) fn say(&mut self, notice: Notice, now: Now) {
        self.record(notice.clone(), now);
        if let Some(target) = notice.failed() {
            self.alerts.retain(|older| older.failed().is_some_and(|of| of.key != target.key));
            self.alerts.push(notice.clone());
        } else if self.shown_alert().and_then(Notice::failed).is_some_and(|failed| notice.gives_way_to(failed)) {
            return;
        }
        self.shown = Some((now.mono + LINGER, notice));
    }

    /// Puts a notice on its line that the messages page does not keep.
    pub(super) fn show(&mut self, notice: Notice, now: Now) {
        self.shown = Some((now.mono + LINGER, notice));
    }

    /// A review is left: what was said about its confirmation goes with it.
    pub(super) fn review_left(&mut self) {
        let about =
            |notice: &Notice| matches!(notice, Notice::TooHasty | Notice::TooSmall | Notice::ChangedUnderReview);
        if self.current().is_some_and(about) {
            self.shown = None;
        }
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

    /// Alerts of failed decisions that the user has not taken away, newest first.
    pub fn alerts(&self) -> impl ExactSizeIterator<Item = &Notice> {
        self.alerts.iter().rev()
    }

    /// The alert that is on the line whole, if one is.
    #[must_use]
    pub fn shown_alert(&self) -> Option<&Notice> {
        self.current().filter(|shown| self.alerts.contains(shown))
    }

    /// The task of the failed decision that is on the line whole.
    #[must_use]
    pub fn alerted(&self) -> Option<&TaskKey> {
        self.shown_alert().and_then(Notice::failed).map(|target| &target.key)
    }

    /// All that are kept, newest first, each with its time.
    pub fn all(&self) -> impl Iterator<Item = &(Now, Notice)> {
        self.entries.iter().rev()
    }

    /// Clears the notice line after a key, except for an alert. The messages page keeps everything.
    pub(super) fn dismiss(&mut self) {
        if self.shown_alert().is_none() {
            self.shown = None;
        }
    }

    /// The user takes away the alert on the line, if nothing else is on it. Returns the task that it was about.
    pub(super) fn take_away(&mut self) -> Option<TaskKey> {
        let alert = match &self.shown {
            Some((_, shown)) => self.alerts.iter().position(|alert| alert == shown)?,
            None => self.alerts.len().checked_sub(1)?,
        };
        self.shown = None;
        self.alerts.remove(alert).failed().map(|target| target.key.clone())
    }

    /// Everything that alerts tell is on screen elsewhere.
    pub(super) fn take_all_away(&mut self) {
        if self.shown_alert().is_some() {
            self.shown = None;
        }
        self.alerts.clear();
    }

    pub(super) fn woke(&mut self, now: Now) {
        if self.shown.as_ref().is_some_and(|(until, _)| *until <= now.mono) {
            self.shown = None;
        }
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.shown.as_ref().map(|(until, _)| *until)
    }

    /// Drops or replaces notices whose decision has moved on.
    pub(super) fn follow<'s>(&mut self, state: impl Fn(&TaskKey) -> Option<&'s State>) {
        let failed = |target: &Target| {
            state(&target.key).is_some_and(|state| state.has_failed() || matches!(state, State::Unknown(_)))
        };
        self.alerts.retain(|alert| alert.failed().is_some_and(failed));
        let Some((_, shown)) = &mut self.shown else { return };
        let (Notice::Held { action, target } | Notice::Sending { action, target }) = &*shown else { return };
        let (action, target) = (*action, target.clone());
        match state(&target.key) {
            Some(State::Queued { .. }) => *shown = Notice::Held { action, target },
            Some(State::Sending { .. }) => *shown = Notice::Sending { action, target },
            _ => self.shown = None,
        }
    }
}

//! Notices of the program: the newest on the notice line, all of them on the messages page.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use super::App;
use super::available::Reason;
use super::command::Command;
use super::inbox::Gap;
use super::message::FaultProblem;
use crate::domain::decision::outcome::TaskEnd;
use crate::domain::decision::state::State;
use crate::domain::evidence::Evidence;
use crate::domain::record::Discard;
use crate::domain::{
    Action, CleanText, Decision, DoneStatus, Failure, I18n, Instant, Now, ProcessStatus, Reviewed, Shown, Target,
    TaskKey,
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
    /// The process shows that it did not, and that the approver's task ended otherwise.
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
    /// Not sent: the request no longer equals the reviewed content.
    Changed {
        decision: Decision,
        target: Target,
        before: Option<Shown>,
        now: Shown,
    },
    /// The request on screen differs from the user's last view of it.
    CaseChanged {
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
        /// The operator themselves, elsewhere or by an earlier sending.
        herself: bool,
        at: Option<crate::domain::Millis>,
        status: DoneStatus,
        opinion: CleanText,
    },
    /// The process ended before the decision came.
    CaseEnded {
        decision: Decision,
        target: Target,
        status: ProcessStatus,
    },
    /// The list was read again: numbers of new tasks, of ended ones, and of missing ones whose process still has to
    /// show their end.
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
    /// Held when the user quit: not sent.
    DiscardedOnLeaving(Box<Reviewed>),
    /// The journal cannot be written: no decision can be made until the program is started again.
    JournalLost(Failure),
    /// Lines of the journal cannot be read; they are kept in a file of their own.
    JournalUnreadable {
        lines: usize,
    },
    /// All open matters of an earlier run have their answers.
    Reconciled,
    /// Another instance has the queue of this operator: this one is read-only.
    SecondInstance(super::Holder),
}

impl Notice {
    /// The task of a decision ended before the decision came.
    pub(super) fn task_ended(Reviewed { decision, target, .. }: Reviewed, end: TaskEnd) -> Self {
        match end {
            TaskEnd::Handled { who, operator, at, status, opinion } => {
                Self::SomeoneWasFaster { decision, target, who, herself: operator, at, status, opinion }
            }
            TaskEnd::WithProcess(status) => Self::CaseEnded { decision, target, status },
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
            | Self::CaseEnded { target, .. } => Some(target),
            _ => None,
        }
    }

    /// An unsolicited notice without a question: it does not cover the news of a failed decision.
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
    news: Vec<Notice>,
}

impl Notices {
    /// Puts a notice on its line.
    pub(super) fn say(&mut self, notice: Notice, now: Now) {
        self.record(notice.clone(), now);
        if let Some(target) = notice.failed() {
            self.news.retain(|older| older.failed().is_some_and(|of| of.key != target.key));
            self.news.push(notice.clone());
        } else if self.shown_news().and_then(Notice::failed).is_some_and(|failed| notice.gives_way_to(failed)) {
            return;
        }
        self.shown = Some((now.mono + LINGER, notice));
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

    /// Notices about failed decisions that the user has not dismissed, newest first.
    pub fn news(&self) -> impl ExactSizeIterator<Item = &Notice> {
        self.news.iter().rev()
    }

    /// The news on the line, if it stands there whole.
    #[must_use]
    pub fn shown_news(&self) -> Option<&Notice> {
        self.current().filter(|shown| self.news.contains(shown))
    }

    /// The task of the failed decision that is on the line whole.
    #[must_use]
    pub fn alerted(&self) -> Option<&TaskKey> {
        self.shown_news().and_then(Notice::failed).map(|target| &target.key)
    }

    /// All that are kept, newest first, each with its time.
    pub fn all(&self) -> impl Iterator<Item = &(Now, Notice)> {
        self.entries.iter().rev()
    }

    /// Clears the notice line after a key, except for news. The messages page keeps everything.
    pub(super) fn dismiss(&mut self) {
        if self.shown_news().is_none() {
            self.shown = None;
        }
    }

    /// Dismisses the news on the line, if it is alone there. Returns its task.
    pub(super) fn take_away(&mut self) -> Option<TaskKey> {
        let news = match &self.shown {
            Some((_, shown)) => self.news.iter().position(|news| news == shown)?,
            None => self.news.len().checked_sub(1)?,
        };
        self.shown = None;
        self.news.remove(news).failed().map(|target| target.key.clone())
    }

    /// Dismisses all news: another place shows it.
    pub(super) fn take_all_away(&mut self) {
        if self.shown_news().is_some() {
            self.shown = None;
        }
        self.news.clear();
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

impl App {
    /// After every message: drops or replaces notices whose decision has moved on.
    pub(super) fn notices_follow(&mut self) {
        let state = |target: &Target| self.outbox.entry(&target.key).map(|entry| &entry.state);
        let failed = |target: &Target| {
            state(target).is_some_and(|state| state.has_failed() || matches!(state, State::Unknown(_)))
        };
        self.notices.news.retain(|news| news.failed().is_some_and(&failed));
        let Some((_, shown)) = &mut self.notices.shown else { return };
        let (Notice::Held { action, target } | Notice::Sending { action, target }) = &*shown else { return };
        let (action, target) = (*action, target.clone());
        match state(&target) {
            Some(State::Queued { .. }) => *shown = Notice::Held { action, target },
            Some(State::Sending { .. }) => *shown = Notice::Sending { action, target },
            _ => self.notices.shown = None,
        }
    }

    /// The user dismisses the news of a failed decision. If no decision is left on the task, this also settles it.
    /// Returns whether there was any.
    pub(super) fn take_news_away(&mut self) -> bool {
        let Some(key) = self.notices.take_away() else { return false };
        let failed = self.outbox.entry(&key).is_some_and(|entry| entry.state.has_failed());
        let is_open = self.cases.process(&key.process).is_none_or(|process| process.may_be_open(&key.approver));
        if failed && !is_open {
            self.outbox.discard(&key, Discard::Asked);
            self.inbox.mark_gone(&key);
        }
        true
    }
}

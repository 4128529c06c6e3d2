//! Decisions on their way out: confirmed, queued, undone or sent, answered.
//!
//! Nothing is sent before its request was checked, and nothing twice: [`step`](crate::domain::decision::state::step) knows
//! no way from a lost answer to sending.

use std::time::Duration;

use super::effect::{Effect, RequestId};
use super::fact::Fact;
use super::fetch::Fetch;
use super::notice::Notice;
use super::outbox::Outbox;
use super::request_cache::RequestCache;
use crate::domain::decision::Receipt;
use crate::domain::decision::state::{CHECK_LEAD, Input, State};
use crate::domain::{
    Action, Endpoint, Failure, FailureKind, Instant, Now, Outcome, Priority, Reviewed, Shown, TaskKey,
};

/// Checks and writes under way at a time. The rest stays queued, in the order of confirmation.
const UNDER_WAY: usize = 4;
/// Maximum difference between wall clock and monotonic clock while a decision is queued, either way. A computer that
/// slept, or whose clock was set, let an unknown time pass: its queued decisions are not sent without the user.
const DRIFT: i64 = 30_000;
/// Longest silence while a decision counts down, and while its request is read. After a longer one the program was
/// stopped.
const LATE: Duration = Duration::from_secs(5);
pub(super) const LONGEST_READ: Duration = Duration::from_secs(60);

/// Conditions of sending besides the decisions.
pub(super) struct Surroundings<'a> {
    pub(super) fetch: &'a mut Fetch,
    pub(super) requests: &'a RequestCache,
    /// How long before this message no other came.
    pub(super) unheard: Duration,
    /// Begin of the last silence that was too long for a decision to leave after it.
    pub(super) stopped_at: Option<Instant>,
}

/// Endpoint of an action, by which the platform counts its limits.
const fn endpoint(action: Action) -> Endpoint {
    match action {
        Action::Approve | Action::Reject => Endpoint::UpdateTask,
        Action::Transfer => Endpoint::Transfer,
        Action::AddSign => Endpoint::AddSign,
        Action::Withdraw => Endpoint::Withdraw,
        Action::Revoke => Endpoint::Revoke,
    }
}

impl Outbox {
    /// A review was confirmed: queues the decision until `until`.
    pub(super) fn confirm(&mut self, reviewed: Reviewed, shown: Shown, until: Instant, run: &str) {
        let mut older = self.take(&reviewed.target.key);
        let over = match &mut older {
            Some(entry) if matches!(entry.state, State::Unknown(_)) => older.take().map(Box::new),
            Some(entry) => entry.over.take(),
            None => None,
        };
        self.enter(reviewed, shown, until, run, over);
        // After the new one: if the program ends between the two, one of them is on record.
        if let Some(older) = older {
            self.replaced(&older);
        }
    }

    /// Checks and sends what was queued long enough. An endpoint that accepts nothing just now keeps its decisions queued.
    pub(super) fn send_due(&mut self, around: &mut Surroundings<'_>) -> Vec<Effect> {
        self.stop_what_slept(around.unheard, around.stopped_at);
        let mut effects = Vec::new();
        let mut done: Vec<TaskKey> = Vec::new();
        // Each departure makes room for the next.
        while let Some(key) = self.in_turn().into_iter().find(|key| !done.contains(key)) {
            effects.extend(self.check(&key, around));
            effects.extend(self.send(&key, around));
            done.push(key);
        }
        effects
    }

    /// The queued decisions whose turn it is to be checked or sent.
    fn in_turn(&mut self) -> Vec<TaskKey> {
        let now = self.now.mono;
        let soon = now + CHECK_LEAD;
        let mut turn = self.keys(|entry| matches!(entry.state, State::Queued { until, .. } if until <= soon));
        turn.truncate(UNDER_WAY.saturating_sub(self.sending()));
        for key in turn.iter().filter(|key| !self.turn.contains(*key)).cloned().collect::<Vec<_>>() {
            // However long it waited, it is due now: what was read while it waited counts as long as any other reading.
            self.step(&key, Input::Wait { until: now });
        }
        self.turn.clone_from(&turn);
        turn
    }

    /// Stops decisions that were queued while the computer slept or the program was stopped: an unknown time has
    /// passed, so they are not sent without the user.
    fn stop_what_slept(&mut self, unheard: Duration, stopped_at: Option<Instant>) {
        let now = self.now;
        for key in self.keys(|entry| entry.state.is_queued()) {
            let Some(entry) = self.entry(&key) else { continue };
            let State::Queued { until, .. } = entry.state else { continue };
            // While a decision counts down, the program is woken every second; while its request is read, by the answer.
            let before = now.mono.before(unheard);
            let silent = unheard > if until > before { LATE } else { LONGEST_READ };
            // Or it was on its way then, and came back to be sent again.
            let away = stopped_at.is_some_and(|at| entry.confirmed.mono <= at);
            let stopped = silent && entry.confirmed.mono <= before || away;
            if stopped || has_slept(entry.confirmed, now) {
                self.step(&key, Input::Sleep);
            }
        }
    }

    fn send(&mut self, key: &TaskKey, around: &mut Surroundings<'_>) -> Option<Effect> {
        let entry = self.entry(key)?;
        if !matches!(entry.state, State::Queued { until, .. } if until <= self.now.mono) {
            return None;
        }
        if let Some(until) =
            around.fetch.limited_until(endpoint(entry.reviewed.decision.action()), Priority::Check, self.now.mono)
        {
            self.step(key, Input::Wait { until });
            return None;
        }
        if !self.is_checked(key, around.requests) {
            return None;
        }
        let decision = Box::new(self.entry(key)?.reviewed.clone());
        let request = around.fetch.request_id();
        self.step(key, Input::Send { request }).then_some(Effect::Write { id: request, decision })
    }

    /// Takes the newest queued decision back. Returns its task.
    pub(super) fn undo_newest(&mut self) -> Option<TaskKey> {
        let newest = self.keys(|entry| entry.state.is_queued()).pop();
        self.undo(newest.as_slice());
        newest
    }

    /// Takes every queued decision back.
    pub(super) fn undo_all(&mut self) {
        let queued = self.keys(|entry| entry.state.is_queued());
        self.undo(&queued);
    }

    /// Takes these queued decisions back. Nothing of them was sent.
    pub(super) fn undo(&mut self, queued: &[TaskKey]) {
        let target = queued.first().and_then(|key| self.entry(key)).map(|entry| entry.reviewed.target.clone());
        for key in queued {
            self.step(key, Input::Undo);
        }
        self.report(Fact::Say(match (queued.len(), target) {
            (1, Some(target)) => Notice::TakenBack { target },
            (0, _) => Notice::NothingToTakeBack,
            (count, _) => Notice::AllTakenBack { count },
        }));
    }

    /// Nothing that is queued is sent before then.
    pub(super) fn wait_until(&mut self, until: Instant) {
        for key in self.keys(|entry| entry.state.is_queued()) {
            self.step(&key, Input::Wait { until });
        }
    }

    /// The journal cannot be written: queued decisions are not sent, because they would leave no record.
    pub(super) fn journal_lost(&mut self, failure: Failure) {
        for key in self.keys(|entry| entry.state.is_queued()) {
            self.step(&key, Input::Stop(failure.clone()));
        }
        self.report(Fact::JournalLost(failure));
    }

    /// The platform answered a write, or did not.
    pub(super) fn answered(&mut self, request: RequestId, result: &Result<Receipt, Failure>) {
        let sending = self.keys(|entry| matches!(entry.state, State::Sending { .. }));
        let answer = || Input::Answer { request, result: result.clone() };
        let Some(key) = sending.into_iter().find(|key| self.step(key, answer())) else { return };
        if let Err(failure) = result {
            self.write_failed(failure);
        }
        self.close_replaced(&key);
    }

    fn write_failed(&mut self, failure: &Failure) {
        match (&failure.kind, failure.outcome) {
            (FailureKind::RateLimited { retry_after }, Outcome::NotSent) => {
                self.report(Fact::Limited(failure.endpoint, self.now.mono + *retry_after));
                self.report(Fact::Tell(Notice::DecisionsWait { failure: failure.clone() }));
            }
            (FailureKind::Journal, Outcome::NotSent) => self.journal_lost(failure.clone()),
            _ => {}
        }
    }

    /// Closes the uncertain decision that this one superseded, unless this one never reached the platform.
    fn close_replaced(&mut self, key: &TaskKey) {
        let left = |state: &State| !matches!(state, State::Queued { .. } | State::NotSent(_));
        if !self.entry(key).is_some_and(|entry| left(&entry.state)) {
            return;
        }
        if let Some(over) = self.take_over(key) {
            self.replaced(&over);
        }
    }
}

/// Whether the wall clock parted from the monotonic one since then. One that was set back hides a sleep.
fn has_slept(since: Now, now: Now) -> bool {
    let passed = i64::try_from(now.mono.since(since.mono).as_millis()).unwrap_or(i64::MAX);
    ((now.wall - since.wall) - passed).abs() > DRIFT
}

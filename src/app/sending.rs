//! A decision on its way: confirmed, held, taken back or sent, answered.
//!
//! Nothing is sent after a hang-up, nothing before its case was checked, and nothing twice: a lost answer makes an entry
//! [`EntryState::Unknown`], and no transition leads from there to sending.

use std::time::Duration;

use super::effect::{Effect, RequestId};
use super::notice::Notice;
use super::outbox::{Doubt, EntryState};
use super::{App, Leaving, checking};
use crate::domain::decision::Receipt;
use crate::domain::record::{Answered, Change};
use crate::domain::{Action, Decision, Endpoint, Failure, FailureKind, Now, Outcome, Reviewed, Shown, Target, TaskKey};

/// Times that a task "being processed" (1161103, not executed) is sent again, and the pause before each.
const BUSY_TRIES: u8 = 3;
const BUSY_PAUSE: Duration = Duration::from_secs(2);
/// How far the wall clock may part from the monotonic one while a decision is held, either way. A computer that slept, or
/// whose clock was set, has let an unknown time pass: what was held then is not sent without her.
const DRIFT: i64 = 30_000;
/// How long the program may hear nothing while a decision counts down, and while its case is read. If it was longer, the
/// program was stopped.
const LATE: Duration = Duration::from_secs(5);
pub(super) const LONGEST_READ: Duration = Duration::from_secs(60);

/// What the platform's limits are counted by, per action.
const fn endpoint(action: Action) -> Endpoint {
    match action {
        Action::Approve | Action::Reject => Endpoint::UpdateTask,
        Action::Transfer => Endpoint::Transfer,
        Action::AddSign => Endpoint::AddSign,
        Action::Withdraw => Endpoint::Withdraw,
        Action::Revoke => Endpoint::Revoke,
    }
}

impl App {
    /// A review was confirmed: the decision is held, and the cursor goes to the next case that waits for one.
    pub(super) fn confirmed(&mut self, reviewed: Reviewed, shown: Shown) {
        let action = reviewed.decision.action();
        let target = reviewed.target.clone();
        self.drafts.insert((target.key.clone(), action), reviewed.decision.opinion().as_str().to_owned());
        match &reviewed.decision {
            Decision::Transfer { to, .. } => self.remember_people(std::slice::from_ref(to)),
            Decision::AddSign { people, .. } => self.remember_people(people),
            _ => {}
        }
        let mut older = self.outbox.entries.remove(&target.key);
        let over = match &mut older {
            Some(entry) if matches!(entry.state, EntryState::Unknown(_)) => older.take().map(Box::new),
            Some(entry) => entry.over.take(),
            None => None,
        };
        self.enter(reviewed, Some(shown), self.now.mono + self.settings.undo, over);
        // After the new one: whatever ends the program between the two, one of them is on record.
        if let Some(older) = older.filter(|older| older.state.wants_answer()) {
            self.replaced(&older);
        }
        self.cases.entry(&target.key.process).before = None;
        if self.selected() == Some(&target.key) {
            let outbox = &self.outbox;
            self.inbox.advance(self.screen.list_rows(), |key| !outbox.is_decided(key));
            self.case_changed();
        }
        self.notices.say(Notice::Held { action, target }, self.now);
    }

    /// Sends what was held long enough and is still what was shown. An endpoint that accepts nothing just now keeps its
    /// decisions held.
    pub(super) fn send_due(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        // While she is asked what is to become of them, the clock does not answer.
        if self.ending || self.outbox.held() == 0 || self.leaving == Some(Leaving::Asking) {
            return effects;
        }
        self.stop_what_slept();
        effects.extend(self.checks_due());
        let now = self.now.mono;
        let due = self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { until } if until <= now));
        for key in due {
            effects.extend(self.send(&key));
        }
        effects
    }

    /// What was held while the computer slept, or while this program was stopped, is not sent without her: an unknown
    /// time has passed.
    fn stop_what_slept(&mut self) {
        let now = self.now;
        for key in self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { .. })) {
            let Some(entry) = self.outbox.entry(&key) else { continue };
            let EntryState::Held { until } = entry.state else { continue };
            // While a decision counts down, the program is woken every second; while its case is read, by the answer.
            let before = now.mono.before(self.unheard);
            let silent = self.unheard > if until > before { LATE } else { LONGEST_READ };
            // Or it was on its way then, and came back to be sent again.
            let away = self.stopped_at.is_some_and(|at| entry.confirmed.mono <= at);
            let stopped = silent && entry.confirmed.mono <= before || away;
            if stopped || has_slept(entry.confirmed, now) {
                let Reviewed { decision, target, .. } = entry.reviewed.clone();
                self.set_state(&key, EntryState::Slept, Change::Slept);
                self.tell(Notice::Slept { decision, target });
            }
        }
    }

    fn send(&mut self, key: &TaskKey) -> Option<Effect> {
        let action = self.outbox.entry(key)?.reviewed.decision.action();
        if let Some(until) = self.sync.limited_until(endpoint(action), self.now.mono) {
            self.hold_until(key, until);
            return None;
        }
        if !self.is_checked(key) {
            return None;
        }
        let request = self.sync.request_id();
        let wall = self.now.wall;
        let entry = self.outbox.entries.get_mut(key)?;
        entry.attempt += 1;
        entry.sent_at = Some(wall);
        let (attempt, decision) = (entry.attempt, Box::new(entry.reviewed.clone()));
        self.set_state(key, EntryState::Sending { request }, Change::Sending { attempt });
        Some(Effect::Write { id: request, decision })
    }

    pub(super) fn hold_until(&mut self, key: &TaskKey, until: crate::domain::Instant) {
        if let Some(entry) = self.outbox.entries.get_mut(key) {
            entry.state = EntryState::Held { until };
        }
    }

    /// Takes back the newest held decision, or all of them. Nothing of them was sent.
    pub(super) fn take_back(&mut self, all: bool) {
        let mut held = self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { .. }));
        if !all {
            held = held.pop().into_iter().collect();
        }
        self.take_back_these(&held);
    }

    /// Takes these held decisions back.
    pub(super) fn take_back_these(&mut self, held: &[TaskKey]) {
        let mut target = None;
        for key in held {
            self.note(key, Change::TakenBack);
            target = self.remove(key, Change::TakenBack).map(|entry| entry.reviewed.target);
        }
        let notice = match (held.len(), target) {
            (1, Some(target)) => Notice::TakenBack { target },
            (0, _) => Notice::NothingToTakeBack,
            (count, _) => Notice::AllTakenBack { count },
        };
        self.notices.say(notice, self.now);
    }

    /// The journal cannot be written: what is held is not sent, because nobody would know of it afterwards.
    pub(super) fn journal_lost(&mut self, failure: &Failure) {
        let known = self.journal_failure.replace(failure.clone()).is_some();
        for key in self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { .. })) {
            self.not_sent(&key, failure);
        }
        if !known {
            self.notices.say(Notice::JournalLost(failure.clone()), self.now);
        }
    }

    /// It did not leave, and does not without her.
    pub(super) fn not_sent(&mut self, key: &TaskKey, failure: &Failure) {
        let Some(entry) = self.outbox.entry(key) else { return };
        let Reviewed { decision, target, .. } = entry.reviewed.clone();
        self.set_state(key, EntryState::NotSent(failure.clone()), Change::NotSent(Answered::from(failure)));
        self.tell(Notice::NotSent { decision, target, failure: failure.clone() });
    }

    /// The platform answered a write, or did not.
    pub(super) fn written(&mut self, id: RequestId, result: Result<Receipt, Failure>) -> Vec<Effect> {
        let sending = EntryState::Sending { request: id };
        let Some(entry) = self.outbox.entries.values().find(|entry| entry.state == sending) else {
            return Vec::new();
        };
        let Reviewed { decision, target, .. } = entry.reviewed.clone();
        let key = target.key.clone();
        match result {
            Ok(Receipt { log_id }) => {
                let state = EntryState::Accepted { log_id: log_id.clone(), evidence: Vec::new() };
                self.set_state(&key, state, Change::Accepted { log_id: log_id.clone() });
                self.accepted(decision.action(), &target);
                self.tell(Notice::Accepted { decision, target, log_id });
            }
            Err(failure) => self.write_failed(decision, target, &failure),
        }
        self.strike_out_replaced(&key);
        if self.ending && self.outbox.sending() == 0 { vec![Effect::Quit] } else { Vec::new() }
    }

    /// What may have reached the platform has taken the place of the decision in doubt that it was made over.
    fn strike_out_replaced(&mut self, key: &TaskKey) {
        let Some(entry) = self.outbox.entries.get_mut(key) else { return };
        if matches!(entry.state, EntryState::Held { .. } | EntryState::NotSent(_)) {
            return;
        }
        if let Some(over) = entry.over.take() {
            self.replaced(&over);
        }
    }

    pub(super) fn accepted(&mut self, action: Action, target: &Target) {
        self.drafts.remove(&(target.key.clone(), action));
        if let Some(entry) = self.outbox.entries.get_mut(&target.key) {
            entry.accepted_at = Some(self.now.mono);
        }
        match action {
            Action::Approve | Action::Reject | Action::Transfer | Action::Withdraw => self.inbox.mark_gone(&target.key),
            Action::AddSign | Action::Revoke => {}
        }
        // What she has just done is not to look like somebody else's change where she decides there again.
        if matches!(action, Action::AddSign | Action::Revoke) || self.inbox.has_beside(&target.key) {
            self.sync.want(target.process());
        }
    }

    fn write_failed(&mut self, decision: Decision, target: Target, failure: &Failure) {
        let key = &target.key;
        let answered = || Answered::from(failure);
        match (&failure.kind, failure.outcome) {
            (_, Outcome::Refused) if failure.is_busy() && self.try_busy_again(key) => {
                self.note(key, Change::Waiting(answered()));
            }
            (FailureKind::RateLimited { retry_after }, Outcome::NotSent) => {
                let until = self.now.mono + *retry_after;
                self.note(key, Change::Waiting(answered()));
                self.hold_until(key, until);
                self.sync.limit(failure.endpoint, until);
                self.tell(Notice::DecisionsWait { failure: failure.clone() });
            }
            (_, Outcome::Refused) => {
                self.set_state(key, EntryState::Refused(failure.clone()), Change::Refused(answered()));
                if failure.is_stale() {
                    self.sync.want(target.process());
                }
                self.tell(Notice::Refused { decision, target, failure: failure.clone() });
            }
            (FailureKind::Late, _) if self.check_anew(key) => self.note(key, Change::Waiting(answered())),
            (FailureKind::Journal, _) => {
                self.not_sent(key, failure);
                self.journal_lost(failure);
            }
            (_, Outcome::NotSent) => self.not_sent(key, failure),
            (_, Outcome::MayHaveHappened) => {
                let doubt = Doubt { failure: Some(failure.clone()), since: self.now.mono, ..Doubt::default() };
                self.set_state(key, EntryState::Unknown(doubt), Change::Unknown(answered()));
                self.sync.want(target.process());
                self.tell(Notice::Unknown { decision, target, failure: failure.clone() });
            }
        }
    }

    /// "Being processed" was not executed: it is sent again a few times, after the same check as the first time. Somebody
    /// is changing the case, so what was read until now does not count.
    fn try_busy_again(&mut self, key: &TaskKey) -> bool {
        let Some(entry) = self.outbox.entries.get_mut(key) else { return false };
        if entry.busy == BUSY_TRIES {
            return false;
        }
        let until = self.now.mono + BUSY_PAUSE;
        entry.busy += 1;
        entry.anew_from = until.before(checking::LEAD);
        self.hold_until(key, until);
        true
    }
}

/// The wall clock parted from the monotonic one since then. One that was set back hides a sleep.
fn has_slept(since: Now, now: Now) -> bool {
    let passed = i64::try_from(now.mono.since(since.mono).as_millis()).unwrap_or(i64::MAX);
    ((now.wall - since.wall) - passed).abs() > DRIFT
}

//! Decisions that were confirmed: held, on their way, answered, unknown. One entry per task.
//!
//! ```text
//!            u ─▶ (gone)            code 0 ─▶ Accepted
//!  y ─▶ Held ─┬─ time ─▶ Sending ─┬─ 4xx + code ─▶ Refused
//!             └─ limit: Held again│  not sent ─▶ NotSent (limit: Held again)
//!                                 └─ lost ─▶ Unknown ─ read the case ─▶ Accepted | NotApplied | Unknown
//! ```
//! A hang-up sends nothing: what was held is dropped with the program.

use std::collections::HashMap;
use std::time::Duration;

use super::App;
use super::effect::{Effect, RequestId};
use super::finding::{self, Finding};
use super::notice::Notice;
use crate::domain::decision::Receipt;
use crate::domain::{
    Action, CleanText, Decision, Endpoint, Failure, FailureKind, Instant, Now, Outcome, ProcessId, Reviewed, Target,
    TaskKey,
};

/// Times that a task "being processed" (1161103, not executed) is sent again, and the pause before each.
const BUSY_TRIES: u8 = 3;
const BUSY_PAUSE: Duration = Duration::from_secs(2);
/// Times that a case is read to find out about a lost answer.
const LOOKS: u8 = 3;

/// One confirmed decision. Owned by the outbox; its state changes there only.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub reviewed: Reviewed,
    pub state: EntryState,
    pub confirmed: Now,
    /// Rises with every confirmation: the newest held decision is the one with the highest.
    pub(super) order: u64,
    /// How often the platform said that the task is being processed.
    pub(super) busy: u8,
}

/// Where a decision stands.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryState {
    /// Not sent; can be taken back until then.
    Held { until: Instant },
    /// Left; its answer is awaited. Never aborted.
    Sending { request: RequestId },
    /// The platform said yes, or the case shows that it took effect.
    Accepted { log_id: Option<CleanText> },
    /// The platform said no.
    Refused(Failure),
    /// It did not leave this program, or the gateway turned it away.
    NotSent(Failure),
    /// The answer was lost. The case is read until it settles the matter, or `tries` are used up.
    Unknown { failure: Failure, tries: u8, settled: bool },
    /// The case shows that it did not take effect; she may decide again.
    NotApplied,
}

/// All confirmed decisions of this run, one per task: a newer one replaces an answered one.
#[derive(Debug, Default)]
pub struct Outbox {
    entries: HashMap<TaskKey, Entry>,
    next_order: u64,
}

impl Outbox {
    #[must_use]
    pub fn entry(&self, key: &TaskKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Decisions held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.count(|state| matches!(state, EntryState::Held { .. }))
    }

    /// Decisions on their way.
    #[must_use]
    pub fn sending(&self) -> usize {
        self.count(|state| matches!(state, EntryState::Sending { .. }))
    }

    /// Decisions whose outcome is not known.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.count(|state| matches!(state, EntryState::Unknown { .. }))
    }

    fn count(&self, wanted: impl Fn(&EntryState) -> bool) -> usize {
        self.entries.values().filter(|entry| wanted(&entry.state)).count()
    }

    /// Seconds left to take this decision back, rounded up; `None` unless it is held.
    #[must_use]
    pub fn seconds_left(&self, key: &TaskKey, now: Instant) -> Option<u64> {
        match self.entry(key)?.state {
            EntryState::Held { until } => {
                Some(until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
            }
            _ => None,
        }
    }

    /// The next whole second of a held decision's countdown, or its end.
    pub(super) fn next_wake(&self, now: Instant) -> Option<Instant> {
        self.entries
            .values()
            .filter_map(|entry| match entry.state {
                EntryState::Held { until } => {
                    let left = until.since(now);
                    let whole = Duration::from_millis(left.subsec_millis().into());
                    let step = if whole.is_zero() { Duration::from_secs(1).min(left) } else { whole };
                    Some(now + step)
                }
                _ => None,
            })
            .min()
    }
}

impl Outbox {
    /// A decision that stands between the platform and its answer: its row stays in the list.
    pub(super) fn is_open(&self, key: &TaskKey) -> bool {
        self.entry(key).is_some_and(|entry| {
            matches!(entry.state, EntryState::Held { .. } | EntryState::Sending { .. } | EntryState::Unknown { .. })
        })
    }

    /// The task needs no decision of hers any more, as far as she is concerned.
    pub(super) fn is_decided(&self, key: &TaskKey) -> bool {
        self.is_open(key) || self.entry(key).is_some_and(|entry| matches!(entry.state, EntryState::Accepted { .. }))
    }

    fn hold(&mut self, reviewed: Reviewed, until: Instant, now: Now) {
        self.next_order += 1;
        let key = reviewed.target.key.clone();
        let entry =
            Entry { reviewed, state: EntryState::Held { until }, confirmed: now, order: self.next_order, busy: 0 };
        self.entries.insert(key, entry);
    }

    fn newest_held(&self) -> Option<TaskKey> {
        let held = self.entries.iter().filter(|(_, entry)| matches!(entry.state, EntryState::Held { .. }));
        held.max_by_key(|(_, entry)| entry.order).map(|(key, _)| key.clone())
    }

    fn due(&self, now: Instant) -> Vec<TaskKey> {
        let mut due: Vec<_> = self
            .entries
            .iter()
            .filter(|(_, entry)| matches!(entry.state, EntryState::Held { until } if until <= now))
            .map(|(key, entry)| (entry.order, key.clone()))
            .collect();
        due.sort();
        due.into_iter().map(|(_, key)| key).collect()
    }

    /// Nothing that is held will be sent.
    pub(super) fn drop_held(&mut self) {
        self.entries.retain(|_, entry| !matches!(entry.state, EntryState::Held { .. }));
    }

    /// The cases of decisions whose outcome is still unknown: the platform can be asked again.
    pub(super) fn reopen_unknown(&mut self) -> Vec<ProcessId> {
        let mut processes = Vec::new();
        for entry in self.entries.values_mut() {
            if let EntryState::Unknown { tries, settled: settled @ true, .. } = &mut entry.state {
                (*tries, *settled) = (0, false);
                processes.push(entry.reviewed.target.process().clone());
            }
        }
        processes
    }

    /// The case could not be read: the outcome stays unknown.
    pub(super) fn could_not_settle(&mut self, process: &ProcessId) {
        for entry in self.entries.values_mut().filter(|entry| entry.reviewed.target.process() == process) {
            if let EntryState::Unknown { settled, .. } = &mut entry.state {
                *settled = true;
            }
        }
    }
}

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
    pub(super) fn confirmed(&mut self, reviewed: Reviewed) -> Vec<Effect> {
        let action = reviewed.decision.action();
        let target = reviewed.target.clone();
        self.drafts.insert((target.key.clone(), action), reviewed.decision.opinion().as_str().to_owned());
        if let Decision::Transfer { to, .. } = &reviewed.decision {
            self.remember_people(std::slice::from_ref(to));
        }
        if let Decision::AddSign { people, .. } = &reviewed.decision {
            self.remember_people(people);
        }
        self.outbox.hold(reviewed, self.now.mono + self.settings.undo, self.now);
        if self.selected() == Some(&target.key) {
            let outbox = &self.outbox;
            self.inbox.advance(self.screen.list_rows(), |key| !outbox.is_decided(key));
            self.case_changed();
        }
        self.notices.say(Notice::Held { action, target }, self.now);
        self.send_due()
    }

    /// Sends what was held long enough. An endpoint that accepts nothing just now keeps its decisions held.
    pub(super) fn send_due(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        if self.ending {
            return effects;
        }
        for key in self.outbox.due(self.now.mono) {
            let Some(entry) = self.outbox.entries.get_mut(&key) else { continue };
            let limited = self.sync.limited_until(endpoint(entry.reviewed.decision.action()), self.now.mono);
            if let Some(until) = limited {
                entry.state = EntryState::Held { until };
                continue;
            }
            let request = self.sync.request_id();
            entry.state = EntryState::Sending { request };
            effects.push(Effect::Write { id: request, decision: Box::new(entry.reviewed.clone()) });
        }
        effects
    }

    /// Takes back the newest held decision, or all of them. Nothing of them was sent.
    pub(super) fn take_back(&mut self, all: bool) {
        let mut count = 0;
        while let Some(key) = self.outbox.newest_held() {
            self.outbox.entries.remove(&key);
            count += 1;
            if !all {
                break;
            }
        }
        let notice = if count == 0 { Notice::NothingToTakeBack } else { Notice::TakenBack { count } };
        self.notices.say(notice, self.now);
    }

    /// The platform answered a write, or did not.
    pub(super) fn written(&mut self, id: RequestId, result: Result<Receipt, Failure>) -> Vec<Effect> {
        let sending = EntryState::Sending { request: id };
        let Some(entry) = self.outbox.entries.values_mut().find(|entry| entry.state == sending) else {
            return Vec::new();
        };
        let action = entry.reviewed.decision.action();
        let target = entry.reviewed.target.clone();
        match result {
            Ok(receipt) => {
                entry.state = EntryState::Accepted { log_id: receipt.log_id.clone() };
                self.accepted(action, &target);
                self.notices.say(Notice::Accepted { action, target, log_id: receipt.log_id }, self.now);
            }
            Err(failure) => self.write_failed(action, target, failure),
        }
        if self.ending && self.outbox.sending() == 0 { vec![Effect::Quit] } else { Vec::new() }
    }

    fn accepted(&mut self, action: Action, target: &Target) {
        self.drafts.remove(&(target.key.clone(), action));
        match action {
            Action::Approve | Action::Reject | Action::Transfer | Action::Withdraw => self.inbox.mark_gone(&target.key),
            Action::AddSign | Action::Revoke => self.sync.want(target.process()),
        }
    }

    fn write_failed(&mut self, action: Action, target: Target, failure: Failure) {
        let Some(entry) = self.outbox.entries.get_mut(&target.key) else { return };
        if failure.is_busy() && entry.busy < BUSY_TRIES {
            entry.busy += 1;
            entry.state = EntryState::Held { until: self.now.mono + BUSY_PAUSE };
            return;
        }
        if let (FailureKind::RateLimited { retry_after }, Outcome::NotSent) = (&failure.kind, failure.outcome) {
            let until = self.now.mono + *retry_after;
            entry.state = EntryState::Held { until };
            self.sync.limit(failure.endpoint, until);
            let seconds = retry_after.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX);
            self.notices.say(Notice::DecisionsWait { seconds }, self.now);
            return;
        }
        let notice = match failure.outcome {
            Outcome::Refused => {
                entry.state = EntryState::Refused(failure.clone());
                if failure.is_stale() {
                    self.sync.want(target.process());
                }
                Notice::Refused { action, target, failure }
            }
            Outcome::NotSent => {
                entry.state = EntryState::NotSent(failure.clone());
                Notice::NotSent { action, target, failure }
            }
            Outcome::MayHaveHappened => {
                entry.state = EntryState::Unknown { failure: failure.clone(), tries: 0, settled: false };
                self.sync.want(target.process());
                Notice::Unknown { action, target, failure }
            }
        };
        self.notices.say(notice, self.now);
    }

    /// A case was read: what it tells about decisions on it.
    pub(super) fn settle_decisions(&mut self, id: &ProcessId) {
        let Some(process) = self.cases.process(id) else { return };
        let mut notices = Vec::new();
        let mut gone = Vec::new();
        let mut again = false;
        for entry in self.outbox.entries.values_mut().filter(|entry| entry.reviewed.target.process() == id) {
            let target = entry.reviewed.target.clone();
            let action = entry.reviewed.decision.action();
            match &mut entry.state {
                EntryState::Unknown { tries, settled, .. } => match finding::look(&entry.reviewed, process) {
                    Finding::Applied => {
                        entry.state = EntryState::Accepted { log_id: None };
                        gone.push((action, target.clone()));
                        notices.push(Notice::FoundApplied { action, target });
                    }
                    Finding::NotApplied if *tries + 1 >= LOOKS => {
                        entry.state = EntryState::NotApplied;
                        notices.push(Notice::FoundNotApplied { action, target });
                    }
                    Finding::NotApplied | Finding::Unclear if *tries + 1 < LOOKS => {
                        *tries += 1;
                        again = true;
                    }
                    Finding::NotApplied | Finding::Unclear => {
                        *settled = true;
                        notices.push(Notice::StillUnknown { action, target });
                    }
                },
                EntryState::Refused(failure) if failure.is_stale() => {
                    if let Some(faster) = finding::who_was_faster(&target, process) {
                        notices.push(faster);
                    }
                }
                _ => {}
            }
        }
        for (action, target) in gone {
            self.accepted(action, &target);
        }
        if again {
            self.sync.look_again(id, self.now.mono);
        }
        for notice in notices {
            self.notices.say(notice, self.now);
        }
    }
}

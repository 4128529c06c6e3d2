//! The check before sending: the case must still be what was on screen when she decided.
//!
//! A case that was read more than [`FRESH`] ago is read again, its form too if it was shown. The reads begin [`LEAD`]
//! before the decision is due, so that the check costs no waiting. What was read for it counts for [`OLDEST`], however
//! slow the answers were; then it is read anew, a few times. The reads count in the platform's limits like any other: a
//! decision whose check has to wait stays held, and says so; none is sent unchecked.

use std::time::Duration;

use super::effect::{Effect, Query, Slot};
use super::notice::Notice;
use super::outbox::EntryState;
use super::{App, too_late};
use crate::domain::decision::outcome::task_end;
use crate::domain::record::Change;
use crate::domain::{Endpoint, Failure, FailureKind, Instant, Outcome, ProcessId, Reviewed, TaskKey};

/// How old a reading may be for a decision to be sent on it, unless it was read for that decision.
const FRESH: Duration = Duration::from_secs(3);
/// How old that may be: the answers were slow, or the program was stopped. Over a slow line nothing could be decided if
/// this were as short.
const OLDEST: Duration = Duration::from_secs(8);
/// Times that a decision whose check became too old is checked anew.
const LATE_TRIES: u8 = 3;
/// How long before a decision is due its case is read again.
pub(super) const LEAD: Duration = Duration::from_millis(1_500);
/// Times that a check whose read failed is made, and the pause between them.
const CHECKS: u8 = 3;
const CHECK_PAUSE: Duration = Duration::from_secs(2);

/// What is read for a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Process,
    Form,
}

impl Part {
    fn slot(self, process: &ProcessId) -> Slot {
        match self {
            Self::Process => Slot::Process(process.clone()),
            Self::Form => Slot::Form(process.clone()),
        }
    }

    fn query(self, process: &ProcessId) -> Query {
        match self {
            Self::Process => Query::Process(process.clone()),
            Self::Form => Query::Form(process.clone()),
        }
    }

    const fn endpoint(self) -> Endpoint {
        match self {
            Self::Process => Endpoint::ProcessDetail,
            Self::Form => Endpoint::FormV2,
        }
    }
}

impl App {
    /// Reads again what is needed for the decisions that are due soon.
    pub(super) fn checks_due(&mut self) -> Vec<Effect> {
        let now = self.now.mono;
        let soon = self.outbox.keys(|entry| matches!(entry.state, EntryState::Held { until } if until <= now + LEAD));
        let mut effects = Vec::new();
        for key in soon {
            if [Part::Process, Part::Form].into_iter().any(|part| self.is_outdated(&key, part))
                && !self.check_anew(&key)
            {
                self.not_sent(&key, &too_late());
            }
            for part in [Part::Process, Part::Form] {
                effects.extend(self.check(&key, part));
            }
        }
        effects
    }

    /// The read that this part of the check needs, unless it is fresh or under way.
    fn check(&mut self, key: &TaskKey, part: Part) -> Option<Effect> {
        if self.is_fresh(key, part) {
            return None;
        }
        let from = self.check_from(key)?;
        let slot = part.slot(&key.process);
        if self.sync.leaves_at(&slot).is_some_and(|at| at >= from && at <= self.now.mono) {
            return None;
        }
        if let Some(limited) = self.sync.limited_until(part.endpoint(), self.now.mono) {
            self.hold_until(key, limited + LEAD);
            return None;
        }
        if part == Part::Process {
            self.sync.count_background();
        }
        Some(self.sync.read(slot, Duration::ZERO, part.query(&key.process)))
    }

    /// From when on a reading counts for the decision on this task.
    fn check_from(&self, key: &TaskKey) -> Option<Instant> {
        let entry = self.outbox.entry(key)?;
        let EntryState::Held { until } = entry.state else { return None };
        Some(until.before(LEAD).min(self.now.mono.before(FRESH)).max(entry.anew_from))
    }

    /// How old the reading is that was made for the decision on this task; zero if it needs none.
    fn age(&self, key: &TaskKey, part: Part) -> Option<Duration> {
        let shown = self.outbox.entry(key)?.shown.as_ref()?;
        let case = self.cases.get(&key.process)?;
        let asked = match part {
            Part::Process => case.process_asked?,
            Part::Form if shown.form.is_none() => return Some(Duration::ZERO),
            Part::Form => case.form_asked?,
        };
        (asked >= self.check_from(key)?).then(|| self.now.mono.since(asked))
    }

    fn is_fresh(&self, key: &TaskKey, part: Part) -> bool {
        self.age(key, part).is_some_and(|age| age <= OLDEST)
    }

    fn is_outdated(&self, key: &TaskKey, part: Part) -> bool {
        self.age(key, part).is_some_and(|age| age > OLDEST)
    }

    /// What was too late for its check is checked anew, a few times. Nothing that was read until now counts for it.
    pub(super) fn check_anew(&mut self, key: &TaskKey) -> bool {
        let now = self.now.mono;
        let Some(entry) = self.outbox.entries.get_mut(key).filter(|entry| entry.late < LATE_TRIES) else {
            return false;
        };
        entry.late += 1;
        entry.anew_from = now;
        self.hold_until(key, now);
        true
    }

    /// Whether the case was read just now and is what was shown. If it is not, the decision stops here.
    pub(super) fn is_checked(&mut self, key: &TaskKey) -> bool {
        if !self.is_fresh(key, Part::Process) || !self.is_fresh(key, Part::Form) {
            return false;
        }
        let Some(entry) = self.outbox.entry(key) else { return false };
        let Some(now) = self.cases.get(&key.process).and_then(super::Case::shown) else { return false };
        let seen = entry.shown.as_ref().map(|shown| now.as_seen_in(shown).stamp());
        if seen == Some(entry.reviewed.target.stamp) {
            return true;
        }
        let reviewed = entry.reviewed.clone();
        let before = entry.shown.clone();
        let stamp = now.stamp();
        let faster = task_end(&reviewed, &now.process).map(|end| Notice::task_ended(reviewed.clone(), end));
        let Reviewed { decision, target, .. } = reviewed;
        if let Some(notice) = faster.filter(|_| decision.action().needs_task()) {
            self.set_state(key, EntryState::Overtaken { evidence: Vec::new() }, Change::Changed { now: stamp });
            self.inbox.mark_gone(key);
            self.tell(notice);
            return false;
        }
        self.set_state(key, EntryState::Changed { now: now.clone() }, Change::Changed { now: stamp });
        self.tell(Notice::Changed { decision, target, before, now });
        false
    }

    /// A read of this process failed: the decisions whose check waited for it wait on, or are not sent.
    pub(super) fn check_failed(&mut self, process: &ProcessId, failure: &Failure) {
        let from = self.now.mono + LEAD;
        let waiting = self.outbox.keys(|entry| {
            let due = matches!(entry.state, EntryState::Held { until } if until <= from);
            due && entry.reviewed.target.process() == process
        });
        for key in waiting {
            if let FailureKind::RateLimited { retry_after } = failure.kind {
                self.hold_until(&key, self.now.mono + retry_after + LEAD);
                self.notices.say(Notice::DecisionsWait { failure: failure.clone() }, self.now);
                continue;
            }
            let Some(entry) = self.outbox.entries.get_mut(&key) else { continue };
            entry.unchecked += 1;
            if entry.unchecked < CHECKS && failure.outcome != Outcome::Refused && !failure.is_fatal() {
                self.hold_until(&key, self.now.mono + CHECK_PAUSE);
            } else {
                self.not_sent(&key, failure);
            }
        }
    }
}

//! The check before sending: the request must still be what was on screen when the user decided.
//!
//! A request that was read more than [`FRESH`] ago is read again, its form too if it was shown. The reads begin
//! [`CHECK_LEAD`] before the decision is due, so that the check costs no waiting. What was read for it counts for
//! [`OLDEST`], however slow the answers were; then it is read again, a few times. The reads count in the platform's limits
//! like any other: a decision whose check has to wait stays queued, and says so; none is sent unchecked.

use std::time::Duration;

use super::dispatch::Surroundings;
use super::effect::{Effect, Query, Slot};
use super::fact::Fact;
use super::notice::Notice;
use super::outbox::Outbox;
use super::request_cache::{Request, RequestCache};
use crate::domain::decision::outcome::task_end;
use crate::domain::decision::state::{CHECK_LEAD, Input, State};
use crate::domain::{Endpoint, Failure, FailureKind, Instant, Priority, ProcessId, TaskKey};

/// How old a reading may be for a decision to be sent on it, unless it was read for that decision.
const FRESH: Duration = Duration::from_secs(3);
/// Maximum age of a reading for its own decision: the answers were slow, or the program was stopped. Over a slow line
/// no decision could be made if this were as short as `FRESH`.
const OLDEST: Duration = Duration::from_secs(8);

/// A read of a check.
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

impl Outbox {
    /// Reads again what the check of this decision needs.
    pub(super) fn check(&mut self, key: &TaskKey, around: &mut Surroundings<'_>) -> Vec<Effect> {
        let parts = [Part::Process, Part::Form];
        if parts.into_iter().any(|part| self.is_outdated(key, part, around.requests)) {
            self.step(key, Input::CheckOutdated);
        }
        parts.into_iter().filter_map(|part| self.check_part(key, part, around)).collect()
    }

    /// The read that this part of the check needs, unless it is fresh or under way.
    fn check_part(&mut self, key: &TaskKey, part: Part, around: &mut Surroundings<'_>) -> Option<Effect> {
        if self.is_fresh(key, part, around.requests) {
            return None;
        }
        let now = self.now.mono;
        let from = self.check_from(key)?;
        let slot = part.slot(&key.process);
        if around.fetch.leaves_at(&slot).is_some_and(|at| at >= from && at <= now) {
            return None;
        }
        if let Some(limited) = around.fetch.limited_until(part.endpoint(), Priority::Check, now) {
            self.step(key, Input::Wait { until: limited + CHECK_LEAD });
            return None;
        }
        Some(around.fetch.read(slot, Priority::Check, Duration::ZERO, part.query(&key.process)))
    }

    /// From when on a reading counts for the decision on this task.
    fn check_from(&self, key: &TaskKey) -> Option<Instant> {
        let State::Queued { until, tries } = &self.entry(key)?.state else { return None };
        Some(until.before(CHECK_LEAD).min(self.now.mono.before(FRESH)).max(tries.fresh_from))
    }

    /// How old the reading is that was made for the decision on this task; zero if it needs none.
    fn age(&self, key: &TaskKey, part: Part, requests: &RequestCache) -> Option<Duration> {
        let shown = self.entry(key)?.shown.as_ref()?;
        let request = requests.get(&key.process)?;
        let asked = match part {
            Part::Process => request.process_asked?,
            Part::Form if shown.form.is_none() => return Some(Duration::ZERO),
            Part::Form => request.form_asked?,
        };
        (asked >= self.check_from(key)?).then(|| self.now.mono.since(asked))
    }

    fn is_fresh(&self, key: &TaskKey, part: Part, requests: &RequestCache) -> bool {
        self.age(key, part, requests).is_some_and(|age| age <= OLDEST)
    }

    fn is_outdated(&self, key: &TaskKey, part: Part, requests: &RequestCache) -> bool {
        self.age(key, part, requests).is_some_and(|age| age > OLDEST)
    }

    /// Whether the request was read just now and is what was shown. If it is not, the decision stops here.
    pub(super) fn is_checked(&mut self, key: &TaskKey, requests: &RequestCache) -> bool {
        if !self.is_fresh(key, Part::Process, requests) || !self.is_fresh(key, Part::Form, requests) {
            return false;
        }
        self.still_holds(key, requests)
    }

    /// Compares queued decisions with a reading that came before their check. One that does not hold stops here and now.
    pub(super) fn recheck(&mut self, process: &ProcessId, requests: &RequestCache) {
        for key in self.keys(|entry| entry.state.is_queued() && entry.reviewed.target.process() == process) {
            let confirmed = self.entry(&key).map(|entry| entry.confirmed.mono);
            let asked = requests.get(process).and_then(|request| request.process_asked);
            if asked >= confirmed {
                self.still_holds(&key, requests);
            }
        }
    }

    /// Whether the request is what was shown. If it is not, the decision stops.
    fn still_holds(&mut self, key: &TaskKey, requests: &RequestCache) -> bool {
        let Some(entry) = self.entry(key) else { return false };
        let Some(now) = requests.get(&key.process).and_then(Request::shown) else { return false };
        let seen = entry.shown.as_ref().map(|shown| now.as_seen_in(shown).stamp());
        if seen == Some(entry.reviewed.target.stamp) {
            return true;
        }
        let (reviewed, before, stamp) = (entry.reviewed.clone(), entry.shown.clone(), now.stamp());
        let ended = task_end(&reviewed, &now.process).filter(|_| reviewed.decision.action().needs_task());
        self.step(key, Input::CheckChanged { now: stamp, handled: ended.is_some() });
        self.report(Fact::Tell(match ended {
            Some(end) => Notice::task_ended(reviewed, end),
            None => Notice::Changed { decision: reviewed.decision, target: reviewed.target, before, now },
        }));
        false
    }

    /// A read of this process failed: decisions whose check waited for it wait on, or are not sent.
    pub(super) fn check_failed(&mut self, process: &ProcessId, failure: &Failure) {
        let from = self.now.mono + CHECK_LEAD;
        let waiting = self.keys(|entry| {
            let due = matches!(entry.state, State::Queued { until, .. } if until <= from);
            due && entry.reviewed.target.process() == process
        });
        for key in waiting {
            if let FailureKind::RateLimited { retry_after } = failure.kind {
                self.step(&key, Input::Wait { until: self.now.mono + retry_after + CHECK_LEAD });
                self.report(Fact::Say(Notice::DecisionsWait { failure: failure.clone() }));
            } else {
                self.step(&key, Input::CheckFailed(failure.clone()));
            }
        }
    }
}

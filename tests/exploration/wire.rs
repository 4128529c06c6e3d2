//! A request's way to the platform and its answer's way back.

use std::time::Duration;

use shenpi::domain::decision::Receipt;
use shenpi::domain::decision::state::{Input, State};
use shenpi::domain::failure::{ended, not_recorded, too_late};
use shenpi::domain::id::RequestId;
use shenpi::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome};

use super::guards::Guard;
use super::model::Model;
use super::platform::Task;
use super::properties::departs;
use super::situation::{Reply, Request, Situation, spend};

/// The assumption on late requests: one whose answer is given up arrives sooner than this, or never. The pauses between
/// probes add up to as much.
pub const LATEST: Duration = Duration::from_secs(30);
const LIMITED: Duration = Duration::from_secs(9);
/// How long a decision waits at the gate before its check counts as too old.
const AT_GATE: Duration = Duration::from_secs(4);

pub fn failure(kind: FailureKind, outcome: Outcome, code: Option<i64>) -> Failure {
    let (http, log_id, message) = (None, None, CleanText::default());
    Failure { endpoint: Endpoint::UpdateTask, kind, outcome, code, http, log_id, message }
}

pub fn busy() -> Failure {
    failure(FailureKind::Business, Outcome::Refused, Some(1_161_103))
}

pub fn lost() -> Failure {
    failure(FailureKind::TimedOut, Outcome::MayHaveHappened, None)
}

impl Model {
    /// The gate opens, and the request leaves.
    pub fn leave(&self, mut s: Situation) -> Option<Situation> {
        let number = s.entry().filter(|number| s.decisions[*number].request == Request::AtGate)?;
        let durable = s.tail.is_empty() && !s.disk_fails || self.without(Guard::DiskBeforeNetwork);
        let open = s.run.is_some_and(|run| !run.shutdown) || self.without(Guard::ShutdownClosesGate);
        if !durable || !open {
            return None;
        }
        s.broken = departs(&s, number);
        let decision = &mut s.decisions[number];
        decision.request = Request::OnItsWay;
        (decision.truth.departed, decision.truth.may_apply) = (true, true);
        Some(s)
    }

    /// The gate gives the decision back.
    pub fn leave_not(&self, mut s: Situation, late: bool) -> Option<Situation> {
        let number = s.entry().filter(|number| s.decisions[*number].request == Request::AtGate)?;
        if late {
            s.spend_fault()?;
            let decision = &mut s.decisions[number];
            decision.clock = decision.clock + AT_GATE;
        }
        let failure = match s.run? {
            _ if late => too_late(),
            _ if s.disk_fails => not_recorded(CleanText::default()),
            run if run.shutdown => ended(),
            _ => return None,
        };
        self.answer(s, number, Err(failure))
    }

    /// The platform takes the request.
    pub fn arrive(mut s: Situation, reply: Reply) -> Option<Situation> {
        let number = s.entry().filter(|number| s.decisions[*number].request == Request::OnItsWay)?;
        match reply {
            Reply::Accepted if s.task.is_open() => s.task = Task::Decided(number),
            Reply::Refused if !s.task.is_open() => {}
            Reply::Refused | Reply::Busy => s.spend_fault()?,
            Reply::Limited => spend(&mut s.left.limits)?,
            Reply::Accepted => return None,
        }
        s.decisions[number].request = Request::Answered(reply);
        Some(s)
    }

    pub fn drop_request(mut s: Situation) -> Option<Situation> {
        let number = s.entry().filter(|number| s.decisions[*number].request == Request::OnItsWay)?;
        s.spend_fault()?;
        s.decisions[number].request = Request::Dropped;
        Some(s)
    }

    /// The answer reaches the program.
    pub fn hear(&self, mut s: Situation) -> Option<Situation> {
        let number = s.entry()?;
        let Request::Answered(reply) = s.decisions[number].request else { return None };
        s.run?;
        let truth = &mut s.decisions[number].truth;
        truth.may_apply = reply == Reply::Accepted;
        truth.busy = reply == Reply::Busy;
        let result = match reply {
            Reply::Accepted => Ok(Receipt { log_id: None }),
            Reply::Refused => Err(failure(FailureKind::Business, Outcome::Refused, Some(1_160_015))),
            Reply::Busy => Err(busy()),
            Reply::Limited => {
                let kind = FailureKind::RateLimited { retry_after: LIMITED };
                Err(failure(kind, Outcome::NotSent, Some(99_991_400)))
            }
        };
        self.answer(s, number, result)
    }

    /// The program gives the answer up. A request that is still on its way may arrive later.
    pub fn lose(&self, mut s: Situation) -> Option<Situation> {
        let number = s.entry()?;
        s.run?;
        let decision = &mut s.decisions[number];
        let after = match decision.request {
            Request::OnItsWay => Request::Stray { until: Some(decision.clock + LATEST) },
            Request::Answered(_) | Request::Dropped => Request::None,
            Request::None | Request::AtGate | Request::Stray { .. } => return None,
        };
        if decision.request != Request::Dropped {
            s.spend_fault()?;
        }
        s.decisions[number].truth.answer_lost = true;
        let mut s = self.answer(s, number, Err(lost()))?;
        s.decisions[number].request = after;
        Some(s)
    }

    /// The answer "being processed" to an earlier request of this decision is heard again.
    pub fn hear_twice(&self, mut s: Situation) -> Option<Situation> {
        let number = s.entry()?;
        s.spend_fault()?;
        let State::Sending { request: Some(RequestId(request)), .. } = s.decisions[number].state else { return None };
        let request = RequestId(request.checked_sub(1).filter(|earlier| *earlier > 0)?);
        self.take(&mut s, number, Input::Answer { request, result: Err(busy()) }).then_some(s)
    }

    /// A late request arrives. Its answer goes nowhere.
    pub fn arrive_late(mut s: Situation, number: usize) -> Option<Situation> {
        let decision = s.decisions.get_mut(number)?;
        if !matches!(decision.request, Request::Stray { .. }) {
            return None;
        }
        decision.request = Request::None;
        if s.task.is_open() {
            s.task = Task::Decided(number);
        }
        Some(s)
    }

    fn answer(&self, mut s: Situation, number: usize, result: Result<Receipt, Failure>) -> Option<Situation> {
        let State::Sending { request: Some(request), .. } = s.decisions[number].state else { return None };
        s.decisions[number].request = Request::None;
        if !self.take(&mut s, number, Input::Answer { request, result }) {
            return None;
        }
        // The uncertain decision under this one is closed, unless this one never reached the platform.
        let state = &s.decisions[number].state;
        let reached = !matches!(state, State::Queued { .. } | State::NotSent(_));
        if let Some(under) = s.under().filter(|_| reached || self.without(Guard::UnsentClosesNothing)) {
            self.replace(&mut s, under);
        }
        Some(s)
    }
}

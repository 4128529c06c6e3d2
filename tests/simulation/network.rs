//! The connection between program and platform: durations, and trouble.

use std::time::Duration;

use shenpi::app::{Answer, Event, Query, RequestId, Slot};
use shenpi::domain::decision::Receipt;
use shenpi::domain::{Action, CleanText, Endpoint, Failure, FailureKind, Millis, Outcome, Reviewed, Shown};
use shenpi::runtime::Report;

use super::action::{Fault, Moment as Point, Target};
use super::day::{Day, What};
use super::model::Answer as Said;

/// A read that arrives at the platform.
pub struct Read {
    pub id: RequestId,
    pub slot: Slot,
    pub query: Query,
    /// When it was asked, by the computer's clock.
    pub asked_at: Millis,
}

/// How long the client waits for an answer.
const ANSWER_TIMEOUT: i64 = 30_000;

impl Day<'_> {
    fn one_way(&self, what: &str, number: u64) -> i64 {
        let jitter = u64::from(self.script.behavior.jitter) + 1;
        self.way + i64::try_from(self.dice(what, number) % jitter).unwrap_or_default()
    }

    /// The trouble that hits a request of this kind, if there is any.
    fn trouble(&mut self, hits: impl Fn(Target, Fault) -> bool) -> Option<Fault> {
        let place = self.troubles.iter().position(|trouble| hits(trouble.on, trouble.what))?;
        let trouble = &mut self.troubles[place];
        trouble.times -= 1;
        let what = trouble.what;
        if trouble.times == 0 {
            self.troubles.remove(place);
        }
        self.figures.faults += 1;
        Some(what)
    }

    // --- reads

    pub fn begin_read(&mut self, id: RequestId, slot: Slot, after: Duration, query: Query) {
        if self.program.is_none() || self.broken.is_some() {
            return;
        }
        self.abandon_read(&slot);
        let (run, wall) = (self.run(), self.true_wall());
        if let Some(program) = &mut self.program {
            program.reads.insert(slot.clone(), id);
            if query == Query::Tasks(None) {
                program.round_began = wall;
            }
        }
        let after = i64::try_from(after.as_millis()).unwrap_or_default();
        let fault = self.trouble(|on, _| match on {
            Target::Writes => false,
            Target::Reads => true,
            Target::Cases => matches!(query, Query::Process(_)),
            Target::Forms => matches!(query, Query::Form(_)),
            Target::Lists => matches!(query, Query::Tasks(_)),
        });
        let mut there = after + self.one_way("there", id.0);
        let mut back = self.one_way("back", id.0);
        let mut failure = None;
        let endpoint = asked(&query);
        match fault {
            Some(Fault::SlowThere(late)) => there += i64::from(late),
            Some(Fault::SlowBack(late)) => back += i64::from(late),
            Some(Fault::Vanishes | Fault::TimesOut(_)) => {
                back = ANSWER_TIMEOUT;
                failure = Some(failed(endpoint, FailureKind::TimedOut, Outcome::MayHaveHappened, None));
            }
            Some(fault) => failure = Some(trouble_of(endpoint, fault)),
            None => {}
        }
        let asked_at = Millis(self.clocks().wall.0 + after);
        self.later(there, run, What::ReadThere { read: Read { id, slot, query, asked_at }, back, failure });
    }

    /// The read in this slot is not wanted any more. If its answer is handed over at this very moment, it comes all the
    /// same.
    pub fn abandon_read(&mut self, slot: &Slot) {
        let Some(program) = &mut self.program else { return };
        program.reads.remove(slot);
        let now = self.now;
        let handed_over = |day: &Self, id: RequestId| day.dice("handed over", id.0).is_multiple_of(3);
        let mut queue = std::mem::take(&mut self.queue);
        queue.retain_mut(|coming| match &coming.what {
            What::ReadThere { read, .. } => read.slot != *slot,
            What::CacheRead { slot: of, .. } => of != slot,
            What::ReadBack { id, slot: of, .. } if of == slot => {
                coming.due = now;
                handed_over(self, *id)
            }
            _ => true,
        });
        self.queue = queue;
    }

    pub fn read_there(&mut self, read: Read, back: i64, failure: Option<Failure>) {
        let Read { id, slot, query, asked_at } = read;
        let at = self.true_wall();
        if failure.is_none() {
            self.note_answer(id, &query, asked_at);
        }
        let result = match failure {
            Some(failure) => Err(failure),
            None => self.platform.read(&query, at),
        };
        let run = self.run();
        if let (Query::Process(process) | Query::Form(process), true) = (&query, self.platform.sends_bytes())
            && let Some(version) = self.platform.history(process).last()
        {
            self.model.under_way.insert((run, id), version.truth.clone());
        }
        self.later(back, run, What::ReadBack { id, slot, result: Box::new(result) });
    }

    pub fn read_back(&mut self, id: RequestId, slot: Slot, result: Result<Answer, Failure>) {
        let Some(program) = &mut self.program else { return };
        let current = program.reads.get(&slot) == Some(&id);
        if current {
            program.reads.remove(&slot);
        }
        if let (Slot::Process(process), Ok(Answer::Process(_))) = (&slot, &result) {
            program.read.insert(process.clone());
        }
        if let Some(write) = self.model.answers.remove(&(self.run(), id)) {
            self.keep_writes(vec![write]);
        }
        if let (Slot::Process(process), Err(failure)) = (&slot, &result) {
            let (name, kind) = (self.name(process), failure.kind.clone());
            self.say(|_| format!("   reading {name} fails: {kind:?}"));
        }
        let truth = self.model.under_way.remove(&(self.run(), id));
        let of = truth.is_some().then(|| slot.clone());
        self.report(Report::Event(Event::Answered { id, slot, result }));
        if let Some((of, truth)) = of.zip(truth) {
            self.note_reading(&of, &truth);
        }
    }

    /// The program's content of a process since this answer, and the truth behind it.
    fn note_reading(&mut self, slot: &Slot, truth: &Shown) {
        let (Slot::Process(id) | Slot::Form(id)) = slot else { return };
        let Some(case) = self.program.as_ref().and_then(|program| program.app.requests.get(id)) else { return };
        match slot {
            Slot::Process(_) => self.model.readings.note(case.process.here(), None, truth),
            _ => self.model.readings.note(None, case.form.here().and_then(Option::as_ref), truth),
        }
    }

    // --- writes

    /// A request leaves.
    pub fn leave(&mut self, place: usize, decision: &Reviewed) {
        let run = self.run();
        self.figures.requests += 1;
        self.say(|day| format!("   the request of {} leaves", day.model.passages[place].entry.0));
        self.watch_leaving(place, decision);
        if self.broken.is_some() {
            return;
        }
        let passage = &mut self.model.passages[place];
        passage.left = Some(self.now);
        (passage.over, passage.answer, passage.token_refused) = (false, None, false);
        let endpoint = endpoint(decision);
        let busy_can_be = matches!(endpoint, Endpoint::Transfer | Endpoint::AddSign);
        let form_can_be = endpoint == Endpoint::UpdateTask;
        let fault = self.trouble(|on, what| {
            on == Target::Writes
                && (what != Fault::Busy || busy_can_be)
                && (what != Fault::FormIncomplete || form_can_be)
        });
        let number = self.model.passages[place].request.0 + 1_000 * u64::try_from(run).unwrap_or_default();
        let (there, back) = (self.one_way("write there", number), self.one_way("write back", number));
        if let Some(fault) = fault {
            self.say(|_| format!("   but: {fault:?}"));
        }
        match fault {
            None | Some(Fault::Busy) => {
                let busy = fault == Some(Fault::Busy);
                self.later(there, run, What::WriteThere { passage: place, back: Some(back), instead: None, busy });
            }
            Some(Fault::SlowThere(late)) => self.goes(place, there + i64::from(late), Some(back), None),
            Some(Fault::SlowBack(late)) => self.goes(place, there, Some(back + i64::from(late)), None),
            Some(Fault::CutAfter | Fault::ServerAfter | Fault::GarbageAfter) => {
                let failure = fault.map(|fault| trouble_of(endpoint, fault));
                self.goes(place, there, Some(back), failure);
            }
            Some(Fault::CutThenArrives(late)) => {
                self.goes(place, there + i64::from(late), None, None);
                self.comes_back(place, 10, trouble_of(endpoint, Fault::CutBefore));
            }
            Some(Fault::TimesOut(late)) => {
                self.goes(place, there + i64::from(late), None, None);
                self.comes_back(place, ANSWER_TIMEOUT, timed_out(endpoint));
            }
            Some(Fault::Vanishes) => {
                self.model.passages[place].over = true;
                self.comes_back(place, ANSWER_TIMEOUT, timed_out(endpoint));
            }
            Some(fault) => {
                self.model.passages[place].over = true;
                self.comes_back(place, there + back, trouble_of(endpoint, fault));
            }
        }
        self.reaches(Point::Left);
    }

    fn goes(&mut self, passage: usize, there: i64, back: Option<i64>, instead: Option<Failure>) {
        let run = self.run();
        self.later(there, run, What::WriteThere { passage, back, instead, busy: false });
    }

    fn comes_back(&mut self, passage: usize, after: i64, failure: Failure) {
        let run = self.run();
        self.later(after, run, What::WriteBack { passage, result: Box::new(Err(failure)) });
    }

    /// A decision arrives at the platform.
    pub fn write_there(&mut self, place: usize, back: Option<i64>, instead: Option<Failure>, busy: bool) {
        let at = self.true_wall();
        let decision = self.model.passages[place].decision.clone();
        let before = self.platform.writes().len();
        if busy {
            self.platform.be_busy(1);
        }
        let result = self.platform.write(&decision, at);
        self.platform.be_calm();
        let done = self.platform.writes().len() > before;
        let passage = &mut self.model.passages[place];
        passage.arrived = Some(self.now);
        passage.over = true;
        passage.done = done;
        let run = passage.run;
        self.figures.done += u64::from(done);
        let code = result.as_ref().err().and_then(|failure| failure.code);
        self.say(|day| {
            let entry = &day.model.passages[place].entry.0;
            match code {
                None => format!("   the platform does what {entry} asks"),
                Some(code) => format!("   the platform refuses {entry}: {code}"),
            }
        });
        self.watch_arrival(place);
        if let Some(back) = back {
            let result = Box::new(match instead {
                Some(failure) => Err(failure),
                None => result,
            });
            self.later(back, run, What::WriteBack { passage: place, result });
        }
        if run == self.run() {
            self.reaches(Point::Arrived);
        }
    }

    /// The answer to a decision reaches the program.
    pub fn write_back(&mut self, place: usize, result: Result<Receipt, Failure>) {
        if self.reaches(Point::Answered) {
            return;
        }
        let said = match &result {
            Ok(_) => Said::Accepted,
            Err(failure) => match (&failure.kind, failure.outcome) {
                (FailureKind::RateLimited { .. }, Outcome::NotSent) => Said::Later,
                _ if failure.is_busy() => Said::Later,
                (_, Outcome::Refused) => Said::Refused,
                (_, Outcome::NotSent) => Said::NotSent,
                (_, Outcome::MayHaveHappened) => Said::Lost,
            },
        };
        let passage = &mut self.model.passages[place];
        passage.answer = Some(said);
        passage.token_refused = matches!(&result, Err(failure) if failure.kind == FailureKind::TokenRefused);
        let id = passage.request;
        self.say(|day| format!("   the answer to {}: {said:?}", day.model.passages[place].entry.0));
        self.report(Report::Event(Event::Written { id, result }));
    }
}

const fn asked(query: &Query) -> Endpoint {
    match query {
        Query::Tasks(_) => Endpoint::TaskList,
        Query::Changed { .. } => Endpoint::ChangedProcesses,
        Query::Process(_) | Query::OwnTasks(_) => Endpoint::ProcessDetail,
        Query::Form(_) => Endpoint::FormV2,
        Query::Labels(_) => Endpoint::FormV1,
        _ => Endpoint::SearchEmployees,
    }
}

const fn endpoint(decision: &Reviewed) -> Endpoint {
    match decision.decision.action() {
        Action::Approve | Action::Reject => Endpoint::UpdateTask,
        Action::Transfer => Endpoint::Transfer,
        Action::AddSign => Endpoint::AddSign,
        Action::Withdraw => Endpoint::Withdraw,
        Action::Revoke => Endpoint::Revoke,
    }
}

fn failed(endpoint: Endpoint, kind: FailureKind, outcome: Outcome, code: Option<(u16, i64)>) -> Failure {
    Failure {
        endpoint,
        kind,
        outcome,
        code: code.map(|(_, code)| code),
        http: code.map(|(http, _)| http),
        log_id: None,
        message: CleanText::default(),
    }
}

fn timed_out(endpoint: Endpoint) -> Failure {
    failed(endpoint, FailureKind::TimedOut, Outcome::MayHaveHappened, None)
}

/// The client's view of it.
fn trouble_of(endpoint: Endpoint, fault: Fault) -> Failure {
    let (kind, outcome, code) = match fault {
        Fault::ServerBefore | Fault::ServerAfter => {
            (FailureKind::Server, Outcome::MayHaveHappened, Some((500, 1_160_500)))
        }
        Fault::GarbageBefore | Fault::GarbageAfter => {
            (FailureKind::Garbage { excerpt: "<html>".into() }, Outcome::MayHaveHappened, None)
        }
        Fault::Limited(seconds) => {
            let retry_after = Duration::from_secs(seconds.into());
            (FailureKind::RateLimited { retry_after }, Outcome::NotSent, Some((429, 99_991_400)))
        }
        Fault::Unreachable => (FailureKind::Unreachable, Outcome::NotSent, None),
        Fault::TokenRefused => (FailureKind::TokenRefused, Outcome::NotSent, Some((400, 99_991_663))),
        Fault::FormIncomplete => (FailureKind::Business, Outcome::Refused, Some((200, 1_161_004))),
        _ => (FailureKind::Cut, Outcome::MayHaveHappened, None),
    };
    failed(endpoint, kind, outcome, code)
}

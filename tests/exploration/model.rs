//! The program as far as it calls the machine: what `app` and `runtime` do with one task, and the user.

use std::time::Duration;

use shenpi::domain::decision::state::{CHECK_LEAD, Followup, Illegal, Input, State, Transition};
use shenpi::domain::id::RequestId;
use shenpi::domain::record::{Change, Discard};
use shenpi::domain::{CleanText, FailureKind, Finding, Outcome, Stamp};

use super::guards::{Guard, evolve_without, step_without};
use super::platform::{Readings, Task};
use super::situation::{Confirmed, Left, Line, NOW, OLDEST, Place, Reply, Request, Run, Situation, Truth, spend};
use super::wire::failure;

const UNDO: Duration = Duration::from_secs(5);

#[derive(Debug)]
pub struct Model {
    pub bounds: Left,
    pub removed: Option<Guard>,
    pub readings: Readings,
}

/// One act of the user, the program or the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Confirm,
    Undo,
    Discard,
    AskAgain,
    QuitNow,
    QuitWhenSent,
    HangUp,
    /// Time passes, until the decision is next due.
    Pass,
    ReadForCheck,
    CheckFails {
        refused: bool,
    },
    CheckLimited,
    CheckGetsOld,
    Send,
    AskForProbe,
    AskEarly,
    ProbeArrives,
    ProbeFails,
    ListRead,
    ReadUnder,
    Sync,
    DiskFails,
    Leave,
    LeaveLate,
    LeaveAfterEnd,
    Arrive(Reply),
    Drop,
    Hear,
    HearTwice,
    Lose,
    ArriveLate(usize),
    Elsewhere(Task),
    Edit,
    Sleep,
    /// The run ends at any moment, and so many records of the tail survive.
    Crash {
        kept: usize,
    },
    /// The run ends because nothing is left to wait for.
    End,
    Start,
}

impl Act {
    /// Most records that a crash finds in the tail.
    pub const TAIL: usize = 6;

    pub fn all() -> Vec<Self> {
        let mut acts = vec![
            Self::Confirm,
            Self::Undo,
            Self::Discard,
            Self::AskAgain,
            Self::QuitNow,
            Self::QuitWhenSent,
            Self::HangUp,
            Self::Pass,
            Self::ReadForCheck,
            Self::CheckFails { refused: false },
            Self::CheckFails { refused: true },
            Self::CheckLimited,
            Self::CheckGetsOld,
            Self::Send,
            Self::AskForProbe,
            Self::AskEarly,
            Self::ProbeArrives,
            Self::ProbeFails,
            Self::ListRead,
            Self::ReadUnder,
            Self::Sync,
            Self::DiskFails,
            Self::Leave,
            Self::LeaveLate,
            Self::LeaveAfterEnd,
        ];
        acts.extend([Reply::Accepted, Reply::Refused, Reply::Busy, Reply::Limited].map(Self::Arrive));
        acts.extend([Self::Drop, Self::Hear, Self::HearTwice, Self::Lose, Self::Edit, Self::Sleep]);
        acts.extend((0..Task::DECISIONS).map(Self::ArriveLate));
        acts.extend(Task::ELSEWHERE.map(Self::Elsewhere));
        acts.extend((0..=Self::TAIL).map(|kept| Self::Crash { kept }));
        acts.extend([Self::End, Self::Start]);
        acts
    }

    /// A coarse look at what the act needs, before anything is copied.
    fn may_happen(self, s: &Situation) -> bool {
        let entry = s.entry().map(|number| &s.decisions[number]);
        let request = entry.map_or(Request::None, |entry| entry.request);
        let state = |wanted: fn(&State) -> bool| entry.is_some_and(|entry| wanted(&entry.state));
        match self {
            Self::Leave | Self::LeaveLate | Self::LeaveAfterEnd => request == Request::AtGate,
            Self::Arrive(_) | Self::Drop => request == Request::OnItsWay,
            Self::Hear => matches!(request, Request::Answered(_)),
            Self::Lose | Self::HearTwice => state(|state| matches!(state, State::Sending { .. })),
            Self::ReadForCheck | Self::CheckFails { .. } | Self::CheckLimited | Self::CheckGetsOld => {
                state(State::is_queued)
            }
            Self::Send | Self::Sleep => state(State::is_queued),
            Self::AskForProbe | Self::AskEarly | Self::ProbeArrives | Self::ProbeFails | Self::ListRead => {
                state(|state| matches!(state, State::Unknown(_)))
            }
            Self::Crash { kept } => s.run.is_some() && s.left.ends > 0 && kept <= s.tail.len(),
            Self::Elsewhere(_) | Self::Edit => s.task.is_open() && s.left.faults != Some(0),
            Self::ArriveLate(number) => {
                s.decisions.get(number).is_some_and(|decision| matches!(decision.request, Request::Stray { .. }))
            }
            Self::ReadUnder => s.under().is_some(),
            Self::Sync => !s.tail.is_empty(),
            _ => true,
        }
    }

    /// Happens sooner or later by itself, with a disk and a platform that work.
    pub fn is_progress(self, s: &Situation) -> bool {
        match self {
            Self::Pass
            | Self::ReadForCheck
            | Self::Send
            | Self::AskForProbe
            | Self::ProbeArrives
            | Self::Sync
            | Self::Leave
            | Self::LeaveAfterEnd
            | Self::Arrive(Reply::Accepted)
            | Self::Hear
            | Self::End
            | Self::Start => true,
            Self::Arrive(Reply::Refused) => !s.task.is_open(),
            Self::Lose => s.entry().is_some_and(|number| s.decisions[number].request == Request::Dropped),
            _ => false,
        }
    }
}

impl Model {
    pub fn new(bounds: Left, removed: Option<Guard>) -> Self {
        Self { bounds, removed, readings: Readings::new() }
    }

    pub fn without(&self, guard: Guard) -> bool {
        self.removed == Some(guard)
    }

    pub fn first(&self) -> Situation {
        Situation {
            run: Some(Run::default()),
            decisions: Vec::new(),
            tail: Vec::new(),
            disk_fails: false,
            task: Task::Open,
            left: self.bounds,
            broken: Vec::new(),
        }
    }

    /// The situation after this act; `None` where it cannot happen.
    pub fn after(&self, s: &Situation, act: Act) -> Option<Situation> {
        if !act.may_happen(s) {
            return None;
        }
        let s = &Situation { broken: Vec::new(), ..s.clone() };
        let mut next = match act {
            Act::Crash { kept } => self.crash(s.clone(), kept),
            Act::End => Self::end(s.clone()),
            Act::Start => self.start(s.clone()),
            Act::ArriveLate(number) => Self::arrive_late(s.clone(), number),
            Act::Elsewhere(_) | Act::Edit => Self::elsewhere(s.clone(), act),
            _ if s.run.is_none() => None,
            Act::Confirm => self.confirm(s.clone()),
            Act::Undo | Act::Discard | Act::AskAgain => self.obey(s.clone(), act),
            Act::QuitNow | Act::QuitWhenSent | Act::HangUp => self.leave_program(s.clone(), act),
            Act::Pass => self.pass(s.clone()),
            Act::ReadForCheck => self.read_for_check(s.clone()),
            Act::CheckFails { .. } | Act::CheckLimited | Act::CheckGetsOld => self.check_fails(s.clone(), act),
            Act::Send => self.send(s.clone()),
            Act::AskForProbe | Act::AskEarly => Self::ask(s.clone(), act),
            Act::ProbeArrives | Act::ProbeFails | Act::ListRead => self.probe(s.clone(), act),
            Act::ReadUnder => {
                let mut s = s.clone();
                self.supersede(&mut s).then_some(s)
            }
            Act::Sync => self.sync(s.clone()),
            Act::DiskFails => self.disk_fails(s.clone()),
            Act::Leave => self.leave(s.clone()),
            Act::LeaveLate => self.leave_not(s.clone(), true),
            Act::LeaveAfterEnd => self.leave_not(s.clone(), false),
            Act::Arrive(reply) => Self::arrive(s.clone(), reply),
            Act::Drop => Self::drop_request(s.clone()),
            Act::Hear => self.hear(s.clone()),
            Act::HearTwice => self.hear_twice(s.clone()),
            Act::Lose => self.lose(s.clone()),
            Act::Sleep => self.sleep(s.clone()),
        }?;
        next.decisions.iter_mut().for_each(Confirmed::normalize);
        (next != *s).then_some(next)
    }

    pub fn step(&self, decision: &Confirmed, input: Input) -> Result<Transition, Illegal> {
        step_without(self.removed, &decision.state, input, decision.clock)
    }

    pub fn evolve(&self, state: &State, change: &Change) -> State {
        evolve_without(self.removed, state, change)
    }

    /// The user can close it without another attempt.
    pub fn can_discard(&self, decision: &Confirmed) -> bool {
        let closed = self.step(decision, Input::Discard(Discard::Asked));
        closed.is_ok_and(|transition| matches!(transition.state, State::Discarded(_)))
    }

    /// Moves a decision as the outbox does. Returns whether the machine took the input.
    pub fn take(&self, s: &mut Situation, number: usize, input: Input) -> bool {
        let decision = &mut s.decisions[number];
        let Ok(Transition { state, change, followup }) = self.step(decision, input) else { return false };
        decision.state = state;
        // Whether that is true is judged by another property.
        decision.truth.may_apply &= !matches!(decision.state, State::NotApplied { .. } | State::Overtaken { .. });
        match followup {
            Some(Followup::Send) => decision.request = Request::AtGate,
            Some(Followup::Read) => decision.reread = Some(decision.clock),
            Some(Followup::ReadAt(at)) => decision.reread = Some(at),
            None if matches!(&decision.state, State::Unknown(uncertain) if uncertain.exhausted) => {
                decision.reread = None;
            }
            None => {}
        }
        let over = matches!(decision.state, State::Undone | State::Discarded(_)) && decision.place == Place::Entry;
        Self::record(s, number, change);
        if over {
            self.remove(s, number);
        }
        true
    }

    fn record(s: &mut Situation, decision: usize, change: Option<Change>) {
        if let Some(change) = change.filter(|_| !s.disk_fails) {
            s.tail.push(Line { decision, change });
        }
    }

    /// Takes a decision out. The uncertain one under it is probed again.
    fn remove(&self, s: &mut Situation, number: usize) {
        s.decisions[number].place = Place::Gone;
        if let Some(under) = s.under() {
            s.decisions[under].place = Place::Entry;
            self.take(s, under, Input::Reprobe);
        }
    }

    /// Closes a decision whose place a newer one takes.
    pub fn replace(&self, s: &mut Situation, older: usize) {
        s.decisions[older].place = Place::Gone;
        if let Ok(Transition { state, change, .. }) = self.step(&s.decisions[older], Input::Discard(Discard::Anew)) {
            s.decisions[older].state = state;
            Self::record(s, older, change);
        }
    }

    fn confirm(&self, mut s: Situation) -> Option<Situation> {
        spend(&mut s.left.confirmations)?;
        let older = s.entry();
        let allowed = older.is_none_or(|older| match &s.decisions[older].state {
            State::Sending { .. } => self.without(Guard::OneOpenDecision),
            State::Unknown(uncertain) => uncertain.exhausted,
            state => state.has_failed(),
        });
        let run = s.run?;
        if !allowed || run.leaving || run.shutdown || s.disk_fails {
            return None;
        }
        let number = s.decisions.len();
        s.decisions.push(Confirmed {
            state: State::Reviewed,
            place: Place::Entry,
            durable: State::Reviewed,
            content: if s.task == Task::Edited { Task::Edited } else { Task::Open },
            clock: NOW,
            reread: None,
            reading: None,
            check: None,
            request: Request::None,
            truth: Truth::default(),
        });
        let reviewed = Box::new(self.readings.reviewed[number].clone());
        if let Some(older) = older {
            // So that the newer one alone is found at its place.
            s.decisions[older].place = Place::Under;
        }
        self.take(&mut s, number, Input::Confirm { reviewed, until: NOW + UNDO });
        if let Some(older) = older {
            let kept =
                matches!(s.decisions[older].state, State::Unknown(_)) && !self.without(Guard::UncertainIsKeptUnder);
            if !kept {
                self.replace(&mut s, older);
            }
        }
        Some(s)
    }

    fn obey(&self, mut s: Situation, act: Act) -> Option<Situation> {
        let number = s.entry()?;
        let input = match act {
            Act::Undo => {
                s.decisions[number].truth.withdrawn |= s.decisions[number].state.is_queued();
                Input::Undo
            }
            Act::Discard => {
                let state = &s.decisions[number].state;
                if state.has_failed() && !state.wants_answer() {
                    // Its end is in the journal already.
                    self.remove(&mut s, number);
                    return Some(s);
                }
                Input::Discard(Discard::Asked)
            }
            _ => {
                spend(&mut s.left.asked_again)?;
                Input::Reprobe
            }
        };
        self.take(&mut s, number, input).then_some(s)
    }

    fn leave_program(&self, mut s: Situation, act: Act) -> Option<Situation> {
        spend(&mut s.left.ends)?;
        let run = s.run.as_mut()?;
        if act == Act::HangUp {
            run.shutdown = true;
        } else {
            run.leaving = true;
        }
        let Some(number) = s.entry() else { return Some(s) };
        let decision = &mut s.decisions[number];
        let queued = decision.state.is_queued();
        decision.truth.stale |= act == Act::HangUp || act == Act::QuitNow && queued;
        let input = match act {
            Act::QuitNow if self.without(Guard::QuitDiscardsQueued) => return Some(s),
            Act::QuitNow => Input::Discard(Discard::Left),
            Act::QuitWhenSent => Input::Wait { until: decision.clock },
            _ => return Some(s),
        };
        if queued {
            self.take(&mut s, number, input);
        }
        Some(s)
    }

    fn pass(&self, mut s: Situation) -> Option<Situation> {
        let lifted = self.without(Guard::LateRequestsArriveInTime);
        let decision = s.entry().map(|number| &mut s.decisions[number])?;
        match &decision.state {
            State::Queued { until, .. } => {
                let lead = until.before(CHECK_LEAD);
                let next = if decision.clock < lead { lead } else { *until };
                if decision.clock >= next {
                    return None;
                }
                decision.truth.undo_over |= next == *until;
                decision.clock = next;
            }
            State::Unknown(_) => {
                decision.clock = decision.reread.filter(|due| *due > decision.clock)?;
                if matches!(decision.request, Request::Stray { until: Some(until) } if until <= decision.clock && !lifted)
                {
                    decision.request = Request::None;
                }
            }
            _ => return None,
        }
        Some(s)
    }

    /// The decision that is queued and about to be due, if its check may go on.
    fn checking(s: &Situation) -> Option<usize> {
        let number = s.entry().filter(|_| s.run.is_some_and(|run| !run.shutdown))?;
        let decision = &s.decisions[number];
        let soon = decision.clock + CHECK_LEAD;
        matches!(decision.state, State::Queued { until, .. } if until <= soon).then_some(number)
    }

    fn read_for_check(&self, mut s: Situation) -> Option<Situation> {
        let number = Self::checking(&s)?;
        if self.supersede(&mut s) {
            return Some(s);
        }
        let decision = &mut s.decisions[number];
        if decision.check.is_some() || decision.check_from()? > decision.clock {
            return None;
        }
        decision.check = Some((decision.clock, s.task));
        decision.truth.busy = false;
        Some(s)
    }

    fn check_fails(&self, mut s: Situation, act: Act) -> Option<Situation> {
        let number = Self::checking(&s)?;
        let decision = &mut s.decisions[number];
        let input = match act {
            Act::CheckGetsOld => {
                decision.check?;
                // Before it is due, the machine must not take this for a reason to send earlier.
                if matches!(decision.state, State::Queued { until, .. } if until <= decision.clock) {
                    decision.clock = decision.clock + OLDEST + Duration::from_secs(1);
                }
                Input::CheckOutdated
            }
            _ if decision.check.is_some() => return None,
            Act::CheckLimited => Input::Wait { until: decision.clock + OLDEST },
            Act::CheckFails { refused } => {
                let outcome = if refused { Outcome::Refused } else { Outcome::MayHaveHappened };
                Input::CheckFailed(failure(FailureKind::Business, outcome, Some(1)))
            }
            _ => return None,
        };
        s.spend_fault()?;
        if self.without(Guard::OldCheckIsRepeated) && act == Act::CheckGetsOld {
            return Some(s);
        }
        self.take(&mut s, number, input).then_some(s)
    }

    /// The check is passed, or stops the decision.
    fn send(&self, mut s: Situation) -> Option<Situation> {
        let number = Self::checking(&s)?;
        let decision = &s.decisions[number];
        let same = match decision.check {
            Some((_, shows)) => shows == decision.content || self.without(Guard::ChangeStopsSending),
            None if self.without(Guard::CheckBeforeSending) => true,
            None => return None,
        };
        let request = RequestId(u64::from(decision.sent()) + 1);
        let input = match decision.check {
            Some((_, shows)) if !same => {
                Input::CheckChanged { now: Stamp([1; 16]), handled: self.readings.is_ended(shows) }
            }
            _ => Input::Send { request },
        };
        self.take(&mut s, number, input).then_some(s)
    }

    /// The request is read to find out about the outcome: when it is due, or earlier by the user's wish.
    fn ask(mut s: Situation, act: Act) -> Option<Situation> {
        let task = s.task;
        let decision = s.entry().map(|number| &mut s.decisions[number])?;
        let due = decision.reread.is_some_and(|due| due <= decision.clock);
        let early = matches!(decision.state, State::Unknown(_)) && decision.reading.is_none();
        if !due && act == Act::AskForProbe || !early || due && act == Act::AskEarly {
            return None;
        }
        decision.reading = Some((decision.clock, task));
        if due {
            decision.reread = None;
        }
        Some(s)
    }

    fn probe(&self, mut s: Situation, act: Act) -> Option<Situation> {
        let number = s.entry()?;
        let decision = &mut s.decisions[number];
        let input = match act {
            Act::ProbeArrives => {
                let (asked, shows) = decision.reading.take()?;
                let (finding, evidence) = self.readings.infer(number, shows);
                Input::Probe { asked, finding, evidence }
            }
            Act::ProbeFails => {
                decision.reading.take()?;
                s.spend_fault()?;
                Input::ProbeFailed
            }
            _ => Input::ListRead,
        };
        self.take(&mut s, number, input).then_some(s)
    }

    /// The request shows what became of the uncertain decision under this one: nothing is left to decide.
    fn supersede(&self, s: &mut Situation) -> bool {
        let (Some(number), Some(under)) = (s.entry(), s.under()) else { return false };
        let (finding, evidence) = self.readings.infer(under, s.task);
        let sending = matches!(s.decisions[number].state, State::Sending { .. });
        if sending || !matches!(finding, Finding::Applied | Finding::Overtaken) {
            return false;
        }
        self.take(s, number, Input::Supersede { evidence });
        self.remove(s, number);
        true
    }

    fn sleep(&self, mut s: Situation) -> Option<Situation> {
        let number = s.entry().filter(|number| s.decisions[*number].state.is_queued())?;
        s.spend_fault()?;
        s.decisions[number].truth.stale = true;
        if !self.without(Guard::SleepStopsQueued) {
            self.take(&mut s, number, Input::Sleep);
        }
        Some(s)
    }

    /// Another approver, or the approver in another program.
    fn elsewhere(mut s: Situation, act: Act) -> Option<Situation> {
        s.spend_fault()?;
        s.task = match act {
            Act::Elsewhere(task) if s.task.is_open() => task,
            Act::Edit if s.task == Task::Open => Task::Edited,
            _ => return None,
        };
        Some(s)
    }

    /// Nothing more can be written: what is queued is not sent.
    fn disk_fails(&self, mut s: Situation) -> Option<Situation> {
        s.spend_fault()?;
        if s.disk_fails {
            return None;
        }
        s.disk_fails = true;
        let lost = shenpi::domain::failure::not_recorded(CleanText::default());
        let Some(number) = s.entry() else { return Some(s) };
        let decision = &mut s.decisions[number];
        let input = match (&decision.state, decision.request) {
            (State::Queued { .. }, _) => Input::Stop(lost),
            (State::Sending { request: Some(request), .. }, Request::AtGate) => {
                Input::Answer { request: *request, result: Err(lost) }
            }
            _ => return Some(s),
        };
        decision.request = Request::None;
        self.take(&mut s, number, input);
        Some(s)
    }
}

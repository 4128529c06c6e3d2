//! The life of one decision: a [`State`], the [`Input`]s that it takes, [`step`] and [`evolve`].
//!
//! [`step`] is the only place where a decision changes; the [`Change`] that it returns goes into the journal, from which
//! [`evolve`] builds the state again. `assets/docs/decision-states.md` lists every step; a test keeps it current.

use std::time::Duration;

use super::{Receipt, Reviewed};
use crate::domain::evidence::{Evidence, Finding};
use crate::domain::failure::too_late;
use crate::domain::id::RequestId;
use crate::domain::record::{Answered, Change, Discard};
use crate::domain::{CleanText, Failure, FailureKind, Instant, Outcome, Stamp};

/// How long before a decision is due its request is read for the check.
pub const CHECK_LEAD: Duration = Duration::from_millis(1_500);
/// Times that a request is read for a check before the decision is given up, and the pause between them.
const CHECK_READS: u8 = 3;
const CHECK_PAUSE: Duration = Duration::from_secs(2);
/// Times that a decision whose check became too old is checked again.
const LATE_TRIES: u8 = 3;
/// Times that a task "being processed" (1161103, not executed) is sent again, and the pause before each.
const BUSY_TRIES: u8 = 3;
const BUSY_PAUSE: Duration = Duration::from_secs(2);
/// Pauses between the probes of an unknown outcome. A request that hangs somewhere on its way must have had time to
/// arrive before a decision counts as not applied.
const PROBE_PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];
/// Times that the probes start over because the list was read; after that only when the user asks.
const REPROBES: u8 = 3;

/// State of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// On screen as one sentence, not confirmed. No record tells of it.
    Reviewed,
    /// Confirmed, not sent, can be undone. From `until` on it leaves as soon as its request has been checked.
    Queued { until: Instant, tries: Tries },
    /// Left; its answer is awaited and never aborted. `request` is `None` when an earlier run sent it.
    Sending { request: Option<RequestId>, tries: Tries },
    /// The platform accepted it, or the request shows its effect. `at` is `None` when an earlier run knew it.
    Applied { at: Option<Instant>, log_id: Option<CleanText>, evidence: Vec<Evidence> },
    /// The platform refused it; `None` where only the journal knows.
    Refused(Option<Failure>),
    /// It never left this program, or the gateway refused it.
    NotSent(Cause),
    /// It may have taken effect. The request is read until it shows the outcome or the probes are used up.
    Unknown(Uncertain),
    /// The request shows that it did not take effect; the user may decide again.
    NotApplied { evidence: Vec<Evidence> },
    /// The request shows that the task ended otherwise; no decision is left.
    Overtaken { evidence: Vec<Evidence> },
    /// The user took it back in time.
    Undone,
    /// Closed without another attempt.
    Discarded(Discard),
}

/// Why a decision was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A failure kept it from leaving; `None` where only the journal knows.
    Failed(Option<Failure>),
    /// The request changed from the reviewed content to this.
    Changed(Stamp),
    /// As `Changed`, and no decision is left: the task was handled otherwise.
    Handled(Stamp),
    /// The computer slept, its clock was set, or the program was stopped, while the decision was queued.
    Slept,
    /// An earlier run ended with it queued.
    EarlierRun,
}

/// Attempts to send a decision so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tries {
    /// Number of departures.
    pub sent: u32,
    /// Readings asked for before this moment do not count for its check.
    pub fresh_from: Instant,
    /// Number of "being processed" answers.
    busy: u8,
    /// Number of failed reads for the check.
    unread: u8,
    /// Number of checks that became too old.
    late: u8,
}

/// Knowledge about a decision of unknown outcome.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Uncertain {
    /// The failure instead of an answer; `None` when an earlier run sent it.
    pub failure: Option<Failure>,
    /// Evidence of the newest probe.
    pub evidence: Vec<Evidence>,
    /// The probes are used up: the request is not read for it until the list is read or the user asks.
    pub exhausted: bool,
    /// Readings asked for before this moment prove nothing.
    since: Instant,
    /// A reading requested before this moment is not a probe: the user may refresh at any pace before the request had
    /// time to arrive.
    due: Instant,
    probes: u8,
    /// Number of restarts of the probes because the list was read.
    reprobes: u8,
}

/// Whether a decision may have reached the platform, and whether it is closed, by the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// Never sent, and the user has not decided what to do with it.
    Unsent,
    /// May have been sent: the request has to be read.
    Uncertain,
    /// Answered, or closed by the user.
    Resolved,
}

/// Input of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The user confirmed the review.
    Confirm { reviewed: Box<Reviewed>, until: Instant },
    /// It is not to be sent before this moment.
    Wait { until: Instant },
    /// The request could not be read for the check.
    CheckFailed(Failure),
    /// The reading for the check is too old by now.
    CheckOutdated,
    /// The request changed from the reviewed content. `handled`: the task is no longer the user's to decide.
    CheckChanged { now: Stamp, handled: bool },
    /// Due and checked: it leaves as this request.
    Send { request: RequestId },
    /// Nothing may be sent, for this reason.
    Stop(Failure),
    /// The computer slept, its clock was set, or the program was stopped.
    Sleep,
    /// The user takes it back.
    Undo,
    /// The platform answered this request, or the answer was lost.
    Answer { request: RequestId, result: Result<Receipt, Failure> },
    /// The request was read, asked for at this moment, and shows this of the decision.
    Probe { asked: Instant, finding: Finding, evidence: Vec<Evidence> },
    /// The request could not be read for a probe.
    ProbeFailed,
    /// The user wants the outcome looked up again.
    Reprobe,
    /// The list was read: the platform can be asked again.
    ListRead,
    /// The uncertain decision that this one was made over turned out to have ended the task, or to have been overtaken.
    Supersede { evidence: Vec<Evidence> },
    /// Close it without another attempt.
    Discard(Discard),
    /// The next run found it in the journal. `readable`: its own line names the decision, so it can be probed.
    Restart { readable: bool },
}

/// Effect of one input.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    pub state: State,
    /// Record for the journal; `None` without a recorded change.
    pub change: Option<Change>,
    pub followup: Option<Followup>,
}

/// Request of a transition to the rest of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Followup {
    /// Send it once, after the change is on disk.
    Send,
    /// Read the request now.
    Read,
    /// Read the request at this moment.
    ReadAt(Instant),
}

/// Reason why a state does not take an input. The decision stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Illegal {
    /// This state takes no such input.
    NoSuchStep,
    /// It is not due yet.
    TooEarly,
    /// The answer belongs to another request.
    OtherRequest,
}

impl State {
    #[must_use]
    pub const fn is_queued(&self) -> bool {
        matches!(self, Self::Queued { .. })
    }

    /// Without its final answer, so no other decision on its task is allowed.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Queued { .. } | Self::Sending { .. } | Self::Unknown(_))
    }

    /// It did not take effect, and neither the platform nor the request closes it: the user may decide again.
    #[must_use]
    pub const fn wants_answer(&self) -> bool {
        match self {
            Self::NotSent(cause) => !matches!(cause, Cause::Handled(_)),
            Self::NotApplied { .. } => true,
            _ => false,
        }
    }

    /// It did not take effect, against the user's intention.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::NotApplied { .. } | Self::Refused(_) | Self::Overtaken { .. })
    }

    /// The failure of a decision that was not accepted.
    #[must_use]
    pub const fn failure(&self) -> Option<&Failure> {
        match self {
            Self::Refused(failure) | Self::NotSent(Cause::Failed(failure)) => failure.as_ref(),
            Self::Unknown(uncertain) => uncertain.failure.as_ref(),
            _ => None,
        }
    }

    #[must_use]
    pub const fn resolution(&self) -> Resolution {
        match self {
            Self::Reviewed | Self::Queued { .. } | Self::NotSent(Cause::EarlierRun) => Resolution::Unsent,
            Self::Sending { .. } | Self::Unknown(_) => Resolution::Uncertain,
            Self::Applied { .. }
            | Self::Refused(_)
            | Self::NotSent(_)
            | Self::NotApplied { .. }
            | Self::Overtaken { .. }
            | Self::Undone
            | Self::Discarded(_) => Resolution::Resolved,
        }
    }
}

impl Resolution {
    /// State of a decision with this last record.
    #[must_use]
    pub fn after(change: &Change) -> Self {
        evolve(&State::Reviewed, change).resolution()
    }
}

/// Moves a decision.
///
/// # Errors
/// The input has no place in this state.
pub fn step(state: &State, input: Input, now: Instant) -> Result<Transition, Illegal> {
    match state {
        State::Reviewed => match input {
            Input::Confirm { reviewed, until } => {
                Ok(to(State::Queued { until, tries: Tries::default() }).recorded(Change::Held(reviewed)))
            }
            _ => Err(Illegal::NoSuchStep),
        },
        State::Queued { until, tries } => queued(*until, *tries, input, now),
        State::Sending { request, tries } => match input {
            Input::Answer { request: of, .. } if Some(of) != *request => Err(Illegal::OtherRequest),
            Input::Answer { result, .. } => Ok(answered(*tries, result, now)),
            Input::Restart { readable } => Ok(to(State::Unknown(restarted(readable, now)))),
            _ => Err(Illegal::NoSuchStep),
        },
        State::Unknown(uncertain) => unknown(uncertain, input, now),
        State::NotSent(_) | State::NotApplied { .. } => match input {
            Input::Discard(Discard::Left) if *state != State::NotSent(Cause::EarlierRun) => Err(Illegal::NoSuchStep),
            Input::Discard(why) if state.wants_answer() => Ok(discarded(why)),
            _ => Err(Illegal::NoSuchStep),
        },
        State::Applied { .. } | State::Refused(_) | State::Overtaken { .. } | State::Undone | State::Discarded(_) => {
            Err(Illegal::NoSuchStep)
        }
    }
}

fn queued(until: Instant, tries: Tries, input: Input, now: Instant) -> Result<Transition, Illegal> {
    Ok(match input {
        // An outdated check must not make it due earlier.
        Input::Send { .. } | Input::CheckOutdated if now < until => return Err(Illegal::TooEarly),
        Input::Wait { until: later } => to(State::Queued { until: until.max(later), tries }),
        Input::CheckFailed(failure) => {
            let tries = Tries { unread: tries.unread.saturating_add(1), ..tries };
            let again = tries.unread < CHECK_READS && failure.outcome != Outcome::Refused && !failure.is_fatal();
            if again { to(State::Queued { until: now + CHECK_PAUSE, tries }) } else { not_sent(failure) }
        }
        Input::CheckOutdated => match checked_again(tries, now) {
            Some(state) => to(state),
            None => not_sent(too_late()),
        },
        Input::CheckChanged { now, handled } => {
            let cause = if handled { Cause::Handled(now) } else { Cause::Changed(now) };
            to(State::NotSent(cause)).recorded(Change::Changed { now })
        }
        Input::Send { request } => {
            let attempt = tries.sent.saturating_add(1);
            let sending = State::Sending { request: Some(request), tries: Tries { sent: attempt, ..tries } };
            to(sending).recorded(Change::Sending { attempt }).then(Followup::Send)
        }
        Input::Stop(failure) => not_sent(failure),
        Input::Sleep => to(State::NotSent(Cause::Slept)).recorded(Change::Slept),
        Input::Undo => to(State::Undone).recorded(Change::TakenBack),
        Input::Supersede { evidence } => found(Finding::Overtaken, evidence, now),
        Input::Discard(Discard::Left) => discarded(Discard::Left),
        Input::Restart { .. } => to(State::NotSent(Cause::EarlierRun)),
        _ => return Err(Illegal::NoSuchStep),
    })
}

/// Applies the answer to a request. Only a failure that proves that nothing was executed queues the decision again.
fn answered(tries: Tries, result: Result<Receipt, Failure>, now: Instant) -> Transition {
    let failure = match result {
        Ok(Receipt { log_id }) => {
            let applied = State::Applied { at: Some(now), log_id: log_id.clone(), evidence: Vec::new() };
            return to(applied).recorded(Change::Accepted { log_id });
        }
        Err(failure) => failure,
    };
    let answered = Answered::from(&failure);
    match failure.outcome {
        Outcome::MayHaveHappened => {
            let uncertain = Uncertain { failure: Some(failure), since: now, ..Uncertain::default() };
            to(State::Unknown(uncertain)).recorded(Change::Unknown(answered)).then(Followup::Read)
        }
        // Another person is changing the request: earlier readings do not count for the next check.
        Outcome::Refused if failure.is_busy() && tries.busy < BUSY_TRIES => {
            let until = now + BUSY_PAUSE;
            let tries = Tries { busy: tries.busy + 1, fresh_from: until.before(CHECK_LEAD), ..tries };
            to(State::Queued { until, tries }).recorded(Change::Waiting(answered))
        }
        Outcome::Refused => {
            let reread = failure.is_stale().then_some(Followup::Read);
            let refused = to(State::Refused(Some(failure))).recorded(Change::Refused(answered));
            Transition { followup: reread, ..refused }
        }
        Outcome::NotSent => {
            let again = match failure.kind {
                FailureKind::RateLimited { retry_after } => Some(State::Queued { until: now + retry_after, tries }),
                FailureKind::Late => checked_again(tries, now),
                _ => None,
            };
            match again {
                Some(queued) => to(queued).recorded(Change::Waiting(answered)),
                None => not_sent(failure),
            }
        }
    }
}

fn unknown(before: &Uncertain, input: Input, now: Instant) -> Result<Transition, Illegal> {
    let stays = || to(State::Unknown(before.clone()));
    Ok(match input {
        Input::Probe { asked, .. } if asked < before.since => stays(),
        Input::Probe { finding: finding @ (Finding::Applied | Finding::Overtaken), evidence, .. } => {
            found(finding, evidence, now)
        }
        Input::Probe { asked, .. } if before.exhausted || asked < before.due => stays(),
        Input::Probe { finding, evidence, .. } => {
            let later = probe_again(before, evidence.clone(), now);
            match (later.followup, finding) {
                (Some(_), _) => later,
                (None, Finding::NotApplied) => found(finding, evidence, now),
                (None, _) => later.recorded(Change::Found { finding, evidence }),
            }
        }
        Input::ProbeFailed if before.exhausted || now < before.due => stays(),
        Input::ProbeFailed => probe_again(before, before.evidence.clone(), now),
        Input::Reprobe => probes_anew(before.clone(), now),
        Input::ListRead if before.exhausted && before.reprobes < REPROBES => {
            probes_anew(Uncertain { reprobes: before.reprobes + 1, ..before.clone() }, now)
        }
        Input::ListRead => stays(),
        Input::Discard(Discard::Asked) if !before.exhausted => return Err(Illegal::TooEarly),
        Input::Discard(why @ (Discard::Asked | Discard::Anew)) => discarded(why),
        Input::Restart { readable } => to(State::Unknown(restarted(readable, now))),
        _ => return Err(Illegal::NoSuchStep),
    })
}

/// Applies the finding of a reading.
fn found(finding: Finding, evidence: Vec<Evidence>, now: Instant) -> Transition {
    let shown = evidence.clone();
    let state = match finding {
        Finding::Applied => State::Applied { at: Some(now), log_id: None, evidence: shown },
        Finding::NotApplied => State::NotApplied { evidence: shown },
        Finding::Overtaken => State::Overtaken { evidence: shown },
        Finding::Unclear => State::Unknown(Uncertain { evidence: shown, exhausted: true, ..Uncertain::default() }),
    };
    to(state).recorded(Change::Found { finding, evidence })
}

/// Another probe after a pause, or none when they are used up.
fn probe_again(before: &Uncertain, evidence: Vec<Evidence>, now: Instant) -> Transition {
    let uncertain = Uncertain { evidence, ..before.clone() };
    let Some(pause) = PROBE_PAUSES.get(usize::from(before.probes)) else {
        return to(State::Unknown(Uncertain { exhausted: true, ..uncertain }));
    };
    let due = now + *pause;
    let later = State::Unknown(Uncertain { probes: before.probes + 1, due, ..uncertain });
    to(later).then(Followup::ReadAt(due))
}

fn probes_anew(uncertain: Uncertain, now: Instant) -> Transition {
    to(State::Unknown(Uncertain { probes: 0, exhausted: false, due: now, ..uncertain })).then(Followup::Read)
}

/// Knowledge of the next run about a decision that may have been sent.
fn restarted(readable: bool, now: Instant) -> Uncertain {
    Uncertain { since: now, exhausted: !readable, ..Uncertain::default() }
}

/// Repeats a check that became too old, a few times. Earlier readings do not count for it.
fn checked_again(tries: Tries, now: Instant) -> Option<State> {
    let tries = Tries { late: tries.late + 1, fresh_from: now, ..tries };
    (tries.late <= LATE_TRIES).then_some(State::Queued { until: now, tries })
}

fn not_sent(failure: Failure) -> Transition {
    let answered = Answered::from(&failure);
    to(State::NotSent(Cause::Failed(Some(failure)))).recorded(Change::NotSent(answered))
}

fn discarded(why: Discard) -> Transition {
    to(State::Discarded(why)).recorded(Change::Discarded(why))
}

const fn to(state: State) -> Transition {
    Transition { state, change: None, followup: None }
}

impl Transition {
    fn recorded(self, change: Change) -> Self {
        Self { change: Some(change), ..self }
    }

    fn then(self, followup: Followup) -> Self {
        Self { followup: Some(followup), ..self }
    }
}

/// Replays one record of the journal. What the journal does not keep (moments, counters, whole failures) is at its
/// default. The last record decides, so that one unreadable line before it changes nothing.
#[must_use]
pub fn evolve(state: &State, change: &Change) -> State {
    match change {
        Change::Held(_) | Change::Waiting(_) => {
            let tries = match state {
                State::Sending { tries, .. } => *tries,
                _ => Tries::default(),
            };
            State::Queued { until: Instant::default(), tries }
        }
        Change::Sending { attempt } => {
            State::Sending { request: None, tries: Tries { sent: *attempt, ..Tries::default() } }
        }
        Change::Accepted { log_id } => State::Applied { at: None, log_id: log_id.clone(), evidence: Vec::new() },
        Change::Refused(_) => State::Refused(None),
        Change::NotSent(_) => State::NotSent(Cause::Failed(None)),
        Change::Changed { now } => State::NotSent(Cause::Changed(*now)),
        Change::Slept => State::NotSent(Cause::Slept),
        Change::Unknown(_) => State::Unknown(Uncertain::default()),
        Change::Found { finding, evidence } => {
            let evidence = evidence.clone();
            match finding {
                Finding::Applied => State::Applied { at: None, log_id: None, evidence },
                Finding::NotApplied => State::NotApplied { evidence },
                Finding::Overtaken => State::Overtaken { evidence },
                Finding::Unclear => State::Unknown(Uncertain { evidence, exhausted: true, ..Uncertain::default() }),
            }
        }
        Change::TakenBack => State::Undone,
        Change::Discarded(why) => State::Discarded(*why),
    }
}

#[cfg(test)]
mod tests;

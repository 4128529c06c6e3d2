//! The guards that hold the properties. A model without one of them must break a property: otherwise the guard guards
//! nothing, or the model is blind.

use shenpi::domain::decision::state::{Cause, Illegal, Input, State, Transition, evolve, step};
use shenpi::domain::record::{Answered, Change};
use shenpi::domain::{Failure, FailureKind, Finding, Instant, Outcome};

use super::properties::Property;
use super::wire;

/// A guard to be removed: first those of `step` and `evolve`, then those of their callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    SendOnlyWhenDue,
    UndoIsFinal,
    SendIsRecorded,
    OldCheckHastensNothing,
    LostAnswerIsUnknown,
    LostAnswerIsNotUnsent,
    AnswerOfThisRequest,
    QueuedEndsWithItsRun,
    SendingIsUnknownAfterwards,
    ProbesPause,
    EarlyProbeDoesNotCount,
    UnclearProvesNothing,
    LostAnswerIsProbed,
    ExhaustedCanBeDiscarded,
    FailedReadIsProbedAgain,
    SendingIsReplayed,
    AcceptedIsReplayed,
    RereadAfterBusy,
    CheckBeforeSending,
    ChangeStopsSending,
    OldCheckIsRepeated,
    DiskBeforeNetwork,
    ShutdownClosesGate,
    QuitDiscardsQueued,
    SleepStopsQueued,
    OneOpenDecision,
    UncertainIsKeptUnder,
    UnsentClosesNothing,
    UncertainOutlivesUnsent,
    LateRequestsArriveInTime,
}

impl Guard {
    /// Each guard with the property that breaks without it.
    pub const ALL: [(Self, Property); 30] = [
        (Self::SendOnlyWhenDue, Property::Confirmed),
        (Self::UndoIsFinal, Property::Confirmed),
        (Self::SendIsRecorded, Property::Durable),
        (Self::OldCheckHastensNothing, Property::Confirmed),
        (Self::LostAnswerIsUnknown, Property::NotAfterLoss),
        (Self::LostAnswerIsNotUnsent, Property::Known),
        (Self::AnswerOfThisRequest, Property::Once),
        (Self::QueuedEndsWithItsRun, Property::NotAfterEnd),
        (Self::SendingIsUnknownAfterwards, Property::Known),
        (Self::ProbesPause, Property::TrueNotApplied),
        (Self::EarlyProbeDoesNotCount, Property::TrueNotApplied),
        (Self::UnclearProvesNothing, Property::TrueApplied),
        (Self::LostAnswerIsProbed, Property::Ends),
        (Self::ExhaustedCanBeDiscarded, Property::Ends),
        (Self::FailedReadIsProbedAgain, Property::Ends),
        (Self::SendingIsReplayed, Property::Durable),
        (Self::AcceptedIsReplayed, Property::TrueNotApplied),
        (Self::RereadAfterBusy, Property::Confirmed),
        (Self::CheckBeforeSending, Property::Confirmed),
        (Self::ChangeStopsSending, Property::Confirmed),
        (Self::OldCheckIsRepeated, Property::Confirmed),
        (Self::DiskBeforeNetwork, Property::Durable),
        (Self::ShutdownClosesGate, Property::NotAfterEnd),
        (Self::QuitDiscardsQueued, Property::NotAfterEnd),
        (Self::SleepStopsQueued, Property::NotAfterEnd),
        (Self::OneOpenDecision, Property::Known),
        (Self::UncertainIsKeptUnder, Property::Known),
        (Self::UnsentClosesNothing, Property::Known),
        (Self::UncertainOutlivesUnsent, Property::Known),
        (Self::LateRequestsArriveInTime, Property::TrueNotApplied),
    ];

    /// Confirmations without which its removal cannot be seen.
    pub const fn confirmations(self) -> u8 {
        match self {
            Self::OneOpenDecision
            | Self::UncertainIsKeptUnder
            | Self::UnsentClosesNothing
            | Self::UncertainOutlivesUnsent => 2,
            _ => 1,
        }
    }
}

/// The program's [`step`] without this guard.
pub fn step_without(
    guard: Option<Guard>,
    state: &State,
    mut input: Input,
    mut now: Instant,
) -> Result<Transition, Illegal> {
    let Some(guard) = guard else { return step(state, input, now) };
    if guard == Guard::SendOnlyWhenDue && matches!(input, Input::Send { .. }) {
        now = Instant(u64::MAX);
    }
    if guard == Guard::ExhaustedCanBeDiscarded && matches!((state, &input), (State::Unknown(_), Input::Discard(_))) {
        return Err(Illegal::NoSuchStep);
    }
    replace_answer(guard, state, &mut input);
    match (&mut input, guard) {
        (Input::Probe { asked, .. }, Guard::EarlyProbeDoesNotCount) => *asked = Instant(u64::MAX),
        (Input::Probe { finding, .. }, Guard::UnclearProvesNothing) if *finding == Finding::Unclear => {
            *finding = Finding::Applied;
        }
        _ => {}
    }
    if let (Guard::OldCheckHastensNothing, State::Queued { tries, .. }, Input::CheckOutdated) = (guard, state, &input) {
        return step(&State::Queued { until: now, tries: *tries }, input, now);
    }
    let before = state.clone();
    let asked = input.clone();
    let mut transition = step(state, input, now)?;
    match (guard, before, asked) {
        (Guard::UndoIsFinal, before, Input::Undo) => transition.state = before,
        (Guard::SendIsRecorded, _, Input::Send { .. }) => transition.change = None,
        (Guard::QueuedEndsWithItsRun, State::Queued { tries, .. }, Input::Restart { .. }) => {
            transition.state = State::Queued { until: now, tries };
        }
        (Guard::SendingIsUnknownAfterwards, State::Sending { .. }, Input::Restart { .. }) => {
            transition.state = State::NotSent(Cause::EarlierRun);
        }
        (Guard::ProbesPause, _, Input::Probe { finding: Finding::NotApplied, evidence, .. }) => {
            transition.state = State::NotApplied { evidence: evidence.clone() };
            transition.change = Some(Change::Found { finding: Finding::NotApplied, evidence });
        }
        (Guard::RereadAfterBusy, State::Sending { .. }, Input::Answer { .. }) => {
            if let State::Queued { tries, .. } = &mut transition.state {
                tries.fresh_from = Instant::default();
            }
        }
        (Guard::LostAnswerIsProbed, _, Input::Answer { .. })
        | (Guard::FailedReadIsProbedAgain, _, Input::ProbeFailed) => {
            transition.followup = None;
        }
        _ => {}
    }
    Ok(transition)
}

fn replace_answer(guard: Guard, state: &State, input: &mut Input) {
    let Input::Answer { request, result } = input else { return };
    let lost = matches!(result, Err(Failure { outcome: Outcome::MayHaveHappened, .. }));
    match guard {
        Guard::LostAnswerIsUnknown if lost => *result = Err(wire::busy()),
        Guard::LostAnswerIsNotUnsent if lost => {
            *result = Err(wire::failure(FailureKind::Unreachable, Outcome::NotSent, None));
        }
        Guard::AnswerOfThisRequest => {
            if let State::Sending { request: Some(awaited), .. } = state {
                *request = *awaited;
            }
        }
        _ => {}
    }
}

/// The program's [`evolve`] without this guard.
pub fn evolve_without(guard: Option<Guard>, state: &State, change: &Change) -> State {
    match (guard, change) {
        (Some(Guard::SendingIsReplayed), Change::Sending { .. })
        | (Some(Guard::AcceptedIsReplayed), Change::Accepted { .. }) => {
            let queued = Change::Waiting(Answered::default());
            evolve(state, &queued)
        }
        _ => evolve(state, change),
    }
}

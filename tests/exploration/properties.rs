//! Properties of every situation, judged by facts that only the model knows.

use shenpi::domain::decision::state::{Cause, State};
use shenpi::domain::record::Discard;

use super::platform::Task;
use super::situation::{Confirmed, OLDEST, Place, Situation};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Property {
    /// A decision that leaves was confirmed and not taken back, on a content that a recent check found unchanged, after the time to
    /// undo it.
    Confirmed,
    /// At most one write leaves for a confirmation, unless the platform proved that it did not execute the one before.
    Once,
    /// A write leaves only after its record of sending is durable.
    Durable,
    /// Nothing leaves after a hang-up, a quit, a sleep or a crash without a new confirmation.
    NotAfterEnd,
    /// After a lost answer the decision is not sent again.
    NotAfterLoss,
    /// *Applied* is said only of what the platform applied.
    TrueApplied,
    /// Of what the platform applied, nothing says that it was not.
    TrueNotApplied,
    /// The program, and each next start, knows every decision that may have left.
    Known,
    /// With a platform that answers, each decision ends, or waits for the user, who can end it.
    Ends,
}

impl Property {
    pub const ALL: [Self; 9] = [
        Self::Confirmed,
        Self::Once,
        Self::Durable,
        Self::NotAfterEnd,
        Self::NotAfterLoss,
        Self::TrueApplied,
        Self::TrueNotApplied,
        Self::Known,
        Self::Ends,
    ];
}

/// The properties that the departure of this decision breaks.
pub fn departs(situation: &Situation, number: usize) -> Vec<Property> {
    let Confirmed { durable, content, clock, check, truth, .. } = &situation.decisions[number];
    let attempt = situation.decisions[number].sent();
    let age = check.map(|(asked, _)| clock.since(asked));
    let unchanged = check.is_some_and(|(_, shows)| shows == *content);
    let checked = unchanged && age.is_some_and(|age| age <= OLDEST) && !truth.busy;
    let recorded = matches!(durable, State::Sending { tries, .. } if tries.sent == attempt);
    let shutdown = situation.run.is_none_or(|run| run.shutdown);
    [
        (!recorded, Property::Durable),
        (truth.answer_lost, Property::NotAfterLoss),
        (truth.may_apply, Property::Once),
        (truth.stale || shutdown, Property::NotAfterEnd),
        (truth.withdrawn || !truth.undo_over || !checked, Property::Confirmed),
    ]
    .into_iter()
    .filter_map(|(breaks, property)| breaks.then_some(property))
    .collect()
}

/// The properties that this situation breaks.
pub fn judge(situation: &Situation) -> Vec<Property> {
    let mut broken = situation.broken.clone();
    for (number, decision) in situation.decisions.iter().enumerate() {
        let applied = situation.task == Task::Decided(number);
        if matches!(decision.state, State::Applied { .. }) && !applied {
            broken.push(Property::TrueApplied);
        }
        if applied && denies(&decision.state) {
            broken.push(Property::TrueNotApplied);
        }
        if situation.run.is_some() && decision.truth.may_apply && !is_known(situation, number) {
            broken.push(Property::Known);
        }
    }
    broken
}

/// Says that the decision did not take effect.
const fn denies(state: &State) -> bool {
    match state {
        State::Queued { .. }
        | State::NotSent(_)
        | State::NotApplied { .. }
        | State::Refused(_)
        | State::Overtaken { .. }
        | State::Undone
        | State::Discarded(Discard::Left) => true,
        State::Reviewed
        | State::Sending { .. }
        | State::Applied { .. }
        | State::Unknown(_)
        | State::Discarded(Discard::Asked | Discard::Anew) => false,
    }
}

/// Whether the program has this decision, or knows its end.
fn is_known(situation: &Situation, number: usize) -> bool {
    let Confirmed { state, place, .. } = &situation.decisions[number];
    match state {
        State::Sending { .. } | State::Unknown(_) | State::Queued { .. } => *place != Place::Gone,
        State::Applied { .. }
        | State::Refused(_)
        | State::NotApplied { .. }
        | State::Overtaken { .. }
        | State::Discarded(Discard::Asked) => true,
        // A newer decision took its place by leaving itself.
        State::Discarded(Discard::Anew) => situation.decisions[number + 1..].iter().any(|newer| newer.truth.departed),
        State::Reviewed | State::NotSent(_) | State::Undone | State::Discarded(Discard::Left) => false,
    }
}

/// Nothing moves without the user, and what waits for the user can be closed by one key.
pub fn rests(situation: &Situation, can_discard: impl Fn(&Confirmed) -> bool) -> bool {
    let Some(run) = situation.run else { return false };
    let rests = situation.decisions.iter().all(|decision| match (&decision.state, decision.place) {
        (_, Place::Gone) | (State::NotSent(Cause::Handled(_)), _) => true,
        (State::Unknown(_), Place::Under) => situation.entry().is_some(),
        (State::NotSent(_) | State::NotApplied { .. } | State::Unknown(_), Place::Entry) => can_discard(decision),
        (state, _) => !state.is_open() && *state != State::Reviewed,
    });
    rests && !run.leaving && !run.shutdown && (situation.tail.is_empty() || situation.disk_fails)
}

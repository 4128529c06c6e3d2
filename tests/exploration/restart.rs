//! The disk, the end of a run, and what the next one finds.

use shenpi::domain::decision::state::{Cause, Input, Resolution, State, Transition};
use shenpi::domain::record::Discard;

use super::guards::Guard;
use super::model::Model;
use super::situation::{NOW, Place, Request, Run, Situation, spend};
use super::wire::LATEST;

impl Model {
    /// Everything appended becomes durable.
    pub fn sync(&self, mut s: Situation) -> Option<Situation> {
        let all = s.tail.len();
        if s.disk_fails || all == 0 {
            return None;
        }
        self.persist(&mut s, all);
        Some(s)
    }

    fn persist(&self, s: &mut Situation, records: usize) {
        for line in s.tail.drain(..records).collect::<Vec<_>>() {
            let decision = &mut s.decisions[line.decision];
            decision.durable = self.evolve(&decision.durable, &line.change);
        }
    }

    /// The run ends at once. So many records of the tail survive it.
    pub fn crash(&self, mut s: Situation, kept: usize) -> Option<Situation> {
        s.run.take()?;
        spend(&mut s.left.ends)?;
        if kept > s.tail.len() {
            return None;
        }
        self.persist(&mut s, kept);
        Some(Self::stop(s))
    }

    /// Nothing is queued or on its way, or the terminal is gone and no answer is awaited.
    pub fn end(mut s: Situation) -> Option<Situation> {
        let run = s.run.take()?;
        let waits = s.decisions.iter().any(|decision| match decision.state {
            State::Sending { .. } => decision.place == Place::Entry,
            State::Queued { .. } => decision.place == Place::Entry && !run.shutdown,
            _ => false,
        });
        ((run.leaving || run.shutdown) && !waits && (s.tail.is_empty() || s.disk_fails)).then(|| Self::stop(s))
    }

    fn stop(mut s: Situation) -> Situation {
        s.tail.clear();
        for decision in &mut s.decisions {
            // Until the next start, nothing is known of a decision but its records.
            decision.state = State::Reviewed;
            decision.place = Place::Gone;
            decision.truth.stale = true;
            decision.request = match decision.request {
                Request::OnItsWay | Request::Stray { .. } => Request::Stray { until: None },
                Request::None | Request::AtGate | Request::Answered(_) | Request::Dropped => Request::None,
            };
        }
        s
    }

    /// The next run finds every decision that its journal does not call resolved.
    pub fn start(&self, mut s: Situation) -> Option<Situation> {
        if s.run.is_some() {
            return None;
        }
        (s.run, s.disk_fails) = (Some(Run::default()), false);
        for number in 0..s.decisions.len() {
            self.recover(&mut s, number);
        }
        if let Some(number) = s.entry()
            && matches!(s.decisions[number].state, State::Unknown(_))
        {
            s.decisions[number].reread = Some(NOW);
        }
        Some(s)
    }

    fn recover(&self, s: &mut Situation, number: usize) {
        let decision = &mut s.decisions[number];
        decision.clock = NOW;
        if let Request::Stray { until } = &mut decision.request {
            *until = Some(NOW + LATEST);
        }
        decision.state = decision.durable.clone();
        if decision.durable == State::Reviewed || decision.durable.resolution() == Resolution::Resolved {
            return;
        }
        let Ok(Transition { state, .. }) = self.step(decision, Input::Restart { readable: true }) else { return };
        decision.state = state;
        // The journal cannot tell whether it left before the end, so it counts as a departure.
        decision.truth.departed |= matches!(decision.state, State::Unknown(_));
        if let Some(older) = s.entry() {
            let (uncertain, newer) = (&s.decisions[older].state, &s.decisions[number].state);
            let unsent = matches!((uncertain, newer), (State::Unknown(_), State::NotSent(Cause::EarlierRun)));
            if unsent && !self.without(Guard::UncertainOutlivesUnsent) {
                // It was queued over an uncertain one and never sent.
                self.take(s, number, Input::Discard(Discard::Left));
                return;
            }
            self.replace(s, older);
        }
        s.decisions[number].place = Place::Entry;
    }
}

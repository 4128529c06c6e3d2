//! The gate that a decision passes before it leaves: it is durable in the journal, what it needs is at hand, its check is
//! recent, and the program goes on.

use std::time::Duration;

use super::flush::{Flush, Mark};
use super::port::{Clock, Requests};
use crate::app::{Event, RequestId, ended, not_recorded, too_late};
use crate::domain::decision::Receipt;
use crate::domain::{CleanText, Failure, FailureKind, Instant, Now, Reviewed};

/// Maximum age of the check before sending, by the wall clock and by the monotonic one. Also how long a decision waits for
/// the disk before it is given back to the approver.
const MAX_CHECK_AGE: Duration = Duration::from_secs(3);

/// Every decision that was ordered to leave and has no answer yet.
#[derive(Debug, Default)]
pub(super) struct Dispatches(Vec<Dispatch>);

#[derive(Debug)]
struct Dispatch {
    id: RequestId,
    decision: Box<Reviewed>,
    /// When the request of the process was compared with what had been on screen.
    checked: Now,
    stage: Stage,
    /// The gateway refused a token for it once.
    token_refused: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Waits until the journal is durable up to here.
    Disk(Mark),
    /// Waits for a token.
    Token,
    Sent,
}

impl Dispatches {
    /// Takes a decision whose check was made at `checked`. It leaves once the journal has everything up to `mark`.
    pub(super) fn add(&mut self, id: RequestId, decision: Box<Reviewed>, checked: Now, mark: Mark) {
        self.0.push(Dispatch { id, decision, checked, stage: Stage::Disk(mark), token_refused: false });
    }

    /// Goes on with what is durable now.
    pub(super) fn durable(&mut self, flush: &Flush, requests: &mut impl Requests) {
        for dispatch in &mut self.0 {
            if let Stage::Disk(mark) = dispatch.stage
                && flush.is_durable(mark)
            {
                dispatch.stage = Stage::Token;
                requests.prepare(dispatch.id);
            }
        }
    }

    /// The disk failed: what waited for it is not sent.
    pub(super) fn not_durable(&mut self, words: &CleanText) -> Vec<Event> {
        self.give_back(|dispatch| matches!(dispatch.stage, Stage::Disk(_)), || not_recorded(words.clone()))
    }

    /// A decision that waited too long for the disk is not sent: the approver can take it back meanwhile.
    pub(super) fn expire(&mut self, now: Instant) -> Vec<Event> {
        self.give_back(|dispatch| dispatch.deadline().is_some_and(|deadline| deadline <= now), too_late)
    }

    /// When [`expire`](Self::expire) has something to do.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.0.iter().filter_map(Dispatch::deadline).min()
    }

    /// Sends a decision that has its token, if it still may leave. Returns the answer if it may not.
    pub(super) fn prepared(
        &mut self,
        id: RequestId,
        result: Result<(), Failure>,
        outside: &mut (impl Clock + Requests),
    ) -> Option<Event> {
        let place = self.0.iter().position(|dispatch| dispatch.id == id && dispatch.stage == Stage::Token)?;
        let dispatch = self.0.get_mut(place)?;
        if let Err(failure) = result.and_then(|()| dispatch.gate(outside)) {
            self.0.remove(place);
            return Some(Event::Written { id, result: Err(failure) });
        }
        dispatch.stage = Stage::Sent;
        outside.write(id, &dispatch.decision);
        None
    }

    /// Hands on the answer to a decision. A refused token means that nothing was executed: the decision passes the gate
    /// once more, with another token.
    pub(super) fn written(
        &mut self,
        id: RequestId,
        result: Result<Receipt, Failure>,
        requests: &mut impl Requests,
    ) -> Option<Event> {
        let place = self.0.iter().position(|dispatch| dispatch.id == id);
        let refused = matches!(&result, Err(failure) if failure.kind == FailureKind::TokenRefused);
        if let Some(dispatch) = place.and_then(|place| self.0.get_mut(place))
            && refused
            && !dispatch.token_refused
        {
            dispatch.token_refused = true;
            dispatch.stage = Stage::Token;
            requests.prepare(id);
            return None;
        }
        place.map(|place| self.0.remove(place));
        Some(Event::Written { id, result })
    }

    fn give_back(&mut self, which: impl Fn(&Dispatch) -> bool, failure: impl Fn() -> Failure) -> Vec<Event> {
        let given_back = self.0.extract_if(.., |dispatch| which(dispatch));
        given_back.map(|Dispatch { id, .. }| Event::Written { id, result: Err(failure()) }).collect()
    }
}

impl Dispatch {
    fn deadline(&self) -> Option<Instant> {
        matches!(self.stage, Stage::Disk(_)).then(|| self.checked.mono + MAX_CHECK_AGE)
    }

    /// Asked with the token at hand, so that nothing is waited for afterwards; the shutdown last.
    fn gate(&self, outside: &(impl Clock + Requests)) -> Result<(), Failure> {
        let late = outside.now().since(self.checked) > MAX_CHECK_AGE;
        if outside.is_shut_down() {
            return Err(ended());
        }
        if late { Err(too_late()) } else { Ok(()) }
    }
}

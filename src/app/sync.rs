//! What to read next: the list page by page, then the cases, nearest to the cursor first, inside the platform's budget.
//!
//! Nothing is read by the clock alone: an idle program sends nothing. What is old is read again when she touches a key.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::effect::{RequestId, Slot};
use crate::domain::{Endpoint, Instant, Millis, ProcessId};

/// Reads of cases in flight at a time.
pub(super) const CASES_IN_FLIGHT: usize = 4;
/// How old the list may be when a key is touched before it is read again.
pub(super) const LIST_FRESH: Duration = Duration::from_secs(60);
/// How long the cursor must rest before the case under it is read out of turn.
pub(super) const REST: Duration = Duration::from_millis(150);

/// The state of reading. Owned by [`App`](super::App).
#[derive(Debug, Default)]
pub struct Sync {
    next_request: u64,
    pub(super) in_flight: HashMap<Slot, RequestId>,
    /// Until when an endpoint accepts no request.
    pub(super) limited: HashMap<Endpoint, Instant>,
    /// Cases that have to be read (again), beyond those that were never read.
    pub(super) wanted: HashSet<ProcessId>,
    /// Keys of the list read so far in this round, before it is complete.
    pub(super) round: Vec<crate::domain::Task>,
    /// Page tokens seen in this round: one that repeats ends it.
    pub(super) tokens: HashSet<crate::domain::PageToken>,
    /// Start of the span for the next question after changed processes.
    pub(super) changed_from: Option<Millis>,
    /// The round was asked for by her, so its end is worth a notice.
    pub(super) asked: bool,
}

impl Sync {
    pub(super) fn request_id(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request)
    }

    /// The list is being read.
    #[must_use]
    pub fn is_reading_list(&self) -> bool {
        self.in_flight.contains_key(&Slot::Tasks)
    }

    /// Something of this case is being read.
    #[must_use]
    pub fn is_reading(&self, process: &ProcessId) -> bool {
        self.in_flight.contains_key(&Slot::Process(process.clone()))
            || self.in_flight.contains_key(&Slot::Form(process.clone()))
    }

    /// Seconds until this endpoint accepts requests again; `None` when it does.
    #[must_use]
    pub fn limited_for(&self, endpoint: Endpoint, now: Instant) -> Option<u64> {
        let until = *self.limited.get(&endpoint)?;
        (until > now).then(|| until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.limited.values().min().copied()
    }
}

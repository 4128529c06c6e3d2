//! The sensitive request that is legible for a moment.

use std::time::Duration;

use crate::domain::{Instant, ProcessId};

/// How long a request stays legible without a key.
const REST: Duration = Duration::from_secs(10);
/// How long it stays legible at most.
const MOST: Duration = Duration::from_secs(60);

/// The one revealed request, and the end of its legibility.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reveal {
    process: ProcessId,
    until: Instant,
    end: Instant,
}

impl Reveal {
    pub(super) fn new(process: ProcessId, now: Instant) -> Self {
        Self { process, until: now + REST, end: now + MOST }
    }

    pub(super) fn is_of(&self, process: &ProcessId, now: Instant) -> bool {
        self.process == *process && self.until > now
    }

    /// A key was pressed: the request stays legible.
    pub(super) fn prolong(&mut self, now: Instant) {
        self.until = (now + REST).min(self.end);
    }

    /// When it ends without a key.
    pub(super) const fn until(&self) -> Instant {
        self.until
    }
}

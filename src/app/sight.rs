//! How long the form of a sensitive request has been on screen, legible and to its last row.

use std::time::Duration;

use crate::domain::{Instant, ProcessId, Stamp};

/// How long a form must have been on screen to count as seen: longer than a frame takes.
const LEAST: Duration = Duration::from_millis(300);

/// A form that is on screen, legible, to its last row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sight {
    pub(super) process: ProcessId,
    pub(super) stamp: Option<Stamp>,
    pub(super) since: Instant,
}

impl Sight {
    /// From when on the form counts as seen.
    pub(super) fn due(&self) -> Instant {
        self.since + LEAST
    }
}

//! The clocks of this run. All other code receives the time as an argument.

use std::time::Duration;

use crate::domain::{Instant, Millis, Now};

/// The monotonic clock since the start of the program, and the wall clock beside it.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: tokio::time::Instant,
}

impl SystemClock {
    #[must_use]
    pub fn start() -> Self {
        Self { start: tokio::time::Instant::now() }
    }

    #[must_use]
    pub fn now(&self) -> Now {
        let mono = Instant(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX));
        Now { wall: Millis(jiff::Timestamp::now().as_millisecond()), mono }
    }

    /// The runtime's own name for a point in time.
    pub(super) fn instant(&self, at: Instant) -> tokio::time::Instant {
        self.start + Duration::from_millis(at.0)
    }
}

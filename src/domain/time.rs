//! Points in time, handed in from outside. Nothing in this crate but the runtime and the simulator's server asks a clock.

use std::ops::{Add, Sub};
use std::time::Duration;

/// How long an answer of the platform is waited for, from sending to its last byte.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(30);

/// Wall-clock time in milliseconds since 1970-01-01 UTC, as the platform writes it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Millis(pub i64);

/// A point on the monotonic clock of this run, in milliseconds since its start. Never shown, never stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub u64);

impl Instant {
    /// Time gone by since `earlier`; zero when `earlier` lies ahead.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }

    /// The point this long ago; the start of the run when that was later.
    #[must_use]
    pub fn before(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Add<Duration> for Instant {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(by.as_millis()).unwrap_or(u64::MAX)))
    }
}

impl Sub for Millis {
    type Output = i64;

    fn sub(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The two clocks, read together by the loop before each message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Now {
    /// Wall clock; may jump.
    pub wall: Millis,
    /// Monotonic clock for waiting; never goes back.
    pub mono: Instant,
}

impl Now {
    /// Time gone by since `earlier`, by the clock that says more: one of them stands still while the computer sleeps.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let by_wall = Duration::from_millis(u64::try_from(self.wall - earlier.wall).unwrap_or_default());
        self.mono.since(earlier.mono).max(by_wall)
    }
}

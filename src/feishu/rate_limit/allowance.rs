//! Allowance of the lower classes while other programs use the same app: halved by a refusal, growing back by a fixed
//! amount a minute (additive increase, multiplicative decrease), so that the programs of one app come to equal shares.

use std::time::{Duration, Instant};

/// Calls are counted in thousandths here, so that a second lets them grow a little.
const UNIT: u64 = 1000;
/// The least share that the lower classes keep together, of what they have without refusals.
const LEAST: u32 = 7;
/// Minutes from nothing to the whole.
const GROWTH: u64 = 60;
const GROWTH_STEP: Duration = Duration::from_secs(1);
/// How long after a refusal others must be expected to use the app.
const CAREFUL: Duration = Duration::from_secs(3600);

/// An allowance of calls in one window.
#[derive(Clone, Copy, Debug)]
struct Share {
    full: u64,
    least: u64,
    now: u64,
}

impl Share {
    fn new(full: u32, least: u32) -> Self {
        let full = u64::from(full) * UNIT;
        Self { full, least: u64::from(least) * UNIT, now: full }
    }

    fn halve(&mut self) {
        self.now = (self.now / 2).max(self.least);
    }

    fn grow(&mut self, passed: Duration) {
        let passed = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX);
        let grown = self.full.saturating_mul(passed) / (GROWTH * 60_000);
        self.now = self.now.saturating_add(grown).min(self.full);
    }

    fn calls(self) -> u32 {
        u32::try_from(self.now / UNIT).unwrap_or(u32::MAX)
    }
}

/// The allowances of an endpoint.
#[derive(Debug)]
pub(super) struct Allowance {
    /// Of the classes from `Visible` on, together.
    lower: Share,
    /// Of `Opened`.
    opened: Share,
    grown: Option<Instant>,
    refused: Option<Instant>,
}

impl Allowance {
    /// The lower classes have `lower` calls, and `Opened` all of them, unless there are refusals.
    pub fn new(lower: u32, all: u32) -> Self {
        let lower = Share::new(lower, (lower / LEAST).max(3).min(lower));
        Self { lower, opened: Share::new(all, all.div_ceil(10)), grown: None, refused: None }
    }

    /// The gateway refused a request.
    pub fn decrease(&mut self, now: Instant) {
        if self.lower.now < 2 * self.lower.least {
            self.opened.halve();
        }
        self.lower.halve();
        (self.grown, self.refused) = (Some(now), Some(now));
    }

    pub fn advance(&mut self, now: Instant) {
        let Some(since) = self.grown else { return };
        let passed = now.duration_since(since);
        if passed >= GROWTH_STEP {
            self.lower.grow(passed);
            self.opened.grow(passed);
            self.grown = Some(now);
        }
    }

    pub fn lower(&self) -> u32 {
        self.lower.calls()
    }

    pub fn opened(&self) -> u32 {
        self.opened.calls()
    }

    /// Other programs have lately been using up the limit.
    pub fn is_careful(&self, now: Instant) -> bool {
        self.refused.is_some_and(|at| now.duration_since(at) < CAREFUL)
    }
}

//! The gateway's count of calls (protocol.md#rate-limits). Pure: the time is passed in.

use std::collections::HashMap;

use crate::domain::Millis;
use crate::sim::endpoint::Endpoint;

/// How strictly calls are counted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RateLimits {
    Off,
    /// The platform's limits times this factor; 1 is the platform. At least one call is always allowed.
    Scaled(f64),
}

/// A window of one limit, aligned to its first call.
#[derive(Clone, Copy, Debug)]
struct BudgetWindow {
    start: Millis,
    calls: u32,
}

/// A call refused by a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitedCall {
    pub limit: u32,
    /// Whole seconds until calls are accepted again.
    pub reset: u32,
}

/// Counts the calls of one app.
#[derive(Clone, Debug)]
pub struct CallCounter {
    limits: RateLimits,
    windows: HashMap<(Endpoint, u32), BudgetWindow>,
}

impl CallCounter {
    #[must_use]
    pub fn new(limits: RateLimits) -> Self {
        Self { limits, windows: HashMap::new() }
    }

    /// Counts one call; refused calls do not count.
    ///
    /// # Errors
    /// A window of the endpoint is full.
    pub fn count(&mut self, endpoint: Endpoint, now: Millis) -> Result<(), LimitedCall> {
        let RateLimits::Scaled(scale) = self.limits else { return Ok(()) };
        let limits = endpoint.row().limits;
        for limit in limits {
            let length = i64::from(limit.seconds) * 1000;
            let window = self.windows.entry((endpoint, limit.seconds)).or_insert(BudgetWindow { start: now, calls: 0 });
            // A clock that was set back starts a new window too.
            if !(0..length).contains(&(now - window.start)) {
                *window = BudgetWindow { start: now, calls: 0 };
            }
            let allowed = scaled(limit.calls, scale);
            if window.calls >= allowed {
                let left = length - (now - window.start);
                let reset = u32::try_from((left + 999) / 1000).unwrap_or(limit.seconds).max(1);
                return Err(LimitedCall { limit: allowed, reset });
            }
        }
        for limit in limits {
            if let Some(window) = self.windows.get_mut(&(endpoint, limit.seconds)) {
                window.calls += 1;
            }
        }
        Ok(())
    }
}

fn scaled(calls: u32, scale: f64) -> u32 {
    let calls = (f64::from(calls) * scale).floor().clamp(1.0, f64::from(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u32 above")]
    let calls = calls as u32;
    calls
}

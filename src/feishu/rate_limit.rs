//! Client-side budget per endpoint, below the platform's limits (protocol.md#rate-limits), so that two programs of one
//! app do not cause refusals for each other. Never waits: returns the waiting time, and the app decides.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::domain::{Endpoint, Priority};

const MINUTE: Duration = Duration::from_secs(60);
const SECOND: Duration = Duration::from_secs(1);

/// Requests allowed in a window: four fifths of the platform's figure.
const fn budget(endpoint: Endpoint) -> (usize, Duration) {
    match endpoint {
        Endpoint::TaskList => (8, SECOND),
        Endpoint::ChangedProcesses | Endpoint::AddSign | Endpoint::Transfer => (16, MINUTE),
        Endpoint::ProcessDetail
        | Endpoint::FormV2
        | Endpoint::FormV1
        | Endpoint::SearchEmployees
        | Endpoint::EmployeesById => (80, MINUTE),
        Endpoint::TenantToken
        | Endpoint::UpdateTask
        | Endpoint::Withdraw
        | Endpoint::Revoke
        | Endpoint::ContactIds
        | Endpoint::Departments
        | Endpoint::Job
        | Endpoint::JobLevel
        | Endpoint::File => (40, SECOND),
    }
}

/// Requests of the current windows, and the gateway's closing times.
#[derive(Debug, Default)]
pub(super) struct RateLimits(Mutex<HashMap<Endpoint, RateWindow>>);

#[derive(Debug)]
struct RateWindow {
    began: Instant,
    used: usize,
    /// The gateway accepts nothing before this.
    closed_until: Option<Instant>,
}

impl RateLimits {
    /// Takes one request out of the budget, or returns the time until one is free.
    pub fn take(&self, endpoint: Endpoint, _priority: Priority, now: Instant) -> Result<(), Duration> {
        let (most, span) = budget(endpoint);
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(endpoint).or_insert(RateWindow { began: now, used: 0, closed_until: None });
        if let Some(until) = window.closed_until.filter(|until| *until > now) {
            return Err(until - now);
        }
        if now.duration_since(window.began) >= span {
            *window = RateWindow { began: now, used: 0, closed_until: None };
        }
        if window.used >= most {
            return Err(span.saturating_sub(now.duration_since(window.began)));
        }
        window.used += 1;
        Ok(())
    }

    /// The gateway refused: nothing is sent to this endpoint before its window resets.
    pub fn close(&self, endpoint: Endpoint, until: Instant) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let window = windows.entry(endpoint).or_insert(RateWindow { began: until, used: 0, closed_until: None });
        window.closed_until = Some(until);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::RateLimits;
    use crate::domain::{Endpoint, Priority};

    #[test]
    fn a_used_up_window_says_when_it_ends_and_the_next_one_begins_full() {
        let limits = RateLimits::default();
        let began = Instant::now();
        for _ in 0..16 {
            assert_eq!(limits.take(Endpoint::Transfer, Priority::Opened, began), Ok(()));
        }
        let later = began + Duration::from_secs(20);
        assert_eq!(limits.take(Endpoint::Transfer, Priority::Opened, later), Err(Duration::from_secs(40)));
        assert_eq!(
            limits.take(Endpoint::UpdateTask, Priority::Opened, later),
            Ok(()),
            "decisions have a budget of their own"
        );
        assert_eq!(limits.take(Endpoint::Transfer, Priority::Opened, began + Duration::from_secs(60)), Ok(()));
    }

    #[test]
    fn a_refusal_of_the_gateway_closes_the_endpoint_until_its_reset() {
        let limits = RateLimits::default();
        let now = Instant::now();
        limits.close(Endpoint::ProcessDetail, now + Duration::from_secs(38));
        assert_eq!(limits.take(Endpoint::ProcessDetail, Priority::Opened, now), Err(Duration::from_secs(38)));
        assert_eq!(limits.take(Endpoint::ProcessDetail, Priority::Opened, now + Duration::from_secs(38)), Ok(()));
    }
}

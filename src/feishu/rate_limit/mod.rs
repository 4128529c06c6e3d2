//! Budgets of requests, one for each endpoint, below the platform's limits (protocol.md#rate-limits). Shared by all
//! callers of one app. Never waits: a refused caller learns how long its class has to wait, and decides.
//!
//! # The budget
//!
//! A log of calls (`call_log`) holds each window: never more calls than the budget in *any* span of its length.
//! The platform counts at arrival, so that two calls sent a window apart may arrive within one. The spans are longer
//! than the platform's by `MINUTE_JITTER` and `SECOND_JITTER`: calls whose ways differ by no more than that never
//! exceed its limit, wherever its windows begin.
//!
//! # The split
//!
//! Of 100 details a minute, 5 are left free. The others, for a program alone on its app:
//!
//! | class | has for itself | may use |
//! |---|---|---|
//! | `Check` | 10 | all 95 |
//! | `Opened` | 10 | 95 less what `Check` has left |
//! | `Visible` | 20: two screens of a terminal of 24 rows | 65 |
//! | `Neighbor` | 5 | 50 |
//! | `Background` | 5 | 50, spread evenly |
//!
//! A class leaves alone what the classes above it have left of their own, and `Visible` and `Neighbor` the little that
//! the classes below them have, so that none starves. The other endpoints are split in the same proportions; a write is
//! a `Check`, and the list keeps nothing for one.
//!
//! # Other programs of the same app
//!
//! Each refusal halves what the three lower classes may use, in the end what `Opened` may, and never what `Check` may.
//! It grows back by a fixed amount a minute (`allowance`). For an hour after a refusal one request of an endpoint is
//! under way at a time: a limit that others have used up then costs one refusal, and one more when it is still used up
//! after its reset.

mod allowance;
mod budget;
mod call_log;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::time::{Duration, Instant};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::domain::{Endpoint, Failure, Priority};
use budget::EndpointBudget;
use call_log::Window;

/// By how much the ways of two requests may differ, for limits of a minute and of a second.
const MINUTE_JITTER: Duration = Duration::from_secs(1);
const SECOND_JITTER: Duration = Duration::from_millis(200);
/// Longest random addition to the gateway's reset, so that the programs of one app do not come back at the same moment.
const RESET_JITTER: Duration = Duration::from_millis(500);
/// How long nothing is sent after the monthly quota was found used up: waiting does not help, asking costs.
const QUOTA_REST: Duration = Duration::from_secs(60);

const fn a_minute(most: u32) -> Window {
    Window { most, span: Duration::from_secs(60).saturating_add(MINUTE_JITTER), checked: true }
}

const fn a_second(most: u32) -> Window {
    Window { most, span: Duration::from_secs(1).saturating_add(SECOND_JITTER), checked: true }
}

const MINUTE_20: &[Window] = &[a_minute(19)];
const MINUTE_100: &[Window] = &[a_minute(95)];
const LIST: &[Window] = &[Window { checked: false, ..a_second(10) }];
const SECOND_50: &[Window] = &[a_second(50)];
/// Level 4: 1,000 a minute and 50 a second.
const LEVEL_4: &[Window] = &[a_second(50), a_minute(950)];

/// Windows of an endpoint, the longest last.
const fn windows(endpoint: Endpoint) -> &'static [Window] {
    match endpoint {
        Endpoint::TaskList => LIST,
        // For long connections no limit is documented.
        Endpoint::ChangedProcesses | Endpoint::AddSign | Endpoint::Transfer | Endpoint::LongConnection => MINUTE_20,
        Endpoint::ProcessDetail
        | Endpoint::FormV2
        | Endpoint::FormV1
        | Endpoint::SearchEmployees
        | Endpoint::EmployeesById => MINUTE_100,
        Endpoint::UpdateTask | Endpoint::Withdraw | Endpoint::Revoke => SECOND_50,
        Endpoint::TenantToken
        | Endpoint::ContactIds
        | Endpoint::Departments
        | Endpoint::Job
        | Endpoint::JobLevel
        | Endpoint::File => LEVEL_4,
    }
}

/// The budgets of one app.
#[derive(Debug)]
pub struct RequestBudgets {
    endpoints: HashMap<Endpoint, EndpointBudget>,
    /// The monthly quota is used up: the platform's words, and until when they are believed.
    exhausted: Option<(Instant, Failure)>,
    jitter: SmallRng,
}

impl RequestBudgets {
    /// `seed` fixes the additions to the gateway's resets.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { endpoints: HashMap::new(), exhausted: None, jitter: SmallRng::seed_from_u64(seed) }
    }

    fn of(&mut self, endpoint: Endpoint) -> &mut EndpointBudget {
        self.endpoints.entry(endpoint).or_insert_with(|| EndpointBudget::new(windows(endpoint)))
    }

    /// Takes one request out of the budget; [`finished`](Self::finished) has to follow. The error is the time until
    /// this class would be served if no other request came before.
    pub fn take(&mut self, endpoint: Endpoint, priority: Priority, now: Instant) -> Result<(), Duration> {
        self.of(endpoint).take(priority, now)
    }

    /// A request that was taken is no longer under way, whatever its end.
    pub fn finished(&mut self, endpoint: Endpoint) {
        self.of(endpoint).finished();
    }

    /// The gateway refused a request of this endpoint for as long as `reset`. Returns the time until the budget takes
    /// requests again, which is a little longer.
    pub fn refused(&mut self, endpoint: Endpoint, reset: Duration, now: Instant) -> Duration {
        let jitter = RESET_JITTER.min(reset / 2).mul_f64(self.jitter.random::<f64>());
        self.of(endpoint).refused(now + reset + jitter, now);
        reset + jitter
    }

    /// The platform refused a request because the monthly quota is used up.
    pub fn exhaust(&mut self, failure: Failure, now: Instant) {
        self.exhausted = Some((now + QUOTA_REST, failure));
    }

    /// The refusal for the used-up quota, while asking again is pointless.
    pub fn exhausted(&self, now: Instant) -> Option<&Failure> {
        self.exhausted.as_ref().filter(|(until, _)| now < *until).map(|(_, failure)| failure)
    }
}

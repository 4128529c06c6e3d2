//! Pauses between two tries to connect. A lost connection is an everyday event (protocol.md#long-connection), so the first
//! pause is short; while tries fail, or connections do not last, the pauses double.

use std::time::Duration;

use super::reliability::HELD;

/// The first pause, and what chance adds to it at most: that keeps many clients apart.
const FIRST: Duration = Duration::from_millis(500);
const JITTER: Duration = Duration::from_millis(1_500);

/// How often in a row it failed.
#[derive(Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// A connection ended that is known to have worked for this time. After one that held, the first pause comes again.
    pub(super) fn ended(&mut self, proven: Duration) {
        if proven >= HELD {
            self.failures = 0;
        }
    }

    /// The pause before the next try. `chance` lies between 0 and 1.
    pub(super) fn pause(&mut self, longest: Duration, chance: f64) -> Duration {
        let first = FIRST + JITTER.mul_f64(chance.clamp(0.0, 1.0));
        let pause = first.saturating_mul(2_u32.saturating_pow(self.failures));
        self.failures = self.failures.saturating_add(1);
        pause.min(longest)
    }

    /// Tries that failed in a row.
    pub(super) const fn failures(&self) -> u32 {
        self.failures
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Backoff;

    const LONGEST: Duration = Duration::from_secs(120);

    fn millis(backoff: &mut Backoff, chance: f64) -> u128 {
        backoff.pause(LONGEST, chance).as_millis()
    }

    #[test]
    fn pauses_double_up_to_the_interval_and_begin_again() {
        let mut backoff = Backoff::default();
        let pauses: Vec<u128> = (0..9).map(|_| millis(&mut backoff, 1.0)).collect();
        assert_eq!(pauses, [2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 120_000, 120_000, 120_000]);
        backoff.ended(Duration::from_secs(59));
        assert_eq!(millis(&mut backoff, 0.0), 120_000, "one that does not hold is a failure");
        backoff.ended(Duration::from_secs(60));
        assert_eq!(millis(&mut backoff, 0.0), 500);
    }

    #[test]
    fn no_number_of_failures_overflows() {
        let mut backoff = Backoff { failures: u32::MAX - 1 };
        for _ in 0..3 {
            assert_eq!(backoff.pause(LONGEST, 0.7), LONGEST);
        }
    }
}

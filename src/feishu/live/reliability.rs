//! Whether changes count as heard, judged by how connections open, are heard from, and end. A connection that only opened
//! proves nothing, and after several that did not hold, the next one has to hold first. Knows no socket and no clock.

use std::time::Duration;

use crate::domain::Instant;

/// A connection that was heard from this long after its opening has held.
pub(super) const HELD: Duration = Duration::from_secs(60);
/// Connections in a row that did not hold, until opening one proves nothing any more.
const FLEETING: u32 = 3;
/// A connection that comes back within this time has not been away, for the header.
const GRACE: Duration = Duration::from_secs(10);

/// The judgment over all connections of a run.
#[derive(Debug, Default)]
pub(super) struct Reliability {
    /// Opening of the connection that stands.
    opened: Option<Instant>,
    /// How long after its opening it was heard from last; `None`: never.
    proven: Option<Duration>,
    /// Connections in a row that did not hold.
    fleeting: u32,
    /// Changes count as heard until then, though none is heard from.
    grace: Option<Instant>,
}

impl Reliability {
    /// A connection has opened.
    pub(super) fn opened(&mut self, now: Instant) {
        (self.opened, self.proven) = (Some(now), None);
        if self.fleeting < FLEETING {
            self.grace.get_or_insert(now + GRACE);
        }
    }

    /// A message came over the connection.
    pub(super) fn heard(&mut self, now: Instant) {
        self.proven = self.opened.map(|opened| now.since(opened));
        if self.counts() {
            self.grace = None;
        }
    }

    /// The connection has ended, or counts as dead. Returns how long it is known to have worked.
    pub(super) fn ended(&mut self, now: Instant) -> Duration {
        let counted = self.counts();
        let proven = self.proven.take().unwrap_or_default();
        self.opened = None;
        self.fleeting = if proven >= HELD { 0 } else { self.fleeting.saturating_add(1) };
        if self.fleeting >= FLEETING {
            self.grace = None;
        } else if counted {
            self.grace = Some(now + GRACE);
        }
        proven
    }

    /// Another program has the connection: none of ours is missed.
    pub(super) const fn ceded(&mut self) {
        self.grace = None;
    }

    /// Whether changes count as heard; `None`: as before.
    pub(super) fn is_heard(&self, now: Instant) -> Option<bool> {
        match self.grace {
            _ if self.counts() => Some(true),
            Some(until) if now < until => None,
            _ => Some(false),
        }
    }

    /// When changes cease to count as heard, unless a connection is heard from before.
    pub(super) fn grace_ends(&self) -> Option<Instant> {
        self.grace.filter(|_| !self.counts())
    }

    /// The connection that stands can be relied on.
    fn counts(&self) -> bool {
        let needed = if self.fleeting >= FLEETING { HELD } else { Duration::ZERO };
        self.proven.is_some_and(|proven| proven >= needed)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{GRACE, HELD, Reliability};
    use crate::domain::Instant;

    /// Connections of these lives in seconds, each heard from at its opening and at its end, one second apart. Returns the
    /// seconds in which changes counted as heard, and the second of the end.
    fn lived(lives: &[u64]) -> (Reliability, Vec<u64>, u64) {
        let (mut reliability, mut heard, mut second, mut last) = (Reliability::default(), Vec::new(), 0, false);
        for life in lives {
            reliability.opened(Instant(second * 1_000));
            for of_life in 0..=*life {
                if of_life % 10 == 0 || of_life == *life {
                    reliability.heard(Instant(second * 1_000));
                }
                last = reliability.is_heard(Instant(second * 1_000)).unwrap_or(last);
                heard.extend(last.then_some(second));
                second += 1;
            }
            reliability.ended(Instant(second * 1_000));
            last = reliability.is_heard(Instant(second * 1_000)).unwrap_or(last);
        }
        (reliability, heard, second)
    }

    #[test]
    fn a_connection_counts_once_it_is_heard_from() {
        let mut reliability = Reliability::default();
        reliability.opened(Instant(0));
        assert_eq!(reliability.is_heard(Instant(0)), None);
        assert_eq!(reliability.grace_ends(), Some(Instant(10_000)));
        assert_eq!(reliability.is_heard(Instant(10_000)), Some(false), "it answers nothing");
        reliability.heard(Instant(11_000));
        assert_eq!((reliability.is_heard(Instant(11_000)), reliability.grace_ends()), (Some(true), None));
    }

    #[test]
    fn one_that_comes_back_at_once_was_never_away() {
        let mut reliability = Reliability::default();
        for opened in [0, 2_000] {
            reliability.opened(Instant(opened));
            reliability.heard(Instant(opened + 100));
            assert_eq!(reliability.ended(Instant(opened + 1_500)), Duration::from_millis(100));
            assert_eq!(reliability.is_heard(Instant(opened + 1_900)), None);
        }
        assert_eq!(reliability.is_heard(Instant(3_500 + 10_000)), Some(false));
    }

    #[test]
    fn after_three_that_did_not_hold_the_next_has_to_hold() {
        for life in [6, 12, 30, 59] {
            let (_, heard, _) = lived(&[life; 20]);
            assert!(heard.last().is_some_and(|last| *last < 3 * (life + 1)), "{life}: {heard:?}");
        }
        let (_, heard, end) = lived(&[6, 6, 6, 300, 6, 6]);
        let lost = 3 * 7;
        let held: Vec<u64> = (0..lost).chain(lost + 60..end).collect();
        assert_eq!(heard, held, "one that held makes up for them");
    }

    #[test]
    fn a_silent_death_counts_from_the_last_message() {
        let mut reliability = Reliability::default();
        for opened in [0, 200_000, 400_000] {
            reliability.opened(Instant(opened));
            reliability.heard(Instant(opened + 50));
            reliability.ended(Instant(opened + 135_000));
        }
        reliability.opened(Instant(600_000));
        reliability.heard(Instant(600_050));
        assert_eq!(reliability.is_heard(Instant(600_050)), Some(false), "each was deaf for two minutes");
    }

    #[test]
    fn where_another_program_listens_no_grace_runs() {
        let (mut reliability, ..) = lived(&[100]);
        reliability.ceded();
        assert_eq!(reliability.grace_ends(), None);
    }

    proptest! {
        #[test]
        fn no_connection_that_did_not_hold_counts_after_three(lives in prop::collection::vec(0_u64..60, 4..40)) {
            let (reliability, heard, end) = lived(&lives);
            let three: u64 = lives.iter().take(3).map(|life| life + 1).sum();
            prop_assert!(heard.iter().all(|second| *second < three));
            prop_assert_eq!(reliability.is_heard(Instant(end * 1_000)), Some(false));
        }

        #[test]
        fn any_history_is_made_up_for_by_one_that_holds(lives in prop::collection::vec(0_u64..200, 0..40)) {
            let (mut reliability, _, end) = lived(&lives);
            reliability.opened(Instant(end * 1_000));
            reliability.heard(Instant(end * 1_000) + HELD);
            prop_assert_eq!(reliability.is_heard(Instant(end * 1_000) + HELD), Some(true));
        }

        #[test]
        fn no_grace_is_longer_than_ten_seconds(steps in prop::collection::vec((0_u8..3, 0_u64..20_000), 1..60)) {
            let (mut reliability, mut now) = (Reliability::default(), Instant(0));
            for (step, pause) in steps {
                now = now + Duration::from_millis(pause);
                match step {
                    0 => reliability.opened(now),
                    1 => reliability.heard(now),
                    _ => _ = reliability.ended(now),
                }
                prop_assert!(reliability.grace_ends().is_none_or(|until| until <= now + GRACE));
                let undecided = reliability.is_heard(now).is_none();
                prop_assert!(!undecided || reliability.grace_ends().is_some_and(|until| until > now));
            }
        }
    }
}

//! When each endpoint accepts reads of each class again.

use std::collections::HashMap;
use std::time::Duration;

use crate::domain::{Endpoint, Instant, Priority};

/// A closing lasts at least this long, so that a refusal without a waiting time is no reason to ask again at once.
const SHORTEST: Duration = Duration::from_millis(50);
/// Closings from this length on are worth a word: shorter ones only space the reads.
const WORTH_A_WORD: Duration = Duration::from_secs(3);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Closing {
    since: Instant,
    until: Instant,
}

/// Closed endpoints, each by class.
#[derive(Debug, Default)]
pub(super) struct Closings(HashMap<Endpoint, [Option<Closing>; Priority::ALL.len()]>);

impl Closings {
    /// Closes an endpoint for this class and all less urgent ones. A closing is never shortened.
    pub(super) fn close(&mut self, endpoint: Endpoint, from: Priority, now: Instant, until: Instant) {
        let until = until.max(now + SHORTEST);
        let classes = self.0.entry(endpoint).or_default();
        for closing in classes.iter_mut().skip(from as usize) {
            if closing.is_none_or(|known| known.until < until) {
                *closing = Some(Closing { since: now, until });
            }
        }
    }

    /// Until when the endpoint accepts no read of this class; `None`: it accepts one.
    pub(super) fn until(&self, endpoint: Endpoint, priority: Priority, now: Instant) -> Option<Instant> {
        self.closing(endpoint, priority, now).map(|closing| closing.until)
    }

    /// The same for closings that are worth a word.
    pub(super) fn told_until(&self, endpoint: Endpoint, priority: Priority, now: Instant) -> Option<Instant> {
        let closing = self.closing(endpoint, priority, now)?;
        (closing.until.since(closing.since) >= WORTH_A_WORD).then_some(closing.until)
    }

    fn closing(&self, endpoint: Endpoint, priority: Priority, now: Instant) -> Option<Closing> {
        let closing = *self.0.get(&endpoint)?.get(priority as usize)?;
        closing.filter(|closing| closing.until > now)
    }

    /// The first end of a closing.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.0.values().flatten().flatten().map(|closing| closing.until).min()
    }

    pub(super) fn drop_ended(&mut self, now: Instant) {
        for closing in self.0.values_mut().flatten() {
            *closing = closing.filter(|closing| closing.until > now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Closings;
    use crate::domain::{Endpoint, Instant, Priority};

    const DETAIL: Endpoint = Endpoint::ProcessDetail;

    fn closed(closings: &Closings, now: Instant) -> Vec<Option<Instant>> {
        Priority::ALL.map(|priority| closings.until(DETAIL, priority, now)).to_vec()
    }

    #[test]
    fn a_class_is_closed_with_all_less_urgent_ones() {
        let mut closings = Closings::default();
        closings.close(DETAIL, Priority::Neighbor, Instant(0), Instant(9_000));
        closings.close(DETAIL, Priority::Visible, Instant(0), Instant(4_000));
        let [four, nine] = [4_000, 9_000].map(|at| Some(Instant(at)));
        assert_eq!(closed(&closings, Instant(0)), [None, None, four, nine, nine]);
        assert_eq!(closings.next_end(), four);
        closings.drop_ended(Instant(4_000));
        assert_eq!(closed(&closings, Instant(4_000)), [None, None, None, nine, nine]);
        assert_eq!(closings.until(Endpoint::FormV2, Priority::Background, Instant(0)), None);
    }

    #[test]
    fn a_refusal_without_a_waiting_time_still_closes() {
        let mut closings = Closings::default();
        closings.close(DETAIL, Priority::Check, Instant(7), Instant(7));
        assert!(closed(&closings, Instant(7)).iter().all(Option::is_some));
    }

    #[test]
    fn only_a_long_closing_is_worth_a_word() {
        let mut closings = Closings::default();
        closings.close(DETAIL, Priority::Background, Instant(0), Instant(900));
        assert_eq!(closings.told_until(DETAIL, Priority::Background, Instant(0)), None);
        closings.close(DETAIL, Priority::Background, Instant(0), Instant(30_000));
        assert_eq!(closings.told_until(DETAIL, Priority::Background, Instant(29_000)), Some(Instant(30_000)));
    }
}

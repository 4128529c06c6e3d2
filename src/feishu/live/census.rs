//! How many other programs of the app are connected. The platform counts ours too, and for a while those of ours that died
//! without a word.

use std::collections::VecDeque;
use std::time::Duration;

use crate::domain::Instant;

/// How long the platform may count a connection without an answer: two intervals of pings and some time
/// (protocol.md#long-connection).
const LINGERS: Duration = Duration::from_secs(5 * 60);

/// Our connections that the platform may still count.
#[derive(Debug, Default)]
pub(super) struct Census {
    dead: VecDeque<Instant>,
}

impl Census {
    /// A connection of ours was left without the platform's word that it ended.
    pub(super) fn left(&mut self, now: Instant) {
        self.dead.push_back(now);
    }

    /// The connections among `online` that cannot be ours.
    pub(super) fn others(&mut self, online: usize, is_open: bool, now: Instant) -> usize {
        while self.dead.front().is_some_and(|at| now.since(*at) >= LINGERS) {
            self.dead.pop_front();
        }
        online.saturating_sub(self.dead.len() + usize::from(is_open))
    }
}

#[cfg(test)]
mod tests {
    use super::Census;
    use crate::domain::Instant;

    #[test]
    fn our_own_dead_connections_are_nobody_else() {
        let mut census = Census::default();
        assert_eq!(census.others(1, false, Instant(0)), 1);
        assert_eq!(census.others(1, true, Instant(0)), 0);
        census.left(Instant(1_000));
        assert_eq!(census.others(1, false, Instant(2_000)), 0);
        assert_eq!(census.others(2, true, Instant(2_000)), 0);
        assert_eq!(census.others(2, false, Instant(2_000)), 1);
        assert_eq!(census.others(1, false, Instant(301_000)), 1, "by now the platform has noticed");
    }
}

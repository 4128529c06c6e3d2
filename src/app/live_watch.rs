//! Whether changes are announced, and whether that can be believed: a connection may answer pings and deliver nothing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use crate::domain::{Instant, LiveState, ProcessId};

/// How late an announcement may be after the change was found by asking.
const LATE: Duration = Duration::from_secs(10);
/// Changes that were found and not announced, until the connection counts as deaf.
const MISSED: u8 = 2;
/// How long a process is remembered as announced, and how many are.
const MEMORY: Duration = Duration::from_secs(60 * 60);
const MOST_REMEMBERED: usize = 20_000;

/// The state of hearing of changes.
#[derive(Debug, Default)]
pub struct LiveWatch {
    /// `None`: not known yet.
    state: Option<LiveState>,
    /// Since when nothing can have been missed.
    live_since: Option<Instant>,
    /// When each process was announced last. Hashes only: most are other people's.
    announced: HashMap<u64, Instant>,
    /// Processes that changed without a word, and when that counts.
    suspects: Option<(Instant, Vec<u64>)>,
    missed: u8,
    /// Changes were missed; nothing was announced since.
    deaf: bool,
}

impl LiveWatch {
    /// A connection that delivers nothing is none, until the next announcement.
    #[must_use]
    pub fn state(&self) -> Option<LiveState> {
        if self.deaf { self.state.map(|_| LiveState::Polling) } else { self.state }
    }

    /// Every change is announced, so far as is known.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.state() == Some(LiveState::Live)
    }

    /// The connection delivered nothing, and nothing was announced since.
    pub(super) const fn is_doubted(&self) -> bool {
        self.deaf
    }

    pub(super) fn enter(&mut self, state: LiveState, now: Instant) {
        self.state = Some(state);
        if self.is_live() {
            self.live_since.get_or_insert(now);
        } else {
            self.live_since = None;
            self.suspects = None;
        }
    }

    /// Announcements may have been missed up to now.
    pub(super) fn gap(&mut self, now: Instant) {
        self.live_since = self.is_live().then_some(now);
        self.suspects = None;
    }

    pub(super) fn announced(&mut self, process: &ProcessId, now: Instant) {
        if std::mem::take(&mut self.deaf) {
            self.gap(now);
        }
        if self.announced.len() >= MOST_REMEMBERED {
            self.announced.retain(|_, at| now.since(*at) < MEMORY);
        }
        if self.announced.len() >= MOST_REMEMBERED {
            // A forgotten announcement must not look like one that never came.
            self.announced.clear();
            self.gap(now);
        }
        self.announced.insert(hash(process), now);
    }

    /// The program asked, and these known processes changed within the span up to now.
    pub(super) fn found<'a>(&mut self, changed: impl Iterator<Item = &'a ProcessId>, span: Duration, now: Instant) {
        let all_heard = self.live_since.is_some_and(|since| now.since(since) > span);
        if !all_heard || self.suspects.is_some() {
            return;
        }
        let (mut silent, mut any) = (Vec::new(), false);
        for process in changed {
            any = true;
            let process = hash(process);
            if self.announced.get(&process).is_none_or(|at| now.since(*at) > span) {
                silent.push(process);
            }
        }
        if !silent.is_empty() {
            self.suspects = Some((now + LATE, silent));
        } else if any {
            self.missed = 0;
        }
    }

    /// Whether the connection turned out to deliver nothing. True once; counting begins again.
    pub(super) fn is_deaf(&mut self, now: Instant) -> bool {
        let Some((_, silent)) = self.suspects.take_if(|(until, _)| *until <= now) else { return false };
        if silent.iter().all(|process| self.announced.get(process).is_some_and(|at| now.since(*at) <= LATE)) {
            self.missed = 0;
            return false;
        }
        self.missed += 1;
        let deaf = self.missed >= MISSED;
        if deaf {
            (self.missed, self.deaf) = (0, true);
            self.gap(now);
        }
        deaf
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        self.suspects.as_ref().map(|(until, _)| *until)
    }
}

fn hash(process: &ProcessId) -> u64 {
    let mut hasher = DefaultHasher::new();
    process.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{LiveWatch, MOST_REMEMBERED};
    use crate::domain::{Instant, LiveState, ProcessId};

    const SPAN: Duration = Duration::from_secs(420);

    fn id(number: usize) -> ProcessId {
        ProcessId::new(number.to_string())
    }

    fn live() -> LiveWatch {
        let mut watch = LiveWatch::default();
        watch.enter(LiveState::Live, Instant(0));
        watch
    }

    /// Finds these changes at that second, and waits for late announcements.
    fn poll(watch: &mut LiveWatch, second: u64, changed: &[usize]) -> bool {
        let changed: Vec<ProcessId> = changed.iter().map(|number| id(*number)).collect();
        watch.found(changed.iter(), SPAN, Instant(second * 1000));
        watch.is_deaf(Instant(second * 1000 + 10_000))
    }

    #[test]
    fn two_changes_without_a_word_make_it_deaf() {
        let mut watch = live();
        assert!(!poll(&mut watch, 600, &[1]));
        assert!(!poll(&mut watch, 900, &[]), "a quiet round proves nothing");
        assert!(poll(&mut watch, 1_200, &[2]));
        assert!(!watch.is_live(), "the next connection may be as deaf");
        watch.announced(&id(3), Instant(1_300_000));
        assert!(watch.is_live(), "it delivers");
        for (second, deaf) in [(1_800, false), (2_400, true)] {
            assert_eq!(poll(&mut watch, second, &[4]), deaf, "counting begins again");
        }
    }

    #[test]
    fn a_deaf_connection_is_not_asked_for_again_and_again() {
        let mut watch = live();
        poll(&mut watch, 600, &[1]);
        assert!(poll(&mut watch, 1_200, &[2]));
        watch.enter(LiveState::Live, Instant(1_300_000));
        watch.gap(Instant(1_300_000));
        assert_eq!(watch.state(), Some(LiveState::Polling));
        assert!((2_000..9_000).step_by(600).all(|second| !poll(&mut watch, second, &[3])));
    }

    #[test]
    fn announced_changes_are_no_reason_for_doubt() {
        let mut watch = live();
        assert!(!poll(&mut watch, 600, &[1]));
        watch.announced(&id(2), Instant(800_000));
        assert!(!poll(&mut watch, 900, &[2]));
        assert!(!poll(&mut watch, 1_200, &[3]), "the doubt was dispelled in between");
    }

    #[test]
    fn an_announcement_may_come_a_little_late() {
        let mut watch = live();
        for second in [600, 900, 1_200] {
            watch.found([id(1)].iter(), SPAN, Instant(second * 1000));
            watch.announced(&id(1), Instant(second * 1000 + 5_000));
            assert!(!watch.is_deaf(Instant(second * 1000 + 10_000)));
        }
    }

    #[test]
    fn changes_from_before_the_connection_do_not_count() {
        let mut watch = LiveWatch::default();
        watch.enter(LiveState::Live, Instant(500_000));
        assert!(!poll(&mut watch, 600, &[1]) && !poll(&mut watch, 900, &[2]), "asked for times before it opened");
        for second in [1_200, 1_800, 2_400] {
            watch.gap(Instant(second * 1000 - 60_000));
            assert!(!poll(&mut watch, second, &[1]));
        }
        watch.enter(LiveState::Elsewhere, Instant(3_000_000));
        assert!(!poll(&mut watch, 4_000, &[1]) && !poll(&mut watch, 4_300, &[1]));
    }

    #[test]
    fn memory_is_bounded_and_forgetting_is_a_gap() {
        let mut watch = live();
        for number in 0..=MOST_REMEMBERED {
            watch.announced(&id(number), Instant(1_000_000));
        }
        assert!(watch.announced.len() <= MOST_REMEMBERED);
        assert!(!poll(&mut watch, 1_100, &[1]) && !poll(&mut watch, 1_200, &[1]));
    }
}

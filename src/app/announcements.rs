//! Consequences of announcements, and their bounds: announcements come from the whole tenant, at any rate, and cost requests.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use crate::domain::{Instant, ProcessId};

/// Requests in a minute that find out whether a new task elsewhere is the operator's. The platform allows 100 details a
/// minute for all users together (protocol.md#rate-limits).
const LOOKS_A_MINUTE: usize = 20;
const MINUTE: Duration = Duration::from_secs(60);
/// Pause between two readings of one process because of announcements.
const PROCESS_REST: Duration = Duration::from_secs(5);
/// Pause between two readings of the list, and between two questions after changes, for the same reason.
const LIST_REST: Duration = Duration::from_secs(5);
const CHANGES_REST: Duration = Duration::from_secs(15);

/// Something to do once, not too often.
#[derive(Debug, Default)]
struct Paced {
    due: Option<Instant>,
    done: Option<Instant>,
}

impl Paced {
    /// Wants it done now, or when the rest after the last time is over.
    fn want(&mut self, rest: Duration, now: Instant) {
        let free = self.done.map_or(now, |done| now.max(done + rest));
        self.due.get_or_insert(free);
    }

    /// Whether it is to be done now; then it counts as done.
    fn take(&mut self, now: Instant) -> bool {
        let due = self.due.take_if(|due| *due <= now).is_some();
        if due {
            self.done = Some(now);
        }
        due
    }
}

/// Bounds of what announcements bring about.
#[derive(Debug, Default)]
pub struct Announcements {
    looks: VecDeque<Instant>,
    /// When a process that was announced lately may be read again for that reason.
    rests: HashMap<ProcessId, Instant>,
    /// Those that were announced while they rested.
    postponed: BTreeMap<ProcessId, Instant>,
    /// Queued decisions on these processes are compared with the first reading asked for from then on.
    rechecks: HashMap<ProcessId, Instant>,
    list: Paced,
    changes: Paced,
}

impl Announcements {
    /// Takes one look out of the minute's share, if one is left.
    pub(super) fn take_look(&mut self, now: Instant) -> bool {
        while self.looks.front().is_some_and(|at| now.since(*at) >= MINUTE) {
            self.looks.pop_front();
        }
        let free = self.looks.len() < LOOKS_A_MINUTE;
        if free {
            self.looks.push_back(now);
        }
        free
    }

    /// Whether a known process is to be read now. If it was read a moment ago, it will be later.
    pub(super) fn may_read(&mut self, process: &ProcessId, now: Instant) -> bool {
        self.rests.retain(|_, until| *until > now);
        if let Some(until) = self.rests.get(process) {
            self.postponed.insert(process.clone(), *until);
            return false;
        }
        self.rests.insert(process.clone(), now + PROCESS_REST);
        true
    }

    /// The processes whose rest is over.
    pub(super) fn rested(&mut self, now: Instant) -> Vec<ProcessId> {
        let due: Vec<_> = self.postponed.iter().filter(|(_, at)| **at <= now).map(|(id, _)| id.clone()).collect();
        for process in &due {
            self.postponed.remove(process);
        }
        due
    }

    /// A reading asked for from now on shows whether queued decisions still hold.
    pub(super) fn recheck(&mut self, process: &ProcessId, now: Instant) {
        self.rechecks.insert(process.clone(), now);
    }

    /// Whether this reading, asked for at that time, is one that was waited for.
    pub(super) fn take_recheck(&mut self, process: &ProcessId, asked: Instant) -> bool {
        let waited = self.rechecks.get(process).is_some_and(|from| *from <= asked);
        if waited {
            self.rechecks.remove(process);
        }
        waited
    }

    /// The list is to be read: it lacks a task of the operator.
    pub(super) fn want_list(&mut self, now: Instant) {
        self.list.want(LIST_REST, now);
    }

    pub(super) fn take_list(&mut self, now: Instant) -> bool {
        self.list.take(now)
    }

    /// It is to be asked what has changed: announcements may be missing.
    pub(super) fn want_changes(&mut self, now: Instant) {
        self.changes.want(CHANGES_REST, now);
    }

    pub(super) fn take_changes(&mut self, now: Instant) -> bool {
        self.changes.take(now)
    }

    /// When something of this is due; `busy` is the list that is being read, for which the next reading waits.
    pub(super) fn next_wake(&self, list_is_busy: bool, changes_are_busy: bool) -> Option<Instant> {
        let list = self.list.due.filter(|_| !list_is_busy);
        let changes = self.changes.due.filter(|_| !changes_are_busy);
        self.postponed.values().min().copied().into_iter().chain(list).chain(changes).min()
    }
}

#[cfg(test)]
mod tests {
    use super::Announcements;
    use crate::domain::{Instant, ProcessId};

    #[test]
    fn no_minute_has_more_than_twenty_looks() {
        let mut announcements = Announcements::default();
        let mut taken: Vec<u64> = Vec::new();
        for at in (0..400_000).step_by(137) {
            if announcements.take_look(Instant(at)) {
                taken.push(at);
            }
        }
        assert!(taken.len() > 100);
        for window in taken.windows(21) {
            assert!(window[20] - window[0] >= 60_000, "{window:?}");
        }
    }

    #[test]
    fn a_process_announced_every_second_is_read_every_five() {
        let mut announcements = Announcements::default();
        let id = ProcessId::new("1");
        let mut reads = 0;
        for second in 0..60 {
            let now = Instant(second * 1_000);
            reads += announcements.rested(now).into_iter().filter(|id| announcements.may_read(id, now)).count();
            reads += usize::from(announcements.may_read(&id, now));
        }
        assert!((11..=13).contains(&reads), "{reads}");
    }

    #[test]
    fn the_last_announcement_of_a_burst_is_not_lost() {
        let mut announcements = Announcements::default();
        let id = ProcessId::new("1");
        assert!(announcements.may_read(&id, Instant(0)));
        assert!(!announcements.may_read(&id, Instant(1_000)));
        assert_eq!(announcements.next_wake(false, false), Some(Instant(5_000)));
        assert_eq!(announcements.rested(Instant(5_000)), [id]);
        assert_eq!(announcements.next_wake(false, false), None);
    }

    #[test]
    fn rounds_of_the_list_keep_five_seconds_apart() {
        let mut announcements = Announcements::default();
        announcements.want_list(Instant(1_000));
        assert!(announcements.take_list(Instant(1_000)) && !announcements.take_list(Instant(1_000)));
        announcements.want_list(Instant(2_000));
        announcements.want_list(Instant(5_000));
        assert_eq!(announcements.next_wake(false, false), Some(Instant(6_000)));
        assert!(!announcements.take_list(Instant(5_999)) && announcements.take_list(Instant(6_000)));
    }

    #[test]
    fn only_a_reading_from_after_the_announcement_counts() {
        let mut announcements = Announcements::default();
        let id = ProcessId::new("1");
        announcements.recheck(&id, Instant(100));
        assert!(!announcements.take_recheck(&id, Instant(99)));
        assert!(announcements.take_recheck(&id, Instant(100)));
        assert!(!announcements.take_recheck(&id, Instant(101)), "it is looked at once");
    }
}

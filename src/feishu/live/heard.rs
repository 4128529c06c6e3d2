//! Announcements that were heard and not told yet: a set of processes, so that a flood costs no more memory than the processes in it.
//! Lives over all connections, because an event may be delivered again on a later one.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::time::Duration;

use super::decode::Decoded;
use crate::domain::{Announced, Instant, LiveEvent, ProcessId};

/// Events of one change follow each other within this time.
const GATHERED: Duration = Duration::from_secs(1);
/// Events that are remembered: by number and by age (protocol.md#event-delivery).
const MOST_EVENTS: usize = 20_000;
const LONGEST_MEMORY: Duration = Duration::from_secs(8 * 60 * 60);
/// Processes that are told one by one; with more, the changes are asked for instead.
const MOST_PROCESSES: usize = 4_000;

/// Numbers for the log. They name no process.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct HeardCounts {
    pub events: usize,
    pub repeated: usize,
    /// Events without an announcement.
    pub ignored: usize,
    /// Messages that are no frames, frames of no known type, and fragments out of bounds.
    pub unreadable: usize,
}

/// Events that are waiting to be told, and those that have been.
#[derive(Debug, Default)]
pub(super) struct Heard {
    seen: HashSet<String>,
    order: VecDeque<(Instant, String)>,
    waiting: BTreeMap<ProcessId, Announced>,
    /// There were too many.
    overflowed: bool,
    /// When the first one of those that wait came.
    since: Option<Instant>,
    pub counts: HeardCounts,
}

impl Heard {
    /// Takes an event. One that came before is not taken again.
    pub(super) fn take(&mut self, event: Decoded, now: Instant) {
        self.counts.events += 1;
        if event.event_id.is_some_and(|id| !self.is_first(id, now)) {
            self.counts.repeated += 1;
            return;
        }
        let Some(announcement) = event.announcement else {
            self.counts.ignored += 1;
            return;
        };
        self.since.get_or_insert(now);
        if let Some(announced) = self.waiting.get_mut(&announcement.process) {
            announced.add(announcement);
        } else if self.waiting.len() < MOST_PROCESSES {
            let announced = Announced::from(announcement);
            self.waiting.insert(announced.process.clone(), announced);
        } else {
            self.overflowed = true;
        }
    }

    fn is_first(&mut self, id: String, now: Instant) -> bool {
        while self
            .order
            .front()
            .is_some_and(|(at, _)| now.since(*at) > LONGEST_MEMORY || self.order.len() >= MOST_EVENTS)
        {
            if let Some((_, oldest)) = self.order.pop_front() {
                self.seen.remove(&oldest);
            }
        }
        if !self.seen.insert(id.clone()) {
            return false;
        }
        self.order.push_back((now, id));
        true
    }

    /// When the waiting ones are to be told.
    pub(super) fn due(&self) -> Option<Instant> {
        self.since.map(|since| since + GATHERED)
    }

    /// Takes the waiting ones out.
    pub(super) fn tell(&mut self) -> Option<LiveEvent> {
        self.since = None;
        let waiting = std::mem::take(&mut self.waiting);
        if std::mem::take(&mut self.overflowed) {
            return Some(LiveEvent::Gap);
        }
        (!waiting.is_empty()).then(|| LiveEvent::Announced(waiting.into_values().collect()))
    }

    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        (self.waiting.len(), self.seen.len().max(self.order.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Heard, MOST_EVENTS, MOST_PROCESSES};
    use crate::domain::{Announcement, AnnouncementKind, Instant, LiveEvent, ProcessId};
    use crate::feishu::live::decode::Decoded;

    fn event(id: &str, process: &str) -> Decoded {
        let (process, kind) = (ProcessId::new(process), AnnouncementKind::Process);
        let announcement = Some(Announcement { process, kind, task: None, status: Some(1) });
        Decoded { event_id: Some(id.to_owned()), announcement }
    }

    fn told(heard: &mut Heard) -> Vec<String> {
        match heard.tell() {
            Some(LiveEvent::Announced(all)) => all.iter().map(|one| one.process.as_str().to_owned()).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_event_is_told_once_within_eight_hours() {
        let mut heard = Heard::default();
        for at in [0, 15_000, 300_000, 3_600_000, 8 * 3_600_000] {
            heard.take(event("e", "1"), Instant(at));
        }
        assert_eq!((heard.counts.events, heard.counts.repeated), (5, 4));
        assert_eq!(told(&mut heard), ["1"]);
        assert_eq!(heard.tell(), None);
        heard.take(event("e", "1"), Instant(8 * 3_600_000 + 1));
        assert_eq!(told(&mut heard), ["1"]);
    }

    #[test]
    fn events_of_one_second_become_a_set_of_processes() {
        let mut heard = Heard::default();
        for (number, process) in ["2", "1", "2", "2"].into_iter().enumerate() {
            heard.take(event(&number.to_string(), process), Instant(500 + number as u64));
        }
        assert_eq!(heard.due(), Some(Instant(1_500)));
        assert_eq!(told(&mut heard), ["1", "2"]);
        assert_eq!(heard.due(), None);
    }

    #[test]
    fn a_flood_is_bounded_and_becomes_a_gap() {
        let mut heard = Heard::default();
        for number in 0..30_000 {
            heard.take(event(&number.to_string(), &number.to_string()), Instant(1));
            let (waiting, seen) = heard.held();
            assert!(waiting <= MOST_PROCESSES && seen <= MOST_EVENTS);
        }
        assert_eq!(heard.tell(), Some(LiveEvent::Gap));
        assert_eq!(heard.tell(), None);
    }

    #[test]
    fn an_event_without_announcement_wakes_nothing() {
        let mut heard = Heard::default();
        heard.take(Decoded { event_id: None, announcement: None }, Instant(0));
        assert_eq!((heard.due(), heard.counts.ignored), (None, 1));
    }
}

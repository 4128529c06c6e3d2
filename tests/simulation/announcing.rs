//! Invariant 8, and the announcements of a day: true, false, doubled and late ones.

use shenpi::app::{App, Event, Message};
use shenpi::domain::decision::state::State;
use shenpi::domain::record::{Change, Record};
use shenpi::domain::{
    Announced, Announcement, AnnouncementKind, ApproverId, EntryId, LiveEvent, LiveState, Now, ProcessId,
};
use shenpi::runtime::Report;

use super::action::{Announcing, Which};
use super::day::Day;

/// Decisions whose time has come: the clock may send or stop them with any message.
pub fn due_before(app: &App, now: Now) -> Vec<EntryId> {
    let is_due = |state: &State| matches!(state, State::Queued { until, .. } if *until <= now.mono);
    app.outbox.all().into_iter().filter(|entry| is_due(&entry.state)).map(|entry| entry.id.clone()).collect()
}

impl Day<'_> {
    pub fn announce(&mut self, which: Which, what: Announcing) {
        if !self.is_live() {
            return;
        }
        let events = match what {
            Announcing::Gap => vec![LiveEvent::Gap],
            Announcing::Connected(true) => vec![LiveEvent::State(LiveState::Live), LiveEvent::Gap],
            Announcing::Connected(false) => vec![LiveEvent::State(LiveState::Polling)],
            Announcing::Foreign => vec![announcement(&ProcessId::new("7600000000000000001"), Some("76"))],
            Announcing::Task => self.case(which).map(|id| announcement(&id, Some("76"))).into_iter().collect(),
            Announcing::Changed(times) => {
                let id = self.case(which);
                id.iter().flat_map(|id| (0..times).map(|_| announcement(id, None))).collect()
            }
        };
        for event in events {
            self.figures.announcements += 1;
            self.report(Report::Event(Event::Live(event)));
        }
    }

    /// Invariant 8.
    pub fn watch_announcement(&mut self, message: &Message, record: &Record) {
        if !matches!(message, Message::Event(Event::Live(_))) {
            return;
        }
        let by_clock = match record.change {
            Change::Sending { .. } | Change::Changed { .. } | Change::NotSent(_) | Change::Waiting(_) => {
                self.program.as_ref().is_some_and(|program| program.due.contains(&record.entry))
            }
            Change::Slept => true,
            _ => false,
        };
        if !by_clock {
            let state = shenpi::store::state(&record.change);
            self.breaks(8, format!("an announcement made {} {state}", record.entry.0));
        }
    }
}

fn announcement(process: &ProcessId, task: Option<&str>) -> LiveEvent {
    let kind = if task.is_some() { AnnouncementKind::Task } else { AnnouncementKind::Process };
    let task = task.map(ApproverId::new);
    let announced = Announced::from(Announcement { process: process.clone(), kind, task, status: Some(1) });
    LiveEvent::Announced(vec![announced])
}

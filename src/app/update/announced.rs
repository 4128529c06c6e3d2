//! Announcements of the platform. They only say what is worth reading: nothing is decided, stopped or settled by one, and
//! nothing leaves the list.

use std::time::Duration;

use crate::app::App;
use crate::app::effect::{Effect, Query, Slot};
use crate::app::message::{Event, Message};
use crate::app::notice::Notice;
use crate::app::outbox::Entry;
use crate::domain::{Announced, Endpoint, Instant, LiveEvent, Priority, ProcessId, TaskKey};

impl App {
    /// A fact about the long connection.
    pub(super) fn live_event(&mut self, event: LiveEvent) -> Vec<Effect> {
        let now = self.now.mono;
        match event {
            LiveEvent::State(state) => {
                self.live_watch.enter(state, now);
                self.list_refresh.set_live(self.live_watch.is_live());
            }
            LiveEvent::Gap => {
                self.live_watch.gap(now);
                self.announcements.want_changes(now);
            }
            LiveEvent::Announced(all) => return self.announced(all),
            LiveEvent::Trouble(trouble) => self.notices.record(Notice::LiveTrouble(trouble), self.now),
        }
        Vec::new()
    }

    /// Back from suspension: announcements may have been lost meanwhile.
    pub(super) fn missed_announcements(&mut self) {
        if self.live_watch.is_live() {
            self.live_watch.gap(self.now.mono);
            self.announcements.want_changes(self.now.mono);
        }
    }

    /// Whether nothing on screen can follow from this message.
    #[must_use]
    pub fn is_foreign(&self, message: &Message) -> bool {
        match message {
            Message::Event(Event::Live(LiveEvent::Announced(all))) => {
                // The first one after a doubt changes the header.
                !self.live_watch.is_doubted() && !all.iter().any(|announced| self.is_known(&announced.process))
            }
            Message::Event(Event::Answered { slot: Slot::OwnTasks(_), .. }) => true,
            _ => false,
        }
    }

    /// The process is in the list, of a decision, or was read for another reason.
    fn is_known(&self, process: &ProcessId) -> bool {
        self.inbox.rows_of(process).next().is_some()
            || self.outbox.of(process).next().is_some()
            || self.requests.get(process).is_some()
    }

    fn announced(&mut self, all: Vec<Announced>) -> Vec<Effect> {
        let mut effects = Vec::new();
        for announced in all {
            let process = &announced.process;
            let brings_task = announced.has_todo_beyond(|approver| {
                self.has_task(&TaskKey { process: process.clone(), approver: approver.clone() })
            });
            self.live_watch.announced(process, self.now.mono);
            self.list_refresh.set_live(self.live_watch.is_live());
            if self.is_known(process) {
                self.inbox.doubt(process);
                if self.outbox.of(process).any(|key| self.outbox.is_queued(key)) {
                    self.announcements.recheck(process, self.now.mono);
                }
                effects.extend(self.read_announced(process));
            }
            if brings_task {
                effects.extend(self.look_for_task(process));
            }
        }
        effects
    }

    /// The task is in the list, or has just left it by a decision.
    fn has_task(&self, key: &TaskKey) -> bool {
        self.inbox.row(key).is_some() || self.inbox.is_aside(key) || self.outbox.has_just_ended(key, self.now.mono)
    }

    /// Reads a known process: at once where a decision waits for it, else in the order of all reading.
    fn read_announced(&mut self, process: &ProcessId) -> Option<Effect> {
        let now = self.now.mono;
        if !self.announcements.may_read(process, now) {
            return None;
        }
        self.fetch.want(process);
        let is_open = |entry: &Entry| entry.state.is_open();
        let awaited = self.outbox.of(process).filter_map(|key| self.outbox.entry(key)).any(is_open);
        let free = !self.fetch.reads(&Slot::Process(process.clone()))
            && self.fetch.limited_until(Endpoint::ProcessDetail, Priority::Check, now).is_none();
        (awaited && free).then(|| self.fetch.read_request(&mut self.requests, process, Priority::Check))
    }

    /// Asks whether a task that is not in the list is the operator's. Beyond the minute's share the list itself finds it.
    fn look_for_task(&mut self, process: &ProcessId) -> Option<Effect> {
        let now = self.now.mono;
        let slot = Slot::OwnTasks(process.clone());
        if self.fetch.is_paused() || self.fetch.reads(&slot) || !self.announcements.take_look(now) {
            return None;
        }
        let query = Query::OwnTasks(process.clone());
        // While the rest of the list is loading, its class nearly always waits for a moment.
        if let Some(until) = self.fetch.limited_until(Endpoint::ProcessDetail, Priority::Background, now) {
            self.fetch.park(slot, until, Priority::Background, query);
            return None;
        }
        Some(self.fetch.read(slot, Priority::Background, Duration::ZERO, query))
    }

    /// The tasks that the operator has in an announced process; `None`: they cannot be read.
    pub(super) fn own_tasks_came(&mut self, tasks: Option<&[TaskKey]>) {
        if tasks.is_none_or(|tasks| tasks.iter().any(|key| !self.has_task(key))) {
            self.announcements.want_list(self.now.mono);
        }
    }

    /// The program asked what changed, and was told these.
    pub(super) fn changes_found(&mut self, asked: &Query, changed: &[ProcessId]) {
        let Query::Changed { from, to, .. } = asked else { return };
        let span = Duration::from_millis(u64::try_from(*to - *from).unwrap_or_default());
        let known = changed.iter().filter(|process| self.requests.process(process).is_some());
        self.live_watch.found(known, span, self.now.mono);
    }

    /// The work that announcements have made due. Asked after every message.
    pub(super) fn announced_due(&mut self) -> Vec<Effect> {
        let now = self.now.mono;
        let mut effects = Vec::new();
        for process in self.announcements.rested(now) {
            effects.extend(self.read_announced(&process));
        }
        if !self.list_refresh.is_reading() && self.announcements.take_list(now) {
            effects.extend(self.refresh_list(false));
        }
        if !self.changes_are_busy() && self.announcements.take_changes(now) {
            effects.extend(self.list_refresh.ask_for_changes(self.now, true, self.now, &mut self.fetch));
        }
        if self.live_watch.is_deaf(now) {
            self.notices.record(Notice::LiveDeaf, self.now);
            self.list_refresh.set_live(false);
            effects.push(Effect::RenewLive);
        }
        effects
    }

    /// A question after changes has to wait: for the first list, or for the one under way.
    fn changes_are_busy(&self) -> bool {
        !self.inbox.complete || self.list_refresh.is_reading() || self.fetch.reads(&Slot::Changed)
    }

    pub(super) fn announced_wake(&self) -> Option<Instant> {
        let due = self.announcements.next_wake(self.list_refresh.is_reading(), self.changes_are_busy());
        due.into_iter().chain(self.live_watch.next_wake()).min()
    }
}

//! Chooses the next reads: the most urgent class first, as far as the client's rate limits accept it.
//! `update/answers.rs` applies their answers.
//!
//! Nothing but opened requests is read before the order of the list stands and the cursor has rested. Limited reads return
//! to their queues. A key press reads old content again.

mod closings;
mod form_queue;
mod queue;

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use self::closings::Closings;
use self::form_queue::FormQueue;
use self::queue::{LoadQueue, Standing};
use super::effect::{Effect, Query, RequestId, Slot};
use super::inbox::Inbox;
use super::request_cache::{Loaded, Request, RequestCache};
use crate::domain::{Endpoint, Instant, Priority, ProcessId, TaskKey};

/// Reads of requests in flight at a time: few, so that the order can still change.
const IN_FLIGHT: usize = 4;
/// The same while rows on screen are missing.
const IN_FLIGHT_FOR_SCREEN: usize = 6;
/// How long the cursor must rest on a row before its request is read, and those around it.
pub(super) const REST: Duration = Duration::from_millis(150);

/// A read under way.
#[derive(Debug)]
pub(super) struct Flight {
    id: RequestId,
    /// When it leaves.
    pub(super) asked: Instant,
    pub(super) priority: Priority,
    pub(super) query: Query,
}

/// Reason why reading the list's requests rests, and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// The platform accepts no more requests.
    Limited(Instant),
    /// The platform cannot be reached: until the list is read again.
    Paused,
}

/// A read that waits for its endpoint.
#[derive(Debug)]
struct Parked {
    slot: Slot,
    from: Instant,
    priority: Priority,
    query: Query,
}

/// The state of reading.
#[derive(Debug, Default)]
pub struct Fetch {
    next_request: u64,
    /// The newest read of each slot.
    in_flight: HashMap<Slot, Flight>,
    /// Requests, forms and the list have their own queues.
    parked: Vec<Parked>,
    /// The time of the message that is being handled.
    now: Instant,
    closings: Closings,
    /// Requests that were read and have to be read again.
    wanted: HashSet<ProcessId>,
    queue: LoadQueue,
    /// Processes whose place in the queue may have changed since it was last used.
    touched: Vec<ProcessId>,
    forms: FormQueue,
    /// The platform cannot be reached, or its answers are useless: no request is read until the list is.
    paused: bool,
    /// Requests to be read again at a time, to verify decisions.
    looks: Vec<(Instant, ProcessId)>,
    /// The first round of the list has ended in some way.
    ordered: bool,
    /// When the cursor last went to another row, and when it will have rested there.
    moved_at: Option<Instant>,
    rests_at: Option<Instant>,
    /// First row shown by the filter that may be due, in an arrangement of the list.
    shown_from: (u64, usize),
}

/// The user's attention, by which the next reads are chosen.
pub(super) struct Attention<'a> {
    /// Requests that a key opened or selected, the most urgent first.
    pub(super) opened: Vec<ProcessId>,
    pub(super) inbox: &'a Inbox,
    /// Rows of the window.
    pub(super) rows: usize,
    /// The order of the list stands, or the list waits for its own limit.
    pub(super) ordered: bool,
}

impl Fetch {
    /// A message is handled at this time.
    pub(super) const fn set_now(&mut self, now: Instant) {
        self.now = now;
    }

    pub(super) fn request_id(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request)
    }

    /// Makes a read the newest in its slot.
    pub(super) fn read(&mut self, slot: Slot, priority: Priority, after: Duration, query: Query) -> Effect {
        let id = self.request_id();
        self.drop_parked(&slot);
        match &slot {
            Slot::Form(process) => self.forms.drop(process),
            Slot::Process(process) => self.touched.push(process.clone()),
            _ => {}
        }
        let flight = Flight { id, asked: self.now + after, priority, query: query.clone() };
        self.in_flight.insert(slot.clone(), flight);
        Effect::Read { id, slot, priority, after, query }
    }

    /// The read of this answer, if it is still wanted; its slot is free again.
    pub(super) fn take(&mut self, slot: &Slot, id: RequestId) -> Option<Flight> {
        let flight = self.in_flight.remove(slot)?;
        if flight.id == id {
            self.touched.extend(slot.process().cloned());
            return Some(flight);
        }
        self.in_flight.insert(slot.clone(), flight);
        None
    }

    pub(super) fn abandon(&mut self, slot: Slot) -> Option<Effect> {
        self.drop_parked(&slot);
        self.in_flight.remove(&slot).map(|_| Effect::Abandon(slot))
    }

    /// Makes the reads again whose time has come.
    pub(super) fn unpark(&mut self) -> Vec<Effect> {
        let now = self.now;
        let due: Vec<_> = self.parked.extract_if(.., |parked| parked.from <= now).collect();
        let read = |Parked { slot, priority, query, .. }| self.read(slot, priority, Duration::ZERO, query);
        due.into_iter().map(read).collect()
    }

    pub(super) fn reads(&self, slot: &Slot) -> bool {
        self.in_flight.contains_key(slot)
    }

    /// The process or its form is being read.
    pub(super) fn reads_any(&self, process: &ProcessId) -> bool {
        self.reads(&Slot::Process(process.clone())) || self.reads(&Slot::Form(process.clone()))
    }

    /// Until when rows on screen wait for this endpoint, where that is long enough for a word.
    #[must_use]
    pub fn told_limit(&self, endpoint: Endpoint, now: Instant) -> Option<Instant> {
        self.closings.told_until(endpoint, Priority::Visible, now)
    }

    /// An endpoint accepts no reads of this class, and no less urgent ones, until then.
    pub(super) fn limit(&mut self, endpoint: Endpoint, from: Priority, until: Instant) {
        self.closings.close(endpoint, from, self.now, until);
    }

    pub(super) fn limited_until(&self, endpoint: Endpoint, priority: Priority, now: Instant) -> Option<Instant> {
        self.closings.until(endpoint, priority, now)
    }

    fn accepts(&self, endpoint: Endpoint, priority: Priority) -> bool {
        self.closings.until(endpoint, priority, self.now).is_none()
    }

    /// Marks a request to be read again.
    pub(super) fn want(&mut self, process: &ProcessId) {
        self.wanted.insert(process.clone());
        self.touched.push(process.clone());
    }

    /// A page of the list has this task. `is_known`: its row was read in an earlier run.
    pub(super) fn list(&mut self, key: &TaskKey, is_known: bool) {
        if self.queue.list(key, is_known) {
            self.touched.push(key.process.clone());
        }
    }

    /// Drops the processes that the list has no more.
    pub(super) fn keep_listed(&mut self, is_listed: impl Fn(&ProcessId) -> bool) {
        self.queue.keep_only(is_listed);
    }

    /// The first round of the list has ended, broken or failed ones included: its order stands.
    pub(super) const fn list_ended(&mut self) {
        self.ordered = true;
    }

    #[must_use]
    pub(super) const fn is_ordered(&self) -> bool {
        self.ordered
    }

    /// Another row is under the cursor. A step from an open request to the next opens that at once, unless the steps
    /// follow one another too fast to be read.
    pub(super) fn cursor_moved(&mut self, opens: bool) {
        let is_fast = self.moved_at.is_some_and(|at| self.now.since(at) < REST);
        self.rests_at = (is_fast || !opens).then(|| self.now + REST);
        self.moved_at = Some(self.now);
    }

    /// The user opened the row under the cursor: nothing is left to wait for.
    pub(super) const fn cursor_rests(&mut self) {
        self.rests_at = None;
    }

    fn has_rested(&self) -> bool {
        self.rests_at.is_none_or(|at| at <= self.now)
    }

    /// Marks a form to be read again, once no read of it is running and the platform accepts it.
    pub(super) fn want_form(&mut self, process: &ProcessId) {
        self.forms.want(process);
    }

    /// Marks a request to be read again at that time: its last reading did not show the outcome.
    pub(super) fn look_again(&mut self, process: &ProcessId, at: Instant) {
        self.looks.push((at, process.clone()));
    }

    /// When the read of this slot that is under way left, or leaves.
    pub(super) fn leaves_at(&self, slot: &Slot) -> Option<Instant> {
        self.in_flight.get(slot).map(|flight| flight.asked)
    }

    fn requests_in_flight(&self) -> usize {
        let is_unasked = |flight: &Flight| flight.priority >= Priority::Visible;
        self.in_flight.iter().filter(|(slot, flight)| matches!(slot, Slot::Process(_)) && is_unasked(flight)).count()
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        let looks = self.looks.iter().map(|(at, _)| *at);
        let parked = self.parked.iter().map(|parked| parked.from);
        looks.chain(parked).chain(self.closings.next_end()).chain(self.rests_at).min()
    }

    /// Reason why requests that are not loaded are not being read, where it lasts long enough for a word.
    #[must_use]
    pub fn rest(&self) -> Option<Rest> {
        if self.queue.is_empty() {
            None
        } else if self.paused {
            Some(Rest::Paused)
        } else {
            self.closings.told_until(Endpoint::ProcessDetail, Priority::Background, self.now).map(Rest::Limited)
        }
    }

    /// Requests of the list that are still to be read for the first time, and how many it has.
    #[must_use]
    pub fn unread_of_all(&self) -> (usize, usize) {
        self.queue.unread_of_all()
    }

    pub(super) fn woke(&mut self, now: Instant) {
        self.closings.drop_ended(now);
        self.rests_at = self.rests_at.filter(|at| *at > now);
        let due: Vec<_> = self.looks.extract_if(.., |(at, _)| *at <= now).collect();
        for (_, process) in due {
            self.want(&process);
        }
    }

    /// The platform answered: reading goes on. Returns whether it had paused.
    pub(super) const fn resume(&mut self) -> bool {
        std::mem::replace(&mut self.paused, false)
    }

    /// The platform cannot be reached.
    pub(super) const fn pause(&mut self) {
        self.paused = true;
    }

    #[must_use]
    pub(super) const fn is_paused(&self) -> bool {
        self.paused
    }

    /// A read that found no budget is made again from then on.
    pub(super) fn park(&mut self, slot: Slot, from: Instant, priority: Priority, query: Query) {
        self.drop_parked(&slot);
        self.parked.push(Parked { slot, from, priority, query });
    }

    fn drop_parked(&mut self, slot: &Slot) {
        self.parked.retain(|parked| parked.slot != *slot);
    }

    /// The request is not wanted again: the read of it failed.
    pub(super) fn give_up(&mut self, process: &ProcessId) {
        self.wanted.remove(process);
        self.touched.push(process.clone());
    }

    /// No newer form is needed.
    pub(super) fn form_is_current(&mut self, process: &ProcessId) {
        self.forms.drop(process);
    }

    /// The form of the open request, once its process is here and the cursor rests on it.
    pub(super) fn form_due(&mut self, requests: &mut RequestCache, open: &ProcessId) -> Option<Effect> {
        if !self.has_rested() || !self.accepts(Endpoint::FormV2, Priority::Opened) {
            return None;
        }
        let request = requests.get(open)?;
        if request.form != Loaded::Absent || request.process.here().is_none() {
            return None;
        }
        requests.entry(open).form = Loaded::Loading;
        Some(self.read_form(open.clone(), Priority::Opened, Duration::ZERO))
    }

    /// Forms that were read and are wanted again.
    pub(super) fn forms_due_again(&mut self, requests: &RequestCache, open: Option<&ProcessId>) -> Vec<Effect> {
        if self.forms.is_empty() {
            return Vec::new();
        }
        let in_flight = &self.in_flight;
        let reads = in_flight.keys().filter(|slot| matches!(slot, Slot::Form(_))).count();
        let is_read = |id: &ProcessId| in_flight.contains_key(&Slot::Form(id.clone()));
        let due = self.forms.due(requests, open, reads, is_read, REST);
        let class = |id: &ProcessId| if Some(id) == open { Priority::Opened } else { Priority::Background };
        let due = due.into_iter().map(|(id, rest)| (class(&id), id, rest));
        let due: Vec<_> = due.filter(|(class, ..)| self.accepts(Endpoint::FormV2, *class)).collect();
        due.into_iter().map(|(class, id, rest)| self.read_form(id, class, rest)).collect()
    }

    fn read_form(&mut self, process: ProcessId, priority: Priority, after: Duration) -> Effect {
        self.read(Slot::Form(process.clone()), priority, after, Query::Form(process))
    }

    /// Those whose newest read failed are read again, and the open one, if it is not being read.
    pub(super) fn want_forms_again(&mut self, requests: &mut RequestCache, open: Option<&ProcessId>) {
        self.follow(requests);
        self.forms.want_outdated();
        if let Some(open) = open.filter(|id| !self.reads(&Slot::Form((*id).clone()))) {
            self.forms.want(open);
        }
    }

    /// Requests that decisions wait for: read before everything else.
    pub(super) fn awaited_due(&mut self, requests: &mut RequestCache, awaited: &[ProcessId]) -> Vec<Effect> {
        if !self.accepts(Endpoint::ProcessDetail, Priority::Check) {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for process in awaited {
            if self.wanted.contains(process) && self.is_unread(requests, process) {
                effects.push(self.read_request(requests, process, Priority::Check));
            }
        }
        effects
    }

    /// The requests to read now: opened and selected ones, then those on screen, then those of the screens beside it,
    /// then the rest.
    pub(super) fn requests_due(&mut self, requests: &mut RequestCache, around: &Attention<'_>) -> Vec<Effect> {
        self.follow(requests);
        let mut effects = Vec::new();
        if self.paused {
            return effects;
        }
        let rested = self.has_rested();
        for process in around.opened.iter().filter(|_| rested) {
            if self.accepts(Endpoint::ProcessDetail, Priority::Opened) && self.is_unread(requests, process) {
                effects.push(self.read_request(requests, process, Priority::Opened));
            }
        }
        loop {
            self.follow(requests);
            let Some((process, priority)) = self.next_due(around) else { return effects };
            effects.push(self.read_request(requests, &process, priority));
        }
    }

    pub(super) fn read_request(
        &mut self,
        requests: &mut RequestCache,
        process: &ProcessId,
        priority: Priority,
    ) -> Effect {
        self.wanted.remove(process);
        requests.begin(process);
        self.read(Slot::Process(process.clone()), priority, Duration::ZERO, Query::Process(process.clone()))
    }

    fn is_unread(&self, requests: &RequestCache, process: &ProcessId) -> bool {
        let absent = requests.get(process).is_none_or(|request| request.process == Loaded::Absent);
        (absent || self.wanted.contains(process)) && !self.reads(&Slot::Process(process.clone()))
    }

    /// The most urgent request of the list that is due, and its class.
    fn next_due(&mut self, around: &Attention<'_>) -> Option<(ProcessId, Priority)> {
        if !around.ordered || self.queue.is_empty() {
            return None;
        }
        let in_flight = self.requests_in_flight();
        let may = |fetch: &Self, priority| {
            let room = if priority == Priority::Visible { IN_FLIGHT_FOR_SCREEN } else { IN_FLIGHT };
            in_flight < room && fetch.accepts(Endpoint::ProcessDetail, priority)
        };
        if self.has_rested() {
            let (top, rows) = (around.inbox.top(around.rows), around.rows);
            let beside = [(top + rows, top + 2 * rows), (top.saturating_sub(rows), top)];
            let screens = std::iter::once((Priority::Visible, (top, top + rows)));
            for (priority, (from, to)) in screens.chain(beside.map(|span| (Priority::Neighbor, span))) {
                if may(self, priority)
                    && let Some(process) = around.inbox.processes(from, to).find(|process| self.queue.is_due(process))
                {
                    return Some((process.clone(), priority));
                }
            }
        }
        if !may(self, Priority::Background) {
            return None;
        }
        let filters = !around.inbox.filter.is_empty();
        let shown = if filters { self.next_shown(around.inbox) } else { None };
        let process = shown.or_else(|| self.queue.oldest(filters).cloned())?;
        Some((process, Priority::Background))
    }

    /// The first row shown by the filter that is due. What comes before it is not looked at again in this arrangement.
    fn next_shown(&mut self, inbox: &Inbox) -> Option<ProcessId> {
        let (arranged, from) = self.shown_from;
        let from = if arranged == inbox.arranged() { from } else { 0 };
        let mut shown = inbox.processes(from, inbox.shown_count());
        let at = shown.position(|process| self.queue.is_due(process));
        self.shown_from = (inbox.arranged(), at.map_or(inbox.shown_count(), |steps| from + steps));
        inbox.processes(self.shown_from.1, self.shown_from.1 + 1).next().cloned()
    }

    /// Enters what has changed since then into the queues.
    fn follow(&mut self, requests: &mut RequestCache) {
        for process in self.touched.drain(..).chain(requests.take_touched()).collect::<Vec<_>>() {
            let request = requests.get(&process);
            let standing = match request.map(|request| &request.process) {
                Some(Loaded::Here(_)) => Standing::Here,
                Some(Loaded::Failed(_)) => Standing::Failed,
                _ => Standing::Absent,
            };
            self.forms.note(&process, request.is_some_and(Request::is_form_outdated));
            // The row of a known one says enough until it changes or is opened.
            let wants = self.wanted.contains(&process) || !self.queue.is_known(&process);
            let due = wants && self.is_unread(requests, &process);
            self.queue.enter(&process, standing, due);
        }
    }
}

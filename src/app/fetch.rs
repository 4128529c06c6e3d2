//! Chooses the next reads inside the platform's budget: requests nearest to the cursor first. `update/answers.rs`
//! applies their answers.
//!
//! The clock alone never reads the list or a request, except to verify decisions and to repeat limited reads. A key
//! press reads old content again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::effect::{Effect, Query, RequestId, Slot};
use super::form_queue::FormQueue;
use super::inbox::Inbox;
use super::request_cache::{Loaded, RequestCache};
use crate::domain::{Endpoint, Instant, Priority, ProcessId};

/// Reads of requests in flight at a time.
const REQUESTS_IN_FLIGHT: usize = 4;
/// Requests read in a minute without the user's command. The platform allows 100 details a minute for all users
/// together (protocol.md#rate-limits); the rest is for requests that the user opens.
pub const REQUESTS_A_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// How long the cursor must rest on a row before its form is read.
pub(super) const REST: Duration = Duration::from_millis(150);

/// A read under way.
#[derive(Debug)]
pub(super) struct Flight {
    id: RequestId,
    /// When it leaves.
    pub(super) asked: Instant,
    pub(super) query: Query,
}

/// Reason why reading the list's requests rests, and its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// [`REQUESTS_A_MINUTE`] were read.
    Share(Instant),
    /// The platform accepts no more requests.
    Limited(Instant),
    /// The platform cannot be reached: until the list is read again.
    Paused,
}

/// The state of reading.
#[derive(Debug, Default)]
pub struct Fetch {
    next_request: u64,
    /// The newest read of each slot.
    in_flight: HashMap<Slot, Flight>,
    /// Limited reads, and the time of their repetition. Requests, forms and the list have their own queues.
    parked: Vec<(Slot, Instant, Query)>,
    /// The time of the message that is being handled.
    now: Instant,
    /// Until when an endpoint accepts no request.
    limited: HashMap<Endpoint, Instant>,
    /// Requests that were read and have to be read again.
    wanted: HashSet<ProcessId>,
    forms: FormQueue,
    /// When requests were read without being asked for, within the last minute.
    background: VecDeque<Instant>,
    /// The platform cannot be reached, or its answers are useless: no request is read until the list is.
    paused: bool,
    /// Requests to be read again at a time, to verify decisions.
    looks: Vec<(Instant, ProcessId)>,
    unread: UnreadQueue,
}

/// Requests of the list that are to be read, in its order. Its first one is unread, or it is empty.
#[derive(Debug, Default)]
struct UnreadQueue {
    processes: VecDeque<ProcessId>,
    /// The arrangement of the list and the state of the requests that it was made from.
    made_from: Option<(u64, u64)>,
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
    pub(super) fn read(&mut self, slot: Slot, after: Duration, query: Query) -> Effect {
        let id = self.request_id();
        self.drop_parked(&slot);
        if let Slot::Form(process) = &slot {
            self.forms.drop(process);
        }
        self.in_flight.insert(slot.clone(), Flight { id, asked: self.now + after, query: query.clone() });
        Effect::Read { id, slot, priority: Priority::default(), after, query }
    }

    /// The read of this answer, if it is still wanted; its slot is free again.
    pub(super) fn take(&mut self, slot: &Slot, id: RequestId) -> Option<Flight> {
        let flight = self.in_flight.remove(slot)?;
        if flight.id == id {
            // A request that was wanted again meanwhile is unread from now on.
            if matches!(slot, Slot::Process(process) if self.wanted.contains(process)) {
                self.unread.made_from = None;
            }
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
        let due: Vec<_> = self.parked.extract_if(.., |(_, from, _)| *from <= now).collect();
        due.into_iter().map(|(slot, _, query)| self.read(slot, Duration::ZERO, query)).collect()
    }

    pub(super) fn reads(&self, slot: &Slot) -> bool {
        self.in_flight.contains_key(slot)
    }

    /// Seconds until this endpoint accepts requests again, rounded up; `None` when it does.
    #[must_use]
    pub fn limited_for(&self, endpoint: Endpoint, now: Instant) -> Option<u64> {
        let until = *self.limited.get(&endpoint)?;
        (until > now).then(|| until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
    }

    pub(super) fn limit(&mut self, endpoint: Endpoint, until: Instant) {
        self.limited.insert(endpoint, until);
    }

    pub(super) fn limited_until(&self, endpoint: Endpoint, now: Instant) -> Option<Instant> {
        self.limited.get(&endpoint).copied().filter(|until| *until > now)
    }

    /// Marks a request to be read again.
    pub(super) fn want(&mut self, process: &ProcessId) {
        self.wanted.insert(process.clone());
        self.unread.made_from = None;
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

    /// A request is read without being asked for: that counts in the minute's share.
    pub(super) fn count_background(&mut self) {
        self.background.push_back(self.now);
    }

    fn requests_in_flight(&self) -> usize {
        self.in_flight.keys().filter(|slot| matches!(slot, Slot::Process(_))).count()
    }

    /// When requests may be read without being asked for, if not now.
    fn background_from(&mut self, now: Instant) -> Option<Instant> {
        while self.background.front().is_some_and(|at| now.since(*at) >= MINUTE) {
            self.background.pop_front();
        }
        if self.background.len() < REQUESTS_A_MINUTE { None } else { self.background.front().map(|at| *at + MINUTE) }
    }

    /// A part of the list is not loaded.
    fn has_unread(&self) -> bool {
        !self.unread.processes.is_empty()
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        let budget = (self.has_unread() && self.background.len() >= REQUESTS_A_MINUTE && !self.paused)
            .then(|| self.background.front().map(|at| *at + MINUTE))
            .flatten();
        let looks = self.looks.iter().map(|(at, _)| *at);
        let parked = self.parked.iter().map(|(_, from, _)| *from);
        self.limited.values().copied().chain(budget).chain(looks).chain(parked).min()
    }

    /// Reason why requests that are not loaded are not being read.
    #[must_use]
    pub fn rest(&self) -> Option<Rest> {
        if !self.has_unread() {
            return None;
        }
        let recent = || self.background.iter().filter(|at| self.now.since(**at) < MINUTE);
        if self.paused {
            Some(Rest::Paused)
        } else if let Some(until) = self.limited_until(Endpoint::ProcessDetail, self.now) {
            Some(Rest::Limited(until))
        } else if recent().count() >= REQUESTS_A_MINUTE {
            recent().next().map(|at| Rest::Share(*at + MINUTE))
        } else {
            None
        }
    }

    pub(super) fn woke(&mut self, now: Instant) {
        self.limited.retain(|_, until| *until > now);
        while self.background.front().is_some_and(|at| now.since(*at) >= MINUTE) {
            self.background.pop_front();
        }
        let due = self.looks.extract_if(.., |(at, _)| *at <= now);
        self.wanted.extend(due.map(|(_, process)| process));
        self.unread.made_from = None;
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
    pub(super) fn park(&mut self, slot: Slot, from: Instant, query: Query) {
        self.drop_parked(&slot);
        self.parked.push((slot, from, query));
    }

    fn drop_parked(&mut self, slot: &Slot) {
        self.parked.retain(|(parked, ..)| parked != slot);
    }

    /// The request is not wanted again: the read of it failed.
    pub(super) fn give_up(&mut self, process: &ProcessId) {
        self.wanted.remove(process);
    }

    /// No newer form is needed.
    pub(super) fn form_is_current(&mut self, process: &ProcessId) {
        self.forms.drop(process);
    }

    /// The form of the open request, once its process is here.
    pub(super) fn form_due(&mut self, requests: &mut RequestCache, open: &ProcessId, rest: Duration) -> Option<Effect> {
        if self.limited_until(Endpoint::FormV2, self.now).is_some() {
            return None;
        }
        let request = requests.entry(open);
        if request.form != Loaded::Absent || request.process.here().is_none() {
            return None;
        }
        request.form = Loaded::Loading;
        Some(self.read(Slot::Form(open.clone()), rest, Query::Form(open.clone())))
    }

    /// Forms that were read and are wanted again.
    pub(super) fn forms_due_again(&mut self, requests: &RequestCache, open: Option<&ProcessId>) -> Vec<Effect> {
        if self.limited_until(Endpoint::FormV2, self.now).is_some() {
            return Vec::new();
        }
        let in_flight = &self.in_flight;
        let reads = in_flight.keys().filter(|slot| matches!(slot, Slot::Form(_))).count();
        let is_read = |id: &ProcessId| in_flight.contains_key(&Slot::Form(id.clone()));
        let due = self.forms.due(requests, open, reads, is_read, REST);
        due.into_iter().map(|(id, rest)| self.read(Slot::Form(id.clone()), rest, Query::Form(id))).collect()
    }

    /// Those whose newest read failed are read again, and the open one, if it is not being read.
    pub(super) fn want_forms_again(&mut self, requests: &RequestCache, open: Option<&ProcessId>) {
        for id in requests.with_outdated_forms() {
            self.forms.want(id);
        }
        if let Some(open) = open.filter(|id| !self.reads(&Slot::Form((*id).clone()))) {
            self.forms.want(open);
        }
    }

    /// Requests that decisions wait for: read before everything else.
    pub(super) fn awaited_due(&mut self, requests: &mut RequestCache, awaited: &[ProcessId]) -> Vec<Effect> {
        if self.limited_until(Endpoint::ProcessDetail, self.now).is_some() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        for process in awaited {
            if self.wanted.contains(process) && self.is_unread(requests, process) {
                effects.push(self.read_request(requests, process));
            }
        }
        effects
    }

    /// Requests to read: the selected one first, then those on screen, then the rest of the list in its order.
    pub(super) fn requests_due(
        &mut self,
        requests: &mut RequestCache,
        inbox: &Inbox,
        rows: usize,
        selected: Option<&ProcessId>,
    ) -> Vec<Effect> {
        self.follow(inbox, requests);
        let mut effects = Vec::new();
        if !self.paused && self.limited_until(Endpoint::ProcessDetail, self.now).is_none() {
            if let Some(process) = selected.filter(|process| self.is_readable(requests, process)) {
                effects.push(self.read_request(requests, process));
            }
            let mut free = REQUESTS_IN_FLIGHT.saturating_sub(self.requests_in_flight());
            while free > 0 && self.background_from(self.now).is_none() {
                let Some(process) = self.next_unread(requests, inbox, rows) else { break };
                self.background.push_back(self.now);
                effects.push(self.read_request(requests, &process));
                free -= 1;
            }
        }
        self.drop_read(requests);
        debug_assert_eq!(
            self.has_unread(),
            inbox.rows().any(|row| self.is_unread(requests, &row.key.process)),
            "the queue knows whether something is unread"
        );
        effects
    }

    pub(super) fn read_request(&mut self, requests: &mut RequestCache, process: &ProcessId) -> Effect {
        self.wanted.remove(process);
        let request = requests.entry(process);
        if request.process.here().is_none() {
            request.process = Loaded::Loading;
        }
        self.read(Slot::Process(process.clone()), Duration::ZERO, Query::Process(process.clone()))
    }

    /// To be read without being opened: nothing is known of it, or it has changed.
    fn is_unread(&self, requests: &RequestCache, process: &ProcessId) -> bool {
        let spared = requests.is_spared(process) && !self.wanted.contains(process);
        !spared && self.is_readable(requests, process)
    }

    fn is_readable(&self, requests: &RequestCache, process: &ProcessId) -> bool {
        let absent = requests.get(process).is_none_or(|request| request.process == Loaded::Absent);
        (absent || self.wanted.contains(process)) && !self.reads(&Slot::Process(process.clone()))
    }

    fn next_unread(&mut self, requests: &RequestCache, inbox: &Inbox, rows: usize) -> Option<ProcessId> {
        let on_screen = inbox.window(rows).map(|(row, _)| &row.key.process).find(|id| self.is_unread(requests, id));
        let on_screen = on_screen.cloned();
        on_screen.or_else(|| {
            self.drop_read(requests);
            self.unread.processes.front().cloned()
        })
    }

    /// Makes the queue again when the list was arranged, or when requests became unread that were not.
    fn follow(&mut self, inbox: &Inbox, requests: &RequestCache) {
        let from = Some((inbox.arranged(), requests.dropped()));
        if self.unread.made_from != from {
            let all = inbox.shown().chain(inbox.rows()).map(|row| &row.key.process);
            let processes = all.filter(|process| self.is_unread(requests, process)).cloned().collect();
            self.unread = UnreadQueue { processes, made_from: from };
        }
    }

    /// Takes what is read by now off the front of the queue.
    fn drop_read(&mut self, requests: &RequestCache) {
        while self.unread.processes.front().is_some_and(|process| !self.is_unread(requests, process)) {
            self.unread.processes.pop_front();
        }
    }
}

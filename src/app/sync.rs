//! What to read next, inside the platform's budget: the cases, nearest to the cursor first; and what becomes of answers.
//! The list is read by `listing.rs`.
//!
//! Nothing is read by the clock alone: an idle program sends nothing. What is old is read again when she touches a key.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use super::effect::{Effect, Query, RequestId, Slot};
use super::inbox::Row;
use super::listing::{Moment, Round};
use super::message::Answer;
use super::notice::Notice;
use super::{App, Loaded, Pane, Subject};
use crate::domain::{Endpoint, Failure, FailureKind, Instant, Process, ProcessId, TaskKey};

/// Reads of cases in flight at a time.
const CASES_IN_FLIGHT: usize = 4;
/// Forms read again in flight at a time, besides the open one.
const FORMS_IN_FLIGHT: usize = 4;
/// Cases read in a minute without her asking; the platform allows 100 details a minute for everybody together (API
/// page, A.7), and what is left is for the cases that she opens.
pub const CASES_A_MINUTE: usize = 60;
const MINUTE: Duration = Duration::from_secs(60);
/// How long the cursor must rest on a row before its case is read out of turn.
const REST: Duration = Duration::from_millis(150);

/// A read under way.
#[derive(Debug)]
pub(super) struct Flight {
    id: RequestId,
    /// When it leaves.
    pub(super) asked: Instant,
    query: Query,
}

/// Why reading the cases of the list rests, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// [`CASES_A_MINUTE`] were read.
    Share(Instant),
    /// The platform accepts no more requests.
    Limited(Instant),
    /// The platform cannot be reached: until the list is read again.
    Paused,
}

/// The state of reading. Owned by [`App`].
#[derive(Debug, Default)]
pub struct Sync {
    next_request: u64,
    /// The newest read of each slot.
    in_flight: HashMap<Slot, Flight>,
    /// Reads that found no budget, and from when on they are made again. Cases, forms and the list have their own ways.
    parked: HashMap<Slot, (Instant, Query)>,
    /// The time of the message that is being handled.
    pub(super) now: Instant,
    /// Until when an endpoint accepts no request.
    limited: HashMap<Endpoint, Instant>,
    /// Cases that were read and have to be read again.
    wanted: HashSet<ProcessId>,
    /// Forms that were read and have to be read again.
    wanted_forms: HashSet<ProcessId>,
    /// When cases were read without her asking, within the last minute.
    background: VecDeque<Instant>,
    /// The round of reading the list that is under way.
    pub(super) round: Option<Round>,
    /// When the list was last asked for, whatever came of it.
    pub(super) tried_at: Option<Instant>,
    /// The platform cannot be reached, or answers nothing useful: no case is read until the list is read again.
    pub(super) paused: bool,
    /// Ids whose names were asked for already.
    pub(super) asked_names: HashSet<String>,
    /// Cases to be read again at a time, to find out about lost answers.
    looks: Vec<(Instant, ProcessId)>,
    /// Up to when changed processes are known: the next question after them begins here.
    pub(super) changed_from: Option<Moment>,
    /// Up to when they will be known once the question under way is answered.
    pub(super) changed_to: Option<Moment>,
    /// How far the platform's clock was ahead of the wall clock here when the newest page of the list came, in
    /// milliseconds; `None`: it did not say.
    pub(super) ahead: Option<i64>,
}

impl Sync {
    pub(super) fn request_id(&mut self) -> RequestId {
        self.next_request += 1;
        RequestId(self.next_request)
    }

    /// Makes a read the newest in its slot.
    pub(super) fn read(&mut self, slot: Slot, after: Duration, query: Query) -> Effect {
        let id = self.request_id();
        self.parked.remove(&slot);
        if let Slot::Form(process) = &slot {
            self.wanted_forms.remove(process);
        }
        self.in_flight.insert(slot.clone(), Flight { id, asked: self.now + after, query: query.clone() });
        Effect::Read { id, slot, after, query }
    }

    /// The read whose answer has come, if that is still wanted; its slot is free again.
    pub(super) fn take(&mut self, slot: &Slot, id: RequestId) -> Option<Flight> {
        let flight = self.in_flight.remove(slot)?;
        if flight.id == id {
            return Some(flight);
        }
        self.in_flight.insert(slot.clone(), flight);
        None
    }

    pub(super) fn abandon(&mut self, slot: Slot) -> Option<Effect> {
        self.parked.remove(&slot);
        self.in_flight.remove(&slot).map(|_| Effect::Abandon(slot))
    }

    /// Makes the reads again whose time has come.
    fn unpark(&mut self) -> Vec<Effect> {
        let now = self.now;
        let due: Vec<_> = self.parked.extract_if(|_, (from, _)| *from <= now).collect();
        due.into_iter().map(|(slot, (_, query))| self.read(slot, Duration::ZERO, query)).collect()
    }

    /// Seconds until the list is read on, if it waits for budget.
    #[must_use]
    pub fn list_waits(&self, now: Instant) -> Option<u64> {
        self.round.as_ref().filter(|round| round.waiting)?;
        self.limited_for(Endpoint::TaskList, now)
    }

    pub(super) fn reads(&self, slot: &Slot) -> bool {
        self.in_flight.contains_key(slot)
    }

    /// The list is being read.
    #[must_use]
    pub const fn is_reading_list(&self) -> bool {
        self.round.is_some()
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

    /// A case is to be read again, whatever is known of it.
    pub(super) fn want(&mut self, process: &ProcessId) {
        self.wanted.insert(process.clone());
    }

    /// A form is to be read again, once no read of it is under way and the platform accepts it.
    pub(super) fn want_form(&mut self, process: &ProcessId) {
        self.wanted_forms.insert(process.clone());
    }

    /// A case is to be read again at that time: what it showed did not settle the matter.
    pub(super) fn look_again(&mut self, process: &ProcessId, at: Instant) {
        self.looks.push((at, process.clone()));
    }

    /// When the read of this slot that is under way left, or leaves.
    pub(super) fn leaves_at(&self, slot: &Slot) -> Option<Instant> {
        self.in_flight.get(slot).map(|flight| flight.asked)
    }

    /// A case is read without her asking: that counts in the minute's share.
    pub(super) fn count_background(&mut self) {
        self.background.push_back(self.now);
    }

    fn cases_in_flight(&self) -> usize {
        self.in_flight.keys().filter(|slot| matches!(slot, Slot::Process(_))).count()
    }

    /// When cases may be read without her asking, if not now.
    fn background_from(&mut self, now: Instant) -> Option<Instant> {
        while self.background.front().is_some_and(|at| now.since(*at) >= MINUTE) {
            self.background.pop_front();
        }
        if self.background.len() < CASES_A_MINUTE { None } else { self.background.front().map(|at| *at + MINUTE) }
    }

    pub(super) fn next_wake(&self, unread: bool) -> Option<Instant> {
        let budget = (unread && self.background.len() >= CASES_A_MINUTE && !self.paused)
            .then(|| self.background.front().map(|at| *at + MINUTE))
            .flatten();
        let looks = self.looks.iter().map(|(at, _)| *at);
        let parked = self.parked.values().map(|(from, _)| *from);
        self.limited.values().copied().chain(budget).chain(looks).chain(parked).min()
    }

    /// Why no case is read although some are unread.
    fn rest(&self) -> Option<Rest> {
        let recent = || self.background.iter().filter(|at| self.now.since(**at) < MINUTE);
        if self.paused {
            Some(Rest::Paused)
        } else if let Some(until) = self.limited_until(Endpoint::ProcessDetail, self.now) {
            Some(Rest::Limited(until))
        } else if recent().count() >= CASES_A_MINUTE {
            recent().next().map(|at| Rest::Share(*at + MINUTE))
        } else {
            None
        }
    }

    fn woke(&mut self, now: Instant) {
        self.limited.retain(|_, until| *until > now);
        while self.background.front().is_some_and(|at| now.since(*at) >= MINUTE) {
            self.background.pop_front();
        }
        let due = self.looks.extract_if(.., |(at, _)| *at <= now);
        self.wanted.extend(due.map(|(_, process)| process));
    }
}

impl App {
    /// A read ended.
    pub(super) fn answered(&mut self, id: RequestId, slot: &Slot, result: Result<Answer, Failure>) -> Vec<Effect> {
        let Some(flight) = self.sync.take(slot, id) else { return Vec::new() };
        match result {
            Ok(answer) => self.answer_came(slot, answer, flight.asked),
            Err(failure) => self.read_failed(slot, Some(flight.query), failure),
        }
    }

    /// The first page could not be read before the first screen: it counts as a read of the list like any other.
    pub(super) fn first_failed(&mut self, failure: Failure) -> Vec<Effect> {
        self.sync.tried_at = Some(self.now.mono);
        self.sync.round = Some(Round { began: self.now, ..Round::default() });
        self.read_failed(&Slot::Tasks, None, failure)
    }

    fn answer_came(&mut self, slot: &Slot, answer: Answer, asked: Instant) -> Vec<Effect> {
        match (slot, answer) {
            (_, Answer::Tasks(page)) => return self.page_came(page),
            (_, Answer::Changed(processes)) => {
                self.sync.changed_from = self.sync.changed_to.take().or(self.sync.changed_from);
                let listed = self.inbox.rows().iter().map(|row| row.key.process.clone());
                let changed = processes.unwrap_or_else(|| listed.collect());
                for process in changed.iter().filter(|process| self.cases.process(process).is_some()) {
                    self.sync.want(process);
                }
            }
            (_, Answer::Process(process)) => return self.process_came(*process, asked),
            (Slot::Form(process), Answer::Form(form)) => {
                let case = self.cases.entry(process);
                case.take_form(form.map(|form| *form), asked);
                if case.is_form_outdated() {
                    self.sync.want_form(process);
                } else {
                    self.sync.wanted_forms.remove(process);
                }
                self.show_form();
                return self.ask_for_names(process);
            }
            (Slot::Labels(process), Answer::Labels(Some(labelled))) => {
                if let Loaded::Here(Some(form)) = &mut self.cases.entry(process).form {
                    std::sync::Arc::make_mut(form).adopt_enum_labels(&labelled);
                }
                self.show_form();
            }
            (_, Answer::People(people)) => self.people_found(people),
            (_, Answer::Names(names)) => {
                self.names.extend(names);
                let own = self.names.of_person(&self.settings.operator.id).cloned();
                if let Some(own) = own.filter(|_| self.settings.operator.name.is_empty()) {
                    self.settings.operator.name = own;
                }
                self.people_told();
                if !self.inbox.filter.is_empty() {
                    self.rearrange();
                }
            }
            (_, Answer::Saved(path)) => self.notices.say(Notice::Saved(path), self.now),
            (_, Answer::History(read)) => self.history_came(read),
            (_, Answer::Form(_) | Answer::Labels(_)) => {}
        }
        Vec::new()
    }

    fn process_came(&mut self, process: Process, asked: Instant) -> Vec<Effect> {
        let id = process.id.clone();
        if self.settings.operator.name.is_empty() {
            let own = process.todos.iter().find(|todo| todo.operator_id.as_ref() == Some(&self.settings.operator.id));
            if let Some(todo) = own {
                self.settings.operator.name = todo.operator_name.clone();
            }
        }
        let case = self.cases.entry(&id);
        case.take_process(process, asked, self.now);
        if case.is_form_outdated() {
            self.sync.want_form(&id);
        }
        self.settle_decisions(&id);
        let (cases, operator) = (&self.cases, &self.settings.operator.id);
        let is_open = |key: &TaskKey| {
            cases.process(&key.process).is_some_and(|process| {
                process.todo(&key.approver).map_or(!process.unread.spare_tasks(), |todo| todo.is_of(operator))
            })
        };
        self.inbox.settle_missed(&id, is_open);
        if !self.inbox.filter.is_empty() {
            self.rearrange();
        }
        Vec::new()
    }

    fn read_failed(&mut self, slot: &Slot, query: Option<Query>, failure: Failure) -> Vec<Effect> {
        if let Slot::Process(process) | Slot::Form(process) = slot {
            self.check_failed(process, &failure);
        }
        if let FailureKind::RateLimited { retry_after } = failure.kind {
            let until = self.now.mono + retry_after;
            self.sync.limit(failure.endpoint, until);
            // Without a token none of these reads can be made, and each of them would ask for it again.
            if let Some(endpoint) = slot.endpoint() {
                self.sync.limit(endpoint, until);
            }
            self.read_limited(slot, query, until, failure);
            return Vec::new();
        }
        if !matches!(failure.kind, FailureKind::Business) {
            self.sync.paused = true;
        }
        let selected = self.selected().cloned();
        match slot {
            Slot::Tasks => self.list_failed(failure),
            Slot::Process(process) => {
                let here = selected.is_some_and(|key| key.process == *process);
                let case = self.cases.entry(process);
                if case.process.here().is_some() {
                    case.stale = Some(failure.clone());
                } else {
                    case.process = Loaded::Failed(failure.clone());
                }
                self.sync.wanted.remove(process);
                self.could_not_look(process);
                if here {
                    self.notices.say(Notice::ReadFailed(failure), self.now);
                }
            }
            Slot::Form(process) => {
                let case = self.cases.entry(process);
                if case.form.here().is_none() {
                    case.form = Loaded::Failed(failure.clone());
                }
                self.notices.say(Notice::ReadFailed(failure), self.now);
            }
            Slot::People => self.people_failed(failure),
            Slot::Download(_) => self.notices.say(Notice::ReadFailed(failure), self.now),
            // Names and labels are a comfort: ids stand in their place, and the messages page says why.
            Slot::Labels(_) | Slot::Changed | Slot::Names(..) | Slot::PeopleKnown | Slot::History => {
                self.sync.paused = false;
                self.notices.record(Notice::ReadFailed(failure), self.now);
            }
        }
        Vec::new()
    }

    /// The read was not made for want of budget: it is wanted still, and made again without being asked for.
    fn read_limited(&mut self, slot: &Slot, query: Option<Query>, until: Instant, failure: Failure) {
        match slot {
            Slot::Tasks => {
                if let Some(round) = &mut self.sync.round {
                    round.waiting = true;
                }
            }
            Slot::Process(process) => {
                let awaited = self.outbox.of(process).next().is_some();
                let case = self.cases.entry(process);
                if case.process.here().is_none() {
                    case.process = Loaded::Absent;
                }
                if case.process.here().is_some() || awaited {
                    self.sync.want(process);
                }
            }
            Slot::Form(process) => {
                let case = self.cases.entry(process);
                if case.form.here().is_none() {
                    case.form = Loaded::Absent;
                } else {
                    self.sync.want_form(process);
                }
            }
            Slot::Changed
            | Slot::Labels(_)
            | Slot::Names(..)
            | Slot::PeopleKnown
            | Slot::People
            | Slot::Download(_)
            | Slot::History => {
                self.sync.parked.extend(query.map(|query| (slot.clone(), (until, query))));
                match slot {
                    Slot::People => self.people_failed(failure),
                    Slot::Download(_) => self.notices.say(Notice::ReadFailed(failure), self.now),
                    _ => {}
                }
            }
        }
    }

    /// The endpoints that accept requests again are used.
    pub(super) fn sync_woke(&mut self) -> Vec<Effect> {
        self.sync.woke(self.now.mono);
        let mut effects = match &self.sync.round {
            Some(round) if round.waiting => self.read_page(round.page.clone()),
            _ => Vec::new(),
        };
        effects.extend(self.sync.unpark());
        effects
    }

    /// Asked after every message: the reads that are due now.
    pub(super) fn reads_due(&mut self) -> Vec<Effect> {
        let mut effects = self.form_due();
        effects.extend(self.forms_due_again());
        effects.extend(self.original_due());
        effects.extend(self.doubts_due());
        effects.extend(self.applied_due());
        effects.extend(self.cases_due());
        effects
    }

    /// The form of the case that is open.
    fn form_due(&mut self) -> Vec<Effect> {
        let Some(process) = self.subject(Subject::Keys).map(|key| key.process.clone()) else { return Vec::new() };
        if !self.shows_form(&process) || self.sync.limited_until(Endpoint::FormV2, self.now.mono).is_some() {
            return Vec::new();
        }
        let rest = if self.screen.pane == Pane::List { REST } else { Duration::ZERO };
        let case = self.cases.entry(&process);
        if case.form != Loaded::Absent || case.process.here().is_none() {
            return Vec::new();
        }
        case.form = Loaded::Loading;
        vec![self.sync.read(Slot::Form(process.clone()), rest, Query::Form(process))]
    }

    /// Forms that were read and are wanted again. One that is being read is waited for first.
    fn forms_due_again(&mut self) -> Vec<Effect> {
        if self.sync.limited_until(Endpoint::FormV2, self.now.mono).is_some() {
            return Vec::new();
        }
        let known = |id: &ProcessId| self.cases.get(id).is_some_and(|case| case.form.here().is_some());
        self.sync.wanted_forms.retain(known);
        let in_flight = self.sync.in_flight.keys().filter(|slot| matches!(slot, Slot::Form(_))).count();
        let free = |id: &&ProcessId| !self.sync.reads(&Slot::Form((*id).clone()));
        let (shown, hidden): (Vec<_>, Vec<_>) =
            self.sync.wanted_forms.iter().filter(free).cloned().partition(|id| self.shows_form(id));
        let due: Vec<_> =
            shown.into_iter().chain(hidden.into_iter().take(FORMS_IN_FLIGHT.saturating_sub(in_flight))).collect();
        let read = |id: ProcessId| {
            let rest = if self.shows_form(&id) { Duration::ZERO } else { REST };
            self.sync.read(Slot::Form(id.clone()), rest, Query::Form(id))
        };
        due.into_iter().map(read).collect()
    }

    /// The form of the open request, and those whose newest read failed, are read again.
    pub(super) fn want_forms_again(&mut self, open_too: bool) {
        let open = self.subject(Subject::Keys).map(|key| key.process.clone());
        let open = open.filter(|id| open_too && self.shows_form(id) && !self.sync.reads(&Slot::Form(id.clone())));
        let outdated = self.cases.with_outdated_forms().cloned();
        self.sync.wanted_forms.extend(outdated.chain(open));
    }

    /// Cases that decisions of an unknown outcome, or of an earlier run, wait for: read before everything else.
    fn doubts_due(&mut self) -> Vec<Effect> {
        if self.sync.limited_until(Endpoint::ProcessDetail, self.now.mono).is_some() {
            return Vec::new();
        }
        let waiting = self.outbox.keys(super::outbox::Entry::waits_for_case);
        let processes: Vec<_> = waiting.into_iter().map(|key| key.process).collect();
        let mut effects = Vec::new();
        for process in processes {
            if self.sync.wanted.contains(&process) && self.is_unread(&process) {
                effects.push(self.read_case(&process));
            }
        }
        effects
    }

    /// Cases to read: the selected one first, then those on screen, then the rest of the list in its order.
    fn cases_due(&mut self) -> Vec<Effect> {
        if self.sync.paused || self.sync.limited_until(Endpoint::ProcessDetail, self.now.mono).is_some() {
            return Vec::new();
        }
        let mut effects = Vec::new();
        let selected = self.selected().map(|key| key.process.clone());
        if let Some(process) = selected.filter(|process| self.is_unread(process)) {
            effects.push(self.read_case(&process));
        }
        let mut free = CASES_IN_FLIGHT.saturating_sub(self.sync.cases_in_flight());
        while free > 0 && self.sync.background_from(self.now.mono).is_none() {
            let Some(process) = self.next_unread() else { break };
            self.sync.background.push_back(self.now.mono);
            effects.push(self.read_case(&process));
            free -= 1;
        }
        effects
    }

    pub(super) fn read_case(&mut self, process: &ProcessId) -> Effect {
        self.sync.wanted.remove(process);
        let case = self.cases.entry(process);
        if case.process.here().is_none() {
            case.process = Loaded::Loading;
        }
        self.sync.read(Slot::Process(process.clone()), Duration::ZERO, Query::Process(process.clone()))
    }

    fn is_unread(&self, process: &ProcessId) -> bool {
        let absent = self.cases.get(process).is_none_or(|case| case.process == Loaded::Absent);
        (absent || self.sync.wanted.contains(process)) && !self.sync.reads(&Slot::Process(process.clone()))
    }

    fn next_unread(&self) -> Option<ProcessId> {
        let on_screen = self.inbox.window(self.screen.list_rows()).map(|(row, _)| row);
        let all = self.inbox.shown().chain(self.inbox.rows());
        on_screen.chain(all).map(|row| &row.key.process).find(|process| self.is_unread(process)).cloned()
    }

    /// Why cases that are unread are not being read.
    #[must_use]
    pub fn rest(&self) -> Option<Rest> {
        self.sync.rest().filter(|_| self.has_unread())
    }

    /// Pending tasks whose cases are not loaded and that the filter does not show: it may or may not fit them.
    #[must_use]
    pub fn not_loaded(&self) -> usize {
        let shown: HashSet<&TaskKey> = self.inbox.shown().map(|row| &row.key).collect();
        let unknown = |row: &&Row| !row.gone && self.cases.process(&row.key.process).is_none();
        self.inbox
            .rows()
            .iter()
            .filter(unknown)
            .filter(|row| self.inbox.filter.is_empty() || !shown.contains(&row.key))
            .count()
    }

    /// Something of the list has not been read.
    pub(super) fn has_unread(&self) -> bool {
        self.inbox.rows().iter().any(|row| self.is_unread(&row.key.process))
    }
}

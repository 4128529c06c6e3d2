//! Applies the answers of reads to all sub-states.

use std::collections::HashSet;
use std::sync::Arc;

use crate::app::effect::{Effect, Query, RequestId, Slot};
use crate::app::fact::Fact;
use crate::app::inbox::{Gap, Settled, Unchanged};
use crate::app::list_refresh::{PageStep, Round};
use crate::app::message::{Answer, CachedRequest};
use crate::app::notice::Notice;
use crate::app::order::Order;
use crate::app::{App, Loaded};
use crate::domain::{
    Failure, FailureKind, Form, Instant, Millis, Names, Now, Priority, Process, ProcessId, TaskKey, TaskPage,
};

impl App {
    /// A read ended.
    pub(super) fn answered(&mut self, id: RequestId, slot: &Slot, result: Result<Answer, Failure>) -> Vec<Effect> {
        let Some(flight) = self.fetch.take(slot, id) else { return Vec::new() };
        match result {
            Ok(answer) => {
                if let Answer::Changed(Some(changed)) = &answer {
                    self.changes_found(&flight.query, changed);
                }
                self.answer_came(slot, answer, flight.asked, flight.priority)
            }
            Err(failure) => {
                self.read_failed(slot, flight.priority, Some(flight.query), failure);
                Vec::new()
            }
        }
    }

    /// The first page could not be read before the first screen: that counts as a read of the list.
    pub(super) fn first_failed(&mut self, failure: Failure) {
        self.list_refresh.assume_begun(self.now);
        self.read_failed(&Slot::Tasks, Priority::Opened, None, failure);
    }

    fn answer_came(&mut self, slot: &Slot, answer: Answer, asked: Instant, priority: Priority) -> Vec<Effect> {
        match (slot, answer) {
            (_, Answer::Tasks(page)) => return self.page_came(page),
            (_, Answer::Changed(processes)) => {
                let span = self.list_refresh.changes_came();
                self.changes_came(processes, span);
            }
            (_, Answer::Process(process)) => self.process_came(*process, asked),
            (_, Answer::OwnTasks(tasks)) => self.own_tasks_came(tasks.as_deref()),
            (Slot::Form(process), Answer::Form(form)) => {
                return self.form_came(process, form, asked, priority);
            }
            (Slot::Labels(process), Answer::Labels(Some(labelled))) => {
                if let Loaded::Here(Some(form)) = &mut self.requests.entry(process).form {
                    Arc::make_mut(form).adopt_enum_labels(&labelled);
                }
                self.show_form();
            }
            (_, Answer::People(people)) => {
                let came = Names::of_people(people.clone());
                self.people_found(people);
                self.names_came(&came);
            }
            (_, Answer::Names(names)) => {
                if let Slot::Names(process, _) = slot {
                    self.cache_writer.named(process, &names, self.now.wall);
                }
                self.names.extend(names.clone());
                self.names_came(&names);
                let own = self.names.of_person(&self.settings.operator.id).cloned();
                if let Some(own) = own.filter(|_| self.settings.operator.name.is_empty()) {
                    self.settings.operator.name = own;
                }
                self.people_told();
                self.refilter();
            }
            (_, Answer::Saved(path)) => self.notices.say(Notice::Saved(path), self.now),
            (_, Answer::History(read)) => self.history.came(read),
            (Slot::Cached(process), Answer::Cached(Some(cached))) => self.cached_came(process, *cached),
            (_, Answer::Form(_) | Answer::Labels(_) | Answer::Cached(_)) => {}
        }
        Vec::new()
    }

    fn form_came(
        &mut self,
        process: &ProcessId,
        form: Option<Box<Form>>,
        asked: Instant,
        priority: Priority,
    ) -> Vec<Effect> {
        let request = self.requests.entry(process);
        request.take_form(form.map(|form| *form), asked);
        if request.is_form_outdated() {
            self.fetch.want_form(process);
        } else {
            self.fetch.form_is_current(process);
        }
        let (form, seen) = (request.form.here().cloned().flatten(), request.seen());
        if self.inbox.rows_of(process).any(|row| row.seen != seen) {
            self.cache_writer.note(process);
        }
        self.inbox.note_seen(process, seen);
        self.show_form();
        let Some(form) = form else { return Vec::new() };
        // The names serve the screen, also where the form was read for a decision.
        let priority = priority.max(Priority::Opened);
        self.name_lookup.ask(process, &form, &self.names, priority, &mut self.fetch)
    }

    fn process_came(&mut self, process: Process, asked: Instant) {
        let id = process.id.clone();
        if self.settings.operator.name.is_empty() {
            let own = process.todos.iter().find(|todo| todo.operator_id.as_ref() == Some(&self.settings.operator.id));
            if let Some(todo) = own {
                self.settings.operator.name = todo.operator_name.clone();
            }
        }
        self.estimates.compare(&process);
        self.known_people.note(&process);
        let request = self.requests.entry(&id);
        request.take_process(process, asked, self.now);
        if request.is_form_outdated() {
            self.fetch.want_form(&id);
        }
        self.outbox.probe(&id, request);
        if self.announcements.take_recheck(&id, asked) {
            self.outbox.recheck(&id, &self.requests);
        }
        let (requests, operator) = (&self.requests, &self.settings.operator.id);
        let is_open = |key: &TaskKey| {
            requests.process(&key.process).is_some_and(|process| {
                process.todo(&key.approver).map_or(!process.unread.spare_tasks(), |todo| todo.is_of(operator))
            })
        };
        self.inbox.settle_missed(&id, is_open);
        self.cache_writer.read(&id);
        self.row_changed(&id);
        self.refilter();
    }

    /// The platform told which processes changed in a span of time. `None`: it could not tell them all.
    fn changes_came(&mut self, processes: Option<Vec<ProcessId>>, span: Option<(Millis, Millis)>) {
        let changed = if let Some(changed) = processes {
            if let Some((from, to)) = span.filter(|_| self.inbox.is_whole()) {
                self.inbox.confirm(&Unchanged { from, to, changed: &changed });
            }
            changed
        } else {
            self.list_refresh.changes_limited();
            self.inbox.doubt_all();
            self.inbox.rows().map(|row| row.key.process.clone()).collect()
        };
        for process in &changed {
            self.cache_writer.fell_behind(process);
        }
        self.cache_writer.complete(self.inbox.read_at.filter(|_| self.inbox.is_whole()).map(|at| at.wall));
        for process in changed {
            let is_known = self.inbox.rows_of(&process).any(|row| row.known.is_some());
            if is_known || self.requests.process(&process).is_some() {
                self.fetch.want(&process);
            }
        }
        self.want_unconfirmed();
    }

    /// Rows of an earlier run that no answer has confirmed are read again.
    fn want_unconfirmed(&mut self) {
        for row in self.inbox.rows().filter(|row| row.is_unconfirmed()) {
            self.fetch.want(&row.key.process);
        }
    }

    /// The cache answered. A reading of this run is newer in any case.
    fn cached_came(&mut self, id: &ProcessId, cached: CachedRequest) {
        let CachedRequest { process, read_at, form, names } = cached;
        let mono = self.now.mono;
        let request = self.requests.entry(id);
        if request.process.here().is_some() {
            return;
        }
        self.known_people.note(&process);
        request.take_cached(process, form, Now { wall: read_at, mono: Instant::default() }, mono);
        let has_form = request.form.here().is_some();
        let newer = std::mem::replace(&mut self.names, names.clone());
        self.names.extend(newer);
        self.names_came(&names);
        // An older content never counts as the newest: both are read again.
        if !self.fetch.reads(&Slot::Process(id.clone())) {
            self.fetch.want(id);
        }
        if has_form && !self.fetch.reads(&Slot::Form(id.clone())) {
            self.fetch.want_form(id);
        }
        self.show_form();
    }

    /// Rows that go by one of these names read differently.
    fn names_came(&mut self, names: &Names) {
        let order = Order::new(&self.names, self.settings.words(), self.screen.list_rows());
        self.inbox.names_came(names, &order);
    }

    /// Takes the newest reading of a request into its rows.
    fn row_changed(&mut self, id: &ProcessId) {
        let Some(request) = self.requests.get(id) else { return };
        let order = Order::new(&self.names, self.settings.words(), self.screen.list_rows());
        if let (Some(process), Some(read)) = (request.process.here(), request.read_at) {
            self.inbox.take(process, read.wall, &order);
        }
        self.inbox.note_seen(id, request.seen());
    }

    /// A row says something else than before: the filter may find it now.
    fn refilter(&mut self) {
        if !self.inbox.filter.is_empty() {
            self.inbox.arrange(&Order::new(&self.names, self.settings.words(), self.screen.list_rows()));
        }
    }

    /// A page of the list came, from the check before the first screen or from a read.
    pub(super) fn page_came(&mut self, page: TaskPage) -> Vec<Effect> {
        if !self.inbox.complete || self.inbox.pending() == 0 {
            self.list_refresh.show_arrivals(0);
        }
        let arrived = if self.list_refresh.shows_arrivals() {
            self.add_tasks(&page.tasks)
        } else {
            let (outbox, now) = (&self.outbox, self.now.mono);
            self.inbox.set_aside(&page.tasks, |key| outbox.has_just_ended(key, now));
            0
        };
        if self.inbox.failure.take().is_some() {
            self.list_refresh.recovered();
        }
        if self.fetch.resume() {
            self.requests.forget_failures(|failure| failure.kind != FailureKind::Business);
            self.fetch.want_forms_again(&mut self.requests, None);
        }
        match self.list_refresh.page_came(page, arrived, self.now, &mut self.fetch) {
            PageStep::Next(effect) => effect.into_iter().collect(),
            PageStep::Ended { round, broken } => self.round_ended(&round, broken),
        }
    }

    /// Ends a round with its last page, or with one that leads to no next: then the rest of the list is unknown, and no
    /// row leaves it.
    fn round_ended(&mut self, round: &Round, broken: bool) -> Vec<Effect> {
        let gap = Gap::of(broken, round.unreadable);
        let known = std::mem::replace(&mut self.inbox.gap, gap);
        let settled = if broken { Settled::default() } else { self.settle_list(round) };
        let first = !self.inbox.complete;
        if !broken {
            self.inbox.complete = true;
            self.inbox.read_at = Some(self.now);
        }
        match gap {
            Some(gap) if round.asked() || known != Some(gap) => self.notices.say(Notice::ListIncomplete(gap), self.now),
            None if !first && round.asked() => {
                let (arrived, gone, missed) = (round.arrived, settled.gone, settled.missed.len());
                self.notices.say(Notice::Refreshed { arrived, gone, missed }, self.now);
            }
            Some(_) | None => {}
        }
        self.cache_writer.complete(self.inbox.read_at.filter(|_| self.inbox.is_whole()).map(|at| at.wall));
        if self.inbox.pending() == 0 {
            self.show_waiting();
        }
        if round.invites_probes() {
            self.outbox.list_read();
        }
        self.fetch.list_ended();
        self.forget_requests();
        let question = self.list_refresh.ask_for_changes(round.began, round.asked(), self.now, &mut self.fetch);
        if question.is_none() && !round.is_by_clock() {
            self.want_unconfirmed();
        }
        question.into_iter().collect()
    }

    /// Applies the tasks of a complete round as the list. Rows leave only with the first one, or if the user asked.
    fn settle_list(&mut self, round: &Round) -> Settled {
        let settled = self.inbox.settle(&round.pending, round.absence());
        if round.asked() || !self.inbox.complete {
            self.rearrange();
        }
        for key in &settled.missed {
            self.fetch.want(&key.process);
        }
        settled
    }

    /// Forgets the requests that no row, decision, dialog, page or preview is about.
    fn forget_requests(&mut self) {
        let rows = self.inbox.rows().map(|row| &row.key);
        let open = self.dialog.iter().flat_map(|dialog| dialog.targets.keys());
        let others = open.chain(&self.page_target).chain(&self.previewed);
        self.requests.keep_only(rows.chain(self.outbox.tasks()).chain(others));
        let listed: HashSet<&ProcessId> = self.inbox.rows().map(|row| &row.key.process).collect();
        self.fetch.keep_listed(|process| listed.contains(process));
    }

    fn read_failed(&mut self, slot: &Slot, priority: Priority, query: Option<Query>, failure: Failure) {
        // The own budget of a class says nothing about that of the checks; the gateway refuses all classes alike.
        let limited = if failure.is_answered() { Priority::Check } else { priority };
        let concerns_checks = !matches!(failure.kind, FailureKind::RateLimited { .. }) || limited == Priority::Check;
        if let Slot::Process(process) | Slot::Form(process) = slot
            && concerns_checks
        {
            self.outbox.check_failed(process, &failure);
        }
        if let FailureKind::RateLimited { retry_after } = failure.kind {
            let until = self.now.mono + retry_after;
            self.fetch.limit(failure.endpoint, limited, until);
            // Without a token all these reads fail, and each would request it again.
            if let Some(endpoint) = slot.endpoint() {
                self.fetch.limit(endpoint, limited, until);
            }
            return self.read_limited(slot, priority, query, until, failure);
        }
        // Nothing on screen waits for it, and the list finds the task as well.
        if let Slot::OwnTasks(_) = slot {
            return;
        }
        // Names and labels are optional: ids stand in their place, and the messages page says why.
        let comfort = matches!(
            slot,
            Slot::Labels(_) | Slot::Changed | Slot::Names(..) | Slot::PeopleKnown | Slot::History | Slot::Cached(_)
        );
        if comfort {
            self.fetch.resume();
            if *slot == Slot::Changed {
                self.want_unconfirmed();
            }
            return self.notices.record(Notice::ReadFailed(failure), self.now);
        }
        if !matches!(failure.kind, FailureKind::Business) {
            self.fetch.pause();
        }
        match slot {
            Slot::Tasks => {
                // Without a row there is no order yet.
                if self.inbox.has_come() {
                    self.fetch.list_ended();
                }
                let asked = self.list_refresh.failed(self.now.mono);
                let before = self.inbox.failure.replace(failure.clone());
                if !asked && before.is_some_and(|before| before.kind == failure.kind) {
                    return;
                }
            }
            Slot::Process(process) => {
                let request = self.requests.entry(process);
                if request.process.here().is_some() {
                    request.stale = Some(failure.clone());
                } else {
                    request.process = Loaded::Failed(failure.clone());
                }
                self.fetch.give_up(process);
                self.outbox.probe_failed(process);
                if self.shows_process(process) {
                    return self.notices.record(Notice::ReadFailed(failure), self.now);
                }
                if self.selected().is_none_or(|key| key.process != *process) {
                    return;
                }
            }
            Slot::Form(process) => {
                let request = self.requests.entry(process);
                if request.form.here().is_none() {
                    request.form = Loaded::Failed(failure.clone());
                    if self.shows_form(process) {
                        return self.notices.record(Notice::ReadFailed(failure), self.now);
                    }
                }
            }
            Slot::People => return self.people_failed(failure),
            _ => {}
        }
        // After what that means for decisions.
        self.outbox.report(Fact::Say(Notice::ReadFailed(failure)));
    }

    /// The read found no budget: it is repeated without another command.
    fn read_limited(
        &mut self,
        slot: &Slot,
        priority: Priority,
        query: Option<Query>,
        until: Instant,
        failure: Failure,
    ) {
        match slot {
            Slot::Tasks => self.list_refresh.page_limited(),
            Slot::Process(process) => {
                let awaited = self.outbox.of(process).next().is_some();
                self.requests.process_limited(process);
                if awaited || self.requests.process(process).is_some() {
                    self.fetch.want(process);
                }
            }
            Slot::Form(process) => {
                let request = self.requests.entry(process);
                if request.form.here().is_none() {
                    request.form = Loaded::Absent;
                } else {
                    self.fetch.want_form(process);
                }
            }
            // The next one is asked later, about a longer span.
            Slot::Changed => self.list_refresh.changes_limited(),
            Slot::Labels(_)
            | Slot::Names(..)
            | Slot::PeopleKnown
            | Slot::People
            | Slot::OwnTasks(_)
            | Slot::Download(_)
            | Slot::History
            | Slot::Cached(_) => {
                if let Some(query) = query {
                    self.fetch.park(slot.clone(), until, priority, query);
                }
                match slot {
                    Slot::People => self.people_failed(failure),
                    Slot::Download(_) => self.notices.say(Notice::ReadFailed(failure), self.now),
                    _ => {}
                }
            }
        }
    }
}

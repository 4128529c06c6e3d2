//! Who the people picker offers: recent ones, those of the request, and a search as the user types.

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Duration;

use crate::app::known_people::people_of;
use crate::app::people::{Candidate, PersonRefusal, Picker, Role, Source, first_choice};
use crate::app::search::Words;
use crate::app::{App, Dialog, Effect, Query, Slot, Step, Targets};
use crate::domain::{Action, Endpoint, Failure, Names, Person, PersonId, Priority, TaskKey};

/// How long typing must rest before the platform is asked.
const TYPING_REST: Duration = Duration::from_millis(250);
/// Recent people offered.
const RECENT: usize = 8;
/// People looked up when the picker opens: those of one request (protocol.md#employees-by-id).
const ASKED_ABOUT: usize = 100;

impl App {
    /// A picker for the dialog's target: recent people, then those of the request. The operator can be found and is
    /// refused, but not offered.
    pub(super) fn picker(&self, dialog: &Dialog) -> Picker {
        let mut known: Vec<Candidate> = Vec::new();
        let mut add = |mut person: Person, source| {
            if known.iter().all(|candidate| candidate.person.id != person.id) {
                self.names.complete(&mut person);
                known.push(self.candidate(&dialog.targets, person, source));
            }
        };
        for person in &self.recent_people {
            add(person.clone(), Source::Recent);
        }
        for process in dialog.targets.keys().filter_map(|key| self.requests.process(&key.process)) {
            for (id, name, role) in people_of(process) {
                add(Person::named(id.clone(), name.clone()), Source::InCase(role));
            }
        }
        let operator = &self.settings.operator;
        add(Person::named(operator.id.clone(), operator.name.clone()), Source::Search);
        known.sort_by_key(Candidate::rank);
        let mut chosen = dialog.people.clone();
        for person in &mut chosen {
            self.names.complete(person);
        }
        Picker::new(known, dialog.action == Action::AddSign, chosen)
    }

    /// Looks up people that the picker knows only by name. It stays open meanwhile, and the user may choose: until the
    /// answer comes, the end of an id tells two people of one name apart.
    pub(super) fn ask_about_people(&mut self) -> Vec<Effect> {
        let Some(Dialog { step: Step::People { picker }, .. }) = &self.dialog else { return Vec::new() };
        let mut ids: Vec<PersonId> = Vec::new();
        for person in picker.chosen.iter().chain(picker.known.iter().map(|candidate| &candidate.person)) {
            if !self.names.people.contains_key(&person.id) && !ids.contains(&person.id) && ids.len() < ASKED_ABOUT {
                ids.push(person.id.clone());
            }
        }
        if ids.is_empty()
            || self.fetch.limited_until(Endpoint::EmployeesById, Priority::Opened, self.now.mono).is_some()
        {
            return Vec::new();
        }
        vec![self.fetch.read(Slot::PeopleKnown, Priority::Opened, Duration::ZERO, Query::PeopleById(ids))]
    }

    /// A look-up brought details: the picker shows them, and so does every later sentence. An open review keeps its
    /// own, because `y` confirms the sentence that was read.
    pub(super) fn people_told(&mut self) {
        if let Some(Dialog { step: Step::People { picker }, .. }) = &mut self.dialog {
            let known = picker.known.iter_mut().map(|candidate| &mut candidate.person);
            for person in known.chain(&mut picker.chosen).chain(&mut picker.found) {
                self.names.complete(person);
            }
            self.list_candidates();
        }
    }

    /// The requester is shown as that, wherever the name comes from.
    fn candidate(&self, targets: &Targets, person: Person, source: Source) -> Candidate {
        let mut initiators =
            targets.keys().filter_map(|key| self.requests.process(&key.process)?.initiator_id.as_ref());
        let source = if initiators.any(|id| *id == person.id) { Source::InCase(Role::Initiator) } else { source };
        let refusal = targets.keys().find_map(|key| self.person_refusal(key, &person.id));
        Candidate { person, source, refusal }
    }

    fn person_refusal(&self, key: &TaskKey, id: &PersonId) -> Option<PersonRefusal> {
        if *id == self.settings.operator.id {
            return Some(PersonRefusal::Oneself);
        }
        let process = self.requests.process(&key.process)?;
        let own = process.todo(&key.approver)?;
        let handles = process
            .todos
            .iter()
            .any(|todo| todo.node_definition_id == own.node_definition_id && todo.operator_id.as_ref() == Some(id));
        handles.then_some(PersonRefusal::HandlesNode)
    }

    /// The query changed: filters known people at once, and searches the platform when the typing rests.
    pub(super) fn search_people(&mut self) -> Vec<Effect> {
        let Some(Dialog { step: Step::People { picker }, .. }) = &mut self.dialog else { return Vec::new() };
        picker.refused = None;
        picker.failure = None;
        picker.found.clear();
        picker.candidates.clear();
        picker.cursor = None;
        let query = picker.query.text().trim().to_owned();
        picker.words.clone_from(&query);
        picker.searching = !query.is_empty();
        self.list_candidates();
        if query.is_empty() {
            return self.fetch.abandon(Slot::People).into_iter().collect();
        }
        vec![self.fetch.read(Slot::People, Priority::Opened, TYPING_REST, Query::People(query))]
    }

    pub(super) fn people_found(&mut self, people: Vec<Person>) {
        // A person found by an exact address has no other name (protocol.md#contact-ids): no detail tells them from
        // others.
        let told = people.iter().filter(|person| !person.employee_number.is_empty() || !person.department.is_empty());
        self.names.extend(Names::of_people(told.cloned()));
        if let Some(Dialog { step: Step::People { picker }, .. }) = &mut self.dialog {
            picker.found = people;
            picker.searching = false;
            picker.failure = None;
        }
        self.people_told();
    }

    /// Shows the failure, or how long the search has no budget. Typing on searches again, and so does the end of a
    /// limit.
    pub(super) fn people_failed(&mut self, failure: Failure) {
        if let Some(Dialog { step: Step::People { picker }, .. }) = &mut self.dialog {
            picker.searching = false;
            picker.failure = Some(failure);
        }
        self.list_candidates();
    }

    fn list_candidates(&mut self) {
        let Some(dialog) = &self.dialog else { return };
        let Step::People { picker } = &dialog.step else { return };
        let words = Words::new(&picker.words);
        let fits = |candidate: &&Candidate| {
            words.are_in(&names_of(&candidate.person)) && !(words.is_empty() && candidate.is_oneself())
        };
        let mut candidates: Vec<Candidate> = picker.known.iter().filter(fits).cloned().collect();
        for person in &picker.found {
            if candidates.iter().all(|candidate| candidate.person.id != person.id) {
                candidates.push(self.candidate(&dialog.targets, person.clone(), Source::Search));
            }
        }
        if !words.is_empty() {
            let listed: HashSet<PersonId> = candidates.iter().map(|candidate| candidate.person.id.clone()).collect();
            let others = self.people_named(&words).into_iter().filter(|person| !listed.contains(&person.id));
            candidates.extend(others.map(|person| self.candidate(&dialog.targets, person, Source::Elsewhere)));
        }
        candidates.sort_by_key(Candidate::rank);
        if let Some(Dialog { step: Step::People { picker }, .. }) = &mut self.dialog {
            // The person under the cursor stays under it when answers come in; the operator is no choice to be kept.
            let held = picker.marked().filter(|held| !held.is_oneself());
            let same = |candidate: &Candidate| held.is_some_and(|held| held.person.id == candidate.person.id);
            let kept = candidates.iter().position(same);
            picker.cursor = kept.or_else(|| first_choice(&candidates)).or_else(|| {
                // Typed on purpose: the requester, once no other can come, or a person whose refusal is to be shown.
                let last = |candidate: &Candidate| candidate.refusal.is_some() || !picker.searching;
                candidates.iter().position(last).filter(|_| !words.is_empty())
            });
            picker.candidates = candidates;
        }
    }

    /// Everyone of whom a request or a look-up told, and whose name or address has these words.
    fn people_named(&self, words: &Words) -> Vec<Person> {
        let of_requests = self.known_people.names().map(|(id, name)| match self.names.people.get(id) {
            Some(known) if !known.name.is_empty() => Cow::Borrowed(known),
            _ => Cow::Owned(Person::named(id.clone(), name.clone())),
        });
        let looked_up = self.names.people.values().filter(|person| !self.known_people.has(&person.id));
        let all = of_requests.chain(looked_up.map(Cow::Borrowed));
        let fits = |person: &Cow<'_, Person>| {
            let Person { name, employee_number, email, .. } = person.as_ref();
            words.are_in_any(&[name.zh.as_str(), name.en.as_str(), employee_number.as_str(), email.as_str()])
        };
        let mut found: Vec<Person> = all.filter(fits).map(Cow::into_owned).collect();
        found.sort_by(|one, other| (one.name.zh.as_str(), &one.id).cmp(&(other.name.zh.as_str(), &other.id)));
        found
    }

    /// Remembers chosen people, newest first.
    pub(super) fn remember_people(&mut self, people: &[Person]) {
        for person in people.iter().rev() {
            self.recent_people.retain(|known| known.id != person.id);
            self.recent_people.insert(0, person.clone());
        }
        self.recent_people.truncate(RECENT);
    }
}

fn names_of(person: &Person) -> String {
    format!("{} {} {} {}", person.name.zh, person.name.en, person.employee_number, person.email)
}

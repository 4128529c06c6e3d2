//! The people picker of transfer and add-sign: recent people, those of the request, and a search while the user types.

use std::time::Duration;

use super::editor::{Editor, Lines};
use super::list_cursor::Way;
use super::search::Words;
use super::{App, Dialog, Effect, Query, Slot, Step, Targets};
use crate::domain::decision::ADD_SIGN_LIMIT;
use crate::domain::{Action, Endpoint, Failure, I18n, Names, Person, PersonId, Process, TaskKey};

/// Choosing people. Owned by the dialog's people step.
#[derive(Debug)]
pub struct Picker {
    pub query: Editor,
    /// Candidates for the last typed words, best first.
    pub candidates: Vec<Candidate>,
    /// Index of the candidate that [`Command::Choose`](super::Command::Choose) takes, if it takes one.
    pub cursor: Option<usize>,
    /// Chosen so far; for a transfer at most one.
    pub chosen: Vec<Person>,
    /// More than one may be chosen.
    pub several: bool,
    /// The platform is being searched.
    pub searching: bool,
    pub failure: Option<Failure>,
    /// Reason for the last refused choice.
    pub refused: Option<PersonRefusal>,
    /// Recent people and those of the case: those who can be chosen first, the requester and the operator last.
    pub(super) known: Vec<Candidate>,
    /// The platform's answers to the words.
    pub(super) found: Vec<Person>,
    /// Words that the list answers. A choice among several empties the query and keeps the list.
    pub(super) words: String,
}

/// A person in the picker's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub person: Person,
    pub source: Source,
    /// Cannot be chosen, and why.
    pub refusal: Option<PersonRefusal>,
}

impl Candidate {
    fn is_oneself(&self) -> bool {
        self.refusal == Some(PersonRefusal::Oneself)
    }

    fn is_initiator(&self) -> bool {
        self.source == Source::InCase(Role::Initiator)
    }

    /// Those who can be chosen come first, the requester after all others, the operator last.
    fn rank(&self) -> (bool, bool, bool) {
        (self.is_oneself(), self.is_initiator(), self.refusal.is_some())
    }
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Recent,
    InCase(Role),
    Search,
}

/// Role of a person in the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Initiator,
    /// Has an open task.
    Pending,
    /// Has a finished task.
    Acted,
    Commented,
    Copied,
}

/// Reason why a person cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonRefusal {
    /// The operator.
    Oneself,
    /// Already handles this node (1160245, 1160114).
    HandlesNode,
    /// Twenty people are chosen already.
    Full,
    /// No person is chosen yet.
    Nobody,
    /// The cursor is on no person.
    NoneMarked,
}

impl Picker {
    #[must_use]
    pub fn new(known: Vec<Candidate>, several: bool, chosen: Vec<Person>) -> Self {
        let candidates: Vec<_> = known.iter().filter(|candidate| !candidate.is_oneself()).cloned().collect();
        Self {
            query: Editor::new("", Lines::One),
            cursor: first_choice(&candidates),
            candidates,
            chosen,
            several,
            searching: false,
            failure: None,
            refused: None,
            known,
            found: Vec::new(),
            words: String::new(),
        }
    }
}

/// The first who can be chosen and is not the requester.
fn first_choice(candidates: &[Candidate]) -> Option<usize> {
    candidates.iter().position(|candidate| candidate.refusal.is_none() && !candidate.is_initiator())
}

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
        for process in dialog.targets.keys().filter_map(|key| self.cases.process(&key.process)) {
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
        if ids.is_empty() || self.sync.limited_until(Endpoint::EmployeesById, self.now.mono).is_some() {
            return Vec::new();
        }
        vec![self.sync.read(Slot::PeopleKnown, Duration::ZERO, Query::PeopleById(ids))]
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
        let mut initiators = targets.keys().filter_map(|key| self.cases.process(&key.process)?.initiator_id.as_ref());
        let source = if initiators.any(|id| *id == person.id) { Source::InCase(Role::Initiator) } else { source };
        let refusal = targets.keys().find_map(|key| self.person_refusal(key, &person.id));
        Candidate { person, source, refusal }
    }

    fn person_refusal(&self, key: &TaskKey, id: &PersonId) -> Option<PersonRefusal> {
        if *id == self.settings.operator.id {
            return Some(PersonRefusal::Oneself);
        }
        let process = self.cases.process(&key.process)?;
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
            return self.sync.abandon(Slot::People).into_iter().collect();
        }
        vec![self.sync.read(Slot::People, TYPING_REST, Query::People(query))]
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

    /// Remembers chosen people, newest first.
    pub(super) fn remember_people(&mut self, people: &[Person]) {
        for person in people.iter().rev() {
            self.recent_people.retain(|known| known.id != person.id);
            self.recent_people.insert(0, person.clone());
        }
        self.recent_people.truncate(RECENT);
    }
}

impl Picker {
    /// The candidate under the cursor.
    fn marked(&self) -> Option<&Candidate> {
        self.candidates.get(self.cursor?)
    }

    pub(super) fn step(&mut self, way: Way) {
        if !self.candidates.is_empty() {
            self.cursor = Some(self.cursor.map_or(0, |at| way.lead(at, self.candidates.len(), 1)));
        }
    }

    /// Chooses, or with several allowed removes, the person under the cursor. Returns whether a person was chosen. With
    /// several, the next name is typed into an empty field.
    pub(super) fn choose(&mut self) -> bool {
        self.refused = None;
        let Some(candidate) = self.marked() else {
            self.refused = (!self.candidates.is_empty()).then_some(PersonRefusal::NoneMarked);
            return false;
        };
        if let Some(refusal) = candidate.refusal {
            self.refused = Some(refusal);
            return false;
        }
        let person = candidate.person.clone();
        if let Some(at) = self.chosen.iter().position(|chosen| chosen.id == person.id) {
            if self.several {
                self.chosen.remove(at);
                self.query.clear();
            }
            return !self.several;
        }
        if !self.several {
            self.chosen.clear();
        }
        if self.chosen.len() == ADD_SIGN_LIMIT {
            self.refused = Some(PersonRefusal::Full);
            return false;
        }
        if self.several {
            self.query.clear();
        }
        self.chosen.push(person);
        true
    }
}

/// All people of a process with their most telling role: approvers before commentators and the requester.
fn people_of(process: &Process) -> impl Iterator<Item = (&PersonId, &I18n, Role)> {
    let todos = process.todos.iter().map(|todo| (&todo.operator_id, &todo.operator_name, Role::Pending));
    let done = process.done_list.iter().map(|done| (&done.operator_id, &done.operator_name, Role::Acted));
    let comments =
        process.comments.iter().map(|comment| (&comment.commentor_id, &comment.commentor_name, Role::Commented));
    let copies = process.cc_list.iter().map(|copied| (&copied.operator_id, &copied.operator_name, Role::Copied));
    let initiator = std::iter::once((&process.initiator_id, &process.initiator_name, Role::Initiator));
    todos
        .chain(done)
        .chain(comments)
        .chain(copies)
        .chain(initiator)
        .filter_map(|(id, name, role)| id.as_ref().map(|id| (id, name, role)))
}

fn names_of(person: &Person) -> String {
    format!("{} {} {} {}", person.name.zh, person.name.en, person.employee_number, person.email)
}

//! The people picker of transfer and add-sign: its list and its choice.

use super::editor::{Editor, Lines};
use super::list_cursor::Way;
use crate::domain::decision::ADD_SIGN_LIMIT;
use crate::domain::{Failure, Person, PersonId};

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
    /// Recent people and those of the request: those who can be chosen first, the requester and the operator last.
    pub(super) known: Vec<Candidate>,
    /// The platform's answers to the words.
    pub(super) found: Vec<Person>,
    /// The person that the last key chose.
    pub(super) just_chosen: Option<PersonId>,
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
    pub(super) fn is_oneself(&self) -> bool {
        self.refusal == Some(PersonRefusal::Oneself)
    }

    pub(super) fn is_initiator(&self) -> bool {
        self.source == Source::InCase(Role::Initiator)
    }

    /// Those who can be chosen come first, the requester after all others, the operator last.
    pub(super) fn rank(&self) -> (bool, bool, bool) {
        (self.is_oneself(), self.is_initiator(), self.refusal.is_some())
    }
}

/// State of the picker after a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// More can be chosen.
    Open,
    /// The choice is complete.
    Final,
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Recent,
    InCase(Role),
    /// Another request, or a look-up.
    Elsewhere,
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
            just_chosen: None,
            words: String::new(),
        }
    }
}

/// The first who can be chosen and is not the requester.
pub(super) fn first_choice(candidates: &[Candidate]) -> Option<usize> {
    candidates.iter().position(|candidate| candidate.refusal.is_none() && !candidate.is_initiator())
}

impl Picker {
    /// The candidate under the cursor.
    pub(super) fn marked(&self) -> Option<&Candidate> {
        self.candidates.get(self.cursor?)
    }

    pub(super) fn step(&mut self, way: Way) {
        self.just_chosen = None;
        if !self.candidates.is_empty() {
            self.cursor = Some(self.cursor.map_or(0, |at| way.lead(at, self.candidates.len(), 1)));
        }
    }

    /// The query is written.
    pub(super) fn begin_typing(&mut self) {
        self.refused = None;
        self.just_chosen = None;
    }

    /// Chooses, or with several allowed removes, the person under the cursor. With several, the next name is typed into
    /// an empty field, and choosing the person again at once ends the choice.
    pub(super) fn choose(&mut self) -> Choice {
        self.refused = None;
        let just_chosen = self.just_chosen.take();
        let Some(candidate) = self.marked() else {
            self.refused = (!self.candidates.is_empty()).then_some(PersonRefusal::NoneMarked);
            return Choice::Open;
        };
        if let Some(refusal) = candidate.refusal {
            self.refused = Some(refusal);
            return Choice::Open;
        }
        let person = candidate.person.clone();
        if just_chosen.as_ref() == Some(&person.id) {
            return Choice::Final;
        }
        if let Some(at) = self.chosen.iter().position(|chosen| chosen.id == person.id) {
            if self.several {
                self.chosen.remove(at);
                self.query.clear();
            }
            return if self.several { Choice::Open } else { Choice::Final };
        }
        if !self.several {
            self.chosen.clear();
        }
        if self.chosen.len() == ADD_SIGN_LIMIT {
            self.refused = Some(PersonRefusal::Full);
            return Choice::Open;
        }
        if !self.several {
            self.chosen.push(person);
            return Choice::Final;
        }
        self.query.clear();
        self.just_chosen = Some(person.id.clone());
        self.chosen.push(person);
        Choice::Open
    }
}

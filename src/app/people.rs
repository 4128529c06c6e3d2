//! The people picker of transfer and add-sign: recent ones, those of the case, and a search as she types.

use super::editor::{Editor, Lines};
use crate::domain::{Failure, Person};

/// Choosing people. Owned by the dialog's people step.
#[derive(Debug)]
pub struct Picker {
    pub query: Editor,
    /// What the list shows for the query as it stands, best first.
    pub candidates: Vec<Candidate>,
    pub cursor: usize,
    /// Chosen so far; for a transfer at most one.
    pub chosen: Vec<Person>,
    /// More than one may be chosen.
    pub several: bool,
    /// The platform is being asked for the query.
    pub searching: bool,
    pub failure: Option<Failure>,
    /// Why the last choice was not taken.
    pub refused: Option<PersonRefusal>,
    /// Recent people and those of the case.
    pub(super) known: Vec<Candidate>,
    /// The platform's answers to the query.
    pub(super) found: Vec<Person>,
}

/// Somebody in the picker's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub person: Person,
    pub source: Source,
    /// Cannot be chosen, and why.
    pub refusal: Option<PersonRefusal>,
}

/// Where a candidate comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    Recent,
    InCase,
    Search,
}

/// Why somebody cannot be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonRefusal {
    /// The operator herself.
    Oneself,
    /// Already handles this node (1160245, 1160114).
    HandlesNode,
    /// Twenty people are chosen already.
    Full,
    /// Nobody is chosen yet.
    Nobody,
}

impl Picker {
    #[must_use]
    pub fn new(known: Vec<Candidate>, several: bool, chosen: Vec<Person>) -> Self {
        Self {
            query: Editor::new("", Lines::One),
            candidates: known.clone(),
            cursor: 0,
            chosen,
            several,
            searching: false,
            failure: None,
            refused: None,
            known,
            found: Vec::new(),
        }
    }
}

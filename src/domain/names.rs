//! What ids are called: filled as look-ups answer, asked by everything that shows an id.

use std::collections::HashMap;

use super::{CleanText, DepartmentId, I18n, PersonId};

/// Names by id. Missing means "not known (yet)": the id is shown instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    pub people: HashMap<PersonId, I18n>,
    pub departments: HashMap<DepartmentId, I18n>,
    /// By (`wk_api_name`, id).
    pub objects: HashMap<(CleanText, CleanText), I18n>,
}

impl Names {
    /// Takes over everything that `other` knows.
    pub fn extend(&mut self, other: Self) {
        self.people.extend(other.people);
        self.departments.extend(other.departments);
        self.objects.extend(other.objects);
    }
}

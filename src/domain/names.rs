//! What ids are called: filled as look-ups answer, asked by everything that shows an id.

use std::collections::HashMap;

use super::{CleanText, DepartmentId, I18n, Person, PersonId, Process, short_id};

/// Names by id. Missing means "not known (yet)": the id is shown instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// Whole people: the picker tells two of the same name apart by number and department.
    pub people: HashMap<PersonId, Person>,
    pub departments: HashMap<DepartmentId, I18n>,
    /// By (`wk_api_name`, id).
    pub objects: HashMap<(CleanText, CleanText), I18n>,
}

impl Names {
    /// What a look-up of people told.
    #[must_use]
    pub fn of_people(people: impl IntoIterator<Item = Person>) -> Self {
        let people = people.into_iter().map(|person| (person.id.clone(), person)).collect();
        Self { people, ..Self::default() }
    }

    /// What somebody is called, where a look-up told it.
    #[must_use]
    pub fn of_person(&self, id: &PersonId) -> Option<&I18n> {
        self.people.get(id).map(|person| &person.name).filter(|name| !name.is_empty())
    }

    /// Who began a process: by the name that came along, else by what look-ups brought, else by id. Empty where the
    /// platform names no one.
    #[must_use]
    pub fn initiator(&self, process: &Process) -> I18n {
        let Some(id) = process.initiator_id.as_ref().filter(|_| process.initiator_name.is_empty()) else {
            return process.initiator_name.clone();
        };
        self.of_person(id).cloned().unwrap_or_else(|| I18n::same(CleanText::new(&short_id(id.as_str()))))
    }

    /// Adds to somebody what look-ups have told since.
    pub fn complete(&self, person: &mut Person) {
        if let Some(found) = self.people.get(&person.id) {
            person.learn(found);
        }
    }

    /// Takes over everything that `other` knows.
    pub fn extend(&mut self, other: Self) {
        self.people.extend(other.people);
        self.departments.extend(other.departments);
        self.objects.extend(other.objects);
    }
}

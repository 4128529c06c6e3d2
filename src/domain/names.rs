//! Names of ids: look-ups fill them, every display of an id reads them.

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
    /// Names from a look-up of people.
    #[must_use]
    pub fn of_people(people: impl IntoIterator<Item = Person>) -> Self {
        let people = people.into_iter().map(|person| (person.id.clone(), person)).collect();
        Self { people, ..Self::default() }
    }

    /// The name of a person, if a look-up returned it.
    #[must_use]
    pub fn of_person(&self, id: &PersonId) -> Option<&I18n> {
        self.people.get(id).map(|person| &person.name).filter(|name| !name.is_empty())
    }

    /// The initiator of a process: the name in the process, else that of look-ups, else the id. Empty where the
    /// platform names none.
    #[must_use]
    pub fn initiator(&self, process: &Process) -> I18n {
        self.initiator_of(process.initiator_id.as_ref(), &process.initiator_name)
    }

    /// The same, by the process's id and name of its initiator.
    #[must_use]
    pub fn initiator_of(&self, id: Option<&PersonId>, name: &I18n) -> I18n {
        let Some(id) = id.filter(|_| name.is_empty()) else { return name.clone() };
        self.of_person(id).cloned().unwrap_or_else(|| I18n::same(CleanText::new(&short_id(id.as_str()))))
    }

    /// Completes a person from later look-ups.
    pub fn complete(&self, person: &mut Person) {
        if let Some(found) = self.people.get(&person.id) {
            person.learn(found);
        }
    }

    /// Takes over all names of `other`.
    pub fn extend(&mut self, other: Self) {
        self.people.extend(other.people);
        self.departments.extend(other.departments);
        self.objects.extend(other.objects);
    }
}

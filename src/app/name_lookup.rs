//! The names behind the ids of a form: which to ask for, each once.

use std::collections::HashSet;
use std::time::Duration;

use super::effect::{Effect, NameKind, Query, Slot};
use super::fetch::Fetch;
use crate::domain::form::Value;
use crate::domain::{CleanText, DepartmentId, Form, Names, PersonId, Priority, ProcessId};

/// The ids that were asked for already.
#[derive(Debug, Default)]
pub struct NameLookup {
    people: HashSet<PersonId>,
    departments: HashSet<DepartmentId>,
    objects: HashSet<(CleanText, CleanText)>,
}

impl NameLookup {
    /// Asks for people, departments and objects of a form, and for the labels of its options, as far as unknown.
    pub(super) fn ask(
        &mut self,
        process: &ProcessId,
        form: &Form,
        names: &Names,
        priority: Priority,
        fetch: &mut Fetch,
    ) -> Vec<Effect> {
        let Needs { mut people, mut departments, mut objects, labels } = Needs::of(form);
        people.retain(|id| !names.people.contains_key(id) && self.people.insert(id.clone()));
        departments.retain(|id| !names.departments.contains_key(id) && self.departments.insert(id.clone()));
        objects.retain(|object| self.objects.insert(object.clone()));
        let slot = |kind| Slot::Names(process.clone(), kind);
        let queries = [
            labels.then(|| (Slot::Labels(process.clone()), Query::Labels(process.clone()))),
            (!people.is_empty()).then(|| (slot(NameKind::People), Query::PeopleById(people))),
            (!departments.is_empty()).then(|| (slot(NameKind::Departments), Query::DepartmentNames(departments))),
            (!objects.is_empty()).then(|| (slot(NameKind::Objects), Query::ObjectNames(objects))),
        ];
        queries.into_iter().flatten().map(|(slot, query)| fetch.read(slot, priority, Duration::ZERO, query)).collect()
    }
}

/// Ids without names in a form.
#[derive(Default)]
struct Needs {
    people: Vec<PersonId>,
    departments: Vec<DepartmentId>,
    objects: Vec<(CleanText, CleanText)>,
    labels: bool,
}

impl Needs {
    fn of(form: &Form) -> Self {
        let mut needs = Self::default();
        form.for_each_value(&mut |value| match value {
            Value::User(id) | Value::Employment(id) => needs.people.push(id.clone()),
            Value::Department(id) => needs.departments.push(id.clone()),
            Value::Object { api_name, id } => needs.objects.push((api_name.clone(), id.clone())),
            Value::Enum { label, .. } if label.is_empty() => needs.labels = true,
            _ => {}
        });
        needs
    }
}

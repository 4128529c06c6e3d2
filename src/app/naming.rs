//! What the ids of a form are called: which names to ask for, each once.

use std::time::Duration;

use super::effect::NameKind;
use super::{App, Effect, Loaded, Query, Slot};
use crate::domain::form::Value;
use crate::domain::{CleanText, DepartmentId, Form, I18n, PersonId, Process, ProcessId};

impl App {
    /// Who began a process, by the best name that is known.
    #[must_use]
    pub fn initiator(&self, process: &Process) -> I18n {
        self.names.initiator(process)
    }

    /// Names of the people, departments and objects of a form, and the labels of its options, as far as unknown.
    pub(super) fn ask_for_names(&mut self, process: &ProcessId) -> Vec<Effect> {
        let Some(Loaded::Here(Some(form))) = self.cases.get(process).map(|case| &case.form) else { return Vec::new() };
        let Needs { mut people, mut departments, mut objects, labels } = Needs::of(form);
        let (names, asked) = (&self.names, &mut self.sync.asked_names);
        people.retain(|id| !names.people.contains_key(id) && asked.insert(format!("p{}", id.as_str())));
        departments.retain(|id| !names.departments.contains_key(id) && asked.insert(format!("d{}", id.as_str())));
        objects.retain(|object| asked.insert(format!("o{}/{}", object.0, object.1)));
        let slot = |kind| Slot::Names(process.clone(), kind);
        let queries = [
            labels.then(|| (Slot::Labels(process.clone()), Query::Labels(process.clone()))),
            (!people.is_empty()).then(|| (slot(NameKind::People), Query::PeopleById(people))),
            (!departments.is_empty()).then(|| (slot(NameKind::Departments), Query::DepartmentNames(departments))),
            (!objects.is_empty()).then(|| (slot(NameKind::Objects), Query::ObjectNames(objects))),
        ];
        let queries = queries.into_iter().flatten();
        queries.map(|(slot, query)| self.sync.read(slot, Duration::ZERO, query)).collect()
    }
}

/// What a form shows only as ids.
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

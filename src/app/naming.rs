//! What the ids of a form are called: which names to ask for, each once.

use std::time::Duration;

use super::effect::NameKind;
use super::{App, Effect, Loaded, Query, Slot};
use crate::domain::form::Value;
use crate::domain::{CleanText, DepartmentId, Form, I18n, PersonId, Process, ProcessId, short_id};

/// Names asked for in one request (API page, C.2, C.5).
const NAMES_AT_A_TIME: usize = 50;

impl App {
    /// Who began a process: by the name that came along, else by what look-ups brought, else by id. Empty where the
    /// platform names nobody.
    #[must_use]
    pub fn initiator(&self, process: &Process) -> I18n {
        let Some(id) = process.initiator_id.as_ref().filter(|_| process.initiator_name.is_empty()) else {
            return process.initiator_name.clone();
        };
        let found = self.names.people.get(id).filter(|name| !name.is_empty());
        found.cloned().unwrap_or_else(|| I18n::same(CleanText::new(&short_id(id.as_str()))))
    }

    /// Names of the people, departments and objects of a form, and the labels of its options, as far as unknown.
    pub(super) fn ask_for_names(&mut self, process: &ProcessId) -> Vec<Effect> {
        let Some(Loaded::Here(Some(form))) = self.cases.get(process).map(|case| &case.form) else { return Vec::new() };
        let needs = Needs::of(form);
        let asked = &mut self.sync.asked_names;
        let people: Vec<_> = needs
            .people
            .into_iter()
            .filter(|id| !self.names.people.contains_key(id) && asked.insert(format!("p{}", id.as_str())))
            .take(NAMES_AT_A_TIME)
            .collect();
        let departments: Vec<_> = needs
            .departments
            .into_iter()
            .filter(|id| !self.names.departments.contains_key(id) && asked.insert(format!("d{}", id.as_str())))
            .take(NAMES_AT_A_TIME)
            .collect();
        let objects: Vec<_> = needs
            .objects
            .into_iter()
            .filter(|object| asked.insert(format!("o{}/{}", object.0, object.1)))
            .take(NAMES_AT_A_TIME)
            .collect();
        let labels = needs.labels;
        let mut effects = Vec::new();
        if labels {
            let slot = Slot::Labels(process.clone());
            effects.push(self.sync.read(slot, Duration::ZERO, Query::Labels(process.clone())));
        }
        if !people.is_empty() {
            effects.push(self.sync.read(
                Slot::Names(process.clone(), NameKind::People),
                Duration::ZERO,
                Query::PeopleNames(people),
            ));
        }
        if !departments.is_empty() {
            effects.push(self.sync.read(
                Slot::Names(process.clone(), NameKind::Departments),
                Duration::ZERO,
                Query::DepartmentNames(departments),
            ));
        }
        if !objects.is_empty() {
            effects.push(self.sync.read(
                Slot::Names(process.clone(), NameKind::Objects),
                Duration::ZERO,
                Query::ObjectNames(objects),
            ));
        }
        effects
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

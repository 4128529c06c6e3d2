//! Everyone who stands in a request that was read in this run: the picker finds them by name, pinyin and initials.

use std::collections::BTreeMap;

use super::people::Role;
use crate::domain::{I18n, PersonId, Process};

/// Names by id, in a fixed order. Kept beside the requests, which may leave memory.
#[derive(Debug, Default)]
pub(super) struct KnownPeople(BTreeMap<PersonId, I18n>);

impl KnownPeople {
    pub(super) fn note(&mut self, process: &Process) {
        for (id, name, _) in people_of(process) {
            if !name.is_empty() && self.0.get(id) != Some(name) {
                self.0.insert(id.clone(), name.clone());
            }
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = (&PersonId, &I18n)> {
        self.0.iter()
    }

    pub(super) fn has(&self, id: &PersonId) -> bool {
        self.0.contains_key(id)
    }
}

/// All people of a process with their most telling role: approvers before commentators and the requester.
pub(super) fn people_of(process: &Process) -> impl Iterator<Item = (&PersonId, &I18n, Role)> {
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

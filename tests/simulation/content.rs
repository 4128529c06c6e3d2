//! Compares the content of two readings field by field, without the program's own stamps, which are under test.

use std::sync::Arc;

use shenpi::domain::{Process, Shown};

/// Whether two readings show the same content. Readings without a form on screen are compared without it.
pub fn is_same(shown: &Shown, other: &Shown) -> bool {
    let same_form = match (&shown.form, &other.form) {
        (None, _) => true,
        (Some(one), Some(other)) => {
            Arc::ptr_eq(one, other)
                || (one.fields.len() == other.fields.len()
                    && one
                        .fields
                        .iter()
                        .zip(&other.fields)
                        .all(|(one, other)| one.api_name == other.api_name && one.value == other.value))
        }
        (Some(_), None) => false,
    };
    same_form && (Arc::ptr_eq(&shown.process, &other.process) || shows_same(&shown.process, &other.process))
}

fn shows_same(one: &Process, other: &Process) -> bool {
    let todos = |process: &Process| -> Vec<_> {
        process
            .todos
            .iter()
            .chain(&process.system_todos)
            .map(|todo| (todo.approver_id.clone(), todo.kind, todo.operator_id.clone(), todo.node_name.clone()))
            .collect()
    };
    let done = |process: &Process| -> Vec<_> {
        process
            .done_list
            .iter()
            .chain(&process.system_done_list)
            .map(|done| {
                let what = (done.status, done.operator_id.clone(), done.complete_time, done.approval_opinion.clone());
                (done.approver_id.clone(), what)
            })
            .collect()
    };
    let comments = |process: &Process| -> Vec<_> {
        process
            .comments
            .iter()
            .map(|comment| (comment.commentor_id.clone(), comment.time, comment.message.clone()))
            .collect()
    };
    one.status == other.status
        && one.initiator_id == other.initiator_id
        && one.abstracts == other.abstracts
        && todos(one) == todos(other)
        && done(one) == done(other)
        && comments(one) == comments(other)
}

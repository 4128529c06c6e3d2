//! A fingerprint of what was on screen of a case, so that "changed since she looked" is one comparison.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::form::{Form, Value};
use super::{Field, Process};

/// Hash over abstracts, open tasks, comments, status and form. Compared within one run only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp(pub u64);

impl Stamp {
    /// `form` is `None` while none was shown, or when the flow has none to read.
    #[must_use]
    pub fn of(process: &Process, form: Option<&Form>) -> Self {
        let mut hasher = DefaultHasher::new();
        process.status.number().hash(&mut hasher);
        for line in &process.abstracts {
            (&line.name, &line.value).hash(&mut hasher);
        }
        for todo in &process.todos {
            (&todo.approver_id, &todo.operator_id, &todo.node_definition_id).hash(&mut hasher);
        }
        for comment in &process.comments {
            (&comment.commentor_id, comment.time, &comment.message).hash(&mut hasher);
        }
        if let Some(form) = form {
            form.fields.iter().for_each(|field| hash_field(field, &mut hasher));
        }
        Self(hasher.finish())
    }
}

fn hash_field(field: &Field, hasher: &mut DefaultHasher) {
    field.api_name.hash(hasher);
    hash_value(&field.value, hasher);
}

/// Option labels are left out: they arrive later than the values and change nothing about the case.
fn hash_value(value: &Value, hasher: &mut DefaultHasher) {
    std::mem::discriminant(value).hash(hasher);
    match value {
        Value::Empty => {}
        Value::Text(text) | Value::Number(text) | Value::Raw(text) => text.hash(hasher),
        Value::Bool(flag) => flag.hash(hasher),
        Value::Enum { id, .. } => id.hash(hasher),
        Value::Date(days) => days.hash(hasher),
        Value::DateTime { at, .. } => at.hash(hasher),
        Value::I18n(text) => text.hash(hasher),
        Value::Object { api_name, id } => (api_name, id).hash(hasher),
        Value::User(id) | Value::Employment(id) => id.hash(hasher),
        Value::Department(id) => id.hash(hasher),
        Value::File(file) => (&file.id, &file.name, file.length).hash(hasher),
        Value::List(values) => values.iter().for_each(|value| hash_value(value, hasher)),
        Value::Record(fields) => fields.iter().for_each(|field| hash_field(field, hasher)),
        Value::Broken(broken) => format!("{broken:?}").hash(hasher),
    }
}

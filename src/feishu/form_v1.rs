//! Form data v1: nested, and the only source of option labels (protocol.md#form-v1).

use super::form_value::{Member, field, union, variables};
use super::received;
use super::wire::{Node, Read};
use crate::domain::form::{Broken, Field, FileRef, Form, FormSource, MAX_DEPTH, Value};
use crate::domain::{DepartmentId, FileId, Millis, PersonId, ProcessId};

/// Members of the union, in the order in which they count.
const KNOWN: [&str; 14] = [
    "record_value",
    "list_value",
    "file_value",
    "object_value",
    "i18n_value",
    "employment_value",
    "department_value",
    "date_time_value",
    "date_value",
    "enum_value",
    "number_value",
    "text_value",
    "bool_value",
    "null_value",
];

/// `data` of a form in version 1 (protocol.md#form-v1).
pub(super) fn form(process: &ProcessId, data: Node<'_>) -> Form {
    let fields = variables(data, |variable| {
        vec![Field {
            api_name: variable.get("variable_api_name").text(),
            label: variable.get("variable_name").i18n(),
            value: value(variable.get("variable_value"), 0),
        }]
    });
    Form { process: process.clone(), source: FormSource::V1, fields, received: received::form(data) }
}

fn value(node: Node<'_>, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Broken(Broken::TooDeep);
    }
    union(node, &KNOWN, |name, member| match name {
        "record_value" => record(member, depth),
        "list_value" => list(member, depth),
        "file_value" => file(member, "file_id"),
        _ => wrapped(name, member),
    })
}

fn record(member: Node<'_>, depth: usize) -> Member {
    let values = member.get("values");
    if !values.0.is_object() || values.0.as_object().is_some_and(serde_json::Map::is_empty) {
        return Member::raw(member);
    }
    let fields = values.members().map(|(name, member)| field(name.into(), value(member, depth + 1)));
    Member::Value(Value::Record(fields.collect()))
}

fn list(member: Node<'_>, depth: usize) -> Member {
    let values = member.get("values");
    if !values.0.is_array() || values.is_absent() {
        return Member::raw(member);
    }
    Member::Value(Value::List(values.entries().map(|entry| value(entry, depth + 1)).collect()))
}

/// An attachment of either version. It needs one of id, name and type.
pub(super) fn file(member: Node<'_>, id_name: &str) -> Member {
    let texts = [id_name, "file_name", "mime_type"].map(|name| member.get(name).string());
    let length = member.get("length").integer();
    if !member.0.is_object() || texts.contains(&Read::Unreadable) || length == Read::Unreadable {
        return Member::raw(member);
    }
    if texts.iter().all(|text| *text == Read::Absent) {
        return Member::raw(member);
    }
    Member::Value(Value::File(FileRef {
        id: FileId::new(member.get(id_name).raw()),
        name: member.get("file_name").text(),
        length: length.value(),
        mime_type: member.get("mime_type").text(),
    }))
}

/// A kind whose `value` holds the content.
fn wrapped(name: &str, member: Node<'_>) -> Member {
    let inner = member.get("value");
    if inner.is_absent() {
        // A reference without an id: only an option's label or an object's kind.
        return match Member::raw(member) {
            Member::Value(raw) if member.0.is_object() => Member::Incomplete(raw),
            raw => raw,
        };
    }
    match name {
        "object_value" => {
            let api_name = member.get("wk_api_name").text();
            Member::scalar(inner, inner.string(), |_| Value::Object { api_name: api_name.clone(), id: inner.text() })
        }
        "i18n_value" => Member::i18n(inner),
        "employment_value" => Member::scalar(inner, inner.string(), |id| Value::Employment(PersonId::new(id))),
        "department_value" => Member::scalar(inner, inner.string(), |id| Value::Department(DepartmentId::new(id))),
        "date_time_value" => {
            let zone = member.get("zone").text();
            Member::whole_number(inner, |millis| Value::DateTime { at: Millis(millis), zone: zone.clone() })
        }
        "date_value" => Member::whole_number(inner, Value::Date),
        "enum_value" => {
            let label = member.get("name").i18n();
            Member::scalar(inner, inner.string(), |_| Value::Enum { id: inner.text(), label: label.clone() })
        }
        "number_value" => Member::scalar(inner, inner.string(), |_| Value::Number(inner.text())),
        "text_value" => Member::scalar(inner, inner.string(), |_| Value::Text(inner.text())),
        "bool_value" => Member::scalar(inner, inner.boolean(), Value::Bool),
        _ => Member::raw(member),
    }
}

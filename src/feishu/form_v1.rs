//! Form data v1: really nested, and the only source of option labels (API page, B.5).

use super::form_v2::{malformed, unknown};
use super::wire::Node;
use crate::domain::form::{Broken, Field, FileRef, Form, FormSource, MAX_DEPTH, Value};
use crate::domain::{DepartmentId, FileId, I18n, Millis, ProcessId};

/// `data` of B.5.
pub(super) fn form(process: &ProcessId, data: Node<'_>) -> Form {
    let fields = data
        .get("field_variable_values")
        .entries()
        .map(|variable| Field {
            api_name: variable.get("variable_api_name").text(),
            label: variable.get("variable_name").i18n(),
            value: value(variable.get("variable_value"), 0),
        })
        .collect();
    Form { process: process.clone(), source: FormSource::V1, fields }
}

fn value(node: Node<'_>, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::Broken(Broken::TooDeep);
    }
    let set = |name: &str| Some(node.get(name)).filter(|member| !member.is_nothing());
    if let Some(record) = set("record_value") {
        let field = |(name, member): (&str, Node<'_>)| Field {
            api_name: name.into(),
            label: I18n::default(),
            value: value(member, depth + 1),
        };
        return Value::Record(record.get("values").members().map(field).collect());
    }
    if let Some(list) = set("list_value") {
        return Value::List(list.get("values").entries().map(|entry| value(entry, depth + 1)).collect());
    }
    if let Some(file) = set("file_value") {
        return Value::File(FileRef {
            id: FileId::new(file.get("file_id").raw()),
            name: file.get("file_name").text(),
            length: file.get("length").int(),
            mime_type: file.get("mime_type").text(),
        });
    }
    scalar(node)
}

/// A kind whose `value` holds the text.
fn scalar(node: Node<'_>) -> Value {
    let set = |name: &str| {
        let member = node.get(name);
        let inner = member.get("value");
        (!inner.is_nothing()).then_some((member, inner))
    };
    if let Some((object, id)) = set("object_value") {
        return Value::Object { api_name: object.get("wk_api_name").text(), id: id.text() };
    }
    if let Some((_, text)) = set("i18n_value") {
        return Value::I18n(text.i18n());
    }
    if let Some(person) = set("employment_value").and_then(|(_, id)| id.person()) {
        return Value::Employment(person);
    }
    if let Some((_, id)) = set("department_value") {
        return Value::Department(DepartmentId::new(id.raw()));
    }
    if let Some((time, at)) = set("date_time_value") {
        let zone = time.get("zone").text();
        return at.int().map_or_else(|| malformed(at), |millis| Value::DateTime { at: Millis(millis), zone });
    }
    if let Some((_, days)) = set("date_value") {
        return days.int().map_or_else(|| malformed(days), Value::Date);
    }
    if let Some((option, id)) = set("enum_value") {
        return Value::Enum { id: id.text(), label: option.get("name").i18n() };
    }
    if let Some((_, number)) = set("number_value") {
        return Value::Number(number.text());
    }
    if let Some((_, text)) = set("text_value") {
        return Value::Text(text.text());
    }
    match set("bool_value").and_then(|(_, flag)| flag.flag()) {
        Some(flag) => Value::Bool(flag),
        None => unknown(node),
    }
}

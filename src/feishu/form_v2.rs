//! Form data v2: flattened. A list or a record only names keys; the values stand beside it in `sub_values` (API page, B.4).

use std::collections::HashMap;

use serde_json::Value as Json;

use super::wire::Node;
use crate::domain::form::{Broken, Field, FileRef, Form, FormSource, MAX_DEPTH, Value};
use crate::domain::{CleanText, DepartmentId, FileId, I18n, Millis, ProcessId};

/// Characters of a value of unknown kind that are kept.
const RAW_LIMIT: usize = 2_000;

/// Values of one variable that are read. Keys may be named more than once, so a small answer can describe a tree of any
/// size.
const MOST_VALUES: usize = 100_000;

/// `data` of B.4.
pub(super) fn form(process: &ProcessId, data: Node<'_>) -> Form {
    let fields = data
        .get("field_variable_values")
        .entries()
        .map(|variable| {
            let mut subs = Subs::new(variable.get("sub_values"));
            Field {
                api_name: variable.get("variable_api_name").text(),
                label: variable.get("variable_name").i18n(),
                value: subs.value(variable.get("variable_value")),
            }
        })
        .collect();
    Form { process: process.clone(), source: FormSource::V2, fields }
}

/// The nested values of one variable, whatever level they belong to, and where in them reading is.
struct Subs<'a> {
    by_key: HashMap<String, Node<'a>>,
    by_index: Vec<Node<'a>>,
    above: Vec<String>,
    read: usize,
}

impl<'a> Subs<'a> {
    fn new(subs: Node<'a>) -> Self {
        let by_index: Vec<Node<'a>> = subs.entries().map(|entry| entry.get("value")).collect();
        let mut by_key = HashMap::new();
        for entry in subs.entries() {
            // Of two values with one key the first counts.
            by_key.entry(entry.get("key").raw()).or_insert(entry.get("value"));
        }
        Self { by_key, by_index, above: Vec::new(), read: 0 }
    }

    /// By key first; a number that is no key counts as an index (API page, H 12).
    fn find(&self, key: &str) -> Option<Node<'a>> {
        let indexed = || key.parse().ok().and_then(|index: usize| self.by_index.get(index));
        self.by_key.get(key).or_else(indexed).copied()
    }

    fn follow(&mut self, key: &str) -> Value {
        self.read += 1;
        if self.above.iter().any(|seen| seen == key) {
            return Value::Broken(Broken::Cycle(CleanText::new(key)));
        }
        if self.above.len() >= MAX_DEPTH || self.read >= MOST_VALUES {
            return Value::Broken(Broken::TooDeep);
        }
        let Some(value) = self.find(key) else { return Value::Broken(Broken::MissingKey(CleanText::new(key))) };
        self.above.push(key.to_owned());
        let value = self.value(value);
        self.above.pop();
        value
    }

    /// Members beyond the bound are not even named: together they could be as many as the bound times themselves.
    fn follow_all<T>(&mut self, named: Node<'a>, follow: impl Fn(&mut Self, Node<'a>) -> T) -> Vec<T> {
        let mut followed = Vec::new();
        for name in named.entries() {
            let over = self.read >= MOST_VALUES;
            followed.push(follow(self, name));
            if over {
                break;
            }
        }
        followed
    }

    /// The union has no tag: the first member that holds something counts, containers first (API page, B.4).
    fn value(&mut self, node: Node<'a>) -> Value {
        let set = |name: &str| Some(node.get(name)).filter(|member| !member.is_nothing());
        if let Some(members) = set("record_values") {
            return Value::Record(self.follow_all(members, Self::member));
        }
        if let Some(keys) = set("list_values") {
            return Value::List(self.follow_all(keys, |subs, key| subs.follow(&key.raw())));
        }
        if let Some(scalar) = scalar(set) {
            return scalar;
        }
        match node.get("bool_value").flag() {
            Some(flag) => Value::Bool(flag),
            None => unknown(node),
        }
    }

    fn member(&mut self, member: Node<'a>) -> Field {
        Field {
            api_name: member.get("variable_api_name").text(),
            label: I18n::default(),
            value: self.follow(&member.get("sub_value_key").raw()),
        }
    }
}

fn scalar<'a>(set: impl Fn(&str) -> Option<Node<'a>>) -> Option<Value> {
    if let Some(file) = set("file_value") {
        return Some(Value::File(FileRef {
            id: FileId::new(file.get("open_file_id").raw()),
            name: file.get("file_name").text(),
            length: file.get("length").int(),
            mime_type: file.get("mime_type").text(),
        }));
    }
    if let Some(object) = set("object_value") {
        return Some(Value::Object { api_name: object.get("wk_api_name").text(), id: object.get("wk_id").text() });
    }
    if let Some(text) = set("i18n_value").map(Node::i18n).filter(|text| !text.is_empty()) {
        return Some(Value::I18n(text));
    }
    if let Some(person) = set("employment_value").and_then(Node::person) {
        return Some(Value::Employment(person));
    }
    if let Some(person) = set("user_value").and_then(Node::person) {
        return Some(Value::User(person));
    }
    if let Some(department) = set("department_value") {
        return Some(Value::Department(DepartmentId::new(department.raw())));
    }
    if let Some(time) = set("date_time_value") {
        return Some(time.int().map_or_else(
            || malformed(time),
            |millis| Value::DateTime { at: Millis(millis), zone: CleanText::default() },
        ));
    }
    if let Some(date) = set("date_value") {
        return Some(date.int().map_or_else(|| malformed(date), Value::Date));
    }
    if let Some(option) = set("enum_value") {
        return Some(Value::Enum { id: option.text(), label: I18n::default() });
    }
    if let Some(number) = set("number_value") {
        return Some(Value::Number(number.text()));
    }
    set("text_value").map(|text| Value::Text(text.text()))
}

pub(super) fn malformed(node: Node<'_>) -> Value {
    Value::Broken(Broken::Malformed(excerpt(node.0)))
}

/// Members of the union that are known; anything else that holds something is of a kind newer than this program.
const KNOWN: [&str; 15] = [
    "record_values",
    "list_values",
    "file_value",
    "object_value",
    "i18n_value",
    "employment_value",
    "user_value",
    "department_value",
    "date_time_value",
    "date_value",
    "enum_value",
    "number_value",
    "text_value",
    "bool_value",
    "null_value",
];

/// A value none of whose known members holds anything: empty, or of an unknown kind and shown raw.
pub(super) fn unknown(node: Node<'_>) -> Value {
    let strange = node.members().any(|(name, member)| !KNOWN.contains(&name) && !member.is_nothing());
    let shapeless = !node.is_nothing() && !node.0.is_object();
    if strange || shapeless { Value::Raw(excerpt(node.0)) } else { Value::Empty }
}

fn excerpt(json: &Json) -> CleanText {
    let text = json.to_string();
    let cut: String = text.chars().take(RAW_LIMIT).collect();
    CleanText::new(&if cut.len() < text.len() { format!("{cut} …") } else { cut })
}

//! Form data v2: flattened. A list or a record names keys; their values stand beside it in `sub_values`
//! (protocol.md#form-v2).

use std::collections::{HashMap, HashSet};

use super::form_v1::file;
use super::form_value::{Member, field, union, variables};
use super::received;
use super::wire::{NOTHING, Node, Read};
use crate::domain::form::{Broken, Field, Form, FormSource, MAX_DEPTH, Value};
use crate::domain::{CleanText, DepartmentId, I18n, Millis, PersonId, ProcessId};

/// Values of one form that are read, and bytes of those that are read again: keys may be named more than once, so a small
/// answer can describe a tree of any size.
const MOST_VALUES: usize = 100_000;
const MOST_REPEATED: usize = 4 * 1024 * 1024;
/// Nested values shown of those that no key leads to.
const MOST_LEFT: usize = 100;

/// Members of the union, in the order in which they count.
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

/// `data` of a form in version 2 (protocol.md#form-v2).
pub(super) fn form(process: &ProcessId, data: Node<'_>) -> Form {
    let mut budget = Budget::default();
    let fields = variables(data, |entry| variable(entry, &mut budget));
    Form { process: process.clone(), source: FormSource::V2, fields, received: received::form(data) }
}

/// One variable; nested values that no key leads to stand behind it, raw.
fn variable(variable: Node<'_>, budget: &mut Budget) -> Vec<Field> {
    let nested = variable.get("sub_values");
    let mut subs = Subs::new(nested, budget);
    let api_name = variable.get("variable_api_name").text();
    let name = CleanText::new(&format!("{api_name}.sub_values"));
    let value = subs.value(variable.get("variable_value"));
    let left = subs.left().into_iter().map(|node| field(name.clone(), Value::Raw(node.compact()))).collect::<Vec<_>>();
    let read = Field { api_name, label: variable.get("variable_name").i18n(), value };
    std::iter::once(read).chain(left).collect()
}

/// The cost that the reading of one form may still take.
#[derive(Debug, Default)]
struct Budget {
    values: usize,
    /// Bytes of nested values that were read again because several keys lead to them.
    repeated: usize,
}

impl Budget {
    const fn is_spent(&self) -> bool {
        self.values >= MOST_VALUES || self.repeated >= MOST_REPEATED
    }
}

/// The nested values of one variable at all levels, and the reader's place in them.
struct Subs<'a, 'b> {
    nested: Node<'a>,
    entries: Vec<Node<'a>>,
    by_key: HashMap<String, usize>,
    followed: HashSet<usize>,
    above: Vec<String>,
    budget: &'b mut Budget,
}

impl<'a, 'b> Subs<'a, 'b> {
    fn new(nested: Node<'a>, budget: &'b mut Budget) -> Self {
        let entries: Vec<Node<'a>> = nested.entries().collect();
        let mut by_key = HashMap::new();
        for (at, entry) in entries.iter().enumerate() {
            if let Read::Value(key) = entry.get("key").string() {
                // Of two values with one key the first counts.
                by_key.entry(key).or_insert(at);
            }
        }
        Self { nested, entries, by_key, followed: HashSet::new(), above: Vec::new(), budget }
    }

    /// Finds by key first; a number that is not a key counts as an index (protocol.md#form-v2).
    fn find(&self, key: &str) -> Option<usize> {
        let indexed = || key.parse().ok().filter(|index: &usize| *index < self.entries.len());
        self.by_key.get(key).copied().or_else(indexed)
    }

    /// Nested values that are nowhere in the value: no key leads to them, or their content stands beside `value`.
    fn left(&self) -> Vec<Node<'a>> {
        if !self.nested.0.is_array() {
            return Some(self.nested).filter(|nested| !nested.is_absent()).into_iter().collect();
        }
        let is_left = |(at, entry): &(usize, &Node<'a>)| {
            let beside =
                || entry.members().any(|(name, member)| !["key", "value"].contains(&name) && !member.is_absent());
            !self.followed.contains(at) || entry.get("value").is_absent() && beside()
        };
        let left = self.entries.iter().enumerate().filter(is_left).map(|(_, entry)| *entry);
        left.filter(|entry| !entry.is_absent()).take(MOST_LEFT).collect()
    }

    fn follow(&mut self, key: &str) -> Value {
        self.budget.values += 1;
        if self.above.iter().any(|seen| seen == key) {
            return Value::Broken(Broken::Cycle(CleanText::new(key)));
        }
        if self.above.len() >= MAX_DEPTH || self.budget.is_spent() {
            return Value::Broken(Broken::TooDeep);
        }
        let Some(at) = self.find(key) else { return Value::Broken(Broken::MissingKey(CleanText::new(key))) };
        let value = self.entries.get(at).map_or(NOTHING, |entry| entry.get("value"));
        if !self.followed.insert(at) {
            self.budget.repeated += value.weight();
        }
        self.above.push(key.to_owned());
        let value = self.value(value);
        self.above.pop();
        value
    }

    /// Members beyond the bound are not even named: together they could be as many as the bound times themselves.
    fn follow_all<T>(&mut self, named: Node<'a>, follow: impl Fn(&mut Self, Node<'a>) -> T) -> Vec<T> {
        let mut followed = Vec::new();
        for name in named.entries() {
            let over = self.budget.is_spent();
            followed.push(follow(self, name));
            if over {
                break;
            }
        }
        followed
    }

    fn value(&mut self, node: Node<'a>) -> Value {
        union(node, &KNOWN, |name, member| match name {
            "record_values" => self.record(member),
            "list_values" => self.list(member),
            "file_value" => file(member, "open_file_id"),
            "object_value" => object(member),
            _ => scalar(name, member),
        })
    }

    fn record(&mut self, member: Node<'a>) -> Member {
        if !member.0.is_array() || member.is_absent() {
            return Member::raw(member);
        }
        Member::Value(Value::Record(self.follow_all(member, Self::member)))
    }

    fn list(&mut self, member: Node<'a>) -> Member {
        if !member.0.is_array() || member.is_absent() {
            return Member::raw(member);
        }
        Member::Value(Value::List(self.follow_all(member, Self::entry)))
    }

    /// An entry of a list is a key. A value in its place is read as one.
    fn entry(&mut self, entry: Node<'a>) -> Value {
        match entry.string() {
            Read::Value(key) => self.follow(&key),
            Read::Absent => Value::Empty,
            Read::Unreadable if self.above.len() >= MAX_DEPTH => Value::Broken(Broken::TooDeep),
            Read::Unreadable => {
                self.above.push(String::new());
                let value = self.value(entry);
                self.above.pop();
                value
            }
        }
    }

    fn member(&mut self, member: Node<'a>) -> Field {
        let key = member.get("sub_value_key");
        let name = member.get("variable_api_name");
        let value = match key.string() {
            _ if name.is_absent() && key.is_absent() && !member.is_absent() => Value::Raw(member.compact()),
            Read::Unreadable => Value::Raw(key.compact()),
            Read::Value(key) => self.follow(&key),
            Read::Absent => Value::Broken(Broken::MissingKey(CleanText::default())),
        };
        Field { api_name: name.text(), label: I18n::default(), value }
    }
}

/// A reference to a master-data object; without an id it names none.
fn object(member: Node<'_>) -> Member {
    let (id, kind) = (member.get("wk_id"), member.get("wk_api_name"));
    let value = || Value::Object { api_name: kind.text(), id: id.text() };
    match (id.string(), kind.string()) {
        (Read::Value(_), Read::Value(_) | Read::Absent) => Member::Value(value()),
        (Read::Absent, Read::Value(_)) => Member::Incomplete(value()),
        _ => Member::raw(member),
    }
}

fn scalar(name: &str, member: Node<'_>) -> Member {
    match name {
        "i18n_value" => Member::i18n(member),
        "employment_value" => Member::scalar(member, member.string(), |id| Value::Employment(PersonId::new(id))),
        "user_value" => Member::scalar(member, member.string(), |id| Value::User(PersonId::new(id))),
        "department_value" => Member::scalar(member, member.string(), |id| Value::Department(DepartmentId::new(id))),
        "date_time_value" => {
            Member::whole_number(member, |millis| Value::DateTime { at: Millis(millis), zone: CleanText::default() })
        }
        "date_value" => Member::whole_number(member, Value::Date),
        "enum_value" => {
            Member::scalar(member, member.string(), |_| Value::Enum { id: member.text(), label: I18n::default() })
        }
        "number_value" => Member::scalar(member, member.string(), |_| Value::Number(member.text())),
        "text_value" => Member::scalar(member, member.string(), |_| Value::Text(member.text())),
        "bool_value" => Member::scalar(member, member.boolean(), Value::Bool),
        _ => Member::raw(member),
    }
}

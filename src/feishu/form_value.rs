//! The untagged union of a form value: which of its members count (protocol.md#form-values).

use super::wire::{Node, Read};
use crate::domain::form::Broken;
use crate::domain::{CleanText, Field, I18n, Value};

/// Content of one member of the union.
#[derive(Debug)]
pub(super) enum Member {
    Absent,
    /// `false` or day 0. A value if it is the only member, otherwise an encoder's default.
    Zero(Value),
    /// A reference that names no object. Counts if no other member does.
    Incomplete(Value),
    Value(Value),
}

impl Member {
    /// Reads a scalar; an unreadable one is shown raw.
    pub fn scalar<T>(node: Node<'_>, read: Read<T>, make: impl Fn(T) -> Value) -> Self {
        Self::of(node, read, make, |node| Value::Raw(node.compact()))
    }

    /// A number that means a date or a time.
    pub fn whole_number(node: Node<'_>, make: impl Fn(i64) -> Value) -> Self {
        if node.0.is_number() && node.is_zero() {
            return Self::Zero(make(0));
        }
        Self::of(node, node.integer(), make, |node| Value::Broken(Broken::Malformed(node.compact())))
    }

    fn of<T>(node: Node<'_>, read: Read<T>, make: impl Fn(T) -> Value, unreadable: impl Fn(Node<'_>) -> Value) -> Self {
        match read {
            Read::Value(value) if node.0.as_bool() == Some(false) => Self::Zero(make(value)),
            Read::Value(value) => Self::Value(make(value)),
            Read::Absent => Self::Absent,
            Read::Unreadable => Self::Value(unreadable(node)),
        }
    }

    pub fn i18n(node: Node<'_>) -> Self {
        match node.read_i18n() {
            (_, true) => Self::raw(node),
            (text, false) if text.is_empty() => Self::Absent,
            (text, false) => Self::Value(Value::I18n(text)),
        }
    }

    /// Present in another shape. An object of zeros is an unset one.
    pub fn raw(node: Node<'_>) -> Self {
        if node.is_absent() || node.0.is_object() && node.is_zero() {
            Self::Absent
        } else {
            Self::Value(Value::Raw(node.compact()))
        }
    }
}

/// The value of a union: its one filled member. Several filled members are all shown by name, because the platform's
/// choice is unknown.
pub(super) fn union<'a>(
    node: Node<'a>,
    known: &[&'static str],
    mut read: impl FnMut(&str, Node<'a>) -> Member,
) -> Value {
    if !node.0.is_object() {
        return if node.is_absent() { Value::Empty } else { Value::Raw(node.compact()) };
    }
    let mut set = Vec::new();
    let (mut zero, mut incomplete) = (None, None);
    for name in known {
        match read(name, node.get(name)) {
            Member::Absent => {}
            Member::Zero(value) => zero = zero.or(Some(value)),
            Member::Incomplete(value) => incomplete = incomplete.or(Some(value)),
            Member::Value(value) => set.push(field((*name).into(), value)),
        }
    }
    // Kinds newer than this program.
    let alone = node.members().filter(|(_, member)| !member.0.is_null()).count() == 1;
    let strange = node
        .members()
        .filter(|(name, member)| !known.contains(name) && (!member.is_zero() || alone && !member.is_absent()));
    let strange: Vec<_> = strange.map(|(name, member)| field(name.into(), Value::Raw(member.compact()))).collect();
    if set.is_empty() && !strange.is_empty() {
        return Value::Raw(node.compact());
    }
    set.extend(strange);
    if set.len() > 1 {
        return Value::Record(set);
    }
    set.pop().map(|field| field.value).or(incomplete).or(zero.filter(|_| alone)).unwrap_or(Value::Empty)
}

/// A value that only has the name of its member.
pub(super) fn field(api_name: CleanText, value: Value) -> Field {
    Field { api_name, label: I18n::default(), value }
}

/// The variables of a form. An entry that is not a variable stands among them, raw.
pub(super) fn variables<'a>(data: Node<'a>, mut read: impl FnMut(Node<'a>) -> Vec<Field>) -> Vec<Field> {
    const NAME: &str = "field_variable_values";
    const MEMBERS: [&str; 4] = ["variable_api_name", "variable_name", "variable_value", "sub_values"];
    let is_variable = |entry: Node<'a>| MEMBERS.iter().any(|name| !entry.get(name).is_absent());
    let variables = data.get(NAME);
    if !variables.0.is_array() && !variables.is_absent() {
        return vec![field(NAME.into(), Value::Raw(variables.compact()))];
    }
    variables
        .entries()
        .filter(|entry| !entry.is_absent())
        .flat_map(
            |entry| {
                if is_variable(entry) { read(entry) } else { vec![field(NAME.into(), Value::Raw(entry.compact()))] }
            },
        )
        .collect()
}

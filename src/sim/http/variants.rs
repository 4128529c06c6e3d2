//! Answers in other spellings: unset members left out, `null` or empty, and unknown numbers
//! (protocol.md#absent-values).

use serde_json::{Map, Value, json};

/// How members that may be missing look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    Absent,
    Null,
    Empty,
}

/// Members that a client cannot do without. Lists of open tasks and of rows are content rather than decoration.
const NEEDED: [&str; 24] = [
    "process_id",
    "status",
    "todos",
    "system_todos",
    "approver_id",
    "operator_id",
    "type",
    "node_definition_id",
    "approver_list",
    "approver_status",
    "has_more",
    "page_token",
    "process_ids",
    "field_variable_values",
    "variable_api_name",
    "variable_value",
    "items",
    "user_list",
    "enums",
    "id",
    "employment_id",
    "user_id",
    "open_id",
    "target_id",
];

/// Members of the untagged union of a form value (protocol.md#form-values).
const UNION: [(&str, VariantKind); 13] = [
    ("text_value", VariantKind::Text),
    ("number_value", VariantKind::Text),
    ("enum_value", VariantKind::Text),
    ("date_value", VariantKind::Text),
    ("date_time_value", VariantKind::Text),
    ("i18n_value", VariantKind::Object),
    ("object_value", VariantKind::Object),
    ("user_value", VariantKind::Text),
    ("employment_value", VariantKind::Text),
    ("department_value", VariantKind::Text),
    ("list_values", VariantKind::Array),
    ("record_values", VariantKind::Array),
    ("file_value", VariantKind::Object),
];

#[derive(Clone, Copy)]
enum VariantKind {
    Text,
    Array,
    Object,
}

impl Blank {
    /// Blanks every optional member of `data`. The union of form v1 names an empty value itself and stays as it is.
    pub(super) fn apply(self, data: &mut Value) {
        match data {
            Value::Array(values) => values.iter_mut().for_each(|value| self.apply(value)),
            Value::Object(members) => {
                let in_v2 = members.contains_key("sub_values");
                self.blank_members(members);
                for (name, member) in members.iter_mut() {
                    match name.as_str() {
                        "variable_value" if in_v2 => self.pad_union(member),
                        "variable_value" => {}
                        "sub_values" => {
                            let entries = member.as_array_mut().into_iter().flatten();
                            entries.filter_map(|entry| entry.get_mut("value")).for_each(|value| self.pad_union(value));
                        }
                        _ => self.apply(member),
                    }
                }
            }
            _ => {}
        }
    }

    fn blank_members(self, members: &mut Map<String, Value>) {
        // Values below `sub_values` are content as long as there are any.
        let optional = |name: &str, member: &Value| {
            !NEEDED.contains(&name) && (name != "sub_values" || member.as_array().is_some_and(Vec::is_empty))
        };
        match self {
            Self::Absent => members.retain(|name, member| !optional(name, member)),
            Self::Null | Self::Empty => {
                for (_, member) in members.iter_mut().filter(|(name, member)| optional(name, member)) {
                    *member = self.instead_of(member);
                }
            }
        }
    }

    fn instead_of(self, member: &Value) -> Value {
        match (self, member) {
            (Self::Empty, Value::String(_)) => "".into(),
            (Self::Empty, Value::Array(_)) => json!([]),
            (Self::Empty, Value::Object(_)) => json!({}),
            // Numbers and flags have no empty spelling.
            (Self::Empty, other) => other.clone(),
            _ => Value::Null,
        }
    }

    /// Sets the other members of a form value beside the one that counts.
    fn pad_union(self, value: &mut Value) {
        let Some(members) = value.as_object_mut() else { return };
        for (name, kind) in UNION {
            let blank = match (self, kind) {
                (Self::Absent, _) => return,
                (Self::Null, _) => Value::Null,
                (Self::Empty, VariantKind::Text) => "".into(),
                (Self::Empty, VariantKind::Array) => json!([]),
                (Self::Empty, VariantKind::Object) => json!({}),
            };
            members.entry(name).or_insert(blank);
        }
    }
}

/// Moves every enumeration out of its documented range and gives forms a value of a new kind.
pub(super) fn unknown_enums(data: &mut Value) {
    match data {
        Value::Array(values) => values.iter_mut().for_each(unknown_enums),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let shift = matches!(name.as_str(), "status" | "approver_status" | "properties" | "type");
                match member.as_i64() {
                    Some(number) if shift => *member = (number + 100).into(),
                    _ => unknown_enums(member),
                }
                if name == "field_variable_values"
                    && let Some(fields) = member.as_array_mut()
                {
                    fields.push(json!({
                        "variable_api_name": "custom_seal__c",
                        "variable_name": {"zh_cn": "电子印章", "en_us": "Seal"},
                        "variable_value": {"seal_value": {"seal_id": "7615100418273345999", "pressed": true}},
                        "sub_values": [],
                    }));
                }
            }
        }
        _ => {}
    }
}

//! Form values in the two versions: flattened with keys in v2 (protocol.md#form-v2), nested in v1
//! (protocol.md#form-v1).

use serde_json::{Map, Value, json};

use crate::sim::world::{Bilingual, DepartmentIdType, FormField, FormValue, PersonKey, UserIdType, World};

use super::render::i18n;

/// Renders the form of one process for one reader.
pub(super) struct FormView<'a> {
    pub(super) world: &'a World,
    pub(super) users: UserIdType,
    pub(super) departments: DepartmentIdType,
}

impl FormView<'_> {
    /// `data` of version 2 (protocol.md#form-v2).
    pub(super) fn v2(&self, process_id: &str, form: &[FormField]) -> Value {
        let fields: Vec<_> = form.iter().map(|field| self.field_v2(field)).collect();
        json!({"field_variable_values": fields, "process_id": process_id})
    }

    fn field_v2(&self, field: &FormField) -> Value {
        let mut sub_values = Vec::new();
        let value = self.value_v2(&field.value, &field.api_name, &mut sub_values);
        json!({
            "variable_api_name": field.api_name,
            "variable_name": i18n(&field.name),
            "variable_value": value,
            "sub_values": sub_values,
        })
    }

    /// The value, with all values below it put into `sub_values` under keys that begin with `path`.
    fn value_v2(&self, value: &FormValue, path: &str, sub_values: &mut Vec<Value>) -> Value {
        match value {
            FormValue::Empty => json!({}),
            FormValue::Text(text) => json!({"text_value": text}),
            FormValue::Bool(flag) => json!({"bool_value": flag}),
            FormValue::Number(text) => json!({"number_value": text}),
            FormValue::Enum { id, .. } => json!({"enum_value": id}),
            FormValue::Date(days) => json!({"date_value": days.to_string()}),
            FormValue::DateTime { at, .. } => json!({"date_time_value": at.0.to_string()}),
            FormValue::I18n(text) => json!({"i18n_value": i18n(text)}),
            FormValue::Object { kind, id } => json!({"object_value": {"wk_id": id, "wk_api_name": kind}}),
            FormValue::User(person) => json!({"user_value": self.person(*person)}),
            FormValue::Employment(person) => json!({"employment_value": self.person(*person)}),
            FormValue::Department(key) => {
                json!({"department_value": self.world.department(*key).ids.get(self.departments)})
            }
            FormValue::File(file) => json!({"file_value": {
                "open_file_id": file.id,
                "file_name": file.name,
                "length": file.length,
                "mime_type": file.mime_type,
            }}),
            FormValue::List(values) => {
                let keys: Vec<_> = (0..values.len()).map(|place| format!("{path}_{place}")).collect();
                for (key, value) in keys.iter().zip(values) {
                    self.sub_value(key, value, sub_values);
                }
                json!({"list_values": keys})
            }
            FormValue::Record(fields) => {
                let record = record_id(path);
                let mut members = Vec::new();
                for (name, value) in fields {
                    let key = format!("{path}.{name}");
                    members.push(json!({"variable_api_name": name, "sub_value_key": key, "record_id": record}));
                    self.sub_value(&key, value, sub_values);
                }
                json!({"record_values": members})
            }
            FormValue::Raw { v2, v2_sub_values, .. } => {
                sub_values.extend(v2_sub_values.iter().cloned());
                v2.clone()
            }
        }
    }

    fn sub_value(&self, key: &str, value: &FormValue, sub_values: &mut Vec<Value>) {
        let place = sub_values.len();
        sub_values.push(Value::Null);
        let value = self.value_v2(value, key, sub_values);
        if let Some(entry) = sub_values.get_mut(place) {
            *entry = json!({"key": key, "value": value});
        }
    }

    fn person(&self, person: PersonKey) -> Value {
        json!(self.world.person(person).ids.get(self.users))
    }

    /// `data` of version 1: employments and departments by their CoreHR ids (protocol.md#form-v1).
    pub(super) fn v1(&self, process_id: &str, form: &[FormField]) -> Value {
        let field = |field: &FormField| {
            json!({
                "variable_api_name": field.api_name,
                "variable_name": hyphens(&field.name),
                "variable_value": self.value_v1(&field.value),
            })
        };
        json!({"field_variable_values": form.iter().map(field).collect::<Vec<_>>(), "process_id": process_id})
    }

    fn value_v1(&self, value: &FormValue) -> Value {
        match value {
            FormValue::Empty => json!({"null_value": {}}),
            FormValue::Text(text) => json!({"text_value": {"value": text}}),
            FormValue::Bool(flag) => json!({"bool_value": {"value": flag}}),
            FormValue::Number(text) => json!({"number_value": {"value": text}}),
            FormValue::Enum { set, id, label } => {
                let mut option = Map::new();
                option.insert("value".into(), json!(id));
                option.insert("name".into(), hyphens(label));
                option.insert("desc".into(), Value::Null);
                if !set.is_empty() {
                    option.insert("wk_api_name".into(), json!(set));
                }
                json!({"enum_value": option})
            }
            FormValue::Date(days) => json!({"date_value": {"value": days}}),
            FormValue::DateTime { at, zone } => json!({"date_time_value": {"value": at.0, "zone": zone}}),
            FormValue::I18n(text) => json!({"i18n_value": {"value": hyphens(text)}}),
            FormValue::Object { kind, id } => json!({"object_value": {"value": id, "wk_api_name": kind}}),
            FormValue::User(person) | FormValue::Employment(person) => {
                let ids = &self.world.person(*person).ids;
                json!({"employment_value": {"value": ids.people_corehr_id, "user_id": ids.user_id}})
            }
            FormValue::Department(key) => {
                let ids = &self.world.department(*key).ids;
                json!({"department_value": {"value": ids.people_corehr_department_id}})
            }
            FormValue::File(file) => json!({"file_value": {
                "source_type": 1,
                "file_id": file.id,
                "file_name": file.name,
                "length": file.length,
                "mime_type": file.mime_type,
            }}),
            FormValue::List(values) => {
                json!({"list_value": {"values": values.iter().map(|value| self.value_v1(value)).collect::<Vec<_>>()}})
            }
            FormValue::Record(fields) => {
                let members: Map<_, _> =
                    fields.iter().map(|(name, value)| (name.to_string(), self.value_v1(value))).collect();
                json!({"record_value": {"values": members}})
            }
            FormValue::Raw { v1, .. } => v1.clone(),
        }
    }
}

/// `{"zh-CN", "en-US"}`.
fn hyphens(text: &Bilingual) -> Value {
    json!({"zh-CN": text.zh, "en-US": text.en})
}

/// 19 digits that are the same for the same record at every read.
fn record_id(path: &str) -> String {
    let mixed = path
        .bytes()
        .fold(0xCBF2_9CE4_8422_2325_u64, |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3));
    (7_600_000_000_000_000_000 + mixed % 100_000_000_000_000_000).to_string()
}

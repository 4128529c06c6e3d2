//! Values of a form in a request (protocol.md#update-task).

use std::sync::Arc;

use serde_json::Value;

use crate::domain::Millis;

use super::World;
use super::form::{FieldKind, FormFile, FormValue};
use super::ids::{DepartmentIdType, UserIdType};
use super::organisation::Bilingual;

/// Levels of `sub_values` that are followed.
const MAX_DEPTH: usize = 16;

/// Who reads a written value: ids are resolved in the request's id types.
struct FieldReader<'a> {
    world: &'a World,
    sub_values: &'a [Value],
    users: UserIdType,
    departments: DepartmentIdType,
}

/// Reads one element of `field_values_v2` (protocol.md#update-task). `None` when a member has the wrong type, does not
/// fit the field's `kind`, or names an unknown thing.
pub(super) fn read(
    world: &World,
    sent: &Value,
    users: UserIdType,
    departments: DepartmentIdType,
    kind: FieldKind,
) -> Option<FormValue> {
    let sub_values = match sent.get("sub_values") {
        None | Some(Value::Null) => &[],
        Some(list) => list.as_array()?.as_slice(),
    };
    let reader = FieldReader { world, sub_values, users, departments };
    let value = reader.value(sent.get("variable_value")?, 0)?;
    let fits = value.is_empty()
        || kind == FieldKind::Other
        || value.kind() == kind
        || (value.kind() == FieldKind::Employment && kind == FieldKind::User);
    fits.then_some(value)
}

impl FieldReader<'_> {
    fn value(&self, value: &Value, depth: usize) -> Option<FormValue> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut members = value.as_object()?.iter().filter(|(_, member)| !member.is_null());
        let Some((name, member)) = members.next() else { return Some(FormValue::Empty) };
        if members.next().is_some() {
            return None;
        }
        let text = || member.as_str();
        Some(match name.as_str() {
            "text_value" => FormValue::Text(text()?.into()),
            "bool_value" => FormValue::Bool(member.as_bool()?),
            "number_value" => FormValue::Number(text().filter(|text| is_decimal(text))?.into()),
            "enum_value" => self.enum_item(text()?),
            "date_value" => FormValue::Date(text()?.parse().ok()?),
            "date_time_value" => FormValue::DateTime { at: Millis(text()?.parse().ok()?), zone: "+08:00".into() },
            "i18n_value" => {
                let side = |key| member.get(key).and_then(Value::as_str).unwrap_or_default();
                member.as_object()?;
                FormValue::I18n(Bilingual::new(side("zh_cn"), side("en_us")))
            }
            "object_value" => FormValue::Object {
                kind: member.get("wk_api_name")?.as_str()?.into(),
                id: member.get("wk_id")?.as_str()?.into(),
            },
            "employment_value" => FormValue::Employment(self.world.find_person(text()?, self.users)?),
            "department_value" => FormValue::Department(self.world.find_department(text()?, self.departments)?),
            "file_value" => self.file(member)?,
            "list_values" => {
                let keys = member.as_array()?.iter();
                FormValue::List(keys.map(|key| self.keyed(key.as_str()?, depth)).collect::<Option<_>>()?)
            }
            "record_values" => {
                let members = member.as_array()?.iter().map(|member| {
                    let name = member.get("variable_api_name")?.as_str()?;
                    Some((name.into(), self.keyed(member.get("sub_value_key")?.as_str()?, depth)?))
                });
                FormValue::Record(members.collect::<Option<_>>()?)
            }
            _ => return None,
        })
    }

    fn keyed(&self, key: &str, depth: usize) -> Option<FormValue> {
        let entry = self.sub_values.iter().find(|entry| entry.get("key").and_then(Value::as_str) == Some(key))?;
        self.value(entry.get("value")?, depth + 1)
    }

    /// An option that no set knows keeps its id without a label (assumed).
    fn enum_item(&self, id: &str) -> FormValue {
        if id.is_empty() {
            return FormValue::Empty;
        }
        let known = self.world.enum_items.iter().find(|item| &*item.id == id);
        known.map_or_else(
            || FormValue::Enum { set: Arc::default(), id: id.into(), label: Bilingual::default() },
            |item| FormValue::Enum { set: item.set.clone(), id: item.id.clone(), label: item.name.clone() },
        )
    }

    fn file(&self, member: &Value) -> Option<FormValue> {
        let id = member.get("open_file_id")?.as_str()?;
        let length = member.get("length")?.as_u64()?;
        let name = member.get("file_name")?.as_str()?;
        let mime_type = self.world.files.get(id).map_or_else(Arc::default, |known| known.mime_type.clone());
        Some(FormValue::File(FormFile { id: id.into(), name: name.into(), length, mime_type }))
    }
}

/// Decimal text: an optional sign, digits, and perhaps a fraction.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

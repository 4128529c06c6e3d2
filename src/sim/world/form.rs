//! Form variables and their values, independent of the two versions (protocol.md#form-v2, protocol.md#form-v1), and the
//! reading of written values (protocol.md#update-task).

use std::sync::Arc;

use serde_json::Value;

use crate::domain::Millis;

use super::World;
use super::ids::{DepartmentIdType, DepartmentKey, PersonKey, UserIdType};
use super::organisation::Bilingual;

/// One variable of a form.
#[derive(Clone, Debug)]
pub struct FormField {
    /// `variable_api_name`.
    pub api_name: Arc<str>,
    pub name: Bilingual,
    /// The kind that may be written to it (1161002 otherwise).
    pub kind: FieldKind,
    pub value: FormValue,
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum FormValue {
    Empty,
    Text(Arc<str>),
    Bool(bool),
    /// Decimal text.
    Number(Arc<str>),
    /// v2 gives the id alone, v1 the label too.
    Enum {
        set: Arc<str>,
        id: Arc<str>,
        label: Bilingual,
    },
    /// Days since 1970-01-01.
    Date(i32),
    /// `zone` such as `+08:00` appears in v1 only.
    DateTime {
        at: Millis,
        zone: Arc<str>,
    },
    I18n(Bilingual),
    /// A master-data object: `wk_api_name` and id.
    Object {
        kind: Arc<str>,
        id: Arc<str>,
    },
    User(PersonKey),
    Employment(PersonKey),
    Department(DepartmentKey),
    File(FormFile),
    List(Vec<FormValue>),
    Record(Vec<(Arc<str>, FormValue)>),
    /// Put on the wire as it is: `variable_value` of v2, or of v1. For kinds that no client knows, and for answers
    /// that contradict themselves.
    Raw {
        v2: serde_json::Value,
        /// `sub_values` that go with `v2`.
        v2_sub_values: Vec<serde_json::Value>,
        v1: serde_json::Value,
    },
}

/// An attachment. Its bytes are generated on download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormFile {
    pub id: Arc<str>,
    pub name: Arc<str>,
    /// Bytes.
    pub length: u64,
    pub mime_type: Arc<str>,
}

/// Kinds of values, to refuse one that does not fit a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    Text,
    Bool,
    Number,
    Enum,
    Date,
    DateTime,
    I18n,
    Object,
    User,
    Employment,
    Department,
    File,
    List,
    Record,
    Other,
}

impl FormField {
    /// A field that has a value; its kind follows from it.
    #[must_use]
    pub fn new(api_name: impl Into<Arc<str>>, name: Bilingual, value: FormValue) -> Self {
        Self { api_name: api_name.into(), name, kind: value.kind(), value }
    }

    /// A field that still wants its value.
    #[must_use]
    pub fn empty(api_name: impl Into<Arc<str>>, name: Bilingual, kind: FieldKind) -> Self {
        Self { api_name: api_name.into(), name, kind, value: FormValue::Empty }
    }
}

impl FormValue {
    #[must_use]
    pub const fn kind(&self) -> FieldKind {
        match self {
            Self::Text(_) => FieldKind::Text,
            Self::Bool(_) => FieldKind::Bool,
            Self::Number(_) => FieldKind::Number,
            Self::Enum { .. } => FieldKind::Enum,
            Self::Date(_) => FieldKind::Date,
            Self::DateTime { .. } => FieldKind::DateTime,
            Self::I18n(_) => FieldKind::I18n,
            Self::Object { .. } => FieldKind::Object,
            Self::User(_) => FieldKind::User,
            Self::Employment(_) => FieldKind::Employment,
            Self::Department(_) => FieldKind::Department,
            Self::File(_) => FieldKind::File,
            Self::List(_) => FieldKind::List,
            Self::Record(_) => FieldKind::Record,
            Self::Empty | Self::Raw { .. } => FieldKind::Other,
        }
    }

    /// Nothing that a person would call a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Text(text) | Self::Number(text) => text.is_empty(),
            Self::List(values) => values.is_empty(),
            Self::Record(fields) => fields.is_empty(),
            _ => false,
        }
    }
}

/// Levels of `sub_values` that are followed.
const MAX_DEPTH: usize = 16;

/// Who reads a written value: ids are resolved in the request's id types.
struct Reader<'a> {
    world: &'a World,
    sub_values: &'a [Value],
    users: UserIdType,
    departments: DepartmentIdType,
}

/// Reads one element of `field_values_v2` (protocol.md#update-task). `None` when a member has the wrong type, does not
/// fit the field's `kind`, or names an unknown thing.
pub(super) fn read_written(
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
    let reader = Reader { world, sub_values, users, departments };
    let value = reader.value(sent.get("variable_value")?, 0)?;
    let fits = value.is_empty()
        || kind == FieldKind::Other
        || value.kind() == kind
        || (value.kind() == FieldKind::Employment && kind == FieldKind::User);
    fits.then_some(value)
}

impl Reader<'_> {
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

//! Form variables and their values, independent of the two versions (protocol.md#form-v2, protocol.md#form-v1).

use std::sync::Arc;

use crate::domain::Millis;

use super::ids::{DepartmentKey, PersonKey};
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

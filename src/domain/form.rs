//! The form of a process as one tree, from either version (protocol.md#form-v2, protocol.md#form-v1).

use super::{CleanText, DepartmentId, FileId, I18n, Millis, PersonId, ProcessId, Received};

/// Levels below a field that are read; deeper ones are shown as [`Value::Broken`] (protocol.md#form-v2).
pub const MAX_DEPTH: usize = 16;

/// The variables of one form, in the platform's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub process: ProcessId,
    pub source: FormSource,
    pub fields: Vec<Field>,
    /// Fingerprint of the answer itself, whether or not its content can be shown.
    pub received: Received,
}

/// Which interface a form was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormSource {
    V1,
    V2,
}

/// A named value: a variable of the form, or a member of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub api_name: CleanText,
    /// Empty for members of a record: the interface names only their `api_name`.
    pub label: I18n,
    pub value: Value,
}

/// One value. Numbers stay the platform's text; nothing passes through a floating-point number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Empty,
    Text(CleanText),
    Bool(bool),
    /// Decimal text.
    Number(CleanText),
    /// `label` comes with v1 only; v2 gives the id of the option.
    Enum {
        id: CleanText,
        label: I18n,
    },
    /// Days since 1970-01-01, without a time zone.
    Date(i64),
    /// `zone` such as `+08:00` comes with v1 only.
    DateTime {
        at: Millis,
        zone: CleanText,
    },
    I18n(I18n),
    /// A master-data object such as `job` or `job_level`.
    Object {
        api_name: CleanText,
        id: CleanText,
    },
    /// A user (`user_value`).
    User(PersonId),
    /// An employment (`employment_value`).
    Employment(PersonId),
    Department(DepartmentId),
    File(FileRef),
    List(Vec<Value>),
    Record(Vec<Field>),
    /// Present in a shape that the reader does not know, as compact JSON: a kind newer than this program, or a member
    /// of another JSON type.
    Raw(CleanText),
    /// A value that the answer names but does not hold.
    Broken(Broken),
}

/// Why a named value could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// No `sub_values` entry has this key.
    MissingKey(CleanText),
    /// The entry contains itself.
    Cycle(CleanText),
    /// More than [`MAX_DEPTH`] levels.
    TooDeep,
    /// The text does not fit its kind, such as a date that is not a number.
    Malformed(CleanText),
}

/// An attachment. `length` is in bytes, as stated by the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRef {
    pub id: FileId,
    pub name: CleanText,
    pub length: Option<i64>,
    pub mime_type: CleanText,
}

impl Form {
    /// Every value of the tree, depth first.
    pub fn for_each_value<'a>(&'a self, visit: &mut dyn FnMut(&'a Value)) {
        for field in &self.fields {
            field.value.for_each(visit);
        }
    }

    /// Puts the option labels of `labelled` (v1) onto the same fields and options of this form (v2).
    pub fn adopt_enum_labels(&mut self, labelled: &Self) {
        for field in &mut self.fields {
            if let Some(twin) = labelled.fields.iter().find(|twin| twin.api_name == field.api_name) {
                field.value.adopt_enum_labels(&twin.value);
            }
        }
    }
}

impl Value {
    fn for_each<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match self {
            Self::List(values) => values.iter().for_each(|value| value.for_each(visit)),
            Self::Record(fields) => fields.iter().for_each(|field| field.value.for_each(visit)),
            _ => {}
        }
    }

    /// Joined on the api name on the way down and on the option's id at the leaf, never on a position alone.
    fn adopt_enum_labels(&mut self, labelled: &Self) {
        match (self, labelled) {
            (Self::Enum { id, label }, Self::Enum { id: twin, label: found }) if id == twin && label.is_empty() => {
                label.clone_from(found);
            }
            (Self::List(values), Self::List(twins)) => {
                for value in values {
                    for twin in twins {
                        value.adopt_enum_labels(twin);
                    }
                }
            }
            (Self::Record(fields), Self::Record(twins)) => {
                for field in fields {
                    if let Some(twin) = twins.iter().find(|twin| twin.api_name == field.api_name) {
                        field.value.adopt_enum_labels(&twin.value);
                    }
                }
            }
            _ => {}
        }
    }
}

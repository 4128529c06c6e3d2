//! People, departments and master data of the simulated organisation.

use std::sync::Arc;

use super::ids::{DepartmentIds, DepartmentKey, PersonIds};

/// Text in two languages as it goes on the wire: raw, nothing cleaned, either side may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bilingual {
    pub zh: Arc<str>,
    pub en: Arc<str>,
}

impl Bilingual {
    #[must_use]
    pub fn new(zh: impl Into<Arc<str>>, en: impl Into<Arc<str>>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The same text in both languages.
    #[must_use]
    pub fn same(text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }
}

/// A new person. The world gives out the ids.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub name: Bilingual,
    /// 工号.
    pub employee_number: String,
    pub email: String,
    /// With `+` and country prefix, or empty.
    pub mobile: String,
    pub department: DepartmentKey,
    pub job_title: Bilingual,
    /// In employment (在职); otherwise resigned.
    pub hired: bool,
    /// Process or document administrator: may withdraw and revoke (protocol.md#withdraw, protocol.md#revoke).
    pub administrator: bool,
}

/// A person as the world keeps one.
#[derive(Clone, Debug)]
pub struct Person {
    pub ids: PersonIds,
    /// `person_info.person_id`.
    pub person_id: Arc<str>,
    pub profile: NewPerson,
}

/// A department as the world keeps one.
#[derive(Clone, Debug)]
pub struct Department {
    pub ids: DepartmentIds,
    pub name: Bilingual,
    pub code: String,
    pub parent: Option<DepartmentKey>,
}

/// One option of an option set (protocol.md#option-sets; `wk_api_name` in form v1).
#[derive(Clone, Debug)]
pub struct EnumItem {
    pub set: Arc<str>,
    pub id: Arc<str>,
    pub name: Bilingual,
}

/// A master-data object with a name, such as a `job` or a `job_level` (protocol.md#objects).
#[derive(Clone, Debug)]
pub struct MasterObject {
    /// `wk_api_name`.
    pub kind: Arc<str>,
    pub id: Arc<str>,
    pub name: Bilingual,
}

//! People: the operator whose queue this is, and those whom a task can be handed to.

use super::{CleanText, I18n, PersonId, PersonIdType};

/// Whose queue this is and in whose name decisions are made. Fixed by the configuration for the whole run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub id: PersonId,
    pub id_type: PersonIdType,
    /// Empty until a look-up or a task of the operator brings the name.
    pub name: I18n,
}

/// A person who can be chosen as receiver or additional approver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    pub name: I18n,
    /// 工号; empty when the app may not read it.
    pub employee_number: CleanText,
    pub email: CleanText,
    pub department: I18n,
}

impl Person {
    /// Known by id and name only, as in a process.
    #[must_use]
    pub fn named(id: PersonId, name: I18n) -> Self {
        Self {
            id,
            name,
            employee_number: CleanText::default(),
            email: CleanText::default(),
            department: I18n::default(),
        }
    }

    /// Takes over the result of a look-up of the same id. A member that it left out, for lack of a scope, stays.
    pub fn learn(&mut self, found: &Self) {
        if !found.name.is_empty() {
            self.name.clone_from(&found.name);
        }
        if !found.employee_number.is_empty() {
            self.employee_number.clone_from(&found.employee_number);
        }
        if !found.email.is_empty() {
            self.email.clone_from(&found.email);
        }
        if !found.department.is_empty() {
            self.department.clone_from(&found.department);
        }
    }
}

//! The look-ups: people, departments, option sets, objects, files (protocol.md#search-employees and the sections after
//! it).

use super::form::FormFile;
use super::ids::{DepartmentIdType, DepartmentKey, PersonKey};
use super::organisation::{EnumItem, MasterObject};
use super::{Person, World};

impl World {
    /// The department that `id` names in this type of id.
    #[must_use]
    pub fn find_department(&self, id: &str, kind: DepartmentIdType) -> Option<DepartmentKey> {
        let key = *self.department_by_id.get(id)?;
        (**self.department(key).ids.get(kind) == *id).then_some(key)
    }

    /// Keys of all departments, in the order of their making.
    pub fn department_keys(&self) -> impl Iterator<Item = DepartmentKey> + use<> {
        (0..self.departments.len()).map(DepartmentKey)
    }

    /// People whose name, mail address or number holds the word in any case, the closest match first
    /// (protocol.md#search-employees).
    #[must_use]
    pub fn search_people(&self, word: &str) -> Vec<PersonKey> {
        let word = word.trim().to_lowercase();
        let mut found: Vec<_> = self
            .person_keys()
            .filter_map(|key| {
                let person = &self.person(key).profile;
                let texts = [&*person.name.zh, &*person.name.en, &person.email, &person.employee_number];
                texts.iter().filter_map(|text| rank(&text.to_lowercase(), &word)).min().map(|rank| (rank, key))
            })
            .collect();
        found.sort();
        found.into_iter().map(|(_, key)| key).collect()
    }

    /// The person of this mail address (protocol.md#contact-ids).
    #[must_use]
    pub fn person_by_email(&self, email: &str) -> Option<PersonKey> {
        self.person_where(|person| !email.is_empty() && person.profile.email.eq_ignore_ascii_case(email))
    }

    /// The person of this number, with or without its `+86` (protocol.md#contact-ids).
    #[must_use]
    pub fn person_by_mobile(&self, mobile: &str) -> Option<PersonKey> {
        let bare = |number: &str| number.trim_start_matches("+86").to_owned();
        self.person_where(|person| !mobile.is_empty() && bare(&person.profile.mobile) == bare(mobile))
    }

    fn person_where(&self, is: impl Fn(&Person) -> bool) -> Option<PersonKey> {
        self.people.iter().position(is).map(PersonKey)
    }

    /// The options of a set, in order (protocol.md#option-sets).
    pub fn enum_set<'a>(&'a self, set: &'a str) -> impl Iterator<Item = &'a EnumItem> + 'a {
        self.enum_items.iter().filter(move |item| &*item.set == set)
    }

    /// The object of this kind and id (protocol.md#objects).
    #[must_use]
    pub fn object(&self, kind: &str, id: &str) -> Option<&MasterObject> {
        self.objects.iter().find(|object| &*object.kind == kind && &*object.id == id)
    }

    /// The attachment of this id (protocol.md#files).
    #[must_use]
    pub fn file(&self, id: &str) -> Option<&FormFile> {
        self.files.get(id)
    }
}

/// How well `text` matches: whole, from its beginning, somewhere within; `None` for not at all.
fn rank(text: &str, word: &str) -> Option<u8> {
    match text.find(word)? {
        _ if text == word => Some(0),
        0 => Some(1),
        _ => Some(2),
    }
}

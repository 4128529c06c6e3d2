//! Names of ids: people, departments, jobs, options (protocol.md#search-employees and the sections after it).

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::corehr::{id_types, part};
use super::error::ResponseHead;
use super::transport::ApiCall;
use super::wire::{Node, Read};
use super::{Client, convert, error};
use crate::domain::{
    CleanText, DepartmentId, Endpoint, Failure, I18n, Names, PageChain, PageEnd, PageToken, Person, PersonId,
};

/// Requested fields of an employee. The platform silently leaves out fields whose scope is missing
/// (protocol.md#search-employees).
const EMPLOYEE_FIELDS: [&str; 6] = [
    "employment_id",
    "employee_number",
    "email_address",
    "person_info.preferred_local_full_name",
    "person_info.preferred_english_full_name",
    "department.department_name",
];
/// People listed for a search.
const SEARCH_SIZE: usize = 20;
/// Ids of one call (protocol.md#employees-by-id, protocol.md#departments).
const IDS_AT_ONCE: usize = 100;
/// Code for a person outside the app's data range (protocol.md#employees-by-id).
const OUTSIDE_RANGE: i64 = 1_160_104;

impl Client {
    async fn ask_people(
        &self,
        endpoint: Endpoint,
        path: &str,
        extra: &[(&'static str, String)],
        body: Json,
    ) -> Result<(Json, ResponseHead), Failure> {
        let mut query = id_types(self.line.settings.operator.id_type);
        query.extend(extra.iter().cloned());
        let call = ApiCall {
            priority: self.priority,
            endpoint,
            method: Method::POST,
            path: path.to_owned(),
            query,
            body: Some(body),
            writes: false,
            about: None,
        };
        self.line.ask_whole(&call).await
    }

    /// Searches people, best match first (protocol.md#search-employees). An address or mobile number is also looked up
    /// exactly (protocol.md#contact-ids), which finds people outside the app's data range.
    pub async fn search_people(&self, words: &str) -> Result<Vec<Person>, Failure> {
        let size = [("page_size", SEARCH_SIZE.to_string())];
        let body = json!({ "fields": EMPLOYEE_FIELDS, "key_word": words, "employment_status": "hired" });
        let searched = self.ask_people(Endpoint::SearchEmployees, "/corehr/v2/employees/search", &size, body).await;
        let mut people: Vec<Person> = match &searched {
            Ok(answer) => people(Endpoint::SearchEmployees, answer)?,
            Err(_) => Vec::new(),
        };
        if let Some(exact) = exact_contact(words) {
            match self.contact(words, exact).await {
                Ok(Some(person)) if people.iter().all(|known| known.id != person.id) => people.push(person),
                // One of the two is enough. If both fail, the search's failure says more.
                Err(failure) if searched.is_ok() && people.is_empty() => return Err(failure),
                Ok(_) | Err(_) => {}
            }
        }
        if people.is_empty() { searched.map(|_| people) } else { Ok(people) }
    }

    async fn contact(&self, words: &str, member: &str) -> Result<Option<Person>, Failure> {
        let body = json!({ member: [words.trim()], "include_resigned": false });
        let answer = self.ask_people(Endpoint::ContactIds, "/contact/v3/users/batch_get_id", &[], body).await?;
        let found =
            Node(&answer.0).get("data").get("user_list").entries().find_map(|user| user.get("user_id").person());
        Ok(found.map(|id| Person {
            email: CleanText::new(words.trim()),
            ..Person::named(id, I18n::same(CleanText::new(words.trim())))
        }))
    }

    /// Reads people by id with number and department (protocol.md#employees-by-id). One id outside the app's data range
    /// fails the whole call; the search (protocol.md#search-employees) then finds the others.
    pub async fn people_by_id(&self, ids: &[PersonId]) -> Result<Names, Failure> {
        let mut names = Names::default();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let ids: Vec<&str> = ids.iter().map(PersonId::as_str).collect();
            let body = json!({ "fields": EMPLOYEE_FIELDS, "employment_ids": ids });
            let asked = self.ask_people(Endpoint::EmployeesById, "/corehr/v2/employees/batch_get", &[], body).await;
            let answer = match asked {
                Err(failure) if failure.code == Some(OUTSIDE_RANGE) && ids.len() > 1 => {
                    // The refusal says more than a failure of this second attempt.
                    names.extend(self.people_in_range(&ids).await.map_err(|_| failure)?);
                    continue;
                }
                asked => asked?,
            };
            names.extend(Names::of_people(people(Endpoint::EmployeesById, &answer)?));
        }
        Ok(names)
    }

    /// Searches people by id, page by page (protocol.md#search-employees). If the pages break off, the remaining ids
    /// keep standing for themselves.
    async fn people_in_range(&self, ids: &[&str]) -> Result<Names, Failure> {
        let mut names = Names::default();
        let mut chain = PageChain::default();
        let mut page: Option<PageToken> = None;
        loop {
            let mut query = vec![("page_size", IDS_AT_ONCE.to_string())];
            query.extend(page.take().map(|token| ("page_token", token.0.to_string())));
            let body = json!({ "fields": EMPLOYEE_FIELDS, "employment_id_list": ids });
            let path = "/corehr/v2/employees/search";
            let answer = self.ask_people(Endpoint::SearchEmployees, path, &query, body).await?;
            let data = Node(&answer.0).get("data");
            let before = names.people.len();
            names.extend(Names::of_people(data.get("items").entries().filter_map(convert::person)));
            match chain.after(convert::page_end(data), names.people.len() - before) {
                PageEnd::Next(token) if names.people.len() < ids.len() => page = Some(token),
                PageEnd::Next(_) | PageEnd::Last => return Ok(names),
                PageEnd::Broken => {
                    tracing::info!(asked = ids.len(), found = names.people.len(), "the pages of a search break off");
                    return Ok(names);
                }
            }
        }
    }

    /// Reads names of departments by id (protocol.md#departments).
    pub async fn department_names(&self, ids: &[DepartmentId]) -> Result<Names, Failure> {
        let mut names = Names::default();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let ids: Vec<&str> = ids.iter().map(DepartmentId::as_str).collect();
            let body = json!({ "department_id_list": ids, "fields": ["department_name"] });
            let answer = self.ask_people(Endpoint::Departments, "/corehr/v2/departments/batch_get", &[], body).await?;
            let labelled = items(Endpoint::Departments, &answer)?
                .map(|item| (DepartmentId::new(item.get("id").raw()), item.get("department_name").i18n()));
            names.departments.extend(labelled.filter(|(_, name)| !name.is_empty()));
        }
        Ok(names)
    }

    /// Reads names of jobs and job levels (protocol.md#objects); ids of other kinds stay. Fails only if no name was
    /// found, because each kind has its own scope.
    pub async fn object_names(&self, objects: &[(CleanText, CleanText)]) -> Result<Names, Failure> {
        let mut names = Names::default();
        let mut failed = None;
        for (kind, id) in objects {
            let (endpoint, path, member) = match kind.as_str() {
                "job" => (Endpoint::Job, format!("/corehr/v2/jobs/{}", part(id.as_str())), "job"),
                "job_level" => {
                    (Endpoint::JobLevel, format!("/corehr/v1/job_levels/{}", part(id.as_str())), "job_level")
                }
                _ => continue,
            };
            let query = id_types(self.line.settings.operator.id_type);
            let priority = self.priority;
            let call = ApiCall {
                endpoint,
                priority,
                method: Method::GET,
                path,
                query,
                body: None,
                writes: false,
                about: None,
            };
            let answer = match self.line.ask(&call).await {
                Ok(answer) => answer,
                Err(failure) => {
                    failed = Some(failure);
                    continue;
                }
            };
            let data = Node(&answer).get("data");
            let name = [data.get(member).get("name"), data.get("name")];
            if let Some(name) = name.into_iter().map(Node::i18n).find(|name| !name.is_empty()) {
                names.objects.insert((kind.clone(), id.clone()), name);
            }
        }
        match failed {
            Some(failure) if names.objects.is_empty() => Err(failure),
            _ => Ok(names),
        }
    }
}

/// The entries of `data.items`. A list in another shape is a failure, not an empty list.
fn items(
    endpoint: Endpoint,
    (body, answered): &(Json, ResponseHead),
) -> Result<impl Iterator<Item = Node<'_>>, Failure> {
    let items = Node(body).get("data").get("items");
    if items.0.is_array() || items.is_absent() {
        Ok(items.entries())
    } else {
        Err(error::unreadable(endpoint, answered, items))
    }
}

/// Employees of an answer. Entries of which none has a readable id are a failure, not an empty answer.
fn people(endpoint: Endpoint, answer: &(Json, ResponseHead)) -> Result<Vec<Person>, Failure> {
    let people: Vec<Person> = items(endpoint, answer)?.filter_map(convert::person).collect();
    let strange = || items(endpoint, answer).ok()?.find(|item| convert::id_of(*item) == Read::Unreadable);
    match people.is_empty().then(strange).flatten() {
        Some(item) => Err(error::unreadable(endpoint, &answer.1, item)),
        None => Ok(people),
    }
}

/// The member of the body for an exact match, if these words are an address or a number (protocol.md#contact-ids).
fn exact_contact(words: &str) -> Option<&'static str> {
    let words = words.trim();
    let digits = words.strip_prefix('+').unwrap_or(words);
    if words.contains('@') && !words.contains(char::is_whitespace) {
        Some("emails")
    } else if digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        Some("mobiles")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::exact_contact;

    #[test]
    fn addresses_and_numbers_are_looked_up_exactly() {
        assert_eq!(exact_contact("liuyang@example.com"), Some("emails"));
        assert_eq!(exact_contact("+8613011111111"), Some("mobiles"));
        assert_eq!(exact_contact("1000045"), None);
        assert_eq!(exact_contact("刘洋"), None);
    }
}

//! Who and what the ids are: people, departments, jobs, options, files (API page, C).

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use reqwest::Method;
use serde_json::{Value as Json, json};
use tokio::io::AsyncWriteExt;

use super::corehr::{id_types, part};
use super::http::Call;
use super::wire::{Node, Read};
use super::{Client, convert, fault};
use crate::domain::form::FileRef;
use crate::domain::{
    CleanText, DepartmentId, Endpoint, Failure, FailureKind, I18n, Names, Outcome, PageChain, PageEnd, PageToken,
    Person, PersonId,
};

/// What is asked for of an employee; fields whose scope is missing are left out by the platform in silence (C.1).
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
/// Ids of one look-up (API page, C.2 and C.5a).
const IDS_AT_ONCE: usize = 100;
/// Code of C.2 for somebody outside the app's employee data range.
const OUTSIDE_RANGE: i64 = 1_160_104;
/// Bytes of a file whose length the form does not state: above the 50 MB that the platform takes.
const LARGEST_FILE: u64 = 100 * 1024 * 1024;
/// Names tried for a file before giving up.
const FILE_NAMES: usize = 100;

impl Client {
    async fn ask_people(
        &self,
        endpoint: Endpoint,
        path: &str,
        extra: &[(&'static str, String)],
        body: Json,
    ) -> Result<Json, Failure> {
        let mut query = id_types(self.line.settings.operator.id_type);
        query.extend(extra.iter().cloned());
        let call = Call {
            endpoint,
            method: Method::POST,
            path: path.to_owned(),
            query,
            body: Some(body),
            writes: false,
            about: None,
        };
        self.line.ask(&call).await
    }

    /// People by name, mail or number (C.1), best first; a mail address or a mobile number is also looked up exactly
    /// (C.3a), which finds those outside the app's employee data range.
    pub async fn search_people(&self, words: &str) -> Result<Vec<Person>, Failure> {
        let size = [("page_size", SEARCH_SIZE.to_string())];
        let body = json!({ "fields": EMPLOYEE_FIELDS, "key_word": words, "employment_status": "hired" });
        let searched = self.ask_people(Endpoint::SearchEmployees, "/corehr/v2/employees/search", &size, body).await;
        let mut people: Vec<Person> = match &searched {
            Ok(body) => people(Endpoint::SearchEmployees, body)?,
            Err(_) => Vec::new(),
        };
        if let Some(exact) = exact_contact(words) {
            match self.contact(words, exact).await {
                Ok(Some(person)) if people.iter().all(|known| known.id != person.id) => people.push(person),
                // One look-up is enough; when both fail, the search's own failure says more.
                Err(failure) if searched.is_ok() && people.is_empty() => return Err(failure),
                Ok(_) | Err(_) => {}
            }
        }
        if people.is_empty() { searched.map(|_| people) } else { Ok(people) }
    }

    async fn contact(&self, words: &str, member: &str) -> Result<Option<Person>, Failure> {
        let body = json!({ member: [words.trim()], "include_resigned": false });
        let answer = self.ask_people(Endpoint::ContactIds, "/contact/v3/users/batch_get_id", &[], body).await?;
        let found = Node(&answer).get("data").get("user_list").entries().find_map(|user| user.get("user_id").person());
        Ok(found.map(|id| Person {
            email: CleanText::new(words.trim()),
            ..Person::named(id, I18n::same(CleanText::new(words.trim())))
        }))
    }

    /// People by id (C.2), with number and department where the app may read them. One of them outside the app's data
    /// range is refused with all the others; the search (C.1) finds those others by the same ids.
    pub async fn people_by_id(&self, ids: &[PersonId]) -> Result<Names, Failure> {
        let mut names = Names::default();
        for ids in ids.chunks(IDS_AT_ONCE) {
            let ids: Vec<&str> = ids.iter().map(PersonId::as_str).collect();
            let body = json!({ "fields": EMPLOYEE_FIELDS, "employment_ids": ids });
            let asked = self.ask_people(Endpoint::EmployeesById, "/corehr/v2/employees/batch_get", &[], body).await;
            let answer = match asked {
                Err(failure) if failure.code == Some(OUTSIDE_RANGE) && ids.len() > 1 => {
                    // The refusal says more than a failure of what was to make up for it.
                    names.extend(self.people_in_range(&ids).await.map_err(|_| failure)?);
                    continue;
                }
                asked => asked?,
            };
            names.extend(Names::of_people(people(Endpoint::EmployeesById, &answer)?));
        }
        Ok(names)
    }

    /// Those of the ids that the search (C.1) finds, page by page. Where its pages break off, the ids that are left keep
    /// standing for themselves.
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
            let data = Node(&answer).get("data");
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

    /// Names of departments by id (C.5a).
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

    /// Names of jobs and job levels (C.5e). Other kinds have no interface that names them; their ids stay. Fails only when
    /// nothing could be named: each kind has a scope of its own.
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
            let call = Call { endpoint, method: Method::GET, path, query, body: None, writes: false, about: None };
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

    /// Downloads an attachment (C.6) into `directory`, under its name in the form made harmless, never over a file that
    /// is there. Private to the user. A length other than the form's is a failure, and nothing is kept.
    pub async fn download(&self, file: &FileRef, directory: &Path) -> Result<PathBuf, Failure> {
        let path = format!("/corehr/v1/files/{}", part(file.id.as_str()));
        let query = Vec::new();
        let call =
            Call { endpoint: Endpoint::File, method: Method::GET, path, query, body: None, writes: false, about: None };
        let mut response = self.line.open(&call).await?;
        let (directory, name) = (directory.to_owned(), file.name.as_str().to_owned());
        // On one thread from the name to its guard: whoever stops waiting in between leaves no empty file behind.
        let created = tokio::task::spawn_blocking(move || create(&directory, &name)).await;
        let (partial, sink) = created.map_err(std::io::Error::from).flatten().map_err(local)?;
        let mut sink = tokio::fs::File::from_std(sink);
        let wanted = file.length.and_then(|length| u64::try_from(length).ok());
        let mut length: u64 = 0;
        while let Some(chunk) = response.chunk().await.map_err(|error| fault::transport(Endpoint::File, error))? {
            length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
            if length > wanted.unwrap_or(LARGEST_FILE) {
                return Err(mismatch(length, wanted));
            }
            sink.write_all(&chunk).await.map_err(local)?;
        }
        sink.flush().await.map_err(local)?;
        sink.sync_all().await.map_err(local)?;
        if wanted.is_some_and(|wanted| wanted != length) {
            return Err(mismatch(length, wanted));
        }
        Ok(partial.keep())
    }
}

/// The entries of `data.items`. A list in another shape is no empty list.
fn items(endpoint: Endpoint, answer: &Json) -> Result<impl Iterator<Item = Node<'_>>, Failure> {
    let items = Node(answer).get("data").get("items");
    if items.0.is_array() || items.is_absent() { Ok(items.entries()) } else { Err(unreadable(endpoint, items)) }
}

/// Employees of C.1 or C.2. Where there are some and none has an id that can be read, that is a failure, not "nobody".
fn people(endpoint: Endpoint, answer: &Json) -> Result<Vec<Person>, Failure> {
    let people: Vec<Person> = items(endpoint, answer)?.filter_map(convert::person).collect();
    let strange = || items(endpoint, answer).ok()?.find(|item| convert::id_of(*item) == Read::Unreadable);
    match people.is_empty().then(strange).flatten() {
        Some(item) => Err(unreadable(endpoint, item)),
        None => Ok(people),
    }
}

fn unreadable(endpoint: Endpoint, node: Node<'_>) -> Failure {
    let excerpt = node.compact();
    Failure { endpoint, ..failed(FailureKind::Garbage { excerpt: excerpt.clone() }, excerpt.as_str()) }
}

/// A file that is being written: gone again unless it is kept, also when nobody waits for it any more.
struct Partial(Option<PathBuf>);

impl Partial {
    fn keep(mut self) -> PathBuf {
        self.0.take().unwrap_or_default()
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        if let Some(path) = &self.0 {
            // The failure that led here is the one to report.
            let _ = fs::remove_file(path);
        }
    }
}

/// The member of C.3a's body that finds these words exactly, if they are an address or a number.
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

/// A new file of this name, or of the name with a number when there is one already.
fn create(directory: &Path, name: &str) -> std::io::Result<(Partial, File)> {
    fs::create_dir_all(directory)?;
    let name = harmless(name);
    let (stem, extension) =
        name.rsplit_once('.').map_or((name.as_str(), String::new()), |(stem, end)| (stem, format!(".{end}")));
    for number in 0..FILE_NAMES {
        let name = if number == 0 { name.clone() } else { format!("{stem} ({number}){extension}") };
        let path = directory.join(name);
        match File::options().write(true).create_new(true).mode(0o600).open(&path) {
            Ok(file) => return Ok((Partial(Some(path)), file)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::Error::from(std::io::ErrorKind::AlreadyExists))
}

/// A file name without path separators, control characters or a leading dot.
fn harmless(name: &str) -> String {
    let kept: String =
        name.chars().map(|c| if c.is_control() || matches!(c, '/' | '\\' | ':' | '\0') { '_' } else { c }).collect();
    let kept = kept.trim().trim_start_matches('.');
    let mut short: String = kept.chars().take(120).collect();
    while short.len() > 240 {
        short.pop();
    }
    if short.is_empty() { "attachment".to_owned() } else { short }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that map_err wants")]
fn local(error: std::io::Error) -> Failure {
    failed(FailureKind::LocalFile, &error.to_string())
}

fn mismatch(length: u64, wanted: Option<u64>) -> Failure {
    let wanted = wanted.map_or_else(|| format!("at most {LARGEST_FILE}"), |wanted| wanted.to_string());
    failed(FailureKind::Cut, &format!("{length} bytes instead of {wanted}"))
}

fn failed(kind: FailureKind, message: &str) -> Failure {
    Failure {
        endpoint: Endpoint::File,
        kind,
        outcome: Outcome::NotSent,
        code: None,
        http: None,
        log_id: None,
        message: CleanText::new(message),
    }
}

#[cfg(test)]
mod tests {
    use super::{exact_contact, harmless};

    #[test]
    fn file_names_cannot_leave_their_folder() {
        assert_eq!(harmless("../../etc/passwd"), "_.._etc_passwd");
        assert_eq!(harmless(".bashrc"), "bashrc");
        assert_eq!(harmless("车票.pdf"), "车票.pdf");
        assert_eq!(harmless("..."), "attachment");
        assert!(harmless(&"长".repeat(400)).len() <= 240);
    }

    #[test]
    fn addresses_and_numbers_are_looked_up_exactly() {
        assert_eq!(exact_contact("liuyang@example.com"), Some("emails"));
        assert_eq!(exact_contact("+8613011111111"), Some("mobiles"));
        assert_eq!(exact_contact("1000045"), None);
        assert_eq!(exact_contact("刘洋"), None);
    }
}

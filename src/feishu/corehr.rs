//! The process endpoints, one function each (protocol.md#task-list and the sections after it).

use std::collections::HashSet;

use reqwest::Method;
use serde_json::{Value as Json, json};

use super::damage::parse;
use super::error::ResponseHead;
use super::transport::ApiCall;
use super::wire::Node;
use super::{Client, Writer, convert, form_v1, form_v2};
use crate::domain::decision::{Receipt, UpdateStatus};
use crate::domain::{
    Decision, Endpoint, Failure, Form, Millis, PageChain, PageEnd, PageToken, PersonIdType, Priority, Process,
    ProcessId, Reviewed, TaskPage, TaskStatus,
};

/// Rows of one page: the platform's maximum (protocol.md#task-list, protocol.md#changed-processes).
const PAGE_SIZE: &str = "100";
/// "Process not found, or a hiring process" (protocol.md#form-v2).
const NO_FORM: i64 = 1_160_100;

/// Encodes one part of a path. Ids are the platform's own text, and some of it could lead to another path.
pub(super) fn part(id: &str) -> String {
    id.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// The id types, sent with every call because their defaults differ between endpoints (protocol.md#id-types).
pub(super) fn id_types(kind: PersonIdType) -> Vec<(&'static str, String)> {
    let department =
        if kind == PersonIdType::PeopleCorehrId { "people_corehr_department_id" } else { "open_department_id" };
    vec![("user_id_type", kind.as_str().to_owned()), ("department_id_type", department.to_owned())]
}

impl Client {
    fn read(&self, endpoint: Endpoint, path: String, extra: Vec<(&'static str, String)>) -> ApiCall {
        let mut query = id_types(self.line.settings.operator.id_type);
        query.extend(extra);
        let priority = self.priority;
        ApiCall { endpoint, priority, method: Method::GET, path, query, body: None, writes: false, about: None }
    }

    fn read_about(&self, endpoint: Endpoint, path: String, process: &ProcessId) -> ApiCall {
        ApiCall { about: Some(process.clone()), ..self.read(endpoint, path, Vec::new()) }
    }
}

impl Client {
    /// Reads one page of the operator's pending tasks (protocol.md#task-list). The filter is always sent.
    pub async fn tasks(&self, page: Option<&PageToken>) -> Result<TaskPage, Failure> {
        let mut query = vec![
            ("user_id", self.line.settings.operator.id.as_str().to_owned()),
            ("approver_status", TaskStatus::InProgress.number().to_string()),
            ("page_size", PAGE_SIZE.to_owned()),
        ];
        query.extend(page.map(|token| ("page_token", token.0.to_string())));
        let call = self.read(Endpoint::TaskList, "/corehr/v2/approvers".to_owned(), query);
        let (body, answered) = self.line.ask_when(&call).await?;
        Ok(TaskPage { answered, ..convert::task_page(Node(&body).get("data")) })
    }

    /// Reads the processes modified between two times less than 31 days apart (protocol.md#changed-processes), on so many
    /// pages at most. `None`: there are more, or the answer is incomplete.
    pub async fn changed(&self, from: Millis, to: Millis, pages: usize) -> Result<Option<Vec<ProcessId>>, Failure> {
        let mut processes = Vec::new();
        let mut known = HashSet::new();
        let mut chain = PageChain::default();
        let mut page: Option<PageToken> = None;
        while chain.pages() < pages {
            let mut query = vec![
                ("modify_time_from", from.0.to_string()),
                ("modify_time_to", to.0.to_string()),
                ("page_size", PAGE_SIZE.to_owned()),
            ];
            query.extend(page.as_ref().map(|token| ("page_token", token.0.to_string())));
            let call = self.read(Endpoint::ChangedProcesses, "/corehr/v2/processes".to_owned(), query);
            let body = self.line.ask(&call).await?;
            let data = Node(&body).get("data");
            let (ids, unreadable) = convert::process_ids(data);
            let before = processes.len();
            processes.extend(ids.into_iter().filter(|id| known.insert(id.clone())));
            match chain.after(convert::page_end(data), processes.len() - before) {
                _ if unreadable > 0 => return Ok(None),
                PageEnd::Last => return Ok(Some(processes)),
                PageEnd::Broken => return Ok(None),
                PageEnd::Next(token) => page = Some(token),
            }
        }
        Ok(None)
    }

    /// Reads one process (protocol.md#process-detail).
    pub async fn process(&self, id: &ProcessId) -> Result<Process, Failure> {
        self.process_received(id).await.map(|(process, _)| process)
    }

    /// As `process`, with the answer as it was received.
    pub async fn process_received(&self, id: &ProcessId) -> Result<(Process, Vec<u8>), Failure> {
        let path = format!("/corehr/v2/processes/{}", part(id.as_str()));
        let call = self.read_about(Endpoint::ProcessDetail, path, id);
        let (body, answered) = self.line.ask_whole(&call).await?;
        Ok((read_process(id, Node(&body).get("data").0), answered.body))
    }

    /// Reads the form in version 2 (protocol.md#form-v2). `None`: the process has none, as with hiring flows.
    pub async fn form(&self, id: &ProcessId) -> Result<Option<Form>, Failure> {
        self.form_received(id).await.map(|(form, _)| form)
    }

    /// As `form`, with the answer as it was received; empty where there is no form.
    pub async fn form_received(&self, id: &ProcessId) -> Result<(Option<Form>, Vec<u8>), Failure> {
        let path = format!("/corehr/v2/processes/{}/form_variable_data", part(id.as_str()));
        let call = self.read_about(Endpoint::FormV2, path, id);
        form_or_none(self.line.ask_whole(&call).await, |data| read_form(id, data))
    }

    /// Reads the form in version 1, which names its options (protocol.md#form-v1).
    pub async fn labelled_form(&self, id: &ProcessId) -> Result<Option<Form>, Failure> {
        self.labelled_form_received(id).await.map(|(form, _)| form)
    }

    /// As `labelled_form`, with the answer as it was received; empty where there is no form.
    pub async fn labelled_form_received(&self, id: &ProcessId) -> Result<(Option<Form>, Vec<u8>), Failure> {
        let path = format!("/corehr/v1/processes/{}/form_variable_data", part(id.as_str()));
        let call = self.read(Endpoint::FormV1, path, Vec::new());
        form_or_none(self.line.ask_whole(&call).await, |data| read_form_v1(id, data))
    }
}

/// Reads an answer about a process that was kept; `None`: it is no such answer.
#[must_use]
pub fn kept_process(id: &ProcessId, answer: &[u8]) -> Option<Process> {
    kept(answer, |data| read_process(id, data))
}

/// The same of a form in version 2.
#[must_use]
pub fn kept_form(id: &ProcessId, answer: &[u8]) -> Option<Form> {
    kept(answer, |data| read_form(id, data))
}

/// The same of a form in version 1.
#[must_use]
pub fn kept_labels(id: &ProcessId, answer: &[u8]) -> Option<Form> {
    kept(answer, |data| read_form_v1(id, data))
}

fn kept<T>(answer: &[u8], read: impl Fn(&Json) -> T) -> Option<T> {
    let body = parse(answer)?;
    let data = Node(&body).get("data");
    data.0.is_object().then(|| read(data.0))
}

/// Builds a process from `data` (protocol.md#process-detail). The id is the requested one, by which everything else
/// finds it.
#[must_use]
pub fn read_process(id: &ProcessId, data: &Json) -> Process {
    Process { id: id.clone(), ..convert::process(Node(data)) }
}

/// Builds a form from `data` (protocol.md#form-v2).
#[must_use]
pub fn read_form(id: &ProcessId, data: &Json) -> Form {
    form_v2::form(id, Node(data))
}

/// Builds a form from `data` (protocol.md#form-v1).
#[must_use]
pub fn read_form_v1(id: &ProcessId, data: &Json) -> Form {
    form_v1::form(id, Node(data))
}

fn form_or_none(
    answer: Result<(Json, ResponseHead), Failure>,
    read: impl Fn(&Json) -> Form,
) -> Result<(Option<Form>, Vec<u8>), Failure> {
    match answer {
        Ok((body, answered)) => Ok((Some(read(Node(&body).get("data").0)), answered.body)),
        Err(failure) if failure.code == Some(NO_FORM) => Ok((None, Vec::new())),
        Err(failure) => Err(failure),
    }
}

impl Writer {
    /// Sends a reviewed decision once (protocol.md#update-task to protocol.md#revoke).
    pub async fn send(&self, reviewed: &Reviewed) -> Result<Receipt, Failure> {
        let (endpoint, path, body) = request(reviewed);
        let call = ApiCall {
            endpoint,
            priority: Priority::Check,
            method: Method::PUT,
            path,
            query: id_types(self.line.settings.operator.id_type),
            body: Some(body),
            writes: true,
            about: None,
        };
        self.line.write(&call).await
    }
}

/// Endpoint, path and body of a decision. `system_approval` and `system_user` are always false: they would take the
/// task from its approver (protocol.md#update-task).
#[must_use]
pub fn request(reviewed: &Reviewed) -> (Endpoint, String, Json) {
    let operator = reviewed.operator.id.as_str();
    let process = part(reviewed.target.process().as_str());
    let task = reviewed.target.approver().as_str();
    let words = reviewed.decision.opinion().as_str();
    let update = |status: UpdateStatus| {
        let path = format!("/corehr/v2/processes/{process}/approvers/{}", part(task));
        let body = json!({
            "status": status as i64,
            "user_id": operator,
            "system_approval": false,
            "reason": words,
        });
        (Endpoint::UpdateTask, path, body)
    };
    let whole = || json!({ "user_id": operator, "reason": words, "system_user": false });
    match &reviewed.decision {
        Decision::Approve { .. } => update(UpdateStatus::Approve),
        Decision::Reject { .. } => update(UpdateStatus::Reject),
        Decision::Transfer { to, .. } => {
            let body = json!({
                "operator": operator,
                "to_user_id": to.id.as_str(),
                "approver_ids": [task],
                "remark": words,
                "system_user": false,
            });
            (Endpoint::Transfer, format!("/corehr/v2/processes/{process}/transfer"), body)
        }
        Decision::AddSign { position, method, people, .. } => {
            let ids: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
            let body = json!({
                "operator": operator,
                "approver_id": task,
                "extra_type": *position as i64,
                "approval_type": *method as i64,
                "extra_user_ids": ids,
                "remark": words,
                "system_user": false,
            });
            (Endpoint::AddSign, format!("/corehr/v2/processes/{process}/extra"), body)
        }
        Decision::Withdraw { .. } => (Endpoint::Withdraw, format!("/corehr/v2/process_withdraw/{process}"), whole()),
        Decision::Revoke { .. } => (Endpoint::Revoke, format!("/corehr/v2/process_revoke/{process}"), whole()),
    }
}

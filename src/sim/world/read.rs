//! Reads: a person's list, changed processes, and look-ups by id (protocol.md#task-list to protocol.md#form-v1; checks
//! of protocol.md#operation-checks).

use crate::domain::Millis;

use super::ids::{Id, PersonKey, ProcessKey, UserIdType};
use super::refusal::Refusal;
use super::{ListRow, World};

const ILLEGAL: Refusal = Refusal::new(400, 1_160_101, "Illegal parameter");
const NO_SUCH_PERSON: Refusal = Refusal::new(400, 1_160_001, "Failed to obtain tenant IDs and user IDs");
const NO_SUCH_LIST: Refusal = Refusal::new(400, 1_160_121, "List type does not exist");
const INVALID_WINDOW: Refusal = Refusal::new(400, 1_160_101, "Invalid parameter");
const NO_SUCH_PROCESS: Refusal = Refusal::new(400, 1_160_101, "invalid param");
const NO_FORM: Refusal = Refusal::new(400, 1_160_100, "审批流程不存在");

/// Longest window: less than 31 days (protocol.md#changed-processes).
const WINDOW: i64 = 31 * 24 * 3_600_000;

/// Request for the task list, after the gateway's checks.
#[derive(Clone, Debug, Default)]
pub struct ListTasks {
    pub user_id: String,
    pub user_id_type: UserIdType,
    pub status: Option<i64>,
    pub page_size: usize,
    pub page_token: Option<String>,
}

/// One row of the task list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedTask {
    pub approver_id: Id,
    pub process_id: Id,
    pub approver_status: i64,
}

/// A page of anything. `token` is there on the last page too: whether it is shown is the server's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage<T> {
    pub items: Vec<T>,
    pub token: String,
    pub has_more: bool,
}

/// Request for changed processes, after the gateway's checks.
#[derive(Clone, Debug, Default)]
pub struct ListProcesses {
    /// Milliseconds, as sent.
    pub modify_time_from: String,
    pub modify_time_to: String,
    pub page_size: usize,
    pub page_token: Option<String>,
    /// Empty: all.
    pub statuses: Vec<i64>,
    pub flow_definition_id: Option<String>,
}

impl World {
    /// The task list, newest first; all tasks without a filter (protocol.md#task-list).
    pub fn list_tasks(&mut self, request: &ListTasks, now: Millis) -> Result<ListPage<ListedTask>, Refusal> {
        self.advance(now);
        let person = self.find_person(&request.user_id, request.user_id_type).ok_or(NO_SUCH_PERSON)?;
        if request.status.is_some_and(|status| ![-1, 1, 2, 3, 5, 6, 12, 14].contains(&status)) {
            return Err(NO_SUCH_LIST);
        }
        let page = match request.page_token.as_deref().filter(|token| !token.is_empty()) {
            None => 1,
            Some(token) => {
                let page = Id::parse(token).and_then(|page| usize::try_from(page.0).ok());
                page.filter(|page| *page <= self.pages_given.max(1)).ok_or(ILLEGAL)?
            }
        };
        let start = (page - 1).saturating_mul(request.page_size);
        self.sort_rows(person);
        let mut rows =
            self.rows[person.0].iter().rev().filter_map(|row| self.listed(person, *row, request.status)).skip(start);
        let items: Vec<_> = rows.by_ref().take(request.page_size).collect();
        let has_more = rows.next().is_some();
        drop(rows);
        if has_more {
            self.pages_given = self.pages_given.max(page + 1);
        }
        Ok(ListPage { items, token: (page + 1).to_string(), has_more })
    }

    fn sort_rows(&mut self, person: PersonKey) {
        if !self.rows_sorted[person.0] {
            self.rows[person.0].sort_by_key(|row| row.id);
            self.rows_sorted[person.0] = true;
        }
    }

    fn listed(&self, person: PersonKey, row: ListRow, filter: Option<i64>) -> Option<ListedTask> {
        let process = self.process(row.process);
        let task = &process.tasks[row.place];
        if task.person != Some(person) {
            return None;
        }
        let approver_status = task.state.in_list()?;
        // A submitted form is found by 3 and by 6 (protocol.md#task-views).
        let fits = |filter| filter == approver_status || (filter == 3 && approver_status == 6);
        filter.is_none_or(fits).then_some(ListedTask { approver_id: task.id, process_id: process.id, approver_status })
    }

    /// Changed processes by id (protocol.md#changed-processes).
    pub fn list_processes(&mut self, request: &ListProcesses, now: Millis) -> Result<ListPage<Id>, Refusal> {
        self.advance(now);
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok());
        let from = digits(&request.modify_time_from).flatten().ok_or(INVALID_WINDOW)?;
        let to = digits(&request.modify_time_to).flatten().ok_or(INVALID_WINDOW)?;
        if from > to || to - from >= WINDOW {
            return Err(INVALID_WINDOW);
        }
        let after = match request.page_token.as_deref().filter(|token| !token.is_empty()) {
            None => Id(0),
            Some(token) => Id::parse(token).filter(|id| self.process_by_id.contains_key(id)).ok_or(INVALID_WINDOW)?,
        };
        let fits = |process: &&super::Process| {
            (from..=to).contains(&process.modified.0)
                && process.id > after
                && (request.statuses.is_empty() || request.statuses.contains(&(process.state as i64)))
                && request
                    .flow_definition_id
                    .as_deref()
                    .is_none_or(|id| id.is_empty() || *self.flow(process.flow).definition_id == *id)
        };
        let mut items: Vec<_> = self.processes.iter().filter(fits).map(|process| process.id).collect();
        items.sort_unstable();
        let has_more = items.len() > request.page_size;
        items.truncate(request.page_size);
        let token = items.last().map(Id::to_string).unwrap_or_default();
        Ok(ListPage { items, token, has_more })
    }

    /// See protocol.md#process-detail.
    pub fn read_process(&mut self, id: &str, now: Millis) -> Result<ProcessKey, Refusal> {
        self.advance(now);
        self.find_process(id).ok_or(NO_SUCH_PROCESS)
    }

    /// See protocol.md#form-v2 and protocol.md#form-v1.
    pub fn read_form(&mut self, id: &str, now: Millis) -> Result<ProcessKey, Refusal> {
        self.advance(now);
        let key = self.find_process(id).ok_or(NO_FORM)?;
        if self.flow(self.process(key).flow).business.hiring { Err(NO_FORM) } else { Ok(key) }
    }
}

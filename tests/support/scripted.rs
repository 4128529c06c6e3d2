//! A platform of a few tasks with scripted answers: for cases that the simulator cannot produce.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use shenpi::app::{Answer, Chronicle, Query};
use shenpi::domain::decision::Receipt;
use shenpi::domain::form::{Form, FormSource};
use shenpi::domain::id::{FlowDefinitionId, NodeDefinitionId};
use shenpi::domain::process::{Abstract, Done, Links, Todo, UnreadMembers};
use shenpi::domain::*;

use super::detail_budget::DetailBudget;
use super::harness::{MORNING, Platform};

#[derive(Default)]
pub struct Scripted {
    pub tasks: Vec<Task>,
    pub processes: HashMap<ProcessId, Process>,
    /// The processes as they were read last: others have changed since.
    pub read: HashMap<ProcessId, Process>,
    pub forms: HashMap<ProcessId, Form>,
    /// Answers to the next writes; when there is none, the write is accepted.
    pub verdicts: VecDeque<Result<Receipt, Failure>>,
    /// Answers to every read, while set.
    pub trouble: Option<Failure>,
    /// More processes changed than the platform is asked to list, while set.
    pub many_changes: bool,
    /// The processes that have changed; `None`: all.
    pub changes: Option<Vec<ProcessId>>,
    /// Answers to every question after changed processes, while set.
    pub no_changes: Option<Failure>,
    /// Answers to reads of these forms.
    pub no_forms: HashMap<ProcessId, Failure>,
    /// People that every search finds.
    pub people: Vec<Person>,
    /// People that a look-up by id finds.
    pub staff: Vec<Person>,
    pub asked: Vec<Query>,
    /// Answers to every question after the operator's tasks in a process, instead of those in the list.
    pub own_tasks: Option<OwnTasks>,
    pub page_size: usize,
    /// How the pages of the list go on, while not as they should.
    pub chain: Option<Chain>,
    /// Rows of each page of the list without readable ids.
    pub unreadable: usize,
    /// Answers to the first reads of this kind, before any other.
    pub limits: Vec<(Hits, Failure)>,
    /// The program's own budget of details; `None`: no end of it.
    pub details: Option<DetailBudget>,
    /// Writes that were answered with "not executed, try again".
    pub not_executed: usize,
    /// How far the platform's clock is ahead of the harness's, in milliseconds; `None`: its answers do not tell the time.
    pub clock_ahead: Option<i64>,
    /// The harness's.
    pub clock: Millis,
}

/// The operator's tasks in a process, as a reading shows them.
#[derive(Clone, Debug)]
pub enum OwnTasks {
    Are(Vec<TaskKey>),
    Unreadable,
}

/// Reads that a script concerns.
pub type Hits = fn(&Query) -> bool;

/// Pages that say that there is more, and lead nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chain {
    /// The first page names no token.
    NoToken,
    /// The second page names its own.
    Repeats,
    /// The last page names the first.
    Circle,
    /// Every page names a new token, and is the first.
    Endless,
}

impl Chain {
    fn end(self, token: Option<&PageToken>, real: PageEnd) -> PageEnd {
        let next = |token: &str| PageEnd::Next(PageToken(token.into()));
        match (self, token) {
            (Self::NoToken, _) => PageEnd::Broken,
            (Self::Repeats, Some(token)) => PageEnd::Next(token.clone()),
            (Self::Circle, _) if real == PageEnd::Last => next("0"),
            (Self::Endless, token) => next(&format!("0{}", token.map_or("", |token| &token.0))),
            (Self::Repeats | Self::Circle, _) => real,
        }
    }
}

pub fn operator() -> Operator {
    Operator { id: PersonId::new("ou_wangfang"), id_type: PersonIdType::OpenId, name: both("王芳", "Wang Fang") }
}

pub fn both(zh: &str, en: &str) -> I18n {
    I18n { zh: zh.into(), en: en.into() }
}

impl Scripted {
    /// `count` leave requests, one minute apart, oldest first.
    pub fn with_leaves(count: u64) -> Self {
        let mut platform = Self { page_size: 100, clock_ahead: Some(0), ..Self::default() };
        for number in 1..=count {
            platform.add(number, "休假申请", "Leave");
        }
        platform
    }

    pub fn add(&mut self, number: u64, zh: &str, en: &str) -> TaskKey {
        let key = key(number);
        self.tasks.push(Task { key: key.clone(), status: TaskStatus::InProgress });
        self.processes.insert(key.process.clone(), process(number, zh, en));
        self.forms.insert(
            key.process.clone(),
            Form {
                process: key.process.clone(),
                source: FormSource::V2,
                received: Received::default(),
                fields: vec![
                    Field { api_name: "days".into(), label: both("天数", "Days"), value: Value::Number("3".into()) },
                    Field {
                        api_name: "why".into(), label: both("事由", "Reason"), value: Value::Text("探亲".into())
                    },
                ],
            },
        );
        key
    }

    /// The task leaves the list, as after another person's decision.
    pub fn remove(&mut self, key: &TaskKey) {
        self.tasks.retain(|task| task.key != *key);
    }

    /// Another person finished the approver's task: it moves from `todos` to `done_list`.
    pub fn finish(&mut self, key: &TaskKey, status: DoneStatus, opinion: &str) {
        let process = self.processes.get_mut(&key.process).expect("the process is there");
        let at = process.todos.iter().position(|todo| todo.approver_id == key.approver).expect("the task is open");
        let todo = process.todos.remove(at);
        process.done_list.push(done_of(todo, status, opinion));
        self.remove(key);
    }
}

pub fn done_of(todo: Todo, status: DoneStatus, opinion: &str) -> Done {
    Done {
        approver_id: todo.approver_id,
        kind: todo.kind,
        status,
        links: todo.links,
        operator_id: todo.operator_id,
        operator_name: todo.operator_name,
        node_name: todo.node_name,
        node_definition_id: todo.node_definition_id,
        create_time: todo.create_time,
        complete_time: Some(Millis(MORNING.0 + 60_000)),
        approval_opinion: opinion.into(),
    }
}

pub fn key(number: u64) -> TaskKey {
    TaskKey {
        process: ProcessId::new(format!("76150000000000{number:05}")),
        approver: ApproverId::new(format!("76160000000000{number:05}")),
    }
}

pub fn todo(approver: ApproverId, id: &str, zh: &str, en: &str) -> Todo {
    Todo {
        approver_id: approver,
        kind: DocumentType::Approval,
        links: Links::default(),
        operator_id: Some(PersonId::new(id)),
        operator_name: both(zh, en),
        node_name: both("直属上级", "Direct manager"),
        node_definition_id: NodeDefinitionId::new("approval_1"),
        create_time: Some(Millis(MORNING.0 - 3_600_000)),
    }
}

fn process(number: u64, zh: &str, en: &str) -> Process {
    let key = key(number);
    Process {
        id: key.process,
        status: ProcessStatus::InProgress,
        flow_template_id: CleanText::default(),
        flow_template_name: both(zh, en),
        flow_definition_id: FlowDefinitionId::new("people_1_1"),
        flow_definition_name: both(zh, en),
        process_name: both(zh, en),
        initiator_id: Some(PersonId::new(format!("ou_initiator{number}"))),
        by_system: false,
        initiator_name: both(&format!("申请人{number}"), &format!("Applicant {number}")),
        create_time: Some(Millis(MORNING.0 - 7_200_000)),
        complete_time: None,
        start_links: Links::default(),
        abstracts: vec![Abstract {
            name: both("时长", "Duration"),
            value: both(&format!("{number} 天"), &format!("{number} days")),
        }],
        todos: vec![todo(key.approver, "ou_wangfang", "王芳", "Wang Fang")],
        cc_list: Vec::new(),
        done_list: Vec::new(),
        system_todos: Vec::new(),
        system_done_list: Vec::new(),
        properties: Properties::Normal,
        comments: Vec::new(),
        original_process_id: None,
        is_last_completed_correct_process: false,
        unread: UnreadMembers::default(),
        received: Received::default(),
    }
}

/// A failure of a write or a read.
pub fn failure(endpoint: Endpoint, kind: FailureKind, outcome: Outcome, code: Option<i64>) -> Failure {
    Failure {
        endpoint,
        kind,
        outcome,
        code,
        http: Some(400),
        log_id: Some("20260309LOGID".into()),
        message: CleanText::default(),
    }
}

pub fn refusal(endpoint: Endpoint, code: i64) -> Failure {
    failure(endpoint, FailureKind::Business, Outcome::Refused, Some(code))
}

impl Platform for Scripted {
    fn read(&mut self, query: &Query) -> Result<Answer, Failure> {
        self.asked.push(query.clone());
        if let Some(trouble) = &self.trouble {
            return Err(trouble.clone());
        }
        if let Some(at) = self.limits.iter().position(|(hits, _)| hits(query)) {
            return Err(self.limits.remove(at).1);
        }
        if let (Query::Changed { .. }, Some(failure)) = (query, &self.no_changes) {
            return Err(failure.clone());
        }
        Ok(match query {
            Query::Tasks(page) => {
                let from: usize = page.as_ref().map_or(0, |token| token.0.parse().expect("our own token"));
                let to = (from + self.page_size).min(self.tasks.len());
                let more = to < self.tasks.len();
                let end = if more { PageEnd::Next(PageToken(to.to_string().into())) } else { PageEnd::Last };
                let end = self.chain.map_or(end.clone(), |chain| chain.end(page.as_ref(), end));
                let answered = self.clock_ahead.map(|ahead| Millis(self.clock.0 + ahead));
                let tasks = self.tasks[from..to].to_vec();
                Answer::Tasks(TaskPage { tasks, unreadable: self.unreadable, end, answered })
            }
            Query::Changed { .. } => {
                let changed = self.processes.iter().filter(|(id, process)| self.read.get(*id) != Some(*process));
                let changed = || changed.map(|(id, _)| id.clone()).collect();
                Answer::Changed((!self.many_changes).then(|| self.changes.clone().unwrap_or_else(changed)))
            }
            Query::Process(id) => match self.processes.get(id) {
                Some(process) => {
                    self.read.insert(id.clone(), process.clone());
                    Answer::Process(Box::new(process.clone()))
                }
                None => return Err(refusal(Endpoint::ProcessDetail, 1_160_101)),
            },
            Query::OwnTasks(id) => Answer::OwnTasks(match &self.own_tasks {
                Some(OwnTasks::Unreadable) => None,
                Some(OwnTasks::Are(tasks)) => Some(tasks.clone()),
                None => {
                    let tasks = self.tasks.iter().filter(|task| task.key.process == *id);
                    Some(tasks.map(|task| task.key.clone()).collect())
                }
            }),
            Query::Form(id) if self.no_forms.contains_key(id) => return Err(self.no_forms[id].clone()),
            Query::Form(id) => Answer::Form(self.forms.get(id).cloned().map(Box::new)),
            Query::Labels(id) => Answer::Labels(self.forms.get(id).cloned().map(Box::new)),
            Query::People(_) => Answer::People(self.people.clone()),
            Query::PeopleById(ids) => {
                let staff = self.staff.iter().filter(|person| ids.contains(&person.id));
                Answer::Names(Names::of_people(staff.cloned()))
            }
            Query::DepartmentNames(_) | Query::ObjectNames(_) => Answer::Names(Names::default()),
            Query::Download(file) => Answer::Saved(file.name.as_str().into()),
            Query::History { .. } => Answer::History(Ok(Chronicle::default())),
            Query::Cached(_) => Answer::Cached(None),
        })
    }

    fn write(&mut self, decision: &Reviewed) -> Result<Receipt, Failure> {
        if let Some(verdict) = self.verdicts.pop_front() {
            let again =
                |failure: &Failure| failure.is_busy() || matches!(failure.kind, FailureKind::RateLimited { .. });
            self.not_executed += usize::from(verdict.as_ref().is_err_and(again));
            return verdict;
        }
        let key = decision.target.key.clone();
        match &decision.decision {
            Decision::Approve { opinion } => self.finish(&key, DoneStatus::Done, opinion.as_str()),
            Decision::Reject { reason } => self.finish(&key, DoneStatus::Rejected, reason.as_str()),
            Decision::Transfer { .. } => self.finish(&key, DoneStatus::Cancelled, ""),
            Decision::AddSign { .. } | Decision::Withdraw { .. } | Decision::Revoke { .. } => {}
        }
        Ok(Receipt { log_id: Some("20260309LOGID".into()) })
    }

    fn budget(&mut self, query: &Query, priority: Priority) -> Result<(), Duration> {
        let now = self.clock;
        self.details.as_mut().map_or(Ok(()), |budget| budget.take(query, priority, now))
    }

    fn now(&mut self, now: Now) {
        self.clock = now.wall;
    }
}

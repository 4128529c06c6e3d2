//! The platform of a simulated day: the simulator's state model without a connection, and the content of each request
//! over time, which the invariants are judged by.

use std::collections::HashMap;

use shenpi::app::{Answer, Query};
use shenpi::domain::decision::Receipt;
use shenpi::domain::{
    ApproverId, CleanText, Endpoint, Failure, FailureKind, I18n, Millis, Names, Operator, Outcome, PageEnd, PageToken,
    Person, PersonId, PersonIdType, ProcessId, Reviewed, Shown, Task, TaskKey, TaskPage, TaskStatus,
};
use shenpi::sim::world::{
    AddSign, AddSignPosition, EndRequest, ExternalAction, ListProcesses, ListTasks, PersonKey, ProcessKey, Refusal,
    Rule, Switches, Transfer, Update, UserIdType, World, Write,
};

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use super::action::Behavior;
use super::fixture::{Fixture, Kind, SHE};
use super::reading::both;
use super::shapes;

/// Rows of one page of the list: few, so that there is more than one page.
const PAGE: usize = 4;

/// Content of a request from some moment on.
pub struct Version {
    pub from: Millis,
    /// As the client reads it.
    pub content: Shown,
    /// The truth, independent of the client.
    pub truth: Shown,
    /// The answers about it that are kept; of no meaning where answers are not bytes, empty where there is no form.
    pub answer: Vec<u8>,
    pub form_answer: Vec<u8>,
}

pub struct Platform {
    world: World,
    pub fixture: Fixture,
    /// Cases in the order of their coming, each with its history, oldest first.
    cases: Vec<(ProcessKey, Vec<Version>)>,
    places: HashMap<ProcessId, usize>,
    names: Vec<(PersonKey, PersonId, I18n)>,
    requests: u64,
    /// Its answers are bytes, in shapes of this number.
    shapes: Option<u64>,
    /// Draws how pages of the list are broken, where they ever are.
    breaks: Option<SmallRng>,
}

impl Platform {
    pub fn new(seed: u64, behavior: &Behavior, switches: Switches) -> Self {
        let mut world = World::new(seed);
        world.switches = switches;
        let fixture = Fixture::new(&mut world, behavior.administrator);
        let name = |key| {
            let person = world.person(key);
            (key, PersonId::new(person.ids.open_id.to_string()), both(&person.profile.name))
        };
        let names = world.person_keys().map(name).collect();
        let breaks = behavior.broken_pages.then(|| SmallRng::seed_from_u64(seed));
        Self {
            world,
            fixture,
            cases: Vec::new(),
            places: HashMap::new(),
            names,
            requests: 0,
            breaks,
            shapes: seed.is_multiple_of(shapes::EVERY).then_some(seed / shapes::EVERY),
        }
    }

    /// Starts a request.
    pub fn start(&mut self, kind: Kind, now: Millis) -> ProcessId {
        let key = self.fixture.start(&mut self.world, kind, now);
        let id = ProcessId::new(self.world.process(key).id.to_string());
        self.places.insert(id.clone(), self.cases.len());
        self.cases.push((key, Vec::new()));
        self.note_content(key, now);
        id
    }

    pub fn operator(&self) -> Operator {
        let id = self.person_id(self.fixture.she);
        Operator { id, id_type: PersonIdType::OpenId, name: I18n { zh: SHE.0.into(), en: SHE.1.into() } }
    }

    /// Every case, in the order of their coming.
    pub fn cases(&self) -> impl Iterator<Item = &ProcessId> {
        self.cases.iter().map(|(_, history)| &history.last().expect("a case shows something").content.process.id)
    }

    /// Contents of a request, oldest first.
    pub fn history(&self, id: &ProcessId) -> &[Version] {
        self.places.get(id).map_or(&[], |place| &self.cases[*place].1)
    }

    /// Whether a task has been open for the operator since then.
    pub fn is_hers_since(&self, key: &TaskKey, since: Millis) -> bool {
        let she = self.person_id(self.fixture.she);
        let history = self.history(&key.process);
        let first = history.iter().rposition(|version| version.from <= since).unwrap_or(0);
        let is_hers =
            |version: &Version| version.content.process.todo(&key.approver).is_some_and(|todo| todo.is_of(&she));
        !history.is_empty() && history[first..].iter().all(is_hers)
    }

    pub const fn sends_bytes(&self) -> bool {
        self.shapes.is_some()
    }

    pub fn now_shows(&self, id: &ProcessId) -> Option<&Shown> {
        self.history(id).last().map(|version| &version.content)
    }

    /// Every write that was done, in order.
    pub fn writes(&self) -> &[Write] {
        self.world.writes()
    }

    pub fn person_id(&self, key: PersonKey) -> PersonId {
        self.names
            .iter()
            .find(|(known, ..)| *known == key)
            .map(|(_, id, _)| id.clone())
            .expect("somebody of the fixture")
    }

    pub fn key_of(&self, id: &ProcessId) -> Option<ProcessKey> {
        self.places.get(id).map(|place| self.cases[*place].0)
    }

    pub fn world(&self) -> &World {
        &self.world
    }

    /// The next of these requests is answered with "being processed".
    pub fn be_busy(&mut self, times: u32) {
        self.world.switches.busy += times;
    }

    pub fn be_calm(&mut self) {
        self.world.switches.busy = 0;
    }

    /// Performs an act on a request. Returns whether it was possible.
    pub fn play(&mut self, id: &ProcessId, step: ExternalAction, now: Millis) -> bool {
        let Some(key) = self.key_of(id) else { return false };
        let done = self.world.play(key, step, now).is_ok();
        self.note_content(key, now);
        done
    }

    fn note_content(&mut self, key: ProcessKey, now: Millis) {
        let id = ProcessId::new(self.world.process(key).id.to_string());
        let truth = self.content(key, &id);
        let Some(place) = self.places.get(&id).copied() else { return };
        if self.cases[place].1.last().is_some_and(|last| last.truth == truth) {
            return;
        }
        let number = self.cases[place].1.len();
        let (content, answer, form_answer) = match self.shapes {
            None => {
                let [answer, form] = ["", " form"].map(|part| format!("{} {number}{part}", id.as_str()).into_bytes());
                (truth.clone(), answer, if truth.form.is_some() { form } else { Vec::new() })
            }
            Some(number) => {
                let (answer, form) = shapes::answers(&self.world, key, number.wrapping_add(place as u64));
                (shapes::read(&id, &answer, &form), answer, form)
            }
        };
        self.cases[place].1.push(Version { from: now, content, truth, answer, form_answer });
    }

    pub fn read(&mut self, query: &Query, now: Millis) -> Result<Answer, Failure> {
        Ok(match query {
            Query::Tasks(page) => Answer::Tasks(self.tasks(page.as_ref(), now)?),
            Query::Changed { from, to, .. } => Answer::Changed(self.changed(*from, *to, now)?),
            Query::Process(id) => {
                let shows = self.now_shows(id).ok_or_else(|| refused(Endpoint::ProcessDetail, 400, 1_160_101))?;
                Answer::Process(Box::new((*shows.process).clone()))
            }
            Query::OwnTasks(id) => {
                let shows = self.now_shows(id).ok_or_else(|| refused(Endpoint::ProcessDetail, 400, 1_160_101))?;
                Answer::OwnTasks(shows.process.tasks_of(&self.operator().id))
            }
            Query::Form(id) | Query::Labels(id) => {
                let form = self.now_shows(id).and_then(|shows| shows.form.clone());
                let form = form.map(|form| Box::new((*form).clone()));
                if matches!(query, Query::Form(_)) { Answer::Form(form) } else { Answer::Labels(form) }
            }
            Query::People(words) => Answer::People(self.people(words)),
            Query::PeopleById(ids) => {
                let known = ids.iter().filter(|id| self.names.iter().any(|(_, known, _)| known == *id));
                Answer::Names(Names::of_people(known.map(|id| Person::named(id.clone(), self.name_of(id)))))
            }
            Query::DepartmentNames(_) | Query::ObjectNames(_) => Answer::Names(Names::default()),
            Query::History { .. } => Answer::History(Ok(shenpi::app::Chronicle::default())),
            Query::Cached(_) => Answer::Cached(None),
            Query::Download(file) => Answer::Saved(file.name.as_str().into()),
        })
    }

    pub fn names(&self) -> &[(PersonKey, PersonId, I18n)] {
        &self.names
    }

    pub fn name_of(&self, id: &PersonId) -> I18n {
        self.names.iter().find(|(_, known, _)| known == id).map(|(.., name)| name.clone()).unwrap_or_default()
    }

    fn tasks(&mut self, page: Option<&PageToken>, now: Millis) -> Result<TaskPage, Failure> {
        let request = ListTasks {
            user_id: self.operator().id.as_str().to_owned(),
            user_id_type: UserIdType::OpenId,
            status: Some(TaskStatus::InProgress.number()),
            page_size: PAGE,
            page_token: page.map(|token| token.0.to_string()),
        };
        let page = self.world.list_tasks(&request, now).map_err(|refusal| failure(Endpoint::TaskList, &refusal))?;
        let task = |row: &shenpi::sim::world::ListedTask| Task {
            key: TaskKey {
                process: ProcessId::new(row.process_id.to_string()),
                approver: ApproverId::new(row.approver_id.to_string()),
            },
            status: TaskStatus::from(row.approver_status),
        };
        let end = if page.has_more { PageEnd::Next(PageToken(page.token.as_str().into())) } else { PageEnd::Last };
        let tasks = page.items.iter().map(task).collect();
        let mut page = TaskPage { tasks, unreadable: 0, end, answered: Some(now) };
        self.break_page(&mut page);
        Ok(page)
    }

    /// One page in six leads nowhere, or back to the beginning; one in twelve has a row that cannot be read.
    fn break_page(&mut self, page: &mut TaskPage) {
        match self.breaks.as_mut().map(|random| random.random_range(0..12)) {
            Some(0) => page.end = PageEnd::Broken,
            Some(1) => page.end = PageEnd::Next(PageToken("1".into())),
            Some(2) if !page.tasks.is_empty() => {
                page.tasks.remove(0);
                page.unreadable = 1;
            }
            _ => {}
        }
    }

    fn changed(&mut self, from: Millis, to: Millis, now: Millis) -> Result<Option<Vec<ProcessId>>, Failure> {
        let request = ListProcesses {
            modify_time_from: from.0.to_string(),
            modify_time_to: to.0.to_string(),
            page_size: 100,
            ..ListProcesses::default()
        };
        let page = self.world.list_processes(&request, now);
        let page = page.map_err(|refusal| failure(Endpoint::ChangedProcesses, &refusal))?;
        Ok((!page.has_more).then(|| page.items.iter().map(|id| ProcessId::new(id.to_string())).collect()))
    }

    fn people(&self, words: &str) -> Vec<Person> {
        let person = |key| {
            let (_, id, name) = self.names.iter().find(|(known, ..)| *known == key).expect("somebody of the fixture");
            Person::named(id.clone(), name.clone())
        };
        self.world.search_people(words).into_iter().map(person).collect()
    }

    /// The real request of a decision, taken apart as the platform's gateway does, and done.
    pub fn write(&mut self, decision: &Reviewed, now: Millis) -> Result<Receipt, Failure> {
        let request = Request::of(decision);
        let done = match request.endpoint {
            Endpoint::UpdateTask => self.world.update_task(&request.update(), now),
            Endpoint::AddSign => self.world.add_sign(&request.add_sign(), now),
            Endpoint::Transfer => self.world.transfer(&request.transfer(), now),
            Endpoint::Withdraw => self.world.withdraw(&request.ending(), now),
            _ => self.world.revoke(&request.ending(), now),
        };
        if let Some(key) = self.key_of(&ProcessId::new(request.process())) {
            self.note_content(key, now);
        }
        self.requests += 1;
        match done {
            Ok(()) => Ok(Receipt { log_id: Some(self.log_id()) }),
            Err(refusal) => Err(Failure { log_id: Some(self.log_id()), ..failure(request.endpoint, &refusal) }),
        }
    }

    fn log_id(&self) -> CleanText {
        CleanText::new(&format!("LOG{:04}", self.requests))
    }
}

/// A request as it stands on the wire.
struct Request {
    endpoint: Endpoint,
    /// The parts of the path behind its version.
    path: Vec<String>,
    body: serde_json::Value,
}

impl Request {
    fn of(decision: &Reviewed) -> Self {
        let (endpoint, path, body) = shenpi::feishu::request(decision);
        let path = path.trim_start_matches("/corehr/v2/").split('/').map(str::to_owned).collect();
        Self { endpoint, path, body }
    }

    fn process(&self) -> String {
        self.path.get(1).cloned().unwrap_or_default()
    }

    fn text(&self, name: &str) -> String {
        self.body[name].as_str().unwrap_or_default().to_owned()
    }

    fn some(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    fn texts(&self, name: &str) -> Vec<String> {
        let entries = self.body[name].as_array().into_iter().flatten();
        entries.filter_map(|entry| entry.as_str().map(str::to_owned)).collect()
    }

    fn number(&self, name: &str) -> i64 {
        self.body[name].as_i64().expect("the request names a number")
    }

    fn flag(&self, name: &str) -> bool {
        self.body[name].as_bool().expect("the request says yes or no")
    }

    fn update(&self) -> Update {
        Update {
            process_id: self.process(),
            approver_id: self.path.get(3).cloned().unwrap_or_default(),
            status: self.number("status"),
            user_id: self.some("user_id"),
            system_approval: self.flag("system_approval"),
            reason: self.text("reason"),
            ..Update::default()
        }
    }

    fn add_sign(&self) -> AddSign {
        AddSign {
            process_id: self.process(),
            operator: self.some("operator"),
            user_id_type: UserIdType::OpenId,
            node_id: None,
            approver_id: self.some("approver_id"),
            position: match self.number("extra_type") {
                0 => AddSignPosition::Before,
                1 => AddSignPosition::Parallel,
                _ => AddSignPosition::After,
            },
            rule: Some(if self.number("approval_type") == 0 { Rule::Any } else { Rule::All }),
            extra_user_ids: self.texts("extra_user_ids"),
            remark: self.text("remark"),
            system_user: self.flag("system_user"),
        }
    }

    fn transfer(&self) -> Transfer {
        Transfer {
            process_id: self.process(),
            operator: self.some("operator"),
            user_id_type: UserIdType::OpenId,
            to_user_id: self.text("to_user_id"),
            approver_ids: self.texts("approver_ids"),
            remark: self.text("remark"),
            system_user: self.flag("system_user"),
        }
    }

    fn ending(&self) -> EndRequest {
        EndRequest {
            process_id: self.process(),
            user_id: self.some("user_id"),
            user_id_type: UserIdType::OpenId,
            reason: self.text("reason"),
            system_user: self.flag("system_user"),
        }
    }
}

/// The client's view of a refusal (protocol.md#error-codes).
fn failure(endpoint: Endpoint, refusal: &Refusal) -> Failure {
    Failure { message: CleanText::new(&refusal.msg), ..refused(endpoint, refusal.http, refusal.code) }
}

fn refused(endpoint: Endpoint, http: u16, code: i64) -> Failure {
    Failure {
        endpoint,
        kind: FailureKind::Business,
        outcome: Outcome::Refused,
        code: Some(code),
        http: Some(http),
        log_id: None,
        message: CleanText::default(),
    }
}

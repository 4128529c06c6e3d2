//! The simulated organisation as a pure state model (protocol.md#process-course): people, flows, processes, and every
//! operation of the platform with its checks in order. No clock and no I/O: every operation receives the time, and one
//! seed fixes every id.

pub mod add_sign;
pub mod decide;
mod directory;
mod engine;
pub mod event;
pub mod external_actions;
pub mod flow;
pub mod form;
pub mod ids;
pub mod organisation;
pub mod process;
pub mod read;
pub mod refusal;
pub mod transfer;
pub mod withdraw_revoke;
pub mod write_log;
mod written_value;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

pub use add_sign::AddSign;
pub use decide::Update;
pub use external_actions::ExternalAction;
pub use flow::{Assigned, Business, Flow, Node, NodeKind, Rule};
pub use form::{FieldKind, FormField, FormFile, FormValue};
pub use ids::{DepartmentIdType, DepartmentKey, FlowKey, Id, PersonKey, ProcessKey, UserIdType};
pub use organisation::{Bilingual, Department, EnumItem, MasterObject, NewPerson, Person};
pub use process::{Comment, NewProcess, NodeInstance, NodeState, Process, ProcessState, Purpose, Task, TaskState};
pub use read::{ListPage, ListProcesses, ListTasks, ListedTask};
pub use transfer::Transfer;
pub use withdraw_revoke::EndRequest;
pub use write_log::{AddSignPosition, Write, WriteAction};

pub use event::{Event, EventKind};
pub use refusal::{Refusal, Violation};

use ids::{DepartmentIds, Ids, PersonIds};

/// Events that wait to be taken, beyond which the oldest are lost.
pub const EVENTS_KEPT: usize = 100_000;

/// The organisation. Its keys and places point into it, and entries are never removed, so they serve as indices without
/// a check. A key of another world is a programming error.
#[derive(Clone, Debug)]
pub struct World {
    ids: Ids,
    people: Vec<Person>,
    departments: Vec<Department>,
    flows: Vec<Flow>,
    processes: Vec<Process>,
    /// Every id of every type of person.
    person_by_id: HashMap<Arc<str>, PersonKey>,
    department_by_id: HashMap<Arc<str>, DepartmentKey>,
    process_by_id: HashMap<Id, ProcessKey>,
    enum_items: Vec<EnumItem>,
    objects: Vec<MasterObject>,
    files: HashMap<Arc<str>, FormFile>,
    /// Tasks of each person, by id when `rows_sorted`.
    rows: Vec<Vec<ListRow>>,
    rows_sorted: Vec<bool>,
    events: VecDeque<Event>,
    keeps_events: bool,
    writes: Vec<Write>,
    revoking: Vec<ProcessKey>,
    /// Highest page number given out by the task list.
    pages_given: usize,
    pub switches: Switches,
}

/// Choices that the page leaves open (protocol.md#operations); the defaults are its assumptions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Switches {
    /// A transfer keeps the task's id instead of closing it and opening another.
    pub transfer_keeps_id: bool,
    /// How long a revocation shows status 15, in milliseconds.
    pub revoking_for: i64,
    /// Siblings of an OR approval become cancelled (4) instead of done (3).
    pub siblings_cancelled: bool,
    /// So many add-signs and transfers that would succeed answer 1161103 first.
    pub busy: u32,
}

/// One entry of a person's list.
#[derive(Clone, Copy, Debug)]
struct ListRow {
    id: Id,
    process: ProcessKey,
    /// Place in the process's tasks.
    place: usize,
}

impl World {
    /// An empty organisation. The same seed and the same calls give the same ids.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            ids: Ids::new(SmallRng::seed_from_u64(seed)),
            people: Vec::new(),
            departments: Vec::new(),
            flows: Vec::new(),
            processes: Vec::new(),
            person_by_id: HashMap::new(),
            department_by_id: HashMap::new(),
            process_by_id: HashMap::new(),
            enum_items: Vec::new(),
            objects: Vec::new(),
            files: HashMap::new(),
            rows: Vec::new(),
            rows_sorted: Vec::new(),
            events: VecDeque::new(),
            keeps_events: false,
            writes: Vec::new(),
            revoking: Vec::new(),
            pages_given: 0,
            switches: Switches::default(),
        }
    }

    pub fn add_department(
        &mut self,
        name: Bilingual,
        code: impl Into<String>,
        parent: Option<DepartmentKey>,
    ) -> DepartmentKey {
        let key = DepartmentKey(self.departments.len());
        let ids = DepartmentIds {
            open_department_id: format!("od-{}", self.ids.hex(32)).into(),
            department_id: format!("D{:08}", key.0 + 1).into(),
            people_corehr_department_id: self.ids.master_record(),
        };
        for id in [&ids.open_department_id, &ids.department_id, &ids.people_corehr_department_id] {
            self.department_by_id.insert(id.clone(), key);
        }
        self.departments.push(Department { ids, name, code: code.into(), parent });
        key
    }

    pub fn add_person(&mut self, profile: NewPerson) -> PersonKey {
        let key = PersonKey(self.people.len());
        let ids = PersonIds {
            open_id: format!("ou_{}", self.ids.hex(32)).into(),
            union_id: format!("on_{}", self.ids.hex(32)).into(),
            user_id: self.ids.hex(8).into(),
            people_corehr_id: self.ids.master_record(),
        };
        for id in [&ids.open_id, &ids.union_id, &ids.user_id, &ids.people_corehr_id] {
            self.person_by_id.insert(id.clone(), key);
        }
        let person_id = self.ids.master_record();
        self.rows.push(Vec::new());
        self.rows_sorted.push(true);
        self.people.push(Person { ids, person_id, profile });
        key
    }

    /// Takes a flow definition over; empty definition ids are filled in.
    pub fn add_flow(&mut self, mut flow: Flow) -> FlowKey {
        let key = FlowKey(self.flows.len());
        if flow.definition_id.is_empty() {
            flow.definition_id = format!("people_{}_{}", self.ids.master_record(), self.ids.master_record()).into();
        }
        for node in flow.nodes.iter_mut().filter(|node| node.definition_id.is_empty()) {
            let prefix = match node.kind {
                NodeKind::Approval(_) => "approval",
                NodeKind::Form { .. } => "form",
                NodeKind::Copy => "cc",
                NodeKind::Signature => "signature",
            };
            node.definition_id = format!("{prefix}_{}", self.ids.hex(11)).into();
        }
        self.flows.push(flow);
        key
    }

    /// Registers one option of an option set (protocol.md#option-sets) and returns the value that a form holds.
    pub fn add_enum_item(&mut self, set: impl Into<Arc<str>>, id: impl Into<Arc<str>>, name: Bilingual) -> FormValue {
        let item = EnumItem { set: set.into(), id: id.into(), name };
        self.enum_items.push(item.clone());
        FormValue::Enum { set: item.set, id: item.id, label: item.name }
    }

    /// Registers a named master-data object (`job`, `job_level`, …) and gives the value that a form holds.
    pub fn add_object(&mut self, kind: impl Into<Arc<str>>, name: Bilingual) -> FormValue {
        let object = MasterObject { kind: kind.into(), id: self.ids.master_record(), name };
        self.objects.push(object.clone());
        FormValue::Object { kind: object.kind, id: object.id }
    }

    /// Registers an attachment of `length` bytes and gives the value that a form holds.
    pub fn add_file(&mut self, name: impl Into<Arc<str>>, length: u64, mime_type: impl Into<Arc<str>>) -> FormValue {
        let id: Arc<str> = format!("{}_{}", self.ids.hex(24), self.ids.hex(32)).into();
        let file = FormFile { id: id.clone(), name: name.into(), length, mime_type: mime_type.into() };
        self.files.insert(id, file.clone());
        FormValue::File(file)
    }

    /// Draws from the world's own seed, to generate content.
    pub fn draw(&mut self, below: usize) -> usize {
        self.ids.random.random_range(0..below.max(1))
    }

    #[must_use]
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Keys of all people, in the order of their coming.
    pub fn person_keys(&self) -> impl Iterator<Item = PersonKey> + use<> {
        (0..self.people.len()).map(PersonKey)
    }

    #[must_use]
    pub fn person(&self, key: PersonKey) -> &Person {
        &self.people[key.0]
    }

    #[must_use]
    pub fn department(&self, key: DepartmentKey) -> &Department {
        &self.departments[key.0]
    }

    #[must_use]
    pub fn flow(&self, key: FlowKey) -> &Flow {
        &self.flows[key.0]
    }

    #[must_use]
    pub fn process(&self, key: ProcessKey) -> &Process {
        &self.processes[key.0]
    }

    /// Keys of all processes, in the order of their starting.
    pub fn process_keys(&self) -> impl Iterator<Item = ProcessKey> + use<> {
        (0..self.processes.len()).map(ProcessKey)
    }

    /// The process of this id.
    #[must_use]
    pub fn find_process(&self, id: &str) -> Option<ProcessKey> {
        self.process_by_id.get(&Id::parse(id)?).copied()
    }

    /// The place of the task of this id in its process. The initiator's row is none.
    pub(super) fn find_task(&self, key: ProcessKey, id: &str) -> Option<usize> {
        let id = Id::parse(id)?;
        self.process(key).tasks.iter().position(|task| task.id == id && task.node.is_some())
    }

    /// The person whom `id` names in this type of id.
    #[must_use]
    pub fn find_person(&self, id: &str, kind: UserIdType) -> Option<PersonKey> {
        let key = *self.person_by_id.get(id)?;
        (**self.person(key).ids.get(kind) == *id).then_some(key)
    }

    /// Keeps events for [`Self::take_events`] from now on.
    pub fn keep_events(&mut self) {
        self.keeps_events = true;
    }

    /// The events since the last call, in order; the last [`EVENTS_KEPT`] of them.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events).into()
    }

    /// Every write that was accepted over the interfaces, in order.
    #[must_use]
    pub fn writes(&self) -> &[Write] {
        &self.writes
    }

    fn add_row(&mut self, person: PersonKey, row: ListRow) {
        let rows = &mut self.rows[person.0];
        if rows.last().is_some_and(|last| last.id > row.id) {
            self.rows_sorted[person.0] = false;
        }
        rows.push(row);
    }
}

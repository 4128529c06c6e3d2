//! Any requests in any order: no panic, and all invariants hold.

use std::collections::HashSet;

use proptest::prelude::*;
use shenpi::domain::Millis;
use shenpi::sim::world::{
    AddSign, AddSignPosition, Assigned, EndRequest, Event, EventKind, ExternalAction, Id, ListTasks, NodeKind,
    NodeState, PersonKey, ProcessKey, ProcessState, Rule, TaskState, Transfer, Update, UserIdType,
};

use crate::stage::{NOW, Stage, all, any, node, people};

/// One request of a person about a task; most are refused.
#[derive(Clone, Debug)]
enum Act {
    Update { task: usize, by: usize, status: i64, system: bool },
    AddSign { task: usize, by: usize, position: usize, rule: bool, people: Vec<usize>, by_node: bool },
    Transfer { tasks: Vec<usize>, by: usize, to: usize },
    Withdraw { by: usize },
    Revoke { by: usize },
    RollBack { by: usize, to: usize },
    Intervene { of: usize },
    FailSignature { of: usize },
    SystemFinishes { approve: bool },
    List { by: usize },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let task = 0_usize..14;
    let who = 0_usize..6;
    let act = prop_oneof![
        6 => (task.clone(), who.clone(), prop_oneof![5 => Just(3_i64), 1 => Just(2)], prop::bool::weighted(0.1))
            .prop_map(|(task, by, status, system)| Act::Update { task, by, status, system }),
        5 => (task.clone(), who.clone(), 0_usize..3, any_bool(), prop::collection::vec(who.clone(), 1..3), any_bool())
            .prop_map(|(task, by, position, rule, people, by_node)| Act::AddSign {
                task, by, position, rule, people, by_node
            }),
        4 => (prop::collection::vec(task, 1..3), who.clone(), who.clone())
            .prop_map(|(tasks, by, to)| Act::Transfer { tasks, by, to }),
        1 => who.clone().prop_map(|by| Act::Withdraw { by }),
        1 => who.clone().prop_map(|by| Act::Revoke { by }),
        1 => (who.clone(), 0_usize..5).prop_map(|(by, to)| Act::RollBack { by, to }),
        1 => who.clone().prop_map(|of| Act::Intervene { of }),
        1 => who.clone().prop_map(|of| Act::FailSignature { of }),
        1 => any_bool().prop_map(|approve| Act::SystemFinishes { approve }),
        1 => who.prop_map(|by| Act::List { by }),
    ];
    prop::collection::vec(act, 1..40)
}

fn any_bool() -> impl Strategy<Value = bool> + Clone {
    prop::bool::ANY
}

struct Day {
    stage: Stage,
    key: ProcessKey,
    who: Vec<PersonKey>,
    now: Millis,
    events: Vec<Event>,
}

impl Day {
    fn new(keeps_id: bool) -> Self {
        let mut stage = Stage::new();
        stage.world.switches.transfer_keeps_id = keeps_id;
        stage.world.keep_events();
        let (na, yang, jing, lei) = (stage.na, stage.yang, stage.jing, stage.lei);
        let key = stage.start(vec![
            (any(), people(&[na, yang])),
            (all(), people(&[yang, jing, lei])),
            (node(NodeKind::Form { mandatory: vec![] }), people(&[na, lei])),
            (node(NodeKind::Copy), people(&[jing])),
            (any(), Assigned::Skipped),
            (node(NodeKind::Signature), people(&[na, yang])),
            (any(), Assigned::System),
        ]);
        let who = stage.world.person_keys().collect();
        // The start announces its first tasks last.
        let events = stage.world.take_events();
        Self { stage, key, who, now: NOW, events }
    }

    fn person(&self, place: usize) -> String {
        self.stage.id(self.who[place % self.who.len()])
    }

    fn task(&self, place: usize) -> String {
        let tasks = &self.stage.world.process(self.key).tasks;
        tasks[place % tasks.len()].id.to_string()
    }

    fn take(&mut self, act: &Act) {
        self.now = Millis(self.now.0 + 700);
        let (now, key) = (self.now, self.key);
        let process_id = self.stage.process_id(key);
        match act {
            Act::Update { task, by, status, system } => {
                let request = Update {
                    process_id,
                    approver_id: self.task(*task),
                    status: *status,
                    user_id: Some(self.person(*by)),
                    system_approval: *system,
                    ..Update::default()
                };
                let _ = self.stage.world.update_task(&request, now);
            }
            Act::AddSign { task, by, position, rule, people, by_node } => {
                let nodes = &self.stage.world.process(key).nodes;
                let request = AddSign {
                    process_id,
                    operator: Some(self.person(*by)),
                    user_id_type: UserIdType::OpenId,
                    node_id: by_node.then(|| nodes[task % nodes.len()].id.to_string()),
                    approver_id: Some(self.task(*task)),
                    position: [AddSignPosition::Before, AddSignPosition::Parallel, AddSignPosition::After][*position],
                    rule: Some(if *rule { Rule::All } else { Rule::Any }),
                    extra_user_ids: people.iter().map(|place| self.person(*place)).collect(),
                    remark: String::new(),
                    system_user: false,
                };
                let _ = self.stage.world.add_sign(&request, now);
            }
            Act::Transfer { tasks, by, to } => {
                let request = Transfer {
                    process_id,
                    operator: Some(self.person(*by)),
                    to_user_id: self.person(*to),
                    approver_ids: tasks.iter().map(|place| self.task(*place)).collect(),
                    ..Transfer::default()
                };
                let _ = self.stage.world.transfer(&request, now);
            }
            Act::Withdraw { by } | Act::Revoke { by } => {
                let ending = EndRequest { process_id, user_id: Some(self.person(*by)), ..EndRequest::default() };
                let _ = match act {
                    Act::Withdraw { .. } => self.stage.world.withdraw(&ending, now),
                    _ => self.stage.world.revoke(&ending, now),
                };
            }
            Act::RollBack { by, to } => self.play(ExternalAction::RollBack { by: self.who[*by], to: *to }),
            Act::Intervene { of } => self.play(ExternalAction::Intervene { of: self.who[*of] }),
            Act::FailSignature { of } => self.play(ExternalAction::FailSignature { of: self.who[*of] }),
            Act::SystemFinishes { approve } => {
                self.play(ExternalAction::SystemFinishes { approve: *approve, opinion: String::new() });
            }
            Act::List { by } => {
                let person = self.who[*by];
                let _ = self.stage.listed(person, Some(1));
            }
        }
    }

    fn play(&mut self, step: ExternalAction) {
        let _ = self.stage.world.play(self.key, step, self.now);
    }

    /// Checks the invariants.
    fn check(&mut self) -> Result<(), TestCaseError> {
        let process = self.stage.world.process(self.key);
        let open = |state: TaskState| matches!(state, TaskState::Open | TaskState::Suspended);
        let running = process.state == ProcessState::InProgress;
        let left = process.tasks.iter().filter(|task| open(task.state)).count();
        prop_assert!(running || left == 0, "{:?} with {left} open tasks", process.state);
        prop_assert!(!running || process.tasks.iter().any(|task| task.state == TaskState::Open), "nobody can act");
        prop_assert_eq!(running, process.completed.is_none());

        let mut held = HashSet::new();
        for task in process.tasks.iter().filter(|task| open(task.state)) {
            let node = task.node.expect("an open task stands in a node");
            prop_assert_eq!(process.nodes[node].state, NodeState::InProgress);
            prop_assert!(held.insert((node, task.person)), "two open tasks of one person in one node");
        }
        for (place, task) in process.tasks.iter().enumerate() {
            let before = |node: &&shenpi::sim::world::NodeInstance| {
                node.holds_back == Some(place) && node.state == NodeState::InProgress
            };
            let waits = process.nodes.iter().find(before).is_some();
            prop_assert_eq!(task.state == TaskState::Suspended, waits, "a task waits exactly for a node before it");
        }
        for (place, node) in process.nodes.iter().enumerate() {
            let acted = process.tasks.iter().any(|task| task.node == Some(place) && open(task.state));
            prop_assert_eq!(node.state == NodeState::InProgress, acted, "node {} {:?}", place, node.state);
        }

        let tasks = process.tasks.iter().map(|task| task.id);
        let mut ids: Vec<Id> = tasks.chain(process.nodes.iter().map(|node| node.id)).chain([process.id]).collect();
        let rising = |ids: &mut dyn Iterator<Item = Id>| {
            let ids: Vec<_> = ids.collect();
            ids.windows(2).all(|pair| pair[0] < pair[1])
        };
        prop_assert!(rising(&mut process.tasks.iter().map(|task| task.id)));
        prop_assert!(rising(&mut process.nodes.iter().map(|node| node.id)));
        ids.sort_unstable();
        prop_assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "an id was given twice");
        self.check_lists()
    }

    /// The task list holds exactly the tasks that the detail shows as open, and as done with the status of
    /// protocol.md#task-views.
    fn check_lists(&mut self) -> Result<(), TestCaseError> {
        for person in self.who.clone() {
            let user_id = self.stage.id(person);
            let request = ListTasks { user_id, page_size: 100, ..ListTasks::default() };
            let listed = self.stage.world.list_tasks(&request, self.now).expect("a list");
            let process = self.stage.world.process(self.key);
            let mine = process.tasks.iter().rev().filter(|task| task.person == Some(person));
            let wanted: Vec<_> = mine.filter_map(|task| task.state.in_list().map(|status| (task.id, status))).collect();
            let got: Vec<_> = listed.items.iter().map(|row| (row.approver_id, row.approver_status)).collect();
            prop_assert_eq!(wanted, got);
        }
        Ok(())
    }

    /// Each request that changes something ends with an event of the whole process, as it stands now.
    fn note_events(&mut self) -> Result<(), TestCaseError> {
        let new = self.stage.world.take_events();
        if let Some(last) = new.last() {
            let process = self.stage.world.process(self.key);
            prop_assert_eq!(last.kind, EventKind::Updated(process.state));
            prop_assert_eq!((last.process, process.modified), (self.key, last.at));
        }
        self.events.extend(new);
        Ok(())
    }

    /// The last events of tasks, nodes and the process say where each stands now, and every copy was announced.
    fn check_events(&self) -> Result<(), TestCaseError> {
        let last = |find: &dyn Fn(EventKind) -> bool| {
            self.events.iter().rev().map(|event| event.kind).find(|kind| find(*kind))
        };
        let process = self.stage.world.process(self.key);
        for task in &process.tasks {
            let told = last(&|kind| matches!(kind, EventKind::Task { task: id, .. } if id == task.id));
            if let (Some(status), Some(node)) = (task.state.in_events(), task.node) {
                prop_assert_eq!(told, Some(EventKind::Task { task: task.id, node, status }), "{:?}", task.state);
            }
            let copied = last(&|kind| kind == EventKind::Copied { task: task.id }).is_some();
            prop_assert_eq!(copied, task.state == TaskState::Copied);
        }
        for (place, node) in process.nodes.iter().enumerate() {
            let told = last(&|kind| matches!(kind, EventKind::Node { node, .. } if node == place));
            prop_assert_eq!(told, Some(EventKind::Node { node: place, state: node.state }));
        }
        let told = last(&|kind| matches!(kind, EventKind::Status(_)));
        prop_assert_eq!(told, Some(EventKind::Status(process.state)));
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_sequence_leaves_a_sound_organisation(acts in acts(), keeps_id in any_bool()) {
        let mut day = Day::new(keeps_id);
        day.check()?;
        for act in &acts {
            day.take(act);
            day.note_events()?;
            day.check()?;
        }
        day.check_events()?;
    }
}

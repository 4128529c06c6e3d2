//! The course of a process: start, nodes, end (protocol.md#process-course, protocol.md#operations). The operations have
//! done all checks.
//!
//! Assumed where the page is silent: several people of a form node count as OR and those of an e-signature node as AND;
//! a node without people is skipped; the node of an add-sign after is named like its origin with `_post` behind the
//! definition id; a suspended task that its siblings make superfluous closes with them, and so does the node before it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::Millis;

use super::event::{Event, EventKind};
use super::flow::{Assigned, NodeKind, Rule};
use super::ids::{Id, PersonKey, ProcessKey};
use super::process::{NewProcess, NodeInstance, NodeState, Process, ProcessState, Task, TaskState, Upcoming};
use super::{ListRow, World};

/// In whose name an open task is decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acting {
    Person,
    /// The system in the person's place: the task moves to the system's lists.
    System,
}

/// A node of added people.
pub(super) struct Added<'a> {
    /// The node that they are added to, by its place.
    pub(super) origin: usize,
    pub(super) behind: bool,
    pub(super) rule: Rule,
    pub(super) people: &'a [PersonKey],
    /// The task that waits for them.
    pub(super) holds_back: Option<usize>,
}

impl World {
    /// Starts a process and brings it to its first node.
    pub fn start(&mut self, new: NewProcess, now: Millis) -> ProcessKey {
        let key = ProcessKey(self.processes.len());
        let id = self.ids.next(now);
        let steps = self.flow(new.flow).nodes.len();
        self.process_by_id.insert(id, key);
        self.processes.push(Process {
            id,
            flow: new.flow,
            state: ProcessState::InProgress,
            initiator: new.initiator,
            created: now,
            completed: None,
            modified: now,
            abstracts: new.abstracts,
            form: new.form,
            purpose: new.purpose,
            nodes: Vec::new(),
            tasks: Vec::new(),
            comments: Vec::new(),
            assigned: new.assigned,
            upcoming: (0..steps).map(Upcoming::Step).collect(),
            revoked_at: None,
        });
        if let Some(person) = new.initiator {
            self.add_task(key, None, Some(person), TaskState::Initiated, now);
        }
        self.emit(key, EventKind::Status(ProcessState::InProgress), now);
        self.touch(key, now);
        self.go_on(key, now);
        key
    }

    pub(super) fn at(&mut self, key: ProcessKey) -> &mut Process {
        &mut self.processes[key.0]
    }

    pub(super) fn emit(&mut self, process: ProcessKey, kind: EventKind, at: Millis) {
        if self.keeps_events {
            if self.events.len() == super::EVENTS_KEPT {
                self.events.pop_front();
            }
            self.events.push_back(Event { at, process, kind });
        }
    }

    /// Something of the process changed: P(n).
    pub(super) fn touch(&mut self, key: ProcessKey, now: Millis) {
        let process = self.at(key);
        process.modified = now;
        let state = process.state;
        self.emit(key, EventKind::Updated(state), now);
    }

    /// A new task, copy or initiator's row; returns its place.
    pub(super) fn add_task(
        &mut self,
        key: ProcessKey,
        node: Option<usize>,
        person: Option<PersonKey>,
        state: TaskState,
        now: Millis,
    ) -> usize {
        let id = self.ids.next(now);
        let process = self.at(key);
        let place = process.tasks.len();
        let is_form = node.is_some_and(|node| matches!(process.nodes[node].kind, NodeKind::Form { .. }));
        let completed = (state != TaskState::Open).then_some(now);
        process.tasks.push(Task { id, node, person, is_form, state, created: now, completed, opinion: String::new() });
        if let Some(person) = person {
            self.add_row(person, ListRow { id, process: key, place });
        }
        match (state, node) {
            (TaskState::Open, Some(node)) => self.emit(key, EventKind::Task { task: id, node, status: 1 }, now),
            (TaskState::Copied, _) => self.emit(key, EventKind::Copied { task: id }, now),
            _ => {}
        }
        place
    }

    pub(super) fn set_task(&mut self, key: ProcessKey, place: usize, state: TaskState, now: Millis) {
        let task = &mut self.at(key).tasks[place];
        task.state = state;
        task.completed = (!matches!(state, TaskState::Open | TaskState::Suspended)).then_some(now);
        let (id, node) = (task.id, task.node);
        if let (Some(status), Some(node)) = (state.in_events(), node) {
            self.emit(key, EventKind::Task { task: id, node, status }, now);
        }
    }

    pub(super) fn set_node(&mut self, key: ProcessKey, node: usize, state: NodeState, now: Millis) {
        self.at(key).nodes[node].state = state;
        self.emit(key, EventKind::Node { node, state }, now);
    }

    pub(super) fn set_process(&mut self, key: ProcessKey, state: ProcessState, now: Millis) {
        let process = self.at(key);
        process.state = state;
        if matches!(state, ProcessState::Completed | ProcessState::Rejected | ProcessState::Withdrawn) {
            process.completed = Some(now);
        }
        self.emit(key, EventKind::Status(state), now);
        self.touch(key, now);
    }

    /// Reaches the next node that needs an action, or the end.
    fn go_on(&mut self, key: ProcessKey, now: Millis) {
        while let Some(next) = self.at(key).upcoming.pop_front() {
            match next {
                Upcoming::Added { after, rule, people } => {
                    let added = Added { origin: after, behind: true, rule, people: &people, holds_back: None };
                    self.enter_added(key, &added, now);
                    return;
                }
                Upcoming::Step(step) => {
                    if self.enter_step(key, step, now) {
                        return;
                    }
                }
            }
        }
        self.set_process(key, ProcessState::Completed, now);
    }

    /// Enters a step. Returns whether its node needs an action.
    fn enter_step(&mut self, key: ProcessKey, step: usize, now: Millis) -> bool {
        let assigned = self.at(key).assigned.get(step).cloned().unwrap_or(Assigned::Skipped);
        let definition = self.flow(self.process(key).flow).nodes[step].clone();
        let people = match &assigned {
            Assigned::People(people) => people.as_slice(),
            Assigned::System | Assigned::Skipped | Assigned::SkippedFor(_) => &[],
        };
        let is_copy = definition.kind == NodeKind::Copy;
        let is_system = assigned == Assigned::System && !is_copy;
        let state = if people.is_empty() && !is_system { NodeState::Skipped } else { NodeState::InProgress };
        let all = matches!(definition.kind, NodeKind::Approval(Rule::All) | NodeKind::Signature);
        let node = self.add_node(
            key,
            NodeInstance {
                id: Id(0),
                step,
                definition_id: definition.definition_id,
                name: definition.name,
                kind: definition.kind,
                state,
                all,
                holds_back: None,
            },
            now,
        );
        let first_state = if is_copy { TaskState::Copied } else { TaskState::Open };
        for (place, person) in people.iter().enumerate() {
            if !people[..place].contains(person) {
                self.add_task(key, Some(node), Some(*person), first_state, now);
            }
        }
        if let Assigned::SkippedFor(people) = &assigned {
            for person in people {
                self.add_task(key, Some(node), Some(*person), TaskState::Skipped, now);
            }
        }
        if is_system {
            self.add_task(key, Some(node), None, TaskState::Open, now);
        }
        if is_copy && state == NodeState::InProgress {
            self.set_node(key, node, NodeState::Passed, now);
        }
        state == NodeState::InProgress && !is_copy
    }

    fn add_node(&mut self, key: ProcessKey, mut node: NodeInstance, now: Millis) -> usize {
        node.id = self.ids.next(now);
        let state = node.state;
        let nodes = &mut self.at(key).nodes;
        let place = nodes.len();
        nodes.push(node);
        self.emit(key, EventKind::Node { node: place, state }, now);
        place
    }

    /// A node of added people, beside the flow's own.
    pub(super) fn enter_added(&mut self, key: ProcessKey, added: &Added<'_>, now: Millis) {
        let Added { rule, people, holds_back, .. } = *added;
        let suffix = if added.behind { "_post" } else { "_pre" };
        let origin = &self.process(key).nodes[added.origin];
        let node = NodeInstance {
            id: Id(0),
            step: origin.step,
            definition_id: Arc::from(format!("{}{suffix}", origin.definition_id)),
            name: origin.name.clone(),
            kind: NodeKind::Approval(rule),
            state: NodeState::InProgress,
            all: rule == Rule::All,
            holds_back,
        };
        let place = self.add_node(key, node, now);
        for person in people {
            self.add_task(key, Some(place), Some(*person), TaskState::Open, now);
        }
    }

    /// An open task is approved or its form submitted; the node passes when that was enough.
    pub(super) fn approve_task(&mut self, key: ProcessKey, place: usize, acting: Acting, opinion: &str, now: Millis) {
        let task = &mut self.at(key).tasks[place];
        opinion.clone_into(&mut task.opinion);
        let Some(node) = task.node else { return };
        let state = match acting {
            Acting::System => TaskState::TakenOver { approved: true },
            Acting::Person if task.is_form => TaskState::FormSubmitted,
            Acting::Person => TaskState::Approved,
        };
        self.set_task(key, place, state, now);
        if self.process(key).nodes[node].all && !self.unfinished(key, node).is_empty() {
            self.touch(key, now);
            return;
        }
        let closed = if self.switches.siblings_cancelled { TaskState::Cancelled } else { TaskState::ClosedBySibling };
        self.leave_node(key, node, closed, NodeState::Passed, now);
    }

    /// A task is rejected: the process ends.
    pub(super) fn reject_task(&mut self, key: ProcessKey, place: usize, acting: Acting, opinion: &str, now: Millis) {
        let task = &mut self.at(key).tasks[place];
        opinion.clone_into(&mut task.opinion);
        let node = task.node;
        let state = match acting {
            Acting::System => TaskState::TakenOver { approved: false },
            Acting::Person => TaskState::Rejected,
        };
        self.set_task(key, place, state, now);
        self.end(key, node, ProcessState::Rejected, now);
    }

    /// Ends a running process with tasks open: all are cancelled; `rejected` is the node that said no.
    pub(super) fn end(&mut self, key: ProcessKey, rejected: Option<usize>, state: ProcessState, now: Millis) {
        for place in 0..self.process(key).tasks.len() {
            if self.process(key).tasks[place].state.is_unfinished() {
                self.set_task(key, place, TaskState::Cancelled, now);
            }
        }
        for node in 0..self.process(key).nodes.len() {
            if self.process(key).nodes[node].state == NodeState::InProgress {
                let end = if rejected == Some(node) { NodeState::Rejected } else { NodeState::Withdrawn };
                self.set_node(key, node, end, now);
            }
        }
        self.at(key).upcoming = VecDeque::new();
        self.set_process(key, state, now);
    }

    /// Closes the open tasks of a node and goes on behind it.
    pub(super) fn leave_node(
        &mut self,
        key: ProcessKey,
        node: usize,
        closed: TaskState,
        state: NodeState,
        now: Millis,
    ) {
        for place in self.unfinished(key, node) {
            self.set_task(key, place, closed, now);
            self.drop_node_before(key, place, now);
        }
        self.set_node(key, node, state, now);
        let Some(held) = self.process(key).nodes[node].holds_back else {
            self.go_on(key, now);
            if self.process(key).state == ProcessState::InProgress {
                self.touch(key, now);
            }
            return;
        };
        let queue = &mut self.at(key).upcoming;
        let behind = queue.iter().position(|next| matches!(next, Upcoming::Added { after, .. } if *after == node));
        if let Some(Upcoming::Added { rule, people, .. }) = behind.and_then(|place| queue.remove(place)) {
            let added = Added { origin: node, behind: true, rule, people: &people, holds_back: Some(held) };
            self.enter_added(key, &added, now);
        } else {
            self.set_task(key, held, TaskState::Open, now);
        }
        self.touch(key, now);
    }

    /// Takes away the nodes that were put in front of a task which no longer waits.
    pub(super) fn drop_node_before(&mut self, key: ProcessKey, held: usize, now: Millis) {
        let before = |node: &NodeInstance| node.holds_back == Some(held) && node.state == NodeState::InProgress;
        while let Some(node) = self.process(key).nodes.iter().position(before) {
            self.set_node(key, node, NodeState::Withdrawn, now);
            for place in self.unfinished(key, node) {
                self.set_task(key, place, TaskState::Cancelled, now);
                self.drop_node_before(key, place, now);
            }
            self.at(key).upcoming.retain(|next| !matches!(next, Upcoming::Added { after, .. } if *after == node));
        }
    }

    /// Places of the tasks of a node that are open or suspended.
    pub(super) fn unfinished(&self, key: ProcessKey, node: usize) -> Vec<usize> {
        let tasks = self.process(key).tasks.iter().enumerate();
        tasks
            .filter(|(_, task)| task.node == Some(node) && task.state.is_unfinished())
            .map(|(place, _)| place)
            .collect()
    }

    /// Sends the process back to a step of its flow: a new instance of that node, and all later steps again.
    pub(super) fn roll_back(&mut self, key: ProcessKey, place: usize, to: usize, now: Millis) {
        let Some(node) = self.process(key).tasks[place].node else { return };
        self.set_task(key, place, TaskState::RolledBack, now);
        self.drop_node_before(key, place, now);
        for sibling in self.unfinished(key, node) {
            self.set_task(key, sibling, TaskState::Cancelled, now);
            self.drop_node_before(key, sibling, now);
        }
        self.set_node(key, node, NodeState::RolledBack, now);
        // The task that waited behind a node in front goes back too, with that node.
        if let Some(held) = self.process(key).nodes[node].holds_back {
            self.roll_back(key, held, to, now);
            return;
        }
        let steps = self.flow(self.process(key).flow).nodes.len();
        self.at(key).upcoming = (to..steps).map(Upcoming::Step).collect();
        self.go_on(key, now);
        self.touch(key, now);
    }
}

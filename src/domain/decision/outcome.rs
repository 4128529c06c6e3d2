//! Infers from a reading of the request whether a decision took effect, and how its task ended otherwise.
//!
//! Evidence is the operator's own record in `done_list` with its status, time and words, the task still among `todos`,
//! tasks of the people that the decision names, and a sibling's record of the same moment. Everything else is unclear.

use super::AddSignPosition;
use crate::domain::evidence::{Evidence, Finding};
use crate::domain::id::NodeDefinitionId;
use crate::domain::process::{Done, Todo};
use crate::domain::{
    ApproverId, CleanText, Decision, DoneStatus, I18n, Millis, Person, PersonId, Process, ProcessStatus, Reviewed,
};

/// Records that end within this time of each other ended together: one closed the other (protocol.md#task-views).
const SAME_MOMENT: i64 = 1_000;

/// An opinion of this length that begins the sent one counts as cut: the limit was 500 characters in 2024
/// (protocol.md#update-task), and stores often cut at 255.
const SHORTEST_CUT: usize = 255;

type Found = (Finding, Vec<Evidence>);

/// How a task ended before the decision on it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskEnd {
    /// A person handled it. `operator`: the user, elsewhere or by an earlier request.
    Handled { who: I18n, operator: bool, at: Option<Millis>, status: DoneStatus, opinion: CleanText },
    /// It ended with its process, or without an action on its node.
    WithProcess(ProcessStatus),
}

/// Infers from a reading of the request whether a decision took effect.
#[must_use]
pub fn infer_outcome(sent: &Reviewed, process: &Process) -> Found {
    let (finding, evidence) = match &sent.decision {
        Decision::Approve { opinion } => decided(sent, process, DoneStatus::Done, opinion.as_str()),
        Decision::Reject { reason } => decided(sent, process, DoneStatus::Rejected, reason.as_str()),
        Decision::Transfer { to, .. } => transferred(sent, process, to),
        Decision::AddSign { position, people, .. } => added(sent, process, *position, people),
        Decision::Withdraw { .. } => ended(process, ProcessStatus::Withdrawn, ProcessStatus::InProgress),
        Decision::Revoke { .. } => ended(process, ProcessStatus::Revoked, ProcessStatus::Completed),
    };
    // A task that could not be read may say otherwise.
    if process.unread.spare_tasks() { (finding, evidence) } else { (Finding::Unclear, evidence) }
}

/// An approval or a rejection: the operator's task, if it is finished.
fn decided(sent: &Reviewed, process: &Process, wanted: DoneStatus, words: &str) -> Found {
    let Some(record) = process.done(sent.target.approver()) else { return still_there(sent, process) };
    let mut evidence = vec![own(record)];
    let closer = sibling(process, record);
    evidence.extend(closer.map(beside));
    if record.operator_id.as_ref().is_some_and(|id| *id != sent.operator.id) {
        return (Finding::Unclear, evidence);
    }
    let same_words = are_same_words(record.approval_opinion.as_str(), CleanText::new(words).as_str());
    let wordless = record.approval_opinion.is_empty();
    let finding = match (record.status == wanted, same_words) {
        // A sibling's approval closes the task without words (protocol.md#task-views): it may be this.
        (true, true) if wordless && closer.is_some() => Finding::Unclear,
        (true, true) => Finding::Applied,
        (true, false) if wordless && closer.is_none() => Finding::Unclear,
        // The exact sent words: the flow may record the decision under another status, as one that sends the request
        // back.
        (false, true) if !wordless => Finding::Unclear,
        (false, _) if matches!(record.status, DoneStatus::Unknown(_)) => Finding::Unclear,
        (false, _) | (true, false) => Finding::Overtaken,
    };
    (finding, evidence)
}

/// Whether the platform's words equal the sent ones, which it may keep with other white space, or cut.
fn are_same_words(kept: &str, sent: &str) -> bool {
    let plain = |words: &str| words.split_whitespace().collect::<Vec<_>>().join(" ");
    let (kept, sent) = (plain(kept), plain(sent));
    kept == sent || kept.chars().count() >= SHORTEST_CUT && sent.starts_with(&kept)
}

/// The task is not finished: open as before, or handed on.
fn still_there(sent: &Reviewed, process: &Process) -> Found {
    let target = &sent.target;
    // An administrator's program decided in the operator's place: the task moved to the system's lists
    // (protocol.md#operations).
    if let Some(record) = process.system_done_list.iter().find(|done| done.approver_id == *target.approver()) {
        return (Finding::Overtaken, vec![own(record)]);
    }
    match process.todo(target.approver()) {
        Some(todo) if todo.operator_id.as_ref().is_some_and(|id| *id != sent.operator.id) => {
            (Finding::Overtaken, vec![Evidence::TaskOf { who: todo.operator_name.clone() }])
        }
        Some(_) => (Finding::NotApplied, vec![Evidence::TaskOpen]),
        None if process.status == ProcessStatus::InProgress => (Finding::Unclear, vec![Evidence::TaskGone]),
        None => (Finding::Unclear, vec![Evidence::TaskGone, Evidence::Process(process.status)]),
    }
}

fn transferred(sent: &Reviewed, process: &Process, to: &Person) -> Found {
    let target = &sent.target;
    if let Some(todo) = process.todo(target.approver()) {
        return match &todo.operator_id {
            Some(id) if *id == to.id => (Finding::Applied, vec![Evidence::TaskOf { who: todo.operator_name.clone() }]),
            _ => still_there(sent, process),
        };
    }
    let done = process.done(target.approver());
    let mut evidence: Vec<_> = done.map(own).into_iter().collect();
    // Without a task for the receiver, a process that ended had no transfer before that.
    let ended = !matches!(process.status, ProcessStatus::InProgress | ProcessStatus::Unknown(_));
    // The status of a record after a transfer is not documented: its own words may stand there.
    let may_be_it = |done: &Done| {
        !ended
            && !sent.decision.opinion().is_empty()
            && are_same_words(done.approval_opinion.as_str(), sent.decision.opinion().as_str())
    };
    let otherwise = done.is_some_and(|done| match done.status {
        DoneStatus::Unknown(_) => false,
        DoneStatus::Cancelled => ended,
        DoneStatus::Done | DoneStatus::Rejected => !may_be_it(done),
    });
    // If a transfer keeps the task's id (protocol.md#operations), the task is now the receiver's, finished or not.
    if let Some(theirs) = done.filter(|done| done.operator_id.as_ref() == Some(&to.id)) {
        evidence.push(Evidence::TaskOf { who: theirs.operator_name.clone() });
        return (Finding::Applied, evidence);
    }
    let theirs = NewTasks::of(sent, process, std::slice::from_ref(to), Proof::InHerPlace);
    let finding = match (theirs.proven == 1, theirs.people.is_empty()) {
        (true, _) => Finding::Applied,
        (false, true) if otherwise => Finding::Overtaken,
        (false, _) => Finding::Unclear,
    };
    evidence.push(theirs.into());
    (finding, evidence)
}

fn added(sent: &Reviewed, process: &Process, position: AddSignPosition, people: &[Person]) -> Found {
    let proof = if position == AddSignPosition::Parallel { Proof::Beside } else { Proof::Before };
    let theirs = NewTasks::of(sent, process, people, proof);
    let (all, none) = (theirs.proven == people.len(), theirs.people.is_empty());
    let approver = sent.target.approver();
    let open = process.todo(approver).is_some();
    let done = process.done(approver);
    let taken_over = process.system_done_list.iter().find(|done| done.approver_id == *approver);
    let ended = done.or(taken_over);
    let own_task = if open { Evidence::TaskOpen } else { ended.map_or(Evidence::TaskGone, own) };
    let finding = match position {
        AddSignPosition::Parallel if all => Finding::Applied,
        // Once the operator's task is finished, the next node of the flow may have reached these people.
        AddSignPosition::Before if all && ended.is_none() => Finding::Applied,
        AddSignPosition::Before | AddSignPosition::Parallel if none && open => Finding::NotApplied,
        // A later node (后加签) shows no task until it is reached, so its absence proves nothing.
        AddSignPosition::Before | AddSignPosition::Parallel | AddSignPosition::After => Finding::Unclear,
    };
    (finding, vec![own_task, theirs.into()])
}

fn ended(process: &Process, applied: ProcessStatus, before: ProcessStatus) -> Found {
    let finding = match process.status {
        status if status == applied => Finding::Applied,
        ProcessStatus::Revoking if applied == ProcessStatus::Revoked => Finding::Applied,
        status if status == before => Finding::NotApplied,
        ProcessStatus::Unknown(_) => Finding::Unclear,
        _ => Finding::Overtaken,
    };
    (finding, vec![Evidence::Process(process.status)])
}

/// Place of another person's new task that proves the decision.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Proof {
    /// On the operator's node, made when that task ended.
    InHerPlace,
    /// On the operator's node.
    Beside,
    /// On another node.
    Before,
}

/// New tasks of the decision's people since the confirmation.
struct NewTasks {
    /// Number of them with one that proves the decision.
    proven: usize,
    /// People with such a task anywhere in the process.
    people: Vec<I18n>,
}

impl NewTasks {
    fn of(sent: &Reviewed, process: &Process, people: &[Person], proof: Proof) -> Self {
        let target = &sent.target;
        let todos =
            process.todos.iter().map(|todo| (&todo.approver_id, &todo.operator_id, node(todo), todo.create_time));
        let done = process
            .done_list
            .iter()
            .map(|done| (&done.approver_id, &done.operator_id, &done.node_definition_id, done.create_time));
        let tasks: Vec<_> = todos.chain(done).collect();
        let own = tasks.iter().find(|(id, ..)| *id == target.approver());
        let in_place = |node: &NodeDefinitionId| match own {
            Some((_, _, own_node, _)) => (*own_node == node) == (proof != Proof::Before),
            // The operator's task is in no list while it waits behind a node in front of it.
            None => proof == Proof::Before,
        };
        let ended = process.done(target.approver()).and_then(|done| done.complete_time);
        let in_time = |created: Option<Millis>| match (proof, created, ended) {
            (Proof::InHerPlace, Some(created), Some(ended)) => created.0 >= ended.0 - SAME_MOMENT,
            _ => true,
        };
        let new = || tasks.iter().filter(|(id, ..)| !target.tasks.contains(id));
        let has = |person: &PersonId| new().any(|(_, of, ..)| of.as_ref() == Some(person));
        let has_proof = |person: &PersonId| {
            new().any(|(_, of, node, created)| of.as_ref() == Some(person) && in_place(node) && in_time(*created))
        };
        // The operator's own task was known; without it the moment of the decision is unknown.
        let known = target.tasks.contains(target.approver());
        Self {
            proven: if known { people.iter().filter(|person| has_proof(&person.id)).count() } else { 0 },
            people: people.iter().filter(|person| has(&person.id)).map(|person| person.name.clone()).collect(),
        }
    }
}

impl From<NewTasks> for Evidence {
    fn from(NewTasks { people, .. }: NewTasks) -> Self {
        if people.is_empty() { Self::NoNewTasks } else { Self::NewTasks { people } }
    }
}

const fn node(todo: &Todo) -> &NodeDefinitionId {
    &todo.node_definition_id
}

fn own(record: &Done) -> Evidence {
    Evidence::OwnRecord { status: record.status, at: record.complete_time, opinion: record.approval_opinion.clone() }
}

fn beside(record: &Done) -> Evidence {
    Evidence::Sibling {
        who: record.operator_name.clone(),
        status: record.status,
        at: record.complete_time,
        opinion: record.approval_opinion.clone(),
    }
}

/// Another person's finished task on the same node that ended together with the approver's: one of the two closed the
/// other.
fn sibling<'a>(process: &'a Process, own: &Done) -> Option<&'a Done> {
    let together = |done: &&Done| match (done.complete_time, own.complete_time) {
        (Some(theirs), Some(own)) => (theirs - own).abs() <= SAME_MOMENT,
        _ => true,
    };
    let beside = process.done_list.iter().filter(|done| {
        done.node_definition_id == own.node_definition_id
            && done.approver_id != own.approver_id
            && (done.status == own.status || own.status == DoneStatus::Cancelled)
    });
    // Of two that ended together, the one with words acted.
    beside.filter(together).max_by_key(|done| !done.approval_opinion.is_empty())
}

/// As [`end_of`], for the task of a decision.
#[must_use]
pub fn task_end(Reviewed { target, operator, .. }: &Reviewed, process: &Process) -> Option<TaskEnd> {
    end_of(target.approver(), &operator.id, process)
}

/// How a task ended: by the OR sibling whose approval closed it, else by the operator of its own record, else with its
/// process. `None` while it is open, or where tasks cannot be read.
#[must_use]
pub fn end_of(task: &ApproverId, operator: &PersonId, process: &Process) -> Option<TaskEnd> {
    if !process.unread.spare_tasks() {
        return None;
    }
    let with_process = TaskEnd::WithProcess(process.status);
    let Some(own) = process.done(task) else {
        let taken = process.todo(task).is_none() && process.status != ProcessStatus::InProgress;
        return taken.then_some(with_process);
    };
    let by = sibling(process, own).filter(|_| own.approval_opinion.is_empty()).unwrap_or(own);
    // Cancelled, and not from its node: withdrawn, rejected elsewhere, handed on, sent back.
    if by.approver_id == own.approver_id && own.status == DoneStatus::Cancelled {
        return Some(with_process);
    }
    Some(TaskEnd::Handled {
        who: by.operator_name.clone(),
        operator: by.operator_id.as_ref() == Some(operator),
        at: by.complete_time,
        status: by.status,
        opinion: by.approval_opinion.clone(),
    })
}

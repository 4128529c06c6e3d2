//! Processes in the world: node instances, tasks, comments, and their states (protocol.md#task-views).

use std::collections::VecDeque;
use std::sync::Arc;

use crate::domain::Millis;

use super::flow::{Assigned, NodeKind};
use super::form::FormField;
use super::ids::{FlowKey, Id, PersonKey, ProcessKey};
use super::organisation::Bilingual;

/// Content of a process at its start.
#[derive(Clone, Debug)]
pub struct NewProcess {
    pub flow: FlowKey,
    /// `None`: the system starts it.
    pub initiator: Option<PersonKey>,
    /// Per node of the flow, in its order; nodes beyond the end of the list are skipped.
    pub assigned: Vec<Assigned>,
    /// Summary lines (流程摘要): name and value.
    pub abstracts: Vec<(Bilingual, Bilingual)>,
    pub form: Vec<FormField>,
    pub purpose: Purpose,
}

/// `properties` of a process, with the process that it concerns (protocol.md#process-properties).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 普通流程.
    Normal,
    /// 撤销流程 of another process.
    Revocation(ProcessKey),
    /// 更正流程 of another process.
    Correction(ProcessKey),
}

/// Status of a process in the platform's numbers (protocol.md#process-status).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProcessState {
    InProgress = 1,
    Rejected = 2,
    Withdrawn = 4,
    Revoked = 8,
    Completed = 9,
    Revoking = 15,
}

/// Status of a node instance in the event's numbers (protocol.md#node-event).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeState {
    InProgress = 1,
    Rejected = 2,
    Passed = 3,
    Withdrawn = 4,
    RolledBack = 5,
    Skipped = 6,
    Intervened = 7,
}

/// Internal state of a task (protocol.md#task-views, first column).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskState {
    Open,
    Approved,
    FormSubmitted,
    /// Done because another person of an OR node approved.
    ClosedBySibling,
    Rejected,
    /// Withdrawn, process rejected, or transferred away.
    Cancelled,
    /// A copy (抄送).
    Copied,
    /// The system approved (or rejected) in the person's place, who no longer sees it.
    TakenOver {
        approved: bool,
    },
    Intervened,
    Skipped,
    SignatureFailed,
    RolledBack,
    /// The row of the initiator.
    Initiated,
    /// Waits for an add-sign before it.
    Suspended,
}

impl TaskState {
    /// A person may still have to act on it.
    #[must_use]
    pub const fn is_unfinished(self) -> bool {
        matches!(self, Self::Open | Self::Suspended)
    }

    /// `approver_status` (protocol.md#task-status); `None` where the person no longer sees the task.
    #[must_use]
    pub const fn in_list(self) -> Option<i64> {
        Some(match self {
            Self::Open => 1,
            Self::Approved | Self::ClosedBySibling => 3,
            Self::FormSubmitted => 6,
            Self::Rejected => 2,
            Self::Cancelled => 4,
            Self::Copied => 5,
            Self::TakenOver { .. } => return None,
            Self::Intervened => 18,
            Self::Skipped => -2,
            Self::SignatureFailed => 12,
            Self::RolledBack => 14,
            Self::Initiated => -1,
            Self::Suspended => 0,
        })
    }

    /// `status` in a done list (protocol.md#done-status); `None` outside those lists.
    #[must_use]
    pub const fn in_done_list(self) -> Option<i64> {
        match self {
            Self::Approved | Self::FormSubmitted | Self::ClosedBySibling | Self::TakenOver { approved: true } => {
                Some(3)
            }
            Self::Rejected | Self::TakenOver { approved: false } => Some(2),
            Self::Cancelled | Self::Intervened | Self::SignatureFailed | Self::RolledBack => Some(4),
            Self::Open | Self::Copied | Self::Skipped | Self::Initiated | Self::Suspended => None,
        }
    }

    /// `status` of the task event (protocol.md#task-event); `None` where there is none.
    #[must_use]
    pub const fn in_events(self) -> Option<i64> {
        match self {
            Self::Open => Some(1),
            Self::Approved | Self::FormSubmitted | Self::ClosedBySibling | Self::TakenOver { approved: true } => {
                Some(3)
            }
            Self::Rejected | Self::TakenOver { approved: false } => Some(2),
            Self::Cancelled | Self::SignatureFailed | Self::RolledBack => Some(4),
            Self::Intervened => Some(18),
            Self::Copied | Self::Skipped | Self::Initiated | Self::Suspended => None,
        }
    }
}

/// A process.
#[derive(Clone, Debug)]
pub struct Process {
    pub id: Id,
    pub flow: FlowKey,
    pub state: ProcessState,
    pub initiator: Option<PersonKey>,
    pub created: Millis,
    pub completed: Option<Millis>,
    /// Time of the last action, change of data or change of status (protocol.md#changed-processes).
    pub modified: Millis,
    pub abstracts: Vec<(Bilingual, Bilingual)>,
    pub form: Vec<FormField>,
    pub purpose: Purpose,
    pub nodes: Vec<NodeInstance>,
    pub tasks: Vec<Task>,
    pub comments: Vec<Comment>,
    pub(super) assigned: Vec<Assigned>,
    pub(super) upcoming: VecDeque<Upcoming>,
    /// While revoking: when that ends.
    pub(super) revoked_at: Option<Millis>,
}

/// One instance of a node: made when the process reaches it.
#[derive(Clone, Debug)]
pub struct NodeInstance {
    pub id: Id,
    /// Place in the flow's nodes.
    pub step: usize,
    pub definition_id: Arc<str>,
    pub name: Bilingual,
    pub kind: NodeKind,
    pub state: NodeState,
    /// Passes only when all of its tasks are through.
    pub all: bool,
    /// For an add-sign before: the place of the task in [`Process::tasks`] that waits for this node.
    pub holds_back: Option<usize>,
}

/// A task, copy, or the initiator's row.
#[derive(Clone, Debug)]
pub struct Task {
    /// `approver_id`.
    pub id: Id,
    /// Place in [`Process::nodes`]; `None` for the initiator's row.
    pub node: Option<usize>,
    /// `None`: the system's.
    pub person: Option<PersonKey>,
    /// A form to fill in (`type` 5) rather than an approval (`type` 1).
    pub is_form: bool,
    pub state: TaskState,
    pub created: Millis,
    pub completed: Option<Millis>,
    pub opinion: String,
}

/// A comment on a process.
#[derive(Clone, Debug)]
pub struct Comment {
    pub id: Id,
    pub person: PersonKey,
    pub time: Millis,
    pub message: String,
    pub mentions: Vec<PersonKey>,
    pub files: u32,
    pub images: u32,
}

/// The step after the current node.
#[derive(Clone, Debug)]
pub(super) enum Upcoming {
    /// A node of the flow, by its place.
    Step(usize),
    /// People added behind a node.
    Added { after: usize, rule: super::flow::Rule, people: Vec<PersonKey> },
}

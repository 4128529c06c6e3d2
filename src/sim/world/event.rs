//! Events of the world in the order of protocol.md#operations: the source of event delivery
//! (protocol.md#event-delivery).

use crate::domain::Millis;

use super::ids::{Id, ProcessKey};
use super::process::{NodeState, ProcessState};

/// One event of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: Millis,
    pub process: ProcessKey,
    pub kind: EventKind,
}

/// The six kinds (protocol.md#task-event to protocol.md#comment-event). `node` counts in
/// [`Process::nodes`](super::Process::nodes).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// T(n)
    Task {
        task: Id,
        node: usize,
        status: i64,
    },
    /// N(n)
    Node {
        node: usize,
        state: NodeState,
    },
    /// P(n)
    Updated(ProcessState),
    /// S(n)
    Status(ProcessState),
    /// C
    Copied {
        task: Id,
    },
    Commented {
        comment: Id,
    },
}

//! What happened, in the order of API page, G.3: the material that event delivery is made of.

use crate::domain::Millis;

use super::ids::{Id, ProcessKey};
use super::process::{NodeState, ProcessState};

/// One thing that happened to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: Millis,
    pub process: ProcessKey,
    pub kind: EventKind,
}

/// The six kinds of API page, D.1. `node` counts in [`Process::nodes`](super::Process::nodes).
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

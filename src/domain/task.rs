//! A pending task: one person's turn in one process. The list that the platform gives carries ids and a status only
//! (API page, B.1); everything else comes with the process.

use std::sync::Arc;

use super::{Millis, TaskKey, TaskStatus};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub key: TaskKey,
    pub status: TaskStatus,
}

/// One page of the task list. `next` is present exactly when `has_more` was true (API page, H 3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskPage {
    pub tasks: Vec<Task>,
    pub next: Option<PageToken>,
    /// The platform's clock when it answered, to the second; `None`: it did not say.
    pub answered: Option<Millis>,
}

/// Where the next page begins. Opaque, though it looks like a number (API page, H 4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageToken(pub Arc<str>);

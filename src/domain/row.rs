//! The content of a list row: the small part of a process that list, order and filter need.

use super::biz_type;
use super::{ApproverId, I18n, Millis, PersonId, Process, Properties};

/// One task as a row of the list. Small enough to be kept for every task, while whole processes come and go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProjection {
    /// Name of the business type; see [`Process::kind`].
    pub kind: I18n,
    pub properties: Properties,
    pub initiator_id: Option<PersonId>,
    /// The system began the process.
    pub by_system: bool,
    pub initiator_name: I18n,
    /// Values of the summary, without regard to masks.
    pub summary: I18n,
    /// The step of the task; empty when the process does not show the task as open.
    pub node_name: I18n,
    /// When the task began to wait.
    pub waiting_since: Option<Millis>,
    /// The request is sensitive: see [`biz_type::is_high_care`].
    pub high_care: bool,
}

impl RowProjection {
    /// The row of one task of a process.
    #[must_use]
    pub fn of(process: &Process, task: &ApproverId) -> Self {
        let todo = process.todo(task);
        Self {
            kind: process.kind().clone(),
            properties: process.properties,
            initiator_id: process.initiator_id.clone(),
            by_system: process.by_system,
            initiator_name: process.initiator_name.clone(),
            summary: process.summary(),
            node_name: todo.map(|todo| todo.node_name.clone()).unwrap_or_default(),
            waiting_since: todo.and_then(|todo| todo.create_time),
            high_care: biz_type::is_high_care(process),
        }
    }
}

/// Whether the user has seen a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seen {
    #[default]
    Unopened,
    Opened,
    /// It has changed since it was opened.
    Changed,
}

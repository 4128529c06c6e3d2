//! A process (流程) as one reading shows it: summary, open tasks, finished tasks, copies, comments
//! (protocol.md#process-detail).

use super::id::{FlowDefinitionId, NodeDefinitionId};
use super::{
    ApproverId, CleanText, DocumentType, DoneStatus, I18n, Lang, Millis, PersonId, ProcessId, ProcessStatus,
    Properties, Received, TaskKey,
};

/// One process, whole. Lists that the platform left out are empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub id: ProcessId,
    pub status: ProcessStatus,
    /// Business type id: opaque, neither the number nor the name of the published table.
    pub flow_template_id: CleanText,
    pub flow_template_name: I18n,
    pub flow_definition_id: FlowDefinitionId,
    pub flow_definition_name: I18n,
    pub process_name: I18n,
    pub initiator_id: Option<PersonId>,
    /// The system began it: `initiator_id` came empty (protocol.md#process-detail). A missing one leaves the initiator
    /// unknown.
    pub by_system: bool,
    pub initiator_name: I18n,
    pub create_time: Option<Millis>,
    pub complete_time: Option<Millis>,
    pub start_links: Links,
    pub abstracts: Vec<Abstract>,
    pub todos: Vec<Todo>,
    pub cc_list: Vec<Copied>,
    pub done_list: Vec<Done>,
    pub system_todos: Vec<Todo>,
    pub system_done_list: Vec<Done>,
    pub properties: Properties,
    pub comments: Vec<Comment>,
    /// For a revocation or correction: the process that it is about.
    pub original_process_id: Option<ProcessId>,
    pub is_last_completed_correct_process: bool,
    /// Members that came in a shape which the reader does not know.
    pub unread: UnreadMembers,
    /// Fingerprint of the answer itself, whether or not its content can be shown.
    pub received: Received,
}

/// Members of an answer that are present and unreadable. Never taken for absent: shown raw, counted, stamped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnreadMembers {
    /// The first of them; [`UnreadMembers::MOST`] are kept.
    pub first: Vec<UnreadMember>,
    /// All of them.
    pub count: usize,
    /// Those of status and tasks.
    tasks: usize,
}

/// A member that could not be read, as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadMember {
    pub part: ProcessPart,
    /// Where it stands in the answer, such as `todos[0].operator_id`.
    pub path: CleanText,
    /// Compact JSON.
    pub raw: CleanText,
}

/// The part of a process that a member belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProcessPart {
    Head,
    /// Status and tasks, which prove outcomes.
    Tasks,
    Summary,
    Comments,
    /// Copies and links, which no decision rests on.
    Aside,
}

impl UnreadMembers {
    /// Members that are kept.
    pub const MOST: usize = 100;

    pub fn note(&mut self, part: ProcessPart, member: impl FnOnce() -> UnreadMember) {
        self.count += 1;
        self.tasks += usize::from(part == ProcessPart::Tasks);
        if self.first.len() < Self::MOST {
            self.first.push(member());
        }
    }

    /// Whether status and tasks were read whole.
    #[must_use]
    pub const fn spare_tasks(&self) -> bool {
        self.tasks == 0
    }
}

impl Process {
    /// The open task of this name, if it is still open.
    #[must_use]
    pub fn todo(&self, approver: &ApproverId) -> Option<&Todo> {
        self.todos.iter().find(|todo| todo.approver_id == *approver)
    }

    /// The open tasks of this person; `None`: not every task could be read.
    #[must_use]
    pub fn tasks_of(&self, person: &PersonId) -> Option<Vec<TaskKey>> {
        let own = self.todos.iter().filter(|todo| todo.is_of(person));
        let key = |todo: &Todo| TaskKey { process: self.id.clone(), approver: todo.approver_id.clone() };
        self.unread.spare_tasks().then(|| own.map(key).collect())
    }

    /// The task is open, or may be: not every task could be read.
    #[must_use]
    pub fn may_be_open(&self, approver: &ApproverId) -> bool {
        self.todo(approver).is_some() || !self.unread.spare_tasks()
    }

    /// The finished task of this name.
    #[must_use]
    pub fn done(&self, approver: &ApproverId) -> Option<&Done> {
        self.done_list.iter().find(|done| done.approver_id == *approver)
    }

    /// Name of the process: instance name, else definition, else business type (protocol.md#business-types).
    #[must_use]
    pub fn title(&self) -> &I18n {
        [&self.process_name, &self.flow_definition_name]
            .into_iter()
            .find(|name| !name.is_empty())
            .unwrap_or(&self.flow_template_name)
    }

    /// Every task of a person that the process shows, open or finished.
    pub fn tasks(&self) -> impl Iterator<Item = &ApproverId> {
        let open = self.todos.iter().map(|todo| &todo.approver_id);
        open.chain(self.done_list.iter().map(|done| &done.approver_id))
    }

    /// One line for rows and review sentences: the values of the abstracts.
    #[must_use]
    pub fn summary(&self) -> I18n {
        let join = |lang| {
            let values: Vec<_> = self.abstracts.iter().map(|line| line.value.get(lang).line().into_owned()).collect();
            CleanText::new(&values.join(" "))
        };
        I18n { zh: join(Lang::Zh), en: join(Lang::En) }
    }

    /// The name of the business type, or the title when it has none.
    #[must_use]
    pub fn kind(&self) -> &I18n {
        if self.flow_template_name.is_empty() { self.title() } else { &self.flow_template_name }
    }
}

/// One summary line (流程摘要). The set changes as the process moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abstract {
    pub name: I18n,
    pub value: I18n,
}

/// Addresses of a document for browser, desktop and phone; empty when the platform gave none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Links {
    pub web: CleanText,
    pub pc: CleanText,
    pub mobile: CleanText,
}

/// An open task (待办). `operator_id` is missing for tasks of the system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    pub approver_id: ApproverId,
    pub kind: DocumentType,
    pub links: Links,
    pub operator_id: Option<PersonId>,
    pub operator_name: I18n,
    pub node_name: I18n,
    pub node_definition_id: NodeDefinitionId,
    pub create_time: Option<Millis>,
}

impl Todo {
    /// The task is this person's, as far as it says whose it is.
    #[must_use]
    pub fn is_of(&self, person: &PersonId) -> bool {
        self.operator_id.as_ref().is_none_or(|id| id == person)
    }
}

/// A finished task (已办).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    pub approver_id: ApproverId,
    pub kind: DocumentType,
    pub status: DoneStatus,
    pub links: Links,
    pub operator_id: Option<PersonId>,
    pub operator_name: I18n,
    pub node_name: I18n,
    pub node_definition_id: NodeDefinitionId,
    pub create_time: Option<Millis>,
    pub complete_time: Option<Millis>,
    pub approval_opinion: CleanText,
}

/// A copy (抄送).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    pub approver_id: ApproverId,
    pub links: Links,
    pub operator_id: Option<PersonId>,
    pub operator_name: I18n,
    pub node_name: I18n,
    pub node_definition_id: NodeDefinitionId,
    pub create_time: Option<Millis>,
}

/// A comment (评论). Attachments are counted only: no interface fetches them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    pub id: CleanText,
    pub commentor_id: Option<PersonId>,
    pub commentor_name: I18n,
    pub time: Option<Millis>,
    pub message: CleanText,
    pub at_user_ids: Vec<PersonId>,
    pub file_count: i64,
    pub image_count: i64,
}

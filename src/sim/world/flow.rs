//! Flow definitions (流程定义): which nodes a process goes through, and how each is decided.

use std::sync::Arc;

use super::ids::PersonKey;
use super::organisation::Bilingual;

/// The business type (业务类型) of a flow (protocol.md#business-types).
#[derive(Clone, Debug)]
pub struct Business {
    /// `flow_template_id`: opaque.
    pub template_id: Arc<str>,
    /// `biz_type` of events.
    pub biz_type: Arc<str>,
    /// `flow_template_name`.
    pub name: Bilingual,
    /// The form endpoints answer 1160100 although the process exists (protocol.md#form-v2).
    pub hiring: bool,
}

/// One flow definition.
#[derive(Clone, Debug)]
pub struct Flow {
    pub business: Business,
    /// `people_<digits>_<digits>`; given by the world when empty.
    pub definition_id: Arc<str>,
    /// `flow_definition_name`, and `process_name` of its processes.
    pub name: Bilingual,
    pub nodes: Vec<Node>,
    /// An old flow: add-sign with OR is refused (1160115).
    pub old: bool,
}

/// One node of a flow definition.
#[derive(Clone, Debug)]
pub struct Node {
    /// `node_definition_id`, such as `approval_d25b5eddfef`; given by the world when empty.
    pub definition_id: Arc<str>,
    pub name: Bilingual,
    pub kind: NodeKind,
    /// Whether the flow's settings allow add-sign here (1160256 otherwise).
    pub add_sign: bool,
}

/// The task of a node's people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// 审批节点.
    Approval(Rule),
    /// 表单节点: the first submission passes it; `mandatory` fields must be filled (1161004).
    Form { mandatory: Vec<Arc<str>> },
    /// 抄送节点: makes copies and passes at once.
    Copy,
    /// 电子签: every person signs by approving.
    Signature,
}

/// How several people of one node count together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// 或签: one approval passes the node.
    Any,
    /// 会签: all must approve.
    All,
}

impl Node {
    /// A node that allows add-sign and lets the world name it.
    #[must_use]
    pub fn new(name: Bilingual, kind: NodeKind) -> Self {
        Self { definition_id: Arc::default(), name, kind, add_sign: true }
    }
}

/// Who has to act when a process reaches a node: settled when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Assigned {
    /// One task each. An empty list skips the node.
    People(Vec<PersonKey>),
    /// One task of the system: appears in `system_todos`.
    System,
    /// A condition passes the node over.
    Skipped,
    /// As `Skipped`, and these people see a skipped task (status -2).
    SkippedFor(Vec<PersonKey>),
}

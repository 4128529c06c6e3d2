//! Record of the accepted writes, for tests of a client to compare with.

use crate::domain::Millis;

use super::flow::Rule;
use super::ids::{Id, PersonKey, ProcessKey};

/// One accepted write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub at: Millis,
    /// In whose name; `None` for the system.
    pub by: Option<PersonKey>,
    pub process: ProcessKey,
    pub action: WriteAction,
}

/// Content of a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteAction {
    /// See protocol.md#update-task.
    Decide {
        task: Id,
        approve: bool,
        reason: String,
        /// `variable_api_name` of each field sent.
        fields: Vec<String>,
    },
    /// See protocol.md#add-sign.
    AddSign { task: Option<Id>, position: AddSignPosition, rule: Rule, people: Vec<PersonKey>, remark: String },
    /// See protocol.md#transfer.
    Transfer { tasks: Vec<Id>, to: PersonKey, remark: String },
    /// See protocol.md#withdraw.
    Withdraw { reason: String },
    /// See protocol.md#revoke.
    Revoke { reason: String },
}

/// `extra_type` (protocol.md#add-sign).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddSignPosition {
    /// 前加签.
    Before = 0,
    /// 并加签.
    Parallel = 1,
    /// 后加签.
    After = 2,
}

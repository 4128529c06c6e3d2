//! The record of writes that the platform accepted over its interfaces: what tests of a client compare with.

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

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteAction {
    /// B.6
    Decide {
        task: Id,
        approve: bool,
        reason: String,
        /// `variable_api_name` of each field sent.
        fields: Vec<String>,
    },
    /// B.7
    AddSign { task: Option<Id>, position: AddSignPosition, rule: Rule, people: Vec<PersonKey>, remark: String },
    /// B.8
    Transfer { tasks: Vec<Id>, to: PersonKey, remark: String },
    /// B.9
    Withdraw { reason: String },
    /// B.10
    Revoke { reason: String },
}

/// `extra_type` of B.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AddSignPosition {
    /// 前加签.
    Before = 0,
    /// 并加签.
    Parallel = 1,
    /// 后加签.
    After = 2,
}

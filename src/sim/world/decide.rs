//! Approving and rejecting (protocol.md#update-task; checks in the order of protocol.md#operation-checks).
//!
//! Assumed: copies and the initiator's row are no tasks to decide (1161002); a form task can be rejected; fields may be
//! written with an approval task too, and a rejection stores nothing.

use serde_json::Value;

use crate::domain::Millis;

use super::World;
use super::engine::Acting;
use super::flow::NodeKind;
use super::form::FormValue;
use super::ids::{DepartmentIdType, ProcessKey, UserIdType};
use super::process::{ProcessState, TaskState};
use super::refusal::Refusal;
use super::write_log::{Write, WriteAction};
use super::written_value;

pub(super) const ALREADY_HANDLED: Refusal = Refusal::new(400, 1_161_001, "审批已被处理");
pub(super) const INVALID: Refusal = Refusal::new(400, 1_161_002, "参数非法");
pub(super) const NO_PERMISSION: Refusal = Refusal::new(403, 1_161_003, "无权限");
pub(super) const FORM_INCOMPLETE: Refusal = Refusal::new(400, 1_161_004, "自动提交表单失败");
pub(super) const STATE_CHANGED: Refusal = Refusal::new(400, 1_161_005, "审批状态已更新");

/// Request for an update, after the gateway's checks.
#[derive(Clone, Debug, Default)]
pub struct Update {
    pub process_id: String,
    pub approver_id: String,
    /// 2 rejects, 3 approves.
    pub status: i64,
    pub user_id: Option<String>,
    pub user_id_type: UserIdType,
    pub department_id_type: DepartmentIdType,
    pub system_approval: bool,
    pub reason: String,
    /// `field_values_v2`, as sent.
    pub field_values: Vec<Value>,
}

impl World {
    /// See protocol.md#update-task.
    pub fn update_task(&mut self, request: &Update, now: Millis) -> Result<(), Refusal> {
        self.advance(now);
        let (key, place) = self.decidable(&request.process_id, &request.approver_id).ok_or(INVALID)?;
        let approve = match request.status {
            2 => false,
            3 => true,
            _ => return Err(INVALID),
        };
        let by = self.decider(request, key, place)?;
        self.check_task_open(key, place)?;
        let written = self.read_fields(key, request)?;
        if approve {
            self.check_form(key, place, &written)?;
            for (field, value) in &written {
                self.at(key).form[*field].value = value.clone();
            }
        }
        let acting = if request.system_approval { Acting::System } else { Acting::Person };
        self.writes.push(Write {
            at: now,
            by,
            process: key,
            action: WriteAction::Decide {
                task: self.process(key).tasks[place].id,
                approve,
                reason: request.reason.clone(),
                fields: written.iter().map(|(field, _)| self.process(key).form[*field].api_name.to_string()).collect(),
            },
        });
        if approve {
            self.approve_task(key, place, acting, &request.reason, now);
        } else {
            self.reject_task(key, place, acting, &request.reason, now);
        }
        Ok(())
    }

    fn decidable(&self, process: &str, task: &str) -> Option<(ProcessKey, usize)> {
        let key = self.find_process(process)?;
        let place = self.find_task(key, task)?;
        (self.process(key).tasks[place].state != TaskState::Copied).then_some((key, place))
    }

    fn decider(&self, request: &Update, key: ProcessKey, place: usize) -> Result<Option<super::PersonKey>, Refusal> {
        if request.system_approval {
            return Ok(None);
        }
        let user = request.user_id.as_deref().filter(|user| !user.is_empty()).ok_or(INVALID)?;
        let by = self.find_person(user, request.user_id_type).ok_or(NO_PERMISSION)?;
        if self.process(key).tasks[place].person == Some(by) { Ok(Some(by)) } else { Err(NO_PERMISSION) }
    }

    fn check_task_open(&self, key: ProcessKey, place: usize) -> Result<(), Refusal> {
        let process = self.process(key);
        match process.tasks[place].state {
            TaskState::Open if process.state == ProcessState::InProgress => Ok(()),
            TaskState::Open | TaskState::Cancelled | TaskState::Suspended => Err(STATE_CHANGED),
            _ => Err(ALREADY_HANDLED),
        }
    }

    /// The fields sent, by their place in the form.
    fn read_fields(&self, key: ProcessKey, request: &Update) -> Result<Vec<(usize, FormValue)>, Refusal> {
        let form = &self.process(key).form;
        let find = |sent: &Value| {
            let name = sent.get("variable_api_name")?.as_str()?;
            let field = form.iter().position(|field| &*field.api_name == name)?;
            let value =
                written_value::read(self, sent, request.user_id_type, request.department_id_type, form[field].kind)?;
            Some((field, value))
        };
        request.field_values.iter().map(|sent| find(sent).ok_or(INVALID)).collect()
    }

    fn check_form(&self, key: ProcessKey, place: usize, written: &[(usize, FormValue)]) -> Result<(), Refusal> {
        let process = self.process(key);
        let Some(NodeKind::Form { mandatory }) = process.tasks[place].node.map(|node| &process.nodes[node].kind) else {
            return Ok(());
        };
        let there = |name: &str| {
            process.form.iter().enumerate().any(|(field, stored)| {
                let sent = written.iter().rev().find(|(written, _)| *written == field).map(|(_, value)| value);
                &*stored.api_name == name && !sent.unwrap_or(&stored.value).is_empty()
            })
        };
        if mandatory.iter().all(|name| there(name)) { Ok(()) } else { Err(FORM_INCOMPLETE) }
    }
}

//! Transfer (转交; protocol.md#transfer; checks in the order of protocol.md#operation-checks).
//!
//! "Task not open" is checked after "process not running", since otherwise 1160221 could never be the answer. A task
//! that is named twice counts once.

use crate::domain::Millis;

use super::flow::NodeKind;
use super::ids::{PersonKey, ProcessKey, UserIdType};
use super::process::{ProcessState, TaskState};
use super::refusal::Refusal;
use super::write_log::{Write, WriteAction};
use super::{ListRow, World};

const INVALID: Refusal = Refusal::new(400, 1_160_101, "参数非法");
const NOT_RUNNING: Refusal = Refusal::new(400, 1_160_221, "流程状态非法");
const NO_SUCH_EMPLOYEE: Refusal = Refusal::new(400, 1_160_117, "员工不存在");
const NO_PERMISSION: Refusal = Refusal::new(400, 1_161_003, "无权限");
const NOT_ALLOWED: Refusal = Refusal::new(400, 1_160_234, "节点不支持转交");
const ALREADY_THERE: Refusal = Refusal::new(400, 1_160_245, "被转交人已是当前节点处理人");

/// Request for a transfer, after the gateway's checks.
#[derive(Clone, Debug, Default)]
pub struct Transfer {
    pub process_id: String,
    pub operator: Option<String>,
    pub user_id_type: UserIdType,
    pub to_user_id: String,
    pub approver_ids: Vec<String>,
    pub remark: String,
    pub system_user: bool,
}

impl World {
    /// See protocol.md#transfer.
    pub fn transfer(&mut self, request: &Transfer, now: Millis) -> Result<(), Refusal> {
        self.advance(now);
        let operator = request.operator.as_deref().filter(|operator| !operator.is_empty());
        if operator.is_none() && !request.system_user {
            return Err(INVALID);
        }
        let key = self.find_process(&request.process_id).ok_or(INVALID)?;
        let mut places = Vec::with_capacity(request.approver_ids.len());
        for id in &request.approver_ids {
            let place = self.find_task(key, id).ok_or(INVALID)?;
            if !places.contains(&place) {
                places.push(place);
            }
        }
        self.check_running(key, &places)?;
        let to = self.find_person(&request.to_user_id, request.user_id_type).ok_or(NO_SUCH_EMPLOYEE)?;
        let by = operator.filter(|_| !request.system_user);
        let by = by.map(|id| self.find_person(id, request.user_id_type).ok_or(NO_PERMISSION)).transpose()?;
        self.check_transfer(key, &places, by, to)?;
        self.take_busy()?;
        self.writes.push(Write {
            at: now,
            by,
            process: key,
            action: WriteAction::Transfer {
                tasks: places.iter().map(|place| self.process(key).tasks[*place].id).collect(),
                to,
                remark: request.remark.clone(),
            },
        });
        for place in places {
            self.hand_over(key, place, to, now);
        }
        Ok(())
    }

    fn check_running(&self, key: ProcessKey, places: &[usize]) -> Result<(), Refusal> {
        let process = self.process(key);
        if process.state != ProcessState::InProgress {
            return Err(NOT_RUNNING);
        }
        // A copy is no open task, but its own row of the table says more.
        let may_move = |state| matches!(state, TaskState::Open | TaskState::Copied);
        if places.iter().all(|place| may_move(process.tasks[*place].state)) { Ok(()) } else { Err(INVALID) }
    }

    /// The checks from "not the tasks' person" on (protocol.md#operation-checks).
    pub(super) fn check_transfer(
        &self,
        key: ProcessKey,
        places: &[usize],
        by: Option<PersonKey>,
        to: PersonKey,
    ) -> Result<(), Refusal> {
        let process = self.process(key);
        let tasks = || places.iter().map(|place| &process.tasks[*place]);
        if by.is_some() && tasks().any(|task| task.person != by) {
            return Err(NO_PERMISSION);
        }
        let nodes = || tasks().filter_map(|task| task.node);
        if nodes().any(|node| matches!(process.nodes[node].kind, NodeKind::Copy | NodeKind::Signature)) {
            return Err(NOT_ALLOWED);
        }
        // Two tasks of one node would both become the receiver's.
        let twice = nodes().enumerate().any(|(place, node)| nodes().take(place).any(|earlier| earlier == node));
        if twice || nodes().any(|node| self.handles(key, node, to)) {
            return Err(ALREADY_THERE);
        }
        Ok(())
    }

    pub(super) fn hand_over(&mut self, key: ProcessKey, place: usize, to: PersonKey, now: Millis) {
        let task = &self.process(key).tasks[place];
        let (id, node) = (task.id, task.node);
        if self.switches.transfer_keeps_id {
            self.at(key).tasks[place].person = Some(to);
            // A previous owner of the task has its row already.
            if self.rows[to.0].iter().all(|row| row.id != id) {
                self.add_row(to, ListRow { id, process: key, place });
            }
            self.set_task(key, place, TaskState::Open, now);
        } else {
            self.set_task(key, place, TaskState::Cancelled, now);
            self.add_task(key, node, Some(to), TaskState::Open, now);
        }
        self.touch(key, now);
    }
}

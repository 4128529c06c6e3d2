//! Add-sign (加签; protocol.md#add-sign; checks in the order of protocol.md#operation-checks).
//!
//! Assumed: without `approval_type` parallel counts as AND and the others as OR; the system adds in the name of the
//! task it names, or of the node's first open one; a suspended task answers as finished to the system.

use crate::domain::Millis;

use super::World;
use super::engine::Added;
use super::flow::Rule;
use super::ids::{PersonKey, ProcessKey, UserIdType};
use super::process::{NodeState, ProcessState, TaskState, Upcoming};
use super::refusal::Refusal;
use super::write_log::{AddSignPosition, Write, WriteAction};

const INVALID: Refusal = Refusal::new(400, 1_160_101, "参数非法");
const NO_SUCH_PERSON: Refusal = Refusal::new(400, 1_160_001, "未能获取到租户Id和用户Id");
const ALL_ENDED: Refusal = Refusal::new(400, 1_160_015, "所有审批已经结束");
const NODE_ENDED: Refusal = Refusal::new(400, 1_160_016, "审批节点已经结束");
const TASK_FINISHED: Refusal = Refusal::new(400, 1_160_129, "已经完成审批无法加签");
const NO_PERMISSION: Refusal = Refusal::new(400, 1_161_003, "无权限");
const NOT_ALLOWED: Refusal = Refusal::new(400, 1_160_256, "节点不支持加签");
const OLD_FLOW: Refusal = Refusal::new(400, 1_160_115, "不支持审批类型为或签的申请");
const DUPLICATE: Refusal = Refusal::new(400, 1_160_114, "审批人重复");
pub(super) const BUSY: Refusal = Refusal::new(400, 1_161_103, "任务处理中");

/// Request for an add-sign, after the gateway's checks.
#[derive(Clone, Debug)]
pub struct AddSign {
    pub process_id: String,
    pub operator: Option<String>,
    pub user_id_type: UserIdType,
    /// Node instance; wins over `approver_id`.
    pub node_id: Option<String>,
    pub approver_id: Option<String>,
    pub position: AddSignPosition,
    pub rule: Option<Rule>,
    pub extra_user_ids: Vec<String>,
    pub remark: String,
    pub system_user: bool,
}

/// Place of an add-sign, after all names of the request were resolved.
pub(super) struct Spot {
    pub(super) key: ProcessKey,
    pub(super) node: usize,
    /// The task that the request names.
    pub(super) named: Option<usize>,
    /// `None` for the system.
    pub(super) by: Option<PersonKey>,
}

impl World {
    /// See protocol.md#add-sign.
    pub fn add_sign(&mut self, request: &AddSign, now: Millis) -> Result<(), Refusal> {
        self.advance(now);
        let key = self.find_process(&request.process_id).ok_or(INVALID)?;
        let (node, named) = self.spot(key, request)?;
        let operator = request.operator.as_deref().filter(|operator| !operator.is_empty());
        if operator.is_none() && !request.system_user {
            return Err(INVALID);
        }
        let default = if request.position == AddSignPosition::Parallel { Rule::All } else { Rule::Any };
        let rule = request.rule.unwrap_or(default);
        if request.position == AddSignPosition::Parallel && rule == Rule::Any {
            return Err(INVALID);
        }
        let find = |id: &str| self.find_person(id, request.user_id_type).ok_or(NO_SUCH_PERSON);
        let by = if request.system_user { None } else { operator.map(find).transpose()? };
        let people = request.extra_user_ids.iter().map(|id| find(id)).collect::<Result<Vec<_>, _>>()?;
        let spot = Spot { key, node, named, by };
        let held = self.check_add_sign(&spot, rule, &people)?;
        self.take_busy()?;
        let task = spot.named.map(|place| self.process(key).tasks[place].id);
        let remark = request.remark.clone();
        let action = WriteAction::AddSign { task, position: request.position, rule, people: people.clone(), remark };
        self.writes.push(Write { at: now, by, process: key, action });
        self.add_people(&spot, held, request.position, rule, people, now);
        Ok(())
    }

    fn spot(&self, key: ProcessKey, request: &AddSign) -> Result<(usize, Option<usize>), Refusal> {
        let filled = |id: &Option<String>| id.clone().filter(|id| !id.is_empty());
        if let Some(id) = filled(&request.node_id) {
            let nodes = &self.process(key).nodes;
            let node = nodes.iter().position(|node| node.id.to_string() == id).ok_or(INVALID)?;
            return Ok((node, None));
        }
        let id = filled(&request.approver_id).ok_or(INVALID)?;
        let place = self.find_task(key, &id).ok_or(INVALID)?;
        let node = self.process(key).tasks[place].node.ok_or(INVALID)?;
        Ok((node, Some(place)))
    }

    /// The checks from "process not running" on (protocol.md#operation-checks). Returns the operator's open task.
    pub(super) fn check_add_sign(&self, spot: &Spot, rule: Rule, people: &[PersonKey]) -> Result<usize, Refusal> {
        let process = self.process(spot.key);
        if process.state != ProcessState::InProgress {
            return Err(ALL_ENDED);
        }
        if let Some(place) = spot.named {
            let state = process.tasks[place].state;
            if !state.is_unfinished() || (spot.by.is_none() && state == TaskState::Suspended) {
                return Err(TASK_FINISHED);
            }
        }
        if process.nodes[spot.node].state != NodeState::InProgress {
            return Err(NODE_ENDED);
        }
        let is_open = |place: usize| {
            let task = &process.tasks[place];
            task.node == Some(spot.node)
                && task.state == TaskState::Open
                && (spot.by.is_none() || task.person == spot.by)
        };
        let first = spot.named.filter(|place| is_open(*place));
        let held = first.or_else(|| (0..process.tasks.len()).find(|place| is_open(*place))).ok_or(NO_PERMISSION)?;
        let flow = self.flow(process.flow);
        if !flow.nodes.get(process.nodes[spot.node].step).is_some_and(|node| node.add_sign) {
            return Err(NOT_ALLOWED);
        }
        if flow.old && rule == Rule::Any {
            return Err(OLD_FLOW);
        }
        let twice = people.iter().enumerate().any(|(place, person)| people[..place].contains(person));
        if twice || people.iter().any(|person| self.handles(spot.key, spot.node, *person)) {
            return Err(DUPLICATE);
        }
        Ok(held)
    }

    /// Whether the person is, or was until a decision, an approver of the node.
    pub(super) fn handles(&self, key: ProcessKey, node: usize, person: PersonKey) -> bool {
        let tasks = &self.process(key).tasks;
        tasks
            .iter()
            .any(|task| task.node == Some(node) && task.person == Some(person) && task.state != TaskState::Cancelled)
    }

    pub(super) fn take_busy(&mut self) -> Result<(), Refusal> {
        match self.switches.busy.checked_sub(1) {
            None => Ok(()),
            Some(left) => {
                self.switches.busy = left;
                Err(BUSY)
            }
        }
    }

    pub(super) fn add_people(
        &mut self,
        spot: &Spot,
        held: usize,
        position: AddSignPosition,
        rule: Rule,
        people: Vec<PersonKey>,
        now: Millis,
    ) {
        let key = spot.key;
        match position {
            AddSignPosition::Parallel => {
                self.at(key).nodes[spot.node].all = true;
                for person in people {
                    self.add_task(key, Some(spot.node), Some(person), TaskState::Open, now);
                }
            }
            AddSignPosition::Before => {
                self.set_task(key, held, TaskState::Suspended, now);
                let added = Added { origin: spot.node, behind: false, rule, people: &people, holds_back: Some(held) };
                self.enter_added(key, &added, now);
            }
            AddSignPosition::After => {
                self.at(key).upcoming.push_front(Upcoming::Added { after: spot.node, rule, people });
            }
        }
        self.touch(key, now);
    }
}

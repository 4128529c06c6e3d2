//! Withdrawing and revoking processes (protocol.md#withdraw, protocol.md#revoke; checks in the order of
//! protocol.md#operation-checks).
//!
//! Assumed: a revocation without a person answers 1160101, as a withdrawal does.

use crate::domain::Millis;

use super::World;
use super::ids::{PersonKey, ProcessKey, UserIdType};
use super::process::ProcessState;
use super::refusal::Refusal;
use super::write_log::{Write, WriteAction};

const INVALID: Refusal = Refusal::new(400, 1_160_101, "参数错误");
const NO_SUCH_PROCESS: Refusal = Refusal::new(400, 1_160_100, "流程不存在");
const NO_PERMISSION: Refusal = Refusal::new(403, 1_161_003, "无权限");
const STATE_CHANGED: Refusal = Refusal::new(400, 1_161_005, "审批状态已更新");
const ALL_ENDED: Refusal = Refusal::new(400, 1_161_006, "所有审批已经结束");
const NOT_REVOCABLE: Refusal = Refusal::new(400, 1_161_007, "流程不能撤销");

/// Request for a withdrawal or revocation, after the gateway's checks.
#[derive(Clone, Debug, Default)]
pub struct EndRequest {
    pub process_id: String,
    pub user_id: Option<String>,
    pub user_id_type: UserIdType,
    pub reason: String,
    pub system_user: bool,
}

impl World {
    /// See protocol.md#withdraw.
    pub fn withdraw(&mut self, request: &EndRequest, now: Millis) -> Result<(), Refusal> {
        self.advance(now);
        let user = request.acting_user()?;
        let key = self.find_process(&request.process_id).ok_or(INVALID)?;
        let by = user.map(|id| self.find_person(id, request.user_id_type).ok_or(NO_PERMISSION)).transpose()?;
        let may = |by: PersonKey| self.process(key).initiator == Some(by) || self.person(by).profile.administrator;
        if by.is_some_and(|by| !may(by)) {
            return Err(NO_PERMISSION);
        }
        match self.process(key).state {
            ProcessState::Completed | ProcessState::Rejected => return Err(ALL_ENDED),
            ProcessState::Withdrawn | ProcessState::Revoked | ProcessState::Revoking => return Err(STATE_CHANGED),
            ProcessState::InProgress => {}
        }
        let action = WriteAction::Withdraw { reason: request.reason.clone() };
        self.writes.push(Write { at: now, by, process: key, action });
        self.end(key, None, ProcessState::Withdrawn, now);
        Ok(())
    }

    /// See protocol.md#revoke.
    pub fn revoke(&mut self, request: &EndRequest, now: Millis) -> Result<(), Refusal> {
        self.advance(now);
        let user = request.acting_user()?;
        let key = self.find_process(&request.process_id).ok_or(NO_SUCH_PROCESS)?;
        let by = user.map(|id| self.find_person(id, request.user_id_type).ok_or(NO_PERMISSION)).transpose()?;
        if by.is_some_and(|by| !self.person(by).profile.administrator) {
            return Err(NO_PERMISSION);
        }
        if self.process(key).state != ProcessState::Completed {
            return Err(NOT_REVOCABLE);
        }
        let action = WriteAction::Revoke { reason: request.reason.clone() };
        self.writes.push(Write { at: now, by, process: key, action });
        self.begin_revoking(key, now);
        Ok(())
    }

    pub(super) fn begin_revoking(&mut self, key: ProcessKey, now: Millis) {
        self.set_process(key, ProcessState::Revoking, now);
        self.at(key).revoked_at = Some(Millis(now.0.saturating_add(self.switches.revoking_for)));
        self.revoking.push(key);
        self.advance(now);
    }

    /// Completes the revocations whose time has come.
    pub(super) fn advance(&mut self, now: Millis) {
        let due = |world: &Self, key: ProcessKey| world.process(key).revoked_at.is_some_and(|at| at <= now);
        while let Some(place) = self.revoking.iter().position(|key| due(self, *key)) {
            let key = self.revoking.remove(place);
            let at = self.at(key).revoked_at.take().unwrap_or(now);
            self.set_process(key, ProcessState::Revoked, at);
        }
    }
}

impl EndRequest {
    /// `None` for the system.
    fn acting_user(&self) -> Result<Option<&str>, Refusal> {
        if self.system_user {
            return Ok(None);
        }
        self.user_id.as_deref().filter(|user| !user.is_empty()).map(Some).ok_or(INVALID)
    }
}

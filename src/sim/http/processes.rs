//! The process endpoints: from the request's fields to the world's operation and back (protocol.md#task-list to
//! protocol.md#revoke).

use serde_json::json;

use crate::sim::faults::FaultKind;
use crate::sim::world::{
    AddSign, AddSignPosition, DepartmentIdType, EndRequest, ListProcesses, ListTasks, Refusal, Rule, Switches,
    Transfer, Update, UserIdType, World,
};

use super::answer::Reply;
use super::call::IncomingCall;
use super::chains;
use super::fields::BodyFields;
use super::render::{ProcessView, task_page};
use super::render_form::FormView;
use crate::sim::endpoint::Endpoint;

/// Characters of `reason` of an update (protocol.md#update-task).
const OPINION: usize = 1000;
/// Characters of `reason` (protocol.md#withdraw, protocol.md#revoke).
const REASON: usize = 500;
/// No length of `remark` is documented: this one is the simulator's own.
const REMARK: usize = 1000;

pub(super) fn tasks(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let query = &call.query;
    let request = ListTasks {
        user_id: query.required("user_id"),
        user_id_type: query.user_id_type(UserIdType::OpenId),
        status: query.number("approver_status"),
        page_size: query.page_size(),
        page_token: chains::page_token(call),
    };
    query.check()?;
    let page = world.list_tasks(&request, call.now)?;
    let token_on_last = call.fault(|kind| *kind == FaultKind::PageTokenOnLast).is_some();
    let mut answer = task_page(&page, token_on_last);
    chains::break_off(call, &mut answer);
    chains::garble_row(call, &mut answer);
    Ok(Reply::success(answer))
}

pub(super) fn processes(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let query = &call.query;
    let request = ListProcesses {
        modify_time_from: query.required("modify_time_from"),
        modify_time_to: query.required("modify_time_to"),
        page_size: query.page_size(),
        page_token: chains::page_token(call),
        statuses: query.numbers("statuses"),
        flow_definition_id: query.owned("flow_definition_id"),
    };
    query.check()?;
    let page = world.list_processes(&request, call.now)?;
    let ids: Vec<_> = page.items.iter().map(ToString::to_string).collect();
    let mut answer = json!({"process_ids": ids, "has_more": page.has_more});
    if page.has_more
        && let Some(members) = answer.as_object_mut()
    {
        members.insert("page_token".into(), page.token.into());
    }
    chains::break_off(call, &mut answer);
    Ok(Reply::success(answer))
}

pub(super) fn detail(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let users = call.query.user_id_type(UserIdType::OpenId);
    call.query.check()?;
    let key = world.read_process(call.path("process"), call.now)?;
    Ok(Reply::success(ProcessView { world, process: world.process(key), users }.detail()))
}

pub(super) fn form_v2(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let users = call.query.user_id_type(UserIdType::PeopleCorehrId);
    let departments = call.query.department_id_type(DepartmentIdType::PeopleCorehrDepartmentId);
    call.query.check()?;
    let key = world.read_form(call.path("process"), call.now)?;
    let process = world.process(key);
    Ok(Reply::success(FormView { world, users, departments }.v2(&process.id.to_string(), &process.form)))
}

pub(super) fn form_v1(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let key = world.read_form(call.path("process"), call.now)?;
    let process = world.process(key);
    let view =
        FormView { world, users: UserIdType::PeopleCorehrId, departments: DepartmentIdType::PeopleCorehrDepartmentId };
    let form = view.v1(&process.id.to_string(), &process.form);
    let mut answer = json!({"code": 0, "data": form, "msg": ""});
    let with_success = call.fault(|kind| *kind == FaultKind::SuccessInV1).is_some();
    if let Some(members) = answer.as_object_mut().filter(|_| with_success) {
        members.insert("success".into(), true.into());
    }
    Ok(Reply::Json(answer))
}

/// The five writes (protocol.md#update-task to protocol.md#revoke).
pub(super) fn write(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    let body = BodyFields::parse(&call.body)?;
    match call.endpoint {
        Endpoint::UpdateTask => {
            let request = update(call, &body)?;
            if let Some(FaultKind::InnerFailure { code }) =
                call.fault(|kind| matches!(kind, FaultKind::InnerFailure { .. }))
            {
                return Ok(Reply::success(json!({"code": code, "msg": "自动提交表单失败"})));
            }
            switched(world, call, |world| world.update_task(&request, call.now))?;
            return Ok(Reply::success(json!({"code": 0, "msg": "success"})));
        }
        Endpoint::AddSign => {
            let request = add_sign(call, &body)?;
            switched(world, call, |world| world.add_sign(&request, call.now))?;
        }
        Endpoint::Transfer => {
            let request = transfer(call, &body)?;
            switched(world, call, |world| world.transfer(&request, call.now))?;
        }
        Endpoint::Withdraw => world.withdraw(&ending(call, &body)?, call.now)?,
        _ => {
            let request = ending(call, &body)?;
            switched(world, call, |world| world.revoke(&request, call.now))?;
        }
    }
    Ok(Reply::success(json!({})))
}

/// Lets the world behave for one write as faults say. It is busy at the place that the table of checks gives it.
fn switched(
    world: &mut World,
    call: &IncomingCall,
    work: impl FnOnce(&mut World) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let before = world.switches.clone();
    let switches = &mut world.switches;
    if call.fault(|kind| *kind == FaultKind::Busy).is_some() {
        switches.busy += 1;
    }
    switches.transfer_keeps_id |= call.fault(|kind| *kind == FaultKind::TransferKeepsId).is_some();
    switches.siblings_cancelled |= call.fault(|kind| *kind == FaultKind::SiblingsCancelled).is_some();
    if let Some(FaultKind::LateRevoke { millis }) = call.fault(|kind| matches!(kind, FaultKind::LateRevoke { .. })) {
        switches.revoking_for = millis;
    }
    let outcome = work(world);
    // A busy count set by a test is used up by the write itself.
    let busy = world.switches.busy.min(before.busy);
    world.switches = Switches { busy, ..before };
    outcome
}

fn update(call: &IncomingCall, body: &BodyFields) -> Result<Update, Refusal> {
    let request = Update {
        process_id: call.path("process").to_owned(),
        approver_id: call.path("approver").to_owned(),
        status: body.required_number("status"),
        user_id: body.text("user_id"),
        user_id_type: call.query.user_id_type(UserIdType::OpenId),
        department_id_type: call.query.department_id_type(DepartmentIdType::OpenDepartmentId),
        system_approval: body.flag("system_approval"),
        reason: body.text_up_to("reason", OPINION),
        field_values: body.array("field_values_v2", 0, 100_000),
    };
    call.query.check()?;
    body.check()?;
    Ok(request)
}

fn add_sign(call: &IncomingCall, body: &BodyFields) -> Result<AddSign, Refusal> {
    let positions = [(0, AddSignPosition::Before), (1, AddSignPosition::Parallel), (2, AddSignPosition::After)];
    let position = body.choice("extra_type", body.required_number("extra_type"), &positions);
    let rules = [(0, Rule::Any), (1, Rule::All)];
    let rule = body.number("approval_type").map(|number| body.choice("approval_type", number, &rules));
    let request = AddSign {
        process_id: call.path("process").to_owned(),
        operator: body.text("operator"),
        user_id_type: call.query.user_id_type(UserIdType::OpenId),
        node_id: body.text("node_id"),
        approver_id: body.text("approver_id"),
        position: position.unwrap_or(AddSignPosition::Before),
        rule: rule.flatten(),
        extra_user_ids: body.texts("extra_user_ids", 1, 20),
        remark: body.text_up_to("remark", REMARK),
        system_user: body.flag("system_user"),
    };
    call.query.check()?;
    body.check()?;
    Ok(request)
}

fn transfer(call: &IncomingCall, body: &BodyFields) -> Result<Transfer, Refusal> {
    let request = Transfer {
        process_id: call.path("process").to_owned(),
        operator: body.text("operator"),
        user_id_type: call.query.user_id_type(UserIdType::OpenId),
        to_user_id: body.required_text("to_user_id"),
        approver_ids: body.texts("approver_ids", 1, 20),
        remark: body.text_up_to("remark", REMARK),
        system_user: body.flag("system_user"),
    };
    call.query.check()?;
    body.check()?;
    Ok(request)
}

fn ending(call: &IncomingCall, body: &BodyFields) -> Result<EndRequest, Refusal> {
    let request = EndRequest {
        process_id: call.path("process").to_owned(),
        user_id: body.text("user_id"),
        user_id_type: call.query.user_id_type(UserIdType::OpenId),
        reason: body.text_up_to("reason", REASON),
        system_user: body.flag("system_user"),
    };
    call.query.check()?;
    body.check()?;
    Ok(request)
}

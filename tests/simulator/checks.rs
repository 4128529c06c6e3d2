//! Every row of protocol.md#operation-checks in its order: operation, state, HTTP status and code.

use serde_json::json;
use shenpi::sim::world::{
    AddSignPosition, Assigned, Bilingual, ExternalAction, FormField, FormValue, ListProcesses, ListTasks, NodeKind,
    Refusal, Rule, TaskState, UserIdType, WriteAction,
};

use crate::stage::{NOW, Stage, all, any, at, node, people};

#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: Result<T, Refusal>, http: u16, code: i64) {
    let refusal = outcome.expect_err("a refusal");
    assert_eq!((refusal.http, refusal.code), (http, code), "{}", refusal.msg);
}

#[test]
fn b1_lists() {
    let mut stage = Stage::new();
    stage.leave();
    let request = ListTasks { user_id: stage.id(stage.na), page_size: 20, ..ListTasks::default() };
    let stranger = ListTasks { user_id: "ou_0".into(), ..request.clone() };
    refused(stage.world.list_tasks(&stranger, NOW), 400, 1_160_001);
    // The right id under the wrong type is unknown.
    let wrong_type = ListTasks { user_id_type: UserIdType::UnionId, ..request.clone() };
    refused(stage.world.list_tasks(&wrong_type, NOW), 400, 1_160_001);
    for status in [-2, 0, 4, 16, 18, 7] {
        let filtered = ListTasks { status: Some(status), ..request.clone() };
        refused(stage.world.list_tasks(&filtered, NOW), 400, 1_160_121);
    }
    for token in ["2", "0", "+1", "01", "x", "-1"] {
        let paged = ListTasks { page_token: Some(token.into()), ..request.clone() };
        refused(stage.world.list_tasks(&paged, NOW), 400, 1_160_101);
    }
    assert!(stage.world.list_tasks(&ListTasks { page_token: Some("1".into()), ..request }, NOW).is_ok());
}

#[test]
fn b2_windows() {
    const DAY: i64 = 86_400_000;
    let mut stage = Stage::new();
    stage.leave();
    let window = |from: String, to: String| ListProcesses {
        modify_time_from: from,
        modify_time_to: to,
        page_size: 20,
        ..ListProcesses::default()
    };
    let ms = |offset: i64| (NOW.0 + offset).to_string();
    refused(stage.world.list_processes(&window(ms(1), ms(0)), NOW), 400, 1_160_101);
    refused(stage.world.list_processes(&window(ms(-31 * DAY), ms(0)), NOW), 400, 1_160_101);
    refused(stage.world.list_processes(&window("-5".into(), ms(0)), NOW), 400, 1_160_101);
    refused(stage.world.list_processes(&window(ms(0), "today".into()), NOW), 400, 1_160_101);
    let token = ListProcesses { page_token: Some("7".into()), ..window(ms(-1), ms(1)) };
    refused(stage.world.list_processes(&token, NOW), 400, 1_160_101);
    let widest = stage.world.list_processes(&window(ms(-31 * DAY + 1), ms(0)), NOW).expect("the widest window");
    assert_eq!(widest.items.len(), 1);
}

#[test]
fn b3_b4_b5_unknown_processes_and_hiring() {
    let mut stage = Stage::new();
    let na = stage.na;
    refused(stage.world.read_process("7000000000000000000", NOW), 400, 1_160_101);
    refused(stage.world.read_form("7000000000000000000", NOW), 400, 1_160_100);
    let offer = stage.start_with(vec![(any(), people(&[na]))], Vec::new(), |flow| flow.business.hiring = true);
    let id = stage.process_id(offer);
    assert_eq!(stage.world.read_process(&id, NOW), Ok(offer));
    refused(stage.world.read_form(&id, NOW), 400, 1_160_100);
}

#[test]
fn b6_names_what_does_not_exist() {
    let mut stage = Stage::new();
    let key = stage.leave();
    let other = stage.leave();
    let right = stage.update(key, stage.na, 3);
    let mut wrong = right.clone();
    wrong.process_id = "1".into();
    refused(stage.world.update_task(&wrong, NOW), 400, 1_161_002);
    let mut wrong = right.clone();
    wrong.approver_id = "1".into();
    refused(stage.world.update_task(&wrong, NOW), 400, 1_161_002);
    let mut wrong = right.clone();
    wrong.process_id = stage.process_id(other);
    refused(stage.world.update_task(&wrong, NOW), 400, 1_161_002);
    for status in [0, 1, 4] {
        let mut wrong = right.clone();
        wrong.status = status;
        refused(stage.world.update_task(&wrong, NOW), 400, 1_161_002);
    }
    for user in [None, Some(String::new())] {
        let mut wrong = right.clone();
        wrong.user_id = user;
        refused(stage.world.update_task(&wrong, NOW), 400, 1_161_002);
    }
    for user in [stage.id(stage.yang), "ou_0".to_owned()] {
        let mut wrong = right.clone();
        wrong.user_id = Some(user);
        refused(stage.world.update_task(&wrong, NOW), 403, 1_161_003);
    }
    // Another type of id names the same person.
    let mut by_employment = right;
    by_employment.user_id = Some(stage.world.person(stage.na).ids.people_corehr_id.to_string());
    by_employment.user_id_type = UserIdType::PeopleCorehrId;
    assert_eq!(stage.world.update_task(&by_employment, NOW), Ok(()));
}

#[test]
fn b6_finished_tasks_are_already_handled() {
    let mut stage = Stage::new();
    let (na, yang) = (stage.na, stage.yang);
    let approved = stage.leave();
    stage.approve(approved, na);
    refused(stage.world.update_task(&stage.update(approved, na, 3), NOW), 400, 1_161_001);
    // Closed by the sibling of an OR node.
    refused(stage.world.update_task(&stage.update(approved, yang, 2), NOW), 400, 1_161_001);
    let rejected = stage.leave();
    stage.reject(rejected, na);
    refused(stage.world.update_task(&stage.update(rejected, na, 2), NOW), 400, 1_161_001);
    let submitted = stage.start(vec![(node(NodeKind::Form { mandatory: vec![] }), people(&[na]))]);
    stage.approve(submitted, na);
    assert_eq!(stage.state(submitted, na), TaskState::FormSubmitted);
    refused(stage.world.update_task(&stage.update(submitted, na, 3), NOW), 400, 1_161_001);
    for step in [
        ExternalAction::Intervene { of: na },
        ExternalAction::RollBack { by: na, to: 0 },
        ExternalAction::SystemDecides { of: na, approve: true, opinion: String::new() },
    ] {
        let key = stage.leave();
        let task = stage.update(key, na, 3);
        stage.world.play(key, step, at(1)).expect("the step");
        refused(stage.world.update_task(&task, NOW), 400, 1_161_001);
    }
    let failed = stage.start(vec![(node(NodeKind::Signature), people(&[na, yang]))]);
    stage.world.play(failed, ExternalAction::FailSignature { of: na }, at(1)).expect("the step");
    refused(stage.world.update_task(&stage.update(failed, na, 3), NOW), 400, 1_161_001);
}

#[test]
fn b6_cancelled_and_suspended_tasks_have_changed_state() {
    let mut stage = Stage::new();
    let (na, yang, jing) = (stage.na, stage.yang, stage.jing);
    let rejected = stage.leave();
    stage.reject(rejected, na);
    assert_eq!(stage.state(rejected, yang), TaskState::Cancelled);
    refused(stage.world.update_task(&stage.update(rejected, yang, 3), NOW), 400, 1_161_005);
    let withdrawn = stage.leave();
    stage.world.withdraw(&stage.ending(withdrawn, stage.wei), NOW).expect("the withdrawal");
    refused(stage.world.update_task(&stage.update(withdrawn, na, 3), NOW), 400, 1_161_005);
    let suspended = stage.leave();
    let before = stage.add_sign(suspended, na, AddSignPosition::Before, &[jing]);
    stage.world.add_sign(&before, NOW).expect("the add-sign");
    refused(stage.world.update_task(&stage.update(suspended, na, 3), NOW), 400, 1_161_005);
}

#[test]
fn b6_forms_want_their_mandatory_fields_of_the_right_kind() {
    let mut stage = Stage::new();
    let na = stage.na;
    let key = stage.form();
    let submit = stage.update(key, na, 3);
    refused(stage.world.update_task(&submit, NOW), 400, 1_161_004);
    let field = |name: &str, value: serde_json::Value| json!({"variable_api_name": name, "variable_value": value});
    let date = || field("handover_date", json!({"date_value": "20539"}));
    let receiver = stage.id(stage.yang);
    for wrong in [
        field("no_such_field", json!({"text_value": "x"})),
        field("handover_date", json!({"text_value": "20539"})),
        field("handover_date", json!({"date_value": 20539})),
        field("handover_date", json!({"date_value": "tomorrow"})),
        field("receiver", json!({"employment_value": "ou_0"})),
        field("receiver", json!({"user_value": receiver})),
        field("agreed", json!({"bool_value": true, "text_value": "two members"})),
        field("agreed", json!("true")),
    ] {
        let mut request = submit.clone();
        request.field_values = vec![date(), wrong.clone()];
        let outcome = stage.world.update_task(&request, NOW);
        assert!(matches!(&outcome, Err(refusal) if refusal.code == 1_161_002), "{wrong}: {outcome:?}");
    }
    assert_eq!(stage.state(key, na), TaskState::Open);
    let mut empty = submit.clone();
    empty.field_values = vec![field("handover_date", json!({}))];
    refused(stage.world.update_task(&empty, NOW), 400, 1_161_004);
    // A rejection asks for no form.
    let refusable = stage.form();
    let reject = stage.update(refusable, na, 2);
    assert_eq!(stage.world.update_task(&reject, NOW), Ok(()));
    let mut whole = submit;
    whole.field_values = vec![date(), field("receiver", json!({"employment_value": receiver}))];
    assert_eq!(stage.world.update_task(&whole, NOW), Ok(()));
    let form = &stage.world.process(key).form;
    assert_eq!(form[0].value, FormValue::Date(20539));
    assert_eq!(form[2].value, FormValue::Employment(stage.yang));
    let fields = stage.world.writes().last().map(|write| write.action.clone());
    assert!(matches!(fields, Some(WriteAction::Decide { fields, .. }) if fields == ["handover_date", "receiver"]));
}

#[test]
fn b7_in_the_order_of_the_table() {
    let mut stage = Stage::new();
    let (na, yang, jing, lei) = (stage.na, stage.yang, stage.jing, stage.lei);
    let key = stage.leave();
    let right = stage.add_sign(key, na, AddSignPosition::Parallel, &[lei]);

    let mut nowhere = right.clone();
    nowhere.approver_id = None;
    refused(stage.world.add_sign(&nowhere, NOW), 400, 1_160_101);
    let mut nobody = right.clone();
    nobody.operator = None;
    refused(stage.world.add_sign(&nobody, NOW), 400, 1_160_101);
    for (process, approver, node_id) in [("1", None, None), ("", Some("1"), None), ("", None, Some("1"))] {
        let mut unknown = right.clone();
        if !process.is_empty() {
            unknown.process_id = process.into();
        }
        unknown.approver_id = approver.map_or(unknown.approver_id, |id: &str| Some(id.into()));
        unknown.node_id = node_id.map(str::to_owned);
        refused(stage.world.add_sign(&unknown, NOW), 400, 1_160_101);
    }
    let mut parallel_or = right.clone();
    parallel_or.rule = Some(Rule::Any);
    // Before the person is looked for.
    parallel_or.extra_user_ids = vec!["ou_0".into()];
    refused(stage.world.add_sign(&parallel_or, NOW), 400, 1_160_101);
    let mut stranger = right.clone();
    stranger.extra_user_ids.push("ou_0".into());
    refused(stage.world.add_sign(&stranger, NOW), 400, 1_160_001);
    let mut unknown_operator = right.clone();
    unknown_operator.operator = Some("ou_0".into());
    refused(stage.world.add_sign(&unknown_operator, NOW), 400, 1_160_001);

    let mut other_operator = right.clone();
    other_operator.operator = Some(stage.id(jing));
    refused(stage.world.add_sign(&other_operator, NOW), 400, 1_161_003);
    let mut again = right.clone();
    again.extra_user_ids = vec![stage.id(yang)];
    refused(stage.world.add_sign(&again, NOW), 400, 1_160_114);
    again.extra_user_ids = vec![stage.id(lei), stage.id(lei)];
    refused(stage.world.add_sign(&again, NOW), 400, 1_160_114);

    stage.world.switches.busy = 1;
    refused(stage.world.add_sign(&right, NOW), 400, 1_161_103);
    assert_eq!(stage.world.add_sign(&right, NOW), Ok(()));

    // `node_id` wins: the wrong task beside it is not looked at.
    let other = stage.leave();
    let mut by_node = stage.add_sign(other, na, AddSignPosition::After, &[lei]);
    by_node.node_id = Some(stage.world.process(other).nodes[0].id.to_string());
    by_node.approver_id = Some("1".into());
    assert_eq!(stage.world.add_sign(&by_node, NOW), Ok(()));
}

#[test]
fn b7_what_has_ended() {
    let mut stage = Stage::new();
    let (na, yang, lei) = (stage.na, stage.yang, stage.lei);
    let key = stage.leave();
    let by_task = stage.add_sign(key, na, AddSignPosition::Parallel, &[lei]);
    let mut by_node = by_task.clone();
    by_node.node_id = Some(stage.world.process(key).nodes[0].id.to_string());
    stage.approve(key, yang);
    refused(stage.world.add_sign(&by_task, NOW), 400, 1_160_129);
    refused(stage.world.add_sign(&by_node, NOW), 400, 1_160_016);
    stage.world.withdraw(&stage.ending(key, stage.wei), NOW).expect("the withdrawal");
    refused(stage.world.add_sign(&by_task, NOW), 400, 1_160_015);
}

#[test]
fn b7_what_the_flow_forbids() {
    let mut stage = Stage::new();
    let (na, lei) = (stage.na, stage.lei);
    let mut closed = any();
    closed.add_sign = false;
    let key = stage.start_with(vec![(closed, people(&[na]))], Vec::new(), |flow| flow.old = true);
    let mut request = stage.add_sign(key, na, AddSignPosition::Before, &[lei]);
    request.rule = Some(Rule::Any);
    refused(stage.world.add_sign(&request, NOW), 400, 1_160_256);
    let key = stage.start_with(vec![(any(), people(&[na]))], Vec::new(), |flow| flow.old = true);
    let mut request = stage.add_sign(key, na, AddSignPosition::Before, &[lei]);
    request.rule = Some(Rule::Any);
    refused(stage.world.add_sign(&request, NOW), 400, 1_160_115);
    request.rule = Some(Rule::All);
    assert_eq!(stage.world.add_sign(&request, NOW), Ok(()));
}

#[test]
fn b8_in_the_order_of_the_table() {
    let mut stage = Stage::new();
    let (na, yang, jing, lei) = (stage.na, stage.yang, stage.jing, stage.lei);
    let key = stage.leave();
    let right = stage.transfer(key, na, lei);

    let mut nobody = right.clone();
    nobody.operator = None;
    refused(stage.world.transfer(&nobody, NOW), 400, 1_160_101);
    let mut unknown = right.clone();
    unknown.approver_ids.push("1".into());
    refused(stage.world.transfer(&unknown, NOW), 400, 1_160_101);
    let mut receiver = right.clone();
    receiver.to_user_id = "ou_0".into();
    refused(stage.world.transfer(&receiver, NOW), 400, 1_160_117);
    let mut other_operator = right.clone();
    other_operator.operator = Some(stage.id(jing));
    refused(stage.world.transfer(&other_operator, NOW), 400, 1_161_003);
    refused(stage.world.transfer(&stage.transfer(key, na, yang), NOW), 400, 1_160_245);
    stage.world.switches.busy = 1;
    refused(stage.world.transfer(&right, NOW), 400, 1_161_103);
    assert_eq!(stage.world.transfer(&right, NOW), Ok(()));
    refused(stage.world.transfer(&right, NOW), 400, 1_160_101);
    stage.world.withdraw(&stage.ending(key, stage.wei), NOW).expect("the withdrawal");
    refused(stage.world.transfer(&right, NOW), 400, 1_160_221);
}

#[test]
fn b8_nodes_that_stay_where_they_are() {
    let mut stage = Stage::new();
    let (na, jing, lei) = (stage.na, stage.jing, stage.lei);
    let signature = stage.start(vec![(node(NodeKind::Signature), people(&[na]))]);
    refused(stage.world.transfer(&stage.transfer(signature, na, lei), NOW), 400, 1_160_234);
    let copy = stage.start(vec![(node(NodeKind::Copy), people(&[jing])), (any(), people(&[na]))]);
    refused(stage.world.transfer(&stage.transfer(copy, jing, lei), NOW), 400, 1_160_234);
    let form = stage.form();
    assert_eq!(stage.world.transfer(&stage.transfer(form, na, lei), NOW), Ok(()));
}

#[test]
fn b9_withdrawing() {
    let mut stage = Stage::new();
    let (wei, na, admin) = (stage.wei, stage.na, stage.admin);
    let key = stage.leave();
    let mut nobody = stage.ending(key, wei);
    nobody.user_id = None;
    refused(stage.world.withdraw(&nobody, NOW), 400, 1_160_101);
    let mut unknown = stage.ending(key, wei);
    unknown.process_id = "1".into();
    refused(stage.world.withdraw(&unknown, NOW), 400, 1_160_101);
    refused(stage.world.withdraw(&stage.ending(key, na), NOW), 403, 1_161_003);
    let rejected = stage.leave();
    stage.reject(rejected, na);
    refused(stage.world.withdraw(&stage.ending(rejected, wei), NOW), 400, 1_161_006);
    let completed = stage.start(vec![(any(), Assigned::Skipped)]);
    refused(stage.world.withdraw(&stage.ending(completed, wei), NOW), 400, 1_161_006);
    stage.world.revoke(&stage.ending(completed, admin), NOW).expect("the revocation");
    refused(stage.world.withdraw(&stage.ending(completed, wei), NOW), 400, 1_161_005);
    assert_eq!(stage.world.withdraw(&stage.ending(key, admin), NOW), Ok(()));
    refused(stage.world.withdraw(&stage.ending(key, wei), NOW), 400, 1_161_005);
    // While revoking.
    stage.world.switches.revoking_for = 1000;
    let slow = stage.start(vec![(any(), Assigned::Skipped)]);
    stage.world.revoke(&stage.ending(slow, admin), NOW).expect("the revocation");
    refused(stage.world.withdraw(&stage.ending(slow, wei), NOW), 400, 1_161_005);
}

#[test]
fn b10_revoking() {
    let mut stage = Stage::new();
    let (wei, admin) = (stage.wei, stage.admin);
    let running = stage.start(vec![(all(), people(&[stage.na]))]);
    let completed = stage.start(vec![(any(), Assigned::Skipped)]);
    let mut unknown = stage.ending(completed, admin);
    unknown.process_id = "1".into();
    refused(stage.world.revoke(&unknown, NOW), 400, 1_160_100);
    // The initiator may not, in any state.
    refused(stage.world.revoke(&stage.ending(completed, wei), NOW), 403, 1_161_003);
    refused(stage.world.revoke(&stage.ending(running, wei), NOW), 403, 1_161_003);
    refused(stage.world.revoke(&stage.ending(running, admin), NOW), 400, 1_161_007);
    let mut system = stage.ending(completed, wei);
    system.system_user = true;
    assert_eq!(stage.world.revoke(&system, NOW), Ok(()));
    refused(stage.world.revoke(&stage.ending(completed, admin), NOW), 400, 1_161_007);
}

#[test]
fn refused_writes_leave_no_record_and_accepted_ones_say_who_did_what() {
    let mut stage = Stage::new();
    let (na, yang) = (stage.na, stage.yang);
    let key = stage.leave();
    refused(stage.world.update_task(&stage.update(key, na, 7), NOW), 400, 1_161_002);
    assert!(stage.world.writes().is_empty());
    let mut request = stage.update(key, na, 3);
    request.reason = "同意".into();
    stage.world.update_task(&request, at(5)).expect("the approval");
    let task = stage.task(key, na).id;
    let [write] = stage.world.writes() else { panic!("one write") };
    assert_eq!((write.by, write.process, write.at), (Some(na), key, at(5)));
    let decided = WriteAction::Decide { task, approve: true, reason: "同意".into(), fields: vec![] };
    assert_eq!(write.action, decided);
    // Other people's actions are not in the record of writes.
    let other = stage.leave();
    stage.world.play(other, ExternalAction::Reject { by: yang, opinion: String::new() }, at(6)).expect("the step");
    assert_eq!(stage.world.writes().len(), 1);
}

#[test]
fn a_written_record_and_a_list_are_read_through_their_keys() {
    let mut stage = Stage::new();
    let na = stage.na;
    let empty = |name: &str, value| FormField::new(name, Bilingual::same(name), value);
    let form = vec![
        empty("rows", FormValue::List(vec![])),
        empty("address", FormValue::Record(vec![])),
        empty("way", FormValue::Enum { set: "s".into(), id: "a".into(), label: Bilingual::default() }),
    ];
    let key = stage.start_with(vec![(node(NodeKind::Form { mandatory: vec![] }), people(&[na]))], form, |_| {});
    let mut request = stage.update(key, na, 3);
    request.field_values = vec![
        json!({
            "variable_api_name": "rows",
            "variable_value": {"list_values": ["r0"]},
            "sub_values": [
                {"key": "r0", "value": {"record_values": [{"variable_api_name": "n", "sub_value_key": "r0.n"}]}},
                {"key": "r0.n", "value": {"number_value": "1280.50"}},
            ],
        }),
        json!({
            "variable_api_name": "address",
            "variable_value": {"record_values": [{"variable_api_name": "city", "sub_value_key": "c"}]},
            "sub_values": [{"key": "c", "value": {"text_value": "北京"}}],
        }),
        json!({"variable_api_name": "way", "variable_value": {"enum_value": "b"}}),
    ];
    // A list that contains itself never ends.
    let mut cycle = request.clone();
    cycle.field_values = vec![json!({
        "variable_api_name": "rows",
        "variable_value": {"list_values": ["k"]},
        "sub_values": [{"key": "k", "value": {"list_values": ["k"]}}],
    })];
    refused(stage.world.update_task(&cycle, NOW), 400, 1_161_002);
    stage.world.update_task(&request, NOW).expect("the submission");
    let form = &stage.world.process(key).form;
    let row = FormValue::Record(vec![("n".into(), FormValue::Number("1280.50".into()))]);
    assert_eq!(form[0].value, FormValue::List(vec![row]));
    assert_eq!(form[1].value, FormValue::Record(vec![("city".into(), FormValue::Text("北京".into()))]));
    assert!(matches!(&form[2].value, FormValue::Enum { id, .. } if &**id == "b"));
}

//! From the key to the platform's record: the real client, the simulator, and the exact request of each decision.

use std::time::Duration;

use serde_json::{Value, json};
use shenpi::app::Notice;
use shenpi::domain::Lang;
use shenpi::domain::decision::state::State;
use shenpi::domain::{ProcessStatus, TaskKey};

use crate::support::harness::{Harness, settings};
use crate::support::live::Live;

fn harness() -> Harness<Live> {
    let live = Live::new(30);
    let operator = live.operator.clone();
    Harness::new(live, settings(operator, Lang::Zh), 80, 24)
}

/// Puts the cursor on the first case that a filter finds.
fn find(harness: &mut Harness<Live>, words: &str) -> TaskKey {
    harness.keys("/");
    harness.write(words);
    harness.keys("<enter>");
    assert!(harness.app.inbox.shown_count() > 0, "{words} finds a case");
    harness.selected()
}

/// Path, query and body of the only write that reached the platform.
fn only_write(harness: &Harness<Live>) -> (String, Value) {
    let writes = harness.platform.writes();
    assert_eq!(writes.len(), 1, "{writes:?}");
    let record = harness.platform.world.lock().unwrap();
    assert_eq!(record.writes().len(), 1, "the platform took it once: {:?}", record.writes());
    (writes[0].target.clone(), serde_json::from_str(&writes[0].body).unwrap())
}

fn operator(harness: &Harness<Live>) -> String {
    harness.platform.operator.id.as_str().to_owned()
}

fn accepted(harness: &Harness<Live>, key: &TaskKey) -> bool {
    matches!(harness.state(key), Some(State::Applied { log_id: Some(_), .. }))
}

const QUERY: &str = "?user_id_type=open_id&department_id_type=open_department_id";

#[test]
fn a_approves_with_status_3_in_the_operators_name() {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.keys("ae");
    harness.write("已核对门禁记录");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    let (target, body) = only_write(&harness);
    let (process, task) = (key.process.as_str(), key.approver.as_str());
    assert_eq!(target, format!("/open-apis/corehr/v2/processes/{process}/approvers/{task}{QUERY}"));
    let reason = "已核对门禁记录";
    assert_eq!(body, json!({"status": 3, "user_id": operator(&harness), "system_approval": false, "reason": reason}));
    assert!(accepted(&harness, &key), "{:?}", harness.state(&key));
    let process = harness.platform.detail(&key.process);
    let done = process.done(&key.approver).unwrap();
    assert_eq!((done.status.number(), done.approval_opinion.as_str()), (3, reason));
}

#[test]
fn r_rejects_with_status_2_and_ends_the_process() {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.keys("r");
    harness.write("请补充门禁截图");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    let (_, body) = only_write(&harness);
    assert_eq!(
        body,
        json!({"status": 2, "user_id": operator(&harness), "system_approval": false, "reason": "请补充门禁截图"})
    );
    assert!(accepted(&harness, &key));
    let process = harness.platform.detail(&key.process);
    assert_eq!(process.status, ProcessStatus::Rejected);
    assert_eq!(process.done(&key.approver).unwrap().status.number(), 2);
}

#[test]
fn t_transfers_to_the_person_that_was_picked() {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.keys("t");
    harness.write("刘强");
    harness.wait(Duration::from_secs(1)).keys("<enter>e");
    harness.write("本周出差,请代为审批");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    let (target, body) = only_write(&harness);
    assert_eq!(target, format!("/open-apis/corehr/v2/processes/{}/transfer{QUERY}", key.process.as_str()));
    let to = body["to_user_id"].as_str().unwrap().to_owned();
    assert_eq!(
        body,
        json!({
            "operator": operator(&harness),
            "to_user_id": to,
            "approver_ids": [key.approver.as_str()],
            "remark": "本周出差,请代为审批",
            "system_user": false,
        })
    );
    assert!(accepted(&harness, &key));
    let process = harness.platform.detail(&key.process);
    let receiver = process.todos.iter().find(|todo| todo.operator_id.as_ref().unwrap().as_str() == to).unwrap();
    assert_eq!(receiver.operator_name.zh.as_str(), "刘强");
    assert!(process.todo(&key.approver).is_none());
}

/// Keys of one add-sign, and the two numbers that it sends.
fn add_sign(keys: &str, extra_type: i64, approval_type: i64) -> (Harness<Live>, TaskKey) {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.keys(keys);
    harness.write("刘强");
    harness.wait(Duration::from_secs(1)).keys("<enter><ctrl-d>y").wait(Duration::from_secs(6));
    let (target, body) = only_write(&harness);
    assert_eq!(target, format!("/open-apis/corehr/v2/processes/{}/extra{QUERY}", key.process.as_str()));
    let people = body["extra_user_ids"].clone();
    assert_eq!(people.as_array().unwrap().len(), 1);
    assert_eq!(
        body,
        json!({
            "operator": operator(&harness),
            "approver_id": key.approver.as_str(),
            "extra_type": extra_type,
            "approval_type": approval_type,
            "extra_user_ids": people,
            "remark": "",
            "system_user": false,
        })
    );
    assert!(accepted(&harness, &key), "{:?}", harness.state(&key));
    (harness, key)
}

#[test]
fn s_adds_an_approver_before_and_the_task_waits() {
    let (mut harness, key) = add_sign("s1", 0, 1);
    let process = harness.platform.detail(&key.process);
    assert!(process.todo(&key.approver).is_none(), "suspended until the added person has decided");
    assert!(process.todos.iter().any(|todo| todo.operator_name.zh.as_str() == "刘强"));
}

#[test]
fn s_adds_an_approver_beside_and_all_must_agree() {
    let (mut harness, key) = add_sign("sm2", 1, 1);
    let process = harness.platform.detail(&key.process);
    assert!(process.todo(&key.approver).is_some());
    assert!(process.todos.iter().any(|todo| todo.operator_name.zh.as_str() == "刘强"));
}

#[test]
fn s_adds_an_approver_after_with_any_one_of_them() {
    let (mut harness, key) = add_sign("sm3", 2, 0);
    let process = harness.platform.detail(&key.process);
    assert!(process.todo(&key.approver).is_some(), "the operator decides first");
}

#[test]
fn withdraw_by_name_ends_an_own_process() {
    let mut harness = harness();
    let key = find(&mut harness, "出差 深圳");
    harness.keys(":");
    harness.write("withdraw");
    harness.keys("<enter>");
    harness.write("行程取消");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    let (target, body) = only_write(&harness);
    assert_eq!(target, format!("/open-apis/corehr/v2/process_withdraw/{}{QUERY}", key.process.as_str()));
    assert_eq!(body, json!({"user_id": operator(&harness), "reason": "行程取消", "system_user": false}));
    assert_eq!(harness.platform.detail(&key.process).status, ProcessStatus::Withdrawn);
}

#[test]
fn an_answer_cut_off_after_the_write_is_found_out_and_nothing_is_sent_twice() {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.platform.fault("cut-after-write");
    harness.keys("ae");
    harness.write("同意");
    harness.keys("<ctrl-d>y").wait(Duration::from_secs(6));
    assert!(harness.app.notices.all().any(|(_, notice)| matches!(notice, Notice::Unknown { .. })));
    harness.wait(Duration::from_secs(10));
    assert!(matches!(harness.state(&key), Some(State::Applied { .. })), "{:?}", harness.state(&key));
    assert_eq!(harness.platform.writes().len(), 1);
}

#[test]
fn an_answer_cut_off_before_the_write_is_not_applied_and_not_sent_again() {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.platform.fault("cut-before-write");
    harness.keys("ay").wait(Duration::from_secs(40));
    assert!(matches!(harness.state(&key), Some(State::NotApplied { .. })), "{:?}", harness.state(&key));
    assert_eq!(harness.platform.writes().len(), 1);
    assert!(harness.platform.detail(&key.process).todo(&key.approver).is_some());
}

#[test]
fn a_token_refused_at_that_moment_is_renewed_in_silence_and_the_decision_goes_through_once() {
    let mut harness = harness();
    let key = find(&mut harness, "上班卡");
    harness.platform.handle.invalidate_tokens();
    harness.keys("ay").wait(Duration::from_secs(6));
    assert!(accepted(&harness, &key));
    let record = harness.platform.detail(&key.process);
    assert_eq!(record.done_list.iter().filter(|done| done.approver_id == key.approver).count(), 1);
}

#[test]
fn garbage_cut_json_and_a_huge_body_leave_the_queue_as_it_is() {
    let mut harness = harness();
    let before = harness.app.inbox.pending();
    for fault in ["html-502", "text-404", "cut-json", "huge-body", "redirect-loop", "cut:9"] {
        harness.platform.fault(fault);
        harness.keys("<ctrl-r>");
        let (_, notice) = harness.app.notices.all().next().unwrap();
        assert!(matches!(notice, Notice::ReadFailed(_)), "{fault}: {notice:?}");
        assert_eq!(harness.app.inbox.pending(), before, "{fault}");
        harness.platform.faults().clear();
    }
    harness.keys("<ctrl-r>");
    assert!(harness.app.inbox.failure.is_none());
}

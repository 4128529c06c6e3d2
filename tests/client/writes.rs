//! The six writes: path, query and exact body of each, and the answers that count as done (protocol.md#update-task to
//! protocol.md#revoke).

use serde_json::{Map, Value as Json, json};
use shenpi::domain::decision::{AddSignMethod, AddSignPosition};
use shenpi::domain::{CleanText, Decision, PersonIdType, Reviewed};

use crate::desk::{
    PROCESS, RECEIVER, SECOND, TASK, THIRD, WRITES, add_sign, approve, opinion, reviewed, reviewed_as, transfer, write,
};
use crate::examples::{example, json as example_json};
use crate::server::{OPERATOR, Reply, Seen, Server};

async fn sent(reviewed: Reviewed) -> Seen {
    let server = Server::always(Reply::done()).await;
    server.client().writer().send(&reviewed).await.expect("accepted");
    server.only_call()
}

fn members(json: &Json) -> &Map<String, Json> {
    json.as_object().expect("an object")
}

/// Every member of the example is sent alike; additional members equal the defaults.
fn assert_alike(sent: &Json, example: &Json) {
    for (name, value) in members(example) {
        assert_eq!(&sent[name], value, "{name}");
    }
    for (name, value) in members(sent).iter().filter(|(name, _)| !members(example).contains_key(*name)) {
        let default = match name.as_str() {
            "remark" | "reason" => json!(""),
            "system_user" | "system_approval" => json!(false),
            other => panic!("{other} is sent without need"),
        };
        assert_eq!(*value, default, "{name}");
    }
}

#[tokio::test]
async fn approving_sends_three() {
    let call = sent(reviewed(approve("同意"))).await;
    assert_eq!(call.method, "PUT");
    assert_eq!(call.path, format!("/open-apis/corehr/v2/processes/{PROCESS}/approvers/{TASK}"));
    assert_eq!(call.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(call.json()["status"], json!(3));
    assert_eq!(call.json(), example_json("approver_update_request_approve.json"));
}

#[tokio::test]
async fn rejecting_sends_two() {
    let call = sent(reviewed(Decision::Reject { reason: opinion("时间与版本发布冲突，请改期。") })).await;
    assert_eq!(call.path, format!("/open-apis/corehr/v2/processes/{PROCESS}/approvers/{TASK}"));
    assert_eq!(call.json()["status"], json!(2));
    assert_eq!(call.json(), example_json("approver_update_request_reject.json"));
}

#[tokio::test]
async fn no_decision_is_ever_made_in_the_systems_name() {
    let example = example_json("approver_update_request_system.json");
    assert_eq!(example["system_approval"], json!(true), "the example shows what this program never sends");
    for endpoint in WRITES {
        let server = Server::always(Reply::done()).await;
        write(&server.client(), endpoint).await.unwrap();
        let body = server.only_call().json();
        let named = if body.get("operator").is_some() { "operator" } else { "user_id" };
        assert_eq!(body[named], json!(OPERATOR), "{endpoint:?}");
        let system = if body.get("system_approval").is_some() { "system_approval" } else { "system_user" };
        assert_eq!(body[system], json!(false), "{endpoint:?}");
    }
}

#[tokio::test]
async fn form_fields_are_never_written_with_a_decision() {
    let example = example_json("approver_update_request_with_fields.json");
    let operator = example["user_id"].as_str().unwrap();
    let words = approve(example["reason"].as_str().unwrap());
    let body = sent(reviewed_as(operator, PersonIdType::OpenId, PROCESS, TASK, words)).await.json();
    for name in ["status", "user_id", "reason"] {
        assert_eq!(body[name], example[name], "{name}");
    }
    assert_eq!(members(&body).keys().collect::<Vec<_>>(), ["status", "user_id", "system_approval", "reason"]);
}

#[tokio::test]
async fn transferring_names_receiver_and_task() {
    let call = sent(reviewed(transfer("本周出差，请代为审批"))).await;
    assert_eq!(
        (call.method.as_str(), &*call.path),
        ("PUT", &*format!("/open-apis/corehr/v2/processes/{PROCESS}/transfer"))
    );
    assert_eq!(call.json(), example_json("transfer_request.json"));
    assert_eq!(call.json()["to_user_id"], json!(RECEIVER));
}

#[tokio::test]
async fn adding_before_and_after_names_the_task_the_people_and_how_they_count() {
    let before = add_sign(AddSignPosition::Before, AddSignMethod::AnyOne, &[SECOND, THIRD], "请先确认排班");
    let call = sent(reviewed(before)).await;
    assert_eq!(
        (call.method.as_str(), &*call.path),
        ("PUT", &*format!("/open-apis/corehr/v2/processes/{PROCESS}/extra"))
    );
    assert_eq!(call.json(), example_json("extra_request_before.json"));

    let after = add_sign(AddSignPosition::After, AddSignMethod::All, &[THIRD], "");
    assert_alike(&sent(reviewed(after)).await.json(), &example_json("extra_request_after.json"));
}

#[tokio::test]
async fn adding_in_parallel_names_the_task_where_the_example_names_the_node() {
    let parallel = add_sign(AddSignPosition::Parallel, AddSignMethod::All, &[RECEIVER], "一起看一下");
    let mut body = sent(reviewed(parallel)).await.json();
    let mut example = example_json("extra_request_parallel.json");
    // Either member names the node (protocol.md#add-sign); node instance ids come with events only.
    assert!(example.as_object_mut().unwrap().remove("node_id").is_some());
    assert_eq!(body.as_object_mut().unwrap().remove("approver_id"), Some(json!(TASK)));
    assert_eq!(body, example);
}

#[tokio::test]
async fn withdrawing_and_revoking_name_who_does_it_and_why() {
    let example = example_json("withdraw_request.json");
    let who = example["user_id"].as_str().unwrap();
    let withdraw = Decision::Withdraw { reason: opinion("行程取消") };
    let call = sent(reviewed_as(who, PersonIdType::OpenId, PROCESS, TASK, withdraw)).await;
    assert_eq!(
        (call.method.as_str(), &*call.path),
        ("PUT", &*format!("/open-apis/corehr/v2/process_withdraw/{PROCESS}"))
    );
    assert_eq!(call.json(), example);

    let example = example_json("revoke_request.json");
    let who = example["user_id"].as_str().unwrap();
    let revoke = Decision::Revoke { reason: opinion("审批结果有误，撤销重走") };
    let call = sent(reviewed_as(who, PersonIdType::OpenId, PROCESS, TASK, revoke)).await;
    assert_eq!(
        (call.method.as_str(), &*call.path),
        ("PUT", &*format!("/open-apis/corehr/v2/process_revoke/{PROCESS}"))
    );
    assert_eq!(call.json(), example);
}

#[tokio::test]
async fn every_write_says_which_kind_of_id_it_names_people_with() {
    for endpoint in WRITES {
        let server = Server::always(Reply::done()).await;
        write(&server.client(), endpoint).await.unwrap();
        let call = server.only_call();
        assert_eq!(
            call.query,
            [("user_id_type", "open_id"), ("department_id_type", "open_department_id")]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
            "{endpoint:?}"
        );
        assert!(call.header("authorization").is_some_and(|value| value.starts_with("Bearer t-")), "{endpoint:?}");
    }
}

#[tokio::test]
async fn strange_ids_stay_one_part_of_the_path_and_whole_in_the_body() {
    let (process, task) = ("76/../x?y=1#z", "审 批%2e");
    let call = sent(reviewed_as(OPERATOR, PersonIdType::OpenId, process, task, approve(""))).await;
    assert_eq!(
        call.path,
        "/open-apis/corehr/v2/processes/76%2F%2E%2E%2Fx%3Fy%3D1%23z/approvers/%E5%AE%A1%20%E6%89%B9%252e"
    );
    let body = sent(reviewed_as(OPERATOR, PersonIdType::OpenId, process, task, transfer(""))).await.json();
    assert_eq!(body["approver_ids"], json!([task]));
}

#[tokio::test]
async fn words_arrive_as_they_were_written() {
    let words = "第一行\n\"引号\" \\ 反斜杠 👨‍👩‍👧 </script> \u{202e}";
    let body = sent(reviewed(approve(words))).await.json();
    assert_eq!(body["reason"], json!(words));
}

#[tokio::test]
async fn success_is_an_outer_zero_and_an_inner_zero_or_none() {
    for name in [
        "approver_update_response.json",
        "extra_response.json",
        "transfer_response.json",
        "withdraw_response.json",
        "revoke_response.json",
    ] {
        let endpoint = WRITES
            .into_iter()
            .find(|endpoint| {
                let file = match endpoint {
                    shenpi::domain::Endpoint::UpdateTask => "approver_update",
                    shenpi::domain::Endpoint::AddSign => "extra",
                    shenpi::domain::Endpoint::Transfer => "transfer",
                    shenpi::domain::Endpoint::Withdraw => "withdraw",
                    _ => "revoke",
                };
                name.starts_with(file)
            })
            .unwrap();
        let server = Server::always(Reply::json(200, example(name)).with("X-Tt-Logid", "L-7")).await;
        let receipt = write(&server.client(), endpoint).await.unwrap();
        assert_eq!(receipt.log_id, Some(CleanText::new("L-7")), "{name}");
        assert_eq!(server.calls().len(), 1, "{name}");
    }
    // The official sample has an inner zero beside the text "error reason"; `data` may be absent
    // (protocol.md#update-task, protocol.md#envelope).
    for body in [
        r#"{"code":0,"msg":"success"}"#,
        r#"{"code":0,"data":null}"#,
        r#"{"code":0,"data":{"code":0,"msg":"错误原因"}}"#,
        r#"{"code":0,"data":{"code":null}}"#,
        r#"{"code":0,"data":{"code":"0"}}"#,
    ] {
        for endpoint in WRITES {
            let server = Server::always(Reply::json(200, body)).await;
            assert!(write(&server.client(), endpoint).await.is_ok(), "{endpoint:?} {body}");
        }
    }
}

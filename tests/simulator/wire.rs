//! The server on the wire: tokens, limits, ids, pages, field rules and exact answers (protocol.md#simulator).

use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shenpi::sim::http::{RateLimits, bind_loopback};
use shenpi::sim::world::{AddSignPosition, Bilingual, ExternalAction, FormField, FormValue, WriteAction};

use crate::line::{APP_ID, Line, SECRET, hear};
use crate::stage::{Stage, any, at, people};

fn is_log_id(text: &str) -> bool {
    let (time, tail) = text.split_at(text.len().min(14));
    text.len() == 34
        && time.bytes().all(|byte| byte.is_ascii_digit())
        && tail.bytes().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte))
}

#[tokio::test]
async fn only_loopback_is_listened_on() {
    for refused in ["0.0.0.0:0", "192.0.2.1:0", "[::]:0"] {
        let addr: SocketAddr = refused.parse().expect("an address");
        let error = bind_loopback(addr).await.expect_err("a refusal");
        assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied, "{refused}");
    }
    let line = Line::plain(Stage::new()).await;
    assert!(line.server.addr.ip().is_loopback());
}

#[tokio::test]
async fn a_server_that_was_shut_down_answers_no_more() {
    let line = Line::plain(Stage::new()).await;
    line.server.shutdown();
    let again = hear(line.request(Method::GET, "corehr/v2/approvers")).await;
    assert!(again.is_err(), "{again:?}");
}

#[tokio::test]
async fn unknown_paths_and_methods_are_plain_text() {
    let line = Line::plain(Stage::new()).await;
    for (method, path) in [(Method::GET, "corehr/v3/nothing"), (Method::DELETE, "corehr/v2/processes/1")] {
        let answer = hear(line.request(method, path)).await.expect("an answer");
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (404, "404 page not found"));
        assert!(answer.header("content-type").starts_with("text/plain"));
        assert!(is_log_id(answer.header("x-tt-logid")));
    }
}

#[tokio::test]
async fn credentials_are_refused_with_status_200() {
    let line = Line::plain(Stage::new()).await;
    for (app_id, secret, code, msg) in [
        ("", SECRET, 10003, "invalid param"),
        ("cli_short", SECRET, 10003, "invalid param"),
        (APP_ID, "", 10003, "invalid param"),
        ("cli_0000000000000000", SECRET, 10014, "app id not exists"),
        (APP_ID, "wrong", 10014, "app secret invalid"),
    ] {
        let answer = line.ask_token(app_id, secret).await;
        assert_eq!(answer.verdict(), (200, code));
        assert_eq!(answer.json()["msg"], msg);
    }
}

#[tokio::test]
async fn a_token_is_given_again_until_a_quarter_of_its_life_is_left() {
    let line = Line::plain(Stage::new()).await;
    let first = line.token.clone();
    assert!(first.strip_prefix("t-").is_some_and(|rest| rest.len() == 40), "{first}");
    line.wait(5_000_000);
    let answer = line.ask_token(APP_ID, SECRET).await.json();
    assert_eq!((answer["tenant_access_token"].as_str(), answer["expire"].as_i64()), (Some(&*first), Some(2200)));
    line.wait(401_000);
    let second = line.ask_token(APP_ID, SECRET).await.json();
    assert_ne!(second["tenant_access_token"], *first);
    assert_eq!(second["expire"], 7200);
    // Both are valid until each one's end.
    let path = "corehr/v2/processes/1";
    assert_eq!(line.get(path).await.code(), 1_160_101);
    line.wait(1_800_000);
    assert_eq!(line.get(path).await.verdict(), (400, 99_991_663));
    assert_eq!(line.new_token().await, second["tenant_access_token"]);
}

#[tokio::test]
async fn calls_without_a_right_token_are_refused_before_anything_else() {
    let line = Line::plain(Stage::new()).await;
    let url = format!("{}/open-apis/corehr/v2/approvers?page_size=900", line.server.base_url());
    let bare = hear(line.http.get(&url)).await.expect("an answer");
    assert_eq!(bare.verdict(), (400, 99_991_661));
    let no_prefix = hear(line.http.get(&url).header("Authorization", &line.token)).await.expect("an answer");
    assert_eq!(no_prefix.verdict(), (400, 99_991_661));
    let strange = hear(line.http.get(&url).bearer_auth("x-1")).await.expect("an answer");
    assert_eq!(strange.verdict(), (400, 99_991_671));
    let wrong = hear(line.http.get(&url).bearer_auth("t-1")).await.expect("an answer");
    assert_eq!(wrong.verdict(), (400, 99_991_663));
    let body = wrong.json();
    let log_id = wrong.header("x-tt-logid");
    assert!(is_log_id(log_id) && log_id.starts_with("20260312100000"), "{log_id}");
    assert_eq!(body["error"]["log_id"], log_id);
    let help = body["error"]["troubleshooter"].as_str().expect("words");
    assert!(help.contains(log_id) && help.contains("code=99991663"), "{help}");
    line.server.invalidate_tokens();
    assert_eq!(line.get("corehr/v2/processes/1").await.code(), 99_991_663);
}

#[tokio::test]
async fn a_window_is_aligned_to_its_first_call_and_says_when_it_ends() {
    let line = Line::open(Stage::new(), RateLimits::Scaled(1.0), Duration::from_secs(7200)).await;
    let path = "corehr/v2/processes?page_size=1&modify_time_from=0&modify_time_to=1";
    for _ in 0..20 {
        assert_eq!(line.get(path).await.code(), 0);
        line.wait(1000);
    }
    let refused = line.get(path).await;
    assert_eq!(refused.verdict(), (429, 99_991_400));
    assert_eq!((refused.header("x-ogw-ratelimit-limit"), refused.header("x-ogw-ratelimit-reset")), ("20", "40"));
    assert_eq!(refused.json(), json!({"code": 99_991_400, "msg": "request trigger frequency limit"}));
    // Another interface has its own window.
    assert_eq!(line.get("corehr/v2/processes/1").await.code(), 1_160_101);
    line.wait(39_999);
    assert_eq!(line.get(path).await.status.as_u16(), 429);
    line.wait(1);
    assert_eq!(line.get(path).await.code(), 0);
}

#[tokio::test]
async fn limits_can_be_scaled() {
    let line = Line::open(Stage::new(), RateLimits::Scaled(0.1), Duration::from_secs(7200)).await;
    let path = "corehr/v2/processes?page_size=1&modify_time_from=0&modify_time_to=1";
    let mut answers = vec![];
    for _ in 0..3 {
        answers.push(line.get(path).await.status.as_u16());
    }
    assert_eq!(answers, [200, 200, 429]);
}

#[tokio::test]
async fn every_broken_field_rule_is_named() {
    let mut stage = Stage::new();
    let key = stage.leave();
    let (process, task) = (stage.process_id(key), stage.task(key, stage.na).id);
    let line = Line::plain(stage).await;
    let violations = |answer: &crate::line::Heard| -> Vec<String> {
        assert_eq!(answer.verdict(), (400, 99_992_402), "{}", answer.text);
        let body = answer.json();
        let broken = body["error"]["field_violations"].as_array().expect("violations");
        broken
            .iter()
            .map(|one| format!("{}={}", one["field"].as_str().unwrap(), one["value"].as_str().unwrap()))
            .collect()
    };
    let list = line.get("corehr/v2/approvers?page_size=500&user_id_type=email").await;
    assert_eq!(violations(&list), ["user_id=", "user_id_type=email", "page_size=500"]);
    assert_eq!(list.json()["error"]["field_violations"][2]["description"], "the max value is 100");
    let path = format!("corehr/v2/processes/{process}/approvers/{task}");
    let update = line.put(&path, json!({"status": "3", "reason": "字".repeat(1001), "system_approval": 1})).await;
    assert_eq!(
        violations(&update),
        ["status=\"3\"".to_owned(), "system_approval=1".into(), format!("reason={}", "字".repeat(1001))]
    );
    assert_eq!(violations(&line.put(&path, json!({})).await), ["status="]);
    let path = format!("corehr/v2/processes/{process}/extra");
    let extra = line.put(&path, json!({"extra_type": 3, "approval_type": 2, "extra_user_ids": []})).await;
    assert_eq!(violations(&extra), ["extra_type=3", "approval_type=2", "extra_user_ids=0"]);
    let path = format!("corehr/v2/processes/{process}/transfer");
    assert_eq!(
        violations(&line.put(&path, json!({"operator": 7})).await),
        ["operator=7", "to_user_id=", "approver_ids="]
    );
    let path = format!("corehr/v2/process_withdraw/{process}");
    assert_eq!(violations(&line.put(&path, json!({"reason": "x".repeat(501)})).await).len(), 1);
    let garbage = hear(line.request(Method::PUT, &path).body("{")).await.expect("an answer");
    assert_eq!(garbage.verdict(), (400, 9499));
    assert_eq!(line.writes(), 0);
}

#[tokio::test]
async fn people_and_departments_are_named_in_the_type_that_is_asked_for() {
    let mut stage = Stage::new();
    let na = stage.na;
    let department = stage.world.person(na).profile.department;
    let form = vec![
        FormField::new("who", Bilingual::same("who"), FormValue::Employment(na)),
        FormField::new("where", Bilingual::same("where"), FormValue::Department(department)),
    ];
    let key = stage.start_with(vec![(any(), people(&[na]))], form, |_| {});
    let process = stage.process_id(key);
    let ids = stage.world.person(na).ids.clone();
    let departments = stage.world.department(department).ids.clone();
    let line = Line::plain(stage).await;
    for (kind, id) in [
        ("open_id", &ids.open_id),
        ("union_id", &ids.union_id),
        ("user_id", &ids.user_id),
        ("people_corehr_id", &ids.people_corehr_id),
    ] {
        let list = format!("corehr/v2/approvers?user_id={id}&page_size=5&user_id_type={kind}");
        assert_eq!(line.get(&list).await.json()["data"]["approver_list"][0]["process_id"], process);
        let detail = line.get(&format!("corehr/v2/processes/{process}?user_id_type={kind}")).await.json();
        assert_eq!(detail["data"]["todos"][0]["operator_id"], **id);
    }
    // Without a type: open_id in the detail, CoreHR's own in the form.
    let detail = line.get(&format!("corehr/v2/processes/{process}")).await.json();
    assert_eq!(detail["data"]["todos"][0]["operator_id"], *ids.open_id);
    let form_path = format!("corehr/v2/processes/{process}/form_variable_data");
    let fields = line.get(&form_path).await.json()["data"]["field_variable_values"].clone();
    assert_eq!(fields[0]["variable_value"]["employment_value"], *ids.people_corehr_id);
    assert_eq!(fields[1]["variable_value"]["department_value"], *departments.people_corehr_department_id);
    let asked = format!("{form_path}?user_id_type=open_id&department_id_type=open_department_id");
    let fields = line.get(&asked).await.json()["data"]["field_variable_values"].clone();
    assert_eq!(fields[0]["variable_value"]["employment_value"], *ids.open_id);
    assert_eq!(fields[1]["variable_value"]["department_value"], *departments.open_department_id);
    let v1 = line.get(&format!("corehr/v1/processes/{process}/form_variable_data")).await.json();
    let person = json!({"value": *ids.people_corehr_id, "user_id": *ids.user_id});
    assert_eq!(v1["data"]["field_variable_values"][0]["variable_value"]["employment_value"], person);
    assert_eq!((&v1["msg"], v1.get("success")), (&json!(""), None));
}

#[tokio::test]
async fn pages_follow_one_another_without_gap() {
    let mut stage = Stage::new();
    let mut started: Vec<_> = (0..7)
        .map(|_| {
            let key = stage.leave();
            stage.process_id(key)
        })
        .collect();
    started.reverse();
    let user = stage.id(stage.na);
    let line = Line::plain(stage).await;
    let (mut seen, mut token) = (vec![], None::<String>);
    loop {
        let next = token.map(|token| format!("&page_token={token}")).unwrap_or_default();
        let path = format!("corehr/v2/approvers?user_id={user}&page_size=3&approver_status=1{next}");
        let data = line.get(&path).await.json()["data"].clone();
        let rows = data["approver_list"].as_array().expect("rows");
        seen.extend(rows.iter().map(|row| row["process_id"].as_str().expect("an id").to_owned()));
        if data["has_more"] == false {
            assert_eq!(data.get("page_token"), None);
            break;
        }
        token = data["page_token"].as_str().map(str::to_owned);
    }
    assert_eq!(seen, started);
    let window = "page_size=4&modify_time_from=1773280800000&modify_time_to=1773280800000&statuses=1&statuses=9";
    let first = line.get(&format!("corehr/v2/processes?{window}")).await.json()["data"].clone();
    assert_eq!((first["process_ids"].as_array().map(Vec::len), &first["has_more"]), (Some(4), &json!(true)));
    let token = first["page_token"].as_str().expect("a token");
    let last = line.get(&format!("corehr/v2/processes?{window}&page_token={token}")).await.json()["data"].clone();
    assert_eq!((last["process_ids"].as_array().map(Vec::len), &last["has_more"]), (Some(3), &json!(false)));
}

#[tokio::test]
async fn a_decision_over_the_wire_reaches_the_world_and_the_record() {
    let mut stage = Stage::new();
    let key = stage.leave();
    let (na, yang) = (stage.na, stage.yang);
    let (process, task, user) = (stage.process_id(key), stage.task(key, na).id, stage.id(na));
    let added = stage.id(stage.lei);
    let line = Line::plain(stage).await;
    let extra = json!({
        "operator": user, "approver_id": task.to_string(), "extra_type": 1, "approval_type": 1,
        "extra_user_ids": [added], "remark": "请一起看看", "system_user": false,
    });
    let answer = line.put(&format!("corehr/v2/processes/{process}/extra?user_id_type=open_id"), extra).await;
    assert_eq!(answer.json(), json!({"code": 0, "msg": "success", "data": {}}));
    let path = format!("corehr/v2/processes/{process}/approvers/{task}?user_id_type=open_id");
    let body = json!({"status": 3, "user_id": user, "system_approval": false, "reason": "同意"});
    let answer = line.put(&path, body.clone()).await;
    assert_eq!(answer.json(), json!({"code": 0, "msg": "success", "data": {"code": 0, "msg": "success"}}));
    assert_eq!(line.put(&path, body.clone()).await.verdict(), (400, 1_161_001));
    {
        let world = line.world.lock().expect("the world");
        let [first, second] = world.writes() else { panic!("two writes") };
        assert!(matches!(first.action, WriteAction::AddSign { position: AddSignPosition::Parallel, .. }));
        assert_eq!((second.by, second.process), (Some(na), key));
        let decided = WriteAction::Decide { task, approve: true, reason: "同意".into(), fields: vec![] };
        assert_eq!(second.action, decided);
    }
    let detail = line.get(&format!("corehr/v2/processes/{process}")).await.json()["data"].clone();
    let done = &detail["done_list"][0];
    assert_eq!((&done["approver_id"], &done["status"]), (&json!(task.to_string()), &json!(3)));
    assert_eq!((&done["approval_opinion"], &done["type"]), (&json!("同意"), &json!(1)));
    assert_eq!(detail["todos"].as_array().map(Vec::len), Some(2));
    // Every request was remembered, as it was sent.
    let last = line.server.requests().into_iter().rfind(|request| request.method == "PUT").expect("a PUT");
    assert_eq!(last.target, format!("/open-apis/{path}"));
    assert_eq!(serde_json::from_str::<Value>(&last.body).expect("JSON"), body);
    line.world
        .lock()
        .expect("the world")
        .play(key, ExternalAction::Approve { by: yang, opinion: String::new() }, at(9))
        .expect("the step");
}

#[tokio::test]
async fn the_detail_is_spelled_as_the_page_spells_it() {
    let mut stage = Stage::new();
    let (na, lei, admin) = (stage.na, stage.lei, stage.admin);
    let key = stage.leave();
    let comment = ExternalAction::Comment { by: lei, message: "?".into(), mentions: vec![na], files: 2, images: 1 };
    stage.world.play(key, comment, at(5)).expect("the comment");
    let request = {
        let mut request = stage.update(key, na, 3);
        request.system_approval = true;
        request.reason = "系统自动通过".into();
        request
    };
    stage.world.update_task(&request, at(10)).expect("the system's approval");
    let process = stage.process_id(key);
    let people = [stage.wei, lei, na, admin].map(|person| stage.id(person));
    let line = Line::plain(stage).await;
    let detail = line.get(&format!("corehr/v2/processes/{process}")).await.json()["data"].clone();
    let members: Vec<_> = detail.as_object().expect("an object").keys().map(String::as_str).collect();
    let wanted = [
        "process_id",
        "status",
        "flow_template_id",
        "flow_template_name",
        "flow_definition_id",
        "flow_definition_name",
        "initiator_id",
        "initiator_name",
        "create_time",
        "start_links",
        "abstracts",
        "todos",
        "cc_list",
        "done_list",
        "properties",
        "system_todos",
        "system_done_list",
        "comment_infos",
        "process_name",
    ];
    assert_eq!(members, wanted);
    assert_eq!(detail["create_time"], "1773280800000");
    assert_eq!(detail["initiator_id"], people[0]);
    assert!(detail["flow_definition_id"].as_str().is_some_and(|id| id.starts_with("people_")));
    let taken = &detail["system_done_list"][0];
    assert_eq!((taken.get("operator_id"), &taken["operator_name"]["zh_cn"]), (None, &json!("系统")));
    assert_eq!((&taken["status"], &taken["approval_opinion"]), (&json!(3), &json!("系统自动通过")));
    let comment = &detail["comment_infos"][0];
    assert_eq!((&comment["commentor_id"], &comment["at_user_ids"]), (&json!(people[1]), &json!([people[2]])));
    assert_eq!((&comment["file_count"], &comment["comment_time"]), (&json!(2), &json!("1773280805000")));
}

#[tokio::test]
async fn files_have_the_length_that_the_form_states() {
    let mut stage = Stage::new();
    let file = stage.world.add_file("交接 清单.xlsx", 70_001, "application/vnd.ms-excel");
    let FormValue::File(stated) = &file else { panic!("a file") };
    let line = Line::plain(stage).await;
    let url = format!("corehr/v1/files/{}", stated.id);
    let response = line.request(Method::GET, &url).send().await.expect("an answer");
    let disposition = response.headers()["content-disposition"].to_str().expect("ASCII").to_owned();
    assert!(disposition.contains("filename*=UTF-8''%E4%BA%A4%E6%8E%A5%20%E6%B8%85%E5%8D%95.xlsx"), "{disposition}");
    assert_eq!(response.bytes().await.expect("bytes").len(), 70_001);
    assert_eq!(line.get("corehr/v1/files/none").await.verdict(), (400, 1_160_001));
}

#[tokio::test]
async fn the_directory_answers_what_it_was_asked_for() {
    let mut stage = Stage::new();
    let option = stage.world.add_enum_item("reason", "reason_option3", Bilingual::new("个人发展", "Career"));
    assert!(matches!(option, FormValue::Enum { .. }));
    let FormValue::Object { id: job, .. } = stage.world.add_object("job", Bilingual::new("工程师", "Engineer"))
    else {
        panic!("an object")
    };
    let (yang, lei) = (stage.world.person(stage.yang).ids.clone(), stage.id(stage.lei));
    let department = stage.world.person(stage.yang).profile.department;
    let department = stage.world.department(department).ids.open_department_id.clone();
    let line = Line::plain(stage).await;
    let search = "corehr/v2/employees/search?page_size=10&user_id_type=open_id";
    let bare = line.post(search, json!({"key_word": "liuyang@"})).await.json();
    assert_eq!(bare["data"]["items"], json!([{"employment_id": *yang.open_id}]));
    let fields = json!({"key_word": "刘", "employment_status": "hired", "fields": ["email_address", "person_info.preferred_name"]});
    let found = line.post(search, fields).await.json()["data"]["items"][0].clone();
    assert_eq!((&found["email_address"], found.get("department")), (&json!("liuyang@example.com"), None));
    assert_eq!(found["person_info"]["preferred_name"], "刘洋");
    let by_id = json!({"employment_ids": [lei, "ou_0"], "fields": ["employee_number"]});
    let by_id = line.post("corehr/v2/employees/batch_get?user_id_type=open_id", by_id).await.json();
    assert_eq!(by_id["data"]["items"].as_array().map(Vec::len), Some(1));
    let mails = json!({"emails": ["LiuYang@example.com", "nobody@example.com"]});
    let contacts = line.post("contact/v3/users/batch_get_id?user_id_type=open_id", mails).await.json();
    assert_eq!(contacts["data"]["user_list"][0]["user_id"], *yang.open_id);
    assert_eq!(contacts["data"]["user_list"][1], json!({"email": "nobody@example.com"}));
    let users = line.get(&format!("contact/v3/users/batch?user_ids={lei}&user_ids={}", yang.open_id)).await.json();
    assert_eq!(users["data"]["items"][1]["name"], "刘洋");
    let departments = json!({"department_id_list": [*department], "fields": ["department_name"]});
    let departments = line.post("corehr/v2/departments/batch_get", departments).await.json();
    assert_eq!(departments["data"]["items"][0]["department_name"][0], json!({"lang": "zh-CN", "value": "支付研发部"}));
    let enums = line.post("corehr/v2/enums/search", json!({"enum_apiname_lists": ["reason"]})).await.json();
    assert_eq!(enums["data"]["enums"][0]["enum_items"][0]["api_name"], "reason_option3");
    let job = line.get(&format!("corehr/v2/jobs/{job}")).await.json();
    assert_eq!(job["data"]["job"]["name"][1]["value"], "Engineer");
    let convert = "corehr/v1/common_data/id/convert?id_transform_type=2&id_type=user_id&feishu_user_id_type=open_id";
    let converted = line.post(convert, json!({"ids": [*yang.open_id, "ou_0"]})).await.json();
    let wanted = json!([{"id": *yang.open_id, "target_id": *yang.people_corehr_id}]);
    assert_eq!(converted["data"]["items"], wanted);
}

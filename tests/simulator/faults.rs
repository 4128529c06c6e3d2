//! Every fault and quirk on the wire (protocol.md#simulator); `client.rs` tests the client's view of them.

use std::io::ErrorKind;

use reqwest::Method;
use serde_json::{Value, json};
use shenpi::sim::faults::FaultKind;
use shenpi::sim::world::{Bilingual, ExternalAction, FormField, FormValue};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::line::{Heard, Line, hear};
use crate::stage::{NOW, Stage, any, at, people};

/// A server with one open task, and the path and body of its approval.
struct Case {
    line: Line,
    process: String,
    update: String,
    approval: Value,
}

impl Case {
    async fn open() -> Self {
        let mut stage = Stage::new();
        let (na, lei) = (stage.na, stage.lei);
        let form = vec![FormField::new("reason", Bilingual::same("reason"), FormValue::Text("家中有事".into()))];
        let key = stage.start_with(vec![(any(), people(&[na]))], form, |_| {});
        let comment = ExternalAction::Comment { by: lei, message: "好".into(), mentions: vec![], files: 0, images: 0 };
        stage.world.play(key, comment, at(1)).expect("the comment");
        let process = stage.process_id(key);
        let update = format!("corehr/v2/processes/{process}/approvers/{}", stage.task(key, na).id);
        let approval = json!({"status": 3, "user_id": stage.id(na)});
        Self { line: Line::plain(stage).await, process, update, approval }
    }

    async fn approve(&self) -> reqwest::Result<Heard> {
        self.line.try_put(&self.update, self.approval.clone()).await
    }

    async fn detail(&self) -> Heard {
        self.line.get(&format!("corehr/v2/processes/{}", self.process)).await
    }

    async fn form(&self, version: &str) -> Value {
        self.line.get(&format!("corehr/{version}/processes/{}/form_variable_data", self.process)).await.json()
    }
}

#[tokio::test]
async fn refusals_of_the_gateway_do_nothing_and_pass() {
    let case = Case::open().await;
    for (fault, http, code) in [
        ("rate-limit:1:20", 429, 99_991_400),
        ("server-error", 500, 1_160_500),
        ("server-error:1:503", 503, 1_160_500),
        ("invalidate-tokens", 400, 99_991_663),
        ("missing-scope", 400, 99_991_672),
        ("address-refused", 400, 99_991_401),
        ("app-disabled", 400, 99_991_662),
    ] {
        let mut case = Case::open().await;
        case.line.fault(fault);
        let answer = case.approve().await.expect("an answer");
        assert_eq!(answer.verdict(), (http, code), "{fault}");
        assert_eq!(case.line.writes(), 0, "{fault}");
        case.line.token = case.line.new_token().await;
        assert_eq!(case.approve().await.expect("an answer").code(), 0, "{fault}");
    }
    case.line.fault("rate-limit:1:20");
    let limited = case.detail().await;
    assert_eq!((limited.header("x-ogw-ratelimit-reset"), limited.header("x-ogw-ratelimit-limit")), ("20", "100"));
    case.line.fault("missing-scope");
    let denied = case.detail().await.json();
    let violation = json!([{"type": "action_scope_required", "subject": "corehr:process:read"}]);
    assert_eq!(denied["error"]["permission_violations"], violation);
    assert!(denied["msg"].as_str().is_some_and(|msg| msg.ends_with("[corehr:process:read]")));
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_write_took_effect() {
    let case = Case::open().await;
    case.line.fault("cut-before-write");
    assert!(case.approve().await.is_err());
    assert_eq!(case.line.writes(), 0);
    case.line.fault("cut-after-write");
    // A read is not hit by what is said of writes.
    assert_eq!(case.detail().await.code(), 0);
    assert!(case.approve().await.is_err());
    assert_eq!(case.line.writes(), 1);
    assert_eq!(case.approve().await.expect("an answer").code(), 1_161_001);
    case.line.fault("cut@detail");
    let cut = hear(case.line.request(Method::GET, &format!("corehr/v2/processes/{}", case.process))).await;
    assert!(cut.is_err());
    assert_eq!(case.detail().await.code(), 0);
}

#[tokio::test]
async fn a_connection_is_closed_in_order_or_reset() {
    for (fault, writes, reset) in [
        ("cut", 0, false),
        ("reset", 0, true),
        ("cut-after-write", 1, false),
        ("reset-after-write", 1, true),
        ("cut-before-write", 0, false),
        ("reset@writes", 0, true),
    ] {
        let case = Case::open().await;
        case.line.fault(fault);
        let mut stream = TcpStream::connect(case.line.server.addr).await.expect("a connection");
        let body = case.approval.to_string();
        let request = format!(
            "PUT /open-apis/{} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            case.update,
            case.line.token,
            body.len()
        );
        stream.write_all(request.as_bytes()).await.expect("the request leaves");
        let mut heard = Vec::new();
        let end = stream.read_to_end(&mut heard).await.map_err(|error| error.kind());
        assert_eq!(end, if reset { Err(ErrorKind::ConnectionReset) } else { Ok(0) }, "{fault}");
        assert_eq!(case.line.writes(), writes, "{fault}");
    }
}

#[tokio::test]
async fn an_error_or_garbage_after_the_write_leaves_it_done() {
    for fault in ["server-error-after-write:1:502", "html-502-after-write", "cut-json-after-write"] {
        let case = Case::open().await;
        case.line.fault(fault);
        // A read is not hit by what is said of writes.
        assert_eq!(case.detail().await.code(), 0);
        let answer = case.approve().await.expect("an answer");
        match fault {
            "html-502-after-write" => assert!(answer.status.as_u16() == 502 && answer.text.starts_with("<html>")),
            "cut-json-after-write" => {
                assert_eq!(answer.status.as_u16(), 200);
                assert!(serde_json::from_str::<Value>(&answer.text).is_err_and(|error| error.is_eof()));
            }
            _ => assert_eq!(answer.verdict(), (502, 1_160_500)),
        }
        assert_eq!(case.line.writes(), 1, "{fault}");
        assert_eq!(case.approve().await.expect("an answer").code(), 1_161_001, "{fault}");
    }
}

#[tokio::test]
async fn an_answer_breaks_off_in_its_middle() {
    let case = Case::open().await;
    case.line.fault("cut-in-answer:2");
    let response = case.line.request(Method::PUT, &case.update).json(&case.approval).send().await.expect("a head");
    let announced = response.content_length().expect("a length");
    assert_eq!(response.status().as_u16(), 200);
    assert!(announced > 0 && response.bytes().await.is_err());
    assert_eq!(case.line.writes(), 1);
    let read = case.line.request(Method::GET, &format!("corehr/v2/processes/{}", case.process)).send().await;
    assert!(read.expect("a head").bytes().await.is_err());
    assert_eq!(case.detail().await.code(), 0);
}

#[tokio::test]
async fn silence_lasts_and_slowness_does_not_stop_the_write() {
    for (fault, writes) in [("never-answers", 0), ("silent-after-write", 1), ("slow:1:600000", 1)] {
        let case = Case::open().await;
        case.line.fault(fault);
        let request = case.line.request(Method::PUT, &case.update).json(&case.approval);
        let asked = tokio::spawn(hear(request));
        // Used up: the call has arrived. The write, where there is one, follows without a pause.
        while !case.line.server.faults().list().is_empty() || case.line.writes() != writes {
            tokio::task::yield_now().await;
        }
        assert_eq!(case.detail().await.code(), 0, "{fault}");
        assert_eq!(case.line.writes(), writes, "{fault}");
        assert!(!asked.is_finished(), "{fault} answered");
        asked.abort();
    }
    let case = Case::open().await;
    case.line.fault("slow:1:1");
    assert_eq!(case.approve().await.expect("an answer").code(), 0);
}

#[tokio::test]
async fn a_late_write_happens_though_nobody_waits_for_it() {
    for (fault, happens) in [("late-write:1:600000", false), ("late-write:1:20", true)] {
        let case = Case::open().await;
        case.line.fault(fault);
        let request = case.line.request(Method::PUT, &case.update).json(&case.approval);
        let asked = tokio::spawn(hear(request));
        while !case.line.server.faults().list().is_empty() {
            tokio::task::yield_now().await;
        }
        asked.abort();
        if happens {
            while case.line.writes() == 0 {
                tokio::task::yield_now().await;
            }
        }
        let open = case.detail().await.json()["data"]["todos"].as_array().is_some_and(|todos| !todos.is_empty());
        assert_eq!(open, !happens, "{fault}");
    }
}

#[tokio::test]
async fn an_answer_that_is_slow_shows_what_was_when_others_show_what_is() {
    let case = Case::open().await;
    case.line.fault("slow:1:300@detail");
    let early = tokio::spawn(hear(case.line.request(Method::GET, &format!("corehr/v2/processes/{}", case.process))));
    while !case.line.server.faults().list().is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(case.approve().await.expect("an answer").code(), 0);
    let late = case.detail().await.json();
    assert_eq!(late["data"]["todos"], json!([]));
    let early = early.await.expect("no panic").expect("an answer").json();
    assert_eq!(early["data"]["todos"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_stale_read_shows_the_state_before_the_last_write() {
    let case = Case::open().await;
    case.line.fault("stale:3");
    let list = format!(
        "corehr/v2/approvers?page_size=5&approver_status=1&user_id={}",
        case.approval["user_id"].as_str().expect("an id")
    );
    // Nothing was written yet: nothing is stale, and nothing is used up.
    assert_eq!(case.detail().await.json()["data"]["status"], 1);
    assert_eq!(case.approve().await.expect("an answer").code(), 0);
    assert_eq!(case.line.get(&list).await.json()["data"]["approver_list"].as_array().map(Vec::len), Some(1));
    for status in [1, 1, 9] {
        assert_eq!(case.detail().await.json()["data"]["status"], status);
    }
    assert_eq!(case.line.get(&list).await.json()["data"]["approver_list"], json!([]));
    assert_eq!(case.line.writes(), 1);
}

#[tokio::test]
async fn the_platforms_clock_is_ahead_or_behind() {
    for (fault, minutes) in [("clock-off", 5), ("clock-off:*:-90", -90)] {
        let case = Case::open().await;
        case.line.fault(fault);
        let answer = case.approve().await.expect("an answer");
        assert_eq!(answer.code(), 0);
        let at = case.line.world.lock().expect("the world").writes()[0].at;
        assert_eq!(at.0 - NOW.0, minutes * 60_000, "{fault}");
        let (date, log_id) = if minutes > 0 { ("02:05", "202603121005") } else { ("00:30", "202603120830") };
        assert_eq!(answer.header("date"), format!("Thu, 12 Mar 2026 {date}:00 GMT"));
        assert!(answer.header("x-tt-logid").starts_with(log_id));
        case.line.server.faults().clear();
        let done = case.detail().await.json()["data"]["done_list"][0]["complete_time"].clone();
        assert_eq!(done, at.0.to_string());
    }
}

#[tokio::test]
async fn choices_that_the_page_leaves_open_are_made_by_quirks() {
    let mut stage = Stage::new();
    let (na, yang, lei, admin) = (stage.na, stage.yang, stage.lei, stage.admin);
    let either = stage.start(vec![(any(), people(&[na, yang]))]);
    let handed = stage.start(vec![(any(), people(&[na]))]);
    let ids = [na, lei, admin].map(|person| stage.id(person));
    let [either_id, handed_id] = [either, handed].map(|key| stage.process_id(key));
    let [either_task, handed_task] = [either, handed].map(|key| stage.task(key, na).id.to_string());
    let line = Line::plain(stage).await;
    for fault in ["siblings-cancelled", "transfer-keeps-id", "late-revoke:*:60000"] {
        line.fault(fault);
    }
    let detail = async |id: &str| line.get(&format!("corehr/v2/processes/{id}")).await.json()["data"].clone();

    let approve = json!({"status": 3, "user_id": ids[0]});
    assert_eq!(line.put(&format!("corehr/v2/processes/{either_id}/approvers/{either_task}"), approve).await.code(), 0);
    let done = detail(&either_id).await["done_list"].clone();
    let statuses: Vec<_> = done.as_array().expect("a list").iter().map(|done| done["status"].clone()).collect();
    assert!(statuses.contains(&json!(4)), "{statuses:?}");

    let transfer = json!({"operator": ids[0], "to_user_id": ids[1], "approver_ids": [handed_task]});
    assert_eq!(line.put(&format!("corehr/v2/processes/{handed_id}/transfer"), transfer).await.code(), 0);
    let waits = detail(&handed_id).await["todos"][0].clone();
    assert_eq!((&waits["approver_id"], &waits["operator_id"]), (&json!(handed_task), &json!(ids[1])));

    let revoke = json!({"user_id": ids[2], "reason": "重走"});
    assert_eq!(line.put(&format!("corehr/v2/process_revoke/{either_id}"), revoke).await.code(), 0);
    assert_eq!(detail(&either_id).await["status"], 15);
    line.wait(60_000);
    assert_eq!(detail(&either_id).await["status"], 8);
}

#[tokio::test]
async fn answers_that_are_not_the_platforms() {
    let case = Case::open().await;
    case.line.fault("html-502");
    let page = case.detail().await;
    assert_eq!((page.status.as_u16(), page.header("content-type"), page.header("x-tt-logid")), (502, "text/html", ""));
    assert!(page.text.starts_with("<html>"));
    case.line.fault("text-404");
    let text = case.detail().await;
    assert_eq!((text.status.as_u16(), text.text.as_str()), (404, "404 page not found"));
    case.line.fault("cut-json");
    let cut = case.detail().await;
    assert_eq!(cut.status.as_u16(), 200);
    assert!(serde_json::from_str::<Value>(&cut.text).is_err_and(|error| error.is_eof()), "{}", cut.text);
    case.line.fault("huge-body");
    let huge = case.detail().await;
    assert!(huge.text.len() > 50_000_000, "{}", huge.text.len());
    assert_eq!(huge.code(), 0);
    case.line.fault("redirect-loop");
    let moved = case.detail().await;
    let here = format!("/open-apis/corehr/v2/processes/{}", case.process);
    assert_eq!((moved.status.as_u16(), moved.header("location")), (302, here.as_str()));
    assert_eq!(case.detail().await.code(), 0);
}

#[tokio::test]
async fn busy_answers_add_sign_and_transfer_only() {
    let mut stage = Stage::new();
    let key = stage.leave();
    let (na, lei) = (stage.na, stage.lei);
    let (process, task, user, to) = (stage.process_id(key), stage.task(key, na).id, stage.id(na), stage.id(lei));
    let line = Line::plain(stage).await;
    line.fault("busy");
    let transfer = |to: &str| json!({"operator": user, "to_user_id": to, "approver_ids": [task.to_string()]});
    let path = format!("corehr/v2/processes/{process}/transfer");
    assert_eq!(line.get(&format!("corehr/v2/processes/{process}")).await.code(), 0);
    assert_eq!(line.put(&path, transfer(&to)).await.verdict(), (400, 1_161_103));
    assert_eq!(line.writes(), 0);
    // The checks before it answer first, and the world does not stay busy.
    line.fault("busy");
    assert_eq!(line.put(&path, transfer("ou_0")).await.code(), 1_160_117);
    assert_eq!(line.put(&path, transfer(&to)).await.code(), 0);
}

#[tokio::test]
async fn quirks_stay_until_they_are_cleared() {
    let case = Case::open().await;
    let list = format!("corehr/v2/approvers?page_size=5&user_id={}", case.approval["user_id"].as_str().expect("an id"));
    case.line.fault("page-token-on-last");
    for _ in 0..2 {
        let data = case.line.get(&list).await.json()["data"].clone();
        assert_eq!((&data["has_more"], &data["page_token"]), (&json!(false), &json!("2")));
    }
    case.line.fault("success-in-v1");
    assert_eq!(case.form("v1").await["success"], true);
    case.line.fault("inner-failure:1:1161004");
    let inner = case.approve().await.expect("an answer");
    assert_eq!((inner.verdict(), &inner.json()["data"]["code"]), ((200, 0), &json!(1_161_004)));
    assert_eq!(case.line.writes(), 0);
    case.line.fault("no-data");
    let bare = case.approve().await.expect("an answer");
    assert_eq!(bare.json(), json!({"code": 0, "msg": "success"}));
    assert_eq!(case.line.writes(), 1);
    case.line.server.faults().clear();
    assert_eq!(case.line.get(&list).await.json()["data"].get("page_token"), None);
}

#[tokio::test]
async fn pages_lead_nowhere_as_the_fault_says() {
    let case = Case::open().await;
    let user = case.approval["user_id"].as_str().expect("an id");
    let tasks = |token: &str| format!("corehr/v2/approvers?page_size=5&user_id={user}&page_token={token}");
    let changes = "corehr/v2/processes?page_size=5&modify_time_from=0&modify_time_to=1".to_owned();
    for (fault, first, second) in [
        ("page-token-absent", json!(null), json!(null)),
        ("page-token-empty", json!(""), json!("")),
        ("page-token-repeated", json!("again"), json!("again")),
        ("pages-without-end", json!("again1"), json!("again2")),
    ] {
        case.line.fault(fault);
        for (list, wanted) in [(tasks(""), &first), (tasks("again1"), &second), (changes.clone(), &first)] {
            let data = case.line.get(&list).await.json()["data"].clone();
            assert_eq!((&data["has_more"], &data["page_token"]), (&json!(true), wanted), "{fault} {list}");
        }
        case.line.server.faults().clear();
    }
    case.line.fault("row-unreadable");
    let data = case.line.get(&tasks("")).await.json()["data"].clone();
    assert_eq!(data["approver_list"][0].get("approver_id"), None);
}

#[tokio::test]
async fn optional_members_are_absent_null_or_empty_and_what_counts_stays() {
    for (fault, blank) in
        [("absent-fields", None), ("null-fields", Some(json!(null))), ("empty-fields", Some(json!("")))]
    {
        let case = Case::open().await;
        let task = case.detail().await.json()["data"]["todos"][0]["approver_id"].clone();
        case.line.fault(fault);
        let detail = case.detail().await.json()["data"].clone();
        assert_eq!((&detail["process_id"], &detail["status"]), (&json!(case.process), &json!(1)));
        assert_eq!(detail["todos"][0]["approver_id"], task, "{fault}");
        assert_eq!(detail.get("create_time"), blank.as_ref(), "{fault}");
        assert_eq!(detail["todos"][0].get("create_time"), blank.as_ref(), "{fault}");
        assert!(detail["todos"][0]["operator_id"].is_string(), "{fault}");
        let list = match fault {
            "absent-fields" => None,
            "null-fields" => Some(json!(null)),
            _ => Some(json!([])),
        };
        assert_eq!(detail.get("comment_infos"), list.as_ref(), "{fault}");
        let value = case.form("v2").await["data"]["field_variable_values"][0]["variable_value"].clone();
        assert_eq!(value["text_value"], "家中有事", "{fault}");
        assert_eq!(value.get("number_value"), blank.as_ref(), "{fault}");
        assert_eq!(value.get("list_values"), list.as_ref(), "{fault}");
        let v1 = case.form("v1").await["data"]["field_variable_values"][0]["variable_value"].clone();
        assert_eq!(v1, json!({"text_value": {"value": "家中有事"}}), "{fault}");
    }
}

#[tokio::test]
async fn unknown_numbers_and_kinds_appear() {
    let case = Case::open().await;
    case.line.fault("unknown-enums");
    let detail = case.detail().await.json()["data"].clone();
    assert_eq!((&detail["status"], &detail["todos"][0]["type"]), (&json!(101), &json!(101)));
    let form = case.form("v2").await["data"]["field_variable_values"].clone();
    assert!(form[1]["variable_value"]["seal_value"].is_object());
}

#[tokio::test]
async fn faults_can_be_changed_while_the_server_runs() {
    let case = Case::open().await;
    case.line.fault("server-error:*");
    for _ in 0..3 {
        assert_eq!(case.detail().await.status.as_u16(), 500);
    }
    let left = case.line.server.faults().list();
    assert_eq!(left.iter().map(|fault| &fault.kind).collect::<Vec<_>>(), [&FaultKind::ServerError { status: 500 }]);
    case.line.server.faults().clear();
    assert_eq!(case.detail().await.code(), 0);
}

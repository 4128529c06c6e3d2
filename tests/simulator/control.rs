//! The control address: each of its calls, and whom it refuses.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Method;
use reqwest::header::{HOST, ORIGIN};
use serde_json::{Value, json};
use shenpi::sim::http::{EventOptions, RateLimits, ServeOptions, serve};
use shenpi::sim::world::World;

use crate::line::{APP_ID, Heard, Line, SECRET, hear};
use crate::stage::{NOW, Stage, at};

async fn get(line: &Line, path: &str) -> Value {
    hear(line.control(Method::GET, path)).await.expect("an answer").json()
}

async fn post(line: &Line, path: &str, body: impl Into<reqwest::Body>) -> Heard {
    hear(line.control(Method::POST, path).body(body)).await.expect("an answer")
}

async fn play(line: &Line, step: Value) -> Heard {
    post(line, "play", step.to_string()).await
}

/// A server with the case of `na` and `yang`, then `jing`.
struct RenderContext {
    line: Line,
    process: String,
    path: String,
    task: String,
    na: String,
    yang: String,
    jing: String,
    wei: String,
}

impl RenderContext {
    async fn open() -> Self {
        let mut stage = Stage::new();
        let key = stage.leave();
        let (process, task) = (stage.process_id(key), stage.task(key, stage.na).id.to_string());
        let [na, yang, jing, wei] = [stage.na, stage.yang, stage.jing, stage.wei].map(|person| stage.id(person));
        let path = format!("corehr/v2/processes/{process}");
        Self { line: Line::plain(stage).await, process, path, task, na, yang, jing, wei }
    }
}

#[tokio::test]
async fn faults_are_set_listed_and_cleared() {
    let RenderContext { line, path, .. } = RenderContext::open().await;
    assert_eq!(get(&line, "faults").await, json!([]));
    let set = post(&line, "faults", "cut-after-write:2\n\n  slow:*:10@detail \n").await;
    assert_eq!((set.status.as_u16(), set.json()), (200, json!(["cut-after-write:2", "slow:*:10@detail"])));
    let set = post(&line, "faults", r#"["server-error:1:503"]"#).await;
    assert_eq!(set.json(), json!(["cut-after-write:2", "slow:*:10@detail", "server-error:1:503"]));
    assert_eq!(line.get(&path).await.status.as_u16(), 503);
    assert_eq!(get(&line, "faults").await, json!(["cut-after-write:2", "slow:*:10@detail"]));
    let cleared = hear(line.control(Method::DELETE, "faults")).await.expect("an answer");
    assert_eq!(cleared.json(), json!([]));
    assert_eq!(line.get(&path).await.code(), 0);
}

#[tokio::test]
async fn a_wrong_fault_says_what_is_known_and_sets_none_of_its_list() {
    let RenderContext { line, .. } = RenderContext::open().await;
    for body in ["cut\ncut-after-wirte", r#"["cut", "cut-after-wirte"]"#] {
        let refused = post(&line, "faults", body).await;
        assert_eq!(refused.status.as_u16(), 400);
        let refused = refused.json();
        let why = refused["error"].as_str().expect("words");
        assert!(why.starts_with("unknown fault \"cut-after-wirte\", or rather cut-after-write"), "{why}");
        assert!(refused["known"].as_array().is_some_and(|known| known.contains(&json!("cut-after-write"))));
    }
    for body in ["", "cut:0", "cut@nowhere", "[1]", "[\"cut\"", "slow:1:soon"] {
        assert_eq!(post(&line, "faults", body).await.status.as_u16(), 400, "{body}");
    }
    assert_eq!(get(&line, "faults").await, json!([]));
}

#[tokio::test]
async fn the_record_of_writes_names_people_tasks_and_words() {
    let scene = RenderContext::open().await;
    let RenderContext { line, process, path, task, na, jing, wei, .. } = &scene;
    let add = json!({"operator": na, "approver_id": task, "extra_type": 2, "approval_type": 0,
        "extra_user_ids": [wei], "remark": "请复核"});
    assert_eq!(line.put(&format!("{path}/extra"), add).await.code(), 0);
    let approve = json!({"status": 3, "user_id": na, "reason": "同意"});
    assert_eq!(line.put(&format!("{path}/approvers/{task}"), approve.clone()).await.code(), 0);
    // Refused, so no part of the record.
    assert_eq!(line.put(&format!("{path}/approvers/{task}"), approve).await.code(), 1_161_001);
    let row = |action: &str, opinion: &str, people: Value| {
        json!({"at": NOW.0.to_string(), "by": na, "process_id": process, "task_ids": [task], "action": action,
            "opinion": opinion, "people": people})
    };
    let mut added = row("add-sign", "请复核", json!([wei]));
    added["position"] = json!("after");
    added["rule"] = json!("any");
    let mut approved = row("approve", "同意", json!([]));
    approved["fields"] = json!([]);
    assert_eq!(get(line, "writes").await, json!([added, approved]));

    let waits = line.get(path).await.json()["data"]["todos"][0].clone();
    assert_eq!(waits["operator_id"], *wei);
    let hand = json!({"operator": wei, "to_user_id": jing, "approver_ids": [waits["approver_id"]], "remark": "出差"});
    assert_eq!(line.put(&format!("{path}/transfer"), hand).await.code(), 0);
    let end = json!({"user_id": wei, "reason": "不休了"});
    assert_eq!(line.put(&format!("corehr/v2/process_withdraw/{process}"), end).await.code(), 0);
    let record = get(line, "writes").await;
    assert_eq!((&record[2]["action"], &record[2]["people"]), (&json!("transfer"), &json!([jing])));
    assert_eq!((&record[3]["action"], &record[3]["opinion"]), (&json!("withdraw"), &json!("不休了")));
}

#[tokio::test]
async fn requests_come_in_order_with_what_became_of_them_and_without_secrets() {
    let RenderContext { line, path, task, na, .. } = RenderContext::open().await;
    let next = get(&line, "requests").await["next"].clone();
    let detail = line.get(&path).await;
    line.fault("cut-after-write");
    let update = format!("{path}/approvers/{task}");
    assert!(line.try_put(&update, json!({"status": 3, "user_id": na})).await.is_err());
    line.get("corehr/v9").await;
    let page = get(&line, &format!("requests?since={next}")).await;
    let rows = page["requests"].as_array().expect("rows");
    let short: Vec<Value> = rows.iter().map(|row| json!([row["method"], row["path"], row["status"]])).collect();
    assert_eq!(
        short,
        [
            json!(["GET", format!("/open-apis/{path}"), 200]),
            json!(["PUT", format!("/open-apis/{update}"), null]),
            json!(["GET", "/open-apis/corehr/v9", 404]),
        ]
    );
    assert_eq!(rows[0]["log_id"], detail.header("x-tt-logid"));
    let numbers: Vec<u64> = rows.iter().filter_map(|row| row["number"].as_u64()).collect();
    assert_eq!(json!(numbers), json!([1, 2, 3]));
    assert_eq!(page["next"], 4);
    // Calls of the control address are not listed, and neither is the body with the secret.
    let whole = get(&line, "requests?since=0").await;
    assert_eq!(whole["requests"].as_array().map(Vec::len), Some(4));
    assert!(!whole.to_string().contains(SECRET));
    assert_eq!(get(&line, "requests?since=99").await, json!({"requests": [], "next": 99}));
}

#[tokio::test]
async fn other_people_act_when_they_are_told_to() {
    let scene = RenderContext::open().await;
    let RenderContext { line, process, path, na, yang, jing, wei, .. } = &scene;
    let step = |step: &str| json!({"process_id": process, "step": step});
    let comment = play(line, json!({"process_id": process, "step": "comment", "text": "已补材料"})).await;
    assert_eq!(comment.json(), json!({"by": wei}));
    let mut other = step("approve");
    other["except"] = json!(na);
    other["text"] = json!("核对过");
    assert_eq!(play(line, other).await.json(), json!({"by": yang}));
    let detail = line.get(path).await.json()["data"].clone();
    assert_eq!(detail["comment_infos"][0]["comment_msg"], "已补材料");
    let done = detail["done_list"].as_array().expect("a list").iter().find(|done| done["operator_id"] == **yang);
    assert_eq!(done.expect("a record")["approval_opinion"], "核对过");

    let mut nobody = step("approve");
    nobody["except"] = json!(jing);
    assert_eq!(play(line, nobody).await.status.as_u16(), 409);
    let mut closed = step("reject");
    closed["by"] = json!(na);
    assert_eq!(play(line, closed).await.status.as_u16(), 409);
    let mut hand = step("transfer");
    hand["to"] = json!(na);
    assert_eq!(play(line, hand).await.json(), json!({"by": jing}));
    assert_eq!(play(line, step("withdraw")).await.json(), json!({"by": null}));
    assert_eq!(line.get(path).await.json()["data"]["status"], 4);
    assert_eq!(play(line, step("withdraw")).await.status.as_u16(), 409);
    assert_eq!(line.writes(), 0, "nobody's request, so no part of the record");

    let wrong = [json!({"process_id": "1", "step": "approve"}), step("dance"), json!({"step": "approve"}), {
        let mut stranger = step("approve");
        stranger["by"] = json!("ou_0");
        stranger
    }];
    for wrong in wrong {
        assert_eq!(play(line, wrong.clone()).await.status.as_u16(), 400, "{wrong}");
    }
}

#[tokio::test]
async fn rejections_interventions_and_the_system_end_what_is_open() {
    for (step, status) in [("reject", 2), ("system-reject", 2), ("intervene", 1), ("system-approve", 1)] {
        let RenderContext { line, process, path, na, .. } = RenderContext::open().await;
        assert_eq!(play(&line, json!({"process_id": process, "step": step})).await.json(), json!({"by": na}));
        let detail = line.get(&path).await.json()["data"].clone();
        assert_eq!(detail["status"], status, "{step}");
        let waits = detail["todos"].as_array().expect("a list");
        assert!(waits.iter().all(|todo| todo["operator_id"] != na), "{step}");
    }
}

#[tokio::test]
async fn tokens_are_refused_from_then_on() {
    let RenderContext { mut line, path, .. } = RenderContext::open().await;
    assert_eq!(post(&line, "tokens", "").await.status.as_u16(), 200);
    assert_eq!(line.get(&path).await.code(), 99_991_663);
    line.token = line.new_token().await;
    assert_eq!(line.get(&path).await.code(), 0);
}

#[tokio::test]
async fn no_page_of_a_browser_and_no_other_name_drives_it() {
    let RenderContext { line, .. } = RenderContext::open().await;
    for origin in ["http://evil.example", "null", "http://127.0.0.1"] {
        let asked = line.control(Method::POST, "faults").header(ORIGIN, origin).body("cut:*");
        assert_eq!(hear(asked).await.expect("an answer").status.as_u16(), 403, "{origin}");
    }
    for host in ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "10.0.0.7", "user@evil.example"] {
        let asked = line.control(Method::POST, "faults").header(HOST, host).body("cut:*");
        assert_eq!(hear(asked).await.expect("an answer").status.as_u16(), 403, "{host}");
    }
    assert_eq!(get(&line, "faults").await, json!([]));
    for host in ["localhost", "LOCALHOST:8080", "127.0.0.1:9", "[::1]:80"] {
        let asked = line.control(Method::GET, "faults").header(HOST, host);
        assert_eq!(hear(asked).await.expect("an answer").status.as_u16(), 200, "{host}");
    }
}

#[tokio::test]
async fn what_it_does_not_know_it_says_and_where_it_was_not_asked_for_it_is_not() {
    let RenderContext { line, .. } = RenderContext::open().await;
    for (method, path) in [(Method::GET, "nothing"), (Method::GET, "play"), (Method::PUT, "faults")] {
        let heard = hear(line.control(method, path)).await.expect("an answer");
        assert_eq!(heard.status.as_u16(), 404);
        assert!(heard.json()["known"].as_array().is_some_and(|known| known.contains(&json!("POST /control/play"))));
    }
    let options = ServeOptions {
        port: 0,
        seed: 1,
        rate_limits: RateLimits::Off,
        token_life: Duration::from_secs(60),
        faults: vec![],
        clock: Arc::new(|| at(0)),
        app_id: APP_ID.into(),
        app_secret: SECRET.into(),
        events: EventOptions::default(),
    };
    let plain = serve(Arc::new(Mutex::new(World::new(1))), options).await.expect("a server");
    let heard = hear(line.http.get(format!("{}/faults", plain.control_url()))).await.expect("an answer");
    assert_eq!((heard.status.as_u16(), heard.text.as_str()), (404, "404 page not found"));
}

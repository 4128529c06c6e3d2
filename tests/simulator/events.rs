//! The delivery of events: the long connection, its faults, redelivery, webhooks (protocol.md#event-delivery).

use std::collections::HashSet;
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use shenpi::domain::Millis;
use shenpi::sim::http::{EventOptions, RateLimits, Webhook};
use shenpi::sim::world::{ExternalAction, ProcessKey};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_tungstenite::tungstenite::Message;

use crate::line::{APP_ID, Line, SECRET, hear};
use crate::socket::{Frame, Socket, address, bootstrap};
use crate::stage::{Stage, at};

/// A server with one process, whose comments are events.
struct Announced {
    line: Line,
    process: ProcessKey,
    id: String,
}

impl Announced {
    async fn open() -> Self {
        Self::with(EventOptions::default()).await
    }

    async fn with(events: EventOptions) -> Self {
        let mut stage = Stage::new();
        let process = stage.leave();
        let id = stage.process_id(process);
        Self { line: Line::with_events(stage, RateLimits::Off, events).await, process, id }
    }

    /// A comment: two events.
    fn comment(&self) {
        let mut world = self.line.world.lock().expect("the world");
        let by = world.process(self.process).initiator.expect("an initiator");
        let comment = ExternalAction::Comment { by, message: "好".into(), mentions: vec![], files: 0, images: 0 };
        world.play(self.process, comment, self.line.now()).expect("the comment");
        drop(world);
        self.line.server.announcer().announce();
    }

    /// One event that never happened.
    async fn inject(&self, body: Value) {
        let sent = hear(self.line.control(Method::POST, "events").json(&body)).await.expect("an answer");
        assert_eq!(sent.status.as_u16(), 200, "{}", sent.text);
    }

    async fn inject_one(&self) {
        self.inject(json!({"event_type": "corehr.process.updated_v2", "event": {"process_id": self.id}})).await;
    }

    async fn record(&self) -> Value {
        hear(self.line.control(Method::GET, "events")).await.expect("an answer").json()
    }

    /// The record once it is as `done` wants it.
    async fn settled(&self, done: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            let record = self.record().await;
            if done(&record) {
                return record;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let record = self.record().await.to_string();
        panic!("the record stays {}", record.chars().take(2_000).collect::<String>());
    }

    async fn outcome(&self, wanted: &str) -> Value {
        self.settled(|record| {
            record["events"].as_array().is_some_and(|rows| rows.iter().all(|row| row["outcome"] == wanted))
        })
        .await
    }

    fn pass(&self, millis: i64) {
        self.line.wait(millis);
        self.line.server.announcer().announce();
    }
}

fn type_of(event: &Value) -> &str {
    event["header"]["event_type"].as_str().expect("a type")
}

#[tokio::test]
async fn the_bootstrap_gives_out_one_address_for_one_connection() {
    let stage = Announced::open().await;
    let answer = bootstrap(&stage.line, APP_ID, SECRET).await;
    assert_eq!(answer.header("x-tt-logid").len(), 34);
    let data = answer.json()["data"].clone();
    let config = json!({"ReconnectCount": -1, "ReconnectInterval": 2, "ReconnectNonce": 1, "PingInterval": 2});
    assert_eq!(data["ClientConfig"], config);
    let url = data["URL"].as_str().expect("an address");
    let port = stage.line.server.addr.port();
    assert!(url.starts_with(&format!("ws://127.0.0.1:{port}/ws/v2?fpid=493&aid=552564&device_id=7")), "{url}");
    assert!(url.contains("&service_id=33554678&ticket="), "{url}");
    let first = Socket::at(&stage.line, url, &[]).await;
    assert!(first.is_ok());
    let Err((status, headers)) = Socket::at(&stage.line, url, &[]).await else { panic!("the ticket was used") };
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert_eq!((status.as_u16(), header("handshake-status")), (400, "514".to_owned()));
    assert_eq!(header("handshake-autherrcode"), "1000040343");
    assert!(!header("handshake-msg").is_empty());
    // The secrets of an address stay out of the record.
    let requests = hear(stage.line.control(Method::GET, "requests")).await.expect("an answer").text;
    assert!(!requests.contains("ticket") && requests.contains("/ws/v2"), "{requests}");
}

#[tokio::test]
async fn wrong_credentials_get_no_address() {
    let stage = Announced::open().await;
    for (app_id, secret) in [(APP_ID, "wrong"), ("cli_0000000000000000", SECRET), ("", "")] {
        let refused = bootstrap(&stage.line, app_id, secret).await;
        assert_eq!(refused.verdict(), (200, 1_000_040_345));
        assert_eq!(refused.json()["data"], json!({"URL": ""}));
    }
    let url = format!("{}/callback/ws/endpoint", stage.line.server.base_url());
    let garbled = hear(stage.line.http.post(url).body("AppID=1")).await.expect("an answer");
    assert_eq!(garbled.verdict(), (200, 1_000_040_345));
}

#[tokio::test]
async fn no_page_of_a_browser_listens() {
    let stage = Announced::open().await;
    let url = format!("{}/callback/ws/endpoint", stage.line.server.base_url());
    for origin in ["http://evil.example", "null"] {
        let asked = stage.line.http.post(&url).header("origin", origin).json(&json!({}));
        assert_eq!(hear(asked).await.expect("an answer").status.as_u16(), 403);
    }
    let asked = stage.line.http.post(&url).header("host", "evil.example").json(&json!({}));
    assert_eq!(hear(asked).await.expect("an answer").status.as_u16(), 403);
    let refused = Socket::at(&stage.line, &address(&stage.line).await, &[("origin", "http://evil.example")]).await;
    assert_eq!(refused.err().expect("a refusal").0.as_u16(), 403);
    assert_eq!(stage.line.server.connections(), 0);
}

#[tokio::test]
async fn an_app_has_fifty_connections_at_most() {
    let stage = Announced::open().await;
    let mut open = Vec::new();
    for _ in 0..50 {
        open.push(Socket::open(&stage.line).await);
    }
    let online = stage.line.get("event/v1/connection").await.json();
    assert_eq!(online, json!({"code": 0, "msg": "success", "data": {"online_instance_cnt": 50}}));
    let refused = Socket::at(&stage.line, &address(&stage.line).await, &[]).await;
    let (_, headers) = refused.err().expect("a refusal");
    assert_eq!(
        (&headers["handshake-status"], &headers["handshake-autherrcode"]),
        (&"514".parse().expect("a header"), &"1000040350".parse().expect("a header"))
    );
    drop(open.pop());
    stage.settled(|_| stage.line.server.connections() == 49).await;
    assert!(Socket::at(&stage.line, &address(&stage.line).await, &[]).await.is_ok());
    let data = stage.line.get("event/v1/outbound_ip").await.json()["data"].clone();
    assert_eq!(data["ip_list"], json!(["127.0.0.1"]));
}

#[tokio::test]
async fn an_action_is_announced_with_all_its_events() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    let task = stage.line.get(&format!("corehr/v2/processes/{}", stage.id)).await.json()["data"]["todos"][0].clone();
    let approve = json!({"status": 3, "user_id": task["operator_id"]});
    let path = format!("corehr/v2/processes/{}/approvers/{}", stage.id, task["approver_id"].as_str().expect("an id"));
    assert_eq!(stage.line.put(&path, approve).await.code(), 0);
    let frame = socket.frame().await;
    socket.send(&frame.ack(200)).await;
    let first = frame.json();
    // As recorded of the platform: the token is empty, and the trace is the event's id.
    assert_eq!(first["header"]["token"], "");
    assert_eq!(first["header"]["create_time"], at(0).0.to_string());
    assert_eq!(frame.header("trace_id"), first["header"]["event_id"]);
    assert_eq!((frame.header("type"), frame.header("sum"), frame.header("seq")), ("event", "1", "0"));
    assert_eq!((&first["event"]["approver_id"], &first["event"]["status"]), (&task["approver_id"], &json!(3)));
    let mut types = vec![type_of(&first).to_owned()];
    for _ in 0..5 {
        let event = socket.event().await;
        assert_eq!(event["event"]["process_id"], *stage.id);
        types.push(type_of(&event).to_owned());
    }
    let (task, node, process) =
        ("corehr.process.approver.updated_v2", "corehr.process.node.updated_v2", "corehr.process.updated_v2");
    assert_eq!(types, [task, task, node, node, task, process]);
    let record = stage.outcome("acknowledged").await;
    let ids: HashSet<_> =
        record["events"].as_array().expect("rows").iter().map(|row| row["event_id"].to_string()).collect();
    assert_eq!(ids.len(), 6);
    assert_eq!(record["events"][0]["payload"], first);
    assert_eq!((&record["connections"][0]["acks"], &record["connections"][0]["refused"]), (&json!(6), &json!(0)));
}

#[tokio::test]
async fn pings_are_answered_as_the_fault_says() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    socket.ping().await;
    let pong = socket.frame().await;
    assert_eq!((pong.method, pong.header("type"), pong.payload()), (0, "pong", &b""[..]));
    stage.line.fault("client-config:*:8");
    stage.line.fault("no-pong:1");
    stage.line.fault("pong-with-config:1");
    socket.ping().await;
    socket.ping().await;
    let config = json!({"ReconnectCount": -1, "ReconnectInterval": 8, "ReconnectNonce": 2, "PingInterval": 8});
    assert_eq!(socket.frame().await.json(), config);
    // The WebSocket's own pings are answered too, while the application's are not.
    stage.line.fault("no-pong");
    socket.ping().await;
    socket.send_message(Message::Ping(b"alive".as_slice().into())).await;
    assert_eq!(socket.message().await, Some(Message::Pong(b"alive".as_slice().into())));
    assert_eq!(stage.record().await["connections"][0]["pings"], 4);
}

#[tokio::test]
async fn messages_of_no_client_are_counted_and_change_nothing() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.inject_one().await;
    let event = socket.frame().await;
    let mut foreign = event.ack(200);
    foreign.service = 7;
    let mut unknown = event.ack(200);
    unknown.headers.iter_mut().filter(|pair| pair.key == "message_id").for_each(|pair| pair.value = "m".into());
    socket.send(&foreign).await;
    socket.send(&unknown).await;
    socket.send_message(Message::Text("{\"code\":200}".into())).await;
    socket.send_message(Message::Binary(b"\xff\xff".as_slice().into())).await;
    let record = stage.settled(|record| record["connections"][0]["refused"] == 4).await;
    assert_eq!(record["events"][0]["outcome"], "pending");
    socket.send(&event.ack(200)).await;
    socket.send(&event.ack(200)).await;
    let record = stage.settled(|record| record["connections"][0]["acks"] == 2).await;
    assert_eq!(record["events"][0]["outcome"], "acknowledged");
}

#[tokio::test]
async fn an_unacknowledged_event_comes_again_on_schedule() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.inject_one().await;
    let mut frames = vec![socket.frame().await];
    // Once by silence, then by refusals.
    stage.pass(3_001);
    for pause in [15_000, 300_000, 3_600_000, 21_600_000] {
        stage.settled(|record| record["events"][0]["attempts"].as_array().map(Vec::len) == Some(frames.len())).await;
        stage.pass(pause);
        let frame = socket.frame().await;
        socket.send(&frame.ack(500)).await;
        frames.push(frame);
        let refused = frames.len() - 1;
        stage.settled(|record| record["events"][0]["attempts"][refused]["acks"][0]["code"] == 500).await;
    }
    let record = stage.outcome("given up").await;
    let ids: HashSet<&str> = frames.iter().map(|frame| frame.header("message_id")).collect();
    assert_eq!((ids.len(), frames.len()), (5, 5));
    assert!(frames.iter().all(|frame| frame.payload() == frames[0].payload()));
    assert_eq!(record["events"][0]["attempts"].as_array().map(Vec::len), Some(5));
    stage.line.fault("redelivery:*:20");
    stage.inject_one().await;
    let frame = socket.frame().await;
    socket.send(&frame.ack(500)).await;
    stage.settled(|record| record["events"][1]["attempts"][0]["acks"][0]["code"] == 500).await;
    stage.pass(20);
    assert_eq!(socket.frame().await.payload(), frame.payload());
}

#[tokio::test]
async fn without_a_connection_events_wait_for_their_schedule() {
    let stage = Announced::open().await;
    stage.comment();
    let record = stage.settled(|record| record["events"][1]["attempts"][0]["connection"].is_null()).await;
    assert_eq!(record["events"][0]["outcome"], "pending");
    let mut socket = Socket::open(&stage.line).await;
    stage.pass(15_000);
    assert_eq!(type_of(&socket.event().await), "corehr.process_comment_info.updated_v2");
    assert_eq!(type_of(&socket.event().await), "corehr.process.updated_v2");
    stage.outcome("acknowledged").await;
}

#[tokio::test]
async fn connections_share_events_at_random_and_repeat_by_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let stage = Announced::open().await;
        let (mut one, mut other) = (Socket::open(&stage.line).await, Socket::open(&stage.line).await);
        let mut chosen = Vec::new();
        for place in 0..30 {
            stage.inject_one().await;
            let record = stage.settled(|record| record["events"][place]["attempts"][0]["connection"].is_number()).await;
            let connection = record["events"][place]["attempts"][0]["connection"].as_u64().expect("a connection");
            let socket = if connection == 1 { &mut one } else { &mut other };
            let event = socket.event().await;
            chosen.push((connection, event["header"]["event_id"].clone()));
        }
        let first = chosen.iter().filter(|(connection, _)| *connection == 1).count();
        assert!((5..=25).contains(&first), "{first} of 30");
        runs.push(chosen);
    }
    assert_eq!(runs[0], runs[1]);
}

#[tokio::test]
async fn events_are_cut_into_fragments_even_inside_a_character() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.fault("fragment-events:*:10");
    stage.line.fault("shuffle-fragments");
    let text = "审批人已经处理了这一条单据。".repeat(20);
    stage.inject(json!({"event_type": "corehr.process.updated_v2", "event": {"text": text}})).await;
    let first = socket.frame().await;
    let sum: usize = first.header("sum").parse().expect("a number");
    let mut frames = vec![first];
    while frames.len() < sum {
        frames.push(socket.frame().await);
    }
    let seq = |frame: &Frame| frame.header("seq").parse::<usize>().expect("a number");
    assert!(!frames.is_sorted_by_key(seq), "shuffled");
    socket.send(&frames[sum - 1].ack(200)).await;
    frames.sort_by_key(seq);
    assert!(frames.iter().any(|frame| std::str::from_utf8(frame.payload()).is_err()), "cut inside a character");
    assert!(frames.iter().all(|frame| frame.payload().len() <= 10));
    let whole: Vec<u8> = frames.iter().flat_map(|frame| frame.payload().to_vec()).collect();
    let event: Value = serde_json::from_slice(&whole).expect("JSON");
    assert_eq!(event["event"]["text"], text);
    stage.outcome("acknowledged").await;
}

#[tokio::test]
async fn large_events_are_cut_below_what_clients_take() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.inject(json!({"payload": "x".repeat(1_200_000)})).await;
    let mut length = 0;
    for _ in 0..3 {
        let frame = socket.frame().await;
        assert_eq!(frame.header("sum"), "3");
        assert!(frame.payload().len() <= 512 * 1024);
        length += frame.payload().len();
    }
    assert_eq!(length, 1_200_000);
}

#[tokio::test]
async fn an_event_comes_twice_with_one_id() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.fault("duplicate-event");
    stage.inject_one().await;
    let (first, second) = (socket.frame().await, socket.frame().await);
    assert_eq!(first.payload(), second.payload());
    assert_ne!(first.header("message_id"), second.header("message_id"));
    // The repetition is no part of the schedule.
    socket.send(&first.ack(200)).await;
    socket.send(&second.ack(500)).await;
    stage.settled(|record| record["events"][0]["attempts"][1]["acks"][0]["code"] == 500).await;
    stage.outcome("acknowledged").await;
}

#[tokio::test]
async fn an_event_is_overtaken_by_those_after_it() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.fault("overtaken-event:1:500");
    stage.comment();
    assert_eq!(type_of(&socket.event().await), "corehr.process.updated_v2");
    stage.pass(500);
    assert_eq!(type_of(&socket.event().await), "corehr.process_comment_info.updated_v2");
}

#[tokio::test]
async fn a_connection_may_answer_pings_and_bring_nothing() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.fault("no-events:1");
    stage.inject_one().await;
    stage.settled(|record| record["events"][0]["attempts"][0]["connection"] == 1).await;
    socket.ping().await;
    assert_eq!(socket.frame().await.header("type"), "pong");
    stage.pass(3_001);
    stage.settled(|record| record["events"][0]["attempts"].as_array().map(Vec::len) == Some(1)).await;
    stage.pass(15_000);
    assert_eq!(type_of(&socket.event().await), "corehr.process.updated_v2");
}

#[tokio::test]
async fn connections_are_closed_when_their_time_is_over() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.fault("close-after:*:30");
    stage.pass(29_999);
    socket.ping().await;
    assert_eq!(socket.frame().await.header("type"), "pong");
    stage.pass(1);
    assert_eq!(socket.message().await, None);
    let record = stage.settled(|_| stage.line.server.connections() == 0).await;
    assert_eq!(record["connections"][0]["closed"], at(30).0.to_string());
}

#[tokio::test]
async fn handshakes_and_bootstraps_are_refused_as_the_fault_says() {
    let stage = Announced::open().await;
    stage.line.fault("refuse-connection:1:2");
    let _first = Socket::open(&stage.line).await;
    let codes = async || {
        let refused = Socket::at(&stage.line, &address(&stage.line).await, &[]).await;
        let (_, headers) = refused.err().expect("a refusal");
        let text = |name: &str| headers[name].to_str().expect("text").to_owned();
        (text("handshake-status"), text("handshake-autherrcode"))
    };
    assert_eq!(codes().await, ("514".to_owned(), "1000040350".to_owned()));
    let _third = Socket::open(&stage.line).await;
    stage.line.fault("handshake-status");
    assert_eq!(codes().await.0, "403");
    stage.line.fault("endpoint-code:1:1000040350");
    assert_eq!(bootstrap(&stage.line, APP_ID, SECRET).await.verdict(), (200, 1_000_040_350));
    stage.line.fault("endpoint-status:1:400");
    assert_eq!(bootstrap(&stage.line, APP_ID, SECRET).await.status.as_u16(), 400);
    let _fourth = Socket::open(&stage.line).await;
}

#[tokio::test]
async fn members_come_in_their_other_spellings() {
    let options = EventOptions { verification_token: "v-token".to_owned(), ..EventOptions::default() };
    let stage = Announced::with(options).await;
    let mut socket = Socket::open(&stage.line).await;
    for fault in ["event-token:1", "create-time-16:1", "numeric-node-id:1"] {
        stage.line.fault(fault);
    }
    let body = json!({"node_id": "7615102947065544876"});
    stage.inject(json!({"event_type": "corehr.process.approver.updated_v2", "event": body, "times": 2})).await;
    let event = socket.event().await;
    assert_eq!(event["header"]["token"], "v-token");
    assert_eq!(event["header"]["create_time"], format!("{}000", at(0).0));
    assert_eq!(event["event"]["node_id"].to_string(), "7615102947065544876");
    let event = socket.event().await;
    assert_eq!((&event["header"]["token"], &event["event"]), (&json!(""), &body));
}

#[tokio::test]
async fn stray_messages_come_before_an_event() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.fault("stray-frames:1");
    stage.inject_one().await;
    for _ in 0..6 {
        socket.message().await.expect("a stray message");
    }
    socket.event().await;
    stage.outcome("acknowledged").await;
}

#[tokio::test]
async fn a_client_that_never_reads_holds_few_events() {
    let stage = Announced::open().await;
    let _deaf = Socket::open(&stage.line).await;
    stage.inject(json!({"payload": "y".repeat(2_000), "times": 10_000})).await;
    let sent = |record: &Value| {
        let rows = record["events"].as_array().expect("rows");
        rows.iter().filter(|row| row["attempts"].as_array().is_some_and(|tries| !tries.is_empty())).count()
    };
    stage.settled(|record| sent(record) == 256).await;
    let mut reader = Socket::open(&stage.line).await;
    // The other client is free to take what is left.
    for _ in 0..1_000 {
        let frame = reader.frame().await;
        reader.send(&frame.ack(200)).await;
    }
}

#[tokio::test]
async fn ten_thousand_events_at_once_stay_bounded() {
    let stage = Announced::open().await;
    let event = json!({"event_type": "corehr.process.updated_v2", "event": {"process_id": stage.id}, "times": 25_000});
    stage.inject(event).await;
    let first = stage.record().await;
    assert_eq!((&first["events"][0]["number"], &first["next"]), (&json!(5_000), &json!(6_000)));
    let mut socket = Socket::open(&stage.line).await;
    stage.pass(15_000);
    let mut seen = HashSet::new();
    while seen.len() < 10_000 {
        let event = socket.event().await;
        assert!(seen.insert(event["header"]["event_id"].to_string()), "no event comes twice");
    }
}

#[tokio::test]
async fn the_servers_end_closes_its_connections() {
    let stage = Announced::open().await;
    let mut socket = Socket::open(&stage.line).await;
    stage.line.server.shutdown();
    assert_eq!(socket.message().await, None);
}

/// A receiver of webhooks that answers with these statuses in turn.
async fn receiver(statuses: &'static [u16]) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let heard = tokio::spawn(async move {
        let mut heard = Vec::new();
        for status in statuses {
            let (mut stream, _) = listener.accept().await.expect("a connection");
            let mut request = Vec::new();
            let mut piece = [0; 4096];
            let text = loop {
                let count = stream.read(&mut piece).await.expect("a request");
                request.extend_from_slice(&piece[..count]);
                let text = String::from_utf8_lossy(&request).into_owned();
                let length =
                    text.split_once("Content-Length: ").and_then(|(_, rest)| rest.split("\r\n").next()?.parse().ok());
                let body = text.split_once("\r\n\r\n").map(|(_, body)| body.len());
                if count == 0 || body.is_some_and(|body| Some(body) == length) {
                    break text;
                }
            };
            let body = text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.expect("an answer");
            heard.push(text);
        }
        heard
    });
    (url, heard)
}

#[tokio::test]
async fn a_webhook_is_challenged_then_gets_events_until_it_says_200() {
    let (url, heard) = receiver(&[200, 500, 200, 200]).await;
    let webhook = Webhook::new(&url, None).expect("a webhook");
    webhook.verify("v-token", 7).await.expect("the challenge comes back");
    let options =
        EventOptions { webhook: Some(webhook), verification_token: "v-token".to_owned(), ..EventOptions::default() };
    let stage = Announced::with(options).await;
    // The console is set to webhooks: no long connection.
    assert_eq!(bootstrap(&stage.line, APP_ID, SECRET).await.status.as_u16(), 400);
    stage.inject_one().await;
    stage.settled(|record| record["events"][0]["attempts"][0]["acks"][0]["code"] == 500).await;
    stage.pass(15_000);
    stage.outcome("acknowledged").await;
    stage.inject_one().await;
    stage.settled(|record| record["events"][1]["outcome"] == "acknowledged").await;
    let heard = heard.await.expect("the receiver");
    let bodies: Vec<Value> = heard
        .iter()
        .map(|text| serde_json::from_str(text.split_once("\r\n\r\n").expect("a body").1).expect("JSON"))
        .collect();
    assert_eq!((&bodies[0]["type"], &bodies[0]["token"]), (&json!("url_verification"), &json!("v-token")));
    assert_eq!(bodies[1], bodies[2]);
    assert_eq!(bodies[1]["header"]["token"], "v-token");
    assert!(heard.iter().all(|text| text.starts_with("POST /hook HTTP/1.1\r\n") && !text.contains("X-Lark")));
}

#[tokio::test]
async fn a_webhook_with_a_key_is_encrypted_and_signed() {
    let (url, heard) = receiver(&[200]).await;
    let webhook = Webhook::new(&url, Some("a key".to_owned())).expect("a webhook");
    let stage = Announced::with(EventOptions { webhook: Some(webhook.clone()), ..EventOptions::default() }).await;
    stage.inject_one().await;
    stage.outcome("acknowledged").await;
    let heard = heard.await.expect("the receiver").remove(0);
    let body = heard.split_once("\r\n\r\n").expect("a body").1;
    assert!(body.starts_with("{\"encrypt\":\"") && !body.contains(&stage.id), "{body}");
    assert!(heard.contains(&format!("X-Lark-Request-Timestamp: {}\r\n", at(0).0 / 1000)), "{heard}");
    assert!(heard.contains("\r\nX-Lark-Request-Nonce: ") && heard.contains("\r\nX-Lark-Signature: "), "{heard}");
    assert!(webhook.verify("t", 1).await.is_err(), "the receiver is gone");
}

#[tokio::test]
async fn control_refuses_events_that_it_cannot_send() {
    let stage = Announced::open().await;
    for wrong in [
        json!({}),
        json!({"event_type": "a", "payload": "b"}),
        json!({"event_type": "a", "times": 1_000_000}),
        json!({"type": "a"}),
    ] {
        let refused = hear(stage.line.control(Method::POST, "events").json(&wrong)).await.expect("an answer");
        assert_eq!(refused.status.as_u16(), 400, "{wrong}");
    }
    assert_eq!(stage.record().await, json!({"events": [], "next": 0, "connections": []}));
}

#[test]
fn unused_events_of_the_world_are_bounded() {
    let mut stage = Stage::new();
    let process = stage.leave();
    stage.world.keep_events();
    let by = stage.wei;
    for second in 0..60_000 {
        let comment = ExternalAction::Comment { by, message: String::new(), mentions: vec![], files: 0, images: 0 };
        stage.world.play(process, comment, Millis(at(second).0)).expect("the comment");
    }
    let kept = stage.world.take_events();
    assert_eq!((kept.len(), kept.last().map(|event| event.at)), (100_000, Some(at(59_999))));
}

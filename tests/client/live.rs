//! The long connection against a scripted platform: opening, refusals, frames, losing it.

use std::time::Duration;

use shenpi::domain::{LiveEvent, LiveMode, LiveState, LiveTrouble};
use tokio_tungstenite::tungstenite::Message;

use crate::live_server::{
    Listener, LiveServer, SERVICE, TICKET, address_reply, body, event, fragment, frame, online, pong, url,
};
use crate::server::{APP_ID, Reply, SECRET};

const SHORT: Duration = Duration::from_millis(1_500);
/// Pings every second: dead after two.
const BRISK: &str = r#"{"ReconnectCount":-1,"ReconnectInterval":120,"ReconnectNonce":30,"PingInterval":1}"#;

async fn connected() -> (LiveServer, Listener, crate::live_server::Peer) {
    let mut server = LiveServer::start().await;
    let mut listener = Listener::to(&server, LiveMode::Auto);
    let mut peer = server.opened().await;
    assert_eq!(listener.next().await, LiveEvent::Gap);
    peer.greet().await;
    assert_eq!(listener.next().await, LiveEvent::State(LiveState::Live), "not before it is heard from");
    (server, listener, peer)
}

#[tokio::test]
async fn it_asks_who_is_there_then_for_an_address_then_connects() {
    let (server, _listener, _peer) = connected().await;
    assert_eq!(server.paths(), ["/open-apis/event/v1/connection", "/callback/ws/endpoint", "/ws/v2"]);
    let [asked] = server.address_requests().try_into().unwrap();
    assert_eq!((asked.method.as_str(), asked.header("locale")), ("POST", Some("zh")));
    assert_eq!(asked.header("Authorization"), None);
    assert_eq!(asked.json(), serde_json::json!({ "AppID": APP_ID, "AppSecret": SECRET }));
}

#[tokio::test]
async fn an_event_is_acknowledged_before_anything_follows() {
    let (server, mut listener, mut peer) = connected().await;
    peer.send(event("e-1", "7615102938475610284")).await;
    let ack = peer.frame().await;
    assert_eq!(server.paths().len(), 3, "no request before the acknowledgement");
    assert_eq!((ack.seq_id, ack.log_id, ack.service, ack.method), (77, 88, SERVICE, 1));
    let names: Vec<&str> = ack.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["type", "message_id", "sum", "seq", "trace_id", "instance_id", "unknown", "biz_rt"]);
    assert_eq!(ack.header("unknown"), Some("kept"));
    assert_eq!(serde_json::from_str::<serde_json::Value>(&ack.payload).unwrap()["code"], 200);
    assert_eq!(listener.announced().await, ["7615102938475610284"]);
    assert_eq!(server.paths().len(), 3);
}

#[tokio::test]
async fn an_event_sent_five_times_is_acknowledged_each_time_and_told_once() {
    let (_server, mut listener, mut peer) = connected().await;
    for _ in 0..5 {
        peer.send(event("same", "1")).await;
        assert_eq!(peer.frame().await.header("message_id"), Some("same"));
    }
    assert_eq!(listener.announced().await, ["1"]);
    assert!(listener.is_quiet(SHORT).await);
}

#[tokio::test]
async fn a_large_event_in_fragments_is_joined_around_other_messages() {
    let (_server, mut listener, mut peer) = connected().await;
    let whole = body("big", "3", &"假".repeat(1 << 20));
    let parts: Vec<&[u8]> = whole.as_bytes().chunks(whole.len() / 6 + 1).collect();
    assert_eq!((parts.len(), whole.len() > 3_000_000), (6, true));
    for seq in [5, 0, 3, 1, 4] {
        peer.send(fragment("big", 6, seq, parts[seq])).await;
    }
    peer.send(event("small", "2")).await;
    assert_eq!(peer.frame().await.header("message_id"), Some("small"), "nothing is acknowledged before it is whole");
    peer.send(fragment("big", 6, 2, parts[2])).await;
    let ack = peer.frame().await;
    assert_eq!((ack.header("message_id"), ack.header("seq")), (Some("big"), Some("2")));
    assert_eq!(ack.payload, r#"{"code":200}"#);
    let mut told = listener.announced().await;
    if told.len() == 1 {
        told.extend(listener.announced().await);
    }
    told.sort();
    assert_eq!(told, ["2", "3"]);
}

#[tokio::test]
async fn a_flood_is_acknowledged_and_told_as_a_set() {
    let (_server, mut listener, mut peer) = connected().await;
    for number in 0..3_000 {
        peer.send(event(&format!("e-{number}"), &(number % 7).to_string())).await;
        if number % 100 == 99 {
            for _ in 0..100 {
                peer.frame().await;
            }
        }
    }
    let (mut told, mut reports) = (std::collections::BTreeSet::new(), 0);
    while told.len() < 7 {
        told.extend(listener.announced().await);
        reports += 1;
    }
    assert!(reports < 30, "{reports} reports of 3,000 events");
}

#[tokio::test]
async fn strange_messages_leave_the_connection_as_it_is() {
    let (server, mut listener, mut peer) = connected().await;
    peer.send_message(Message::Text("hello".into())).await;
    peer.send(b"\xff\xff\xff".to_vec()).await;
    peer.send(frame(1, &[("type", "event"), ("sum", "1"), ("seq", "0")], b"{}")).await;
    peer.send(frame(1, &[("type", "card"), ("message_id", "c"), ("sum", "1"), ("seq", "0")], b"{}")).await;
    peer.send(frame(9, &[], b"")).await;
    peer.send(fragment("endless", 1001, 0, b"x")).await;
    peer.send(pong(r#"{"ReconnectCount":0,"ReconnectInterval":0,"ReconnectNonce":0,"PingInterval":0}"#)).await;
    assert!(peer.is_quiet(SHORT).await, "nothing is acknowledged, and no ping follows an interval of zero");
    peer.send(event("after", "1")).await;
    assert_eq!(peer.frame().await.header("message_id"), Some("after"));
    assert_eq!(listener.announced().await, ["1"]);
    assert_eq!(server.count("/ws/v2"), 1);
}

#[tokio::test]
async fn an_event_that_nobody_knows_is_acknowledged_with_200() {
    let (_server, mut listener, mut peer) = connected().await;
    for payload in [r#"{"schema":"2.0","header":{"event_id":"x","event_type":"im.message"},"event":{}}"#, "no json", ""]
    {
        peer.send(fragment("m", 1, 0, payload.as_bytes())).await;
        assert_eq!(peer.frame().await.payload, r#"{"code":200}"#);
    }
    assert!(listener.is_quiet(SHORT).await);
}

#[tokio::test]
async fn pings_of_the_socket_are_answered() {
    let (_server, _listener, mut peer) = connected().await;
    peer.send_message(Message::Ping(b"are you there".to_vec().into())).await;
    assert_eq!(peer.message().await, Some(Message::Pong(b"are you there".to_vec().into())));
}

#[tokio::test]
async fn a_pong_sets_the_pace_of_pings() {
    let (_server, _listener, mut peer) = connected().await;
    peer.send(pong(BRISK)).await;
    for _ in 0..2 {
        assert_eq!(peer.frame().await.header("type"), Some("ping"));
        peer.send(pong("")).await;
    }
}

#[tokio::test]
async fn a_closed_connection_costs_one_address_and_no_word() {
    let (mut server, mut listener, peer) = connected().await;
    peer.close().await;
    let mut again = server.opened().await;
    again.greet().await;
    assert_eq!(listener.next().await, LiveEvent::Gap, "the header never changed");
    assert_eq!(server.paths()[3..], ["/callback/ws/endpoint", "/ws/v2"]);
    again.send(event("e", "1")).await;
    assert_eq!(listener.announced().await, ["1"]);
}

#[tokio::test]
async fn an_event_repeated_on_the_next_connection_is_told_once() {
    let (mut server, mut listener, mut peer) = connected().await;
    peer.send(event("e", "1")).await;
    peer.frame().await;
    drop(peer);
    let mut again = server.opened().await;
    again.greet().await;
    again.send(event("e", "1")).await;
    assert_eq!(again.frame().await.header("message_id"), Some("e"));
    assert_eq!(listener.announced().await, ["1"], "what came before the end is told, too");
    assert_eq!(listener.next().await, LiveEvent::Gap);
    assert!(listener.is_quiet(SHORT).await);
}

#[tokio::test]
async fn a_silent_connection_is_left_for_a_new_one() {
    let mut server = LiveServer::start().await;
    server.script.lock().unwrap().config = Some(BRISK.to_owned());
    let mut listener = Listener::to(&server, LiveMode::Auto);
    let _silent = server.opened().await;
    server.script.lock().unwrap().config = None;
    server.opened().await.greet().await;
    let mut events = Vec::new();
    for _ in 0..3 {
        events.push(listener.next().await);
    }
    assert_eq!(events, [LiveEvent::Gap, LiveEvent::Gap, LiveEvent::State(LiveState::Live)]);
}

#[tokio::test]
async fn connections_that_do_not_hold_count_as_polling() {
    let mut server = LiveServer::start().await;
    let config = r#"{"ReconnectCount":-1,"ReconnectInterval":1,"ReconnectNonce":1,"PingInterval":120}"#;
    server.script.lock().unwrap().config = Some(config.to_owned());
    let mut listener = Listener::to(&server, LiveMode::Auto);
    let played = tokio::spawn(async move {
        for _ in 0..3 {
            let mut peer = server.opened().await;
            peer.greet().await;
            peer.close().await;
        }
        let mut peer = server.opened().await;
        peer.greet().await;
        peer.send(event("e", "1")).await;
        (server, peer)
    });
    let mut states = Vec::new();
    loop {
        match listener.next().await {
            LiveEvent::State(state) => states.push(state),
            LiveEvent::Announced(_) => break,
            _ => {}
        }
    }
    assert_eq!((states.first(), states.last()), (Some(&LiveState::Live), Some(&LiveState::Polling)));
    drop(played.await.unwrap());
}

#[tokio::test]
async fn a_message_over_its_size_ends_the_connection() {
    let (mut server, _listener, mut peer) = connected().await;
    peer.send(vec![0; (1 << 20) + 1]).await;
    server.opened().await.greet().await;
}

#[tokio::test]
async fn a_connection_that_delivers_nothing_is_renewed_on_demand() {
    let (mut server, mut listener, peer) = connected().await;
    listener.renew.notify_waiters();
    let mut next = server.opened().await;
    next.greet().await;
    assert_eq!(listener.next().await, LiveEvent::Gap);
    drop(peer);
    assert!(server.stays_unopened(SHORT).await, "never more than one is kept");
}

#[tokio::test]
async fn where_another_program_listens_auto_opens_none() {
    let mut server = LiveServer::start().await;
    server.script.lock().unwrap().online = [online(1)].into();
    let mut listener = Listener::to(&server, LiveMode::Auto);
    assert_eq!(listener.next().await, LiveEvent::State(LiveState::Elsewhere));
    assert!(server.stays_unopened(SHORT).await);
    assert_eq!(server.paths(), ["/open-apis/event/v1/connection"]);
}

#[tokio::test]
async fn on_opens_beside_another_and_says_so() {
    let mut server = LiveServer::start().await;
    server.script.lock().unwrap().online = [online(2)].into();
    let mut listener = Listener::to(&server, LiveMode::On);
    let mut peer = server.opened().await;
    peer.greet().await;
    assert_eq!(listener.next().await, LiveEvent::Gap);
    assert_eq!(listener.next().await, LiveEvent::State(LiveState::Elsewhere));
    peer.send(event("e", "1")).await;
    assert_eq!(listener.announced().await, ["1"]);
}

#[tokio::test]
async fn off_asks_for_nothing() {
    let server = LiveServer::start().await;
    let mut listener = Listener::to(&server, LiveMode::Off);
    assert_eq!(listener.next().await, LiveEvent::State(LiveState::Polling));
    listener.ended().await;
    assert!(server.paths().is_empty());
}

#[tokio::test]
async fn a_count_that_cannot_be_read_is_not_taken_for_none() {
    for answer in [
        Reply::json(400, r#"{"code":99991672,"msg":"Access denied"}"#),
        Reply::json(200, r#"{"code":0,"msg":"","data":{}}"#),
        Reply::json(200, r#"{"code":0,"msg":"","data":{"online_instance_cnt":-1}}"#),
        Reply::json(200, r#"{"code":0,"msg":"","data":{"online_instance_cnt":"some"}}"#),
        Reply::text(404, "text/plain", "404 page not found"),
    ] {
        let mut server = LiveServer::start().await;
        server.script.lock().unwrap().online = [answer.clone()].into();
        let mut listener = Listener::to(&server, LiveMode::Auto);
        assert_eq!(listener.next().await, LiveEvent::State(LiveState::Polling), "{answer:?}");
        assert!(server.stays_unopened(Duration::from_millis(300)).await, "{answer:?}");
    }
}

#[tokio::test]
async fn passing_refusals_are_tried_again() {
    let handshake = |status: &str, code: Option<&str>| {
        let reply = Reply::json(400, "").with("Handshake-Status", status).with("Handshake-Msg", "no");
        code.map_or(reply.clone(), |code| reply.with("Handshake-Autherrcode", code))
    };
    let nowhere = |url: &str| address_reply(url, "{}");
    let no_service = format!("ws://{}/ws/v2?device_id=1", "127.0.0.1:9");
    let addresses = [
        Reply::json(200, r#"{"code":1,"msg":"system busy"}"#),
        Reply::json(200, r#"{"code":1000040343,"msg":"internal error"}"#),
        Reply::json(400, r#"{"code":1,"msg":"not set to long connection"}"#),
        Reply::json(400, r#"{"code":0,"msg":"odd"}"#),
        Reply::json(400, r#"{"code":9999,"msg":"odd"}"#),
        Reply::json(500, "oops"),
        Reply::json(200, r#"{"code":0,"msg":""}"#),
        Reply::json(200, r#"{"code":0,"msg":"","data":{"URL":""}}"#),
        nowhere("no address"),
        nowhere(&no_service),
        nowhere("http://127.0.0.1:9/?service_id=1"),
        nowhere("wss://127.0.0.1:9/?service_id=1"),
        Reply::Cut,
    ];
    let handshakes = [
        handshake("514", None),
        handshake("514", Some("1")),
        handshake("503", None),
        Reply::json(503, ""),
        Reply::json(200, "not WebSocket"),
        Reply::Cut,
    ];
    let of_address = addresses.into_iter().map(|reply| (Some(reply), None));
    let of_handshake = handshakes.into_iter().map(|reply| (None, Some(reply)));
    let tries = of_address.chain(of_handshake).map(|(address, handshake)| async move {
        let mut server = LiveServer::start().await;
        server.script.lock().unwrap().addresses.extend(address.clone());
        server.script.lock().unwrap().handshakes.extend(handshake.clone());
        let mut listener = Listener::to(&server, LiveMode::Auto);
        server.opened().await.greet().await;
        let seen = listener.next().await;
        assert_eq!(seen, LiveEvent::State(LiveState::Polling), "{address:?} {handshake:?}");
    });
    futures_util::future::join_all(tries).await;
}

#[tokio::test]
async fn final_refusals_are_told_and_not_repeated() {
    let address = |code: i64| (Some(Reply::json(200, format!(r#"{{"code":{code},"msg":"no {code}"}}"#))), None);
    let handshake = |reply: Reply| (None, Some(reply));
    let code = |reply: Reply, code: &str| reply.with("Handshake-Autherrcode", code);
    let refused = |status: &str| Reply::json(400, "").with("Handshake-Status", status).with("Handshake-Msg", "no");
    let cases = [
        (address(1_000_040_345), Some(1_000_040_345)),
        (address(1_000_040_351), Some(1_000_040_351)),
        (address(1_000_040_344), Some(1_000_040_344)),
        (address(403), Some(403)),
        (address(514), Some(514)),
        (address(777), Some(777)),
        (handshake(refused("403")), Some(403)),
        (handshake(Reply::json(403, "")), None),
        (address(1_000_040_350), Some(0)),
        (handshake(code(refused("514"), "1000040350")), Some(0)),
    ];
    let tries = cases.into_iter().map(|((address, handshake), told)| async move {
        let mut server = LiveServer::start().await;
        server.script.lock().unwrap().addresses.extend(address);
        server.script.lock().unwrap().handshakes.extend(handshake);
        let mut listener = Listener::to(&server, LiveMode::Auto);
        match listener.next().await {
            LiveEvent::Trouble(LiveTrouble::TooMany) => assert_eq!(told, Some(0)),
            LiveEvent::Trouble(LiveTrouble::Failed(failure)) => assert_eq!(failure.code, told),
            other => panic!("{other:?} for {told:?}"),
        }
        assert_eq!(listener.next().await, LiveEvent::State(LiveState::Polling), "{told:?}");
        assert!(server.stays_unopened(Duration::from_secs(4)).await, "{told:?}");
        assert_eq!(server.count("endpoint"), 1, "{told:?}");
    });
    futures_util::future::join_all(tries).await;
}

#[tokio::test]
async fn three_failures_in_a_row_are_told() {
    let mut server = LiveServer::start().await;
    let refused = Reply::json(400, r#"{"code":1,"msg":"set the mode in the console"}"#);
    server.script.lock().unwrap().addresses = vec![refused; 3].into();
    server.script.lock().unwrap().config = Some(BRISK.to_owned());
    let mut listener = Listener::to(&server, LiveMode::Auto);
    assert_eq!(listener.next().await, LiveEvent::State(LiveState::Polling));
    assert!(matches!(listener.next().await, LiveEvent::Trouble(LiveTrouble::Failed(failure))
        if failure.message.as_str().contains("console")));
    server.opened().await.greet().await;
    assert_eq!(listener.next().await, LiveEvent::Gap);
    assert_eq!(listener.next().await, LiveEvent::State(LiveState::Live));
}

#[tokio::test]
async fn the_end_of_the_program_sends_nothing() {
    let (server, mut listener, mut peer) = connected().await;
    let requests = server.paths().len();
    listener.client.shutdown().cancel();
    listener.ended().await;
    assert_eq!(peer.message().await, None, "no farewell");
    assert_eq!(server.paths().len(), requests);
}

#[tokio::test]
async fn no_report_holds_a_secret_or_a_ticket() {
    let quoting = format!(r#"{{"code":777,"msg":"{SECRET} and {}"}}"#, "more");
    let page = format!("<html>{SECRET} {TICKET}</html>");
    for reply in [Reply::json(200, quoting), Reply::text(200, "text/html", page)] {
        let server = LiveServer::start().await;
        server.script.lock().unwrap().addresses = vec![reply; 4].into();
        let mut listener = Listener::to(&server, LiveMode::Auto);
        for _ in 0..2 {
            let told = format!("{:?}", listener.next().await);
            assert!(!told.contains(SECRET) && !told.contains(TICKET), "{told}");
        }
    }
    let unused = url(std::net::SocketAddr::from(([127, 0, 0, 1], 1)));
    assert!(unused.contains(TICKET));
}

//! The pure parts together: recorded frames, and any bytes.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::client_config::ClientConfig;
use super::connection::{Connection, Death, Tick};
use super::decode::decode;
use super::frame::{Frame, Header};
use super::heard::Heard;
use crate::domain::{Announced, AnnouncementKind, ApproverId, Instant, LiveEvent};

const SERVICE: i32 = 33_554_678;

fn example(name: &str) -> Json {
    let path = format!("{}/tests/fixtures/api/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn recorded(name: &str) -> Vec<u8> {
    let text = example(name)["frame_hex"].as_str().unwrap().to_owned();
    text.as_bytes().chunks(2).map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

fn open() -> (Connection, Heard) {
    (Connection::new(SERVICE, ClientConfig::default(), Instant(0)), Heard::default())
}

fn told(heard: &mut Heard) -> Vec<Announced> {
    match heard.tell() {
        Some(LiveEvent::Announced(all)) => all,
        other => panic!("{other:?}"),
    }
}

/// An event in one frame, with these headers changed or left out.
fn event(payload: &[u8], changes: &[(&str, Option<&str>)]) -> Vec<u8> {
    let mut headers = vec![("type", "event"), ("message_id", "m-1"), ("sum", "1"), ("seq", "0"), ("trace_id", "t-1")];
    for (name, value) in changes {
        headers.retain(|(known, _)| known != name);
        headers.extend(value.map(|value| (*name, value)));
    }
    let header = |(key, value): (&str, &str)| Header { key: key.to_owned(), value: value.to_owned() };
    let headers = headers.into_iter().map(header).collect();
    Frame { service: SERVICE, method: 1, headers, payload: Some(payload.to_vec()), ..Frame::default() }.write()
}

#[test]
fn a_ping_has_the_bytes_of_the_official_client() {
    assert_eq!(hex(&Frame::ping(SERVICE).write()), "0800100018f681801020002a0c0a0474797065120470696e67");
    assert_eq!(Frame::ping(SERVICE).write(), recorded("ws_frame_ping.json"));
}

#[test]
fn recorded_frames_are_written_as_they_were_read() {
    for name in [
        "ws_frame_ack_200.json",
        "ws_frame_ack_fragmented.json",
        "ws_frame_event.json",
        "ws_frame_event_fragment_0.json",
        "ws_frame_pong.json",
    ] {
        assert_eq!(hex(&Frame::read(&recorded(name)).unwrap().write()), hex(&recorded(name)), "{name}");
    }
}

#[test]
fn an_event_is_acknowledged_with_all_that_came() {
    let (mut connection, mut heard) = open();
    let acknowledged = connection.receive(&recorded("ws_frame_event.json"), &mut heard, Instant(1)).unwrap();
    let (ours, theirs) =
        (Frame::read(&acknowledged).unwrap(), Frame::read(&recorded("ws_frame_ack_200.json")).unwrap());
    assert_eq!(ours.payload, theirs.payload);
    assert_eq!(ours.headers[..7], theirs.headers[..7]);
    assert_eq!((ours.headers.len(), ours.header("biz_rt")), (8, Some("0")));
    assert_eq!(Frame { headers: Vec::new(), ..ours }, Frame { headers: Vec::new(), ..theirs });
    let [announced] = told(&mut heard).try_into().unwrap();
    assert_eq!(announced.process.as_str(), "7615102938475610284");
    assert!(announced.has_todo_beyond(|task| task.as_str() != "7615102951360512300"));
}

#[test]
fn fragments_are_acknowledged_once_and_when_whole() {
    for order in [[0, 1], [1, 0]] {
        let (mut connection, mut heard) = open();
        let [first, last] = order.map(|number| recorded(&format!("ws_frame_event_fragment_{number}.json")));
        assert_eq!(connection.receive(&first, &mut heard, Instant(1)), None);
        assert!(connection.receive(&last, &mut heard, Instant(2)).is_some());
        assert_eq!(connection.receive(&last, &mut heard, Instant(3)), None, "a repeated fragment is no message");
        assert_eq!(told(&mut heard).len(), 1);
        assert_eq!(heard.counts.unreadable, 0);
    }
}

#[test]
fn all_six_events_are_read() {
    use AnnouncementKind::{Comment, Copy, Node, Process, ProcessStatus, Task};
    for (name, kind, status, task) in [
        ("event_approver_todo", Task, Some(1), Some("7615102951360512300")),
        ("event_approver_done", Task, Some(3), Some("7615102951360512300")),
        ("event_approver_intervened", Task, Some(18), Some("7614820676800823596")),
        ("event_approver_numeric_node_id", Task, Some(1), Some("7615102951360512300")),
        ("event_node_started", Node, Some(1), None),
        ("event_node_passed", Node, Some(3), None),
        ("event_process_updated", Process, Some(1), None),
        ("event_process_status_update", ProcessStatus, Some(9), None),
        ("event_process_status_revoking", ProcessStatus, Some(15), None),
        ("event_cc_arrived", Copy, Some(5), Some("7615100444043198124")),
        ("event_comment_added", Comment, None, None),
        ("event_comment_numeric_process_id", Comment, None, None),
    ] {
        let example = example(&format!("{name}.json"));
        let decoded = decode(example.to_string().as_bytes());
        assert_eq!(decoded.event_id.as_deref(), example["header"]["event_id"].as_str(), "{name}");
        let read = decoded.announcement.unwrap();
        assert_eq!((read.kind, read.status), (kind, status), "{name}");
        assert_eq!(read.task.as_ref().map(ApproverId::as_str), task, "{name}");
        assert!(example["event"]["process_id"].to_string().contains(read.process.as_str()), "{name}");
        assert_eq!(read.is_todo(), kind == Task && status == Some(1), "{name}");
    }
}

#[test]
fn what_is_no_event_of_ours_is_acknowledged_and_ignored() {
    let legacy = example("event_node_docs_legacy_header.json").to_string();
    let foreign = r#"{"schema":"2.0","header":{"event_id":"e","event_type":"im.message.receive_v1"},"event":{}}"#;
    let hostile = r#"{"header":{"event_type":"corehr.process.updated_v2"},"event":{"process_id":"../../x"}}"#;
    let nothing = r#"{"header":{"event_type":"corehr.process.updated_v2"},"event":{}}"#;
    for payload in [legacy.as_str(), foreign, hostile, nothing, "", "{", "[]", "null", "\u{0}"] {
        let (mut connection, mut heard) = open();
        let acknowledged = connection.receive(&event(payload.as_bytes(), &[]), &mut heard, Instant(1));
        assert!(acknowledged.is_some(), "{payload}");
        assert_eq!((heard.counts.ignored, heard.due()), (1, None), "{payload}");
    }
}

#[test]
fn frames_without_their_members_are_counted_and_not_acknowledged() {
    let payload = example("event_process_updated.json").to_string();
    let mut frames: Vec<Vec<u8>> =
        ["type", "message_id", "sum", "seq"].map(|left_out| event(payload.as_bytes(), &[(left_out, None)])).into();
    for (name, value) in [("type", "card"), ("type", "other"), ("sum", "0"), ("sum", "x"), ("seq", "1"), ("seq", "-1")]
    {
        frames.push(event(payload.as_bytes(), &[(name, Some(value))]));
    }
    frames.push(event(payload.as_bytes(), &[("sum", Some("99999999999999999999"))]));
    frames.push(b"\xff\xff".to_vec());
    frames.push(Frame { method: 7, ..Frame::default() }.write());
    let many = vec![Header { key: "type".to_owned(), value: "event".to_owned() }; 65];
    frames.push(Frame { method: 1, headers: many, ..Frame::default() }.write());
    for frame in frames {
        let (mut connection, mut heard) = open();
        assert_eq!(connection.receive(&frame, &mut heard, Instant(1)), None);
        assert_eq!((heard.counts.unreadable, heard.due()), (1, None));
    }
}

#[test]
fn a_connection_pings_at_once_and_at_its_interval() {
    let (mut connection, mut heard) = open();
    assert!(matches!(connection.tick(Instant(0)), Tick::Send(ping) if ping == Frame::ping(SERVICE).write()));
    assert_eq!(connection.next_tick(), Instant(15_000), "the pong is waited for");
    connection.receive(&recorded("ws_frame_pong.json"), &mut heard, Instant(400));
    assert_eq!(connection.next_tick(), Instant(120_000));
    assert_eq!(connection.tick(Instant(119_999)), Tick::Nothing);
    assert!(matches!(connection.tick(Instant(120_000)), Tick::Send(_)));
    assert_eq!(connection.tick(Instant(135_000)), Tick::Dead(Death::NoPong));
}

#[test]
fn a_pong_sets_the_interval_and_nonsense_does_not() {
    let pong = |payload: &str| {
        let headers = vec![Header { key: "type".to_owned(), value: "pong".to_owned() }];
        Frame { headers, payload: Some(payload.as_bytes().to_vec()), ..Frame::ping(SERVICE) }.write()
    };
    for (payload, next) in [
        (r#"{"PingInterval":3,"ReconnectInterval":5,"ReconnectCount":-1,"ReconnectNonce":1}"#, 3_000),
        (r#"{"PingInterval":0}"#, 120_000),
        (r#"{"PingInterval":-4}"#, 120_000),
        (r#"{"PingInterval":3601}"#, 120_000),
        ("", 120_000),
        ("{", 120_000),
    ] {
        let (mut connection, mut heard) = open();
        connection.tick(Instant(0));
        connection.receive(&pong(payload), &mut heard, Instant(0));
        assert_eq!(connection.next_tick(), Instant(next), "{payload}");
    }
}

#[test]
fn silence_of_two_intervals_is_death_even_with_pongs_waived() {
    let (mut connection, mut heard) = open();
    connection.tick(Instant(0));
    connection.receive(&recorded("ws_frame_pong.json"), &mut heard, Instant(0));
    connection.is_alive(Instant(50_000));
    assert_eq!(connection.tick(Instant(290_000)), Tick::Dead(Death::Silent));
}

const KEYS: &[&str] = &["type", "type", "message_id", "sum", "seq", "x"];
const VALUES: &[&str] = &["event", "event", "card", "pong", "0", "1", "2", "3", "999", "1001", "", "假"];

proptest! {
    #[test]
    fn any_bytes_are_taken_without_harm(
        messages in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..200), 1..20),
    ) {
        let (mut connection, mut heard) = open();
        for message in messages {
            connection.receive(&message, &mut heard, Instant(1));
        }
        prop_assert!(heard.tell().is_none(), "chance names no process");
    }

    #[test]
    fn any_headers_and_payload_are_taken_within_bounds(
        frames in prop::collection::vec(
            (
                prop::collection::vec((prop::sample::select(KEYS), prop::sample::select(VALUES)), 0..8),
                prop::option::of(prop::collection::vec(any::<u8>(), 0..2_000)),
                0_i32..3,
                0_u64..4_000,
            ),
            1..40,
        ),
    ) {
        let (mut connection, mut heard) = open();
        let mut now = 0;
        for (headers, payload, method, pause) in frames {
            now += pause;
            let header = |(key, value): (&str, &str)| Header { key: key.to_owned(), value: value.to_owned() };
            let headers = headers.into_iter().map(header).collect();
            let frame = Frame { method, headers, payload, ..Frame::default() };
            if let Some(acknowledged) = connection.receive(&frame.write(), &mut heard, Instant(now)) {
                prop_assert_eq!(Frame::read(&acknowledged).unwrap().headers.len(), frame.headers.len() + 1);
            }
            prop_assert!(connection.next_tick() <= Instant(now + 240_000));
        }
    }

    #[test]
    fn an_event_cut_anywhere_is_whole_again(
        cuts in prop::collection::vec(1_usize..400, 1..9),
        order in any::<u64>(),
    ) {
        let payload = example("event_approver_todo.json").to_string().into_bytes();
        let mut parts: Vec<Vec<u8>> = Vec::new();
        let mut rest = payload.as_slice();
        for cut in cuts {
            let (part, after) = rest.split_at(cut.min(rest.len()));
            parts.push(part.to_vec());
            rest = after;
        }
        parts.push(rest.to_vec());
        let sum = parts.len().to_string();
        let mut frames: Vec<Vec<u8>> = parts
            .iter()
            .enumerate()
            .map(|(seq, part)| event(part, &[("sum", Some(sum.as_str())), ("seq", Some(seq.to_string().as_str()))]))
            .collect();
        let turns = usize::try_from(order % frames.len() as u64).unwrap();
        frames.rotate_left(turns);
        let (mut connection, mut heard) = open();
        let acknowledged = frames.iter().filter_map(|frame| connection.receive(frame, &mut heard, Instant(1))).count();
        prop_assert_eq!(acknowledged, 1);
        prop_assert_eq!(told(&mut heard).len(), 1);
    }
}

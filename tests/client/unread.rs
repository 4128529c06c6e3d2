//! Examples without a reader: events, the long connection, webhooks, and unused look-ups. They are compared with the
//! protocol page, so that a reader can be built on them.

use serde_json::Value as Json;
use shenpi::domain::{Endpoint, FailureKind, Outcome};

use crate::desk::ask;
use crate::examples::{example, json, manifest};
use crate::server::{APP_ID, Reply, SECRET, Server};

fn digits(value: &Json) -> bool {
    value.as_str().is_some_and(|text| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
}

fn hex(value: &Json, length: usize) -> bool {
    value.as_str().is_some_and(|text| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The members of each event's body: texts, then whole numbers (protocol.md#task-event, protocol.md#node-event,
/// protocol.md#process-events, protocol.md#copy-event, protocol.md#comment-event).
fn members_of(event_type: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match event_type {
        "corehr.process.approver.updated_v2" => (
            &["approver_id", "biz_type", "flow_definition_id", "node_definition_id", "node_id_str"],
            &["type", "status"],
        ),
        "corehr.process.node.updated_v2" => (
            &["flow_definition_id", "node_definition_id", "process_node_id", "biz_type"],
            &["node_type", "node_status"],
        ),
        "corehr.process.updated_v2" | "corehr.process.status.update_v2" => {
            (&["biz_type", "flow_definition_id"], &["status", "properties"])
        }
        "corehr.process.cc.updated_v2" => (&["approver_id", "biz_type"], &["status"]),
        "corehr.process_comment_info.updated_v2" => (&["comment_id"], &["type"]),
        other => panic!("{other} is none of the six"),
    }
}

/// See protocol.md#event-envelope.
#[test]
fn events_have_no_reader_yet_and_carry_envelope_and_body_of_the_page() {
    for (name, event_type, status) in [
        ("event_approver_todo.json", "corehr.process.approver.updated_v2", 1),
        ("event_approver_done.json", "corehr.process.approver.updated_v2", 3),
        ("event_approver_intervened.json", "corehr.process.approver.updated_v2", 18),
        ("event_approver_numeric_node_id.json", "corehr.process.approver.updated_v2", 1),
        ("event_process_updated.json", "corehr.process.updated_v2", 1),
        ("event_process_status_update.json", "corehr.process.status.update_v2", 9),
        ("event_process_status_revoking.json", "corehr.process.status.update_v2", 15),
        ("event_node_started.json", "corehr.process.node.updated_v2", 1),
        ("event_node_passed.json", "corehr.process.node.updated_v2", 3),
        ("event_cc_arrived.json", "corehr.process.cc.updated_v2", 5),
        ("event_comment_added.json", "corehr.process_comment_info.updated_v2", 1),
        ("event_comment_numeric_process_id.json", "corehr.process_comment_info.updated_v2", 1),
    ] {
        let event = json(name);
        assert_eq!(event["schema"], "2.0", "{name}");
        let header = &event["header"];
        assert_eq!(header["event_type"], event_type, "{name}");
        assert!(hex(&header["event_id"], 32), "{name}");
        assert!(digits(&header["create_time"]), "{name}");
        assert_eq!(header["app_id"], APP_ID, "{name}");
        assert!(header["tenant_key"].is_string() && header["token"].is_string(), "{name}");
        let (texts, numbers) = members_of(event_type);
        for member in texts {
            assert!(event["event"][member].as_str().is_some_and(|text| !text.is_empty()), "{name} {member}");
        }
        for member in numbers {
            assert!(event["event"][member].is_i64(), "{name} {member}");
        }
        let shown = numbers.iter().find(|member| member.ends_with("status")).unwrap_or(&"type");
        assert_eq!(event["event"][shown], status, "{name}");
        let process = &event["event"]["process_id"];
        assert!(digits(process) || (process.is_u64() && name.contains("numeric_process_id")), "{name}");
    }
}

#[test]
fn an_events_numeric_ids_lie_where_a_float_would_lose_digits() {
    let node = &json("event_approver_numeric_node_id.json")["event"];
    assert_eq!(node["node_id"].as_u64().map(|id| id.to_string()).as_deref(), node["node_id_str"].as_str());
    assert!(node["node_id"].as_u64() > Some(1 << 53));
    assert!(json("event_comment_numeric_process_id.json")["event"]["process_id"].as_u64() > Some(1 << 53));
}

#[test]
fn an_event_with_the_old_header_has_neither_schema_nor_type() {
    let event = json("event_node_docs_legacy_header.json");
    assert_eq!((&event["schema"], &event["header"]["event_type"]), (&Json::Null, &Json::Null));
    assert!(digits(&event["header"]["event_time"]) && digits(&event["event"]["process_id"]));
}

/// See protocol.md#long-connection.
#[test]
fn the_long_connection_has_no_reader_yet_and_is_asked_for_with_id_and_secret() {
    let request = json("ws_endpoint_request.json");
    assert_eq!((&request["AppID"], &request["AppSecret"]), (&Json::from(APP_ID), &Json::from(SECRET)));
    for name in ["ws_endpoint_response.json", "ws_endpoint_response_simulator.json"] {
        let answer = json(name);
        assert_eq!(answer["code"], 0, "{name}");
        let url = reqwest::Url::parse(answer["data"]["URL"].as_str().unwrap()).unwrap();
        let parameter = |wanted: &str| {
            url.query_pairs()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.into_owned())
                .expect("a parameter")
        };
        assert!(matches!(url.scheme(), "ws" | "wss"), "{name}");
        assert_eq!(parameter("service_id").parse(), Ok(33_554_678_i32), "{name}");
        assert!(parameter("device_id").bytes().all(|byte| byte.is_ascii_digit()), "{name}");
        let config = &answer["data"]["ClientConfig"];
        assert_eq!(config["ReconnectCount"], -1, "signed: for ever");
        for member in ["ReconnectInterval", "ReconnectNonce", "PingInterval"] {
            assert!(config[member].as_i64() > Some(0), "{name} {member}");
        }
    }
    for (name, code) in [
        ("ws_endpoint_error_1000040343.json", 1_000_040_343),
        ("ws_endpoint_error_1000040345.json", 1_000_040_345),
        ("ws_endpoint_error_1000040351.json", 1_000_040_351),
        ("ws_endpoint_error_1_busy.json", 1),
    ] {
        let answer = json(name);
        assert_eq!(answer["code"], code, "{name}");
        assert!(answer["data"]["URL"].as_str().is_none_or(str::is_empty), "{name}");
    }
    let refused = json("ws_handshake_rejected_http.json");
    assert_eq!(refused["headers"]["Handshake-Status"], "514");
    assert_eq!(refused["headers"]["Handshake-Autherrcode"], "1000040350");
}

fn in_hex(text: &str) -> String {
    text.bytes()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|half| char::from_digit(u32::from(half), 16))
        .collect()
}

fn header<'a>(frame: &'a Json, key: &str) -> Option<&'a str> {
    frame["headers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|header| header["key"] == key)
        .and_then(|header| header["value"].as_str())
}

/// See protocol.md#frames.
#[test]
fn frames_of_the_long_connection_have_no_reader_yet_and_write_their_required_fields() {
    for (name, method, kind) in [
        ("ws_frame_ping.json", 0, "ping"),
        ("ws_frame_pong.json", 0, "pong"),
        ("ws_frame_event.json", 1, "event"),
        ("ws_frame_ack_200.json", 1, "event"),
        ("ws_frame_ack_500.json", 1, "event"),
        ("ws_frame_event_fragment_0.json", 1, "event"),
        ("ws_frame_event_fragment_1.json", 1, "event"),
        ("ws_frame_ack_fragmented.json", 1, "event"),
    ] {
        let frame = json(name);
        assert_eq!((&frame["method"], header(&frame, "type")), (&Json::from(method), Some(kind)), "{name}");
        let bytes = frame["frame_hex"].as_str().unwrap();
        assert!(bytes.starts_with("08"), "{name}: SeqID is written even when it is 0");
        // Field 3 with service 33554678, then field 4 with the method.
        assert!(bytes.contains(&format!("18f6818010200{method}")), "{name}");
        for header in frame["headers"].as_array().unwrap() {
            let (key, value) = (header["key"].as_str().unwrap(), header["value"].as_str().unwrap());
            let written = format!("0a{:02x}{}12{:02x}{}", key.len(), in_hex(key), value.len(), in_hex(value));
            assert!(bytes.contains(&written), "{name} {key}");
        }
        if let Some(payload) = frame["payload_utf8"].as_str() {
            assert!(bytes.contains(&in_hex(payload)), "{name}");
        }
        if method == 1 {
            for key in ["message_id", "sum", "seq", "trace_id"] {
                assert!(header(&frame, key).is_some(), "{name} {key}");
            }
        }
    }
    assert_eq!(json("ws_frame_ping.json")["frame_hex"], "0800100018f681801020002a0c0a0474797065120470696e67");
}

#[test]
fn an_acknowledgement_gives_back_what_it_answers_and_fragments_join_to_the_event() {
    let (event, ack) = (json("ws_frame_event.json"), json("ws_frame_ack_200.json"));
    for member in ["SeqID", "LogID", "service", "LogIDNew"] {
        assert_eq!(event[member], ack[member], "{member}");
    }
    assert_eq!((&ack["payload_utf8"], header(&ack, "biz_rt")), (&Json::from(r#"{"code":200}"#), Some("12")));
    assert_eq!(json("ws_frame_ack_500.json")["payload_utf8"], r#"{"code":500}"#);
    let todo = json("event_approver_todo.json");
    let parsed = |text: &str| serde_json::from_str::<Json>(text).unwrap();
    assert_eq!(parsed(event["payload_utf8"].as_str().unwrap()), todo);
    let (first, second) = (json("ws_frame_event_fragment_0.json"), json("ws_frame_event_fragment_1.json"));
    let joined = [&first, &second].map(|part| part["payload_utf8"].as_str().unwrap()).concat();
    assert_eq!(parsed(&joined), todo);
    let ack = json("ws_frame_ack_fragmented.json");
    assert_eq!(
        (&ack["SeqID"], header(&ack, "seq")),
        (&second["SeqID"], Some("1")),
        "built on the part that completed it"
    );
}

/// See protocol.md#webhooks.
#[test]
fn webhooks_have_no_reader_because_a_terminal_has_no_public_address() {
    let (asked, answered) =
        (json("webhook_url_verification_request.json"), json("webhook_url_verification_response.json"));
    assert_eq!(asked["type"], "url_verification");
    assert_eq!(asked["challenge"], answered["challenge"]);
    let webhook = json("webhook_encrypted_event_http.json");
    assert!(hex(&webhook["headers"]["X-Lark-Signature"], 64));
    assert!(digits(&webhook["headers"]["X-Lark-Request-Timestamp"]));
    let body: Json = serde_json::from_str(webhook["body"].as_str().unwrap()).unwrap();
    assert_eq!(body.as_object().unwrap().keys().collect::<Vec<_>>(), ["encrypt"]);
    let plain: Json = serde_json::from_str(webhook["plaintext"].as_str().unwrap()).unwrap();
    assert_eq!(plain, json("event_approver_todo.json"));
}

#[test]
fn look_ups_that_the_program_does_not_make_have_the_shapes_of_the_page() {
    let user = &json("contact_user_get_response.json")["data"]["user"];
    let users = &json("contact_users_batch_response.json")["data"]["items"];
    assert_eq!((&user["open_id"], &user["name"]), (&users[0]["open_id"], &users[0]["name"]));
    assert!(user["join_time"].is_i64(), "seconds as a number here (protocol.md#times)");
    let department = &json("contact_departments_batch_response.json")["data"]["items"][0];
    assert_eq!(department["i18n_name"]["en_us"], "Platform R&D");
    let field = &json("corehr_custom_field_get_by_param_response.json")["data"]["data"];
    let option = &field["common_schema_config"]["enum_field_setting"]["enum_field_option_list"][0];
    assert_eq!(option["api_name"], "reason_for_offboarding_option3");
    // A form of version 2 names no option set to ask for; version 1 brings the labels (protocol.md#option-sets).
    let sets = &json("corehr_enums_search_response.json")["data"]["enums"];
    assert_eq!(sets[0]["enum_items"][0]["api_name"], option["api_name"]);
    assert_eq!(json("corehr_enums_search_request.json")["enum_apiname_lists"][0], "reason_for_offboarding");
    let (asked, converted) = (json("corehr_id_convert_request.json"), json("corehr_id_convert_response.json"));
    assert_eq!(asked["ids"][0], converted["data"]["items"][0]["id"]);
    let asked = json("directory_employees_search_request.json");
    assert!(asked["page_request"]["page_size"].is_i64(), "required (protocol.md#directory-search)");
    let found = &json("directory_employees_search_response.json")["data"]["employees"][0]["base_info"];
    assert_eq!(found["employee_id"], "ou_3e4f5a6b7c8d49e0a1b2c3d4e5f60718");
    assert!(json("corehr_file_upload_response.json")["data"]["id"].is_string(), "nothing is uploaded");
}

#[tokio::test]
async fn a_code_of_a_look_up_that_the_program_does_not_make_is_read_like_any_other() {
    let name = "contact_user_get_error_41050.json";
    let (.., status) = manifest().into_iter().find(|(file, ..)| file == name).unwrap();
    let server = Server::always(Reply::json(status.unwrap(), example(name))).await;
    let failure = ask(&server.client(), Endpoint::EmployeesById).await.unwrap_err();
    assert_eq!((failure.kind, failure.outcome, failure.code), (FailureKind::Business, Outcome::Refused, Some(41_050)));
}

//! The long connection: the bootstrap that gives out its address, the handshake, and one open connection
//! (protocol.md#long-connection).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::extract::{Extension, Query, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::sim::faults::FaultKind;

use super::answer::json_response;
use super::connection::ConnectionHandle;
use super::event_hub::{EventHub, Seat};
use super::frame::{FromClient, WireFrame, read};
use super::server::Server;

/// Largest message that is taken from a client: an acknowledgement or a ping is far below.
const LARGEST_MESSAGE: usize = 64 * 1024;
const INVALID_CREDENTIALS: i64 = 1_000_040_345;
const TOO_MANY_CONNECTIONS: i64 = 1_000_040_350;
const INTERNAL_ERROR: i64 = 1_000_040_343;

/// Time for a goodbye.
const CLOSING: Duration = Duration::from_millis(100);

/// Paths of the bootstrap and of the connections.
pub(super) const ENDPOINT: &str = "/callback/ws/endpoint";
pub(super) const SOCKET: &str = "/ws/v2";

#[derive(Deserialize)]
struct Credentials {
    #[serde(default, rename = "AppID")]
    app_id: String,
    #[serde(default, rename = "AppSecret")]
    app_secret: String,
}

/// Gives out the address of one connection.
pub(super) async fn endpoint(State(server): State<Arc<Server>>, request: Request) -> Response {
    let (body, log_id, number) = server.receive(request, server.now()).await;
    let (status, answer) = bootstrap(&server, &body);
    server.gateway().answered(number, status.as_u16());
    json_response(status, answer.to_string(), &log_id)
}

fn bootstrap(server: &Server, body: &Bytes) -> (StatusCode, Value) {
    let refused = |code: i64, msg: &str| (StatusCode::OK, json!({"code": code, "msg": msg, "data": {"URL": ""}}));
    match server
        .faults
        .take_outside(|kind| matches!(kind, FaultKind::EndpointCode { .. } | FaultKind::EndpointStatus { .. }))
    {
        Some(FaultKind::EndpointCode { code }) => return refused(code, "simulated refusal"),
        Some(FaultKind::EndpointStatus { status }) => {
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return (status, json!({"code": 1, "msg": "simulated refusal"}));
        }
        _ => {}
    }
    let given = serde_json::from_slice::<Credentials>(body);
    if !given.is_ok_and(|given| server.gateway().knows(&given.app_id, &given.app_secret)) {
        return refused(INVALID_CREDENTIALS, "app_id or app_secret is invalid");
    }
    if server.hub.has_webhook() {
        // The developer console is set to the other way.
        return (StatusCode::BAD_REQUEST, json!({"code": 1, "msg": "the app receives events by webhook"}));
    }
    let url = format!("ws://{}{SOCKET}?{}", server.addr, server.hub.new_address());
    (StatusCode::OK, json!({"code": 0, "msg": "", "data": {"URL": url, "ClientConfig": server.hub.client_config()}}))
}

#[derive(Deserialize)]
pub(super) struct SocketQuery {
    #[serde(default)]
    ticket: String,
}

/// Opens a connection.
pub(super) async fn upgrade(
    State(server): State<Arc<Server>>,
    Extension(line): Extension<ConnectionHandle>,
    Query(SocketQuery { ticket }): Query<SocketQuery>,
    upgrade: WebSocketUpgrade,
) -> Response {
    // Without the query, which holds the secrets of the connection.
    let (_, number) = server.gateway().remember("GET".to_owned(), SOCKET.to_owned(), b"", server.now());
    let response = match seat(&server, &ticket, &line) {
        Err(refused) => refused.response(),
        Ok(seat) => {
            let hub = Arc::clone(&server.hub);
            let guard = Disconnect { hub: Arc::clone(&hub), number: seat.number };
            upgrade
                .max_message_size(LARGEST_MESSAGE)
                .max_frame_size(LARGEST_MESSAGE)
                // Without the handshake's end the closure is dropped, and the guard with it.
                .on_upgrade(move |socket| async move {
                    let _guard = guard;
                    converse(socket, &hub, seat).await;
                })
        }
    };
    server.gateway().answered(number, response.status().as_u16());
    response
}

/// Frees the place of a connection when its task ends in any way.
struct Disconnect {
    hub: Arc<EventHub>,
    number: u64,
}

impl Drop for Disconnect {
    fn drop(&mut self) {
        self.hub.disconnected(self.number);
    }
}

/// Checks the ticket, the faults and the number of connections.
fn seat(server: &Server, ticket: &str, line: &ConnectionHandle) -> Result<Seat, Refused> {
    let Some((device_id, nth)) = server.hub.redeem(ticket) else {
        return Err(Refused(514, "the ticket is unknown or was used", INTERNAL_ERROR));
    };
    let fault = server.faults.take_outside(|kind| match kind {
        FaultKind::RefuseConnection { number } => *number == 0 || *number == nth,
        FaultKind::HandshakeStatus { .. } => true,
        _ => false,
    });
    match fault {
        Some(FaultKind::HandshakeStatus { status }) => {
            return Err(Refused(status, "simulated refusal", INTERNAL_ERROR));
        }
        Some(_) => return Err(too_many()),
        None => {}
    }
    server.hub.connect(device_id, line.token()).ok_or_else(too_many)
}

/// A handshake that opens nothing: status, words and code.
struct Refused(u16, &'static str, i64);

const fn too_many() -> Refused {
    Refused(514, "connections exceed limit", TOO_MANY_CONNECTIONS)
}

impl Refused {
    /// Always with all three headers, as the Python SDK needs them.
    fn response(self) -> Response {
        let Self(status, words, code) = self;
        let mut response = StatusCode::BAD_REQUEST.into_response();
        let headers = response.headers_mut();
        headers.insert("handshake-status", status.into());
        headers.insert("handshake-msg", HeaderValue::from_static(words));
        headers.insert("handshake-autherrcode", code.into());
        response
    }
}

/// Until one of the two ends it.
async fn converse(mut socket: WebSocket, hub: &EventHub, seat: Seat) {
    let Seat { number, mut messages, cut } = seat;
    loop {
        let message = tokio::select! {
            () = cut.cancelled() => {
                let away = CloseFrame { code: close_code::AWAY, reason: "".into() };
                // The client may be gone, and one that never reads must not hold the place.
                let _ = tokio::time::timeout(CLOSING, socket.send(Message::Close(Some(away)))).await;
                return;
            }
            Some(messages) = messages.recv() => {
                if !send(&mut socket, messages, &cut).await {
                    return;
                }
                continue;
            }
            message = socket.recv() => message,
        };
        let Some(Ok(message)) = message else { return };
        let Message::Binary(bytes) = message else {
            // Pings of the WebSocket are answered below this; a text is no message of a client.
            if matches!(message, Message::Text(_)) {
                hub.refused(number);
            }
            continue;
        };
        match read(&bytes) {
            Some(FromClient::Ack { message_id, code }) => hub.acknowledged(number, &message_id, code),
            Some(FromClient::Ping(ping)) => {
                if let Some(payload) = hub.pinged(number) {
                    let answer = Message::Binary(WireFrame::pong(&ping, payload.into()).bytes());
                    if !send(&mut socket, vec![answer], &cut).await {
                        return;
                    }
                }
            }
            None => hub.refused(number),
        }
    }
}

/// Returns whether all messages left before the connection ended.
async fn send(socket: &mut WebSocket, messages: Vec<Message>, cut: &CancellationToken) -> bool {
    for message in messages {
        let left = tokio::select! {
            () = cut.cancelled() => false,
            sent = socket.send(message) => sent.is_ok(),
        };
        if !left {
            return false;
        }
    }
    true
}

//! A client of the tests' own for the long connection (protocol.md#frames).

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use prost::Message as _;
use reqwest::header::{CONNECTION, HeaderMap, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION, UPGRADE};
use reqwest::{StatusCode, Upgraded};
use serde_json::{Value, json};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::line::{APP_ID, Heard, Line, SECRET, hear};

/// Ends a test that waits for something which does not come.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, PartialEq, prost::Message)]
pub struct Pair {
    #[prost(string, required, tag = "1")]
    pub key: String,
    #[prost(string, required, tag = "2")]
    pub value: String,
}

#[derive(Clone, PartialEq, prost::Message)]
pub struct Frame {
    #[prost(uint64, required, tag = "1")]
    pub seq_id: u64,
    #[prost(uint64, required, tag = "2")]
    pub log_id: u64,
    #[prost(int32, required, tag = "3")]
    pub service: i32,
    #[prost(int32, required, tag = "4")]
    pub method: i32,
    #[prost(message, repeated, tag = "5")]
    pub headers: Vec<Pair>,
    #[prost(bytes = "vec", optional, tag = "8")]
    pub payload: Option<Vec<u8>>,
}

impl Frame {
    pub fn header(&self, key: &str) -> &str {
        self.headers.iter().find(|pair| pair.key == key).map(|pair| pair.value.as_str()).unwrap_or_default()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(self.payload()).expect("a payload of JSON")
    }

    /// Its acknowledgement.
    pub fn ack(&self, code: i64) -> Self {
        let mut frame = self.clone();
        frame.headers.push(Pair { key: "biz_rt".into(), value: "1".into() });
        frame.payload = Some(json!({"code": code}).to_string().into_bytes());
        frame
    }
}

/// Asks for the address of a connection.
pub async fn bootstrap(line: &Line, app_id: &str, secret: &str) -> Heard {
    let url = format!("{}/callback/ws/endpoint", line.server.base_url());
    let body = json!({"AppID": app_id, "AppSecret": secret});
    hear(line.http.post(url).header("locale", "zh").json(&body)).await.expect("an answer")
}

/// The address of a new connection.
pub async fn address(line: &Line) -> String {
    let answer = bootstrap(line, APP_ID, SECRET).await.json();
    assert_eq!(answer["code"], 0, "{answer}");
    answer["data"]["URL"].as_str().expect("an address").to_owned()
}

/// An open connection.
pub struct Socket {
    stream: WebSocketStream<Upgraded>,
}

impl Socket {
    pub async fn open(line: &Line) -> Self {
        Self::at(line, &address(line).await, &[]).await.expect("a connection")
    }

    /// Opens the connection of this address.
    ///
    /// # Errors
    /// Status and headers of a refusal.
    pub async fn at(
        line: &Line,
        address: &str,
        headers: &[(&'static str, &'static str)],
    ) -> Result<Self, (StatusCode, HeaderMap)> {
        let url = address.replacen("ws://", "http://", 1);
        let mut request = line
            .http
            .get(url)
            .header(CONNECTION, "Upgrade")
            .header(UPGRADE, "websocket")
            .header(SEC_WEBSOCKET_VERSION, "13")
            .header(SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ==");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.expect("an answer");
        if answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            return Err((answer.status(), answer.headers().clone()));
        }
        let upgraded = answer.upgrade().await.expect("the upgrade");
        Ok(Self { stream: WebSocketStream::from_raw_socket(upgraded, Role::Client, None).await })
    }

    pub async fn send(&mut self, frame: &Frame) {
        self.send_message(Message::Binary(frame.encode_to_vec().into())).await;
    }

    pub async fn send_message(&mut self, message: Message) {
        self.stream.send(message).await.expect("a message that leaves");
    }

    pub async fn ping(&mut self) {
        let headers = vec![Pair { key: "type".into(), value: "ping".into() }];
        let frame = Frame { seq_id: 0, log_id: 0, service: 33_554_678, method: 0, headers, payload: None };
        self.send(&frame).await;
    }

    /// The next message of any kind; `None` at the end.
    pub async fn message(&mut self) -> Option<Message> {
        let next = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("a message in time");
        next.and_then(Result::ok).filter(|message| !matches!(message, Message::Close(_)))
    }

    pub async fn frame(&mut self) -> Frame {
        match self.message().await {
            Some(Message::Binary(bytes)) => Frame::decode(bytes).expect("a frame"),
            other => panic!("no frame but {other:?}"),
        }
    }

    /// The next event, acknowledged with 200.
    pub async fn event(&mut self) -> Value {
        let frame = self.frame().await;
        self.send(&frame.ack(200)).await;
        frame.json()
    }
}

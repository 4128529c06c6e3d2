//! The address of a connection, and every way in which the platform refuses one (protocol.md#long-connection).

use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};
use secrecy::ExposeSecret as _;
use serde_json::{Value as Json, json};

use super::client_config::ClientConfig;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome};
use crate::feishu::error::{self, ResponseHead};
use crate::feishu::transport::{JSON, Transport};
use crate::feishu::wire::Node;

/// The app has as many connections as the platform allows.
const TOO_MANY: i64 = 1_000_040_350;

/// Where to connect, and as what.
#[derive(Clone, Debug)]
pub(super) struct Address {
    /// Single use. Its query holds a ticket and must not be logged.
    pub url: Url,
    /// Copied into every frame.
    pub service: i32,
    pub config: ClientConfig,
}

/// Reaction to a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Passing: the usual pauses, and a word after some tries.
    Passing(Failure),
    TooMany,
    /// Until the configuration of the app changes.
    Final(Failure),
    /// A code that is not documented.
    Unknown(Failure),
}

impl Refusal {
    fn of(failure: Failure) -> Self {
        match failure.code {
            Some(1 | 1_000_040_343) => Self::Passing(failure),
            Some(TOO_MANY) => Self::TooMany,
            Some(403 | 514 | 1_000_040_344 | 1_000_040_345 | 1_000_040_351) => Self::Final(failure),
            Some(_) if is_ok(failure.http) => Self::Unknown(failure),
            _ => Self::Passing(failure),
        }
    }
}

fn is_ok(http: Option<u16>) -> bool {
    http.is_some_and(|http| (200..300).contains(&http))
}

/// Asks for the address of one connection.
pub(super) async fn ask(line: &Transport) -> Result<Address, Refusal> {
    let settings = &line.settings;
    let url = format!("{}/callback/ws/endpoint", settings.base_url.trim_end_matches('/'));
    let body = json!({ "AppID": settings.app_id, "AppSecret": settings.app_secret.expose_secret() });
    let request = line.reader.post(url).header(reqwest::header::CONTENT_TYPE, JSON).header("locale", "zh");
    let endpoint = Endpoint::LongConnection;
    let passing = |failure| Refusal::Passing(failure);
    let response =
        request.body(body.to_string()).send().await.map_err(|error| passing(error::transport(endpoint, error)))?;
    let answered = line.receive(endpoint, response, None).await.map_err(passing)?;
    let body = error::check(endpoint, &answered).map_err(Refusal::of)?;
    if !answered.status.is_success() {
        return Err(Refusal::Passing(error::foreign(endpoint, &answered)));
    }
    read(&body, settings.is_loopback()).ok_or_else(|| Refusal::Passing(error::foreign(endpoint, &answered)))
}

/// Reads the address. `None`: there is none, or not one to trust with an app's events.
fn read(body: &Json, on_loopback: bool) -> Option<Address> {
    let data = Node(body).get("data");
    let mut url = Url::parse(&data.get("URL").raw()).ok()?;
    let scheme = match url.scheme() {
        "wss" => "https",
        "ws" if on_loopback => "http",
        _ => return None,
    };
    url.set_scheme(scheme).ok()?;
    let service = url.query_pairs().find(|(name, _)| name == "service_id")?.1.parse().ok()?;
    Some(Address { url, service, config: ClientConfig::default().updated(data.get("ClientConfig")) })
}

/// Reads the answer to a handshake that is not an upgrade. Only its headers count.
pub(super) fn refused(status: StatusCode, headers: &HeaderMap, line: &Transport) -> Refusal {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let number = |name: &str| text(name).trim().parse::<i64>().ok();
    let head = ResponseHead {
        status,
        headers: headers.clone(),
        body: Vec::new(),
        secrets: vec![line.settings.app_secret.clone()],
    };
    let failure = Failure {
        endpoint: Endpoint::LongConnection,
        kind: FailureKind::Server,
        outcome: Outcome::Refused,
        code: number("Handshake-Status"),
        http: Some(status.as_u16()),
        log_id: head.log_id(None),
        message: head.clean(text("Handshake-Msg")),
    };
    match (failure.code, number("Handshake-Autherrcode")) {
        (_, Some(TOO_MANY)) => Refusal::TooMany,
        (Some(403), _) => Refusal::Final(failure),
        (None | Some(0), _) if status == StatusCode::FORBIDDEN => Refusal::Final(failure),
        _ => Refusal::Passing(failure),
    }
}

/// The failure of a connection that did not open for another reason.
pub(super) fn not_opened(words: &str) -> Failure {
    Failure {
        endpoint: Endpoint::LongConnection,
        kind: FailureKind::Cut,
        outcome: Outcome::MayHaveHappened,
        code: None,
        http: None,
        log_id: None,
        message: CleanText::new(words),
    }
}

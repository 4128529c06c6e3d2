//! The record of delivered events at the control address, and events that never happened.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::server::Server;

/// Events in one answer.
const PAGE: usize = 1_000;
/// Events of one call at most.
const MOST: u32 = 100_000;

#[derive(Deserialize)]
pub(super) struct EventsQuery {
    #[serde(default)]
    since: u64,
}

pub(super) async fn events(
    State(server): State<Arc<Server>>,
    Query(EventsQuery { since }): Query<EventsQuery>,
) -> Json<Value> {
    Json(server.hub.record(since, PAGE))
}

/// An event of this type and body, or a payload that is sent as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Injection {
    #[serde(default)]
    event_type: String,
    #[serde(default)]
    event: Value,
    payload: Option<String>,
    #[serde(default = "once")]
    times: u32,
}

const fn once() -> u32 {
    1
}

pub(super) async fn inject(
    State(server): State<Arc<Server>>,
    body: Bytes,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let wrong = |why: String| (StatusCode::BAD_REQUEST, Json(json!({"error": why})));
    let injection: Injection = serde_json::from_slice(&body).map_err(|error| wrong(error.to_string()))?;
    if injection.payload.is_none() == injection.event_type.is_empty() {
        return Err(wrong("either \"event_type\" with \"event\", or \"payload\"".to_owned()));
    }
    if injection.times > MOST {
        return Err(wrong(format!("at most {MOST} times")));
    }
    for _ in 0..injection.times {
        server.hub.inject(&injection.event_type, &injection.event, injection.payload.clone());
    }
    Ok(Json(json!({})))
}

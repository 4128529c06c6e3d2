//! The control address for tests and observers: faults, the record of writes, and actions of other people. Beside the
//! platform's endpoints on the same loopback port, if requested.
//!
//! | call | does |
//! |---|---|
//! | `GET /control/faults` | the faults in force, written as they are read |
//! | `POST /control/faults` | sets faults: one a line, or a JSON list of strings; none of them when one is wrong |
//! | `DELETE /control/faults` | clears them |
//! | `GET /control/writes` | the record of accepted writes, oldest first |
//! | `GET /control/requests?since=N` | the requests from number N on: method, path, status, log id |
//! | `POST /control/play` | lets another person act: `{"process_id": "…", "step": "approve"}` |
//! | `POST /control/tokens` | refuses every token given out so far |
//! | `GET /control/events?since=N` | the events from number N on: payload, attempts, acknowledgements; connections |
//! | `POST /control/events` | sends an event: `{"event_type": "…", "event": {…}, "times": 1}`, or a whole `payload` |
//!
//! A page in a browser must not drive it: a request with an `Origin`, or a `Host` that is not loopback, is refused.

use std::sync::{Arc, PoisonError};

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::sim::faults::{Fault, FaultKind};
use crate::sim::world::{
    AddSignPosition, ExternalAction, PersonKey, ProcessKey, Refusal, Rule, TaskState, UserIdType, World, Write,
    WriteAction,
};

use super::connection::only_from_here;
use super::control_events;
use super::server::Server;

/// A call that cannot be done: its status and why.
struct Wrong(StatusCode, Value);

impl Wrong {
    fn because(why: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, json!({"error": why.into()}))
    }
}

impl IntoResponse for Wrong {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

/// All calls below `/control`.
pub(super) fn router() -> Router<Arc<Server>> {
    let nothing = async || Wrong(StatusCode::NOT_FOUND, json!({"error": "no such call", "known": CALLS}));
    Router::new()
        .route("/faults", get(faults).post(set_faults).delete(clear_faults))
        .route("/writes", get(writes))
        .route("/requests", get(requests))
        .route("/play", post(play))
        .route("/tokens", post(invalidate_tokens))
        .route("/events", get(control_events::events).post(control_events::inject))
        .fallback(nothing)
        .method_not_allowed_fallback(nothing)
        .layer(from_fn(only_from_here))
}

const CALLS: [&str; 9] = [
    "GET /control/faults",
    "POST /control/faults",
    "DELETE /control/faults",
    "GET /control/writes",
    "GET /control/requests?since=N",
    "POST /control/play",
    "POST /control/tokens",
    "GET /control/events?since=N",
    "POST /control/events",
];

/// As they are read.
fn in_force(server: &Server) -> Json<Vec<String>> {
    Json(server.faults.list().iter().map(Fault::to_string).collect())
}

async fn faults(State(server): State<Arc<Server>>) -> Json<Vec<String>> {
    in_force(&server)
}

async fn set_faults(State(server): State<Arc<Server>>, body: Bytes) -> Result<Json<Vec<String>>, Wrong> {
    let text = std::str::from_utf8(&body).map_err(|error| Wrong::because(error.to_string()))?;
    let written: Vec<String> = if text.trim_start().starts_with('[') {
        serde_json::from_str(text).map_err(|error| Wrong::because(error.to_string()))?
    } else {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    };
    let read: Result<Vec<Fault>, _> = written.iter().map(|text| text.parse()).collect();
    let read = read.map_err(|error| {
        Wrong(StatusCode::BAD_REQUEST, json!({"error": error.to_string(), "known": FaultKind::NAMES}))
    })?;
    if read.is_empty() {
        return Err(Wrong::because("no fault: one a line, or a JSON list of strings"));
    }
    for fault in read {
        server.faults.add(fault);
    }
    Ok(in_force(&server))
}

async fn clear_faults(State(server): State<Arc<Server>>) -> Json<Vec<String>> {
    server.faults.clear();
    in_force(&server)
}

async fn invalidate_tokens(State(server): State<Arc<Server>>) -> Json<Value> {
    server.gateway().invalidate_tokens();
    Json(json!({}))
}

#[derive(Deserialize)]
struct SinceQuery {
    #[serde(default)]
    since: u64,
}

async fn requests(State(server): State<Arc<Server>>, Query(SinceQuery { since }): Query<SinceQuery>) -> Json<Value> {
    let requests = server.gateway().requests();
    let next = requests.last().map_or(since, |last| since.max(last.number + 1));
    // Bodies stay here: one of them holds the app's secret.
    let rows = requests.iter().filter(|request| request.number >= since).map(|request| {
        json!({
            "number": request.number,
            "method": request.method,
            "path": request.target,
            "status": request.status,
            "log_id": request.log_id,
        })
    });
    Json(json!({"requests": rows.collect::<Vec<_>>(), "next": next}))
}

async fn writes(State(server): State<Arc<Server>>) -> Json<Value> {
    let world = server.world.lock().unwrap_or_else(PoisonError::into_inner);
    Json(world.writes().iter().map(|write| row(&world, write)).collect())
}

/// One accepted write. People are `open_id`s, times milliseconds.
fn row(world: &World, write: &Write) -> Value {
    let person = |key: PersonKey| world.person(key).ids.open_id.to_string();
    let people = |keys: &[PersonKey]| keys.iter().map(|key| person(*key)).collect::<Vec<_>>();
    let mut row = json!({
        "at": write.at.0.to_string(),
        "by": write.by.map(person),
        "process_id": world.process(write.process).id.to_string(),
        "task_ids": [],
        "action": "",
        "opinion": "",
        "people": [],
    });
    let Some(members) = row.as_object_mut() else { return row };
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    match &write.action {
        WriteAction::Decide { task, approve, reason, fields } => {
            set("action", if *approve { "approve" } else { "reject" }.into());
            set("task_ids", json!([task.to_string()]));
            set("opinion", reason.as_str().into());
            set("fields", json!(fields));
        }
        WriteAction::AddSign { task, position, rule, people: added, remark } => {
            set("action", "add-sign".into());
            set("task_ids", task.iter().map(ToString::to_string).collect());
            set("opinion", remark.as_str().into());
            set("people", people(added).into());
            let position = match position {
                AddSignPosition::Before => "before",
                AddSignPosition::Parallel => "parallel",
                AddSignPosition::After => "after",
            };
            set("position", position.into());
            set("rule", if *rule == Rule::Any { "any" } else { "all" }.into());
        }
        WriteAction::Transfer { tasks, to, remark } => {
            set("action", "transfer".into());
            set("task_ids", tasks.iter().map(ToString::to_string).collect());
            set("opinion", remark.as_str().into());
            set("people", people(&[*to]).into());
        }
        WriteAction::Withdraw { reason } => {
            set("action", "withdraw".into());
            set("opinion", reason.as_str().into());
        }
        WriteAction::Revoke { reason } => {
            set("action", "revoke".into());
            set("opinion", reason.as_str().into());
        }
    }
    row
}

/// An action of another person.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Play {
    process_id: String,
    step: StepName,
    /// An `open_id`. Without one: a person with an open task there other than `except`; for a comment, the initiator.
    by: Option<String>,
    except: Option<String>,
    /// Who gets the task that is handed over.
    to: Option<String>,
    /// Opinion or comment.
    #[serde(default)]
    text: String,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum StepName {
    Approve,
    Reject,
    Transfer,
    Comment,
    Intervene,
    SystemApprove,
    SystemReject,
    Withdraw,
    Revoke,
}

async fn play(State(server): State<Arc<Server>>, body: Bytes) -> Result<Json<Value>, Wrong> {
    let play: Play = serde_json::from_slice(&body).map_err(|error| Wrong::because(error.to_string()))?;
    let now = (server.clock)();
    let mut world = server.world.lock().unwrap_or_else(PoisonError::into_inner);
    let process = world
        .find_process(&play.process_id)
        .ok_or_else(|| Wrong::because(format!("unknown process_id {:?}", play.process_id)))?;
    let by = play.who(&world, process)?;
    let step = play.step(&world, by)?;
    world.play(process, step, now).map_err(|refusal| refused(&refusal))?;
    server.hub.wake();
    Ok(Json(json!({"by": by.map(|by| world.person(by).ids.open_id.to_string())})))
}

fn refused(refusal: &Refusal) -> Wrong {
    Wrong(StatusCode::CONFLICT, json!({"error": refusal.msg, "code": refusal.code}))
}

fn find_person(world: &World, id: &str) -> Result<PersonKey, Wrong> {
    let unknown = || Wrong::because(format!("unknown open_id {id:?}"));
    world.find_person(id, UserIdType::OpenId).ok_or_else(unknown)
}

impl Play {
    /// The acting person; `None` when a process is ended.
    fn who(&self, world: &World, process: ProcessKey) -> Result<Option<PersonKey>, Wrong> {
        if matches!(self.step, StepName::Withdraw | StepName::Revoke) {
            return Ok(None);
        }
        if let Some(id) = &self.by {
            return find_person(world, id).map(Some);
        }
        let process = world.process(process);
        if self.step == StepName::Comment && process.initiator.is_some() {
            return Ok(process.initiator);
        }
        let except = self.except.as_ref().map(|id| find_person(world, id)).transpose()?;
        let open = process.tasks.iter().filter(|task| task.state == TaskState::Open).filter_map(|task| task.person);
        let who = open.into_iter().find(|person| Some(*person) != except);
        let nobody = || Wrong(StatusCode::CONFLICT, json!({"error": "nobody else has an open task there"}));
        who.map(Some).ok_or_else(nobody)
    }

    fn step(&self, world: &World, by: Option<PersonKey>) -> Result<ExternalAction, Wrong> {
        let text = self.text.clone();
        let Some(by) = by else {
            return Ok(if self.step == StepName::Withdraw { ExternalAction::Withdraw } else { ExternalAction::Revoke });
        };
        Ok(match self.step {
            StepName::Approve => ExternalAction::Approve { by, opinion: text },
            StepName::Reject => ExternalAction::Reject { by, opinion: text },
            StepName::Comment => {
                ExternalAction::Comment { by, message: text, mentions: Vec::new(), files: 0, images: 0 }
            }
            StepName::SystemApprove => ExternalAction::SystemDecides { of: by, approve: true, opinion: text },
            StepName::SystemReject => ExternalAction::SystemDecides { of: by, approve: false, opinion: text },
            StepName::Transfer => {
                let to = self.to.as_ref().ok_or_else(|| Wrong::because("a transfer needs \"to\""))?;
                ExternalAction::Transfer { by, to: find_person(world, to)? }
            }
            StepName::Intervene | StepName::Withdraw | StepName::Revoke => ExternalAction::Intervene { of: by },
        })
    }
}

//! Bodies of events (protocol.md#event-envelope), rendered apart from the client that reads them.

use serde_json::{Map, Value, json};

use crate::domain::Millis;
use crate::sim::world::{Event, EventKind, NodeKind, Purpose, World};

/// `event_type` and `event` of one event of the world (protocol.md#task-event to protocol.md#comment-event).
#[must_use]
pub fn event_body(world: &World, event: &Event) -> (&'static str, Value) {
    let process = world.process(event.process);
    let flow = world.flow(process.flow);
    let mut body = Map::new();
    let mut set = |name: &str, value: Value| body.insert(name.to_owned(), value);
    set("process_id", process.id.to_string().into());
    let kind = match event.kind {
        EventKind::Task { task, node, status } => {
            let is_form = process.tasks.iter().any(|known| known.id == task && known.is_form);
            let node = &process.nodes[node];
            set("approver_id", task.to_string().into());
            set("type", if is_form { 5 } else { 1 }.into());
            set("status", status.into());
            set("biz_type", (*flow.business.biz_type).into());
            set("flow_definition_id", (*flow.definition_id).into());
            set("node_definition_id", (*node.definition_id).into());
            set("node_id", node.id.to_string().into());
            set("node_id_str", node.id.to_string().into());
            "corehr.process.approver.updated_v2"
        }
        EventKind::Node { node, state } => {
            let node = &process.nodes[node];
            set("process_node_id", node.id.to_string().into());
            set("node_definition_id", (*node.definition_id).into());
            set("flow_definition_id", (*flow.definition_id).into());
            set("node_type", node_type(&node.kind).into());
            set("node_status", (state as i64).into());
            set("biz_type", (*flow.business.biz_type).into());
            "corehr.process.node.updated_v2"
        }
        EventKind::Updated(state) | EventKind::Status(state) => {
            set("status", (state as i64).into());
            set("biz_type", (*flow.business.biz_type).into());
            set("flow_definition_id", (*flow.definition_id).into());
            set("properties", properties(process.purpose).into());
            if matches!(event.kind, EventKind::Status(_)) {
                "corehr.process.status.update_v2"
            } else {
                "corehr.process.updated_v2"
            }
        }
        EventKind::Copied { task } => {
            set("approver_id", task.to_string().into());
            set("status", 5.into());
            set("biz_type", (*flow.business.biz_type).into());
            "corehr.process.cc.updated_v2"
        }
        EventKind::Commented { comment } => {
            set("comment_id", comment.to_string().into());
            set("type", 1.into());
            "corehr.process_comment_info.updated_v2"
        }
    };
    (kind, Value::Object(body))
}

const fn node_type(kind: &NodeKind) -> i64 {
    match kind {
        NodeKind::Approval(_) => 1,
        NodeKind::Copy => 2,
        NodeKind::Form { .. } => 5,
        NodeKind::Signature => 6,
    }
}

const fn properties(purpose: Purpose) -> i64 {
    match purpose {
        Purpose::Normal => 1,
        Purpose::Revocation(_) => 2,
        Purpose::Correction(_) => 3,
    }
}

/// Members of the envelope that are the same in every delivery of an event.
#[derive(Clone, Debug)]
pub(super) struct EventHeader<'a> {
    pub(super) event_id: &'a str,
    pub(super) event_type: &'a str,
    pub(super) at: Millis,
    pub(super) app_id: &'a str,
    pub(super) tenant_key: &'a str,
    /// `create_time` in microseconds.
    pub(super) in_micros: bool,
}

impl EventHeader<'_> {
    /// The whole event (protocol.md#event-envelope); `token` is empty over the long connection.
    pub(super) fn envelope(&self, token: &str, body: &Value) -> String {
        let time = if self.in_micros { self.at.0.saturating_mul(1000) } else { self.at.0 };
        json!({
            "schema": "2.0",
            "header": {
                "event_id": self.event_id,
                "token": token,
                "create_time": time.to_string(),
                "event_type": self.event_type,
                "tenant_key": self.tenant_key,
                "app_id": self.app_id,
            },
            "event": body,
        })
        .to_string()
    }
}

/// The deprecated member in its other type: above 2^53, where a reader of doubles loses digits.
pub(super) fn with_numeric_node(body: &mut Value) {
    let number = body.get("node_id").and_then(Value::as_str).and_then(|id| id.parse::<u64>().ok());
    if let (Some(number), Some(members)) = (number, body.as_object_mut()) {
        members.insert("node_id".to_owned(), number.into());
    }
}

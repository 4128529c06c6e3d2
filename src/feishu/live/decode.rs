//! From the payload of a message to an announcement (protocol.md#event-envelope). What is not one of the six events, or
//! names no process, is counted and otherwise ignored.

use crate::domain::{Announcement, AnnouncementKind, ApproverId, ProcessId};
use crate::feishu::damage;
use crate::feishu::wire::Node;

/// Bytes of an event that are read; the platform's have a few hundred.
const LARGEST_EVENT: usize = 4 << 20;
/// Bytes of an id at most.
const LONGEST_ID: usize = 64;

/// An event as far as it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// Names the event over all its deliveries.
    pub event_id: Option<String>,
    /// `None`: of another type, in another form, or without a process.
    pub announcement: Option<Announcement>,
}

/// Reads the payload of an event. Never fails: an event that cannot be read is one to ignore.
pub(super) fn decode(payload: &[u8]) -> Decoded {
    let body = (payload.len() <= LARGEST_EVENT).then(|| damage::parse(payload)).flatten().unwrap_or_default();
    let (header, event) = (Node(&body).get("header"), Node(&body).get("event"));
    let kind = kind(&header.get("event_type").raw());
    let announcement = kind.zip(id(event, "process_id")).map(|(kind, process)| Announcement {
        process: ProcessId::new(process),
        kind,
        task: id(event, "approver_id").map(ApproverId::new),
        status: event.get(if kind == AnnouncementKind::Node { "node_status" } else { "status" }).int(),
    });
    Decoded { event_id: id(header, "event_id"), announcement }
}

/// An id of plain characters. Anything else is no id of the platform's, and must not reach a path.
fn id(node: Node<'_>, name: &str) -> Option<String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let id = node.get(name).raw();
    ((1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(plain)).then_some(id)
}

fn kind(event_type: &str) -> Option<AnnouncementKind> {
    Some(match event_type {
        "corehr.process.approver.updated_v2" => AnnouncementKind::Task,
        "corehr.process.node.updated_v2" => AnnouncementKind::Node,
        "corehr.process.updated_v2" => AnnouncementKind::Process,
        "corehr.process.status.update_v2" => AnnouncementKind::ProcessStatus,
        "corehr.process.cc.updated_v2" => AnnouncementKind::Copy,
        "corehr.process_comment_info.updated_v2" => AnnouncementKind::Comment,
        _ => return None,
    })
}

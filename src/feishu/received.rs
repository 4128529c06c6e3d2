//! Fingerprint of an answer as it was received, over the members that a decision rests on.
//!
//! Answers that differ in any value below a covered member have different fingerprints, even if the value is
//! unreadable. Absent equals `null`, `""`, `[]`, `{}`; the order of an object's members does not count.

use serde_json::Value as Json;
use sha2::{Digest as _, Sha256};

use super::wire::{Node, Read, is_address};
use crate::domain::Received;

/// Covered members of a process, each with all values below it (protocol.md#process-detail).
///
/// Left out: `start_links` (addresses), `cc_list` (copies bind no one), `is_last_completed_correct_process` (the end of
/// another request changes it), and undocumented members (a clock among them would stop every decision).
const PROCESS: [&str; 19] = [
    "process_id",
    "status",
    "flow_template_id",
    "flow_template_name",
    "flow_definition_id",
    "flow_definition_name",
    "process_name",
    "initiator_id",
    "initiator_name",
    "create_time",
    "complete_time",
    "abstracts",
    "todos",
    "done_list",
    "system_todos",
    "system_done_list",
    "properties",
    "comment_infos",
    "original_process_id",
];
/// Covered members of a form (protocol.md#form-v2, protocol.md#form-v1). `process_id` repeats the request.
const FORM: [&str; 1] = ["field_variable_values"];

/// Members left out below the covered ones: documents of a task and other addresses, and the keys that join nested
/// values to their places, because the displayed content covers them.
fn is_left_out(of: &str, name: &str, member: Node<'_>) -> bool {
    let is_key = matches!((of, name), ("sub_values", "key") | ("record_values", "sub_value_key"));
    match of {
        "todos" | "done_list" | "system_todos" | "system_done_list" if name == "links" => true,
        _ if is_key => matches!(member.string(), Read::Value(_)),
        _ => is_address(name),
    }
}

/// A time of zero, which means that there is none (protocol.md#times).
fn is_no_time(name: &str, node: Node<'_>) -> bool {
    name.ends_with("_time") && node.integer() == Read::Value(0)
}

pub(super) fn process(data: Node<'_>) -> Received {
    of_members(data, &PROCESS)
}

pub(super) fn form(data: Node<'_>) -> Received {
    of_members(data, &FORM)
}

fn of_members(data: Node<'_>, covered: &[&str]) -> Received {
    let mut digest = Sha256::new();
    for name in covered {
        text(&mut digest, name);
        value(&mut digest, name, data.get(name));
    }
    let mut received = [0; 16];
    for (byte, digest) in received.iter_mut().zip(digest.finalize()) {
        *byte = digest;
    }
    Received(received)
}

fn text(digest: &mut Sha256, text: &str) {
    digest.update(u64::try_from(text.len()).unwrap_or(u64::MAX).to_be_bytes());
    digest.update(text);
}

/// Hashes a value, each JSON type with its own tag, so that `1` and `"1"` differ. `of` is the member that holds it.
fn value(digest: &mut Sha256, of: &str, node: Node<'_>) {
    if node.is_absent() || is_no_time(of, node) {
        digest.update(b"-");
        return;
    }
    match node.0 {
        Json::Null => {}
        Json::Bool(flag) => digest.update(if *flag { b"t" } else { b"f" }),
        Json::Number(number) => {
            digest.update(b"n");
            text(digest, number.as_str());
        }
        // A key of a nested value.
        Json::String(_) if of == "list_values" => digest.update(b"k"),
        Json::String(words) => {
            digest.update(b"s");
            text(digest, words);
        }
        Json::Array(entries) => {
            digest.update(b"[");
            for entry in entries {
                digest.update(b",");
                // In a list a zero is no time: the shape is none that a time has.
                let of = if entry.is_array() || of.ends_with("_time") { "" } else { of };
                value(digest, of, Node(entry));
            }
            digest.update(b"]");
        }
        Json::Object(_) => {
            let mut members: Vec<_> = node
                .members()
                .filter(|(name, member)| !is_left_out(of, name, *member))
                .filter(|(name, member)| !member.is_absent() && !is_no_time(name, *member))
                .collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            digest.update(b"{");
            for (name, member) in members {
                text(digest, name);
                match (name, member.0) {
                    ("sub_values", Json::Array(entries)) => unordered(digest, entries),
                    _ => value(digest, name, member),
                }
            }
            digest.update(b"}");
        }
    }
}

/// Hashes nested values without their order, which may be that of a map: keys find them.
fn unordered(digest: &mut Sha256, entries: &[Json]) {
    let mut digests: Vec<[u8; 32]> = entries
        .iter()
        .map(|entry| {
            let mut one = Sha256::new();
            value(&mut one, "sub_values", Node(entry));
            one.finalize().into()
        })
        .collect();
    digests.sort_unstable();
    digest.update(b"*");
    for one in digests {
        digest.update(one);
    }
    digest.update(b"]");
}

//! Pages of a list that say that there is more, and lead nowhere.

use serde_json::{Value, json};

use crate::sim::faults::FaultKind;

use super::call::IncomingCall;

/// Tokens that only these faults give out; each leads back to the first page.
const AGAIN: &str = "again";

/// The page token of a call in the world's form.
pub(super) fn page_token(call: &IncomingCall) -> Option<String> {
    call.query.owned("page_token").filter(|token| !token.starts_with(AGAIN))
}

/// Lets a page say that there is more, as the fault in force has it.
pub(super) fn break_off(call: &IncomingCall, answer: &mut Value) {
    let fault = call.fault(FaultKind::breaks_pages);
    let (Some(fault), Some(members)) = (fault, answer.as_object_mut()) else { return };
    let asked = call.query.owned("page_token").unwrap_or_default();
    members.insert("has_more".into(), true.into());
    match fault {
        FaultKind::PageTokenAbsent => members.remove("page_token"),
        FaultKind::PageTokenEmpty => members.insert("page_token".into(), "".into()),
        FaultKind::PageTokenRepeated => members.insert("page_token".into(), AGAIN.into()),
        _ => {
            let count = asked.strip_prefix(AGAIN).and_then(|count| count.parse::<u64>().ok()).unwrap_or_default();
            members.insert("page_token".into(), format!("{AGAIN}{}", count + 1).into())
        }
    };
}

/// Puts the ids of the first row into a shape that no page documents.
pub(super) fn garble_row(call: &IncomingCall, answer: &mut Value) {
    if let Some(row) = answer.pointer_mut("/approver_list/0")
        && call.fault(|kind| *kind == FaultKind::RowUnreadable).is_some()
    {
        *row = json!({ "approver": { "id": row["approver_id"] }, "approver_status": row["approver_status"] });
    }
}

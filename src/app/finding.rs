//! What a case that was read tells about a decision whose answer was lost, and about who was faster.
//!
//! Evidence only: the operator's own record in `done_list`, her task still among `todos`, new tasks of the people whom
//! she named. Anything else is unclear, and stays so.

use super::notice::Notice;
use crate::domain::decision::AddSignPosition;
use crate::domain::process::Done;
use crate::domain::{Decision, DoneStatus, PersonId, Process, ProcessStatus, Reviewed, Target};

/// What the case shows about a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It took effect.
    Applied,
    /// Her task is open as before, and nothing of it is to be seen.
    NotApplied,
    /// The case shows neither.
    Unclear,
}

/// Looks for traces of `reviewed` in the case.
#[must_use]
pub fn look(reviewed: &Reviewed, process: &Process) -> Finding {
    let target = &reviewed.target;
    let open = process.todo(target.approver()).is_some();
    let unless_open = if open { Finding::NotApplied } else { Finding::Unclear };
    match &reviewed.decision {
        Decision::Approve { opinion } => {
            own_record(reviewed, process, DoneStatus::Done, opinion.as_str()).unwrap_or(unless_open)
        }
        Decision::Reject { reason } => {
            own_record(reviewed, process, DoneStatus::Rejected, reason.as_str()).unwrap_or(unless_open)
        }
        Decision::Transfer { to, .. } if !open && has_task(process, &to.id) => Finding::Applied,
        Decision::Transfer { .. } => unless_open,
        Decision::AddSign { position, people, .. } => {
            let all_there = people.iter().all(|person| has_task(process, &person.id));
            match position {
                // A queued node shows no task until it is reached, so its absence proves nothing.
                AddSignPosition::After if open => Finding::Unclear,
                AddSignPosition::Before | AddSignPosition::Parallel if all_there => Finding::Applied,
                _ => unless_open,
            }
        }
        Decision::Withdraw { .. } => by_status(process, ProcessStatus::Withdrawn, ProcessStatus::InProgress),
        Decision::Revoke { .. } => by_status(process, ProcessStatus::Revoked, ProcessStatus::Completed),
    }
}

/// Her finished task: hers when the status and her words are on it. A record without words that has the right status
/// may be the platform closing her task behind an OR sibling (API page, G.2), so a sibling's record makes it unclear.
fn own_record(reviewed: &Reviewed, process: &Process, wanted: DoneStatus, words: &str) -> Option<Finding> {
    let record = process.done(reviewed.target.approver())?;
    if record.status != wanted || record.operator_id.as_ref().is_some_and(|id| *id != reviewed.operator.id) {
        return Some(Finding::Unclear);
    }
    let same_words = record.approval_opinion.as_str() == crate::domain::CleanText::new(words).as_str();
    let ambiguous = words.is_empty() && sibling(process, record).is_some();
    Some(if same_words && !ambiguous { Finding::Applied } else { Finding::Unclear })
}

/// Somebody else's finished task on the same node that ended at the same moment or before.
fn sibling<'a>(process: &'a Process, own: &Done) -> Option<&'a Done> {
    process
        .done_list
        .iter()
        .filter(|done| done.node_definition_id == own.node_definition_id && done.approver_id != own.approver_id)
        .filter(|done| done.status == own.status && done.complete_time <= own.complete_time)
        .max_by_key(|done| done.complete_time)
}

fn has_task(process: &Process, person: &PersonId) -> bool {
    process.todos.iter().any(|todo| todo.operator_id.as_ref() == Some(person))
}

fn by_status(process: &Process, applied: ProcessStatus, before: ProcessStatus) -> Finding {
    match process.status {
        status if status == applied => Finding::Applied,
        ProcessStatus::Revoking if applied == ProcessStatus::Revoked => Finding::Applied,
        status if status == before => Finding::NotApplied,
        _ => Finding::Unclear,
    }
}

/// Who handled the target's task before her decision came: the OR sibling whose approval closed it, else whoever her
/// own task's record names.
#[must_use]
pub fn who_was_faster(target: &Target, process: &Process) -> Option<Notice> {
    let own = process.done(target.approver())?;
    let by = sibling(process, own).unwrap_or(own);
    Some(Notice::SomeoneWasFaster {
        target: target.clone(),
        who: by.operator_name.clone(),
        at: by.complete_time,
        status: by.status,
        opinion: by.approval_opinion.clone(),
    })
}

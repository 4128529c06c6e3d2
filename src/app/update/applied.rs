//! Requests with an applied decision: earlier readings do not show it, so a request on screen is read again, with
//! growing pauses while the platform's answers lag behind.

use std::time::Duration;

use crate::app::effect::{Effect, Slot};
use crate::app::outbox::{Echo, Entry};
use crate::app::{App, Loaded, Pane, Request, Subject};
use crate::domain::decision::outcome::infer_outcome;
use crate::domain::decision::state::State;
use crate::domain::evidence::Finding;
use crate::domain::{Endpoint, Instant, Priority, Process, ProcessId, ProcessStatus};

/// Pauses after each of these reads. After the last one the platform's answer counts as final.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

impl App {
    /// The read that the request on screen needs to show the decision on it.
    pub(super) fn applied_due(&mut self) -> Vec<Effect> {
        let now = self.now.mono;
        let Some((process, _)) = self.applied_wanted().filter(|(_, due)| *due <= now) else { return Vec::new() };
        if self.fetch.is_paused() || self.fetch.limited_until(Endpoint::ProcessDetail, Priority::Opened, now).is_some()
        {
            return Vec::new();
        }
        self.outbox.echo(&process, |echo| {
            let pause = PAUSES.get(echo.reads).copied().unwrap_or_default();
            Echo { reads: echo.reads + 1, due: now + pause }
        });
        vec![self.fetch.read_request(&mut self.requests, &process, Priority::Opened)]
    }

    /// When that read is due, if it is to be waited for.
    pub(super) fn applied_wake(&self) -> Option<Instant> {
        let (_, due) = self.applied_wanted()?;
        (due > self.now.mono).then_some(due)
    }

    fn applied_wanted(&self) -> Option<(ProcessId, Instant)> {
        // With the list, the preview shows the decided request for a moment after the cursor has gone on.
        let looked_at = self
            .subject(Subject::Screen)
            .filter(|key| self.screen.pane != Pane::List || self.subject(Subject::Keys) == Some(key));
        let process = looked_at?.process.clone();
        if self.fetch.reads(&Slot::Process(process.clone())) {
            return None;
        }
        let request = self.requests.get(&process)?;
        let entries = self.outbox.of(&process).filter_map(|key| self.outbox.entry(key));
        let due = entries.filter(|entry| is_unseen(entry, request)).map(|entry| entry.echo.due).min()?;
        Some((process, due))
    }
}

/// Whether the known reading of the request is too old to show the effect of this decision.
fn is_unseen(entry: &Entry, request: &Request) -> bool {
    let State::Applied { evidence, .. } = &entry.state else { return false };
    let (Some(accepted), Loaded::Here(process)) = (entry.applied_at(), &request.process) else { return false };
    if entry.echo.reads > PAUSES.len() {
        return false;
    }
    let older = request.process_asked.is_none_or(|asked| asked < accepted) && evidence.is_empty();
    older || is_between(process) || infer_outcome(&entry.reviewed, process).0 == Finding::NotApplied
}

/// The flow goes on, and does not wait for a person: it is about to end or to move on.
const fn is_between(process: &Process) -> bool {
    match process.status {
        ProcessStatus::InProgress => process.todos.is_empty() && process.system_todos.is_empty(),
        ProcessStatus::Revoking => true,
        _ => false,
    }
}

//! Decisions whose answer was lost: their process is read, with growing pauses, until it shows the outcome. This file
//! never sends.

use super::Request;
use super::fact::Fact;
use super::notice::Notice;
use super::outbox::Outbox;
use crate::domain::decision::outcome::{infer_outcome, task_end};
use crate::domain::decision::state::{Input, State};
use crate::domain::evidence::Finding;
use crate::domain::record::Change;
use crate::domain::{Process, ProcessId, TaskKey};

impl Outbox {
    /// A request was read: what it tells about the decisions on it.
    pub(super) fn probe(&mut self, id: &ProcessId, request: &Request) {
        let Some(process) = request.process.here() else { return };
        let keys: Vec<TaskKey> = self.of(id).cloned().collect();
        for key in keys {
            self.supersede(&key, process);
            let Some(entry) = self.entry(&key) else { continue };
            match &entry.state {
                State::Unknown(_) => {
                    let (finding, evidence) = infer_outcome(&entry.reviewed, process);
                    if let Some(asked) = request.process_asked {
                        self.step(&key, Input::Probe { asked, finding, evidence });
                    }
                }
                State::Refused(Some(failure))
                    if failure.is_stale() && entry.reviewed.decision.action().needs_task() =>
                {
                    if let Some(end) = task_end(&entry.reviewed, process) {
                        let notice = Notice::task_ended(entry.reviewed.clone(), end);
                        self.report(Fact::TellOnce(notice));
                    }
                }
                _ => {}
            }
        }
    }

    /// When the request shows what became of the uncertain decision under this one, nothing is left to decide.
    fn supersede(&mut self, key: &TaskKey, process: &Process) {
        let Some(entry) = self.entry(key).filter(|entry| !matches!(entry.state, State::Sending { .. })) else { return };
        let Some(over) = entry.over.as_deref() else { return };
        let (finding, evidence) = infer_outcome(&over.reviewed, process);
        if matches!(finding, Finding::Applied | Finding::Overtaken) {
            let change = Change::Found { finding: Finding::Overtaken, evidence: evidence.clone() };
            // One that is queued no more has its end in the journal already.
            self.step(key, Input::Supersede { evidence });
            self.remove(key, change);
        }
    }

    /// The request could not be read.
    pub(super) fn probe_failed(&mut self, process: &ProcessId) {
        let keys: Vec<TaskKey> = self.of(process).cloned().collect();
        for key in keys {
            self.step(&key, Input::ProbeFailed);
        }
    }

    /// The user asks for everything on screen to be read again: every unknown outcome is looked up again.
    pub(super) fn reprobe_all(&mut self) {
        for key in self.keys(|entry| matches!(entry.state, State::Unknown(_))) {
            self.reprobe(&key);
        }
    }

    /// The user asks for the outcome of this decision.
    pub(super) fn reprobe(&mut self, key: &TaskKey) {
        self.step(key, Input::Reprobe);
    }

    /// The list was read: the platform can be asked again.
    pub(super) fn list_read(&mut self) {
        for key in self.keys(|entry| matches!(entry.state, State::Unknown(_))) {
            self.step(&key, Input::ListRead);
        }
    }
}

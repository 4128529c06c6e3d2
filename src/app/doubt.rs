//! Decisions whose answer was lost: the case is read, with growing pauses, until it tells what became of them. Nothing
//! is ever sent from here.

use std::time::Duration;

use super::App;
use super::notice::Notice;
use super::outbox::EntryState;
use crate::domain::decision::outcome::{infer_outcome, task_end};
use crate::domain::evidence::{Evidence, Finding};
use crate::domain::record::Change;
use crate::domain::{ProcessId, Reviewed, TaskKey};

/// Pauses between the looks at a case; after the last one the matter rests until the list is read anew, or she asks.
/// A request that hangs somewhere on its way must have had time to arrive before "it did not take effect" is said.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(15),
];

/// Times that the looks begin anew because the list was read; after that only because she asks.
const REOPENED: u8 = 3;

impl App {
    /// A case was read: what it tells about decisions on it.
    pub(super) fn settle_decisions(&mut self, id: &ProcessId) {
        let keys: Vec<TaskKey> = self.outbox.of(id).cloned().collect();
        for key in keys {
            self.look_at_replaced(&key);
            let Some(entry) = self.outbox.entry(&key) else { continue };
            match &entry.state {
                EntryState::Unknown(_) => self.look(&key),
                EntryState::Refused(failure) if failure.is_stale() => {
                    let process = self.cases.process(id).filter(|_| entry.reviewed.decision.action().needs_task());
                    let faster =
                        process.and_then(|case| Some((entry.reviewed.clone(), task_end(&entry.reviewed, case)?)));
                    let faster = faster.map(|(reviewed, end)| Notice::task_ended(reviewed, end));
                    if let Some(faster) = faster.filter(|notice| !self.notices.has_said(notice)) {
                        self.tell(faster);
                    }
                }
                _ => {}
            }
        }
    }

    /// A decision that was made over one in doubt: when the case shows what became of that one, there is nothing left to
    /// decide.
    fn look_at_replaced(&mut self, key: &TaskKey) {
        let (Some(process), Some(entry)) = (self.cases.process(&key.process), self.outbox.entry(key)) else { return };
        let Some(over) = entry.over.as_deref().filter(|_| !matches!(entry.state, EntryState::Sending { .. })) else {
            return;
        };
        let (finding, evidence) = infer_outcome(&over.reviewed, process);
        if !matches!(finding, Finding::Applied | Finding::Overtaken) {
            return;
        }
        let change = Change::Found { finding: Finding::Overtaken, evidence: evidence.clone() };
        if matches!(entry.state, EntryState::Held { .. }) {
            let Reviewed { decision, target, .. } = entry.reviewed.clone();
            self.note(key, change.clone());
            self.tell(Notice::FoundOvertaken { decision, target, evidence });
        }
        self.remove(key, change);
    }

    /// Draws the conclusion from the newest reading of the case.
    fn look(&mut self, key: &TaskKey) {
        let (Some(process), Some(entry)) = (self.cases.process(&key.process), self.outbox.entry(key)) else { return };
        let EntryState::Unknown(doubt) = &entry.state else { return };
        let asked = self.cases.get(&key.process).and_then(|case| case.process_asked);
        if asked.is_none_or(|asked| asked < doubt.since) {
            return;
        }
        let (finding, evidence) = infer_outcome(&entry.reviewed, process);
        let Reviewed { decision, target, .. } = entry.reviewed.clone();
        let change = Change::Found { finding, evidence: evidence.clone() };
        match finding {
            Finding::Applied => {
                self.set_state(key, EntryState::Accepted { log_id: None, evidence: evidence.clone() }, change);
                self.accepted(decision.action(), &target);
                self.tell(Notice::FoundApplied { decision, target, evidence });
            }
            Finding::Overtaken => {
                self.set_state(key, EntryState::Overtaken { evidence: evidence.clone() }, change);
                self.inbox.mark_gone(key);
                self.tell(Notice::FoundOvertaken { decision, target, evidence });
            }
            // Nothing new. Only a look that was meant as one counts.
            Finding::NotApplied | Finding::Unclear if doubt.settled || asked.is_some_and(|asked| asked < doubt.due) => {
            }
            Finding::NotApplied | Finding::Unclear if self.looks_again(key, &evidence) => {}
            Finding::NotApplied => {
                self.set_state(key, EntryState::NotApplied { evidence: evidence.clone() }, change);
                self.tell(Notice::FoundNotApplied { decision, target, evidence });
            }
            Finding::Unclear => {
                self.note(key, change);
                self.tell(Notice::StillUnknown { decision, target, evidence });
            }
        }
    }

    /// Another look after a pause, unless they are used up.
    fn looks_again(&mut self, key: &TaskKey, evidence: &[Evidence]) -> bool {
        let Some(entry) = self.outbox.entries.get_mut(key) else { return false };
        let EntryState::Unknown(doubt) = &mut entry.state else { return false };
        doubt.evidence = evidence.to_vec();
        let Some(pause) = PAUSES.get(usize::from(doubt.looks)) else {
            doubt.settled = true;
            return false;
        };
        doubt.looks += 1;
        doubt.due = self.now.mono + *pause;
        self.sync.look_again(&key.process, doubt.due);
        true
    }

    /// The case could not be read: another look after a pause, or the outcome stays unknown for now.
    pub(super) fn could_not_look(&mut self, process: &ProcessId) {
        let keys: Vec<TaskKey> = self.outbox.of(process).cloned().collect();
        for key in keys {
            let Some(entry) = self.outbox.entry(&key) else { continue };
            let EntryState::Unknown(doubt) = &entry.state else { continue };
            if doubt.settled || self.now.mono < doubt.due {
                continue;
            }
            let Reviewed { decision, target, .. } = entry.reviewed.clone();
            let evidence = doubt.evidence.clone();
            if !self.looks_again(&key, &evidence) {
                self.tell(Notice::StillUnknown { decision, target, evidence });
            }
        }
    }

    /// She asks for what is on screen to be read again: decisions whose outcome is still unknown are looked into again.
    pub(super) fn look_into_all(&mut self) {
        for key in self.outbox.keys(|entry| matches!(entry.state, EntryState::Unknown(_))) {
            self.look_anew(&key);
        }
    }

    /// Every decision whose outcome is still unknown is looked into again: the platform can be asked.
    pub(super) fn reopen_doubts(&mut self) {
        let keys = self.outbox.keys(|entry| matches!(&entry.state, EntryState::Unknown(doubt) if doubt.settled));
        for key in keys {
            let Some(entry) = self.outbox.entries.get_mut(&key) else { continue };
            if let EntryState::Unknown(doubt) = &mut entry.state
                && doubt.reopened < REOPENED
            {
                doubt.reopened += 1;
                self.look_anew(&key);
            }
        }
    }

    /// The looks at this case begin anew.
    pub(super) fn look_anew(&mut self, key: &TaskKey) {
        let Some(entry) = self.outbox.entries.get_mut(key) else { return };
        if let EntryState::Unknown(doubt) = &mut entry.state {
            (doubt.looks, doubt.settled, doubt.due) = (0, false, self.now.mono);
            self.sync.want(&key.process);
        }
    }
}

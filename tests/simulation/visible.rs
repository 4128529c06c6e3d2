//! Invariant 4: messages that the user saw.

use shenpi::app::Notice;
use shenpi::app::issues::Line;
use shenpi::domain::evidence::Finding;
use shenpi::domain::record::Change;
use shenpi::domain::{Action, EntryId, TaskKey};

use super::day::Day;

/// Time on screen after which the user has seen a text.
pub const SEEN: i64 = 100;

impl Day<'_> {
    /// Tracks the messages that the user saw, for invariant 4.
    pub fn note_told(&mut self) {
        let Some(program) = self.program.as_ref().filter(|program| program.is_live()) else { return };
        let app = &program.app;
        let mut told: Vec<(EntryId, String)> = Vec::new();
        for (_, notice) in app.notices.all().take_while(|(at, _)| at.mono == app.now.mono) {
            if let Some((action, key, words)) = outcome(notice)
                && let Some(entry) = app.outbox.entry(key)
                && action.is_none_or(|action| entry.reviewed.decision.action() == action)
            {
                told.push((entry.id.clone(), words.to_owned()));
            }
            if let Notice::FoundOvertaken { decision, target, .. } = notice {
                told.extend(
                    self.just_overtaken(decision.action(), &target.key)
                        .map(|id| (id.clone(), "found overtaken".to_owned())),
                );
            }
        }
        for line in app.issue_lines() {
            match line {
                Line::Unseen(past) | Line::Unreadable(past) => {
                    told.push((past.first().entry.clone(), "a line of the list".to_owned()));
                }
                Line::Task(entry) if entry.state.wants_answer() => {
                    told.push((entry.id.clone(), "a line that wants an answer".to_owned()));
                }
                Line::Task(_) | Line::Ended(..) => {}
            }
        }
        self.tell_her(told);
    }

    /// Decisions found overtaken at this moment: one that was made over an uncertain one has left the outbox already.
    fn just_overtaken<'a>(&'a self, action: Action, key: &'a TaskKey) -> impl Iterator<Item = &'a EntryId> {
        let found = |(at, change): &(i64, Change)| {
            *at == self.now && matches!(change, Change::Found { finding: Finding::Overtaken, .. })
        };
        let confirmed = self.model.confirmed.iter().filter(move |(_, entry)| {
            entry.key() == key && entry.reviewed.decision.action() == action && entry.changes.last().is_some_and(found)
        });
        confirmed.map(|(id, _)| id)
    }

    /// Messages in the terminal after the screen is gone.
    pub fn note_parting(&mut self) {
        let Some(program) = &self.program else { return };
        let app = &program.app;
        let told = app
            .exit_messages()
            .iter()
            .filter_map(outcome)
            .filter_map(|(_, key, words)| Some((app.outbox.entry(key)?.id.clone(), words.to_owned())));
        let told: Vec<_> = told.collect();
        self.tell_her(told);
    }

    pub fn tell_her(&mut self, told: Vec<(EntryId, String)>) {
        let now = self.now;
        for (id, words) in told {
            if let Some(entry) = self.model.confirmed.get_mut(&id)
                && entry.told.is_none()
            {
                entry.told = Some((now, words));
            }
        }
    }

    /// Drops the last messages: the screen went before it could show them.
    pub fn forget_what_nobody_saw(&mut self) {
        let now = self.now;
        for entry in self.model.confirmed.values_mut() {
            if entry.told.as_ref().is_some_and(|(at, _)| *at > now - SEEN) {
                entry.told = None;
                // A decision without a record cannot be told later.
                entry.lost |= entry.changes.is_empty();
            }
        }
    }
}

/// Outcome that a notice states for a decision.
fn outcome(notice: &Notice) -> Option<(Option<Action>, &TaskKey, &'static str)> {
    let (decision, target, words) = match notice {
        Notice::SomeoneWasFaster { target, .. } => return Some((None, &target.key, "someone was faster")),
        Notice::RequestEnded { target, .. } => return Some((None, &target.key, "the case had ended")),
        Notice::Accepted { decision, target, .. } => (decision, target, "accepted"),
        Notice::Refused { decision, target, .. } => (decision, target, "refused"),
        Notice::NotSent { decision, target, .. } => (decision, target, "not sent"),
        Notice::FoundApplied { decision, target, .. } => (decision, target, "found applied"),
        Notice::FoundNotApplied { decision, target, .. } => (decision, target, "found not applied"),
        Notice::FoundOvertaken { decision, target, .. } => (decision, target, "found overtaken"),
        Notice::StillUnknown { decision, target, .. } => (decision, target, "still unknown"),
        Notice::Changed { decision, target, .. } => (decision, target, "changed"),
        Notice::Slept { decision, target } => (decision, target, "slept"),
        Notice::DiscardedOnLeaving(reviewed) => {
            let action = reviewed.decision.action();
            return Some((Some(action), &reviewed.target.key, "discarded on leaving"));
        }
        _ => return None,
    };
    Some((Some(decision.action()), &target.key, words))
}

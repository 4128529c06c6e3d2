//! Invariants 1, 2 and 3 on the connection: requests that may leave, and effects that the platform may have.

use std::time::Duration;

use shenpi::app::Effect;
use shenpi::domain::Resolution;
use shenpi::domain::record::{Change, Record};
use shenpi::domain::{Decision, EntryId, ProcessId, Reviewed, Shown};
use shenpi::sim::world::{Write, WriteAction};

use super::day::Day;
use super::model::{Answer, Confirmed, Moment};
use super::shapes::is_version;

/// Maximum age of a reading when a decision is sent, with slow answers of the platform.
const FEW_SECONDS: i64 = 8_000;
/// How old the comparison with what was on screen may be when a decision leaves, by either clock of the computer.
const MAX_CHECK_AGE: Duration = Duration::from_secs(3);
/// Longest sleep or stop after which a held decision may be sent without the user.
const NAP: i64 = 60_000;

impl Day<'_> {
    /// Invariant 3: once the terminal is gone nothing is even ordered to leave.
    pub fn watch_end(&mut self, effects: &[Effect]) {
        let ordered = effects.iter().any(|effect| {
            let sending = |record: &Record| matches!(record.change, Change::Sending { .. });
            matches!(effect, Effect::Write { .. }) || matches!(effect, Effect::Record(record) if sending(record))
        });
        if ordered {
            self.breaks(3, "a decision is to leave after the terminal had gone");
        }
    }

    /// Invariants 1, 2 and 3, when a request leaves.
    pub fn watch_leaving(&mut self, place: usize, decision: &Reviewed) {
        self.figures.checks += 6;
        let passage = &self.model.passages[place];
        let id = passage.entry.clone();
        let live = self.program.as_ref().is_some_and(|program| program.is_live() && !program.shut_down);
        let Some(entry) = self.model.entry(&id) else {
            return self.breaks(1, format!("{} leaves, and she never confirmed it", id.0));
        };
        let fault = if !live || passage.run != self.run() {
            Some((3, "after the end of its run".to_owned()))
        } else if entry.run != self.run() {
            Some((3, "and it was confirmed in an earlier run".to_owned()))
        } else if *decision != entry.reviewed {
            Some((1, format!("as {decision:?}, and she confirmed {:?}", entry.reviewed)))
        } else if passage.left.is_some() && !passage.token_refused {
            Some((2, "twice".to_owned()))
        } else if entry.durable < entry.changes.len() {
            Some((5, "and a power cut could take the record of it".to_owned()))
        } else if self.clocks().since(passage.checked) > MAX_CHECK_AGE {
            Some((1, format!("{:?} after its check", self.clocks().since(passage.checked))))
        } else if entry.given_up {
            Some((1, "though she had given it up".to_owned()))
        } else if !matches!(entry.last(), Some(Change::Sending { .. })) {
            Some((2, format!("and its last record is {:?}", entry.last().map(shenpi::store::state))))
        } else if let Some((_, end)) =
            entry.changes.iter().find(|(_, change)| Resolution::after(change) == Resolution::Resolved)
        {
            Some((2, format!("though it was {} before", shenpi::store::state(end))))
        } else if let Some(earlier) = self
            .model
            .passages_of(&id)
            .filter(|other| other.request != passage.request && other.left.is_some())
            .find(|other| other.done || !other.token_refused && other.answer != Some(Answer::Later))
        {
            Some((2, format!("again, after an answer that was {:?}", earlier.answer)))
        } else if let Some(other) = self.undecided_beside(&id, entry, passage.replaces.as_ref()) {
            Some((2, format!("while {} on the same task is undecided", other.0)))
        } else {
            self.too_early_or_late(entry, passage.ordered).or_else(|| self.changed(entry, passage.ordered))
        };
        if let Some((invariant, words)) = fault {
            self.breaks(invariant, format!("the request of {} leaves {words}", id.0));
        }
    }

    /// Another decision on the same task without an answer and not discarded.
    fn undecided_beside(&self, id: &EntryId, entry: &Confirmed, replaces: Option<&EntryId>) -> Option<&EntryId> {
        let others = self.model.confirmed.iter().filter(|(other, _)| *other != id);
        let open = |other: &Confirmed| other.last().is_some_and(|last| Resolution::after(last) != Resolution::Resolved);
        // An uncertain one is closed by the answer to its successor.
        let mut others = others.filter(|(other, entry)| open(entry) && !entry.lost && replaces != Some(*other));
        others.find(|(_, other)| other.key() == entry.key()).map(|(other, _)| other)
    }

    fn too_early_or_late(&self, entry: &Confirmed, ordered: Moment) -> Option<(u8, String)> {
        let slept = self.model.slept_between(entry.at, ordered);
        let held = ordered - entry.at - slept;
        let undo = i64::try_from(self.script.behavior.undo * 1000).unwrap_or(i64::MAX);
        if held + 1 < undo {
            return Some((1, format!("{held} ms after it was confirmed: too soon to take it back")));
        }
        let away = slept + self.model.stopped_between(entry.at, ordered);
        (away > NAP).then(|| (1, format!("though nothing ran for {} s meanwhile", away / 1000)))
    }

    /// Whether the content on screen was the platform's within the last few seconds.
    fn changed(&self, entry: &Confirmed, ordered: Moment) -> Option<(u8, String)> {
        let process = &entry.key().process;
        // A sleep that is too short to stop a decision is not noticed by the clock that readings are dated by.
        let from = ordered - FEW_SECONDS;
        let from = from - self.model.slept_between(from, ordered);
        let truth = self.model.readings.truth(&entry.content);
        if self.platform.sends_bytes() && truth.is_none() {
            return Some((1, "on a reading that came out of no answer".to_owned()));
        }
        if self.showed(process, &entry.content, truth.as_ref(), from, self.now) {
            return None;
        }
        Some((
            1,
            format!("though {} was not what had been on screen for {} s", self.name(process), (self.now - from) / 1000),
        ))
    }

    /// Whether a case showed this content at some moment of that time.
    fn showed(&self, process: &ProcessId, content: &Shown, truth: Option<&Shown>, from: Moment, to: Moment) -> bool {
        let history = self.platform.history(process);
        history.iter().enumerate().any(|(place, version)| {
            let begins = self.moment_of_wall(version.from);
            let ends = history.get(place + 1).map_or(i64::MAX, |next| self.moment_of_wall(next.from));
            begins <= to && ends >= from && is_version(content, truth, version)
        })
    }

    /// Invariants 1 and 2, when the platform has a request.
    pub fn watch_arrival(&mut self, place: usize) {
        self.figures.checks += 2;
        let passage = &self.model.passages[place];
        let id = passage.entry.clone();
        if !passage.done {
            return;
        }
        let twice = self.model.passages_of(&id).filter(|passage| passage.done).count() > 1;
        let write = self.platform.writes().last();
        let entry = self.model.entry(&id);
        let same = match (write, entry) {
            (Some(write), Some(entry)) => self.is_what_was_confirmed(write, &entry.reviewed),
            _ => false,
        };
        if twice {
            self.breaks(2, format!("the platform has done {} twice", id.0));
        } else if !same {
            let words =
                format!("the platform did {write:?}, and she had confirmed {:?}", entry.map(|entry| &entry.reviewed));
            self.breaks(1, words);
        }
        self.with_app(Self::watch_states);
    }

    fn is_what_was_confirmed(&self, write: &Write, reviewed: &Reviewed) -> bool {
        let person = |key| self.platform.person_id(key);
        let of = |id: shenpi::sim::world::Id| id.to_string() == reviewed.target.key.approver.as_str();
        let words = reviewed.decision.opinion().as_str();
        let process = self.platform.key_of(&reviewed.target.key.process) == Some(write.process);
        let by = write.by == Some(self.platform.fixture.she);
        by && process
            && match (&write.action, &reviewed.decision) {
                (WriteAction::Decide { task, approve, reason, fields }, decision) => {
                    let wanted = match decision {
                        Decision::Approve { .. } => Some(true),
                        Decision::Reject { .. } => Some(false),
                        _ => None,
                    };
                    of(*task) && wanted == Some(*approve) && reason == words && fields.is_empty()
                }
                (WriteAction::Transfer { tasks, to, remark }, Decision::Transfer { to: chosen, .. }) => {
                    tasks.iter().all(|task| of(*task)) && person(*to) == chosen.id && remark == words
                }
                (
                    WriteAction::AddSign { task, position, people, remark, .. },
                    Decision::AddSign { position: chosen, people: named, .. },
                ) => {
                    let same = people.iter().map(|key| person(*key)).eq(named.iter().map(|person| person.id.clone()));
                    task.is_some_and(of) && *position as i64 == *chosen as i64 && same && remark == words
                }
                (WriteAction::Withdraw { reason }, Decision::Withdraw { .. })
                | (WriteAction::Revoke { reason }, Decision::Revoke { .. }) => reason == words,
                _ => false,
            }
    }
}

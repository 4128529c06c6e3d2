//! The harness's own model of a day, independent of the program: confirmed decisions and their content, departures and
//! arrivals of requests, written and durable records, and messages that the user saw.

use std::collections::{BTreeMap, HashMap};

use shenpi::app::RequestId;
use shenpi::domain::Resolution;
use shenpi::domain::record::{Change, Record};
use shenpi::domain::{CacheWrite, EntryId, Now, ProcessId, Reviewed, Shown, TaskKey};

use super::shapes::Readings;

/// Milliseconds of true time since the day began, independent of the computer's clocks.
pub type Moment = i64;

/// One confirmed decision.
pub struct Confirmed {
    pub run: usize,
    pub at: Moment,
    /// The decision of the sentence on screen, and its target.
    pub reviewed: Reviewed,
    /// Content that was on screen.
    pub content: Shown,
    /// Every change that the journal took, in order, with the moment.
    pub changes: Vec<(Moment, Change)>,
    /// How many of them are durable.
    pub durable: usize,
    /// A change that was being written when the program ended: the journal has it or not.
    pub torn: Option<(Moment, Change)>,
    /// The power went before its first record was durable, and took it.
    pub lost: bool,
    /// The user took it back or discarded it while it was held.
    pub given_up: bool,
    /// Requests of it, by their place in [`Model::passages`].
    pub passages: Vec<usize>,
    /// The content was that of an earlier run.
    pub cached: bool,
    /// The last message about it and its time; unconfirmed until the screen can have shown it.
    pub told: Option<(Moment, String)>,
}

impl Confirmed {
    pub fn key(&self) -> &TaskKey {
        &self.reviewed.target.key
    }

    pub fn last(&self) -> Option<&Change> {
        self.changes.last().map(|(_, change)| change)
    }
}

/// One request of a decision on its way.
pub struct Passage {
    pub entry: EntryId,
    pub run: usize,
    pub request: RequestId,
    pub decision: Reviewed,
    /// When the program ordered it.
    pub ordered: Moment,
    /// The same by the computer's clocks: what it is sent for was compared with what had been on screen.
    pub checked: Now,
    /// The decision in doubt on the same task that this one is made over.
    pub replaces: Option<EntryId>,
    pub left: Option<Moment>,
    pub arrived: Option<Moment>,
    /// The platform did it.
    pub done: bool,
    /// It will not arrive any more.
    pub over: bool,
    /// An answer that reached the program, and its meaning.
    pub answer: Option<Answer>,
    /// The gateway refused its token, so that nothing was executed.
    pub token_refused: bool,
}

/// Whether an answer allows to send the same again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Accepted,
    Refused,
    /// Certainly not done, and to be tried again: a limit, or "being processed".
    Later,
    NotSent,
    Lost,
}

#[derive(Default)]
pub struct Model {
    pub confirmed: BTreeMap<EntryId, Confirmed>,
    /// In the order of confirming.
    pub order: Vec<EntryId>,
    pub passages: Vec<Passage>,
    /// Entry and kind of every record that was appended and is not known to be durable.
    pub undurable: Vec<EntryId>,
    /// How long the computer slept, and when it woke.
    pub sleeps: Vec<(Moment, i64)>,
    /// How long the program was stopped, and when it went on.
    pub stops: Vec<(Moment, i64)>,
    /// The truth behind answers that are on their way, by run and request; only where they are bytes.
    pub under_way: HashMap<(usize, RequestId), Shown>,
    pub readings: Readings,
    /// Writes to the cache that follow from answers under way, by run and request.
    pub answers: HashMap<(usize, RequestId), CacheWrite>,
    /// Contents that the user has opened, oldest first.
    pub opened: HashMap<ProcessId, Vec<Shown>>,
}

impl Model {
    pub fn entry(&self, id: &EntryId) -> Option<&Confirmed> {
        self.confirmed.get(id)
    }

    /// Whether the user confirmed another decision on the same task after this one.
    pub fn is_decided_anew(&self, id: &EntryId) -> bool {
        let Some(older) = self.confirmed.get(id) else { return false };
        let later = self.order.iter().skip_while(|other| *other != id).skip(1);
        later.filter_map(|other| self.confirmed.get(other)).any(|newer| newer.key() == older.key() && !newer.lost)
    }

    /// Whether an earlier decision on the same task is in doubt.
    pub fn is_over_another(&self, id: &EntryId) -> bool {
        let Some(newer) = self.confirmed.get(id) else { return false };
        let earlier = self.order.iter().take_while(|other| *other != id).filter_map(|other| self.confirmed.get(other));
        let in_doubt =
            |older: &Confirmed| older.last().is_some_and(|last| Resolution::after(last) == Resolution::Uncertain);
        earlier.filter(|older| older.key() == newer.key() && !older.lost).any(in_doubt)
    }

    /// Whether the platform did this decision.
    pub fn is_done(&self, id: &EntryId) -> bool {
        self.passages_of(id).any(|passage| passage.done)
    }

    pub fn passages_of<'a>(&'a self, id: &EntryId) -> impl Iterator<Item = &'a Passage> {
        let places = self.confirmed.get(id).map(|entry| entry.passages.clone()).unwrap_or_default();
        places.into_iter().map(|place| &self.passages[place])
    }

    /// The journal took a record.
    pub fn appended(&mut self, record: &Record, at: Moment) {
        self.undurable.push(record.entry.clone());
        if let Some(entry) = self.confirmed.get_mut(&record.entry) {
            entry.changes.push((at, record.change.clone()));
        }
    }

    /// All appended records are durable.
    pub fn synced(&mut self) {
        for id in std::mem::take(&mut self.undurable) {
            if let Some(entry) = self.confirmed.get_mut(&id) {
                entry.durable = entry.changes.len();
            }
        }
    }

    /// For how long the computer slept between two moments.
    pub fn slept_between(&self, from: Moment, to: Moment) -> i64 {
        between(&self.sleeps, from, to)
    }

    /// For how long the program was stopped between two moments.
    pub fn stopped_between(&self, from: Moment, to: Moment) -> i64 {
        between(&self.stops, from, to)
    }
}

fn between(pauses: &[(Moment, i64)], from: Moment, to: Moment) -> i64 {
    pauses.iter().filter(|(end, _)| *end > from && *end <= to).map(|(_, time)| time).sum()
}

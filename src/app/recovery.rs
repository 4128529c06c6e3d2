//! The start's treatment of earlier runs' decisions from the journal. This file never sends.

use super::notice::Notice;
use super::outbox::{Entry, Outbox};
use super::{App, Reconcile};
use crate::domain::decision::state::{Cause, Input, State, step};
use crate::domain::record::{Change, Discard, Record};
use crate::domain::{Past, Recovered};

impl App {
    /// The journal was read at the start.
    pub(super) fn recovered(&mut self, recovered: Recovered) {
        if let Some(holder) = &self.settings.holder {
            self.notices.say(Notice::SecondInstance(holder.clone()), self.now);
        }
        if recovered.unreadable > 0 {
            self.notices.say(Notice::JournalUnreadable { lines: recovered.unreadable }, self.now);
        }
        let mut list = Reconcile { told: recovered.untold, broken_off: recovered.broken_off, ..Reconcile::default() };
        for past in recovered.open {
            let Some(entry) = self.outbox.earlier(&past) else {
                list.unreadable.push(past);
                continue;
            };
            let key = entry.reviewed.target.key.clone();
            let words = entry.reviewed.decision.opinion().as_str();
            if !words.is_empty() {
                self.drafts.insert((key.clone(), past.first().action), words.to_owned());
            }
            if let Some(older) = self.outbox.entry(&key) {
                if matches!((&older.state, &entry.state), (State::Unknown(_), State::NotSent(Cause::EarlierRun))) {
                    // It was queued over an uncertain one and never sent. The user is told; the uncertain one stays.
                    list.told.push(self.outbox.drop_earlier(past));
                    continue;
                }
                // The task was decided again; the run ended before the older decision was closed.
                self.outbox.discard(&key, Discard::Anew);
                list.tasks.retain(|other| *other != key);
            }
            self.sync.want(&key.process);
            self.outbox.insert(entry);
            list.tasks.push(key);
        }
        if !list.is_empty() {
            self.reconcile = Some(list);
        }
    }
}

impl Outbox {
    /// A decision of an earlier run as an entry of this one; `None` when its own line cannot be read.
    fn earlier(&mut self, past: &Past) -> Option<Entry> {
        let reviewed = past.reviewed()?.clone();
        let state = self.restarted(past)?;
        let order = self.next_order();
        Some(Entry::new(past.first().entry.clone(), reviewed, state, self.now, order))
    }

    /// Where a decision of an earlier run stands in this one; `None` when that is settled.
    fn restarted(&self, past: &Past) -> Option<State> {
        let restart = Input::Restart { readable: past.reviewed().is_some() };
        Some(step(&past.state(), restart, self.now.mono).ok()?.state)
    }

    /// Tells the journal that a queued decision of an earlier run ended with that run.
    fn drop_earlier(&mut self, mut past: Past) -> Past {
        if let Some(record) = self.end_earlier(&past, Discard::Left) {
            past.push(record);
        }
        past
    }

    /// Records the end of a decision without an entry here.
    pub(super) fn strike_out(&mut self, past: &Past) {
        self.end_earlier(past, Discard::Asked);
    }

    fn end_earlier(&mut self, past: &Past, why: Discard) -> Option<Record> {
        let state = self.restarted(past)?;
        let change: Change = step(&state, Input::Discard(why), self.now.mono).ok()?.change?;
        let Record { entry, task, action, .. } = past.first().clone();
        Some(self.record(entry, task, action, change))
    }
}

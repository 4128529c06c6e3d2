//! Decisions of earlier runs as entries of this one.

use super::outbox::{Entry, Outbox};
use crate::domain::Past;
use crate::domain::decision::state::{Input, State, step};
use crate::domain::record::{Change, Discard, Record};

impl Outbox {
    /// A decision of an earlier run as an entry of this one; `None` when its own line cannot be read.
    pub(super) fn earlier(&mut self, past: &Past) -> Option<Entry> {
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
    pub(super) fn drop_earlier(&mut self, mut past: Past) -> Past {
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

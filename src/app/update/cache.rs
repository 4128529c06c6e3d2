//! The cache of an earlier run: its list at the start, the answers of a request when it is opened, and what is kept for
//! the next run.

use std::time::Duration;

use crate::app::effect::{Effect, Query, Slot};
use crate::app::message::Restored;
use crate::app::order::Order;
use crate::app::{App, Subject};
use crate::domain::{CacheWrite, CachedList, Instant, Now, Priority};

impl App {
    /// There is a cache. Its list is shown at once if it is recent; else the platform has to list its tasks first. Either
    /// way its rows are marked until they are known to be current.
    pub(super) fn restored(&mut self, restored: Restored) {
        let Restored { list, recent, writes } = restored;
        self.cache_writer.begin(&list, writes);
        let CachedList { mut rows, good_at, known_until } = list;
        for row in &mut rows {
            if let Some(stamps) = row.stamps {
                self.requests.entry(&row.key.process).last_seen = Some(stamps);
            }
            if let Some((content, (here, _))) = row.content.as_mut().filter(|content| content.current).zip(known_until)
            {
                content.as_of = content.as_of.max(here);
            }
        }
        if let Some((here, there)) = known_until {
            self.list_refresh.resume(here, there, self.now);
        }
        if recent {
            let order = Order::new(&self.names, self.settings.words(), self.screen.list_rows());
            self.inbox.restore(rows, &order);
            self.inbox.read_at = good_at.map(|wall| Now { wall, mono: Instant::default() });
        } else {
            self.cache_writer.put_aside(rows);
        }
    }

    /// A task has ended: the next run must not show it as pending. Before the first complete list of this run the cache
    /// has rows that the list does not, and keeps them.
    pub(super) fn forget_in_cache(&mut self) {
        if self.inbox.complete {
            self.cache_writer.complete(self.inbox.read_at.map(|read| read.wall));
        }
    }

    /// Asks the cache for the request on screen, until the platform has answered.
    pub(super) fn cached_due(&mut self) -> Option<Effect> {
        if !self.cache_writer.reads {
            return None;
        }
        let key = self.subject(Subject::Keys).or_else(|| self.selected())?;
        let process = key.process.clone();
        let is_here = self.requests.process(&process).is_some();
        let is_known = self.inbox.rows_of(&process).any(|row| row.known.is_some());
        if is_here || !is_known || !self.cache_writer.asks(&process) {
            return None;
        }
        Some(self.fetch.read(Slot::Cached(process.clone()), Priority::Opened, Duration::ZERO, Query::Cached(process)))
    }

    /// The batch for the cache that is due.
    pub(super) fn cache_due(&mut self) -> Option<Effect> {
        let known_until = self.list_refresh.known_until();
        let batch = self.cache_writer.due(self.now.mono, &self.inbox, &self.requests, known_until);
        (!batch.is_empty()).then_some(Effect::Keep(batch))
    }

    /// The last batch, when the run ends.
    pub fn last_batch(&mut self) -> Vec<CacheWrite> {
        let known_until = self.list_refresh.known_until();
        self.cache_writer.batch(&self.inbox, &self.requests, known_until)
    }
}

//! The content for the next run: which rows, names and rounds of the list the cache does not have yet. Written in batches, at
//! most one a second.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use super::inbox::{Inbox, Row};
use super::request_cache::{Request, RequestCache};
use crate::domain::{
    CacheWrite, CachedContent, CachedList, CachedRow, CompleteList, Instant, Millis, Names, ProcessId, TaskKey,
};

/// Shortest time between two batches.
const PAUSE: Duration = Duration::from_secs(1);

/// The parts of the state that are not in the cache yet.
#[derive(Debug, Default)]
pub(super) struct CacheWriter {
    /// There is a cache, and this run writes it.
    writes: bool,
    /// There is a cache to read.
    pub(super) reads: bool,
    /// Requests whose rows have changed.
    changed: HashSet<ProcessId>,
    /// Requests that changed at the platform and have not been read since.
    behind: HashSet<ProcessId>,
    /// Rows that the cache has as not current.
    doubted: HashSet<TaskKey>,
    names: Vec<CacheWrite>,
    /// When the list was last read to its end, while the cache does not know of it.
    complete: Option<Millis>,
    /// Since when changes are known without a gap, by the local wall clock.
    since: Option<Millis>,
    written_at: Option<Instant>,
    /// Requests whose answers were asked of the cache, each once until it was read.
    asked: HashSet<ProcessId>,
    /// Rows of a list that is too old to be shown, for the tasks that the platform still lists.
    aside: HashMap<TaskKey, CachedRow>,
}

impl CacheWriter {
    /// There is a cache, with this list.
    pub(super) fn begin(&mut self, list: &CachedList, writes: bool) {
        (self.reads, self.writes) = (true, writes);
        let doubted = |row: &&CachedRow| row.content.as_ref().is_some_and(|content| !content.current);
        self.doubted = list.rows.iter().filter(doubted).map(|row| row.key.clone()).collect();
        self.since = list.known_until.map(|(here, _)| here);
    }

    pub(super) fn put_aside(&mut self, rows: Vec<CachedRow>) {
        self.aside = rows.into_iter().map(|row| (row.key.clone(), row)).collect();
    }

    /// A row that was put aside.
    pub(super) fn aside(&self, key: &TaskKey) -> Option<&CachedRow> {
        self.aside.get(key)
    }

    /// The row of a request says something else, or was seen.
    pub(super) fn note(&mut self, process: &ProcessId) {
        if self.writes {
            self.changed.insert(process.clone());
        }
    }

    /// A request was read.
    pub(super) fn read(&mut self, process: &ProcessId) {
        self.behind.remove(process);
        self.asked.remove(process);
        self.note(process);
    }

    /// A request changed at the platform.
    pub(super) fn fell_behind(&mut self, process: &ProcessId) {
        if self.writes {
            self.behind.insert(process.clone());
        }
    }

    pub(super) fn named(&mut self, process: &ProcessId, names: &Names, read_at: Millis) {
        if self.writes && *names != Names::default() {
            let names = Box::new(names.clone());
            self.names.push(CacheWrite::Names { id: process.clone(), names, read_at });
        }
    }

    /// The list was read to its end, or more is known of changes.
    pub(super) fn complete(&mut self, good_at: Option<Millis>) {
        self.aside.clear();
        if self.writes {
            self.complete = good_at.or(self.complete);
        }
    }

    /// Whether the answers of this request are to be asked of the cache. Yes only once.
    pub(super) fn asks(&mut self, process: &ProcessId) -> bool {
        self.reads && self.asked.insert(process.clone())
    }

    fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.names.is_empty() && self.complete.is_none()
    }

    pub(super) fn next_wake(&self) -> Option<Instant> {
        (!self.is_empty()).then(|| self.written_at.map_or(Instant::default(), |at| at + PAUSE))
    }

    /// The batch that is due. `known_until`: see [`CachedList::known_until`].
    pub(super) fn due(
        &mut self,
        now: Instant,
        inbox: &Inbox,
        requests: &RequestCache,
        known_until: Option<(Millis, Millis)>,
    ) -> Vec<CacheWrite> {
        if self.is_empty() || self.next_wake().is_some_and(|at| at > now) {
            return Vec::new();
        }
        self.written_at = Some(now);
        self.batch(inbox, requests, known_until)
    }

    /// Everything that the cache does not have yet.
    pub(super) fn batch(
        &mut self,
        inbox: &Inbox,
        requests: &RequestCache,
        known_until: Option<(Millis, Millis)>,
    ) -> Vec<CacheWrite> {
        if self.is_empty() {
            return Vec::new();
        }
        if self.since.is_none() {
            self.since = known_until.map(|(here, _)| here);
        }
        let complete = self.complete.take();
        let changed = std::mem::take(&mut self.changed);
        let pending = |row: &&Row| !row.gone;
        let mut rows: Vec<CachedRow> = Vec::new();
        for process in &changed {
            for row in inbox.rows_of(process).filter(pending) {
                rows.push(self.cached(row, requests));
            }
        }
        if complete.is_some() {
            // A later moment up to which changes are known must not cover rows that are not.
            let uncovered = |row: &&Row| {
                let standing = row.known.is_some() && !changed.contains(&row.key.process);
                standing && self.is_current(row) == self.doubted.contains(&row.key)
            };
            let uncovered: Vec<_> =
                inbox.rows().filter(pending).filter(uncovered).map(|row| self.cached(row, requests)).collect();
            rows.extend(uncovered);
        }
        for row in &rows {
            match &row.content {
                Some(content) if !content.current => _ = self.doubted.insert(row.key.clone()),
                _ => _ = self.doubted.remove(&row.key),
            }
        }
        let rows = (!rows.is_empty()).then_some(CacheWrite::Rows(rows));
        let complete = complete.map(|good_at| {
            let tasks = inbox.rows().filter(pending).map(|row| row.key.clone()).collect();
            CacheWrite::Complete(CompleteList { tasks, good_at, known_until })
        });
        rows.into_iter().chain(self.names.drain(..)).chain(complete).collect()
    }

    /// Its content is true up to the moment that changes are known to.
    fn is_current(&self, row: &Row) -> bool {
        let covered = |as_of: Millis| self.since.is_none_or(|since| as_of >= since);
        let known = row.known.as_ref();
        !self.behind.contains(&row.key.process) && known.is_some_and(|known| known.confirmed && covered(known.as_of))
    }

    fn cached(&self, row: &Row, requests: &RequestCache) -> CachedRow {
        let content = row.known.as_ref().map(|known| CachedContent {
            projection: known.projection.clone(),
            as_of: known.as_of,
            current: self.is_current(row),
        });
        let stamps = requests.get(&row.key.process).and_then(Request::seen_stamps);
        CachedRow { key: row.key.clone(), content, seen: row.seen, stamps }
    }
}

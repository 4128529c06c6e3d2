//! Tasks that join the list, with what is known of them.

use crate::app::inbox::KnownRow;
use crate::app::order::Order;
use crate::app::{App, RequestCache};
use crate::domain::{CachedRow, RowProjection, Seen, Task, TaskKey};

impl App {
    /// The new tasks that wait are shown. Returns how many.
    pub(super) fn show_waiting(&mut self) -> usize {
        let tasks = self.inbox.take_aside();
        self.add_tasks(&tasks)
    }

    pub(super) fn add_tasks(&mut self, tasks: &[Task]) -> usize {
        let order = Order::new(&self.names, self.settings.words(), self.screen.list_rows());
        let (outbox, requests, now) = (&self.outbox, &self.requests, self.now.mono);
        let cache = &self.cache_writer;
        let known = |key: &TaskKey| match known(requests, key) {
            (None, seen) => cache.aside(key).map_or((None, seen), before),
            known => known,
        };
        let arrived = self.inbox.add(tasks, |key| outbox.has_just_ended(key, now), known, &order);
        for task in tasks {
            if let Some(row) = self.inbox.row(&task.key) {
                self.fetch.list(&task.key, row.known.is_some());
            }
        }
        arrived
    }
}

/// Content of a task as an earlier run had it.
fn before(row: &CachedRow) -> (Option<KnownRow>, Seen) {
    (row.content.clone().map(KnownRow::from_before), row.seen)
}

/// Content of a task that is not in the list yet, if its request is here.
fn known(requests: &RequestCache, key: &TaskKey) -> (Option<KnownRow>, Seen) {
    let Some(request) = requests.get(&key.process) else { return (None, Seen::default()) };
    let read = request.process.here().zip(request.read_at);
    let known = read.map(|(process, read)| KnownRow {
        projection: RowProjection::of(process, &key.approver),
        as_of: read.wall,
        confirmed: true,
    });
    (known, request.seen())
}

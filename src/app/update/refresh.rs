//! When the list and the requests are read again, and which reads are due.

use std::collections::HashSet;
use std::time::Duration;

use crate::app::effect::{Effect, Query, Slot};
use crate::app::fetch::Attention;
use crate::app::history::NEWEST;
use crate::app::screen::Shape;
use crate::app::{App, Pane, Subject};
use crate::domain::{Priority, ProcessId};

/// Seconds of the longest wait that may be the pause between two pages of the list.
const SHORT_WAIT: u64 = 5;

impl App {
    /// Begins to read the list from its first page.
    pub(super) fn refresh_list(&mut self, asked: bool) -> Option<Effect> {
        self.list_refresh.begin(asked, self.now, &mut self.fetch)
    }

    /// The user touched a key: what is old is read again.
    pub(super) fn refresh_if_old(&mut self) -> Option<Effect> {
        let read_at = self.inbox.read_at.map(|read| read.mono);
        if self.list_refresh.is_old(read_at, self.now.mono) { self.refresh_list(false) } else { None }
    }

    /// The clock reads the list again.
    pub(super) fn poll_list(&mut self) -> Option<Effect> {
        self.list_refresh.poll(self.now, &mut self.fetch)
    }

    /// The user asked for everything that is on screen to be read again.
    pub(super) fn refresh_all(&mut self) -> Option<Effect> {
        let came = self.show_waiting();
        if let Some(key) = self.selected().cloned() {
            self.fetch.want(&key.process);
        }
        self.outbox.reprobe_all();
        self.requests.forget_failures(|_| true);
        let open = self.open_form();
        self.fetch.want_forms_again(&mut self.requests, open.as_ref());
        let page = self.refresh_list(true);
        self.list_refresh.show_arrivals(came);
        page
    }

    /// The endpoints that accept requests again are used.
    pub(super) fn fetch_woke(&mut self) -> Vec<Effect> {
        self.fetch.woke(self.now.mono);
        let page = self.list_refresh.woke(self.now, &mut self.fetch);
        page.into_iter().chain(self.fetch.unpark()).collect()
    }

    /// The reads that are due now.
    pub(super) fn reads_due(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let open = self.open_form();
        if let Some(open) = &open {
            effects.extend(self.fetch.form_due(&mut self.requests, open));
        }
        effects.extend(self.fetch.forms_due_again(&self.requests, open.as_ref()));
        effects.extend(self.original_due());
        let awaited = self.outbox.keys(crate::app::Entry::waits_for_request);
        let awaited: Vec<_> = awaited.into_iter().map(|key| key.process).collect();
        effects.extend(self.fetch.awaited_due(&mut self.requests, &awaited));
        effects.extend(self.applied_due());
        effects.extend(self.requests_due());
        effects
    }

    fn requests_due(&mut self) -> Vec<Effect> {
        let ordered = self.fetch.is_ordered() || self.list_waits();
        let is_open = self.screen.pane != Pane::List;
        let opened = self.subject(Subject::Keys).filter(|_| is_open);
        let selected = self.selected().filter(|_| self.is_row_chosen());
        let opened = opened.into_iter().chain(selected).map(|key| key.process.clone()).collect();
        let around = Attention { opened, inbox: &self.inbox, rows: self.screen.list_rows(), ordered };
        self.fetch.requests_due(&mut self.requests, &around)
    }

    /// The list waits for its own limit, longer than for the pause between two pages: what is on screen stays there.
    fn list_waits(&self) -> bool {
        self.list_refresh.waits(&self.fetch, self.now.mono).is_some_and(|seconds| seconds > SHORT_WAIT)
    }

    /// Drops loaded requests above the cap of memory, except those that the screen, a decision or a read needs.
    pub(super) fn drop_unused(&mut self) {
        if let Some(key) = self.selected().cloned() {
            self.requests.touch(&key.process);
        }
        if !self.requests.is_over() {
            return;
        }
        let subjects = [Subject::Keys, Subject::Screen, Subject::Opened, Subject::Links, Subject::Revealed];
        let looked_at = subjects.into_iter().filter_map(|subject| self.subject(subject));
        let open = self.dialog.iter().flat_map(|dialog| dialog.targets.keys());
        let tasks = looked_at.chain(open).chain(&self.page_target).chain(self.outbox.tasks());
        let mut pinned: HashSet<ProcessId> = tasks.map(|key| key.process.clone()).collect();
        let original = |id: &ProcessId| self.requests.process(id)?.original_process_id.clone();
        let originals: Vec<_> = pinned.iter().filter_map(original).collect();
        pinned.extend(originals);
        let fetch = &self.fetch;
        self.requests.evict(|process| pinned.contains(process) || fetch.reads_any(process));
    }

    /// The process whose form is on screen, or would be if it were here: with the list that of the row under the cursor,
    /// where a preview or a pane beside the list shows it.
    fn open_form(&self) -> Option<ProcessId> {
        let in_list = self.screen.pane == Pane::List;
        let has_place = !in_list || !matches!(self.screen.shape(), Shape::TooSmall | Shape::Single);
        let is_chosen = !in_list || self.is_row_chosen();
        self.subject(Subject::Keys).filter(|_| has_place && is_chosen).map(|key| key.process.clone())
    }

    /// Before the order of the list stands, the row under the cursor is chance until a key has chosen it.
    fn is_row_chosen(&self) -> bool {
        self.fetch.is_ordered() || self.list_waits() || self.inbox.touched
    }

    /// Reads what the journal tells.
    pub(super) fn read_history(&mut self) -> Effect {
        self.history.begin();
        self.fetch.read(Slot::History, Priority::Opened, Duration::ZERO, Query::History { newest: NEWEST })
    }

    /// Pending tasks whose requests are not loaded and that the filter does not show: it may or may not fit them.
    #[must_use]
    pub const fn not_loaded(&self) -> usize {
        self.inbox.unknown_hidden()
    }
}

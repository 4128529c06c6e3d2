//! When the list and the requests are read again, and which reads are due.

use std::time::Duration;

use crate::app::effect::{Effect, Query, Slot};
use crate::app::fetch::REST;
use crate::app::history::NEWEST;
use crate::app::screen::Shape;
use crate::app::{App, Pane, Subject};
use crate::domain::ProcessId;

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

    /// The user asked for everything that is on screen to be read again.
    pub(super) fn refresh_all(&mut self) -> Option<Effect> {
        if let Some(key) = self.selected().cloned() {
            self.fetch.want(&key.process);
        }
        self.outbox.reprobe_all();
        self.requests.forget_failures(|_| true);
        let open = self.open_form();
        self.fetch.want_forms_again(&self.requests, open.as_ref());
        self.refresh_list(true)
    }

    /// The endpoints that accept requests again are used.
    pub(super) fn fetch_woke(&mut self) -> Vec<Effect> {
        self.fetch.woke(self.now.mono);
        let page = self.list_refresh.woke(self.now, &mut self.fetch);
        page.into_iter().chain(self.fetch.unpark()).collect()
    }

    /// The reads that are due now. Asked after every message.
    pub(super) fn reads_due(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        let open = self.open_form();
        if let Some(open) = &open {
            let rest = if self.screen.pane == Pane::List { REST } else { Duration::ZERO };
            effects.extend(self.fetch.form_due(&mut self.requests, open, rest));
        }
        effects.extend(self.fetch.forms_due_again(&self.requests, open.as_ref()));
        effects.extend(self.original_due());
        let awaited = self.outbox.keys(crate::app::Entry::waits_for_request);
        let awaited: Vec<_> = awaited.into_iter().map(|key| key.process).collect();
        effects.extend(self.fetch.awaited_due(&mut self.requests, &awaited));
        effects.extend(self.applied_due());
        let selected = self.selected().map(|key| key.process.clone());
        let rows = self.screen.list_rows();
        effects.extend(self.fetch.requests_due(&mut self.requests, &self.inbox, rows, selected.as_ref()));
        effects
    }

    /// The process whose form is on screen, or would be if it were here.
    fn open_form(&self) -> Option<ProcessId> {
        let has_room = self.screen.pane != Pane::List || self.screen.shape() == Shape::Wide;
        self.subject(Subject::Keys).filter(|_| has_room).map(|key| key.process.clone())
    }

    /// Reads what the journal tells.
    pub(super) fn read_history(&mut self) -> Effect {
        self.history.begin();
        self.fetch.read(Slot::History, Duration::ZERO, Query::History { newest: NEWEST })
    }

    /// Pending tasks whose requests are not loaded and that the filter does not show: it may or may not fit them.
    #[must_use]
    pub const fn not_loaded(&self) -> usize {
        self.inbox.unknown_hidden()
    }
}

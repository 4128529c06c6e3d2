//! The panes: moving in them, what follows when another request is on screen, and what their keys hand out.

use std::time::Duration;

use crate::app::fetch::REST;
use crate::app::form::FormRow;
use crate::app::list_cursor::Way;
use crate::app::notice::Notice;
use crate::app::order::Order;
use crate::app::screen::Shape;
use crate::app::{App, Command, Effect, Pane, Query, Reason, Slot, Subject};
use crate::domain::{Priority, ProcessId};

impl App {
    pub(super) fn travel(&mut self, way: Way) {
        match self.screen.pane {
            Pane::List => self.travel_list(way),
            Pane::Form => self.form.travel(way, self.screen.form_rows()),
            Pane::Process => self.screen.travel(way),
        }
    }

    pub(super) fn travel_list(&mut self, way: Way) {
        self.inbox.travel(way, self.screen.list_rows());
    }

    /// Goes from the open request to the next one or the one before, and says at the ends that there is none.
    pub(super) fn step(&mut self, command: Command, way: Way, end: Reason) {
        let before = self.inbox.position();
        self.travel_list(way);
        if self.inbox.position() == before {
            self.notices.say(Notice::Unavailable { command, reason: end }, self.now);
        }
    }

    pub(super) fn escape(&mut self) {
        if self.screen.pane != Pane::List {
            self.screen.go_to(Pane::List);
        } else if !self.inbox.filter.is_empty() {
            self.inbox.filter.clear();
            self.rearrange();
        }
    }

    pub(super) fn move_border(&mut self, list_grows: bool) {
        self.screen.move_border(list_grows);
        self.inbox.fit(self.screen.list_rows());
        self.form.fit(self.screen.form_rows());
    }

    /// The user arranges the list: sorts and filters it with what is known now, and rows that left the list go.
    pub(super) fn rearrange(&mut self) {
        let outbox = &self.outbox;
        let order = Order::new(&self.names, self.settings.words(), self.screen.list_rows());
        self.inbox.clear_gone(|key| outbox.is_open(key), &order);
    }

    /// Another request is under the cursor.
    pub(super) fn request_changed(&mut self) {
        self.screen.scroll = 0;
        self.rests_at = Some(self.now.mono + REST);
        if self.inbox.touched {
            self.fetch.cursor_moved(self.screen.pane != Pane::List);
        }
    }

    /// The preview follows a resting cursor, and at once where only one target is possible: it was empty, or a request
    /// is open.
    pub(super) fn follow_with_preview(&mut self) {
        let rested = self.rests_at.is_none_or(|at| at <= self.now.mono);
        if rested || self.previewed.is_none() || self.screen.pane != Pane::List || self.dialog.is_some() {
            self.previewed = self.inbox.cursor().cloned();
            self.position = self.inbox.position();
            if self.rests_at.take().is_some() {
                self.show_form();
            }
        }
        if self.form.process() != self.subject(Subject::Screen).map(|key| &key.process) {
            self.show_form();
        }
    }

    /// Shows the form of the request on screen in the form pane.
    pub(super) fn show_form(&mut self) {
        let process = self.subject(Subject::Screen).map(|key| key.process.clone());
        let form = process.as_ref().and_then(|id| self.requests.get(id)).and_then(|request| request.form.here());
        self.form.show(process.as_ref(), form.and_then(Option::as_deref), self.screen.form_rows());
    }

    /// Records the visible content of the request under the cursor, with nothing above it.
    pub(super) fn note_seen(&mut self) {
        let covered = self.page.is_some() || self.open_list().is_some();
        if self.screen.pane == Pane::List || self.screen.shape() == Shape::TooSmall || covered {
            return;
        }
        let Some(key) = self.subject(Subject::Keys) else { return };
        let (process, own) = (key.process.clone(), self.outbox.is_applied(key));
        let request = self.requests.entry(&process);
        let changed = request.is_changed();
        if changed || request.opened.is_none() {
            self.cache_writer.note(&process);
        }
        if let Some(shown) = request.shown() {
            let before = request.opened.take().filter(|_| changed);
            request.opened = Some(shown.clone());
            request.last_seen = None;
            self.inbox.note_seen(&process, request.seen());
            if let Some(before) = before {
                request.before = Some(before.clone());
                if !own {
                    self.notices.say(Notice::RequestChanged { before, now: shown }, self.now);
                }
            }
        }
    }

    /// The screen shows this process, or why it could not be read.
    pub(super) fn shows_process(&self, process: &ProcessId) -> bool {
        let has_pane = match self.screen.shape() {
            Shape::TooSmall => false,
            Shape::Single => self.screen.pane == Pane::Process,
            Shape::Stacked => self.screen.pane != Pane::Form,
            Shape::Double | Shape::Wide => true,
        };
        has_pane && self.shows(process)
    }

    /// The screen shows the form of this process, or why it could not be read.
    pub(super) fn shows_form(&self, process: &ProcessId) -> bool {
        let has_pane = match self.screen.shape() {
            Shape::TooSmall => false,
            Shape::Single | Shape::Stacked => self.screen.pane == Pane::Form,
            Shape::Double | Shape::Wide => true,
        };
        has_pane && self.shows(process)
    }

    /// The panes are about this process, and nothing covers them.
    fn shows(&self, process: &ProcessId) -> bool {
        let covered = self.page.is_some() || self.open_list().is_some();
        !covered && self.subject(Subject::Screen).is_some_and(|key| key.process == *process)
    }

    /// Copies the form value under the cursor, unless it is masked.
    pub(super) fn copy_value(&mut self) -> Vec<Effect> {
        if self.masks_form() && self.form.selected().is_some_and(FormRow::is_covered) {
            self.notices.say(Notice::CopyMasked, self.now);
            return Vec::new();
        }
        let text = self.form.selected().map(FormRow::copied).unwrap_or_default();
        if text.is_empty() {
            self.notices.say(Notice::NothingToCopy, self.now);
            return Vec::new();
        }
        vec![Effect::Copy(text)]
    }

    pub(super) fn download(&mut self) -> Vec<Effect> {
        let Some(file) = self.form.file_under_cursor().cloned() else { return Vec::new() };
        let slot = Slot::Download(file.id.clone());
        if self.fetch.reads(&slot) {
            return Vec::new();
        }
        self.notices.say(Notice::Downloading(file.name.clone()), self.now);
        vec![self.fetch.read(slot, Priority::Opened, Duration::ZERO, Query::Download(file))]
    }

    pub(super) fn find_in_form(&mut self, forward: bool, here: bool) {
        let masked = self.masks_form();
        if !self.form.find(forward, here, masked, self.screen.form_rows()) {
            self.notices.say(Notice::NoMatch, self.now);
        }
    }
}

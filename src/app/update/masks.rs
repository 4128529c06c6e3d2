//! Which requests are masked now: those of sensitive types, except the one that the user revealed a moment ago.

use crate::app::form::Matches;
use crate::app::reveal::Reveal;
use crate::app::{App, Subject};
use crate::domain::{Process, ProcessId, RowProjection, TaskKey, biz_type};

impl App {
    /// Whether the figures of this request are masked now. All display, copying and searching of content uses this.
    #[must_use]
    pub fn is_masked(&self, process: &Process) -> bool {
        biz_type::is_high_care(process) && !self.reveals(&process.id)
    }

    /// The same for the row of a task.
    #[must_use]
    pub fn masks_row(&self, key: &TaskKey, row: &RowProjection) -> bool {
        row.high_care && !self.reveals(&key.process)
    }

    /// The same for a request that may not be loaded: its type is unknown then, and it is masked.
    #[must_use]
    pub fn masks(&self, id: &ProcessId) -> bool {
        self.requests.process(id).map_or_else(|| !self.reveals(id), |process| self.is_masked(process))
    }

    /// The approver has revealed this request.
    #[must_use]
    pub fn reveals(&self, id: &ProcessId) -> bool {
        self.reveal.as_ref().is_some_and(|reveal| reveal.is_of(id, self.now.mono))
    }

    /// The form in the form pane is masked.
    pub(super) fn masks_form(&self) -> bool {
        self.form.process().is_some_and(|id| self.masks(id))
    }

    /// The matches of the search in the form, as far as the masks let it be searched.
    #[must_use]
    pub fn form_matches(&self) -> Option<Matches> {
        self.form.matches(self.masks_form())
    }

    /// Whether the request that keys act on has something to make legible, or is legible already.
    pub(super) fn can_reveal(&self) -> bool {
        let key = self.subject(Subject::Revealed);
        key.is_some_and(|key| self.masks(&key.process) || self.reveals(&key.process))
    }

    /// Makes only the request that keys act on legible.
    pub(super) fn reveal(&mut self) {
        let Some(key) = self.subject(Subject::Revealed).cloned() else { return };
        let now = self.now.mono;
        self.reveal = Some(Reveal::new(key.process, now));
    }

    /// After every message: a key keeps the revealed request legible, another request or time ends that.
    pub(super) fn keep_revealed(&mut self, typed: bool) {
        let in_hand = self.subject(Subject::Revealed).map(|key| key.process.clone());
        let now = self.now.mono;
        self.reveal =
            self.reveal.take().filter(|reveal| in_hand.as_ref().is_some_and(|process| reveal.is_of(process, now)));
        if let Some(reveal) = self.reveal.as_mut().filter(|_| typed) {
            reveal.prolong(now);
        }
    }
}

//! Alerts of decisions that failed, taken away by the user.

use crate::app::App;
use crate::domain::record::Discard;

impl App {
    /// The user takes away the alert of a decision that failed. Where nothing is left to decide, that was all there was to do.
    /// Returns whether there was any.
    pub(super) fn take_alert_away(&mut self) -> bool {
        let Some(key) = self.notices.take_away() else { return false };
        let failed = self.outbox.entry(&key).is_some_and(|entry| entry.state.has_failed());
        let is_open = self.requests.process(&key.process).is_none_or(|process| process.may_be_open(&key.approver));
        if failed && !is_open {
            self.outbox.discard(&key, Discard::Asked);
            self.inbox.mark_gone(&key);
        }
        true
    }
}

//! The start's treatment of earlier runs' decisions from the journal. This file never sends.

use crate::app::notice::Notice;
use crate::app::{App, Issues};
use crate::domain::Recovered;
use crate::domain::decision::state::{Cause, State};
use crate::domain::record::Discard;

impl App {
    /// The journal was read at the start.
    pub(super) fn recovered(&mut self, recovered: Recovered) {
        if let Some(holder) = &self.settings.holder {
            self.notices.say(Notice::SecondInstance(holder.clone()), self.now);
        }
        if recovered.unreadable > 0 {
            self.notices.say(Notice::JournalUnreadable { lines: recovered.unreadable }, self.now);
        }
        let mut list = Issues { unseen: recovered.untold, broken_off: recovered.broken_off, ..Issues::default() };
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
                    list.unseen.push(self.outbox.drop_earlier(past));
                    continue;
                }
                // The task was decided again; the run ended before the older decision was closed.
                self.outbox.discard(&key, Discard::Anew);
                list.tasks.retain(|other| *other != key);
            }
            self.fetch.want(&key.process);
            self.outbox.insert(entry);
            list.tasks.push(key);
        }
        if !list.is_empty() {
            self.issues = Some(list);
        }
    }
}

//! The history page: what the journal tells of her decisions, newest first, and the words that it is searched by.

use std::time::Duration;

use super::effect::{Effect, Query, Slot};
use super::search::Words;
use super::{App, Loaded};
use crate::domain::CleanText;
use crate::domain::record::Past;

/// Decisions that the page shows at most; `shenpi journal` has them all.
pub const NEWEST: usize = 2_000;

/// What was read of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chronicle {
    /// Newest first.
    pub past: Vec<Past>,
    /// Lines that cannot be read.
    pub unreadable: usize,
    /// There are older ones.
    pub more: bool,
}

/// The history page's own state. What was read stays until it is opened again.
#[derive(Debug, Default)]
pub struct History {
    pub chronicle: Loaded<Chronicle>,
    /// Why the journal could not be read.
    pub failure: Option<CleanText>,
    /// What the search says; empty shows everything.
    pub words: String,
}

impl History {
    /// The decisions that the search finds, newest first.
    #[must_use]
    pub fn found(&self) -> Vec<&Past> {
        let words = Words::new(&self.words);
        let past = self.chronicle.here().map(|chronicle| chronicle.past.as_slice()).unwrap_or_default();
        past.iter().filter(|past| words.is_empty() || words.are_in(&text(past))).collect()
    }
}

/// Everything of a decision that a search can find, in both languages.
fn text(past: &Past) -> String {
    let first = past.first();
    let mut text = format!("{} {}", first.task.process.as_str(), first.task.approver.as_str());
    let mut add = |part: &str| {
        text.push(' ');
        text.push_str(part);
    };
    if let Some(reviewed) = past.reviewed() {
        let target = &reviewed.target;
        for label in [&target.kind, &target.initiator, &target.summary, &target.node] {
            add(&label.zh.line());
            add(&label.en.line());
        }
        add(reviewed.decision.opinion().as_str());
    }
    if let Some(log_id) = past.log_id() {
        add(log_id.as_str());
    }
    text
}

impl App {
    pub(super) fn read_history(&mut self) -> Vec<Effect> {
        if self.history.chronicle.here().is_none() {
            self.history.chronicle = Loaded::Loading;
        }
        vec![self.sync.read(Slot::History, Duration::ZERO, Query::History { newest: NEWEST })]
    }

    pub(super) fn history_came(&mut self, read: Result<Chronicle, CleanText>) {
        match read {
            Ok(chronicle) => {
                self.history.chronicle = Loaded::Here(chronicle);
                self.history.failure = None;
            }
            Err(words) => self.history.failure = Some(words),
        }
    }
}

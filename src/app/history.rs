//! The history page: the decisions of the journal, newest first, and the words that they are searched by.

use super::request_cache::Loaded;
use super::search::Words;
use crate::domain::CleanText;
use crate::domain::Past;

/// Decisions that the page shows at most; `shenpi journal` has them all.
pub const NEWEST: usize = 2_000;

/// Content of the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chronicle {
    /// Newest first.
    pub past: Vec<Past>,
    /// Lines that cannot be read.
    pub unreadable: usize,
    /// There are older ones.
    pub more: bool,
}

/// Why the journal could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryFailure {
    /// A newer version of the program wrote it.
    Newer,
    /// The system's own words.
    System(CleanText),
}

/// State of the history page. Its content stays until it is opened again.
#[derive(Debug, Default)]
pub struct History {
    pub chronicle: Loaded<Chronicle>,
    /// Why the journal could not be read.
    pub failure: Option<HistoryFailure>,
    /// Words of the search; empty shows all.
    pub words: String,
}

impl History {
    /// Decisions that the search finds in the output of `text`, newest first.
    #[must_use]
    pub fn found(&self, text: impl Fn(&Past) -> String) -> Vec<&Past> {
        let words = Words::new(&self.words);
        let past = self.chronicle.here().map(|chronicle| chronicle.past.as_slice()).unwrap_or_default();
        past.iter().filter(|past| words.is_empty() || words.are_in(&text(past))).collect()
    }
}

impl History {
    /// The journal is being read.
    pub(super) fn begin(&mut self) {
        if self.chronicle.here().is_none() {
            self.chronicle = Loaded::Loading;
        }
    }

    pub(super) fn came(&mut self, read: Result<Chronicle, HistoryFailure>) {
        match read {
            Ok(chronicle) => {
                self.chronicle = Loaded::Here(chronicle);
                self.failure = None;
            }
            Err(failure) => self.failure = Some(failure),
        }
    }
}

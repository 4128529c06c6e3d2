//! Decisions of the journal: the records of each, and the findings of a start.

use super::decision::state::{Resolution, State, evolve};
use super::record::{Change, Record, SessionEnd};
use super::{CleanText, Millis, Reviewed};

/// One decision of the journal: its records in the order of writing.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    first: Record,
    later: Vec<Record>,
}

impl Past {
    #[must_use]
    pub const fn of(first: Record) -> Self {
        Self { first, later: Vec::new() }
    }

    pub fn push(&mut self, record: Record) {
        self.later.push(record);
    }

    #[must_use]
    pub const fn first(&self) -> &Record {
        &self.first
    }

    #[must_use]
    pub fn last(&self) -> &Record {
        self.later.last().unwrap_or(&self.first)
    }

    /// Every record, oldest first.
    pub fn records(&self) -> impl DoubleEndedIterator<Item = &Record> {
        std::iter::once(&self.first).chain(&self.later)
    }

    /// Its state.
    #[must_use]
    pub fn state(&self) -> State {
        self.records().fold(State::Reviewed, |state, record| evolve(&state, &record.change))
    }

    #[must_use]
    pub fn resolution(&self) -> Resolution {
        Resolution::after(&self.last().change)
    }

    /// The decision; `None` when its line is unreadable.
    #[must_use]
    pub fn reviewed(&self) -> Option<&Reviewed> {
        self.records().find_map(|record| match &record.change {
            Change::Held(reviewed) => Some(&**reviewed),
            _ => None,
        })
    }

    /// When the request left last, if it did.
    #[must_use]
    pub fn sent_at(&self) -> Option<Millis> {
        let sent = self.records().rev().find(|record| matches!(record.change, Change::Sending { .. }));
        sent.map(|record| record.at)
    }

    /// The log id that came with the newest answer that had one.
    #[must_use]
    pub fn log_id(&self) -> Option<&CleanText> {
        self.records().rev().find_map(|record| match &record.change {
            Change::Accepted { log_id } => log_id.as_ref(),
            change => change.answered()?.log_id.as_ref(),
        })
    }
}

/// Findings of a start in the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovered {
    /// Decisions of earlier runs that want an answer, oldest first.
    pub open: Vec<Past>,
    /// Decisions whose answer the user may not have seen, oldest first: it came after the end of the last run began, or
    /// that run broke off without a key since.
    pub untold: Vec<Past>,
    /// End of the last run, unless the user quit: its time, and its cause if the run could still record it.
    pub broken_off: Option<(Millis, Option<SessionEnd>)>,
    /// Lines that cannot be read; they are kept in a file of their own.
    pub unreadable: usize,
}

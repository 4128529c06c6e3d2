//! Decisions as the journal tells them: the records of each, and what a start finds.

use super::decision::state::{Resolution, State, evolve};
use super::record::{Change, Record, SessionEnd};
use super::{CleanText, Millis, Reviewed};

/// One decision as the journal tells it: its records in the order of their writing.
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

    /// Where it stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.records().fold(State::Reviewed, |state, record| evolve(&state, &record.change))
    }

    #[must_use]
    pub fn resolution(&self) -> Resolution {
        Resolution::after(&self.last().change)
    }

    /// What was decided; `None` when that line could not be read.
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

/// What a start finds in the journal.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Recovered {
    /// Decisions of earlier runs that want an answer, oldest first.
    pub open: Vec<Past>,
    /// Decisions whose answer may have been seen by nobody, oldest first: it came after the end of the last run began, or
    /// that run broke off and she had pressed no key since.
    pub untold: Vec<Past>,
    /// When the last run ended, if it did not end by her leaving; and how, if it could still say so.
    pub broken_off: Option<(Millis, Option<SessionEnd>)>,
    /// Lines that cannot be read; they are kept in a file of their own.
    pub unreadable: usize,
}

//! The journal during a run: the loop appends to it, tasks wait for its sync.

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::app::{Chronicle, HistoryFailure};
use crate::domain::record::{Record, SessionEnd};
use crate::domain::{CleanText, Millis};
use crate::store::{Disk, Journal, JournalError, Syncer};

/// Opens the files of the journal for reading; `None` while there are none.
type Reading = Arc<dyn Fn() -> io::Result<Option<Box<dyn Disk>>> + Send + Sync>;

/// The journal of this run, and the reading of its history. A read-only run writes nothing.
pub struct JournalWriter {
    journal: Option<Journal<Box<dyn Disk>>>,
    reading: Reading,
}

impl fmt::Debug for JournalWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JournalWriter").field("writes", &self.journal.is_some()).finish_non_exhaustive()
    }
}

impl JournalWriter {
    /// `journal` is `None` for a run that makes no decisions.
    pub fn new(
        journal: Option<Journal<Box<dyn Disk>>>,
        reading: impl Fn() -> io::Result<Option<Box<dyn Disk>>> + Send + Sync + 'static,
    ) -> Self {
        Self { journal, reading: Arc::new(reading) }
    }

    /// Appends a record to the journal. It survives the end of this process, but not yet of the machine.
    ///
    /// # Errors
    /// The journal does not have the record.
    pub(super) fn append(&mut self, record: &Record) -> io::Result<()> {
        match &mut self.journal {
            Some(journal) => journal.append(record),
            None => Err(io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "read-only")),
        }
    }

    /// Syncs all appended records, for a task that may send only after that.
    pub(super) fn syncer(&self) -> Syncer {
        match &self.journal {
            Some(journal) => journal.syncer(),
            None => Syncer::new(|| Err(io::Error::new(io::ErrorKind::ReadOnlyFilesystem, "read-only"))),
        }
    }

    /// Records the end of the run, `idle` milliseconds after the user's last key. Records of late answers may follow.
    pub(super) fn end(&mut self, how: SessionEnd, at: Millis, idle: Option<u64>) {
        let Some(journal) = &mut self.journal else { return };
        let ended = journal.end(how, at, idle).and_then(|()| journal.syncer().sync());
        if let Err(error) = ended {
            tracing::warn!(%error, "the end of the run is not in the journal");
        }
    }

    /// Waits until the disk has all records.
    pub(super) fn sync(&self) {
        let Some(journal) = &self.journal else { return };
        if let Err(error) = journal.syncer().sync() {
            tracing::warn!(%error, "the last records of the journal may be lost");
        }
    }

    /// Reads the newest decisions; for a thread that may wait for the disk.
    pub(super) fn history(&self, newest: usize) -> impl FnOnce() -> Result<Chronicle, HistoryFailure> + Send + use<> {
        let reading = Arc::clone(&self.reading);
        move || {
            let read = || match reading()? {
                Some(disk) => crate::store::history(&disk, newest),
                None => Ok(crate::store::JournalHistory::default()),
            };
            let history = read().map_err(|error| match error {
                JournalError::Newer => HistoryFailure::Newer,
                JournalError::Io(error) => HistoryFailure::System(CleanText::new(&error.to_string())),
            })?;
            Ok(Chronicle { past: history.past, unreadable: history.unreadable, more: history.more })
        }
    }
}

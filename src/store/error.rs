//! Why a journal is not read.

use std::io;

/// A journal that this program must leave alone.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    #[error(transparent)]
    Io(#[from] io::Error),
    /// A line has a version above this program's. Nothing of the journal was changed.
    #[error("a newer version of this program wrote the journal")]
    Newer,
}

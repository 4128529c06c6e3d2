//! Why there is no cache, and which error of the database, the disk or the seal means it.

use std::io;

use rusqlite::{Error, ErrorCode, ffi};

use super::seal::NotSealed;
use crate::domain::CacheProblem;

impl From<io::Error> for CacheProblem {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Unusable(error.to_string()),
        }
    }
}

impl From<NotSealed> for CacheProblem {
    fn from(_: NotSealed) -> Self {
        Self::Unusable("no random bytes".to_owned())
    }
}

impl From<Error> for CacheProblem {
    fn from(error: Error) -> Self {
        let Error::SqliteFailure(failure, _) = &error else {
            // A value in another shape than the tables give it.
            return Self::Damaged;
        };
        match (failure.code, failure.extended_code) {
            (ErrorCode::DiskFull, _) => Self::Full,
            (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => Self::Busy,
            (
                _,
                ffi::SQLITE_IOERR_LOCK
                | ffi::SQLITE_IOERR_UNLOCK
                | ffi::SQLITE_IOERR_RDLOCK
                | ffi::SQLITE_IOERR_CHECKRESERVEDLOCK
                | ffi::SQLITE_IOERR_SHMLOCK
                | ffi::SQLITE_IOERR_SHMMAP
                | ffi::SQLITE_IOERR_SHMOPEN,
            )
            | (ErrorCode::FileLockingProtocolFailed, _) => Self::NoLocks,
            (ErrorCode::SystemIoFailure, code) if code != ffi::SQLITE_IOERR_CORRUPTFS => {
                Self::Unusable(error.to_string())
            }
            (
                ErrorCode::CannotOpen
                | ErrorCode::PermissionDenied
                | ErrorCode::ReadOnly
                | ErrorCode::OutOfMemory
                | ErrorCode::TooBig
                | ErrorCode::OperationInterrupted,
                _,
            ) => Self::Unusable(error.to_string()),
            _ => Self::Damaged,
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::{Error, ffi};

    use super::CacheProblem;

    #[test]
    fn errors_of_the_database_are_told_apart() {
        let of = |code| CacheProblem::from(Error::SqliteFailure(ffi::Error::new(code), None));
        for locks in [ffi::SQLITE_IOERR_LOCK, ffi::SQLITE_IOERR_SHMMAP, ffi::SQLITE_PROTOCOL] {
            assert_eq!(of(locks), CacheProblem::NoLocks);
        }
        assert_eq!(of(ffi::SQLITE_FULL), CacheProblem::Full);
        assert_eq!(of(ffi::SQLITE_BUSY), CacheProblem::Busy);
        for damage in [ffi::SQLITE_CORRUPT, ffi::SQLITE_NOTADB, ffi::SQLITE_ERROR, ffi::SQLITE_CONSTRAINT] {
            assert_eq!(of(damage), CacheProblem::Damaged);
        }
        assert!(matches!(of(ffi::SQLITE_READONLY), CacheProblem::Unusable(_)));
        assert!(matches!(of(ffi::SQLITE_IOERR_WRITE), CacheProblem::Unusable(_)));
    }
}

//! One instance for one operator.
//!
//! The lock is `flock` on the operator's folder and on a file in it. It ends with its holder in any case; the file's
//! content only names the holder for a second instance, so a file that names a process which is gone, or that is empty,
//! is no obstacle. The folder, because the file may be deleted; the file, because not every file system locks a folder
//! (NFS wants the right to write for a lock, and a folder cannot be opened for writing).
//!
//! On NFS, Linux turns `flock` into a byte-range lock of the whole file since 2.6.12 (flock(2), "NFS details"), so that
//! two hosts see each other's lock. They do not where the share is mounted with `local_lock=flock` or `local_lock=all`,
//! or with `nolock`: there the lock counts on one host only. A file system without such locks gives an error here.

use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};

use super::disk::{FOLDER, make, narrow};
use super::encoding;
use crate::domain::{CleanText, Millis};
use crate::files;

const NAME: &str = "lock";
/// Bytes read of the file at most: a holder is four short members.
const LONGEST: u64 = 4096;

/// The process that holds the lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockHolder {
    pub pid: u32,
    /// The terminal's device; empty when there is none.
    pub terminal: CleanText,
    pub host: CleanText,
    pub since: Millis,
}

/// Another process holds the lock; `None` when the file does not name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockedBy(pub Option<LockHolder>);

/// The lock, until it is dropped.
#[derive(Debug)]
pub struct Lock {
    file: File,
    /// Open for its lock alone.
    _folder: File,
}

#[derive(Serialize, Deserialize)]
struct HolderJson {
    pid: u32,
    terminal: String,
    host: String,
    since: String,
}

/// Takes the lock in a folder, which is created when missing.
///
/// # Errors
/// The file cannot be created or locked, or is a symbolic link, a pipe or a device.
pub fn take(folder: &Path, holder: &LockHolder) -> io::Result<Result<Lock, LockedBy>> {
    make(folder)?;
    let locked = File::from(rustix::fs::open(folder, FOLDER, Mode::empty())?);
    // On a file system that cannot lock a folder, the file's lock counts alone.
    let held = matches!(locked.try_lock(), Err(TryLockError::WouldBlock));
    let mut file = files::open(&folder.join(NAME), OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW)?;
    match file.try_lock() {
        _ if held => return Ok(Err(LockedBy(read(&mut file)?))),
        Err(TryLockError::WouldBlock) => return Ok(Err(LockedBy(read(&mut file)?))),
        Err(TryLockError::Error(error)) => return Err(error),
        Ok(()) => {}
    }
    narrow(&file, files::PRIVATE)?;
    file.set_len(0)?;
    let json = HolderJson {
        pid: holder.pid,
        terminal: holder.terminal.to_string(),
        host: holder.host.to_string(),
        since: encoding::time(holder.since),
    };
    serde_json::to_writer(&file, &json)?;
    file.write_all(b"\n")?;
    Ok(Ok(Lock { file, _folder: locked }))
}

fn read(file: &mut File) -> io::Result<Option<LockHolder>> {
    let mut content = Vec::new();
    file.rewind()?;
    file.take(LONGEST).read_to_end(&mut content)?;
    Ok(serde_json::from_slice::<HolderJson>(&content).ok().and_then(|json| {
        Some(LockHolder {
            pid: json.pid,
            terminal: CleanText::new(&json.terminal),
            host: CleanText::new(&json.host),
            since: encoding::read_time(&json.since)?,
        })
    }))
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Emptied before the kernel releases the lock. A failure is harmless: stale content is no obstacle.
        let _ = self.file.set_len(0);
    }
}

//! The database below the cache: how it is opened, its tables, and what an error of it means.

use std::io;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use rustix::fs::{AtFlags, CWD, OFlags, statat};

use super::seal::VERSION;
use crate::domain::CacheProblem;
use crate::files;
use crate::store::disk::Folder;

/// Names the program in the file's header: "shnp".
const APPLICATION: i32 = 0x7368_6E70;
/// The database's file. `SQLite` puts its own beside it.
const NAME: &str = "cache.db";
const BESIDE: [&str; 3] = ["cache.db-wal", "cache.db-shm", "cache.db-journal"];
/// How long another process is waited for.
const PATIENCE: Duration = Duration::from_secs(2);

const TABLES: &str = "
CREATE TABLE IF NOT EXISTS file (salt BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS value (
    kind INTEGER NOT NULL,
    key BLOB NOT NULL,
    at INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (kind, key)
);
CREATE INDEX IF NOT EXISTS oldest ON value (at);
";

/// File systems without shared memory between their hosts: `SQLite`'s log needs it (statfs(2)).
const REMOTE: [u32; 8] = [
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF53_4D42, // CIFS
    0xFE53_4D42, // SMB2
    0x5346_414F, // AFS
    0x7375_7245, // Coda
    0x0102_1997, // 9P
    0x00C3_6400, // Ceph
];

/// Opens the database of a folder for reading and writing; creates both when missing.
pub(super) fn open(folder: &Path) -> Result<Connection, CacheProblem> {
    // Narrows the folder and its files, and refuses links for both.
    drop(Folder::open(folder)?);
    for name in std::iter::once(NAME).chain(BESIDE) {
        let found = statat(CWD, folder.join(name), AtFlags::SYMLINK_NOFOLLOW);
        let regular = found.map(|found| rustix::fs::FileType::from_raw_mode(found.st_mode).is_file());
        if regular == Ok(false) {
            return Err(CacheProblem::Unusable(format!("{name}: not a regular file")));
        }
    }
    // Created here, because the file and those beside it take their mode from it.
    drop(files::open(&folder.join(NAME), OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW)?);
    let database = connect(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let version = user_version(&database)?;
    if version > VERSION {
        return Err(CacheProblem::Newer);
    }
    let application: i32 = database.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION && (application != 0 || version != 0) {
        return Err(CacheProblem::Damaged);
    }
    if version == 0 {
        database.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    let journal = if is_remote(folder) { "DELETE" } else { "WAL" };
    database.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(()))?;
    database.execute_batch(TABLES)?;
    if version != VERSION {
        database.pragma_update(None, "application_id", APPLICATION)?;
        database.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(database)
}

/// Opens an existing database for reading; `None` when there is none.
pub(super) fn existing(folder: &Path) -> Result<Option<Connection>, CacheProblem> {
    match std::fs::symlink_metadata(folder.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
        Ok(_) => {}
    }
    let database = connect(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.pragma_update(None, "query_only", true)?;
    match user_version(&database)? {
        0 => Ok(None),
        VERSION => Ok(Some(database)),
        _ => Err(CacheProblem::Newer),
    }
}

fn connect(folder: &Path, flags: OpenFlags) -> Result<Connection, CacheProblem> {
    // The flag refuses links anywhere in the path; those above the folder are the user's own.
    let path = folder.canonicalize()?.join(NAME);
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    let database = Connection::open_with_flags(path, flags)?;
    database.busy_timeout(PATIENCE)?;
    // The last one to close would otherwise delete by name what another process may have created since.
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    for (name, value) in [("secure_delete", "ON"), ("synchronous", "NORMAL"), ("temp_store", "MEMORY")] {
        database.pragma_update(None, name, value)?;
    }
    database.pragma_update(None, "cell_size_check", true)?;
    database.pragma_update(None, "trusted_schema", false)?;
    Ok(database)
}

fn user_version(database: &Connection) -> Result<i32, CacheProblem> {
    Ok(database.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

fn is_remote(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|found| {
        let kind = u32::try_from(found.f_type & 0xFFFF_FFFF).unwrap_or_default();
        REMOTE.contains(&kind)
    })
}

/// Brings the log into the file and empties it, so that erased bytes leave both. Returns whether it did: a reader of an
/// older state keeps the log.
pub(super) fn empty_log(database: &Connection) -> Result<bool, CacheProblem> {
    // Short: the bytes can wait for the next time, a key press for its details cannot.
    database.busy_timeout(Duration::from_millis(100))?;
    let busy = database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0));
    database.busy_timeout(PATIENCE)?;
    Ok(busy? == 0)
}

/// Device and number of the file: another file of the same name is another cache.
pub(super) fn identity(folder: &Path) -> io::Result<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    let found = std::fs::symlink_metadata(folder.join(NAME))?;
    Ok((found.dev(), found.ino()))
}

/// Deletes the files of a database, whatever they hold. Returns whether there were any.
pub(super) fn delete(folder: &Path) -> io::Result<bool> {
    let mut found = false;
    for name in BESIDE.into_iter().chain([NAME]) {
        match std::fs::remove_file(folder.join(name)) {
            Ok(()) => found = true,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

/// Erases the content without its keys, also while another process has the database open: that one finds its salt gone.
/// Deletes the files when no other process has them. Returns whether there was a database.
pub(super) fn clear(folder: &Path) -> io::Result<bool> {
    match std::fs::symlink_metadata(folder.join(NAME)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return delete(folder),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    match erase(folder) {
        // Another process has it open, with nothing in it.
        Ok(false) => Ok(true),
        Err(CacheProblem::Busy) => Err(io::Error::other("another process is writing to it")),
        Ok(true) | Err(_) => delete(folder),
    }
}

/// Returns whether no other process has the database open.
fn erase(folder: &Path) -> Result<bool, CacheProblem> {
    let database = connect(folder, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.execute_batch("BEGIN IMMEDIATE; DELETE FROM file; DELETE FROM value; COMMIT;")?;
    empty_log(&database)?;
    shrink(&database)?;
    empty_log(&database)?;
    // Succeeds only for the last connection.
    let alone = database.pragma_update_and_check(None, "journal_mode", "DELETE", |row| row.get::<_, String>(0));
    Ok(alone.is_ok_and(|mode| mode == "delete"))
}

/// Gives unused pages back to the file system.
pub(super) fn shrink(database: &Connection) -> Result<(), CacheProblem> {
    let mut pages = database.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = pages.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

/// Bytes of the database in use.
pub(super) fn used(database: &Connection) -> Result<u64, CacheProblem> {
    let number = |name| database.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = number("page_count")?.saturating_sub(number("freelist_count")?);
    Ok(u64::try_from(pages.saturating_mul(number("page_size")?)).unwrap_or_default())
}

//! The cache: what was read of the platform, sealed, for the next start and for a second window.
//!
//! ```text
//! <state_dir>/cache/<name of the journal's folder>/cache.db    SQLite, with the files that it puts beside it
//! ```
//!
//! Answers are kept as received and read later by the reader of `feishu`. Only the rows of the list and names have a
//! format of their own (`rows`). One process writes, the one that holds the operator's lock; any number read.
//!
//! A cache proves nothing and is never needed: a damaged or newer one is dropped, and a file system that does not serve
//! leaves the program without one. One of another owner stays until something is written, which only an answer of the
//! platform causes: a mistyped secret costs nothing. [`CacheProblem`] says which.

mod list;
mod problem;
mod rows;
mod schema;
mod seal;
#[cfg(test)]
mod tests;
mod values;

use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior, params};

use list::{Blocks, Stored};
pub use seal::Owner;
use seal::{Kind, Seal};
use values::{get, put};

use crate::domain::{CacheProblem, CacheWrite, CachedDetail, CachedList, CompleteList, Millis, Names, ProcessId};

/// Tolerated advance of the clock: a later time of a reading is a mistake of one of the two clocks.
const AHEAD: i64 = 24 * 3_600_000;
const DAY: i64 = 24 * 3_600_000;
/// Values that are evicted at a time.
const EVICTED: i64 = 64;

/// Bounds of a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheBounds {
    /// Days after its reading that an answer is kept.
    pub days: u32,
    /// Bytes of the database; the oldest details leave first.
    pub bytes: u64,
    /// Content of sensitive requests is kept too.
    pub sensitive: bool,
}

/// The cache of one operator.
#[derive(Debug)]
pub struct Cache {
    database: Connection,
    folder: PathBuf,
    /// Of the file that is open.
    identity: (u64, u64),
    salt: Vec<u8>,
    seal: Seal,
    bounds: CacheBounds,
    /// Where each row stands; `None` until the list was read, and always for a reader.
    blocks: Option<Blocks>,
    /// Salt and keys that take the place of those of another owner, whose content is still in the file.
    successor: Option<(Vec<u8>, Seal)>,
    /// Erased bytes may still be in the log.
    unerased: bool,
}

/// Erases the cache in a folder, without its secret and while other processes use it. Returns whether there was one.
///
/// # Errors
/// The files cannot be deleted.
pub fn clear(folder: &Path) -> io::Result<bool> {
    if std::fs::symlink_metadata(folder).is_err() {
        return Ok(false);
    }
    let found = schema::clear(folder)?;
    // Fails while another process has its files in it.
    let _ = std::fs::remove_dir(folder);
    Ok(found)
}

/// Erases every cache below the folder of the program's state. Returns the number.
///
/// # Errors
/// One of them cannot be deleted; the others are.
pub fn clear_all(state_dir: &Path) -> io::Result<usize> {
    let folders = match std::fs::read_dir(state_dir.join("cache")) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
        folders => folders?,
    };
    let mut failed = None;
    let mut cleared = 0;
    for entry in folders {
        match entry.and_then(|entry| clear(&entry.path())) {
            Ok(found) => cleared += usize::from(found),
            Err(error) => failed = Some(error),
        }
    }
    failed.map_or(Ok(cleared), Err)
}

impl Cache {
    /// Opens the cache of a folder for writing, after dropping one that is of no use. The problem, if there was one, is
    /// worth telling; without a cache the program goes on.
    #[must_use]
    pub fn open(
        folder: &Path,
        owner: Owner<'_>,
        bounds: CacheBounds,
        now: Millis,
    ) -> (Option<Self>, Option<CacheProblem>) {
        let problem = match Self::try_open(folder, owner, bounds, now) {
            Ok(cache) => {
                let foreign = cache.successor.is_some().then_some(CacheProblem::Foreign);
                return (Some(cache), foreign);
            }
            Err(problem) => problem,
        };
        if !problem.drops() {
            return (None, Some(problem));
        }
        let again = schema::delete(folder).map_err(CacheProblem::from);
        match again.and_then(|_| Self::try_open(folder, owner, bounds, now)) {
            Ok(cache) => (Some(cache), Some(problem)),
            Err(second) => (None, Some(second)),
        }
    }

    /// Opens the cache of a folder for reading, and changes nothing. `None`: there is none.
    ///
    /// # Errors
    /// The cache cannot be used.
    pub fn read_only(folder: &Path, owner: Owner<'_>, bounds: CacheBounds) -> Result<Option<Self>, CacheProblem> {
        let Some(database) = schema::existing(folder)? else { return Ok(None) };
        let salt = database.query_row("SELECT salt FROM file", [], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        let Some(salt) = salt else { return Ok(None) };
        let cache = Self::of(database, folder, salt, owner, bounds)?;
        match cache.owner()? {
            Some(sensitive) if sensitive && !bounds.sensitive => Ok(None),
            Some(_) => Ok(Some(cache)),
            None => Err(CacheProblem::Foreign),
        }
    }

    fn try_open(folder: &Path, owner: Owner<'_>, bounds: CacheBounds, now: Millis) -> Result<Self, CacheProblem> {
        let mut database = schema::open(folder)?;
        let writing = database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let salts: Vec<Vec<u8>> =
            writing.prepare("SELECT salt FROM file")?.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let (salt, new) = match salts.as_slice() {
            [] => (seal::salt()?.to_vec(), true),
            [salt] if salt.len() == seal::SALT => (salt.clone(), false),
            _ => return Err(CacheProblem::Damaged),
        };
        if new {
            writing.execute("DELETE FROM value", [])?;
            writing.execute("INSERT INTO file VALUES (?)", [&salt])?;
        }
        writing.commit()?;
        let mut cache = Self::of(database, folder, salt, owner, bounds)?;
        if new {
            cache.claim()?;
        }
        match cache.owner()? {
            None => {
                let salt = seal::salt()?.to_vec();
                let seal = Seal::new(owner, &salt)?;
                cache.successor = Some((salt, seal));
            }
            // Content that must not be kept any more goes with everything else.
            Some(true) if !bounds.sensitive => {
                cache.in_transaction(|writing, _| Ok(writing.execute("DELETE FROM value", [])?))?;
                cache.claim()?;
                cache.unerased = true;
            }
            Some(_) => {}
        }
        cache.expire(now)?;
        cache.erase()?;
        Ok(cache)
    }

    fn of(
        database: Connection,
        folder: &Path,
        salt: Vec<u8>,
        owner: Owner<'_>,
        bounds: CacheBounds,
    ) -> Result<Self, CacheProblem> {
        let seal = Seal::new(owner, &salt)?;
        let identity = schema::identity(folder)?;
        let folder = folder.to_owned();
        Ok(Self { database, folder, identity, salt, seal, bounds, blocks: None, successor: None, unerased: false })
    }

    /// Erases the content of another owner and makes the file this one's.
    fn take_over(&mut self) -> Result<(), CacheProblem> {
        let Some((salt, seal)) = self.successor.take() else { return Ok(()) };
        let sensitive = self.bounds.sensitive;
        let taken = self.in_transaction(|writing, _| {
            writing.execute("DELETE FROM value", [])?;
            writing.execute("UPDATE file SET salt = ?", [&salt])?;
            put(writing, &seal, Kind::Owner, "", Millis(0), &[u8::from(sensitive)])
        });
        if taken.is_err() {
            self.successor = Some((salt, seal));
            return taken;
        }
        (self.salt, self.seal) = (salt, seal);
        self.unerased = true;
        Ok(())
    }

    /// Marks the file as this owner's. Its value says whether content of sensitive requests may be in it.
    fn claim(&mut self) -> Result<(), CacheProblem> {
        let sensitive = self.bounds.sensitive;
        self.in_transaction(|writing, seal| put(writing, seal, Kind::Owner, "", Millis(0), &[u8::from(sensitive)]))
    }

    /// Whether content of sensitive requests may be in the file; `None`: it is another owner's.
    fn owner(&self) -> Result<Option<bool>, CacheProblem> {
        let owner = get(&self.database, &self.seal, Kind::Owner, "")?;
        Ok(owner.map(|(value, _)| value != [0]))
    }

    /// Bytes of the database in use.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn used(&self) -> Result<u64, CacheProblem> {
        schema::used(&self.database)
    }

    /// The list, if it was good within the days that the bounds allow. A list of which a part is missing is none.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn list(&mut self, now: Millis) -> Result<Option<CachedList>, CacheProblem> {
        let reading = self.database.transaction()?;
        let Some(Stored { mut list, blocks }) = list::read(&reading, &self.seal)? else { return Ok(None) };
        drop(reading);
        self.blocks = Some(blocks);
        if list.good_at.is_none_or(|at| !self.is_kept(at, now)) {
            return Ok(None);
        }
        for row in &mut list.rows {
            row.content.take_if(|content| !content.current && !self.is_kept(content.as_of, now));
        }
        Ok(Some(list))
    }

    /// The answers of a request, if its process is here and not too old.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn detail(&self, id: &ProcessId, now: Millis) -> Result<Option<CachedDetail>, CacheProblem> {
        let get = |kind| {
            let found = get(&self.database, &self.seal, kind, id.as_str())?;
            Ok::<_, CacheProblem>(found.filter(|(_, at)| self.is_kept(*at, now)))
        };
        let Some((process, read_at)) = get(Kind::Process)? else { return Ok(None) };
        Ok(Some(CachedDetail {
            process,
            read_at,
            form: get(Kind::Form)?,
            labels: get(Kind::Labels)?.map(|(answer, _)| answer),
            names: get(Kind::Names)?.and_then(|(names, _)| rows::read_names(&names)).unwrap_or_default(),
            sensitive: self.bounds.sensitive,
        }))
    }

    fn is_kept(&self, at: Millis, now: Millis) -> bool {
        let age = now - at;
        age < i64::from(self.bounds.days) * DAY && age > -AHEAD
    }

    /// Keeps everything of a batch, or nothing.
    ///
    /// # Errors
    /// Nothing of the batch is kept. After [`CacheProblem::Busy`] the cache goes on; after any other problem the caller
    /// drops it with [`Cache::abandon`].
    pub fn write(&mut self, batch: &[CacheWrite]) -> Result<(), CacheProblem> {
        if batch.is_empty() {
            return Ok(());
        }
        self.take_over()?;
        let mut blocks = match self.blocks.take() {
            Some(blocks) => blocks,
            None => list::read(&self.database, &self.seal)?.unwrap_or_default().blocks,
        };
        let sensitive = self.bounds.sensitive;
        let before = blocks.clone();
        let written = self.in_transaction(|writing, seal| {
            batch.iter().try_for_each(|write| keep(writing, seal, &mut blocks, write, sensitive))?;
            blocks.finish(writing, seal)
        });
        self.blocks = Some(if written.is_ok() { blocks } else { before });
        written?;
        if batch.iter().any(|write| matches!(write, CacheWrite::Complete(_))) {
            self.unerased = true;
        }
        self.evict()?;
        self.erase()
    }

    /// Deletes what is older than the bounds allow.
    ///
    /// # Errors
    /// As [`Cache::write`].
    pub fn expire(&mut self, now: Millis) -> Result<(), CacheProblem> {
        let oldest = now.0.saturating_sub(i64::from(self.bounds.days) * DAY);
        let newest = now.0.saturating_add(AHEAD);
        let kinds = (Kind::Process as u8, Kind::Names as u8);
        let is_old = |at: Option<Millis>| at.is_none_or(|at| at.0 <= oldest || at.0 >= newest);
        // The time of another owner's list is sealed.
        let is_foreign = self.successor.is_some();
        let expired = self.in_transaction(|writing, seal| {
            let list = list::read(writing, seal)?;
            if !is_foreign && list.is_none_or(|stored| is_old(stored.list.good_at)) {
                let kinds = (Kind::Block as u8, Kind::List as u8);
                writing.execute("DELETE FROM value WHERE kind BETWEEN ?1 AND ?2", kinds)?;
            }
            // The plus keeps SQLite from reading the values of all these kinds: the index by time has the few that match.
            let sql = "DELETE FROM value WHERE (at <= ?1 OR at >= ?2) AND +kind BETWEEN ?3 AND ?4";
            writing.execute(sql, params![oldest, newest, kinds.0, kinds.1])?;
            Ok(writing.changes() > 0)
        })?;
        self.unerased |= expired;
        Ok(())
    }

    /// Deletes the oldest answers until the database is within its bound, with a tenth to spare.
    fn evict(&mut self) -> Result<(), CacheProblem> {
        if schema::used(&self.database)? <= self.bounds.bytes {
            return Ok(());
        }
        let kinds = (Kind::Process as u8, Kind::Names as u8);
        let target = self.bounds.bytes - self.bounds.bytes / 10;
        self.in_transaction(|writing, _| {
            while schema::used(writing)? > target {
                let sql = "DELETE FROM value WHERE rowid IN (SELECT rowid FROM value \
                           WHERE +kind BETWEEN ?1 AND ?2 ORDER BY at LIMIT ?3)";
                if writing.execute(sql, params![kinds.0, kinds.1, EVICTED])? == 0 {
                    break;
                }
            }
            Ok(())
        })?;
        self.unerased = true;
        Ok(())
    }

    /// Brings erased bytes out of the log too. What a reader still holds leaves with a later call.
    fn erase(&mut self) -> Result<(), CacheProblem> {
        if self.unerased {
            schema::shrink(&self.database)?;
            self.unerased = !schema::empty_log(&self.database)?;
        }
        Ok(())
    }

    /// Closes the cache at the end of a run: its log is emptied where no other process needs it.
    pub fn close(self) {
        if self.is_own().is_ok() {
            // A log that stays is read at the next start.
            let _ = schema::empty_log(&self.database);
        }
    }

    /// Gives up a cache that a problem ended. Deletes the files where they are of no use.
    pub fn abandon(self, problem: &CacheProblem) {
        let Self { database, folder, identity, .. } = self;
        drop(database);
        if problem.drops() && schema::identity(&folder).is_ok_and(|found| found == identity) {
            // Files that cannot be deleted are dropped by the next start.
            let _ = schema::delete(&folder);
        }
    }

    /// Fails if the open file is no longer the one of its name.
    fn is_own(&self) -> Result<(), CacheProblem> {
        match schema::identity(&self.folder) {
            Ok(found) if found == self.identity => Ok(()),
            Ok(_) => Err(CacheProblem::Cleared),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(CacheProblem::Cleared),
            Err(error) => Err(error.into()),
        }
    }

    /// Does all of the work or nothing, in a file that is still this cache's.
    fn in_transaction<T>(
        &mut self,
        work: impl FnOnce(&Transaction<'_>, &Seal) -> Result<T, CacheProblem>,
    ) -> Result<T, CacheProblem> {
        self.is_own()?;
        let writing = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let salt = writing.query_row("SELECT salt FROM file", [], |row| row.get::<_, Vec<u8>>(0)).optional()?;
        if salt.as_ref() != Some(&self.salt) {
            return Err(CacheProblem::Cleared);
        }
        let done = work(&writing, &self.seal)?;
        writing.commit()?;
        Ok(done)
    }
}

/// Applies one thing of a batch.
fn keep(
    writing: &Transaction<'_>,
    seal: &Seal,
    blocks: &mut Blocks,
    write: &CacheWrite,
    sensitive: bool,
) -> Result<(), CacheProblem> {
    match write {
        CacheWrite::Process { id, high_care: true, .. } if !sensitive => forget(writing, seal, id),
        CacheWrite::Process { id, answer, read_at, .. } => {
            put(writing, seal, Kind::Process, id.as_str(), *read_at, answer)
        }
        CacheWrite::Form { id, answer, read_at } => beside(writing, seal, Kind::Form, id, *read_at, answer),
        CacheWrite::Labels { id, answer, read_at } => beside(writing, seal, Kind::Labels, id, *read_at, answer),
        CacheWrite::Names { id, names, read_at } => {
            let known = get(writing, seal, Kind::Names, id.as_str())?;
            let mut all = known.and_then(|(known, _)| rows::read_names(&known)).unwrap_or_default();
            all.extend(Names::clone(names));
            beside(writing, seal, Kind::Names, id, *read_at, &rows::write_names(&all))
        }
        CacheWrite::Rows(rows) => blocks.put(writing, seal, rows, sensitive),
        CacheWrite::Complete(complete) => {
            let CompleteList { tasks, .. } = complete;
            blocks.complete(writing, seal, complete)?;
            list::forget_others(writing, seal, tasks.iter().map(|key| &key.process))
        }
    }
}

/// Keeps a further answer of a request whose process is kept: one that must not be kept has none.
fn beside(
    writing: &Transaction<'_>,
    seal: &Seal,
    kind: Kind,
    id: &ProcessId,
    at: Millis,
    value: &[u8],
) -> Result<(), CacheProblem> {
    let key = seal.hide(Kind::Process, id.as_str());
    let sql = "SELECT 1 FROM value WHERE kind = ? AND key = ?";
    let kept = writing.query_row(sql, params![Kind::Process as u8, key], |_| Ok(())).optional()?;
    kept.map_or(Ok(()), |()| put(writing, seal, kind, id.as_str(), at, value))
}

fn forget(writing: &Transaction<'_>, seal: &Seal, id: &ProcessId) -> Result<(), CacheProblem> {
    for kind in Kind::OF_PROCESS {
        let key = seal.hide(kind, id.as_str());
        writing.execute("DELETE FROM value WHERE kind = ? AND key = ?", params![kind as u8, key])?;
    }
    Ok(())
}

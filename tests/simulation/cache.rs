//! The cache of a day: the model of its content, and on days of bytes the real file beside it, which has to hold one of
//! the states that whole batches made.

use std::path::PathBuf;

use rusqlite::Connection;
use shenpi::domain::{CacheProblem, CacheWrite, CachedDetail, CachedList, Millis, ProcessId};
use shenpi::store::cache::{Cache, CacheBounds, Owner};
use tempfile::TempDir;

use super::cache_model::CacheState;

const OWNER: Owner<'_> = Owner { app_id: "cli_day", app_secret: "secret", whose: "harness ou_1" };
/// Kinds of values of the file: blocks of rows, and the value that names those which belong together.
const BLOCK: i64 = 5;
const HEAD: i64 = 6;

/// A cache that holds what it must not.
pub type Untrue = String;

pub struct DayCache {
    pub bounds: CacheBounds,
    /// Every state of this day, the newest last.
    states: Vec<CacheState>,
    /// The oldest of them that may be found at the next start.
    oldest: usize,
    waiting: Vec<CacheWrite>,
    /// The program is running, and no problem has ended its cache.
    open: bool,
    damages: Vec<u64>,
    /// It was damaged: single answers may be missing or older from then on.
    worn: bool,
    file: Option<CacheFile>,
}

/// The real cache in a folder of its own.
struct CacheFile {
    folder: TempDir,
    cache: Option<Cache>,
    /// The database as it was at an earlier end.
    older: Vec<u8>,
}

impl DayCache {
    pub fn new(sensitive: bool, on_disk: bool) -> Self {
        Self {
            bounds: CacheBounds { days: 7, bytes: 16 << 20, sensitive },
            states: vec![CacheState::default()],
            oldest: 0,
            waiting: Vec::new(),
            open: false,
            damages: Vec::new(),
            worn: false,
            file: on_disk.then(CacheFile::new),
        }
    }

    fn newest(&self) -> &CacheState {
        &self.states[self.states.len() - 1]
    }

    /// Opens it for a run.
    pub fn open(&mut self, now: Millis) -> Result<Option<CachedList>, Untrue> {
        self.open = true;
        self.waiting.clear();
        let choices = std::mem::take(&mut self.damages);
        self.worn |= !choices.is_empty();
        let bounds = self.bounds;
        let Some(file) = &mut self.file else {
            let mut state = self.newest().clone();
            for choice in choices {
                // Dropped as a whole, or without its list, or without single answers.
                match choice % 3 {
                    0 => state = CacheState::default(),
                    1 => state.forget_list(),
                    _ => state.keep_only(|id| id.as_str().bytes().map(u64::from).sum::<u64>() % 2 == choice / 3 % 2),
                }
            }
            state.expire(bounds, now);
            let list = state.list(bounds, now);
            self.states.push(state);
            self.oldest = self.states.len() - 1;
            return Ok(list);
        };
        // A file that was damaged once may show it at any later start.
        let damaged = self.worn;
        for choice in choices {
            file.damage(choice);
        }
        let list = file.open(bounds, now, damaged)?;
        let from = if damaged { 0 } else { self.oldest };
        let expired = |state: &CacheState| {
            let mut state = state.clone();
            state.expire(bounds, now);
            state
        };
        let mut found = self.states[from..].iter().rev().map(expired);
        let found =
            found.find(|state| state.list(bounds, now) == list && (self.worn || file.agrees(state, bounds, now)));
        let state = match found {
            Some(state) => state,
            None if damaged && list.is_none() => CacheState::default(),
            None => return Err(format!("no state that was ever written is this one: {list:?}")),
        };
        self.states.push(state);
        self.oldest = self.states.len() - 1;
        Ok(list)
    }

    pub fn take(&mut self, writes: Vec<CacheWrite>) {
        if self.open {
            self.waiting.extend(writes);
        }
    }

    pub const fn has_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// Writes all that waits, as one batch.
    pub fn write(&mut self) -> Result<Option<CacheProblem>, Untrue> {
        let batch = std::mem::take(&mut self.waiting);
        if !self.open || batch.is_empty() {
            return Ok(None);
        }
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write(&batch));
        if let Err(problem) = written {
            return if self.worn { Ok(Some(problem)) } else { Err(format!("it cannot be written: {problem:?}")) };
        }
        self.push(&batch);
        self.oldest = self.states.len() - 1;
        Ok(None)
    }

    fn push(&mut self, batch: &[CacheWrite]) {
        let mut state = self.newest().clone();
        for write in batch {
            state.apply(write, self.bounds.sensitive);
        }
        self.states.push(state);
    }

    /// The process ends in the middle of writing all that waits, after this share of the bytes.
    pub fn write_torn(&mut self, share: u16) {
        let batch = std::mem::take(&mut self.waiting);
        if !self.open || batch.is_empty() {
            return;
        }
        match &mut self.file {
            Some(file) => {
                file.write_torn(&batch, share);
                self.push(&batch);
                self.oldest = self.states.len() - 2;
            }
            None if share.is_multiple_of(2) => {
                self.push(&batch);
                self.oldest = self.states.len() - 1;
            }
            None => {}
        }
        self.open = false;
    }

    /// The answers of a request.
    pub fn detail(&mut self, id: &ProcessId, now: Millis) -> Result<Option<CachedDetail>, Untrue> {
        if !self.open {
            return Ok(None);
        }
        let kept = self.newest().detail(id, self.bounds, now);
        let Some(file) = &self.file else { return Ok(kept) };
        match file.cache.as_ref().map(|cache| cache.detail(id, now)) {
            None => Ok(None),
            Some(Ok(detail)) if self.worn || detail == kept => Ok(detail),
            Some(Err(_)) if self.worn => Ok(None),
            Some(found) => Err(format!("it has {found:?}, and {kept:?} was written")),
        }
    }

    /// A problem ends it for this run.
    pub fn lose(&mut self, problem: &CacheProblem) {
        self.open = false;
        self.waiting.clear();
        let cache = self.file.as_mut().and_then(|file| file.cache.take());
        if let Some(cache) = cache {
            cache.abandon(problem);
        }
        if problem.drops() {
            self.states.push(CacheState::default());
            self.oldest = self.states.len() - 1;
        }
    }

    pub const fn is_open(&self) -> bool {
        self.open
    }

    pub fn damage(&mut self, choice: u64) {
        self.damages.push(choice);
    }

    /// The run ends in good order.
    pub fn close(&mut self) {
        self.open = false;
        if let Some(file) = &mut self.file {
            if let Some(cache) = file.cache.take() {
                cache.close();
            }
            file.remember(self.states.len());
        }
    }

    /// The process ends: what waited is gone, what was written stays.
    pub fn killed(&mut self) {
        self.open = false;
        self.waiting.clear();
        if let Some(file) = &mut self.file {
            file.cache = None;
            file.remember(self.states.len());
        }
    }

    /// The power goes: the last batches may be gone too. The real file keeps them: its log may be in it already, and
    /// the database brings in only what the disk has.
    pub fn power_cut(&mut self, choice: u64) {
        self.killed();
        let lost = usize::try_from(choice % 4).unwrap_or_default();
        if self.file.is_none() {
            self.states.truncate(self.states.len().saturating_sub(lost).max(1));
        }
    }
}

impl CacheFile {
    fn new() -> Self {
        // In memory where that is possible: what a sync costs is not the question here.
        let memory = PathBuf::from("/dev/shm");
        let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
        Self { folder: folder.expect("a folder for the cache"), cache: None, older: Vec::new() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_default()
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).expect("the folder can be written");
    }

    fn open(&mut self, bounds: CacheBounds, now: Millis, damaged: bool) -> Result<Option<CachedList>, Untrue> {
        self.cache = None;
        let (cache, problem) = Cache::open(self.folder.path(), OWNER, bounds, now);
        if let Some(problem) = problem.filter(|_| !damaged) {
            return Err(format!("a whole cache is not used: {problem:?}"));
        }
        let Some(mut cache) = cache else { return Ok(None) };
        let mut list = match cache.list(now) {
            Ok(list) => list,
            Err(problem) if damaged => {
                cache.abandon(&problem);
                return Ok(None);
            }
            Err(problem) => return Err(format!("its list cannot be read: {problem:?}")),
        };
        if let Some(list) = &mut list {
            list.rows.sort_by(|one, other| one.key.cmp(&other.key));
        }
        self.cache = Some(cache);
        Ok(list)
    }

    /// Whether it has the answers of this state.
    fn agrees(&self, state: &CacheState, bounds: CacheBounds, now: Millis) -> bool {
        let Some(cache) = &self.cache else { return false };
        state.processes().all(|id| cache.detail(id, now).is_ok_and(|found| found == state.detail(id, bounds, now)))
    }

    fn write(&mut self, batch: &[CacheWrite]) -> Result<(), CacheProblem> {
        self.cache.as_mut().map_or(Ok(()), |cache| cache.write(batch))
    }

    /// A second window reads meanwhile, so that the log keeps all that was written; then its end is cut off.
    fn write_torn(&mut self, batch: &[CacheWrite], share: u16) {
        let reader = Connection::open(self.path("cache.db")).expect("a second window");
        reader.execute_batch("BEGIN; SELECT count(*) FROM value;").expect("a second window reads");
        let before = self.bytes("cache.db-wal").len();
        // Fails if the cache is damaged: then nothing of the batch is in it.
        let _ = self.write(batch);
        let log = self.bytes("cache.db-wal");
        // In this order: the last one to close brings the log into the file, except for the cache's own.
        drop(reader);
        self.cache = None;
        let torn = before + log.len().saturating_sub(before) * usize::from(share % 400) / 400;
        if torn < log.len() {
            self.put("cache.db-wal", &log[..torn]);
        }
    }

    /// Keeps the database of every other end, for [`damage`](Self::damage).
    fn remember(&mut self, number: usize) {
        if self.older.is_empty() || number.is_multiple_of(2) {
            self.older = self.bytes("cache.db");
        }
    }

    /// Flips a bit, cuts the file, or brings a part of the list back as it was: the disk has lost a write.
    fn damage(&mut self, choice: u64) {
        let mut bytes = self.bytes("cache.db");
        if bytes.is_empty() {
            return;
        }
        let place = usize::try_from(choice / 4).unwrap_or_default() % bytes.len();
        match choice % 4 {
            0 => bytes[place] ^= 1 << (choice / 4 % 8),
            1 => bytes.truncate(place),
            _ => {
                // Fails where an earlier damage has left no database.
                let _ = self.lose_write(choice.is_multiple_of(2));
                return;
            }
        }
        self.put("cache.db", &bytes);
    }

    /// Puts an older block of rows, or the older head of the list, into the database.
    fn lose_write(&self, block: bool) -> rusqlite::Result<()> {
        self.put("older.db", &self.older);
        let database = Connection::open(self.path("cache.db"))?;
        database.execute("ATTACH ? AS older", [self.path("older.db").to_string_lossy()])?;
        let sql = "UPDATE value SET body = then.body FROM older.value AS then \
                   WHERE value.kind = ? AND then.kind = value.kind AND then.key = value.key";
        database.execute(sql, [if block { BLOCK } else { HEAD }])?;
        database.execute_batch("DETACH older")
    }
}

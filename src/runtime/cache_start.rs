//! The cache of the operator at the start of a run.

use std::path::Path;

use secrecy::ExposeSecret as _;

use super::cache::CacheHandle;
use super::clock::SystemClock;
use crate::app::Restored;
use crate::config::{Account, CacheOptions};
use crate::domain::{CacheProblem, CachedList, Millis};
use crate::store;
use crate::store::cache::{Cache, CacheBounds, Owner};

/// Age of the last good answer up to which a cached list is shown before the platform has answered, in milliseconds.
const RECENT: i64 = 24 * 3_600_000;

/// The cache, and the list of the run before.
#[derive(Debug)]
pub(super) struct OpenedCache {
    pub(super) handle: CacheHandle,
    pub(super) restored: Restored,
}

/// The cache of a run, and a problem that is worth telling.
#[derive(Debug, Default)]
pub(super) struct CacheStart {
    pub(super) opened: Option<OpenedCache>,
    /// Why the content of an earlier run is not used.
    pub(super) problem: Option<CacheProblem>,
}

/// Opens the cache; for writing where the run has the operator's lock.
pub(super) fn open(
    state_dir: &Path,
    account: &Account,
    options: CacheOptions,
    writes: bool,
    clock: SystemClock,
) -> CacheStart {
    let Account { base_url, app_id, app_secret, operator } = account;
    let folder = store::cache_folder(state_dir, base_url.as_str(), &operator.id, operator.id_type);
    if !options.on_disk {
        // One of earlier runs would otherwise stay until it expires.
        let cleared = if writes { store::cache::clear(&folder) } else { Ok(false) };
        return CacheStart { opened: None, problem: cleared.err().map(CacheProblem::from) };
    }
    let whose = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let owner = Owner { app_id, app_secret: app_secret.expose_secret(), whose: &whose };
    let CacheOptions { days, max_mb, sensitive, .. } = options;
    let bounds = CacheBounds { days, bytes: u64::from(max_mb) << 20, sensitive };
    let now = clock.now().wall;
    let (cache, problem) = if writes {
        Cache::open(&folder, owner, bounds, now)
    } else {
        match Cache::read_only(&folder, owner, bounds) {
            Ok(cache) => (cache, None),
            Err(problem) => (None, Some(problem)),
        }
    };
    match cache.map(|cache| begin(cache, writes, now, clock)).transpose() {
        Ok(opened) => CacheStart { opened, problem },
        Err(second) => CacheStart { opened: None, problem: Some(second) },
    }
}

fn begin(mut cache: Cache, writes: bool, now: Millis, clock: SystemClock) -> Result<OpenedCache, CacheProblem> {
    let restored = restored(cache.list(now)?, writes, now);
    let handle = CacheHandle::start(cache, writes, clock)?;
    Ok(OpenedCache { handle, restored })
}

/// The start of a run on this list. One that is not recent waits for the platform's.
#[must_use]
pub fn restored(list: Option<CachedList>, writes: bool, now: Millis) -> Restored {
    let list = list.unwrap_or_default();
    let recent = list.good_at.is_some_and(|at| is_recent(at, now));
    Restored { list, recent, writes }
}

/// A time ahead of the clock is as doubtful as an old one.
fn is_recent(good_at: Millis, now: Millis) -> bool {
    (now - good_at).abs() < RECENT
}

#[cfg(test)]
mod tests {
    use super::is_recent;
    use crate::domain::Millis;

    #[test]
    fn a_list_is_shown_at_once_for_a_day() {
        const HOUR: i64 = 3_600_000;
        let now = Millis(100 * HOUR);
        for (hours, recent) in [(0, true), (1, true), (23, true), (24, false), (25, false), (-25, false)] {
            assert_eq!(is_recent(Millis(now.0 - hours * HOUR), now), recent, "{hours} h");
        }
    }
}

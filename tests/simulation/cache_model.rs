//! The content that a cache must hold, as plain maps: independent of the file, its blocks and its seals.

use std::collections::{BTreeMap, HashSet};

use shenpi::domain::{CacheWrite, CachedDetail, CachedList, CachedRow, Millis, Names, ProcessId, Seen, TaskKey};
use shenpi::store::cache::CacheBounds;

const DAY: i64 = 24 * 3_600_000;

/// A value with the time of its reading.
type Dated<T> = Option<(T, Millis)>;

/// Content after a whole number of batches.
#[derive(Clone, Debug, Default)]
pub struct CacheState {
    rows: BTreeMap<TaskKey, CachedRow>,
    good_at: Option<Millis>,
    known_until: Option<(Millis, Millis)>,
    details: BTreeMap<ProcessId, Detail>,
}

#[derive(Clone, Debug, Default)]
struct Detail {
    process: Dated<Vec<u8>>,
    form: Dated<Vec<u8>>,
    names: Dated<Names>,
}

impl CacheState {
    pub fn apply(&mut self, write: &CacheWrite, sensitive: bool) {
        match write {
            CacheWrite::Process { id, high_care: true, .. } if !sensitive => _ = self.details.remove(id),
            CacheWrite::Process { id, answer, read_at, .. } => {
                self.details.entry(id.clone()).or_default().process = Some((answer.clone(), *read_at));
            }
            CacheWrite::Form { id, answer, read_at } => {
                if let Some(detail) = self.beside(id) {
                    detail.form = Some((answer.clone(), *read_at));
                }
            }
            CacheWrite::Names { id, names, read_at } => {
                if let Some(detail) = self.beside(id) {
                    let (mut all, _) = detail.names.take().unwrap_or_default();
                    all.extend(Names::clone(names));
                    detail.names = Some((all, *read_at));
                }
            }
            // No flow of these days has options.
            CacheWrite::Labels { .. } => {}
            CacheWrite::Rows(rows) => {
                for row in rows {
                    let mut row = row.clone();
                    if let Some(content) = row.content.take() {
                        let bare = content.projection.high_care && !sensitive;
                        row.content = Some(if bare { content.stripped() } else { content });
                    }
                    self.rows.insert(row.key.clone(), row);
                }
            }
            CacheWrite::Complete(complete) => {
                let kept: HashSet<&TaskKey> = complete.tasks.iter().collect();
                self.rows.retain(|key, _| kept.contains(key));
                for key in &complete.tasks {
                    let bare = CachedRow { key: key.clone(), content: None, seen: Seen::Unopened, stamps: None };
                    self.rows.entry(key.clone()).or_insert(bare);
                }
                (self.good_at, self.known_until) = (Some(complete.good_at), complete.known_until);
                let processes: HashSet<&ProcessId> = complete.tasks.iter().map(|key| &key.process).collect();
                self.details.retain(|id, _| processes.contains(id));
            }
        }
    }

    /// Further answers are kept beside a process only.
    fn beside(&mut self, id: &ProcessId) -> Option<&mut Detail> {
        self.details.get_mut(id).filter(|detail| detail.process.is_some())
    }

    /// Without all that is too old at a start.
    pub fn expire(&mut self, bounds: CacheBounds, now: Millis) {
        if self.good_at.is_none_or(|at| !is_kept(bounds, at, now)) {
            self.rows.clear();
            (self.good_at, self.known_until) = (None, None);
        }
        for detail in self.details.values_mut() {
            detail.process.take_if(|(_, at)| !is_kept(bounds, *at, now));
            detail.form.take_if(|(_, at)| !is_kept(bounds, *at, now));
            detail.names.take_if(|(_, at)| !is_kept(bounds, *at, now));
        }
    }

    /// The list, its rows in the order of their keys.
    pub fn list(&self, bounds: CacheBounds, now: Millis) -> Option<CachedList> {
        self.good_at.filter(|at| is_kept(bounds, *at, now))?;
        let mut rows: Vec<CachedRow> = self.rows.values().cloned().collect();
        for row in &mut rows {
            row.content.take_if(|content| !content.current && !is_kept(bounds, content.as_of, now));
        }
        Some(CachedList { rows, good_at: self.good_at, known_until: self.known_until })
    }

    pub fn detail(&self, id: &ProcessId, bounds: CacheBounds, now: Millis) -> Option<CachedDetail> {
        let detail = self.details.get(id)?;
        let kept = |at: Millis| is_kept(bounds, at, now);
        let (process, read_at) = detail.process.clone().filter(|(_, at)| kept(*at))?;
        Some(CachedDetail {
            process,
            read_at,
            form: detail.form.clone().filter(|(_, at)| kept(*at)),
            labels: None,
            names: detail.names.clone().filter(|(_, at)| kept(*at)).map(|(names, _)| names).unwrap_or_default(),
            sensitive: bounds.sensitive,
        })
    }

    /// Processes of which something may be kept.
    pub fn processes(&self) -> impl Iterator<Item = &ProcessId> {
        self.details.keys()
    }

    /// Forgets rows and answers of all processes but these.
    pub fn keep_only(&mut self, kept: impl Fn(&ProcessId) -> bool) {
        self.details.retain(|id, _| kept(id));
    }

    pub fn forget_list(&mut self) {
        self.rows.clear();
        (self.good_at, self.known_until) = (None, None);
    }
}

fn is_kept(bounds: CacheBounds, at: Millis, now: Millis) -> bool {
    let age = now - at;
    age < i64::from(bounds.days) * DAY && age > -DAY
}

//! Decisions that were confirmed: held, on their way, answered, unknown. One entry per task.
//!
//! ```text
//!            u ─▶ (gone)            code 0 ─▶ Accepted
//!  y ─▶ Held ─┬─ time ─▶ Sending ─┬─ 4xx + code ─▶ Refused
//!             └─ limit: Held again│  not sent ─▶ NotSent (limit: Held again)
//!                                 └─ lost ─▶ Unknown ─ read the case ─▶ Accepted | NotApplied | Unknown
//! ```
//! A hang-up sends nothing: what was held is dropped with the program.

use std::collections::HashMap;
use std::time::Duration;

use super::effect::RequestId;
use crate::domain::{CleanText, Failure, Instant, Now, Reviewed, TaskKey};

/// One confirmed decision. Owned by the outbox; its state changes there only.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub reviewed: Reviewed,
    pub state: EntryState,
    pub confirmed: Now,
    /// Rises with every confirmation: the newest held decision is the one with the highest.
    pub(super) order: u64,
}

/// Where a decision stands.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryState {
    /// Not sent; can be taken back until then.
    Held { until: Instant },
    /// Left; its answer is awaited. Never aborted.
    Sending { request: RequestId },
    /// The platform said yes, or the case shows that it took effect.
    Accepted { log_id: Option<CleanText> },
    /// The platform said no.
    Refused(Failure),
    /// It did not leave this program, or the gateway turned it away.
    NotSent(Failure),
    /// The answer was lost. The case is read until it settles the matter, or `tries` are used up.
    Unknown { failure: Failure, tries: u8, settled: bool },
    /// The case shows that it did not take effect; she may decide again.
    NotApplied,
}

/// All confirmed decisions of this run, one per task: a newer one replaces an answered one.
#[derive(Debug, Default)]
pub struct Outbox {
    entries: HashMap<TaskKey, Entry>,
    next_order: u64,
}

impl Outbox {
    #[must_use]
    pub fn entry(&self, key: &TaskKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Decisions held.
    #[must_use]
    pub fn held(&self) -> usize {
        self.count(|state| matches!(state, EntryState::Held { .. }))
    }

    /// Decisions on their way.
    #[must_use]
    pub fn sending(&self) -> usize {
        self.count(|state| matches!(state, EntryState::Sending { .. }))
    }

    /// Decisions whose outcome is not known.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.count(|state| matches!(state, EntryState::Unknown { .. }))
    }

    fn count(&self, wanted: impl Fn(&EntryState) -> bool) -> usize {
        self.entries.values().filter(|entry| wanted(&entry.state)).count()
    }

    /// Seconds left to take this decision back, rounded up; `None` unless it is held.
    #[must_use]
    pub fn seconds_left(&self, key: &TaskKey, now: Instant) -> Option<u64> {
        match self.entry(key)?.state {
            EntryState::Held { until } => {
                Some(until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
            }
            _ => None,
        }
    }

    /// The next whole second of a held decision's countdown, or its end.
    pub(super) fn next_wake(&self, now: Instant) -> Option<Instant> {
        self.entries
            .values()
            .filter_map(|entry| match entry.state {
                EntryState::Held { until } => {
                    let left = until.since(now);
                    let whole = Duration::from_millis(left.subsec_millis().into());
                    let step = if whole.is_zero() { Duration::from_secs(1).min(left) } else { whole };
                    Some(now + step)
                }
                _ => None,
            })
            .min()
    }
}

//! Decisions that were confirmed, and where each stands. One entry per task; under it ([`Entry::over`]) the one in doubt
//! that it was made over, until the platform has answered it.
//!
//! ```text
//!            u ─▶ (gone)      ┌─ case changed ─▶ Changed      code 0 ─▶ Accepted
//!  y ─▶ Held ─┬─ time ─▶ check ─┴─▶ Sending ───────────┬─ 4xx + code ─▶ Refused
//!             │                                        ├─ not sent ─▶ NotSent (a limit, too late: Held again)
//!             └─ computer slept ─▶ Slept               └─ lost ─▶ Unknown ─ read the case ─▶ Accepted | NotApplied
//!  an earlier run ─▶ Left | Unknown                                                       | Overtaken | Unknown
//! ```
//! `sending.rs` moves entries along the first two lines, `checking.rs` does the check, `doubt.rs` finds out about lost
//! answers, `reconcile.rs` asks about what an earlier run left. Every change is told to the journal by `App::note`.

use std::collections::HashMap;
use std::time::Duration;

use super::App;
use super::applied::Echo;
use super::effect::{Effect, RequestId};
use crate::domain::Past;
use crate::domain::evidence::Evidence;
use crate::domain::record::{Change, Discard, EntryId, Record};
use crate::domain::{Action, CleanText, Failure, Instant, Millis, Now, ProcessId, Reviewed, Shown, TaskKey};

/// A task that is open so long after it was decided has come back: the platform shows a decision within seconds.
pub(super) const COMES_BACK: Duration = Duration::from_secs(60);

/// One confirmed decision. Owned by the outbox; its state changes in this layer only.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: EntryId,
    pub reviewed: Reviewed,
    /// What the decision was made on; `None` when an earlier run made it.
    pub shown: Option<Shown>,
    pub state: EntryState,
    /// The decision on the same task whose outcome is not known. It stays open until this one may have reached the
    /// platform in its place.
    pub over: Option<Box<Entry>>,
    pub confirmed: Now,
    /// When the request left last.
    pub sent_at: Option<Millis>,
    /// When it was known to have taken effect.
    pub(super) accepted_at: Option<Instant>,
    /// Reads of the request since, until one shows the decision.
    pub(super) echo: Echo,
    /// Rises with every confirmation: the newest held decision is the one with the highest.
    pub(super) order: u64,
    /// How often it left.
    pub(super) attempt: u32,
    /// How often the platform said that the task is being processed.
    pub(super) busy: u8,
    /// How often the case could not be read for the check before sending.
    pub(super) unchecked: u8,
    /// How often it was too late for its check.
    pub(super) late: u8,
    /// Readings from before this moment do not count for its check.
    pub(super) anew_from: Instant,
}

/// Where a decision stands.
#[derive(Clone, Debug, PartialEq)]
pub enum EntryState {
    /// Not sent; can be taken back. From `until` on it leaves as soon as the case has been checked.
    Held { until: Instant },
    /// Left; its answer is awaited. Never aborted.
    Sending { request: RequestId },
    /// The platform said yes, or the case shows that it took effect.
    Accepted { log_id: Option<CleanText>, evidence: Vec<Evidence> },
    /// The platform said no.
    Refused(Failure),
    /// It did not leave this program, or the gateway turned it away.
    NotSent(Failure),
    /// Not sent: the case is not what was shown any more, but this.
    Changed { now: Shown },
    /// Not sent: the computer slept, its clock was set, or the program was stopped, while it was held.
    Slept,
    /// The answer was lost. The case is read until it settles the matter, or the looks are used up.
    Unknown(Doubt),
    /// The case shows that it did not take effect; she may decide again.
    NotApplied { evidence: Vec<Evidence> },
    /// The case shows that her task ended otherwise; there is nothing to decide any more.
    Overtaken { evidence: Vec<Evidence> },
    /// An earlier run held it and never sent it.
    Left,
}

/// What is known about a decision whose answer was lost.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Doubt {
    /// What came instead of an answer; `None` when the program ended before anything came.
    pub failure: Option<Failure>,
    /// How often the case was read to find out.
    pub looks: u8,
    /// Readings of the case from before this moment prove nothing.
    pub(super) since: Instant,
    /// Before this moment a reading that shows nothing does not count as a look: she may read the case as often as she
    /// likes without the request having had time to arrive.
    pub(super) due: Instant,
    /// How often the looks began anew without her asking.
    pub(super) reopened: u8,
    /// The looks are used up: nothing more is read for it until the list is.
    pub settled: bool,
    /// What the newest look showed.
    pub evidence: Vec<Evidence>,
}

impl EntryState {
    /// It stands between her and the platform's answer: nothing else may be decided on its task.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::Sending { .. } | Self::Unknown(_))
    }

    /// It did not take effect, and she has not said what is to become of it.
    #[must_use]
    pub const fn wants_answer(&self) -> bool {
        matches!(self, Self::NotSent(_) | Self::Changed { .. } | Self::Slept | Self::NotApplied { .. } | Self::Left)
    }

    /// It did not take effect, and the platform or the case said so: there is nothing to answer, only to know.
    #[must_use]
    pub const fn is_closed(&self) -> bool {
        matches!(self, Self::Refused(_) | Self::Overtaken { .. })
    }

    /// It did not take effect.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.wants_answer() || self.is_closed()
    }

    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

impl Entry {
    /// As it is before anything has happened to it.
    pub(super) fn new(id: EntryId, reviewed: Reviewed, state: EntryState, confirmed: Now, order: u64) -> Self {
        Self {
            id,
            reviewed,
            shown: None,
            state,
            over: None,
            confirmed,
            sent_at: None,
            accepted_at: None,
            echo: Echo::default(),
            order,
            attempt: 0,
            busy: 0,
            unchecked: 0,
            late: 0,
            anew_from: Instant::default(),
        }
    }

    /// Whether reading the case would bring its decision further.
    pub(super) fn waits_for_case(&self) -> bool {
        self.over.is_some()
            || match &self.state {
                EntryState::Unknown(doubt) => !doubt.settled,
                EntryState::Refused(failure) => failure.is_stale(),
                state => state.wants_answer(),
            }
    }
}

/// All confirmed decisions of this run, and those of earlier ones that want an answer; one per task.
#[derive(Debug, Default)]
pub struct Outbox {
    pub(super) entries: HashMap<TaskKey, Entry>,
    pub(super) next_order: u64,
    /// Records of this message, for the journal.
    records: Vec<Record>,
}

impl Outbox {
    #[must_use]
    pub fn entry(&self, key: &TaskKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Every entry, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<&Entry> {
        let mut all: Vec<_> = self.entries.values().collect();
        all.sort_by_key(|entry| entry.order);
        all
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
        self.count(EntryState::is_unknown)
    }

    /// Decisions that did not take effect, until she has decided anew or given them up.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(EntryState::has_failed)
    }

    fn count(&self, wanted: impl Fn(&EntryState) -> bool) -> usize {
        self.entries.values().filter(|entry| wanted(&entry.state)).count()
    }

    /// Seconds left to take this decision back, rounded up; zero while the case is checked before sending; `None` unless
    /// it is held.
    #[must_use]
    pub fn seconds_left(&self, key: &TaskKey, now: Instant) -> Option<u64> {
        match self.entry(key)?.state {
            EntryState::Held { until } => {
                Some(until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
            }
            _ => None,
        }
    }

    /// A decision that stands between her and its answer: its row stays in the list.
    pub(super) fn is_open(&self, key: &TaskKey) -> bool {
        self.entry(key).is_some_and(|entry| entry.state.is_open())
    }

    pub(super) fn is_held(&self, key: &TaskKey) -> bool {
        self.entry(key).is_some_and(|entry| matches!(entry.state, EntryState::Held { .. }))
    }

    /// The task needs no decision of hers any more, as far as she is concerned. An add-sign leaves it with her.
    pub(super) fn is_decided(&self, key: &TaskKey) -> bool {
        let ended = |entry: &Entry| {
            matches!(entry.state, EntryState::Accepted { .. }) && entry.reviewed.decision.action() != Action::AddSign
        };
        self.is_open(key) || self.entry(key).is_some_and(ended)
    }

    /// The task ended by an applied decision: what has changed since is its doing, and needs no mark.
    #[must_use]
    pub fn is_applied(&self, key: &TaskKey) -> bool {
        self.is_decided(key) && !self.is_open(key)
    }

    /// The decision on this task was applied so shortly ago that a list which still has the task is an old one.
    pub(super) fn has_just_ended(&self, key: &TaskKey, now: Instant) -> bool {
        self.entry(key).is_some_and(|entry| {
            let action = entry.reviewed.decision.action();
            let ends = !matches!(action, Action::AddSign | Action::Revoke);
            let accepted = entry.accepted_at.filter(|_| matches!(entry.state, EntryState::Accepted { .. }));
            ends && accepted.is_some_and(|accepted| now < accepted + COMES_BACK)
        })
    }

    /// Entries of this process.
    pub(super) fn of<'a>(&'a self, process: &ProcessId) -> impl Iterator<Item = &'a TaskKey> {
        self.entries.keys().filter(move |key| key.process == *process)
    }

    /// Entries in such a state, oldest first.
    pub(super) fn keys(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<TaskKey> {
        let mut keys: Vec<_> = self.entries.iter().filter(|(_, entry)| wanted(entry)).collect();
        keys.sort_by_key(|(_, entry)| entry.order);
        keys.into_iter().map(|(key, _)| key.clone()).collect()
    }

    /// The next whole second of a held decision's countdown, its end, or the beginning of the check before that.
    pub(super) fn next_wake(&self, now: Instant, lead: Duration) -> Option<Instant> {
        let held = self.entries.values().filter_map(|entry| match entry.state {
            EntryState::Held { until } if until > now => Some(until),
            _ => None,
        });
        held.flat_map(|until| {
            let left = until.since(now);
            let whole = Duration::from_millis(left.subsec_millis().into());
            let second = now + if whole.is_zero() { Duration::from_secs(1).min(left) } else { whole };
            let check = left.checked_sub(lead).filter(|time| !time.is_zero()).map(|time| now + time);
            [Some(second), check]
        })
        .flatten()
        .min()
    }

    /// Whether this message has something for the journal.
    pub(super) const fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// What the journal is to keep of this message.
    pub(super) fn take_records(&mut self) -> impl Iterator<Item = Effect> + use<> {
        std::mem::take(&mut self.records).into_iter().map(|record| Effect::Record(Box::new(record)))
    }
}

impl App {
    /// Tells the journal what happened to the decision on this task.
    pub(super) fn note(&mut self, key: &TaskKey, change: Change) {
        let Some(entry) = self.outbox.entries.get(key) else { return };
        self.keep(entry.id.clone(), key.clone(), entry.reviewed.decision.action(), change);
    }

    /// Tells the journal that nothing more is done with a decision that has no entry here.
    pub(super) fn strike_out(&mut self, past: &Past) {
        let Record { entry, task, action, .. } = past.first().clone();
        self.keep(entry, task, action, Change::Discarded(Discard::Asked));
    }

    /// Tells the journal that a held decision of an earlier run ended with that run.
    pub(super) fn dropped(&mut self, mut past: Past) -> Past {
        let Record { entry, task, action, .. } = past.first().clone();
        past.push(self.keep(entry, task, action, Change::Discarded(Discard::Left)));
        past
    }

    /// Tells the journal that a newer decision on the same task took the place of this one.
    pub(super) fn replaced(&mut self, older: &Entry) {
        let (task, action) = (older.reviewed.target.key.clone(), older.reviewed.decision.action());
        self.keep(older.id.clone(), task, action, Change::Discarded(Discard::Anew));
    }

    /// A line for the journal, as of now.
    fn keep(&mut self, entry: EntryId, task: TaskKey, action: Action, change: Change) -> Record {
        let record = Record { entry, at: self.now.wall, idle: self.idle(self.now), task, action, change };
        self.outbox.records.push(record.clone());
        record
    }

    /// Moves an entry to a state and tells the journal of it.
    pub(super) fn set_state(&mut self, key: &TaskKey, state: EntryState, change: Change) {
        if let Some(entry) = self.outbox.entries.get_mut(key) {
            entry.state = state;
            self.note(key, change);
        }
    }

    /// She gives this decision up. One that the platform refused has its end in the journal already.
    pub(super) fn discard(&mut self, key: &TaskKey, why: Discard) {
        let change = Change::Discarded(why);
        if self.outbox.entry(key).is_none_or(|entry| !entry.state.is_closed()) {
            self.note(key, change.clone());
        }
        self.remove(key, change);
    }

    /// Takes an entry out after this change. The one that it would have replaced is in doubt as before.
    pub(super) fn remove(&mut self, key: &TaskKey, change: Change) -> Option<Entry> {
        let mut entry = self.outbox.entries.remove(key)?;
        self.keep_line(&entry.reviewed, change);
        if let Some(over) = entry.over.take() {
            self.outbox.entries.insert(key.clone(), *over);
            self.look_anew(key);
        }
        Some(entry)
    }

    /// A decision that was confirmed, as an entry of its own.
    pub(super) fn enter(&mut self, reviewed: Reviewed, shown: Option<Shown>, until: Instant, over: Option<Box<Entry>>) {
        self.outbox.next_order += 1;
        let order = self.outbox.next_order;
        let id = EntryId::new(&self.settings.run, order);
        let entry = Entry::new(id, reviewed.clone(), EntryState::Held { until }, self.now, order);
        let entry = Entry { shown, over, ..entry };
        let key = reviewed.target.key.clone();
        self.outbox.entries.insert(key.clone(), entry);
        self.note(&key, Change::Held(Box::new(reviewed)));
    }
}

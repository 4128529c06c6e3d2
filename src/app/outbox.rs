//! Decisions that were confirmed, and where each stands. One entry per task; under it ([`Entry::over`]) the uncertain one
//! that it was made over, until the platform has answered it.
//!
//! `Outbox::step` is the only caller of [`step`](state::step) on an entry: it moves the entry, records the change for the
//! journal, and collects the facts that follow. `dispatch`, `presend_check`, `outcome_probe` and `recovery` say when.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::effect::Effect;
use super::fact::Fact;
use super::notice::Notice;
use crate::domain::decision::state::{self, CHECK_LEAD, Cause, Followup, Input, State, Transition};
use crate::domain::record::{Change, Discard, EntryId, Record};
use crate::domain::{Action, Failure, Instant, Now, ProcessId, Reviewed, Shown, TaskKey};

/// A task that is open so long after it was decided has come back: the platform shows a decision within seconds.
pub(super) const COMES_BACK: Duration = Duration::from_secs(60);

/// Progress of reading a request for one applied decision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Echo {
    pub(super) reads: usize,
    /// No read before this.
    pub(super) due: Instant,
}

/// One confirmed decision. Owned by the outbox, which alone changes it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub id: EntryId,
    pub reviewed: Reviewed,
    /// Content that the decision was made on; `None` for one of an earlier run.
    pub shown: Option<Shown>,
    pub state: State,
    /// The uncertain decision on the same task. It stays open until this one may have reached the platform in its
    /// place.
    pub over: Option<Box<Entry>>,
    pub confirmed: Now,
    /// Reads of the request since the decision took effect, until one shows it.
    pub(super) echo: Echo,
    /// Rises with every confirmation: the newest queued decision is the one with the highest.
    pub(super) order: u64,
}

impl Entry {
    pub(super) fn new(id: EntryId, reviewed: Reviewed, state: State, confirmed: Now, order: u64) -> Self {
        Self { id, reviewed, shown: None, state, over: None, confirmed, echo: Echo::default(), order }
    }

    /// Whether reading the request would bring its decision further.
    pub(super) fn waits_for_request(&self) -> bool {
        self.over.is_some()
            || match &self.state {
                State::Unknown(uncertain) => !uncertain.exhausted,
                State::Refused(failure) => failure.as_ref().is_some_and(Failure::is_stale),
                state => state.wants_answer(),
            }
    }

    fn key(&self) -> &TaskKey {
        &self.reviewed.target.key
    }

    /// When the task ended by this decision, where it did.
    pub(super) fn applied_at(&self) -> Option<Instant> {
        match self.state {
            State::Applied { at, .. } => at,
            _ => None,
        }
    }
}

/// All confirmed decisions of this run, and those of earlier ones that want an answer; one per task.
#[derive(Debug, Default)]
pub struct Outbox {
    entries: BTreeMap<TaskKey, Entry>,
    /// The task of each entry by its order.
    by_order: BTreeMap<u64, TaskKey>,
    /// The newest decision of each task that was undone or given up, and what ended it.
    closed: BTreeMap<TaskKey, (Reviewed, Change)>,
    next_order: u64,
    /// Queued decisions that are checked and sent, few at a time.
    pub(super) turn: Vec<TaskKey>,
    /// The time of the message that is being handled, and how long before it the user pressed the last key.
    pub(super) now: Now,
    idle: Option<u64>,
    /// Records of this message, for the journal.
    records: Vec<Record>,
    facts: VecDeque<Fact>,
}

impl Outbox {
    #[must_use]
    pub fn entry(&self, key: &TaskKey) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// Every entry, oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<&Entry> {
        self.by_order.values().filter_map(|key| self.entries.get(key)).collect()
    }

    /// The newest decision on this task that was undone or given up, and what ended it.
    pub(super) fn closed(&self, key: &TaskKey) -> Option<&(Reviewed, Change)> {
        self.closed.get(key)
    }

    /// Decisions queued.
    #[must_use]
    pub fn queued(&self) -> usize {
        self.count(State::is_queued)
    }

    /// Decisions on their way.
    #[must_use]
    pub fn sending(&self) -> usize {
        self.count(|state| matches!(state, State::Sending { .. }))
    }

    /// Decisions whose outcome is not known.
    #[must_use]
    pub fn unknown(&self) -> usize {
        self.count(|state| matches!(state, State::Unknown(_)))
    }

    /// Decisions that did not take effect, until the user decides again or discards them.
    #[must_use]
    pub fn failed(&self) -> usize {
        self.count(State::has_failed)
    }

    fn count(&self, wanted: impl Fn(&State) -> bool) -> usize {
        self.entries.values().filter(|entry| wanted(&entry.state)).count()
    }

    /// Seconds left to undo this decision, rounded up; zero while it is checked or waits for its turn; `None` unless it is
    /// queued.
    #[must_use]
    pub fn seconds_left(&self, key: &TaskKey, now: Instant) -> Option<u64> {
        match self.entry(key)?.state {
            State::Queued { until, .. } => {
                Some(until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
            }
            _ => None,
        }
    }

    /// A decision that stands between the user and its answer: its row stays in the list.
    pub(super) fn is_open(&self, key: &TaskKey) -> bool {
        self.entry(key).is_some_and(|entry| entry.state.is_open())
    }

    pub(super) fn is_queued(&self, key: &TaskKey) -> bool {
        self.entry(key).is_some_and(|entry| entry.state.is_queued())
    }

    /// The task needs no decision of the user any more, as far as this program knows. An add-sign leaves it with the user.
    pub(super) fn is_decided(&self, key: &TaskKey) -> bool {
        self.is_open(key) || self.is_applied(key)
    }

    /// The task ended by an applied decision, which explains later changes: they need no mark.
    #[must_use]
    pub fn is_applied(&self, key: &TaskKey) -> bool {
        self.entry(key).is_some_and(|entry| {
            matches!(entry.state, State::Applied { .. }) && entry.reviewed.decision.action() != Action::AddSign
        })
    }

    /// The decision on this task was applied so shortly ago that a list which still has the task is an old one.
    pub(super) fn has_just_ended(&self, key: &TaskKey, now: Instant) -> bool {
        self.entry(key).is_some_and(|entry| {
            let ends = !matches!(entry.reviewed.decision.action(), Action::AddSign | Action::Revoke);
            ends && entry.applied_at().is_some_and(|at| now < at + COMES_BACK)
        })
    }

    /// Tasks with an entry.
    pub(super) fn tasks(&self) -> impl Iterator<Item = &TaskKey> {
        self.entries.keys()
    }

    /// Entries of this process.
    pub(super) fn of<'a>(&'a self, process: &ProcessId) -> impl Iterator<Item = &'a TaskKey> {
        self.entries.keys().filter(move |key| key.process == *process)
    }

    /// Entries in such a state, oldest first.
    pub(super) fn keys(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<TaskKey> {
        self.all().into_iter().filter(|entry| wanted(entry)).map(|entry| entry.key().clone()).collect()
    }

    /// The next whole second of a queued decision's countdown, its end, or the beginning of the check before that.
    pub(super) fn next_wake(&self, now: Instant) -> Option<Instant> {
        let queued = self.entries.values().filter_map(|entry| match entry.state {
            State::Queued { until, .. } if until > now => Some(until),
            _ => None,
        });
        queued
            .flat_map(|until| {
                let left = until.since(now);
                let whole = Duration::from_millis(left.subsec_millis().into());
                let second = now + if whole.is_zero() { Duration::from_secs(1).min(left) } else { whole };
                let check = left.checked_sub(CHECK_LEAD).filter(|time| !time.is_zero()).map(|time| now + time);
                [Some(second), check]
            })
            .flatten()
            .min()
    }

    /// A message is going to be handled.
    pub(super) fn begin(&mut self, now: Now, idle: Option<u64>) {
        (self.now, self.idle) = (now, idle);
    }

    /// Whether this message has something for the journal.
    pub(super) const fn has_records(&self) -> bool {
        !self.records.is_empty()
    }

    /// Records of this message for the journal.
    pub(super) fn take_records(&mut self) -> impl Iterator<Item = Effect> + use<> {
        std::mem::take(&mut self.records).into_iter().map(|record| Effect::Record(Box::new(record)))
    }

    /// Facts that the rest of the program has not received yet, in order.
    pub(super) fn next_fact(&mut self) -> Option<Fact> {
        self.facts.pop_front()
    }

    pub(super) fn report(&mut self, fact: Fact) {
        self.facts.push_back(fact);
    }

    /// Moves the decision on this task, if the input has a place in its state. Returns whether it had.
    pub(super) fn step(&mut self, key: &TaskKey, input: Input) -> bool {
        let now = self.now.mono;
        let Some(entry) = self.entries.get_mut(key) else { return false };
        let Ok(Transition { state, change, followup }) = state::step(&entry.state, input, now) else { return false };
        let before = std::mem::replace(&mut entry.state, state);
        self.facts.extend(facts(entry, &before, change.as_ref()));
        let process = &key.process;
        self.facts.extend(match followup {
            Some(Followup::Read) => Some(Fact::Reread(process.clone())),
            Some(Followup::ReadAt(at)) => Some(Fact::RereadAt(process.clone(), at)),
            Some(Followup::Send) | None => None,
        });
        if let Some(change) = change {
            let (id, action) = (entry.id.clone(), entry.reviewed.decision.action());
            let ended = matches!(entry.state, State::Undone | State::Discarded(_));
            self.record(id, key.clone(), action, change.clone());
            if ended {
                self.remove(key, change);
            }
        }
        true
    }

    /// Removes an entry after this change. The uncertain decision under it stays uncertain.
    pub(super) fn remove(&mut self, key: &TaskKey, change: Change) {
        let Some(mut entry) = self.take(key) else { return };
        let over = entry.over.take();
        self.closed.insert(key.clone(), (entry.reviewed, change));
        if let Some(over) = over {
            self.insert(*over);
            self.step(key, Input::Reprobe);
        }
    }

    /// The user gives this decision up. One that the platform refused has its end in the journal already.
    pub(super) fn discard(&mut self, key: &TaskKey, why: Discard) {
        let refused = |entry: &Entry| entry.state.has_failed() && !entry.state.wants_answer();
        if !self.step(key, Input::Discard(why)) && self.entry(key).is_some_and(refused) {
            self.remove(key, Change::Discarded(why));
        }
    }

    /// A confirmed review becomes an entry of its own.
    pub(super) fn enter(
        &mut self,
        reviewed: Reviewed,
        shown: Shown,
        until: Instant,
        run: &str,
        over: Option<Box<Entry>>,
    ) {
        let confirm = Input::Confirm { reviewed: Box::new(reviewed.clone()), until };
        let Ok(Transition { state, change, .. }) = state::step(&State::Reviewed, confirm, self.now.mono) else {
            return;
        };
        let order = self.next_order();
        let entry = Entry {
            shown: Some(shown),
            over,
            ..Entry::new(EntryId::new(run, order), reviewed, state, self.now, order)
        };
        if let Some(change) = change {
            self.record(entry.id.clone(), entry.key().clone(), entry.reviewed.decision.action(), change);
        }
        self.insert(entry);
    }

    /// Replaces the known decision on its task, if there is one.
    pub(super) fn insert(&mut self, entry: Entry) {
        let key = entry.key().clone();
        self.take(&key);
        self.by_order.insert(entry.order, key.clone());
        self.entries.insert(key, entry);
    }

    pub(super) const fn next_order(&mut self) -> u64 {
        self.next_order += 1;
        self.next_order
    }

    /// Takes the entry of a task out, without a word: a newer decision is about to replace it.
    pub(super) fn take(&mut self, key: &TaskKey) -> Option<Entry> {
        let entry = self.entries.remove(key)?;
        self.by_order.remove(&entry.order);
        Some(entry)
    }

    /// The uncertain decision under this one.
    pub(super) fn take_over(&mut self, key: &TaskKey) -> Option<Box<Entry>> {
        self.entries.get_mut(key)?.over.take()
    }

    /// Records that a newer decision on the same task superseded this one.
    pub(super) fn replaced(&mut self, older: &Entry) {
        let change =
            state::step(&older.state, Input::Discard(Discard::Anew), self.now.mono).ok().and_then(|it| it.change);
        if let Some(change) = change {
            self.record(older.id.clone(), older.key().clone(), older.reviewed.decision.action(), change);
        }
    }

    /// A line for the journal, as of now.
    pub(super) fn record(&mut self, entry: EntryId, task: TaskKey, action: Action, change: Change) -> Record {
        let record = Record { entry, at: self.now.wall, idle: self.idle, task, action, change };
        self.records.push(record.clone());
        record
    }

    /// A request with applied decisions is read: the next read waits for this long.
    pub(super) fn echo(&mut self, process: &ProcessId, next: impl Fn(Echo) -> Echo) {
        for entry in self.entries.values_mut().filter(|entry| entry.reviewed.target.process() == process) {
            entry.echo = next(entry.echo);
        }
    }
}

/// Facts of a step for the rest of the program. The caller tells the part that only the input knows.
fn facts(entry: &Entry, before: &State, change: Option<&Change>) -> Vec<Fact> {
    let Reviewed { decision, target, .. } = entry.reviewed.clone();
    let (key, action) = (target.key.clone(), decision.action());
    let tell = |notice| vec![Fact::Tell(notice)];
    match &entry.state {
        State::Applied { log_id, evidence, .. } => {
            let (log_id, evidence) = (log_id.clone(), evidence.clone());
            let notice = match change {
                Some(Change::Found { .. }) => Notice::FoundApplied { decision, target, evidence },
                _ => Notice::Accepted { decision, target, log_id },
            };
            vec![Fact::Applied(key, action), Fact::Tell(notice)]
        }
        State::Refused(Some(failure)) => tell(Notice::Refused { decision, target, failure: failure.clone() }),
        State::NotSent(Cause::Failed(Some(failure))) => {
            tell(Notice::NotSent { decision, target, failure: failure.clone() })
        }
        State::NotSent(Cause::Slept) => tell(Notice::Slept { decision, target }),
        State::NotSent(Cause::Handled(_)) => vec![Fact::TaskEnded(key)],
        State::NotApplied { evidence } => {
            tell(Notice::FoundNotApplied { decision, target, evidence: evidence.clone() })
        }
        State::Overtaken { evidence } => {
            let notice = Fact::Tell(Notice::FoundOvertaken { decision, target, evidence: evidence.clone() });
            // A queued one is superseded: the uncertain one under it says what became of the task.
            if before.is_queued() { vec![notice] } else { vec![Fact::TaskEnded(key), notice] }
        }
        State::Unknown(uncertain) => match (before, &uncertain.failure) {
            (State::Sending { .. }, Some(failure)) => {
                tell(Notice::Unknown { decision, target, failure: failure.clone() })
            }
            (State::Unknown(earlier), _) if uncertain.exhausted && !earlier.exhausted => {
                tell(Notice::StillUnknown { decision, target, evidence: uncertain.evidence.clone() })
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

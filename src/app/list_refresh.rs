//! Reading the list: in rounds from the first page to the last, each followed by the question about changed processes.

use std::collections::HashSet;
use std::time::Duration;

use super::effect::{Effect, Query, Slot};
use super::fetch::Fetch;
use super::inbox::Absence;
use crate::domain::{Endpoint, Instant, Millis, Now, PageChain, PageEnd, PageToken, Priority, TaskKey, TaskPage};

/// Age above which a key press reads the list again.
const LIST_FRESH: Duration = Duration::from_secs(60);
/// Time between two rounds while the program is in use.
const POLL: Duration = Duration::from_secs(30);
/// The same for every page of the list: a round takes a tenth of the endpoint's budget at most
/// (protocol.md#rate-limits).
const POLL_PAGE: Duration = Duration::from_secs(1);
/// The same while the program is not in use, or changes are announced: such a round also notices a connection that
/// delivers nothing.
const SAFETY_POLL: Duration = Duration::from_secs(300);
/// The program is in use this long after a key.
const IN_USE: Duration = Duration::from_secs(600);
/// Shortest rest between the end of a round and the next.
const PAUSE: Duration = Duration::from_secs(10);
/// Time between two questions after changed processes that the clock asks. All users of the app together have twenty a
/// minute (protocol.md#rate-limits).
const CHANGES: Duration = Duration::from_secs(90);
const MOST_CHANGES: Duration = Duration::from_secs(600);
/// A question may be asked this much earlier, with the round that ends then.
const CHANGES_EARLY: Duration = Duration::from_secs(5);
/// Pages of changed processes that are read at most: by the clock, and when it was long ago.
const CHANGED_PAGES: usize = 5;
const MOST_CHANGED_PAGES: usize = 20;
/// Span from which a question counts as one about long ago.
const LONG_AGO: Duration = Duration::from_secs(900);
/// Longest span that the platform answers for (protocol.md#changed-processes), less a margin for clocks that differ.
const LONGEST_SPAN: i64 = 30 * 24 * 3_600_000;
/// Margin for the known difference of the platform's clock: rather one process too many is read again than one too few.
/// Behind the span too: a process that changes again before the platform answers is found by its newest change only.
const CLOCK_SKEW: i64 = 2 * 60_000;
/// The same for an unknown difference, either way.
const UNKNOWN_SKEW: i64 = 3_600_000;

/// Cause of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum RoundCause {
    /// The start, a key on an old list, or the end of a stop.
    #[default]
    Old,
    Clock,
    /// The user asked for it: its end is worth a word, and it may move rows.
    User,
}

/// One reading of the list from its first page to its last.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) pending: HashSet<TaskKey>,
    chain: PageChain,
    /// Rows that could not be read.
    pub(super) unreadable: usize,
    /// The page that is being read or waits; `None` is the first.
    page: Option<PageToken>,
    /// The page waits until the list's endpoint accepts requests again.
    waiting: bool,
    pub(super) arrived: usize,
    cause: RoundCause,
    /// New tasks are shown at once.
    pub(super) shows: bool,
    /// It is the first one after a failure.
    recovers: bool,
    pub(super) began: Now,
}

impl Round {
    /// Decisions whose outcome is unknown may be looked up again after it.
    pub(super) fn invites_probes(&self) -> bool {
        !self.is_by_clock() || self.recovers
    }

    /// The clock began it, and the user has not asked for it since.
    pub(super) fn is_by_clock(&self) -> bool {
        self.cause == RoundCause::Clock
    }

    /// The user asked for it.
    pub(super) fn asked(&self) -> bool {
        self.cause == RoundCause::User
    }

    /// The meaning of a row's absence from this round.
    pub(super) fn absence(&self) -> Absence {
        match (self.unreadable, self.chain.pages()) {
            (0, 0 | 1) => Absence::Proves,
            // Rounds by the clock follow each other too closely to confirm one another.
            (0, _) if self.cause != RoundCause::Clock => Absence::ProvesTwice,
            _ => Absence::ProvesNothing,
        }
    }
}

/// Consequence of a page.
#[derive(Debug)]
pub(super) enum PageStep {
    /// The next page is read, at once or when the platform accepts it.
    Next(Option<Effect>),
    /// The last page came. `broken`: it leads nowhere, and the rest of the list is not known.
    Ended { round: Round, broken: bool },
}

/// A moment by the local clocks, and by the platform's if known.
#[derive(Clone, Copy, Debug)]
struct Moment {
    here: Now,
    there: Option<Millis>,
}

/// The state of reading the list.
#[derive(Debug, Default)]
pub struct ListRefresh {
    /// The round that is under way.
    round: Option<Round>,
    /// Time of the last read of the list, with any result.
    tried_at: Option<Instant>,
    /// When the newest round began.
    began_at: Option<Instant>,
    /// Pages of the newest round that came to its end.
    pages: u32,
    /// When the user pressed a key last; at first, when the first round began.
    used_at: Option<Instant>,
    /// The platform announces changes.
    live: bool,
    /// When changed processes were asked for last.
    changes_asked: Option<Instant>,
    /// Pause before the next question after a refused one; zero is the usual one.
    changes_pause: Duration,
    /// Up to when changed processes are known: the next question after them begins here.
    changed_from: Option<Moment>,
    /// Up to when they will be known once the question under way is answered.
    changed_to: Option<Moment>,
    /// Lead of the platform's clock over the local wall clock at the newest page of the list, in milliseconds; `None`:
    /// unknown.
    ahead: Option<i64>,
}

impl ListRefresh {
    #[must_use]
    pub const fn is_reading(&self) -> bool {
        self.round.is_some()
    }

    /// Seconds until the list is read on, if it waits for budget.
    #[must_use]
    pub fn waits(&self, fetch: &Fetch, now: Instant) -> Option<u64> {
        self.round.as_ref().filter(|round| round.waiting)?;
        let until = fetch.limited_until(Endpoint::TaskList, self.priority(), now)?;
        Some(until.since(now).as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX))
    }

    /// The user waits for the first round, and for each that a key asked for.
    fn priority(&self) -> Priority {
        let asked = self.round.as_ref().is_some_and(Round::asked);
        if asked || self.changed_from.is_none() { Priority::Opened } else { Priority::Background }
    }

    /// Whether the list, read at that time, is older than it may be when a key is touched.
    pub(super) fn is_old(&self, read_at: Option<Instant>, now: Instant) -> bool {
        read_at.max(self.tried_at).is_some_and(|at| now.since(at) > LIST_FRESH)
    }

    /// The clock begins to read the list, if it is time.
    pub(super) fn poll(&mut self, now: Now, fetch: &mut Fetch) -> Option<Effect> {
        self.next_wake().filter(|due| *due <= now.mono)?;
        let page = self.begin(false, now, fetch);
        if let Some(round) = &mut self.round {
            round.cause = RoundCause::Clock;
        }
        page
    }

    /// Begins to read the list from its first page, unless it is being read.
    pub(super) fn begin(&mut self, asked: bool, now: Now, fetch: &mut Fetch) -> Option<Effect> {
        if let Some(round) = &mut self.round {
            if asked {
                (round.cause, round.shows) = (RoundCause::User, true);
            }
            return None;
        }
        self.assume_begun(now);
        if let Some(round) = &mut self.round {
            (round.cause, round.shows) = (if asked { RoundCause::User } else { RoundCause::Old }, asked);
        }
        self.read_page(None, now, fetch)
    }

    /// The first page was asked for before the first screen: that counts as a read of the list like any other.
    pub(super) fn assume_begun(&mut self, now: Now) {
        self.tried_at = Some(now.mono);
        self.began_at = Some(now.mono);
        self.used_at.get_or_insert(now.mono);
        self.round = Some(Round { began: now, ..Round::default() });
    }

    /// The user pressed a key.
    pub(super) const fn used(&mut self, now: Instant) {
        self.used_at = Some(now);
    }

    /// Time between two rounds, by the length of the list and by its use.
    fn interval(&self, in_use: bool) -> Duration {
        let usual = if in_use && !self.live { POLL } else { SAFETY_POLL };
        usual.max(POLL_PAGE * self.pages)
    }

    /// When the clock begins the next round; `None` while one is under way, and before the first.
    pub(super) fn next_wake(&self) -> Option<Instant> {
        let began = self.began_at.filter(|_| self.round.is_none())?;
        let used = self.used_at.unwrap_or_default();
        let soon = began + self.interval(true);
        let due = if soon <= used + IN_USE { soon } else { began + self.interval(false) };
        Some(due.max(self.tried_at? + PAUSE))
    }

    /// Whether data read then is older than two rounds.
    #[must_use]
    pub fn is_overdue(&self, read_at: Now, now: Now) -> bool {
        let in_use = self.used_at.is_some_and(|used| now.mono.since(used) <= IN_USE);
        now.since(read_at) > self.interval(in_use) * 2
    }

    /// The platform announces changes from now on, or does not any more.
    pub(super) const fn set_live(&mut self, live: bool) {
        self.live = live;
    }

    /// New tasks are shown at once by this round, and not put aside.
    pub(super) fn show_arrivals(&mut self, came: usize) {
        if let Some(round) = &mut self.round {
            round.shows = true;
            round.arrived += came;
        }
    }

    /// The platform answers again after a failure.
    pub(super) const fn recovered(&mut self) {
        if let Some(round) = &mut self.round {
            round.recovers = true;
        }
    }

    /// New tasks of the round that is under way are shown at once.
    pub(super) fn shows_arrivals(&self) -> bool {
        self.round.as_ref().is_none_or(|round| round.shows)
    }

    fn read_page(&mut self, page: Option<PageToken>, now: Now, fetch: &mut Fetch) -> Option<Effect> {
        let priority = self.priority();
        let limited = fetch.limited_until(Endpoint::TaskList, priority, now.mono).is_some();
        if let Some(round) = &mut self.round {
            round.page.clone_from(&page);
            round.waiting = limited;
        }
        (!limited).then(|| fetch.read(Slot::Tasks, priority, Duration::ZERO, Query::Tasks(page)))
    }

    /// The list's endpoint may accept requests again.
    pub(super) fn woke(&mut self, now: Now, fetch: &mut Fetch) -> Option<Effect> {
        let page = self.round.as_ref().filter(|round| round.waiting)?.page.clone();
        self.read_page(page, now, fetch)
    }

    /// A page came with `arrived` tasks that the list did not have.
    pub(super) fn page_came(&mut self, page: TaskPage, arrived: usize, now: Now, fetch: &mut Fetch) -> PageStep {
        self.ahead = page.answered.map(|answered| answered - now.wall);
        let mut round = self.round.take().unwrap_or_else(|| Round { began: now, ..Round::default() });
        round.arrived += arrived;
        round.unreadable += page.unreadable;
        let before = round.pending.len();
        round.pending.extend(page.tasks.into_iter().map(|task| task.key));
        match round.chain.after(page.end, round.pending.len() - before) {
            PageEnd::Next(next) => {
                self.round = Some(round);
                PageStep::Next(self.read_page(Some(next), now, fetch))
            }
            end => {
                self.tried_at = Some(now.mono);
                self.pages = u32::try_from(round.chain.pages()).unwrap_or(u32::MAX);
                PageStep::Ended { round, broken: end == PageEnd::Broken }
            }
        }
    }

    /// A page found no budget: it is read when the endpoint accepts requests again.
    pub(super) fn page_limited(&mut self) {
        if let Some(round) = &mut self.round {
            round.waiting = true;
        }
    }

    /// The round broke off. Returns whether the user had asked for it.
    pub(super) fn failed(&mut self, now: Instant) -> bool {
        self.tried_at = Some(now);
        self.round.take().is_some_and(|round| round.asked())
    }

    /// The question about changed processes was answered. Returns the span that it was about, by the local wall clock.
    pub(super) fn changes_came(&mut self) -> Option<(Millis, Millis)> {
        self.changes_pause = Duration::ZERO;
        let to = self.changed_to.take()?;
        let from = self.changed_from.replace(to)?;
        Some((from.here.wall, to.here.wall))
    }

    /// Changes are known up to this moment of an earlier run, by the local wall clock and by the platform's. The next
    /// question after them begins there.
    pub(super) fn resume(&mut self, here: Millis, there: Millis, now: Now) {
        self.changed_from = Some(Moment { here: Now { wall: here, mono: now.mono }, there: Some(there) });
    }

    /// Up to when changes are known, by the local wall clock and by the platform's, if that is known.
    #[must_use]
    pub fn known_until(&self) -> Option<(Millis, Millis)> {
        let moment = self.changed_from?;
        Some((moment.here.wall, moment.there?))
    }

    /// The question about changed processes was refused, or its answer was too long: the next ones come slower.
    pub(super) fn changes_limited(&mut self) {
        self.changes_pause = (self.changes_pause.max(CHANGES) * 2).min(MOST_CHANGES);
    }

    /// The clock may ask after changed processes.
    fn changes_due(&self, now: Instant) -> bool {
        let pause = self.changes_pause.max(CHANGES);
        self.changes_asked.is_none_or(|asked| now.since(asked) + CHANGES_EARLY >= pause)
    }

    /// Asks which processes have changed since the last question (protocol.md#changed-processes). A question without an
    /// answer is repeated with the next list. Its span is in the platform's time; without that in local time, and
    /// wider. `at_once`: the clock's pause does not matter.
    pub(super) fn ask_for_changes(&mut self, began: Now, at_once: bool, now: Now, fetch: &mut Fetch) -> Option<Effect> {
        let ahead = self.ahead;
        let there = now.wall.0.saturating_add(ahead.unwrap_or_default());
        let back_to = |then: Now| {
            let ago = i64::try_from(now.since(then).as_millis()).unwrap_or(i64::MAX);
            Millis(there.saturating_sub(ago))
        };
        let known = Moment { here: began, there: ahead.map(|_| back_to(began)) };
        let Some(since) = self.changed_from else {
            self.changed_from = Some(known);
            return None;
        };
        let due = at_once || self.changes_due(now.mono);
        if !due || fetch.limited_until(Endpoint::ChangedProcesses, Priority::Background, now.mono).is_some() {
            return None;
        }
        let pages = if now.since(since.here) > LONG_AGO { MOST_CHANGED_PAGES } else { CHANGED_PAGES };
        self.changes_asked = Some(now.mono);
        let (before, after) = if ahead.is_some() { (CLOCK_SKEW, CLOCK_SKEW) } else { (UNKNOWN_SKEW, UNKNOWN_SKEW) };
        let since = since.there.filter(|_| ahead.is_some()).unwrap_or_else(|| back_to(since.here));
        let to = there.saturating_add(after);
        let from = since.0.saturating_sub(before).max(to.saturating_sub(LONGEST_SPAN)).min(to);
        self.changed_to = Some(known);
        let query = Query::Changed { from: Millis(from), to: Millis(to), pages };
        Some(fetch.read(Slot::Changed, Priority::Background, Duration::ZERO, query))
    }
}

//! Reading the list: round by round, each from its first page to its last, then the question what changed since the last.

use std::collections::HashSet;
use std::time::Duration;

use super::App;
use super::effect::{Effect, Query, Slot};
use super::inbox::{Absence, Gap, Settled};
use super::notice::Notice;
use super::order::Order;
use crate::domain::{
    Endpoint, Failure, FailureKind, Millis, Now, PageChain, PageEnd, PageToken, Task, TaskKey, TaskPage,
};

/// How old the list may be when a key is touched before it is read again.
const LIST_FRESH: Duration = Duration::from_secs(60);
/// The longest span that the platform answers for (API page, B.2), less a margin for clocks that differ.
const LONGEST_SPAN: i64 = 30 * 24 * 3_600_000;
/// How far the platform's clock may be off from what is known of it; a case too many is read again, none too few.
const CLOCK_SKEW: i64 = 2 * 60_000;
/// The same where nothing is known of it, either way.
const UNKNOWN_SKEW: i64 = 3_600_000;

/// One reading of the list from its first page to its last.
#[derive(Debug, Default)]
pub(super) struct Round {
    pub(super) pending: HashSet<TaskKey>,
    pub(super) chain: PageChain,
    /// Rows that could not be read.
    pub(super) unreadable: usize,
    /// The page that is being read, or waits to be; `None` is the first.
    pub(super) page: Option<PageToken>,
    /// The page waits until the list's endpoint accepts requests again.
    pub(super) waiting: bool,
    pub(super) arrived: usize,
    /// She asked for it, so its end is worth a word.
    pub(super) asked: bool,
    pub(super) began: Now,
}

/// A moment, by the clocks here and by the platform's, if that was told.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    pub(super) here: Now,
    pub(super) there: Option<Millis>,
}

impl App {
    /// Begins to read the list from its first page.
    pub(super) fn refresh_list(&mut self, asked: bool) -> Vec<Effect> {
        if let Some(round) = &mut self.sync.round {
            round.asked |= asked;
            return Vec::new();
        }
        self.sync.tried_at = Some(self.now.mono);
        self.sync.round = Some(Round { asked, began: self.now, ..Round::default() });
        self.read_page(None)
    }

    pub(super) fn read_page(&mut self, page: Option<PageToken>) -> Vec<Effect> {
        let limited = self.sync.limited_until(Endpoint::TaskList, self.now.mono).is_some();
        if let Some(round) = &mut self.sync.round {
            round.page.clone_from(&page);
            round.waiting = limited;
        }
        if limited {
            return Vec::new();
        }
        vec![self.sync.read(Slot::Tasks, Duration::ZERO, Query::Tasks(page))]
    }

    /// She touched a key: what is old is read again.
    pub(super) fn refresh_if_old(&mut self) -> Vec<Effect> {
        let read = self.inbox.read_at.map(|read: Now| read.mono);
        let newest = read.max(self.sync.tried_at);
        if newest.is_some_and(|at| self.now.mono.since(at) > LIST_FRESH) {
            self.refresh_list(false)
        } else {
            Vec::new()
        }
    }

    /// She asked for everything that is on screen to be read again.
    pub(super) fn refresh_all(&mut self) -> Vec<Effect> {
        if let Some(key) = self.selected().cloned() {
            self.sync.want(&key.process);
        }
        self.look_into_all();
        self.cases.forget_failures(|_| true);
        self.want_forms_again(true);
        self.refresh_list(true)
    }

    /// A page of the list came, from the check before the first screen or from a read.
    pub(super) fn page_came(&mut self, page: TaskPage) -> Vec<Effect> {
        let arrived = self.add_tasks(&page.tasks);
        self.inbox.failure = None;
        if std::mem::take(&mut self.sync.paused) {
            self.cases.forget_failures(|failure| failure.kind != FailureKind::Business);
            self.want_forms_again(false);
        }
        let began = self.now;
        self.sync.ahead = page.answered.map(|answered| answered - self.now.wall);
        let round = self.sync.round.get_or_insert_with(|| Round { began, ..Round::default() });
        round.arrived += arrived;
        round.unreadable += page.unreadable;
        let before = round.pending.len();
        round.pending.extend(page.tasks.into_iter().map(|task| task.key));
        match round.chain.after(page.end, round.pending.len() - before) {
            PageEnd::Next(next) => self.read_page(Some(next)),
            end => self.round_ended(end == PageEnd::Broken),
        }
    }

    fn add_tasks(&mut self, tasks: &[Task]) -> usize {
        let order = Order::new(&self.cases, &self.names, &self.settings, &self.screen);
        let (outbox, now) = (&self.outbox, self.now.mono);
        self.inbox.add(tasks, |key| outbox.has_just_ended(key, now), &order)
    }

    /// The last page came, or one that leads nowhere: then the rest of the list is not known, and nothing leaves it.
    fn round_ended(&mut self, broken: bool) -> Vec<Effect> {
        let Some(round) = self.sync.round.take() else { return Vec::new() };
        self.sync.tried_at = Some(self.now.mono);
        let gap = Gap::of(broken, round.unreadable);
        let known = std::mem::replace(&mut self.inbox.gap, gap);
        let settled = if broken { Settled::default() } else { self.settle_list(&round) };
        let first = !self.inbox.complete;
        if !broken {
            self.inbox.complete = true;
            self.inbox.read_at = Some(self.now);
        }
        match gap {
            Some(gap) if round.asked || known != Some(gap) => self.notices.say(Notice::ListIncomplete(gap), self.now),
            None if !first && (round.asked || round.arrived > 0) => {
                let (arrived, gone, missed) = (round.arrived, settled.gone, settled.missed.len());
                self.notices.say(Notice::Refreshed { arrived, gone, missed }, self.now);
            }
            Some(_) | None => {}
        }
        self.reopen_doubts();
        self.forget_cases();
        self.ask_for_changes(round.began)
    }

    /// Takes the tasks of a round that came to its end as the list.
    fn settle_list(&mut self, round: &Round) -> Settled {
        let absence = match (round.unreadable, round.chain.pages()) {
            (0, 0 | 1) => Absence::Proves,
            (0, _) => Absence::ProvesTwice,
            _ => Absence::ProvesNothing,
        };
        let order = Order::new(&self.cases, &self.names, &self.settings, &self.screen);
        let outbox = &self.outbox;
        let settled = self.inbox.settle(&round.pending, absence, |key| outbox.is_open(key), &order);
        for key in &settled.missed {
            self.sync.want(&key.process);
        }
        settled
    }

    /// Which of the cases that were read have changed since (API page, B.2)? What was asked in vain is asked again with
    /// the next list: nobody else tells of those changes. The question is put in the platform's time, which the answers
    /// tell; without that, in the time here, and wider.
    fn ask_for_changes(&mut self, began: Now) -> Vec<Effect> {
        let now = self.now;
        let ahead = self.sync.ahead;
        let there = now.wall.0.saturating_add(ahead.unwrap_or_default());
        let back_to = |then: Now| {
            let ago = i64::try_from(now.since(then).as_millis()).unwrap_or(i64::MAX);
            Millis(there.saturating_sub(ago))
        };
        let known = Moment { here: began, there: ahead.map(|_| back_to(began)) };
        let Some(since) = self.sync.changed_from else {
            self.sync.changed_from = Some(known);
            return Vec::new();
        };
        if self.sync.limited_until(Endpoint::ChangedProcesses, now.mono).is_some() {
            return Vec::new();
        }
        let (before, after) = if ahead.is_some() { (CLOCK_SKEW, 0) } else { (UNKNOWN_SKEW, UNKNOWN_SKEW) };
        let since = since.there.filter(|_| ahead.is_some()).unwrap_or_else(|| back_to(since.here));
        let to = there.saturating_add(after);
        let from = since.0.saturating_sub(before).max(to.saturating_sub(LONGEST_SPAN)).min(to);
        self.sync.changed_to = Some(known);
        vec![self.sync.read(Slot::Changed, Duration::ZERO, Query::Changed { from: Millis(from), to: Millis(to) })]
    }

    /// The list could not be read: what is known of it stays, with its age.
    pub(super) fn list_failed(&mut self, failure: Failure) {
        self.sync.round = None;
        self.sync.tried_at = Some(self.now.mono);
        self.inbox.failure = Some(failure.clone());
        self.notices.say(Notice::ReadFailed(failure), self.now);
    }
}

//! The budget of one endpoint: windows, classes, the gateway's closing, and the pace of the background.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::allowance::Allowance;
use super::call_log::{CLASSES, CallLog, Counts, Shares, Window};
use crate::domain::Priority;

/// How long a class is waited for that was told to come now: less urgent ones would take its place otherwise.
const GRACE: Duration = Duration::from_millis(250);
/// Waiting time while the end of a request has to be waited for, which has no known time.
const UNTIL_ANSWERED: Duration = Duration::from_millis(50);
/// An answer that takes longer is no longer waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// See the module's documentation.
#[derive(Debug)]
pub(super) struct EndpointBudget {
    /// The longest window last.
    logs: Vec<CallLog>,
    longest: Window,
    allowance: Allowance,
    /// The gateway accepts nothing before this.
    closed_until: Option<Instant>,
    /// When the requests left that are under way.
    in_flight: VecDeque<Instant>,
    /// Since when the background's next turn is counted.
    paced: Option<Instant>,
    /// When a refused class was told to come again.
    expected: [Option<Instant>; CLASSES],
    /// Callers read the clock before they get here: an older time counts as the newest.
    latest: Option<Instant>,
}

impl EndpointBudget {
    pub fn new(windows: &[Window]) -> Self {
        let longest = windows.last().copied().unwrap_or(Window { most: 1, span: GRACE, checked: true });
        Self {
            longest,
            logs: windows.iter().copied().map(CallLog::new).collect(),
            allowance: Allowance::new(longest.lower(), longest.most),
            closed_until: None,
            in_flight: VecDeque::new(),
            paced: None,
            expected: [None; CLASSES],
            latest: None,
        }
    }

    /// Counts one request of this class, or returns the time until it would be served.
    pub fn take(&mut self, class: Priority, now: Instant) -> Result<(), Duration> {
        let now = self.advance(now);
        let from = self.served_from(class, now);
        let wait = from.checked_duration_since(now).filter(|wait| !wait.is_zero());
        if let Some(expected) = self.expected.get_mut(class as usize) {
            *expected = wait.map(|_| from);
        }
        if let Some(wait) = wait {
            return Err(wait);
        }
        if class == Priority::Background {
            // A caller comes a little late each time: half a turn is made up for.
            let turn = self.turn();
            let due = self.paced.map_or(now, |paced| paced + turn);
            self.paced = Some(now.checked_sub(turn / 2).map_or(due, |earliest| due.max(earliest)));
        }
        self.logs.iter_mut().for_each(|log| log.add(class, now));
        self.in_flight.push_back(now);
        Ok(())
    }

    /// A request is no longer under way.
    pub fn finished(&mut self) {
        // Which one is of no matter: mostly they end in their order.
        self.in_flight.pop_front();
    }

    /// The gateway accepts nothing before `until`.
    pub fn refused(&mut self, until: Instant, now: Instant) {
        let now = self.advance(now);
        // Requests that were under way when it closed tell nothing new.
        if self.closed_until.is_none_or(|closed| closed <= now) {
            self.allowance.decrease(now);
        }
        self.closed_until = Some(self.closed_until.map_or(until, |closed| closed.max(until)));
    }

    /// Lets time pass. Returns the newest time known.
    fn advance(&mut self, now: Instant) -> Instant {
        let now = self.latest.map_or(now, |latest| latest.max(now));
        self.latest = Some(now);
        self.logs.iter_mut().for_each(|log| log.advance(now));
        self.allowance.advance(now);
        now
    }

    /// When a request of this class is served if no other comes before; now at the earliest.
    fn served_from(&self, class: Priority, now: Instant) -> Instant {
        let closed = self.closed_until.unwrap_or(now);
        let room = self.room_from(class, now);
        let turn = self.paced.filter(|_| class == Priority::Background).map_or(now, |paced| paced + self.turn());
        let answered = if self.is_crowded(now) { now + UNTIL_ANSWERED } else { now };
        let from = closed.max(room).max(turn).max(answered).max(now);
        let above = Priority::ALL.iter().zip(self.expected).filter(|(other, _)| **other < class);
        let mut above: Vec<Instant> = above.filter_map(|(_, expected)| expected).collect();
        above.sort_unstable();
        let lets_pass = |from: Instant, at: Instant| if at <= from && from < at + GRACE { at + GRACE } else { from };
        above.into_iter().fold(from, lets_pass)
    }

    fn room_from(&self, class: Priority, now: Instant) -> Instant {
        let room = |log: &CallLog| {
            let Window { most, span, .. } = log.window;
            let shares = log.window.shares();
            let within = |counts: &Counts| shares.claimed(counts, class) < most && self.allows(counts, class);
            log.room_from(now, within).unwrap_or(now + span)
        };
        self.logs.iter().map(room).max().unwrap_or(now)
    }

    /// The allowance has room for this class beside these calls.
    fn allows(&self, counts: &Counts, class: Priority) -> bool {
        let [_, opened, lower @ ..] = *counts;
        match class {
            Priority::Check => true,
            Priority::Opened => opened < self.allowance.opened(),
            _ => {
                let counts = [0, 0, lower[0], lower[1], lower[2]];
                self.lower_shares().claimed(&counts, class) < self.allowance.lower()
            }
        }
    }

    /// The shares of the allowance: in the proportions of the whole.
    fn lower_shares(&self) -> Shares {
        let (allowed, whole) = (self.allowance.lower(), self.longest.lower().max(1));
        Shares::new([0, 0], self.longest.visible() * allowed / whole, allowed)
    }

    /// The time between two requests of the background that spreads evenly all that the other classes leave.
    fn turn(&self) -> Duration {
        let Some(log) = self.logs.last() else { return Duration::ZERO };
        let [check, opened, visible, neighbor, _] = log.counts;
        let whole = self.longest.shares().claimed(&[check, opened, visible, neighbor, 0], Priority::Background);
        let lower = self.lower_shares().claimed(&[0, 0, visible, neighbor, 0], Priority::Background);
        let left = self.longest.most.saturating_sub(whole).min(self.allowance.lower().saturating_sub(lower));
        self.longest.span / left.max(1)
    }

    /// While others use the app, an answer has to come first: a gateway that they have closed then refuses one request.
    fn is_crowded(&self, now: Instant) -> bool {
        let waited_for = |left: &Instant| now.duration_since(*left) < LONGEST_WAIT;
        self.allowance.is_careful(now) && self.in_flight.iter().any(waited_for)
    }
}

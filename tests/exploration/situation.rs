//! One state of the model: the program, its disk, the requests on their way and the platform.

use std::hash::{Hash, Hasher};
use std::mem::discriminant;
use std::time::Duration;

use shenpi::domain::Instant;
use shenpi::domain::decision::state::{CHECK_LEAD, State, Tries};
use shenpi::domain::record::Change;

use super::platform::Task;
use super::properties::Property;

/// The clock of a decision that waits for nothing. Each decision has a clock of its own, because the machine never compares
/// moments of two; moments are kept relative to this one, so that equal situations are found to be equal.
pub const NOW: Instant = Instant(100_000);
/// Readings that the presend check takes although they were not made for it, and the oldest that it takes at all.
const FRESH: Duration = Duration::from_secs(3);
pub const OLDEST: Duration = Duration::from_secs(8);
/// How long past its time a decision may be queued without a difference.
const LONG_DUE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Situation {
    /// `None` between two runs.
    pub run: Option<Run>,
    /// Confirmed decisions, oldest first.
    pub decisions: Vec<Confirmed>,
    /// Records that are appended and not durable.
    pub tail: Vec<Line>,
    /// The disk takes nothing any more, until the next run.
    pub disk_fails: bool,
    pub task: Task,
    pub left: Left,
    /// Broken by the last act.
    pub broken: Vec<Property>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Run {
    /// The user quits: the run ends with the last answer.
    pub leaving: bool,
    /// The terminal hung up: nothing leaves any more.
    pub shutdown: bool,
}

/// Rest of the bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Left {
    pub confirmations: u8,
    /// Crashes and other ends of a run.
    pub ends: u8,
    /// `None`: as many as the machine itself counts.
    pub faults: Option<u8>,
    /// Answers "over the limit", which the machine does not count.
    pub limits: u8,
    /// Times that the user asks for an outcome again.
    pub asked_again: u8,
}

/// One confirmed decision.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Confirmed {
    /// As the program has it, or had it last.
    pub state: State,
    pub place: Place,
    /// Replayed from the durable records.
    pub durable: State,
    /// The content on screen at the confirmation.
    pub content: Task,
    pub clock: Instant,
    /// When the request is to be read for a probe.
    pub reread: Option<Instant>,
    /// The reading under way: when it was asked for, and what it shows.
    pub reading: Option<(Instant, Task)>,
    /// The reading for the presend check.
    pub check: Option<(Instant, Task)>,
    pub request: Request,
    pub truth: Truth,
}

/// Where the program keeps a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// The decision of its task.
    Entry,
    /// Of unknown outcome, under the one that was made over it.
    Under,
    Gone,
}

/// The newest request of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Request {
    None,
    /// Ordered, at the gate before the network.
    AtGate,
    OnItsWay,
    Answered(Reply),
    /// It will not arrive.
    Dropped,
    /// Its answer is given up, and it may still arrive: before `until` by the assumption on late requests, which the next
    /// start counts again from zero.
    Stray {
        until: Option<Instant>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    Accepted,
    Refused,
    Busy,
    Limited,
}

/// Facts about a decision that only the model knows.
#[expect(clippy::struct_excessive_bools, reason = "independent facts, each of one moment")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Truth {
    /// A request left.
    pub departed: bool,
    /// A request left, and no answer or probe proved that it was not executed.
    pub may_apply: bool,
    /// An answer was lost.
    pub answer_lost: bool,
    /// The user took it back or gave it up.
    pub withdrawn: bool,
    /// A hang-up, a sleep, or the end of the run came over it while it was queued.
    pub stale: bool,
    /// The time to undo it is over.
    pub undo_over: bool,
    /// The platform said that another person changes the request, and it was not read since.
    pub busy: bool,
}

/// A record of one decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub decision: usize,
    pub change: Change,
}

impl Eq for Line {}

impl Hash for Line {
    fn hash<H: Hasher>(&self, into: &mut H) {
        (self.decision, discriminant(&self.change)).hash(into);
    }
}

impl Situation {
    pub fn entry(&self) -> Option<usize> {
        self.at(Place::Entry)
    }

    pub fn under(&self) -> Option<usize> {
        self.at(Place::Under)
    }

    fn at(&self, place: Place) -> Option<usize> {
        self.decisions.iter().position(|decision| decision.place == place)
    }

    /// A fault, if the bounds allow one more.
    pub fn spend_fault(&mut self) -> Option<()> {
        if let Some(faults) = &mut self.left.faults {
            spend(faults)?;
        }
        Some(())
    }
}

pub fn spend(left: &mut u8) -> Option<()> {
    *left = left.checked_sub(1)?;
    Some(())
}

impl Confirmed {
    pub fn sent(&self) -> u32 {
        match &self.state {
            State::Sending { tries, .. } | State::Queued { tries, .. } => tries.sent,
            _ => 0,
        }
    }

    /// The earliest moment at which a reading for the presend check may have been asked for.
    pub fn check_from(&self) -> Option<Instant> {
        let State::Queued { until, tries } = &self.state else { return None };
        Some(until.before(CHECK_LEAD).min(self.clock.before(FRESH)).max(tries.fresh_from))
    }

    /// Removes what makes no difference any more, and sets the clock back to [`NOW`] where the machine's moments are open.
    pub fn normalize(&mut self) {
        match &mut self.state {
            State::Queued { until, tries } => {
                let clock = self.clock;
                let moved = |moment: Instant| Instant((moment.0 + NOW.0).saturating_sub(clock.0));
                *until = moved(*until).max(NOW.before(LONG_DUE));
                tries.fresh_from =
                    Some(moved(tries.fresh_from)).filter(|from| *from > NOW.before(OLDEST)).unwrap_or_default();
                self.check = self.check.map(|(asked, shows)| (moved(asked), shows));
                self.clock = NOW;
                let from = self.check_from();
                self.check = self.check.filter(|(asked, _)| from.is_some_and(|from| *asked >= from));
            }
            State::Sending { tries, .. } => {
                let clock = self.clock;
                let moved = |moment: Instant| Instant((moment.0 + NOW.0).saturating_sub(clock.0));
                tries.fresh_from = Tries::default().fresh_from;
                self.check = self.check.map(|(asked, shows)| (moved(asked), shows));
                self.clock = NOW;
            }
            State::Unknown(_) => self.check = None,
            state => {
                if let State::Applied { at, .. } = state {
                    *at = None;
                }
                self.clock = NOW;
                self.check = None;
            }
        }
        if !matches!(self.state, State::Unknown(_)) || self.place != Place::Entry {
            (self.reread, self.reading) = (None, None);
        }
    }
}

//! Sum of a run of kills.

use std::collections::BTreeMap;
use std::fmt;

use super::approver::Moment;
use super::screen::{Outcome, Place, Rendered};

#[derive(Debug, Default)]
pub struct Report {
    pub kills: usize,
    pub decisions: usize,
    pub writes: usize,
    /// Confirmed by a key, and seen confirmed.
    pub seen: usize,
    /// Starts that asked about open matters.
    pub lists: usize,
    /// In doubt at a kill, all of them added up.
    pub in_doubt: usize,
    pub lost: usize,
    pub doubled: usize,
    pub lies: usize,
    /// Kills by the state in the journal's last record, if the killed run wrote one.
    pub at_kill: BTreeMap<&'static str, usize>,
    /// Kills by the approver's activity when their timer was set.
    pub moments: BTreeMap<String, usize>,
    /// Decisions in the journals and writes in the records, by action.
    pub mix: BTreeMap<&'static str, (usize, usize)>,
    /// Outcomes that were read on screen and compared: applied, not applied, unknown.
    pub read: BTreeMap<Place, [usize; 3]>,
    pub violations: Vec<String>,
}

impl Report {
    pub fn add(&mut self, other: Self) {
        self.kills += other.kills;
        self.decisions += other.decisions;
        self.writes += other.writes;
        self.seen += other.seen;
        self.lists += other.lists;
        self.in_doubt += other.in_doubt;
        self.lost += other.lost;
        self.doubled += other.doubled;
        self.lies += other.lies;
        for (state, count) in other.at_kill {
            *self.at_kill.entry(state).or_default() += count;
        }
        for (moment, count) in other.moments {
            *self.moments.entry(moment).or_default() += count;
        }
        for (action, (decisions, writes)) in other.mix {
            let sum = self.mix.entry(action).or_default();
            *sum = (sum.0 + decisions, sum.1 + writes);
        }
        for (place, counts) in other.read {
            let sums = self.read.entry(place).or_default();
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        self.violations.extend(other.violations);
    }

    pub fn said(&mut self, said: &Rendered) {
        let counts = self.read.entry(said.place).or_default();
        for (count, outcome) in counts.iter_mut().zip([Outcome::Applied, Outcome::NotApplied, Outcome::Unknown]) {
            *count += said.count(outcome);
        }
    }

    pub fn killed_at(&mut self, state: &'static str, moment: Moment) {
        self.kills += 1;
        *self.at_kill.entry(state).or_default() += 1;
        *self.moments.entry(format!("{moment:?}").to_lowercase()).or_default() += 1;
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = |counted: Vec<(&str, usize)>| {
            counted.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
        };
        let at_kill = self.at_kill.iter().map(|(name, count)| (*name, *count)).collect();
        let moments = self.moments.iter().map(|(name, count)| (name.as_str(), *count)).collect();
        writeln!(f, "{} kills", self.kills)?;
        writeln!(f, "  a random time after: {}", counts(moments))?;
        writeln!(f, "  last record of the killed run: {}", counts(at_kill))?;
        writeln!(
            f,
            "{} decisions in the journals, {} seen confirmed, {} writes in the platforms' records",
            self.decisions, self.seen, self.writes
        )?;
        let mix = self.mix.iter().map(|(action, (decisions, writes))| format!("{action} {decisions}/{writes}"));
        writeln!(f, "  decisions/writes: {}", mix.collect::<Vec<_>>().join(", "))?;
        writeln!(f, "outcomes on screen against the platforms' records, applied/not applied/unknown:")?;
        for (place, [applied, not, unknown]) in &self.read {
            writeln!(f, "  {}: {applied}/{not}/{unknown}", format!("{place:?}").to_lowercase())?;
        }
        writeln!(f, "{} starts asked about earlier decisions, {} in doubt at a kill", self.lists, self.in_doubt)?;
        write!(f, "lost {}, doubled {}, lies {}", self.lost, self.doubled, self.lies)
    }
}

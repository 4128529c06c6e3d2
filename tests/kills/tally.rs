//! What a run of kills adds up to.

use std::collections::BTreeMap;
use std::fmt;

use super::approver::Moment;

#[derive(Debug, Default)]
pub struct Tally {
    pub kills: usize,
    pub decisions: usize,
    pub writes: usize,
    /// Confirmed by a key, and seen confirmed.
    pub seen: usize,
    /// Starts that asked about what an earlier run left.
    pub lists: usize,
    /// In doubt at a kill, all of them added up.
    pub in_doubt: usize,
    pub lost: usize,
    pub doubled: usize,
    pub lies: usize,
    /// Kills by what the journal's last record was about, if the killed run wrote one.
    pub at_kill: BTreeMap<&'static str, usize>,
    /// Kills by what she was about when their clock was set.
    pub moments: BTreeMap<String, usize>,
    pub violations: Vec<String>,
}

impl Tally {
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
        self.violations.extend(other.violations);
    }

    pub fn killed_at(&mut self, state: &'static str, moment: Moment) {
        self.kills += 1;
        *self.at_kill.entry(state).or_default() += 1;
        *self.moments.entry(format!("{moment:?}").to_lowercase()).or_default() += 1;
    }
}

impl fmt::Display for Tally {
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
        writeln!(f, "{} starts asked about earlier decisions, {} in doubt at a kill", self.lists, self.in_doubt)?;
        write!(f, "lost {}, doubled {}, lies {}", self.lost, self.doubled, self.lies)
    }
}

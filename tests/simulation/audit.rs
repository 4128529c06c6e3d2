//! Invariant 5 on the journal that the next start reads: it agrees with the platform's record and with the model.

use std::collections::HashSet;

use shenpi::domain::Past;
use shenpi::domain::Recovered;
use shenpi::domain::Resolution;
use shenpi::domain::evidence::Finding;
use shenpi::domain::record::{Answered, Change};
use shenpi::domain::{EntryId, Reviewed};

use super::day::Day;

impl Day<'_> {
    /// Reads the whole journal and compares it. `recovered` is the result of a start.
    pub fn audit(&mut self, recovered: Option<&Recovered>) {
        self.figures.checks += 1;
        let history = match shenpi::store::history(&self.disk, usize::MAX) {
            Ok(history) => history,
            Err(error) => return self.breaks(5, format!("the journal cannot be read: {error}")),
        };
        for past in &history.past {
            // A record that was being written at the end may be complete after all.
            if let Some(entry) = self.model.confirmed.get_mut(&past.first().entry)
                && past.records().count() > entry.changes.len()
            {
                entry.changes.extend(entry.torn.take());
            }
            self.doubted(past);
        }
        self.model.confirmed.values_mut().for_each(|entry| entry.torn = None);
        let mut open = HashSet::new();
        for past in &history.past {
            if let Some(lie) = self.lie_of(past) {
                return self.breaks(5, format!("the journal says of {}: {lie}", past.first().entry.0));
            }
            if past.resolution() != Resolution::Resolved {
                open.insert(past.first().entry.clone());
            }
        }
        let written: HashSet<&EntryId> = history.past.iter().map(|past| &past.first().entry).collect();
        let missing = self.model.confirmed.iter().find(|(id, entry)| {
            !written.contains(id) && (!entry.lost || self.model.is_done(id)) && !entry.changes.is_empty()
        });
        if let Some((id, _)) = missing {
            return self.breaks(5, format!("the journal has lost {}", id.0));
        }
        if let Some(recovered) = recovered {
            self.audit_recovered(recovered, &open);
        }
        // Records lost with the power are gone, the others are not.
        for past in &history.past {
            if let Some(entry) = self.model.confirmed.get_mut(&past.first().entry) {
                entry.changes.truncate(past.records().count());
                entry.durable = entry.changes.len();
                entry.lost = false;
            }
        }
    }

    /// An unsynced line became unreadable in a power cut: decisions held before it are uncertain by the journal's own
    /// record, and unsynced records are gone.
    fn doubted(&mut self, past: &Past) {
        let doubt = Change::Unknown(Answered::default());
        let Some(place) = past.records().position(|record| record.change == doubt) else { return };
        let Some(entry) = self.model.confirmed.get_mut(&past.first().entry) else { return };
        if place >= entry.durable && entry.changes.get(place).is_none_or(|(_, known)| *known != doubt) {
            entry.changes.truncate(place);
            entry.changes.push((self.now, doubt));
        }
    }

    fn audit_recovered(&mut self, recovered: &Recovered, open: &HashSet<EntryId>) {
        let asked: HashSet<EntryId> = recovered.open.iter().map(|past| past.first().entry.clone()).collect();
        if asked != *open {
            let words = format!("the start asks about {asked:?}, and without an answer are {open:?}");
            return self.breaks(5, words);
        }
        if let Some(past) = recovered.untold.iter().find(|past| past.resolution() != Resolution::Resolved) {
            self.breaks(5, format!("{} is told as answered, and is not", past.first().entry.0));
        }
    }

    /// A false statement of the journal about a decision.
    fn lie_of(&self, past: &Past) -> Option<String> {
        let id = &past.first().entry;
        let Some(entry) = self.model.entry(id) else { return Some("a decision that she never confirmed".to_owned()) };
        let done = self.model.is_done(id);
        if past.records().count() < entry.durable {
            return Some(format!("less than the {} records that were durable", entry.durable));
        }
        // The disk may have had no room for the first record, and for a shorter one after it.
        let first = matches!(entry.changes.first(), Some((_, Change::Held(_))));
        if first && past.reviewed().is_none_or(|reviewed| !is_the_same(reviewed, &entry.reviewed)) {
            return Some(format!("it is {:?}", past.reviewed()));
        }
        let same = past.records().map(|record| &record.change).zip(entry.changes.iter().map(|(_, change)| change));
        // The summary of a sensitive request is not on disk.
        let same = same.skip(usize::from(first)).all(|(written, known)| written == known);
        if !same {
            return Some("other changes than there were".to_owned());
        }
        let mut before = None;
        for record in past.records() {
            let says = match &record.change {
                Change::Accepted { .. } | Change::Found { finding: Finding::Applied, .. } => Some(true),
                Change::TakenBack
                | Change::Refused(_)
                | Change::NotSent(_)
                | Change::Changed { .. }
                | Change::Slept
                | Change::Found { finding: Finding::NotApplied | Finding::Overtaken, .. } => Some(false),
                Change::Discarded(_) if before == Some(Resolution::Unsent) => Some(false),
                _ => None,
            };
            if says.is_some_and(|says| says != done && !(says && self.is_as_good_as_done(&entry.reviewed))) {
                return Some(format!("{:?}, and the platform has it otherwise", record.change));
            }
            before = Some(Resolution::after(&record.change));
        }
        let sent = past.records().any(|record| matches!(record.change, Change::Sending { .. }));
        let left = self.model.passages_of(id).any(|passage| passage.left.is_some());
        if left && !sent {
            return Some("nothing of its sending".to_owned());
        }
        (past.resolution() == Resolution::Unsent && done).then(|| "that it was not sent".to_owned())
    }
}

fn is_the_same(written: &Reviewed, confirmed: &Reviewed) -> bool {
    let mut confirmed = confirmed.clone();
    if confirmed.target.high_care {
        confirmed.target.summary.clone_from(&written.target.summary);
    }
    *written == confirmed
}

//! What the lines of the journal add up to: which decisions are open, which were answered when nobody could see it any
//! more, and how the session ended.
//!
//! The same steps are taken while lines are written and while they are read again, so a checkpoint, which is this state
//! written out, stands for all that came before it.

use super::encoding::{Checkpoint, JournalLine, OpenEntry, Opening, Run};
use crate::domain::Past;
use crate::domain::Recovered;
use crate::domain::Resolution;
use crate::domain::record::{Answered, Change, SessionEnd};
use crate::domain::{EntryId, Millis, Record};

/// An answer has been seen once she pressed a key this long after it, in milliseconds: the line that the key came
/// over was there, and she was. Time alone proves nothing, because a line can be dead for long before anybody notices.
const SEEN: u64 = 2_000;

/// Where the decisions stand after the lines so far.
#[derive(Debug, Default)]
pub(super) struct OpenEntries {
    decisions: Vec<TrackedEntry>,
    session: SessionState,
    /// The time of the last line.
    last: Option<Millis>,
    /// Time gone by from line to line, in milliseconds. A clock that is set back adds nothing: an answer may then
    /// count as new for too long, never for too short.
    gone_by: u64,
}

#[derive(Debug)]
struct TrackedEntry {
    past: Past,
    /// The state of `gone_by` when it got its answer.
    concluded: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
enum SessionState {
    /// No line tells of one.
    #[default]
    Unknown,
    Running,
    Ended(Millis, SessionEnd),
}

impl OpenEntries {
    /// The next line.
    pub(super) fn take(&mut self, line: JournalLine) {
        match line {
            JournalLine::Record(record) => self.record(record),
            JournalLine::Checkpoint(checkpoint) => self.checkpoint(checkpoint),
            JournalLine::Ended { at, how, idle } => self.end(at, how, idle),
        }
    }

    /// A line that nobody can read any more. What was held before may have left by it, and is in doubt.
    pub(super) fn lost_line(&mut self) {
        for TrackedEntry { past, .. } in &mut self.decisions {
            if past.resolution() == Resolution::Unsent {
                let Record { entry, at, task, action, .. } = past.last().clone();
                past.push(Record { entry, at, idle: None, task, action, change: Change::Unknown(Answered::default()) });
            }
        }
    }

    /// A checkpoint says everything anew.
    fn checkpoint(&mut self, checkpoint: Checkpoint) {
        let Checkpoint { at, opening, decisions, .. } = checkpoint;
        let oldest = decisions.iter().filter_map(|carried| carried.concluded).max().unwrap_or_default();
        let kept = |OpenEntry { past, concluded }: OpenEntry| TrackedEntry {
            past,
            concluded: concluded.map(|ago| oldest - ago),
        };
        *self = Self {
            decisions: decisions.into_iter().map(kept).collect(),
            session: match opening {
                Opening::Begun | Opening::Continued { ended: None } => SessionState::Running,
                Opening::Continued { ended: Some((at, how)) } => SessionState::Ended(at, how),
            },
            last: Some(at),
            gone_by: oldest,
        };
    }

    pub(super) fn record(&mut self, record: Record) {
        self.pass(record.at, record.idle);
        let concluded = is_news(&record.change).then_some(self.gone_by);
        let closed = Resolution::after(&record.change) == Resolution::Resolved;
        let entry = record.entry.clone();
        match self.position(&entry) {
            Some(known) => {
                known.past.push(record);
                known.concluded = concluded;
            }
            None => self.decisions.push(TrackedEntry { past: Past::of(record), concluded }),
        }
        if closed && concluded.is_none() {
            self.decisions.retain(|kept| kept.past.first().entry != entry);
        }
    }

    pub(super) fn end(&mut self, at: Millis, how: SessionEnd, idle: Option<u64>) {
        if matches!(self.session, SessionState::Ended(..)) {
            self.last = Some(at);
        } else {
            self.pass(at, idle);
            if how == SessionEnd::Quit {
                self.decisions.retain(|kept| kept.concluded.is_none());
            }
        }
        self.session = SessionState::Ended(at, how);
    }

    /// Lets time go by until this line, this long before which she pressed her last key. After the end nobody sees an
    /// answer, however long that lasts.
    fn pass(&mut self, at: Millis, idle: Option<u64>) {
        let step = self.last.map_or(0, |last| at - last);
        self.gone_by = self.gone_by.saturating_add(u64::try_from(step).unwrap_or_default());
        self.last = Some(at);
        // A key from before all that is known here has seen nothing of it.
        let pressed = idle.and_then(|idle| self.gone_by.checked_sub(idle));
        if let Some(pressed) = pressed.filter(|_| !matches!(self.session, SessionState::Ended(..))) {
            self.decisions.retain(|kept| kept.concluded.is_none_or(|then| pressed < then.saturating_add(SEEN)));
        }
    }

    /// Whether the decision was written down and is still open, or was until just now.
    pub(super) fn has(&self, entry: &EntryId) -> bool {
        self.decisions.iter().any(|kept| kept.past.first().entry == *entry)
    }

    fn position(&mut self, entry: &EntryId) -> Option<&mut TrackedEntry> {
        self.decisions.iter_mut().find(|kept| kept.past.first().entry == *entry)
    }

    /// This state, written out.
    pub(super) fn written_out(&self, at: Millis, run: &Run) -> Checkpoint {
        let step = u64::try_from(self.last.map_or(0, |last| at - last)).unwrap_or_default();
        let ended = match self.session {
            SessionState::Ended(at, how) => Some((at, how)),
            SessionState::Running | SessionState::Unknown => None,
        };
        let carried = |kept: &TrackedEntry| OpenEntry {
            past: kept.past.clone(),
            concluded: kept.concluded.map(|then| (self.gone_by - then).saturating_add(step)),
        };
        Checkpoint {
            at,
            opening: Opening::Continued { ended },
            run: run.clone(),
            decisions: self.decisions.iter().map(carried).collect(),
        }
    }

    /// The first line of the next session. What was untold is news to it: if it breaks off as well before it could
    /// tell, the one after it will.
    pub(super) fn next_session(&self, at: Millis, run: &Run) -> Checkpoint {
        let carried = |kept: &TrackedEntry| OpenEntry { past: kept.past.clone(), concluded: kept.concluded.map(|_| 0) };
        Checkpoint {
            at,
            opening: Opening::Begun,
            run: run.clone(),
            decisions: self.decisions.iter().map(carried).collect(),
        }
    }

    /// What a start has to tell.
    pub(super) fn recovered(&self, unreadable: usize) -> Recovered {
        let (untold, open): (Vec<&TrackedEntry>, Vec<&TrackedEntry>) =
            self.decisions.iter().partition(|kept| kept.concluded.is_some());
        let pasts = |kept: Vec<&TrackedEntry>| kept.into_iter().map(|kept| kept.past.clone()).collect();
        let broken_off = match self.session {
            SessionState::Ended(_, SessionEnd::Quit) => None,
            SessionState::Ended(at, how) => Some((at, Some(how))),
            SessionState::Running | SessionState::Unknown => self.last.map(|at| (at, None)),
        };
        Recovered { open: pasts(open), untold: pasts(untold), broken_off, unreadable }
    }
}

/// Whether this is an answer that she has to be told, rather than an end that she made herself.
fn is_news(change: &Change) -> bool {
    matches!(Resolution::after(change), Resolution::Resolved)
        && !matches!(change, Change::TakenBack | Change::Discarded(_))
}

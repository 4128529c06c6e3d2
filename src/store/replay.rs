//! Replays the lines of the journal: which decisions are open, which results may be unseen, how the session ended.
//!
//! Writing and reading take the same steps, so that a checkpoint, which is this state, replaces all lines before it.

use super::encoding::{Checkpoint, JournalLine, OpenEntry, Opening, Run};
use crate::domain::record::{Answered, Change, SessionEnd};
use crate::domain::{EntryId, Millis, Past, Record, Recovered, Resolution};

/// A result counts as seen after a key press at least this many milliseconds later: it proves that the connection was
/// alive. Time alone proves nothing, because a connection may be dead long before that shows.
const SEEN: u64 = 2_000;

/// Decisions and session after the lines so far.
#[derive(Debug, Default)]
pub(super) struct OpenEntries {
    decisions: Vec<TrackedEntry>,
    session: SessionState,
    /// The time of the last line.
    last: Option<Millis>,
    /// Milliseconds from line to line, summed. A clock that is set back adds nothing: a result may count as unseen for
    /// too long, never for too short.
    gone_by: u64,
}

#[derive(Debug)]
struct TrackedEntry {
    past: Past,
    /// `gone_by` at its result; `None` while it is open.
    concluded: Option<u64>,
}

#[derive(Clone, Copy, Debug, Default)]
enum SessionState {
    /// No line of a session was read.
    #[default]
    Unknown,
    Running,
    Ended(Millis, SessionEnd),
}

impl OpenEntries {
    /// Applies the next line.
    pub(super) fn take(&mut self, line: JournalLine) {
        match line {
            JournalLine::Record(record) => self.record(record),
            JournalLine::Checkpoint(checkpoint) => self.checkpoint(checkpoint),
            JournalLine::Ended { at, how, idle } => self.end(at, how, idle),
        }
    }

    /// Applies a damaged line: decisions held before it may have been sent by it, so their outcome is unknown.
    pub(super) fn lost_line(&mut self) {
        for TrackedEntry { past, .. } in &mut self.decisions {
            if past.resolution() == Resolution::Unsent {
                let Record { entry, at, task, action, .. } = past.last().clone();
                past.push(Record { entry, at, idle: None, task, action, change: Change::Unknown(Answered::default()) });
            }
        }
    }

    /// Replaces the whole state by a checkpoint's.
    fn checkpoint(&mut self, checkpoint: Checkpoint) {
        let Checkpoint { at, opening, decisions, .. } = checkpoint;
        let oldest = decisions.iter().filter_map(|entry| entry.concluded).max().unwrap_or_default();
        let tracked = |OpenEntry { past, concluded }: OpenEntry| TrackedEntry {
            past,
            concluded: concluded.map(|ago| oldest - ago),
        };
        *self = Self {
            decisions: decisions.into_iter().map(tracked).collect(),
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

    /// Advances the time to a line, `idle` milliseconds after the user's last key. Forgets results seen by then; after the
    /// end of the session the user sees none.
    fn pass(&mut self, at: Millis, idle: Option<u64>) {
        let step = self.last.map_or(0, |last| at - last);
        self.gone_by = self.gone_by.saturating_add(u64::try_from(step).unwrap_or_default());
        self.last = Some(at);
        // A key pressed before the first line proves nothing.
        let pressed = idle.and_then(|idle| self.gone_by.checked_sub(idle));
        if let Some(pressed) = pressed.filter(|_| !matches!(self.session, SessionState::Ended(..))) {
            self.decisions.retain(|kept| kept.concluded.is_none_or(|then| pressed < then.saturating_add(SEEN)));
        }
    }

    /// Whether the decision is in the journal and open, or its result may be unseen.
    pub(super) fn has(&self, entry: &EntryId) -> bool {
        self.decisions.iter().any(|kept| kept.past.first().entry == *entry)
    }

    fn position(&mut self, entry: &EntryId) -> Option<&mut TrackedEntry> {
        self.decisions.iter_mut().find(|kept| kept.past.first().entry == *entry)
    }

    /// This state as a checkpoint within the session.
    pub(super) fn written_out(&self, at: Millis, run: &Run) -> Checkpoint {
        let step = u64::try_from(self.last.map_or(0, |last| at - last)).unwrap_or_default();
        let ended = match self.session {
            SessionState::Ended(at, how) => Some((at, how)),
            SessionState::Running | SessionState::Unknown => None,
        };
        let entry = |kept: &TrackedEntry| OpenEntry {
            past: kept.past.clone(),
            concluded: kept.concluded.map(|then| (self.gone_by - then).saturating_add(step)),
        };
        Checkpoint {
            at,
            opening: Opening::Continued { ended },
            run: run.clone(),
            decisions: self.decisions.iter().map(entry).collect(),
        }
    }

    /// First line of the next session. Unseen answers count as new in it: if it breaks off before it could tell them,
    /// the one after it will.
    pub(super) fn next_session(&self, at: Millis, run: &Run) -> Checkpoint {
        let entry = |kept: &TrackedEntry| OpenEntry { past: kept.past.clone(), concluded: kept.concluded.map(|_| 0) };
        Checkpoint {
            at,
            opening: Opening::Begun,
            run: run.clone(),
            decisions: self.decisions.iter().map(entry).collect(),
        }
    }

    /// Findings of a start.
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

/// Whether a change is a result that the user has to be told, not an end that the user chose.
fn is_news(change: &Change) -> bool {
    matches!(Resolution::after(change), Resolution::Resolved)
        && !matches!(change, Change::TakenBack | Change::Discarded(_))
}

//! A session's own lines as JSON: its start, its checkpoints, its end.

use serde::{Deserialize, Serialize};

use super::record::RecordJson;
use super::time::{read_time, time};
use super::words::{EndWord, SessionWord};
use crate::domain::record::SessionEnd;
use crate::domain::{Millis, Past, Record};

/// One run of the program, as the journal and the lock name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// Prefix of the ids of its entries.
    pub name: String,
    pub pid: u32,
    /// The terminal's device, such as `/dev/pts/3`; empty when there is none.
    pub terminal: String,
    pub host: String,
    /// The version of the program.
    pub program: String,
}

/// The state of the journal at one line: all that a reader needs to begin there.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub at: Millis,
    pub opening: Opening,
    pub run: Run,
    /// Oldest first.
    pub decisions: Vec<OpenEntry>,
}

/// Why a checkpoint was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Begun,
    /// Within a session; `ended` once the session has ended and only late answers follow.
    Continued {
        ended: Option<(Millis, SessionEnd)>,
    },
}

/// A decision that is open at a checkpoint, or whose result may be unseen.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenEntry {
    pub past: Past,
    /// Milliseconds since its result came, while the user may not have seen it.
    pub concluded: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SessionStartJson {
    session: SessionWord,
    at: String,
    run: String,
    pid: u32,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    terminal: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    host: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    program: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended: Option<SessionEndJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<OpenEntryJson>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SessionEndJson {
    session: SessionWord,
    at: String,
    how: EndWord,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_ms: Option<u64>,
}

#[derive(Serialize, Deserialize)]
struct OpenEntryJson {
    #[serde(skip_serializing_if = "Option::is_none")]
    concluded_ms_ago: Option<u64>,
    records: Vec<serde_json::Value>,
}

impl From<&Checkpoint> for SessionStartJson {
    fn from(checkpoint: &Checkpoint) -> Self {
        let Run { name, pid, terminal, host, program } = checkpoint.run.clone();
        let (session, ended) = match checkpoint.opening {
            Opening::Begun => (SessionWord::Begun, None),
            Opening::Continued { ended } => (SessionWord::Continued, ended),
        };
        Self {
            session,
            at: time(checkpoint.at),
            run: name,
            pid,
            terminal,
            host,
            program,
            ended: ended.map(|(at, how)| SessionEndJson::new(at, how, None)),
            decisions: checkpoint.decisions.iter().map(OpenEntryJson::from).collect(),
        }
    }
}

impl SessionStartJson {
    pub(super) fn read(self) -> Option<Checkpoint> {
        let opening = match self.session {
            SessionWord::Begun => Opening::Begun,
            SessionWord::Continued => {
                Opening::Continued { ended: self.ended.and_then(|ends| Some((read_time(&ends.at)?, ends.how()))) }
            }
            SessionWord::Ended => return None,
        };
        let Self { run, pid, terminal, host, program, .. } = self;
        Some(Checkpoint {
            at: read_time(&self.at)?,
            opening,
            run: Run { name: run, pid, terminal, host, program },
            decisions: self.decisions.into_iter().filter_map(OpenEntryJson::read).collect(),
        })
    }
}

impl SessionEndJson {
    pub(super) fn new(at: Millis, how: SessionEnd, idle_ms: Option<u64>) -> Self {
        let (how, signal) = match how {
            SessionEnd::Quit => (EndWord::Quit, None),
            SessionEnd::Signal(number) => (EndWord::Signal, Some(number)),
            SessionEnd::Panicked => (EndWord::Panicked, None),
        };
        Self { session: SessionWord::Ended, at: time(at), how, signal, idle_ms }
    }

    /// When and how the session ended, and how long the record before had been idle.
    pub(super) fn read(self) -> Option<(Millis, SessionEnd, Option<u64>)> {
        Some((read_time(&self.at)?, self.how(), self.idle_ms))
    }

    fn how(&self) -> SessionEnd {
        match self.how {
            EndWord::Quit => SessionEnd::Quit,
            EndWord::Signal => SessionEnd::Signal(self.signal.unwrap_or_default()),
            EndWord::Panicked => SessionEnd::Panicked,
        }
    }
}

impl From<&OpenEntry> for OpenEntryJson {
    fn from(entry: &OpenEntry) -> Self {
        let records = entry.past.records().filter_map(|record| serde_json::to_value(RecordJson::from(record)).ok());
        Self { concluded_ms_ago: entry.concluded, records: records.collect() }
    }
}

impl OpenEntryJson {
    /// Skips records that cannot be decoded.
    fn read(self) -> Option<OpenEntry> {
        let read = |record| serde_json::from_value::<RecordJson>(record).ok()?.read();
        let mut records = self.records.into_iter().filter_map(read);
        let mut past = Past::of(records.next()?);
        records.for_each(|record: Record| past.push(record));
        Some(OpenEntry { past, concluded: self.concluded_ms_ago })
    }
}

//! The spelling of a session's lines: it begins, goes on, ends.

use serde::{Deserialize, Serialize};

use super::record::Spelled;
use super::{Line, read_time, time};
use crate::domain::record::{Past, SessionEnd};
use crate::domain::{Millis, Record};

/// One run of the program, as the journal and the lock name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// What the ids of its entries begin with.
    pub name: String,
    pub pid: u32,
    /// The terminal's device, such as `/dev/pts/3`; empty when there is none.
    pub terminal: String,
    pub host: String,
    /// The version of the program.
    pub program: String,
}

/// Everything that a reader must know to begin reading here.
#[derive(Clone, Debug, PartialEq)]
pub struct Checkpoint {
    pub at: Millis,
    pub opening: Opening,
    pub run: Run,
    /// Oldest first.
    pub decisions: Vec<Carried>,
}

/// Why there is a checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    Begun,
    /// Within a session; when it has ended already and waits for its last answers: since when and how.
    Continued {
        ended: Option<(Millis, SessionEnd)>,
    },
}

/// A decision that a reader who begins here has to know.
#[derive(Clone, Debug, PartialEq)]
pub struct Carried {
    pub past: Past,
    /// It has its answer, since this many milliseconds: she may not have seen it.
    pub concluded: Option<u64>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Begins {
    session: Word,
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
    ended: Option<Ends>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    decisions: Vec<Decided>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Ends {
    session: Word,
    at: String,
    how: How,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    idle_ms: Option<u64>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Begun,
    Continued,
    Ended,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum How {
    Quit,
    Signal,
    Panicked,
}

#[derive(Serialize, Deserialize)]
struct Decided {
    #[serde(skip_serializing_if = "Option::is_none")]
    concluded_ms_ago: Option<u64>,
    records: Vec<serde_json::Value>,
}

impl From<&Checkpoint> for Begins {
    fn from(checkpoint: &Checkpoint) -> Self {
        let Run { name, pid, terminal, host, program } = checkpoint.run.clone();
        let (session, ended) = match checkpoint.opening {
            Opening::Begun => (Word::Begun, None),
            Opening::Continued { ended } => (Word::Continued, ended),
        };
        Self {
            session,
            at: time(checkpoint.at),
            run: name,
            pid,
            terminal,
            host,
            program,
            ended: ended.map(|(at, how)| Ends::new(at, how, None)),
            decisions: checkpoint.decisions.iter().map(Decided::from).collect(),
        }
    }
}

impl Begins {
    pub(super) fn read(self) -> Option<Checkpoint> {
        let opening = match self.session {
            Word::Begun => Opening::Begun,
            Word::Continued => {
                Opening::Continued { ended: self.ended.and_then(|ends| Some((read_time(&ends.at)?, ends.how()))) }
            }
            Word::Ended => return None,
        };
        let Self { run, pid, terminal, host, program, .. } = self;
        Some(Checkpoint {
            at: read_time(&self.at)?,
            opening,
            run: Run { name: run, pid, terminal, host, program },
            decisions: self.decisions.into_iter().filter_map(Decided::read).collect(),
        })
    }
}

impl Ends {
    pub(super) fn new(at: Millis, how: SessionEnd, idle_ms: Option<u64>) -> Self {
        let (how, signal) = match how {
            SessionEnd::Quit => (How::Quit, None),
            SessionEnd::Signal(number) => (How::Signal, Some(number)),
            SessionEnd::Panicked => (How::Panicked, None),
        };
        Self { session: Word::Ended, at: time(at), how, signal, idle_ms }
    }

    pub(super) fn read(self) -> Option<Line> {
        Some(Line::Ended { at: read_time(&self.at)?, how: self.how(), idle: self.idle_ms })
    }

    fn how(&self) -> SessionEnd {
        match self.how {
            How::Quit => SessionEnd::Quit,
            How::Signal => SessionEnd::Signal(self.signal.unwrap_or_default()),
            How::Panicked => SessionEnd::Panicked,
        }
    }
}

impl From<&Carried> for Decided {
    fn from(carried: &Carried) -> Self {
        let spelled = carried.past.records().filter_map(|record| serde_json::to_value(Spelled::from(record)).ok());
        Self { concluded_ms_ago: carried.concluded, records: spelled.collect() }
    }
}

impl Decided {
    /// One record that cannot be read takes no other with it.
    fn read(self) -> Option<Carried> {
        let read = |record| serde_json::from_value::<Spelled>(record).ok()?.read();
        let mut records = self.records.into_iter().filter_map(read);
        let mut past = Past::of(records.next()?);
        records.for_each(|record: Record| past.push(record));
        Some(Carried { past, concluded: self.concluded_ms_ago })
    }
}

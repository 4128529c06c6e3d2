//! Encodes and decodes lines of the journal: JSON with member names that a reader understands without this program.
//!
//! A line is a record of one decision, a checkpoint (a session begins, or goes on in a new place), or the end of a
//! session. Members that this version does not know are ignored; a line that needs one it does not know is unreadable,
//! which is for the reader to report and never an error.

mod decision;
mod record;
mod session;
mod words;

use serde::{Deserialize, Serialize};

pub use session::Run;
pub(super) use session::{Checkpoint, OpenEntry, Opening};
use words::JournalWord as _;

use super::framing;
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::record::{Change, SessionEnd};
use crate::domain::{Action, Finding, I18n, Millis, Record};

/// Rises when lines are no longer understood by earlier versions.
const VERSION: u32 = 1;

/// One line that could be read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum JournalLine {
    Record(Record),
    Checkpoint(Checkpoint),
    /// `idle` as in a [`Record`].
    Ended {
        at: Millis,
        how: SessionEnd,
        idle: Option<u64>,
    },
}

/// The whole line for a record, line break included.
pub(super) fn record(record: &Record) -> Vec<u8> {
    encode(&Versioned { v: VERSION, of: record::RecordJson::from(record) })
}

/// The whole line for a checkpoint.
pub(super) fn checkpoint(checkpoint: &Checkpoint) -> Vec<u8> {
    encode(&Versioned { v: VERSION, of: session::SessionStartJson::from(checkpoint) })
}

/// The whole line for the end of a session.
pub(super) fn ended(at: Millis, how: SessionEnd, idle: Option<u64>) -> Vec<u8> {
    encode(&Versioned { v: VERSION, of: session::SessionEndJson::new(at, how, idle) })
}

/// Reads a line without its line break. `None`: it is damaged, or of a version that this one does not understand.
pub(super) fn read(line: &[u8]) -> Option<JournalLine> {
    let json = framing::decode(line)?;
    let Head { v: VERSION, session } = serde_json::from_slice(json).ok()? else { return None };
    match session.as_deref() {
        None => serde_json::from_slice::<record::RecordJson>(json).ok()?.read().map(JournalLine::Record),
        Some("ended") => serde_json::from_slice::<session::SessionEndJson>(json).ok()?.read(),
        Some(_) => serde_json::from_slice::<session::SessionStartJson>(json).ok()?.read().map(JournalLine::Checkpoint),
    }
}

/// The word under which the journal files a change.
#[must_use]
pub fn state(change: &Change) -> &'static str {
    words::StateWord::of(change).word()
}

/// The journal's word for an action.
#[must_use]
pub fn action(action: Action) -> &'static str {
    words::ActionWord::from(action).word()
}

/// The journal's word for where additional approvers stand.
#[must_use]
pub fn position(position: AddSignPosition) -> &'static str {
    words::PositionWord::from(position).word()
}

/// The journal's word for how several additional approvers count.
#[must_use]
pub fn method(method: AddSignMethod) -> &'static str {
    words::MethodWord::from(method).word()
}

/// The journal's word for a finding.
#[must_use]
pub fn finding(finding: Finding) -> &'static str {
    words::FindingWord::from(finding).word()
}

/// A point in time as the journal writes it: RFC 3339 in UTC with milliseconds; outside the calendar, the number.
#[must_use]
pub fn time(at: Millis) -> String {
    jiff::Timestamp::from_millisecond(at.0).map_or_else(|_| at.0.to_string(), |time| format!("{time:.3}"))
}

/// Reads what [`time`] writes.
pub(super) fn read_time(text: &str) -> Option<Millis> {
    let number = || text.parse().ok();
    text.parse::<jiff::Timestamp>().map_or_else(|_| number(), |time| Some(time.as_millisecond())).map(Millis)
}

#[derive(Serialize)]
struct Versioned<T> {
    v: u32,
    #[serde(flatten)]
    of: T,
}

#[derive(Deserialize)]
struct Head {
    v: u32,
    session: Option<String>,
}

/// A text in both languages; the empty ones are left out.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct LocalizedJson {
    #[serde(skip_serializing_if = "String::is_empty")]
    zh: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    en: String,
}

impl LocalizedJson {
    fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

impl From<&I18n> for LocalizedJson {
    fn from(text: &I18n) -> Self {
        Self { zh: text.zh.as_str().to_owned(), en: text.en.as_str().to_owned() }
    }
}

impl From<LocalizedJson> for I18n {
    fn from(text: LocalizedJson) -> Self {
        Self { zh: text.zh.as_str().into(), en: text.en.as_str().into() }
    }
}

fn encode(of: &impl Serialize) -> Vec<u8> {
    // Strings, numbers and lists of them: there is no value of these types that has no JSON.
    framing::encode(&serde_json::to_vec(of).unwrap_or_default())
}

#[cfg(test)]
mod tests;

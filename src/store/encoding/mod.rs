//! Encodes and decodes lines of the journal: JSON with member names that are readable without this program.
//!
//! A line is a record of one decision, a checkpoint (a session begins, or goes on in a new place), or the end of a
//! session. Members that this version does not know are ignored. A line whose checksum fails, or that lacks what it
//! needs, is damage and is counted; a whole line with a higher `v` means that a newer program owns the journal.

mod decision;
mod localized;
mod record;
mod session;
mod time;
mod words;

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

pub use session::Run;
pub(super) use session::{Checkpoint, OpenEntry, Opening};
pub(super) use time::read_time;
pub use time::time;
use words::JournalWord as _;

use super::framing;
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::record::{Change, SessionEnd};
use crate::domain::{Action, Finding, Millis, Record};

/// The `v` of each line. Rises with every word or member without which a line is misread, so that earlier programs refuse
/// the journal.
const VERSION: u64 = 1;

/// A decoded line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum JournalLine {
    Record(Record),
    Checkpoint(Checkpoint),
    /// `idle` is that of a [`Record`].
    Ended {
        at: Millis,
        how: SessionEnd,
        idle: Option<u64>,
    },
}

/// The line for a record, line break included.
pub(super) fn record(record: &Record) -> Vec<u8> {
    encode(&Versioned { v: VERSION, of: record::RecordJson::from(record) })
}

/// The line for a checkpoint.
pub(super) fn checkpoint(checkpoint: &Checkpoint) -> Vec<u8> {
    encode(&Versioned { v: VERSION, of: session::SessionStartJson::from(checkpoint) })
}

/// The line for the end of a session.
pub(super) fn ended(at: Millis, how: SessionEnd, idle: Option<u64>) -> Vec<u8> {
    encode(&Versioned { v: VERSION, of: session::SessionEndJson::new(at, how, idle) })
}

/// Why a line cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineError {
    Damaged,
    /// Whole, and of a later version than this program writes.
    Newer,
}

/// Reads a line without its line break.
pub(super) fn read(line: &[u8]) -> Result<JournalLine, LineError> {
    // The checksum comes first: damaged bytes may look like any version.
    let json = framing::decode(line).ok_or(LineError::Damaged)?;
    let Version { v } = serde_json::from_slice(json).map_err(|_| LineError::Damaged)?;
    match v.cmp(&VERSION) {
        Ordering::Greater => Err(LineError::Newer),
        Ordering::Equal => read_known(json).ok_or(LineError::Damaged),
        Ordering::Less => Err(LineError::Damaged),
    }
}

fn read_known(json: &[u8]) -> Option<JournalLine> {
    let Kind { session } = serde_json::from_slice(json).ok()?;
    match session.as_deref() {
        None => serde_json::from_slice::<record::RecordJson>(json).ok()?.read().map(JournalLine::Record),
        Some("ended") => {
            let (at, how, idle) = serde_json::from_slice::<session::SessionEndJson>(json).ok()?.read()?;
            Some(JournalLine::Ended { at, how, idle })
        }
        Some(_) => serde_json::from_slice::<session::SessionStartJson>(json).ok()?.read().map(JournalLine::Checkpoint),
    }
}

/// The journal's word for a change.
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

#[derive(Serialize)]
struct Versioned<T> {
    v: u64,
    #[serde(flatten)]
    of: T,
}

/// Decoded alone: a later version may change every other member.
#[derive(Deserialize)]
struct Version {
    v: u64,
}

#[derive(Deserialize)]
struct Kind {
    session: Option<String>,
}

fn encode(of: &impl Serialize) -> Vec<u8> {
    // Serialization cannot fail: the types hold strings, numbers and lists of them.
    framing::encode(&serde_json::to_vec(of).unwrap_or_default())
}

#[cfg(test)]
mod tests;

//! Reads past decisions, newest first, for the history page and the command line. Another instance may be writing.

use std::collections::{HashMap, HashSet};

use super::disk::Disk;
use super::encoding::{Checkpoint, JournalLine, LineError};
use super::error::JournalError;
use super::reverse_lines::ReverseLines;
use super::{encoding, segments};
use crate::domain::{EntryId, Millis, Past, Record};

/// Past decisions as the journal has them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JournalHistory {
    /// Sorted by last record, the newest first.
    pub past: Vec<Past>,
    /// Damaged lines in the part that was read.
    pub unreadable: usize,
    /// Older decisions may exist.
    pub more: bool,
}

/// Reads the newest decisions, at most `newest`.
///
/// # Errors
/// The journal cannot be read, or is a newer program's.
pub fn history<D: Disk + ?Sized>(disk: &D, newest: usize) -> Result<JournalHistory, JournalError> {
    read(disk, Reach::Newest(newest))
}

/// Reads the decisions whose last record is not before `since`.
///
/// # Errors
/// The journal cannot be read, or is a newer program's.
pub fn history_since<D: Disk + ?Sized>(disk: &D, since: Millis) -> Result<JournalHistory, JournalError> {
    read(disk, Reach::Since(since))
}

#[derive(Clone, Copy)]
enum Reach {
    Newest(usize),
    Since(Millis),
}

fn read<D: Disk + ?Sized>(disk: &D, reach: Reach) -> Result<JournalHistory, JournalError> {
    let HistoryScan { lines, unreadable, mut more } = scan(disk, reach)?;
    let mut told = PastsByEntry::default();
    for line in lines.into_iter().rev() {
        match line {
            JournalLine::Record(record) => told.record(record),
            JournalLine::Checkpoint(checkpoint) => told.checkpoint(checkpoint),
            JournalLine::Ended { .. } => {}
        }
    }
    let mut past = told.newest_first();
    let all = past.len();
    match reach {
        Reach::Newest(newest) => past.truncate(newest),
        Reach::Since(since) => past.retain(|past| past.last().at >= since),
    }
    more |= past.len() < all;
    Ok(JournalHistory { past, unreadable, more })
}

/// Lines, the newest first.
struct HistoryScan {
    lines: Vec<JournalLine>,
    unreadable: usize,
    more: bool,
}

/// Reads backwards as far as `reach` needs and stops only at a checkpoint: it holds every decision open there, so no
/// decision after it lacks a record.
fn scan<D: Disk + ?Sized>(disk: &D, reach: Reach) -> Result<HistoryScan, JournalError> {
    let mut scan = HistoryScan { lines: Vec::new(), unreadable: 0, more: false };
    let mut met = HashSet::new();
    for file in segments::all(disk)?.iter().rev() {
        let mut lines = ReverseLines::begin(disk, file)?;
        while let Some(found) = lines.next()? {
            let line = match encoding::read(&found.bytes) {
                Ok(line) => line,
                Err(LineError::Newer) => return Err(JournalError::Newer),
                Err(LineError::Damaged) => {
                    scan.unreadable += 1;
                    continue;
                }
            };
            let enough = match (&line, reach) {
                (JournalLine::Checkpoint(_), Reach::Newest(newest)) => met.len() >= newest,
                (JournalLine::Checkpoint(checkpoint), Reach::Since(since)) => checkpoint.at < since,
                _ => false,
            };
            if let JournalLine::Record(record) = &line
                && matches!(reach, Reach::Newest(_))
                && !met.contains(&record.entry)
            {
                met.insert(record.entry.clone());
            }
            scan.lines.push(line);
            if enough {
                scan.more = true;
                return Ok(scan);
            }
        }
    }
    Ok(scan)
}

/// Decisions by id, each with the position of its last record.
#[derive(Default)]
struct PastsByEntry {
    decisions: HashMap<EntryId, (usize, Past)>,
    place: usize,
}

impl PastsByEntry {
    fn record(&mut self, record: Record) {
        self.place += 1;
        match self.decisions.get_mut(&record.entry) {
            Some((place, past)) => {
                *place = self.place;
                past.push(record);
            }
            None => {
                self.decisions.insert(record.entry.clone(), (self.place, Past::of(record)));
            }
        }
    }

    /// Takes a checkpoint's copy of a decision where it has more records than the lines that were read.
    fn checkpoint(&mut self, checkpoint: Checkpoint) {
        for carried in checkpoint.decisions {
            self.place += 1;
            let (place, past) = self
                .decisions
                .entry(carried.past.first().entry.clone())
                .or_insert_with(|| (self.place, carried.past.clone()));
            if carried.past.records().count() > past.records().count() {
                (*place, *past) = (self.place, carried.past);
            }
        }
    }

    fn newest_first(self) -> Vec<Past> {
        let mut past: Vec<(usize, Past)> = self.decisions.into_values().collect();
        past.sort_unstable_by_key(|(place, _)| std::cmp::Reverse(*place));
        past.into_iter().map(|(_, past)| past).collect()
    }
}

//! The journal of one operator: appends lines to the newest month's file and never changes one.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::disk::{Disk, Syncer};
use super::encoding::{Checkpoint, JournalLine, LineError, Run};
use super::error::JournalError;
use super::quarantine::{self, Damage};
use super::replay::OpenEntries;
use super::reverse_lines::{RawLine, ReverseLines};
use super::{encoding, segments};
use crate::domain::record::{Change, SessionEnd};
use crate::domain::{Millis, Record, Recovered};

/// Records between two checkpoints: the most that a start reads of one session.
const CHECKPOINT_EVERY: usize = 1000;

/// An open journal. Its owner holds the [`Lock`](super::Lock), so that an operator has one at a time.
#[derive(Debug)]
pub struct Journal<D> {
    disk: D,
    run: Run,
    /// The current file and its length.
    file: String,
    length: u64,
    since_checkpoint: usize,
    entries: OpenEntries,
    /// A torn append could not be undone, or an fsync failed: the journal takes nothing more.
    broken: Arc<AtomicBool>,
}

impl<D: Disk> Journal<D> {
    /// Opens the journal for a new session, repairs its end, and returns the earlier sessions' open matters. The
    /// beginning of this session is then on disk.
    ///
    /// # Errors
    /// The journal cannot be read or written. No decision may be made then.
    pub fn open(mut disk: D, run: Run, now: Millis) -> Result<(Self, Recovered), JournalError> {
        let mut files = segments::all(&disk)?;
        // All is read before anything is repaired: a newer program's journal stays as it is.
        let scanned = from_last_checkpoint(&disk, &files)?;
        if let Some(newest) = files.last() {
            repair(&mut disk, newest)?;
        }
        let mut entries = OpenEntries::default();
        let mut unreadable = 0;
        for ScannedFile { file, lines } in scanned {
            let mut damages = Vec::new();
            for line in lines {
                match line {
                    Ok(line) => entries.take(line),
                    Err(damage) => {
                        entries.lost_line();
                        unreadable += damage.lines;
                        damages.push(damage);
                    }
                }
            }
            quarantine::keep(&mut disk, &file, &damages)?;
        }
        let recovered = entries.recovered(unreadable);
        let beginning = entries.next_session(now, &run);
        let file = newer(files.pop(), segments::file_of(now)).unwrap_or_else(|| "1970-01.jsonl".to_owned());
        let length = length(&disk, &file)?;
        let mut journal = Self { disk, run, file, length, since_checkpoint: 0, entries, broken: Arc::default() };
        journal.write_checkpoint(beginning)?;
        journal.syncer().sync()?;
        Ok((journal, recovered))
    }

    /// Appends one record. It survives the end of the process at once, and a power cut after a later [`Syncer`] has run.
    ///
    /// # Errors
    /// The record is not in the journal; if a part of it may be, no later record is taken. A *sending* whose decision is
    /// not in the journal is refused, because a later start could not tell what was sent.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        if matches!(record.change, Change::Sending { .. }) && !self.entries.has(&record.entry) {
            return Err(io::Error::other("the decision itself is not in the journal"));
        }
        if let Some(month) = segments::file_of(record.at).filter(|month| *month > self.file) {
            self.roll_over(month, record.at)?;
        } else if self.since_checkpoint >= CHECKPOINT_EVERY {
            let checkpoint = self.entries.written_out(record.at, &self.run);
            // A checkpoint only shortens the next start; an error that lasts also fails the record below.
            let _ = self.write_checkpoint(checkpoint);
        }
        self.write(&encoding::record(record))?;
        self.entries.record(record.clone());
        self.since_checkpoint += 1;
        Ok(())
    }

    /// Appends the end of the session: how, and the milliseconds since the user's last key. Records of late answers may
    /// follow.
    ///
    /// # Errors
    /// The next start treats the session as broken off.
    pub fn end(&mut self, how: SessionEnd, at: Millis, idle: Option<u64>) -> io::Result<()> {
        self.write(&encoding::ended(at, how, idle))?;
        self.entries.end(at, how, idle);
        Ok(())
    }

    /// Returns work for another thread that makes all earlier appends durable. If it fails, the journal takes no more.
    pub fn syncer(&self) -> Syncer {
        let (disk, broken) = (self.disk.syncer(), Arc::clone(&self.broken));
        Syncer::new(move || {
            if broken.load(Ordering::SeqCst) {
                return Err(refused());
            }
            disk.sync().inspect_err(|_| broken.store(true, Ordering::SeqCst))
        })
    }

    /// The disk, for [`history`](super::history) during this session.
    pub const fn disk(&self) -> &D {
        &self.disk
    }

    /// Begins a month's file. A clock that is set back never leads to an older file: the order of the lines is the
    /// order of the events.
    fn roll_over(&mut self, month: String, at: Millis) -> io::Result<()> {
        let checkpoint = self.entries.written_out(at, &self.run);
        let length = length(&self.disk, &month)?;
        let before = (std::mem::replace(&mut self.file, month), std::mem::replace(&mut self.length, length));
        self.write_checkpoint(checkpoint).inspect_err(|_| (self.file, self.length) = before)
    }

    fn write_checkpoint(&mut self, checkpoint: Checkpoint) -> io::Result<()> {
        self.write(&encoding::checkpoint(&checkpoint))?;
        self.entries.take(JournalLine::Checkpoint(checkpoint));
        self.since_checkpoint = 0;
        Ok(())
    }

    /// Appends a whole line or nothing.
    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        if self.broken.load(Ordering::SeqCst) {
            return Err(refused());
        }
        match self.disk.append(&self.file, line) {
            Ok(()) => {
                self.length += line.len() as u64;
                Ok(())
            }
            Err(error) => {
                match self.disk.truncate(&self.file, self.length) {
                    Err(undone) if !(self.length == 0 && undone.kind() == io::ErrorKind::NotFound) => {
                        self.broken.store(true, Ordering::SeqCst);
                    }
                    _ => {}
                }
                Err(error)
            }
        }
    }
}

fn refused() -> io::Error {
    io::Error::other("the journal could not be written before")
}

fn newer(one: Option<String>, other: Option<String>) -> Option<String> {
    one.max(other)
}

fn length<D: Disk>(disk: &D, file: &str) -> io::Result<u64> {
    match disk.length(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        length => length,
    }
}

/// Makes a file end with a line break: appends it to a whole line, moves a torn line to quarantine.
fn repair<D: Disk>(disk: &mut D, file: &str) -> io::Result<()> {
    let (torn, whole) = {
        let lines = ReverseLines::begin(disk, file)?;
        let (tail, whole) = lines.tail();
        (Damage { start: tail.offset, end: tail.offset + tail.bytes.len() as u64, lines: 1 }, whole)
    };
    if torn.start == torn.end {
        return Ok(());
    }
    if whole {
        return disk.append(file, b"\n");
    }
    let start = torn.start;
    quarantine::keep(disk, file, &[torn])?;
    disk.syncer().sync()?;
    disk.truncate(file, start)
}

/// Lines of a file, each readable or damaged.
type ScannedLines = Vec<Result<JournalLine, Damage>>;

/// The lines of one file in the order of writing. Adjacent damaged lines are one [`Damage`].
struct ScannedFile {
    file: String,
    lines: ScannedLines,
}

/// The lines from the last readable checkpoint on; all lines without one.
fn from_last_checkpoint<D: Disk>(disk: &D, files: &[String]) -> Result<Vec<ScannedFile>, JournalError> {
    let mut scanned = Vec::new();
    for file in files.iter().rev() {
        let (mut lines, begins) = since_checkpoint(disk, file)?;
        lines.reverse();
        scanned.push(ScannedFile { file: file.clone(), lines });
        if begins {
            break;
        }
    }
    scanned.reverse();
    Ok(scanned)
}

/// The lines of one file from its end back to a checkpoint, and whether one was found.
fn since_checkpoint<D: Disk>(disk: &D, file: &str) -> Result<(ScannedLines, bool), JournalError> {
    let mut lines = ScannedLines::new();
    let mut back = ReverseLines::begin(disk, file)?;
    while let Some(RawLine { offset, bytes }) = back.next()? {
        match (encoding::read(&bytes), lines.last_mut()) {
            (Ok(line), _) => {
                let begins = matches!(line, JournalLine::Checkpoint(_));
                lines.push(Ok(line));
                if begins {
                    return Ok((lines, true));
                }
            }
            (Err(LineError::Newer), _) => return Err(JournalError::Newer),
            (Err(LineError::Damaged), Some(Err(behind))) => {
                behind.start = offset;
                behind.lines += 1;
            }
            (Err(LineError::Damaged), _) => {
                lines.push(Err(Damage { start: offset, end: offset + bytes.len() as u64, lines: 1 }));
            }
        }
    }
    Ok((lines, false))
}

//! Cost of the journal on a real disk: `cargo bench --bench journal`.
//!
//! An append with its sync, and a start on 50,000 decisions. Figures, not assertions: speed is never a test. If the
//! folder for temporary files is not on a disk (`tmpfs`), `SHENPI_BENCH_FOLDER` names another one.

#![expect(clippy::print_stdout, reason = "the figures are what a benchmark is for")]

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use shenpi::domain::record::{Change, SessionEnd};
use shenpi::domain::{
    Action, ApproverId, Decision, EntryId, I18n, Millis, Operator, Opinion, PersonId, PersonIdType, ProcessId,
    Properties, Record, Reviewed, Stamp, Target, TaskKey,
};
use shenpi::store::{Disk, Folder, Journal, JournalError, Run, Syncer, history};

const APPENDS: usize = 2000;
const DECISIONS: usize = 50_000;
const STARTS: usize = 21;
/// 2026-06-01 00:00 UTC.
const JUNE: i64 = 1_780_272_000_000;
const HALF_A_YEAR: i64 = 180 * 86_400_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let place = std::env::var_os("SHENPI_BENCH_FOLDER").map_or_else(std::env::temp_dir, Into::into);
    let home = tempfile::tempdir_in(place)?;
    appends(&home.path().join("appends"))?;
    for (name, sessions) in [("240 sessions in 6 months", 240), ("one session", 1)] {
        let folder = home.path().join(format!("{sessions}"));
        fill(&folder, sessions)?;
        starts(&folder, name)?;
    }
    Ok(())
}

/// One record and its sync, as before each request.
fn appends(folder: &Path) -> Result<(), JournalError> {
    let (mut journal, _) = Journal::open(Folder::open(folder)?, Run::default(), Millis(JUNE))?;
    let (mut written, mut synced) = (Vec::new(), Vec::new());
    for number in 0..APPENDS {
        let record = record(number, 0, JUNE + whole(number));
        let began = Instant::now();
        journal.append(&record)?;
        written.push(began.elapsed());
        journal.syncer().sync()?;
        synced.push(began.elapsed());
    }
    print("append", &mut written);
    print("append and sync", &mut synced);
    Ok(())
}

fn fill(folder: &Path, sessions: usize) -> Result<(), JournalError> {
    let step = HALF_A_YEAR / whole(DECISIONS);
    for session in 0..sessions {
        let decisions = session * DECISIONS / sessions..(session + 1) * DECISIONS / sessions;
        let at = |number: usize| JUNE + whole(number) * step;
        let (mut journal, _) = Journal::open(Folder::open(folder)?, Run::default(), Millis(at(decisions.start)))?;
        let end = at(decisions.end);
        for number in decisions {
            // Ten of them stay open, as after a bad day.
            for change in 0..if number % 5000 == 4999 { 2 } else { 3 } {
                journal.append(&record(number, change, at(number)))?;
            }
        }
        journal.end(SessionEnd::Quit, Millis(end), None)?;
    }
    Ok(())
}

fn starts(folder: &Path, name: &str) -> Result<(), JournalError> {
    let all: u64 = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.metadata()?.len())).sum::<io::Result<u64>>()?;
    let read = Arc::new(AtomicU64::new(0));
    let mut times = Vec::new();
    let mut most = 0;
    for _ in 0..STARTS {
        read.store(0, Ordering::Relaxed);
        let began = Instant::now();
        let disk = Counting { disk: Folder::open(folder)?, read: Arc::clone(&read) };
        // A start without a later line, so that each start finds the same journal.
        let length = newest_length(folder)?;
        let (journal, recovered) = Journal::open(disk, Run::default(), Millis(JUNE + HALF_A_YEAR))?;
        times.push(began.elapsed());
        most = most.max(read.load(Ordering::Relaxed));
        assert_eq!(recovered.open.len(), 10, "the decisions that stay open");
        drop(journal);
        newest(folder)?.set_len(length)?;
    }
    println!("{DECISIONS} decisions, {name}: {} KB, {} KB read by a start", all / 1000, most / 1000);
    print("  start", &mut times);

    let mut times = Vec::new();
    for _ in 0..STARTS {
        let began = Instant::now();
        let disk = Folder::open(folder)?;
        assert_eq!(history(&disk, 200)?.past.len(), 200, "a page of history");
        times.push(began.elapsed());
    }
    print("  the newest 200", &mut times);
    Ok(())
}

fn newest(folder: &Path) -> io::Result<std::fs::File> {
    let mut files: Vec<_> = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    files.sort();
    let newest = files.pop().ok_or(io::ErrorKind::NotFound)?;
    std::fs::OpenOptions::new().write(true).open(newest)
}

fn newest_length(folder: &Path) -> io::Result<u64> {
    Ok(newest(folder)?.metadata()?.len())
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn print(name: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len() - 1)).copied().unwrap_or_default();
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    println!("{name:<18} median {:>8.3} ms, p99 {:>8.3} ms", ms(at(50)), ms(at(99)));
}

fn record(number: usize, change: usize, at: i64) -> Record {
    let task = TaskKey {
        process: ProcessId::new(format!("69914{number:014}")),
        approver: ApproverId::new(format!("70428{number:014}")),
    };
    let both = |zh: &str, en: &str| I18n { zh: zh.into(), en: en.into() };
    let change = match change {
        0 => Change::Held(Box::new(Reviewed {
            target: Target {
                key: task.clone(),
                kind: both("休假申请", "Leave request"),
                initiator: both("张伟", "Zhang Wei"),
                by_system: false,
                summary: both("年假 3天 11月3日至11月5日", "Annual leave, 3 days, 3 to 5 November"),
                node: both("直属上级审批", "Direct manager"),
                high_care: false,
                stamp: Stamp([7; 16]),
                tasks: Vec::new(),
                properties: Properties::Normal,
            },
            decision: Decision::Approve {
                opinion: Opinion::new("同意,请注意工作交接。", 1000).unwrap_or_default()
            },
            operator: Operator {
                id: PersonId::new("ou_7dab8a3d3cdcc9da365777c7ad53f7a"),
                id_type: PersonIdType::OpenId,
                name: both("王芳", "Wang Fang"),
            },
        })),
        1 => Change::Sending { attempt: 1 },
        _ => Change::Accepted { log_id: Some("20261103094512E7A6D1B1F0C3B2A19087".into()) },
    };
    Record {
        entry: EntryId(format!("k3v9-{number}")),
        at: Millis(at),
        idle: Some(1_000),
        task,
        action: Action::Approve,
        change,
    }
}

/// Counts the bytes read.
struct Counting {
    disk: Folder,
    read: Arc<AtomicU64>,
}

impl Disk for Counting {
    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names()
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        self.disk.length(name)
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.disk.read(name, offset, buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.disk.append(name, bytes)
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        self.disk.truncate(name, length)
    }

    fn syncer(&self) -> Syncer {
        self.disk.syncer()
    }
}

//! A start from the last checkpoint finds the same as a start that reads every line.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use proptest::prelude::*;
use shenpi::domain::Past;
use shenpi::domain::Recovered;
use shenpi::domain::Resolution;
use shenpi::domain::record::{Change, SessionEnd};
use shenpi::domain::{EntryId, Millis, Record};
use shenpi::store::{Disk, Journal, Memory, Syncer, history};

use super::words::{accepted, after, held, open, record, run, sending, told, unknown, write};

#[derive(Clone, Debug)]
enum Step {
    Change(u8, u8, i64, Option<u64>),
    End(bool, i64, Option<u64>),
    Start(i64),
}

/// Steps of hours and days: many months begin, the clock goes back too.
fn seconds() -> impl Strategy<Value = i64> {
    prop_oneof![8 => 0..7_i64, 2 => 7..20_i64, 1 => -100_000..0_i64, 2 => 200_000..4_000_000_i64]
}

/// Milliseconds since the user's last key.
fn idle() -> impl Strategy<Value = Option<u64>> {
    prop::option::of(prop_oneof![0..9_000_u64, 0..4_000_000_u64])
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let change = (0..12_u8, any::<u8>(), seconds(), idle());
    let step = prop_oneof![
        12 => change.prop_map(|(entry, kind, wait, idle)| Step::Change(entry, kind, wait, idle)),
        1 => (any::<bool>(), seconds(), idle()).prop_map(|(quit, wait, idle)| Step::End(quit, wait, idle)),
        2 => seconds().prop_map(Step::Start),
    ];
    prop::collection::vec(step, 1..60)
}

/// Changes that may follow a last change.
fn follows(entry: &str, last: Option<&Change>, kind: u8) -> Option<Change> {
    let pick = |changes: Vec<Change>| changes.get(usize::from(kind) % changes.len().max(1)).cloned();
    match last.map(Resolution::after) {
        None => Some(held(entry)),
        Some(Resolution::Unsent) => pick(vec![sending(), sending(), Change::TakenBack, Change::Slept]),
        Some(Resolution::Uncertain) => pick(vec![accepted(), unknown(), accepted()]),
        Some(Resolution::Resolved) => None,
    }
}

/// All written lines, session by session.
#[derive(Default)]
struct Everything {
    sessions: Vec<Vec<(Millis, Line)>>,
}

enum Line {
    Start,
    Change(Record),
    End(SessionEnd, Option<u64>),
}

impl Line {
    const fn idle(&self) -> Option<u64> {
        match self {
            Self::Start => None,
            Self::Change(record) => record.idle,
            Self::End(_, idle) => *idle,
        }
    }
}

impl Everything {
    fn put(&mut self, at: Millis, line: Line) {
        self.sessions.last_mut().unwrap().push((at, line));
    }

    /// The decisions in the order of their first records.
    fn decisions(&self) -> Vec<Past> {
        let mut pasts: Vec<Past> = Vec::new();
        for (_, line) in self.sessions.iter().flatten() {
            let Line::Change(record) = line else { continue };
            match pasts.iter_mut().find(|past| past.first().entry == record.entry) {
                Some(past) => past.push(record.clone()),
                None => pasts.push(Past::of(record.clone())),
            }
        }
        pasts
    }

    /// Decisions whose result may be unseen after this session.
    fn untold(&self, session: usize) -> Vec<EntryId> {
        let lines = &self.sessions[session];
        let end = lines.iter().position(|(_, line)| matches!(line, Line::End(..)));
        let quit = end.is_some_and(|end| matches!(lines[end].1, Line::End(SessionEnd::Quit, _)));
        let watched = end.unwrap_or(lines.len() - 1);
        let unseen = |from: usize| {
            let gone_by = |to: usize| -> i64 { (from..to).map(|at| (lines[at + 1].0 - lines[at].0).max(0)).sum() };
            let pressed = (from + 1..=watched)
                .any(|to| lines[to].1.idle().is_some_and(|idle| gone_by(to) >= i64::try_from(idle).unwrap() + 2_000));
            from > watched || (!quit && !pressed)
        };
        let inherited = if session == 0 { Vec::new() } else { self.untold(session - 1) };
        let inherited = inherited.into_iter().filter(|_| unseen(0));
        let own = lines.iter().enumerate().filter_map(|(index, (_, line))| match line {
            Line::Change(record)
                if Resolution::after(&record.change) == Resolution::Resolved
                    && record.change != Change::TakenBack
                    && unseen(index) =>
            {
                Some(record.entry.clone())
            }
            _ => None,
        });
        inherited.chain(own).collect()
    }

    fn recovered(&self) -> Recovered {
        let last = self.sessions.len() - 1;
        let untold = self.untold(last);
        let (closed, open): (Vec<Past>, Vec<Past>) =
            self.decisions().into_iter().partition(|past| past.resolution() == Resolution::Resolved);
        let how = self.sessions[last].iter().rev().find_map(|(at, line)| match line {
            Line::End(how, _) => Some((*at, Some(*how))),
            _ => None,
        });
        let broken_off = how.or_else(|| self.sessions[last].last().map(|(at, _)| (*at, None)));
        Recovered {
            open,
            untold: closed.into_iter().filter(|past| untold.contains(&past.first().entry)).collect(),
            broken_off: broken_off.filter(|(_, how)| *how != Some(SessionEnd::Quit)),
            unreadable: 0,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_start_knows_what_reading_everything_would_tell(steps in steps()) {
        let disk = Memory::new();
        let mut now = 0;
        let mut all = Everything { sessions: vec![vec![(after(0), Line::Start)]] };
        let mut journal = open(&disk, after(0)).0;
        for step in steps.into_iter().chain([Step::Start(1)]) {
            match step {
                Step::Change(entry, kind, wait, idle) => {
                    let entry = entry.to_string();
                    let past = all.decisions().into_iter().find(|past| past.first().entry.0 == entry);
                    let Some(change) = follows(&entry, past.as_ref().map(|past| &past.last().change), kind) else {
                        continue;
                    };
                    now += wait;
                    let record = Record { idle, ..record(&entry, after(now), change) };
                    journal.append(&record).unwrap();
                    all.put(after(now), Line::Change(record));
                }
                Step::End(quit, wait, idle) => {
                    now += wait;
                    let how = if quit { SessionEnd::Quit } else { SessionEnd::Signal(1) };
                    journal.end(how, after(now), idle).unwrap();
                    all.put(after(now), Line::End(how, idle));
                }
                Step::Start(wait) => {
                    now += wait;
                    let (next, recovered) = open(&disk, after(now));
                    prop_assert_eq!(recovered, all.recovered());
                    journal = next;
                    all.sessions.push(vec![(after(now), Line::Start)]);
                }
            }
        }
        let mut told = history(&disk, usize::MAX).unwrap().past;
        let mut known = all.decisions();
        told.sort_by_key(|past| past.first().entry.clone());
        known.sort_by_key(|past| past.first().entry.clone());
        prop_assert_eq!(told, known);
    }
}

/// Counts the bytes read of another disk.
struct Counting {
    disk: Memory,
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

#[test]
fn a_start_after_a_long_session_reads_its_last_part_only() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "old", 1, [held("old"), sending()]);
    for number in 0..4000 {
        let entry = number.to_string();
        for (second, change) in (10 + 3 * number..).zip([held("x"), sending(), accepted()]) {
            // The user goes on to the next one each time.
            let record = Record { idle: Some(500), ..record(&entry, after(second), change) };
            journal.append(&record).unwrap();
        }
    }
    write(&mut journal, "new", 15_000, [held("new")]);
    drop(journal);

    let all = disk.length(super::words::MONTH).unwrap();
    let read = Arc::new(AtomicU64::new(0));
    let counting = Counting { disk: disk.clone(), read: Arc::clone(&read) };
    let (_, recovered) = Journal::open(counting, run("r"), after(15_001)).unwrap();
    assert_eq!(told(&recovered.open), [("old".into(), "sending"), ("new".into(), "held")]);
    let read = read.load(Ordering::Relaxed);
    assert!(read < all / 8, "{read} of {all} bytes");
}

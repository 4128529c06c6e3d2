//! Torn lines, power cuts, changed bytes: synced lines survive, and no line appears that was not written.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use shenpi::domain::Resolution;
use shenpi::domain::record::{Answered, Change, SessionEnd};
use shenpi::domain::{EntryId, Record};
use shenpi::store::{Disk, Failing, Journal, Memory, Syncer, history};

use super::words::{MONTH, accepted, after, held, open, record, run, sending, told, unknown, write};

const ASIDE: &str = "unreadable-2026-11.txt";

#[test]
fn a_torn_last_line_is_repaired_wherever_it_was_torn() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1"), sending()]);
    let whole = disk.content(MONTH).unwrap();
    write(&mut journal, "2", 3, [held("2")]);
    let longer = disk.content(MONTH).unwrap();
    for length in whole.len()..=longer.len() {
        let mut disk = disk.copy();
        disk.truncate(MONTH, length as u64).unwrap();
        let (mut journal, recovered) = open(&disk, after(9));
        let survives = length + 1 >= longer.len();
        assert_eq!((told(&recovered.open).len(), recovered.unreadable), (1 + usize::from(survives), 0), "{length}");
        assert_eq!(recovered.open[0].records().count(), 2);

        let kept = disk.content(ASIDE).unwrap_or_default();
        let torn = &longer[whole.len()..length];
        assert!(survives || kept.windows(torn.len().max(1)).any(|window| window == torn) || torn.is_empty());
        assert_eq!(kept.is_empty(), survives || torn.is_empty(), "{length}");

        write(&mut journal, "1", 10, [accepted()]);
        drop(journal);
        let read = history(&disk, 9).unwrap();
        assert_eq!((read.past.len(), read.unreadable), (1 + usize::from(survives), 0), "{length}");
        assert_eq!(read.past[0].records().count(), 3);
    }
}

#[test]
fn damaged_line_is_quarantined_and_told_alone() {
    let mut disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1"), sending()]);
    let before = disk.content(MONTH).unwrap().len();
    write(&mut journal, "2", 3, [held("2")]);
    let behind = disk.content(MONTH).unwrap().len();
    write(&mut journal, "2", 4, [sending()]);
    let mut content = disk.content(MONTH).unwrap();
    content[before + 40] ^= 1;
    disk.truncate(MONTH, 0).unwrap();
    disk.append(MONTH, &content).unwrap();

    let first = disk.copy();
    let (_, recovered) = open(&first, after(9));
    assert_eq!(recovered.unreadable, 1);
    let open_ones: Vec<_> = told(&recovered.open).into_iter().map(|(entry, _)| entry).collect();
    assert_eq!(open_ones, ["1", "2"]);
    let second = &recovered.open[1];
    assert_eq!((second.reviewed(), second.first().task.process.as_str()), (None, "p2"));
    let kept = first.content(ASIDE).unwrap();
    assert!(kept.windows(behind - before).any(|window| *window == content[before..behind]));
    assert_eq!(first.content(MONTH).unwrap()[..content.len()], content, "nothing is taken out of the journal");

    // The next start begins at the checkpoint behind it.
    assert_eq!(open(&first, after(10)).1.unreadable, 0);
    assert_eq!(history(&first, 9).unwrap().unreadable, 1);

    // A start that could not write its checkpoint copies nothing twice.
    disk.fail(Failing { room: Some(kept.len()), ..Failing::default() });
    assert!(Journal::open(disk.clone(), run("r"), after(9)).is_err());
    disk.fail(Failing::default());
    assert_eq!(open(&disk, after(10)).1.unreadable, 1);
    assert_eq!(disk.content(ASIDE).unwrap(), kept);
}

#[test]
fn held_before_a_damaged_line_is_uncertain() {
    let mut disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    let before = disk.content(MONTH).unwrap().len();
    write(&mut journal, "1", 2, [sending()]);
    write(&mut journal, "2", 3, [held("2")]);
    let mut content = disk.content(MONTH).unwrap();
    content[before + 40] ^= 1;
    disk.truncate(MONTH, 0).unwrap();
    disk.append(MONTH, &content).unwrap();
    let standings = |disk: &Memory, seconds| -> Vec<Resolution> {
        open(disk, after(seconds)).1.open.iter().map(shenpi::domain::Past::resolution).collect()
    };
    assert_eq!(standings(&disk, 9), [Resolution::Uncertain, Resolution::Unsent]);
    assert_eq!(standings(&disk, 10), [Resolution::Uncertain, Resolution::Unsent], "the start after that knows it too");
}

#[test]
fn a_copy_that_found_no_room_is_made_anew() {
    for truncate in [false, true] {
        let mut disk = Memory::new();
        drop(open(&disk, after(0)));
        let line = vec![b'x'; 3_000];
        disk.append(MONTH, &[&line[..], b"\n"].concat()).unwrap();
        disk.fail(Failing { room: Some(1_000), truncate, ..Failing::default() });
        assert!(Journal::open(disk.clone(), run("r"), after(9)).is_err());
        assert_eq!(disk.content(ASIDE).map(|kept| kept.len()), Some(if truncate { 1_000 } else { 0 }));
        disk.fail(Failing::default());
        assert_eq!(open(&disk, after(10)).1.unreadable, 1);
        let kept = disk.content(ASIDE).unwrap();
        assert!(kept.windows(line.len()).any(|there| there == line), "half of it is lost");
    }
}

#[test]
fn a_checkpoint_that_changed_is_passed_over_for_the_one_before() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1"), sending()]);
    drop(journal);
    let before = disk.content(MONTH).unwrap().len();
    let (mut journal, _) = open(&disk, after(5));
    write(&mut journal, "2", 6, [held("2")]);
    drop(journal);
    let mut content = disk.content(MONTH).unwrap();
    content[before + 9] ^= 1;
    let mut disk = Memory::new();
    disk.append(MONTH, &content).unwrap();
    let (_, recovered) = open(&disk, after(9));
    assert_eq!((told(&recovered.open).len(), recovered.unreadable), (2, 1));
}

#[test]
fn a_journal_of_rubbish_opens() {
    let long = vec![0xFF; 200_000];
    for rubbish in [&b"\n"[..], b"\n\n\n", b"\0\0\0\0\0\0", b"00000000 {}\n", &long] {
        let mut disk = Memory::new();
        disk.append(MONTH, rubbish).unwrap();
        let (mut journal, _) = open(&disk, after(0));
        write(&mut journal, "1", 1, [held("1")]);
        drop(journal);
        assert_eq!(open(&disk, after(2)).1.open.len(), 1);
    }
}

/// Counts the bytes that are read and the writes that are asked for.
struct Counting {
    disk: Memory,
    read: Arc<AtomicUsize>,
    writes: usize,
}

impl Disk for Counting {
    fn names(&self) -> io::Result<Vec<String>> {
        self.disk.names()
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        self.disk.length(name)
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.read.fetch_add(buffer.len(), Ordering::Relaxed);
        self.disk.read(name, offset, buffer)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        self.writes += 1;
        assert!(self.writes < 9, "a write for each line");
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
fn unreadable_lines_are_read_and_copied_once_however_many() {
    for readable_between in [false, true] {
        let mut disk = Memory::new();
        drop(open(&disk, after(0)));
        let good = {
            let other = Memory::new();
            let mut journal = open(&other, after(0)).0;
            let before = other.content(MONTH).unwrap().len();
            write(&mut journal, "1", 1, [held("1")]);
            other.content(MONTH).unwrap()[before..].to_vec()
        };
        let junk: Vec<u8> = (0..400).flat_map(|number| format!("--- junk {number}\n").into_bytes()).collect();
        for _ in 0..20 {
            disk.append(MONTH, &junk).unwrap();
            if readable_between {
                disk.append(MONTH, &good).unwrap();
            }
        }
        let read = Arc::new(AtomicUsize::new(0));
        let counting = Counting { disk: disk.clone(), read: Arc::clone(&read), writes: 0 };
        let (_, recovered) = Journal::open(counting, run("r"), after(9)).unwrap();
        assert_eq!(recovered.unreadable, 8_000);
        let size = disk.content(MONTH).unwrap().len();
        assert!(read.load(Ordering::Relaxed) < 3 * size, "{} of {size}", read.load(Ordering::Relaxed));
        let kept = disk.content(ASIDE).unwrap();
        assert!(kept.windows(junk.len() - 1).any(|there| *there == junk[..junk.len() - 1]));
        assert!(kept.len() < 2 * size, "{}", kept.len());
    }
}

#[test]
fn lines_kept_aside_by_a_start_that_failed_are_not_copied_again() {
    let mut disk = Memory::new();
    drop(open(&disk, after(0)));
    for text in ["one\n", "two\n--- two\n", "three\n"] {
        disk.append(MONTH, text.as_bytes()).unwrap();
        // A start that can write the copy and not its own first line.
        disk.fail(Failing { room: Some(130), ..Failing::default() });
        assert!(Journal::open(disk.clone(), run("r"), after(9)).is_err());
        disk.fail(Failing::default());
    }
    let kept = disk.content(ASIDE).unwrap();
    assert_eq!(open(&disk, after(10)).1.unreadable, 4);
    assert!(disk.content(ASIDE).unwrap().starts_with(&kept));
    let copied = String::from_utf8(disk.content(ASIDE).unwrap()).unwrap();
    assert!(copied.contains("\none\ntwo\n--- two\nthree\n"), "{copied}");
    let again = copied.len();
    drop(open(&disk, after(11)));
    assert_eq!(disk.content(ASIDE).unwrap().len(), again);
}

/// One thing that happens to a journal.
#[derive(Clone, Debug)]
enum Step {
    /// The next change of this decision, this many seconds later.
    Change(u8, i64),
    Sync,
    End,
    /// The program is killed, in the midst of a line when a number says so, and started again.
    Kill(Option<u8>),
    PowerCut(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    // Now and then weeks go by, so that months begin in the midst of it.
    let seconds = prop_oneof![6 => -3..40_i64, 1 => 400_000..3_000_000_i64];
    let step = prop_oneof![
        8 => (0..4_u8, seconds).prop_map(|(entry, seconds)| Step::Change(entry, seconds)),
        3 => Just(Step::Sync),
        1 => Just(Step::End),
        1 => any::<Option<u8>>().prop_map(Step::Kill),
        2 => any::<u64>().prop_map(Step::PowerCut),
    ];
    prop::collection::vec(step, 0..50)
}

type Written = BTreeMap<EntryId, Vec<Record>>;

/// Every record that the journal tells, and that it invents none: each decision is told in the order of its writing.
fn read(disk: &Memory, written: &Written) -> Written {
    let mut found = Written::new();
    for past in history(disk, usize::MAX).unwrap().past {
        // A decision that was held before an unreadable line reports its own uncertainty.
        let doubt = Change::Unknown(Answered::default());
        let records: Vec<Record> = past.records().filter(|record| record.change != doubt).cloned().collect();
        let entry = past.first().entry.clone();
        let mut order = written[&entry].iter();
        assert!(records.iter().all(|record| order.any(|known| known == record)), "{records:#?}");
        found.insert(entry, records);
    }
    found
}

fn next_change(entry: &str, so_far: usize) -> Change {
    match so_far {
        0 => held(entry),
        1 => sending(),
        more if more % 2 == 0 => unknown(),
        more => Change::Sending { attempt: u32::try_from(more).unwrap() },
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn power_cut_keeps_what_was_synced_and_invents_nothing(steps in steps()) {
        let disk = Memory::new();
        let mut now = 0;
        let (mut journal, _) = open(&disk, after(now));
        let mut written = Written::new();
        let mut safe = Written::new();
        for step in steps {
            match step {
                Step::Change(entry, seconds) => {
                    now += seconds;
                    let entry = entry.to_string();
                    let records = written.entry(EntryId(entry.clone())).or_default();
                    let record = record(&entry, after(now), next_change(&entry, records.len()));
                    journal.append(&record).unwrap();
                    records.push(record);
                }
                Step::Sync => {
                    journal.syncer().sync().unwrap();
                    safe = read(&disk, &written);
                    prop_assert_eq!(&safe, &written);
                }
                Step::End => journal.end(SessionEnd::Signal(15), after(now), None).unwrap(),
                Step::Kill(torn) => {
                    if let Some(room) = torn {
                        disk.fail(Failing { room: Some(room.into()), truncate: true, ..Failing::default() });
                        let _ = journal.append(&record("9", after(now), sending()));
                        disk.fail(Failing::default());
                        written.entry(EntryId("9".into())).or_default().push(record("9", after(now), sending()));
                    }
                    let before = read(&disk, &written);
                    journal = open(&disk, after(now)).0;
                    prop_assert_eq!(read(&disk, &written), before.clone());
                    written.clone_from(&before);
                    safe = before;
                }
                Step::PowerCut(choice) => {
                    disk.power_cut(choice);
                    journal = open(&disk, after(now)).0;
                    let found = read(&disk, &written);
                    for (entry, records) in &safe {
                        let there = found.get(entry).map(Vec::as_slice).unwrap_or_default();
                        prop_assert!(records.iter().all(|record| there.contains(record)), "lost of {:?}", entry);
                    }
                    written.clone_from(&found);
                    safe = found;
                }
            }
        }
    }
}

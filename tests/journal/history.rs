//! Reading decisions back.

use shenpi::domain::record::SessionEnd;
use shenpi::store::{Disk as _, JournalHistory, Memory, history, history_since};

use super::words::{MONTH, accepted, after, held, open, quit, sending, told, unknown, write};

const DAY: i64 = 86_400;

fn entries(history: &JournalHistory) -> Vec<String> {
    told(&history.past).into_iter().map(|(entry, _)| entry).collect()
}

/// Three sessions in three months with two decisions each; the second of each is open until the next.
fn three_months() -> Memory {
    let disk = Memory::new();
    for month in 0..3 {
        let from = month * 32 * DAY;
        let (mut journal, recovered) = open(&disk, after(from));
        for past in recovered.open {
            write(&mut journal, &past.first().entry.0, from + 1, [unknown(), accepted()]);
        }
        for name in ["a", "b"] {
            let entry = format!("{name}{month}");
            write(&mut journal, &entry, from + 5, [held(&entry), sending()]);
        }
        write(&mut journal, &format!("a{month}"), from + 7, [accepted()]);
        quit(journal, from + 9);
    }
    disk
}

#[test]
fn last_changed_decision_comes_first_and_no_record_twice() {
    let disk = three_months();
    let all = history(&disk, 99).unwrap();
    assert_eq!(entries(&all), ["a2", "b2", "b1", "a1", "b0", "a0"]);
    assert_eq!((all.unreadable, all.more), (0, false));
    for past in &all.past {
        let wanted = match past.first().entry.0.as_str() {
            "b2" => 2,
            "b0" | "b1" => 4,
            _ => 3,
        };
        assert_eq!(past.records().count(), wanted, "{past:?}");
        assert!(past.reviewed().is_some());
    }
}

#[test]
fn fewer_are_the_newest_of_all_and_each_is_whole() {
    let disk = three_months();
    let all = history(&disk, 99).unwrap();
    for newest in 0..6 {
        let some = history(&disk, newest).unwrap();
        assert_eq!((&some.past[..], some.more), (&all.past[..newest], true), "{newest}");
    }
    assert_eq!(history(&disk, 6).unwrap().past, all.past);
}

#[test]
fn since_a_day_means_changed_since_then() {
    let disk = three_months();
    let since = |day: i64| entries(&history_since(&disk, after(day * DAY)).unwrap());
    assert_eq!(since(64), ["a2", "b2", "b1"]);
    assert_eq!(since(32), ["a2", "b2", "b1", "a1", "b0"]);
    assert_eq!(since(-1).len(), 6);
    assert_eq!(since(90).len(), 0);
}

#[test]
fn it_reads_beside_an_instance_that_is_writing() {
    let mut disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    let before = disk.content(MONTH).unwrap();
    write(&mut journal, "1", 2, [sending()]);
    let line = disk.content(MONTH).unwrap()[before.len()..].to_vec();
    for length in 0..line.len() - 1 {
        disk.truncate(MONTH, before.len() as u64).unwrap();
        disk.append(MONTH, &line[..length]).unwrap();
        let read = history(&disk, 9).unwrap();
        assert_eq!((told(&read.past), read.unreadable), (vec![("1".into(), "held")], 0));
        assert_eq!(disk.content(MONTH).unwrap().len(), before.len() + length, "whoever reads repairs nothing");
    }
    disk.append(MONTH, &line[line.len() - 2..line.len() - 1]).unwrap();
    assert_eq!(told(&history(&disk, 9).unwrap().past), [("1".into(), "sending")], "only its line break is missing");
}

#[test]
fn a_checkpoint_gives_back_what_stands_in_lines_that_changed() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    let before = disk.content(MONTH).unwrap().len();
    write(&mut journal, "1", 1, [held("1"), sending()]);
    journal.end(SessionEnd::Quit, after(3), None).unwrap();
    drop(journal);
    open(&disk, after(9));
    let mut content = disk.content(MONTH).unwrap();
    content[before] ^= 1;
    let mut damaged = Memory::new();
    damaged.append(MONTH, &content).unwrap();
    let read = history(&damaged, 9).unwrap();
    assert_eq!((read.past.len(), read.unreadable), (1, 1));
    assert_eq!(read.past, history(&disk, 9).unwrap().past);
}

#[test]
fn an_empty_disk_has_no_history() {
    assert_eq!(history(&Memory::new(), 9).unwrap(), JournalHistory::default());
}

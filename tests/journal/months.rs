//! One file for each month.

use shenpi::domain::{Millis, Record};
use shenpi::store::{Disk as _, Failing, Memory, history};

use super::words::{MONTH, NOVEMBER, accepted, after, held, open, record, sending, told, write};

const DAY: i64 = 86_400;

fn files(disk: &Memory) -> Vec<String> {
    let mut names = disk.names().unwrap();
    names.sort();
    names
}

#[test]
fn a_month_begins_with_everything_that_is_open() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 30 * DAY - 2, [held("1"), sending(), accepted()]);
    assert_eq!(files(&disk), [MONTH, "2026-12.jsonl"]);
    write(&mut journal, "2", 30 * DAY + 1, [held("2")]);
    drop(journal);

    // December alone tells of the decision that began in November.
    let mut alone = Memory::new();
    alone.append("2026-12.jsonl", &disk.content("2026-12.jsonl").unwrap()).unwrap();
    let past = history(&alone, 9).unwrap().past;
    assert_eq!(told(&past), [("2".into(), "held"), ("1".into(), "accepted")]);
    assert_eq!(past[1].records().count(), 3);
    assert_eq!(history(&disk, 9).unwrap().past, past);
}

#[test]
fn a_clock_that_is_set_back_leads_to_no_older_file() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(40 * DAY));
    write(&mut journal, "1", 1, [held("1")]);
    drop(journal);
    let (mut journal, recovered) = open(&disk, after(0));
    assert_eq!(told(&recovered.open), [("1".into(), "held")]);
    write(&mut journal, "1", 1, [sending()]);
    assert_eq!(files(&disk), ["2026-12.jsonl"]);
    // A time outside the calendar goes where the newest lines are.
    journal.append(&record("1", Millis(i64::MAX), accepted())).unwrap();
    assert_eq!(files(&disk), ["2026-12.jsonl"]);
    assert_eq!(history(&disk, 9).unwrap().past[0].last().at, Millis(i64::MAX));
}

#[test]
fn an_answer_of_the_old_month_is_seen_in_the_new_one() {
    for (idle, news) in [(7_001, 1), (7_000, 0)] {
        let disk = Memory::new();
        let (mut journal, _) = open(&disk, after(0));
        write(&mut journal, "1", 30 * DAY - 6, [held("1"), accepted()]);
        write(&mut journal, "2", 30 * DAY, [held("2")]);
        // Nine seconds after the answer.
        journal.append(&Record { idle: Some(idle), ..record("2", after(30 * DAY + 4), sending()) }).unwrap();
        drop(journal);
        assert_eq!(open(&disk, after(31 * DAY)).1.untold.len(), news, "{idle}");
    }
}

#[test]
fn months_that_nobody_worked_in_leave_no_file() {
    let disk = Memory::new();
    let (journal, _) = open(&disk, NOVEMBER);
    drop(journal);
    open(&disk, after(100 * DAY));
    assert_eq!(files(&disk), [MONTH, "2027-02.jsonl"]);
}

#[test]
fn a_month_that_could_not_begin_is_begun_by_the_next_record() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    disk.fail(Failing { room: Some(30), ..Failing::default() });
    assert!(journal.append(&record("1", after(31 * DAY), sending())).is_err());
    disk.fail(Failing::default());
    journal.append(&record("1", after(31 * DAY), sending())).unwrap();
    drop(journal);
    let (_, recovered) = open(&disk, after(32 * DAY));
    assert_eq!((told(&recovered.open), recovered.unreadable), (vec![("1".into(), "sending")], 0));
}

#[test]
fn a_start_in_a_new_month_repairs_the_file_of_the_old_one() {
    let mut disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    drop(journal);
    disk.append(MONTH, b"0123abcd {\"v\":1,").unwrap();
    let (_, recovered) = open(&disk, after(40 * DAY));
    assert_eq!((recovered.open.len(), recovered.unreadable), (1, 0));
    assert!(disk.content(MONTH).unwrap().ends_with(b"}\n"));
    assert!(disk.content("unreadable-2026-11.txt").unwrap().ends_with(b"{\"v\":1,\n"));
}

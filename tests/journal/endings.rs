//! Every end of a session, and what the next start finds after it.

use shenpi::domain::Recovered;
use shenpi::domain::record::{Answered, Change, Discard, SessionEnd};
use shenpi::domain::{Evidence, Finding};
use shenpi::domain::{Millis, Record};
use shenpi::store::{Failing, Journal, Memory};

use super::words::{accepted, after, held, open, quit, record, run, sending, told, unknown, write};

fn strings(pairs: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    pairs.iter().map(|(entry, state)| ((*entry).to_owned(), *state)).collect()
}

#[test]
fn the_first_start_of_all_finds_nothing() {
    let (_, recovered) = open(&Memory::new(), after(0));
    assert_eq!(recovered, Recovered::default());
}

#[test]
fn after_leaving_in_peace_there_is_nothing_to_tell() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1"), sending(), accepted()]);
    quit(journal, 4);
    assert_eq!(open(&disk, after(9)).1, Recovered::default());
}

#[test]
fn whatever_is_open_is_found_again_with_every_record() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "held", 1, [held("held")]);
    write(&mut journal, "sent", 2, [held("sent"), sending()]);
    write(&mut journal, "lost", 4, [held("lost"), sending(), unknown()]);
    write(&mut journal, "limit", 7, [held("limit"), sending(), Change::Waiting(Answered::default())]);
    let unclear = Change::Found { finding: Finding::Unclear, evidence: vec![Evidence::TaskGone] };
    write(&mut journal, "unclear", 10, [held("unclear"), sending(), unknown(), unclear]);
    write(&mut journal, "back", 14, [held("back"), Change::TakenBack]);
    drop(journal);

    let (_, recovered) = open(&disk, after(60));
    let open_ones = strings(&[
        ("held", "held"),
        ("sent", "sending"),
        ("lost", "unknown"),
        ("limit", "waiting"),
        ("unclear", "found"),
    ]);
    assert_eq!(told(&recovered.open), open_ones);
    assert_eq!(recovered.open[2].records().count(), 3);
    assert_eq!(recovered.open[2].reviewed().unwrap().target.initiator.zh.as_str(), "张伟");
    assert_eq!((recovered.untold, recovered.broken_off), (Vec::new(), Some((after(15), None))));

    // And again by the start after that one, which reads nothing but a checkpoint.
    assert_eq!(told(&open(&disk, after(70)).1.open), open_ones);
}

#[test]
fn answer_after_the_end_is_told_however_late() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "seen", 1, [held("seen"), sending(), accepted()]);
    write(&mut journal, "late", 4, [held("late"), sending()]);
    write(&mut journal, "later", 6, [held("later"), sending()]);
    journal.end(SessionEnd::Quit, after(8), None).unwrap();
    journal.append(&record("late", after(9), accepted())).unwrap();
    journal.append(&record("later", after(100), Change::Refused(Answered::default()))).unwrap();
    let (_, recovered) = open(&disk, after(200));
    assert_eq!(told(&recovered.untold), strings(&[("late", "accepted"), ("later", "refused")]));
    assert_eq!((recovered.open, recovered.broken_off), (Vec::new(), None));
}

#[test]
fn a_decision_that_the_user_ended_is_not_told() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    write(&mut journal, "2", 2, [held("2")]);
    journal.end(SessionEnd::Signal(1), after(3), None).unwrap();
    journal.append(&record("1", after(3), Change::Discarded(Discard::Left))).unwrap();
    journal.append(&record("2", after(3), Change::TakenBack)).unwrap();
    let (_, recovered) = open(&disk, after(9));
    assert_eq!((recovered.open, recovered.untold), (Vec::new(), Vec::new()));
    assert_eq!(recovered.broken_off, Some((after(3), Some(SessionEnd::Signal(1)))));
}

#[test]
fn answer_is_told_again_without_a_key_two_seconds_later() {
    // A line can be dead for long before anybody notices: seventeen seconds of silence are no sight of it.
    for (later, idle, news) in [
        (17, None, true),
        (17, Some(17_001), true),
        (17, Some(15_001), true),
        (17, Some(15_000), false),
        (2, Some(0), false),
        (1, Some(0), true),
        (100_000, Some(u64::MAX), true),
    ] {
        for how in [None, Some(SessionEnd::Signal(15)), Some(SessionEnd::Panicked)] {
            let disk = Memory::new();
            let (mut journal, _) = open(&disk, after(0));
            write(&mut journal, "1", 1, [held("1"), sending(), accepted()]);
            match how {
                None => journal.append(&Record { idle, ..record("2", after(3 + later), held("2")) }).unwrap(),
                Some(how) => journal.end(how, after(3 + later), idle).unwrap(),
            }
            let (_, recovered) = open(&disk, after(200_000));
            assert_eq!(recovered.untold.len(), usize::from(news), "{how:?} {later} {idle:?}");
            assert_eq!(recovered.broken_off, Some((after(3 + later), how)));
        }
    }
}

#[test]
fn every_conclusion_is_news_and_not_only_acceptance() {
    let found = |finding| Change::Found { finding, evidence: Vec::new() };
    for last in [
        Change::Refused(Answered::default()),
        Change::NotSent(Answered::default()),
        Change::Changed { now: shenpi::domain::Stamp([1; 16]) },
        Change::Slept,
        found(Finding::Applied),
        found(Finding::NotApplied),
        found(Finding::Overtaken),
    ] {
        let disk = Memory::new();
        let (mut journal, _) = open(&disk, after(0));
        write(&mut journal, "1", 1, [held("1"), last.clone()]);
        assert_eq!(open(&disk, after(9)).1.untold.len(), 1, "{last:?}");
    }
}

#[test]
fn answer_outlives_a_session_that_broke_off_untold() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1"), sending(), accepted()]);
    assert_eq!(open(&disk, after(60)).1.untold.len(), 1);
    let (journal, recovered) = open(&disk, after(61));
    assert_eq!((recovered.untold.len(), recovered.broken_off), (1, Some((after(60), None))));
    quit(journal, 90);
    assert_eq!(open(&disk, after(91)).1, Recovered::default());
}

#[test]
fn a_clock_that_is_set_back_hides_no_news() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 10_000, [held("1"), sending(), accepted()]);
    journal.append(&record("2", after(500), held("2"))).unwrap();
    let (_, recovered) = open(&disk, after(501));
    assert_eq!((recovered.untold.len(), recovered.open.len()), (1, 1));
    assert_eq!(recovered.broken_off, Some((after(500), None)));
}

#[test]
fn a_disk_that_is_full_loses_the_record_and_nothing_else() {
    let one = shenpi_line_length();
    for room in 0..one {
        let disk = Memory::new();
        let (mut journal, _) = open(&disk, after(0));
        write(&mut journal, "1", 1, [held("1")]);
        disk.fail(Failing { room: Some(room), ..Failing::default() });
        assert!(journal.append(&record("1", after(2), sending())).is_err());
        disk.fail(Failing::default());
        journal.append(&record("1", after(3), Change::TakenBack)).unwrap();
        let (_, recovered) = open(&disk, after(9));
        assert_eq!((recovered.open.len(), recovered.unreadable), (0, 0), "{room}");
    }
}

#[test]
fn sending_needs_its_decision_in_the_journal() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    disk.fail(Failing { room: Some(shenpi_line_length()), ..Failing::default() });
    assert!(journal.append(&record("1", after(1), held("1"))).is_err(), "the longer line");
    assert!(
        journal.append(&record("1", after(2), sending())).is_err(),
        "the shorter one has room, and would not be true"
    );
    disk.fail(Failing::default());
    let (_, recovered) = open(&disk, after(9));
    assert!(recovered.open.is_empty() && recovered.untold.is_empty());
}

fn shenpi_line_length() -> usize {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    let before = disk.content(super::words::MONTH).unwrap().len();
    journal.append(&record("1", after(2), sending())).unwrap();
    disk.content(super::words::MONTH).unwrap().len() - before
}

#[test]
fn failed_undo_ends_the_journal_until_the_next_start() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    disk.fail(Failing { room: Some(20), truncate: true, ..Failing::default() });
    assert!(journal.append(&record("1", after(2), sending())).is_err());
    disk.fail(Failing::default());
    assert!(journal.append(&record("1", after(3), sending())).is_err(), "behind half a line nothing can stand");
    assert!(journal.end(SessionEnd::Quit, after(4), None).is_err());
    let (_, recovered) = open(&disk, after(9));
    assert_eq!((told(&recovered.open), recovered.unreadable), (strings(&[("1", "held")]), 0));
}

#[test]
fn a_sync_that_failed_once_is_never_believed_again() {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1")]);
    let (first, second) = (journal.syncer(), journal.syncer());
    disk.fail(Failing { sync: true, ..Failing::default() });
    assert!(first.sync().is_err());
    disk.fail(Failing::default());
    assert!(second.sync().is_err());
    assert!(journal.append(&record("1", after(2), sending())).is_err());
}

#[test]
fn a_journal_that_cannot_be_read_or_written_does_not_open() {
    for failing in [
        Failing { read: true, ..Failing::default() },
        Failing { sync: true, ..Failing::default() },
        Failing { room: Some(0), ..Failing::default() },
    ] {
        let disk = Memory::new();
        disk.fail(failing);
        assert!(Journal::open(disk, run("r"), Millis(0)).is_err(), "{failing:?}");
    }
}

//! A journal that a newer program wrote: left as it is. Damage that looks like a version stays damage.

use shenpi::store::{Disk as _, Journal, JournalError, Memory, history, history_since};

use super::words::{MONTH, accepted, after, held, newer, open, run, sending, write};

/// One closed decision and one on its way in six lines, this one of them as a later version writes it.
fn journal(changed: usize) -> Memory {
    let disk = Memory::new();
    let (mut journal, _) = open(&disk, after(0));
    write(&mut journal, "1", 1, [held("1"), sending(), accepted()]);
    write(&mut journal, "2", 4, [held("2"), sending()]);
    let written = disk.content(MONTH).unwrap();
    let lines = written.split_inclusive(|byte| *byte == b'\n').enumerate();
    let mut disk = Memory::new();
    let lines = lines.flat_map(|(at, line)| if at == changed { newer(line) } else { line.to_vec() });
    disk.append(MONTH, &lines.collect::<Vec<_>>()).unwrap();
    disk
}

fn is_refused(disk: &Memory, case: &str) {
    let files = || {
        let mut names = disk.names().unwrap();
        names.sort();
        names.into_iter().map(|name| (disk.content(&name), name)).collect::<Vec<_>>()
    };
    let before = files();
    let opened = Journal::open(disk.clone(), run("r"), after(9));
    assert!(matches!(opened, Err(JournalError::Newer)), "{case}: {opened:?}");
    assert!(matches!(history(disk, 9), Err(JournalError::Newer)), "{case}");
    assert!(matches!(history_since(disk, after(0)), Err(JournalError::Newer)), "{case}");
    assert_eq!(files(), before, "{case}");
}

#[test]
fn one_newer_line_refuses_the_start_and_changes_nothing() {
    for changed in 0..6 {
        is_refused(&journal(changed), &format!("line {changed}"));
    }
}

#[test]
fn damage_behind_newer_lines_is_neither_repaired_nor_copied() {
    for behind in [&b"0badc0de {\"v\":1}\n"[..], b"0badc0de {\"v\":1", b"\n\0\0\n"] {
        let mut disk = journal(5);
        disk.append(MONTH, behind).unwrap();
        is_refused(&disk, &String::from_utf8_lossy(behind));
    }
}

#[test]
fn newer_line_without_its_line_break_is_newer() {
    let mut disk = journal(5);
    let length = disk.length(MONTH).unwrap();
    disk.truncate(MONTH, length - 1).unwrap();
    is_refused(&disk, "the last byte is missing");
}

#[test]
fn damage_that_looks_like_a_version_is_damage() {
    let mut disk = journal(9);
    let mut content = disk.content(MONTH).unwrap();
    let version = content.windows(5).rposition(|bytes| bytes == b"\"v\":1").unwrap() + 4;
    content[version] = b'2';
    disk.truncate(MONTH, 0).unwrap();
    disk.append(MONTH, &content).unwrap();
    assert_eq!(history(&disk, 9).unwrap().unreadable, 1);
    let (_, recovered) = open(&disk, after(9));
    assert_eq!((recovered.unreadable, recovered.open.len()), (1, 1));
}

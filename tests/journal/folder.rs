//! The journal in a folder of the real disk.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;

use shenpi::domain::record::SessionEnd;
use shenpi::store::{Disk as _, Folder, Journal, history};
use tempfile::TempDir;

use super::words::{MONTH, accepted, after, held, record, run, sending, told, write};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn journal(path: &Path, at: i64) -> Journal<Folder> {
    Journal::open(Folder::open(path).unwrap(), run("r"), after(at)).unwrap().0
}

#[test]
fn folder_and_files_are_their_owners_alone() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("state/journal/ou_1-0a1b2c3d");
    journal(&path, 0);
    assert_eq!((mode(&path), mode(path.parent().unwrap()), mode(&path.join(MONTH))), (0o700, 0o700, 0o600));

    fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(path.join(MONTH), Permissions::from_mode(0o644)).unwrap();
    fs::write(path.join("2026-01.jsonl"), "").unwrap();
    fs::set_permissions(path.join("2026-01.jsonl"), Permissions::from_mode(0o666)).unwrap();
    journal(&path, 9);
    assert_eq!((mode(&path), mode(&path.join(MONTH)), mode(&path.join("2026-01.jsonl"))), (0o700, 0o600, 0o600));
}

#[test]
fn a_link_is_followed_nowhere() {
    let home = TempDir::new().unwrap();
    let precious = home.path().join("precious");
    fs::write(&precious, "kept").unwrap();

    let folder = home.path().join("folder");
    fs::create_dir(&folder).unwrap();
    symlink(&precious, folder.join(MONTH)).unwrap();
    assert!(Journal::open(Folder::open(&folder).unwrap(), run("r"), after(0)).is_err());

    let elsewhere = home.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, home.path().join("link")).unwrap();
    assert!(Folder::open(&home.path().join("link")).is_err());
    assert!(Folder::existing(&home.path().join("link")).is_err());
    assert!(fs::read_dir(&elsewhere).unwrap().next().is_none());

    // Only regular files are written to.
    let other = home.path().join("other");
    fs::create_dir_all(other.join(MONTH)).unwrap();
    assert!(Journal::open(Folder::open(&other).unwrap(), run("r"), after(0)).is_err());
    assert_eq!(fs::read(&precious).unwrap(), b"kept");
}

#[test]
fn sessions_follow_one_another_on_the_real_disk_as_in_memory() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("j");
    assert!(Folder::existing(&path).unwrap().is_none());
    assert!(!path.exists(), "to look is not to make");

    let mut first = journal(&path, 0);
    write(&mut first, "1", 1, [held("1"), sending()]);
    let syncer = first.syncer();
    std::thread::spawn(|| syncer.sync()).join().unwrap().unwrap();
    write(&mut first, "2", 40 * 86_400, [held("2")]);
    first.syncer().sync().unwrap();
    drop(first);
    fs::OpenOptions::new().write(true).open(path.join("2026-12.jsonl")).unwrap().set_len(900).unwrap();

    let (mut second, recovered) = Journal::open(Folder::open(&path).unwrap(), run("r"), after(41 * 86_400)).unwrap();
    assert_eq!(told(&recovered.open), [("1".into(), "sending")]);
    assert!(path.join("unreadable-2026-12.txt").exists());
    write(&mut second, "1", 41 * 86_400, [accepted()]);
    second.end(SessionEnd::Quit, after(41 * 86_400 + 9), None).unwrap();
    drop(second);

    let folder = Folder::existing(&path).unwrap().unwrap();
    assert_eq!(folder.names().unwrap().len(), 3);
    assert_eq!(told(&history(&folder, 9).unwrap().past), [("1".into(), "accepted")]);
}

#[test]
fn nothing_is_written_where_the_next_start_would_not_find_it() {
    type Loss = fn(&Path);
    let losses: [(&str, Loss); 5] = [
        ("file deleted", |folder| fs::remove_file(folder.join(MONTH)).unwrap()),
        ("file moved", |folder| fs::rename(folder.join(MONTH), folder.join("old")).unwrap()),
        ("file replaced", |folder| {
            fs::copy(folder.join(MONTH), folder.join("copy")).unwrap();
            fs::rename(folder.join("copy"), folder.join(MONTH)).unwrap();
        }),
        ("folder deleted", |folder| fs::remove_dir_all(folder).unwrap()),
        ("folder moved", |folder| fs::rename(folder, folder.with_extension("old")).unwrap()),
    ];
    for (what, lose) in losses {
        let home = TempDir::new().unwrap();
        let path = home.path().join("j");
        let mut journal = journal(&path, 0);
        write(&mut journal, "1", 1, [held("1")]);
        lose(&path);
        assert!(journal.append(&record("1", after(2), sending())).is_err(), "{what}");
        assert!(journal.append(&record("1", after(3), sending())).is_err(), "{what}: and not later either");
    }
}

#[test]
fn a_new_month_in_a_folder_that_was_moved_away_is_not_begun() {
    let home = TempDir::new().unwrap();
    let path = home.path().join("j");
    let mut journal = journal(&path, 0);
    fs::rename(&path, home.path().join("old")).unwrap();
    assert!(journal.append(&record("1", after(40 * 86_400), held("1"))).is_err());
}

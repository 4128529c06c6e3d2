//! One instance for one operator, in processes of their own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use shenpi::domain::Millis;
use shenpi::store::{Lock, LockHolder, LockedBy, take};
use tempfile::TempDir;

use super::words::NOVEMBER;

const FOLDER: &str = "LOCK_TEST_FOLDER";

fn holder(pid: u32) -> LockHolder {
    LockHolder { pid, terminal: "/dev/pts/3".into(), host: "desk".into(), since: NOVEMBER }
}

fn locked(folder: &Path, pid: u32) -> Lock {
    take(folder, &holder(pid)).unwrap().unwrap_or_else(|held| panic!("{held:?}"))
}

/// Another process that holds the lock of this folder until it is killed.
fn another(folder: &Path) -> Child {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "lock::the_other_process", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("it is mine")), "the other process did not take the lock");
    child
}

#[test]
#[ignore = "what the other process does"]
#[expect(clippy::print_stdout, reason = "tells the process that waits for it")]
fn the_other_process() {
    let folder = std::env::var_os(FOLDER).unwrap();
    let _lock = locked(Path::new(&folder), std::process::id());
    println!("it is mine");
    let _ = std::io::stdin().lines().next();
}

#[test]
fn second_process_learns_the_holder_while_it_runs() {
    let home = TempDir::new().unwrap();
    let mut other = another(home.path());
    let held = take(home.path(), &holder(1)).unwrap().unwrap_err();
    assert_eq!(held, LockedBy(Some(holder(other.id()))));

    // Killed, it leaves its name behind and nothing else.
    other.kill().unwrap();
    other.wait().unwrap();
    let left = fs::read_to_string(home.path().join("lock")).unwrap();
    assert!(left.contains(&format!("\"pid\":{}", other.id())), "{left}");
    drop(locked(home.path(), 2));
    assert_eq!(fs::read(home.path().join("lock")).unwrap(), b"");
}

#[test]
fn whoever_leaves_makes_room() {
    let home = TempDir::new().unwrap();
    let lock = locked(home.path(), 1);
    assert!(take(home.path(), &holder(2)).unwrap().is_err());
    drop(lock);
    locked(home.path(), 2);
}

#[test]
fn a_lock_file_that_was_deleted_lets_nobody_in() {
    let home = TempDir::new().unwrap();
    let mut other = another(home.path());
    fs::remove_file(home.path().join("lock")).unwrap();
    for _ in 0..2 {
        assert_eq!(take(home.path(), &holder(1)).unwrap().unwrap_err(), LockedBy(None));
    }
    other.kill().unwrap();
    other.wait().unwrap();
    locked(home.path(), 2);
}

#[test]
fn a_holder_that_cannot_be_read_holds_it_all_the_same() {
    let home = TempDir::new().unwrap();
    let _lock = locked(home.path(), 1);
    let long = vec![b'9'; 100_000];
    for content in [&b""[..], b"{", b"\xFF\xFE", b"{\"pid\":\"x\"}", &long] {
        fs::write(home.path().join("lock"), content).unwrap();
        assert_eq!(take(home.path(), &holder(2)).unwrap().unwrap_err(), LockedBy(None));
    }
    let hostile = r#"{"pid":1,"terminal":"\u001b[2J","host":"h","since":"2026-11-01T00:00:00Z"}"#;
    fs::write(home.path().join("lock"), hostile).unwrap();
    let LockedBy(Some(holder)) = take(home.path(), &holder(2)).unwrap().unwrap_err() else { panic!("unread") };
    assert_eq!((holder.terminal.as_str(), holder.since), ("␛[2J", NOVEMBER));
}

#[test]
fn the_lock_is_its_owners_alone_and_no_link_is_followed() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("a/b");
    let _lock = locked(&folder, 1);
    assert_eq!(fs::metadata(folder.join("lock")).unwrap().permissions().mode() & 0o7777, 0o600);

    let other = home.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(home.path().join("precious"), "kept").unwrap();
    symlink(home.path().join("precious"), other.join("lock")).unwrap();
    assert!(take(&other, &LockHolder { since: Millis(0), ..holder(1) }).is_err());
    assert_eq!(fs::read(home.path().join("precious")).unwrap(), b"kept");
}

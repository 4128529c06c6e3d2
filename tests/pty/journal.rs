//! The folder of the journal: one run at a time decides, other users cannot read it, and without it no decision is
//! made.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::process::Signal;

use super::queue::{Queue, REVIEW, approve};
use super::terminal::Terminal;

/// A review opens, so this run may decide; it is left again.
fn can_decide(terminal: &mut Terminal) {
    terminal.wait_for_inbox();
    terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
    terminal.type_keys("a");
    terminal.wait_for_text(REVIEW);
    terminal.type_keys("\x1b");
    terminal.wait("no review", |screen| !screen.contents().contains(REVIEW));
}

fn leave(mut terminal: Terminal) {
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn a_second_instance_says_who_has_the_queue_and_decides_nothing() {
    let queue = Queue::new(&[]);
    let mut first = queue.open(0);
    can_decide(&mut first);

    let mut second = queue.open(0);
    let holder = format!("另一个窗口（进程 {}，/dev/pts/", first.process());
    second.wait("who has the queue", |screen| {
        let text = screen.contents();
        text.contains(&holder) && text.contains(" 起）") && text.contains("  只读  ")
    });
    second.wait_for_inbox();
    second.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
    second.type_keys("a");
    second.wait_for_text("本窗口只读");
    assert!(!second.text().contains(REVIEW), "{}", second.text());
    leave(second);

    // The first one is none the worse for it, and the next start after its end may decide.
    can_decide(&mut first);
    leave(first);
    let mut third = queue.open(0);
    can_decide(&mut third);
    approve(&mut third);
    third.wait_for_pending(23);
    leave(third);
    assert_eq!(queue.writes().len(), 1);
}

#[test]
fn the_lock_of_a_killed_run_is_no_obstacle() {
    let queue = Queue::new(&[]);
    let mut first = queue.open(0);
    can_decide(&mut first);
    first.signal(Signal::KILL);
    let process = first.process();
    first.wait_for_end();
    let lock = fs::read_to_string(queue.journal().join("lock")).unwrap();
    assert!(lock.contains(&format!("\"pid\":{process},")), "it still names the run that is gone: {lock}");

    let mut second = queue.open(0);
    can_decide(&mut second);
    assert!(!second.text().contains("另一个窗口"), "{}", second.text());
    leave(second);
}

#[test]
fn nobody_else_can_read_it() {
    let queue = Queue::new(&[]);
    let mut terminal = queue.open(600);
    approve(&mut terminal);
    terminal.wait_for_text("待发送 1");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&queue.journal()), 0o700);
    let files: Vec<_> = fs::read_dir(queue.journal()).unwrap().map(|file| file.unwrap().path()).collect();
    assert!(files.len() >= 2, "the lock and a month: {files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
    assert_eq!(mode(&queue.state().join("journal")), 0o700);
}

/// Refused on the normal screen with 2, unless it is only to be read.
fn is_refused(queue: &Queue, words: &str) {
    let mut terminal = queue.open(0);
    assert_eq!(terminal.wait_for_end().code(), Some(2), "{}", terminal.text());
    assert!(terminal.text().replace('\n', "").contains(words), "no {words:?} in:\n{}", terminal.text());
    assert!(!terminal.written.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "the terminal was taken");

    let state = queue.state().to_str().unwrap();
    let mut terminal = queue.simulator.inbox(&[("SHENPI_STATE_DIR", state), ("SHENPI_READ_ONLY", "1")]);
    terminal.wait_for_inbox();
    leave(terminal);
}

#[test]
fn without_a_folder_for_it_nothing_is_decided() {
    let queue = Queue::new(&[]);
    fs::write(queue.state().join("journal"), "a file in its place").unwrap();
    is_refused(&queue, "没有记录不能审批");
}

#[test]
fn without_a_folder_for_the_state_nothing_is_decided() {
    let queue = Queue::new(&[]);
    fs::remove_dir(queue.state()).unwrap();
    fs::write(queue.state(), "a file in its place").unwrap();
    is_refused(&queue, "请检查 state_dir");
    fs::remove_file(queue.state()).unwrap();
    fs::create_dir(queue.state()).unwrap();
}

#[test]
fn one_address_in_two_spellings_has_one_lock_and_one_journal() {
    let queue = Queue::new(&[]);
    let mut first = queue.open(0);
    can_decide(&mut first);
    let elsewhere = queue.simulator.base_url().replace("127.0.0.1", "LocalHost");
    let state = queue.state().to_str().unwrap().to_owned();
    let but = [("SHENPI_STATE_DIR", state.as_str()), ("SHENPI_BASE_URL", &elsewhere), ("SHENPI_UNDO_SECONDS", "0")];

    let mut second = queue.simulator.inbox(&but);
    let holder = format!("进程 {}", first.process());
    second.wait("who has the queue", |screen| screen.contents().replace('\n', "").contains(&holder));
    leave(second);
    approve(&mut first);
    first.wait_for_pending(23);
    leave(first);

    // Alone, it finds the journal of the other spelling, and the decision in it.
    let mut third = queue.simulator.inbox(&but);
    third.wait_for_pending(23);
    third.type_keys("H");
    third.wait("the decision", |screen| screen.contents().contains("张伟") && screen.contents().contains("同意"));
    third.type_keys("q");
    third.wait_for_pending(23);
    leave(third);
    assert_eq!(fs::read_dir(queue.state().join("journal")).unwrap().count(), 1);
}

fn month(queue: &Queue) -> PathBuf {
    let mut files = fs::read_dir(queue.journal()).unwrap().map(|file| file.unwrap().path());
    files.find(|file| file.extension().is_some_and(|end| end == "jsonl")).unwrap()
}

/// Writes the last line of the journal as a version of the program does that raised `v`, and tears a line behind it.
fn make_newer(file: &Path) {
    let written = fs::read_to_string(file).unwrap();
    let (before, last) = written.trim_end().rsplit_once('\n').unwrap();
    let json = last[9..].replacen("\"v\":1", "\"v\":2", 1);
    fs::write(file, format!("{before}\n{:08x} {json}\n0badc0de {{", crc32fast::hash(json.as_bytes()))).unwrap();
}

#[test]
fn newer_journal_is_refused_and_stays_as_it_is() {
    let queue = Queue::new(&[]);
    let mut terminal = queue.open(600);
    approve(&mut terminal);
    terminal.wait_for_text("待发送 1");
    terminal.signal(Signal::HUP);
    assert_eq!(terminal.wait_for_end().code(), Some(129));
    let month = month(&queue);
    make_newer(&month);
    let files = || {
        let names = fs::read_dir(queue.journal()).unwrap().map(|file| file.unwrap().path());
        names.map(|path| (fs::read(&path).unwrap(), path)).collect::<BTreeSet<_>>()
    };
    let before = files();
    is_refused(&queue, "操作记录由更新版本的 shenpi 写入，当前版本无法完整读取，因此不能审批。请升级 shenpi");
    assert_eq!(files(), before);
    assert!(queue.writes().is_empty());

    let state = queue.state().to_str().unwrap();
    let mut terminal = queue.simulator.inbox(&[("SHENPI_STATE_DIR", state), ("SHENPI_READ_ONLY", "1")]);
    terminal.wait_for_inbox();
    terminal.type_keys("H");
    terminal.wait_for_text("操作记录由更新版本的 shenpi 写入");
    terminal.type_keys("q");
    terminal.wait("the queue", |screen| !screen.contents().contains("更新版本"));
    leave(terminal);
    assert_eq!(files(), before);
}

#[test]
fn megabytes_of_damage_do_not_keep_the_queue_from_opening() {
    let queue = Queue::new(&[]);
    let mut terminal = queue.open(0);
    can_decide(&mut terminal);
    leave(terminal);
    let month = month(&queue);
    let whole = fs::read(&month).unwrap();
    fs::write(&month, [whole, b"not a line\n".repeat(300_000)].concat()).unwrap();
    let mut terminal = queue.open(0);
    terminal.wait_for_inbox();
    terminal.wait_for_text("300000");
    leave(terminal);
}

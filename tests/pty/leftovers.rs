//! Decisions that were held or on their way when the program ended, however it ended: nothing is sent then, nothing at
//! the next start, and the next start asks, or tells.

use std::time::Duration;

use rustix::process::Signal;

use super::queue::{LIST, Queue, approve, confirm};
use super::terminal::Terminal;

const SOON: Duration = Duration::from_secs(3);
const LONG: u64 = 600;

/// The next start shows the list with the end of the run, and sends only on the user's command.
fn is_asked_about(queue: &Queue, ended: &str) {
    assert!(queue.writes().is_empty());
    let mut terminal = queue.open(0);
    terminal.wait("the list", |screen| {
        let text = screen.contents().replace(char::is_whitespace, "");
        text.contains(LIST) && text.contains("同意张伟发起的休假申请") && text.contains("未发送")
    });
    assert!(terminal.text().contains(ended), "{}", terminal.text());
    // Later: the queue is there, and nothing of it was sent.
    terminal.type_keys("\x1b");
    terminal.wait("the queue", |screen| !screen.contents().contains(LIST));
    terminal.wait_for_inbox();
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    assert!(queue.writes().is_empty());

    // It asks until it has an answer.
    let mut terminal = queue.open(0);
    terminal.wait_for_text(LIST);
    terminal.wait_for_text("s 重新提交");
    terminal.press_until("s", "review", |screen| screen.contents().contains("y 确认"));
    confirm(&mut terminal);
    terminal.wait_for_pending(23);
    assert_eq!(queue.writes().len(), 1);
}

fn held(queue: &Queue) -> Terminal {
    let mut terminal = queue.open(LONG);
    approve(&mut terminal);
    terminal.wait_for_text("待发送 1");
    terminal
}

#[test]
fn what_was_held_at_a_hang_up_is_asked_about() {
    let queue = Queue::new(&[]);
    let mut terminal = held(&queue);
    terminal.signal(Signal::HUP);
    assert_eq!(terminal.wait_for_end().code(), Some(129));
    is_asked_about(&queue, "SIGHUP");
}

/// A refused start shows no screen: the end of the last run stays to be told.
#[test]
fn a_start_that_is_refused_in_between_takes_no_word_away() {
    let queue = Queue::new(&[]);
    let mut terminal = held(&queue);
    terminal.signal(Signal::HUP);
    assert_eq!(terminal.wait_for_end().code(), Some(129));
    let state = queue.state().to_str().unwrap();
    let mut refused = queue.simulator.inbox(&[("SHENPI_STATE_DIR", state), ("SHENPI_APP_SECRET", "not-the-secret")]);
    assert_eq!(refused.wait_for_end().code(), Some(3), "{}", refused.text());
    is_asked_about(&queue, "SIGHUP");
}

#[test]
fn what_was_held_when_the_program_was_told_to_end_is_asked_about() {
    let queue = Queue::new(&[]);
    let mut terminal = held(&queue);
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.wait_for_end().code(), Some(143));
    is_asked_about(&queue, "SIGTERM");
}

#[test]
fn what_was_held_when_the_program_was_killed_is_asked_about() {
    let queue = Queue::new(&[]);
    let mut terminal = held(&queue);
    terminal.signal(Signal::KILL);
    terminal.wait_for_end();
    is_asked_about(&queue, "进程中止");
}

#[test]
fn what_was_held_when_the_terminal_vanished_is_asked_about() {
    let queue = Queue::new(&[]);
    let ended = held(&queue).vanish();
    assert!(ended.took < SOON, "{:?}", ended.took);
    is_asked_about(&queue, "SIGHUP");
}

/// Without a signal only the end of the terminal's input tells.
#[test]
fn what_was_held_when_the_terminal_vanished_without_a_signal_is_asked_about() {
    let queue = Queue::new(&[]);
    let mut terminal = queue.open_unheard(LONG);
    approve(&mut terminal);
    terminal.wait_for_text("待发送 1");
    let ended = terminal.vanish();
    assert!(ended.took < SOON, "{:?}", ended.took);
    assert_eq!(ended.status.code(), Some(129));
    is_asked_about(&queue, "SIGHUP");
}

#[test]
fn an_answer_that_came_after_the_hang_up_is_told_at_the_next_start() {
    let queue = Queue::new(&["slow:*:1500@writes"]);
    let mut terminal = queue.open(0);
    approve(&mut terminal);
    queue.wait_for_writes(1);
    let ended = terminal.vanish();
    assert!(ended.took < SOON, "{:?}", ended.took);

    let mut terminal = queue.open(0);
    terminal.wait_for_text(LIST);
    let text = terminal.text();
    assert!(text.contains("✓  同意 张伟发起的休假申请") && text.contains("已生效"), "{text}");
    assert!(text.contains("全部完成") && text.contains("SIGHUP"), "{text}");
    terminal.type_keys("\r");
    terminal.wait_for_pending(23);
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    assert_eq!(queue.writes().len(), 1);

    // Told once.
    let mut terminal = queue.open(0);
    terminal.wait_for_pending(23);
    assert!(!terminal.text().contains(LIST), "{}", terminal.text());
}

/// The program lives on for the answer, at rest, and no longer than it may.
#[test]
fn an_answer_that_never_comes_costs_no_core_and_is_looked_for_at_the_next_start() {
    let queue = Queue::new(&["silent-after-write:*"]);
    let mut terminal = queue.open_unheard(0);
    approve(&mut terminal);
    queue.wait_for_writes(1);
    let ended = terminal.vanish();
    assert!(ended.took < SOON, "{:?}", ended.took);
    assert!(ended.cpu < Duration::from_millis(500), "{:?} of {:?} on a core", ended.cpu, ended.took);

    let mut terminal = queue.open(0);
    terminal.wait_for_text(LIST);
    terminal.wait_for_text("已生效");
    assert_eq!(queue.writes().len(), 1, "found out, not sent again");
}

/// A shell that stops the program: `sleep` in it is how long, `fg` the way back.
fn stopped_for(queue: &Queue, undo_seconds: u64, seconds: u64) -> Terminal {
    let mut terminal = queue.open_by("bash", &["--norc", "--noprofile", "-i"], undo_seconds);
    terminal.wait_for_text("bash-");
    terminal.type_keys(format!("{}\r", super::SHENPI));
    approve(&mut terminal);
    terminal.wait_for_text("待发送 1");
    terminal.type_keys([0x1A]);
    terminal.wait("the shell", |screen| !screen.alternate_screen() && screen.contents().contains("Stopped"));
    terminal.type_keys(format!("sleep {seconds}; echo rest''ed\r"));
    terminal.wait_for_text("rested");
    assert!(queue.writes().is_empty(), "stopped, it sends nothing");
    terminal.type_keys("fg\r");
    terminal.wait("the inbox", vt100::Screen::alternate_screen);
    terminal
}

#[test]
fn what_was_held_while_the_program_was_stopped_for_long_is_not_sent_without_her() {
    let queue = Queue::new(&[]);
    let mut terminal = stopped_for(&queue, 3, 8);
    terminal.wait("why not", |screen| screen.contents().replace(char::is_whitespace, "").contains("未发送：等待期间"));
    terminal.type_keys("q");
    terminal.wait("the shell", |screen| !screen.alternate_screen());
    assert!(queue.writes().is_empty());
}

/// A short stop is a pause: past its time, the decision is sent like any other.
#[test]
fn what_was_held_while_the_program_was_stopped_for_a_moment_goes_on() {
    let queue = Queue::new(&[]);
    let mut terminal = stopped_for(&queue, 2, 2);
    terminal.wait_for_pending(23);
    assert_eq!(queue.writes().len(), 1);
    terminal.type_keys("q");
    terminal.wait("the shell", |screen| !screen.alternate_screen());
}

//! Quitting while a decision is held: the program asks, and reports the outcome where the user can still read it.

use super::queue::{LIST, Queue, approve};
use super::terminal::Terminal;

const QUESTION: &str = "1 项操作待发送，如何处理？";

fn asked(queue: &Queue, undo_seconds: u64) -> Terminal {
    let mut terminal = queue.open(undo_seconds);
    approve(&mut terminal);
    terminal.wait_for_text("待发送 1");
    terminal.type_keys("q");
    terminal.wait_for_text(QUESTION);
    terminal
}

/// The user quit, and these words end the normal screen, with the log id if there is one.
fn left_with(mut terminal: Terminal, words: &str) {
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    assert_eq!(terminal.manner(), terminal.before);
    let text = terminal.text().replace(char::is_whitespace, "");
    let referred = text.rsplit_once("日志ID").filter(|(_, id)| id.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let told = referred.map_or(&*text, |(told, _)| told);
    assert!(told.ends_with(words), "no {words:?} in:\n{}", terminal.text());
}

/// The next start opens the queue and asks nothing.
fn nothing_is_left(queue: &Queue, pending: usize) {
    let mut terminal = queue.open(0);
    terminal.wait_for_pending(pending);
    assert!(!terminal.text().contains(LIST), "{}", terminal.text());
}

#[test]
fn waiting_sends_it_and_says_what_became_of_it() {
    let queue = Queue::new(&[]);
    let mut terminal = asked(&queue, 3);
    terminal.type_keys("w");
    left_with(terminal, "已同意张伟发起的休假申请");
    assert_eq!(queue.writes().len(), 1);
    nothing_is_left(&queue, 23);
}

#[test]
fn discarding_sends_nothing_and_says_so() {
    let queue = Queue::new(&[]);
    let mut terminal = asked(&queue, 600);
    terminal.type_keys("d");
    left_with(terminal, "同意张伟发起的休假申请未发送，退出时已丢弃");
    assert!(queue.writes().is_empty());
    nothing_is_left(&queue, 24);
}

#[test]
fn staying_keeps_it_held() {
    let queue = Queue::new(&[]);
    let mut terminal = asked(&queue, 600);
    terminal.type_keys("\x1b");
    terminal.wait("the inbox", |screen| !screen.contents().contains(QUESTION));
    assert!(terminal.text().contains("待发送 1"), "{}", terminal.text());
    terminal.type_keys("u");
    terminal.wait("no held decision", |screen| !screen.contents().contains("待发送 1"));
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    assert!(queue.writes().is_empty());
}

#[test]
fn what_is_on_its_way_is_waited_for_without_a_question() {
    let queue = Queue::new(&["slow:*:1500@writes"]);
    let mut terminal = queue.open(0);
    approve(&mut terminal);
    queue.wait_for_writes(1);
    terminal.type_keys("q");
    left_with(terminal, "已同意张伟发起的休假申请");
    nothing_is_left(&queue, 23);
}

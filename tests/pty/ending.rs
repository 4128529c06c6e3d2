//! Ways out. After each of them the terminal stands as it stood before.

use std::process::Command;
use std::time::Duration;

use rustix::process::Signal;

use super::SHENPI;
use super::terminal::Terminal;

const SOON: Duration = Duration::from_secs(3);

#[test]
fn leaving_gives_the_terminal_back() {
    let mut terminal = Terminal::demo();
    assert_ne!(terminal.manner(), terminal.before);
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
    assert_eq!(terminal.manner(), terminal.before);
}

/// All that end a program (`signal(7)`) but `KILL`, those of a broken program (4, 8, 11), and `PIPE`, which is ignored.
const ENDING: [i32; 17] = [1, 2, 3, 5, 6, 7, 10, 12, 14, 15, 16, 24, 26, 27, 29, 30, 31];

#[test]
fn every_signal_that_ends_the_program_gives_the_terminal_back() {
    // The first and the last of those for real time that the C library leaves to programs.
    for number in ENDING.into_iter().chain([35, 64]) {
        let mut terminal = Terminal::demo();
        let sent = Command::new("kill").args([format!("-{number}"), terminal.process().to_string()]).status().unwrap();
        assert!(sent.success(), "{number}");
        assert_eq!(terminal.wait_for_end().code(), Some(128 + number));
        assert_eq!(terminal.manner(), terminal.before, "after signal {number}");
    }
}

#[test]
fn a_write_beyond_the_limit_of_a_file_s_size_does_not_end_the_program() {
    let mut terminal = Terminal::demo();
    terminal.signal(Signal::XFSZ);
    terminal.type_keys("?");
    terminal.wait_for_text("─ 按键 ");
    terminal.type_keys("q");
    terminal.wait("the list", |screen| !screen.contents().contains("─ 按键 "));
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

#[test]
fn the_program_ends_with_its_terminal() {
    let ended = Terminal::demo().vanish();
    assert!(ended.took < SOON, "{ended:?}");
}

/// In a session of its own the program gets no hang-up signal; only the end of the terminal tells it.
#[test]
fn the_program_ends_with_its_terminal_though_no_signal_says_so() {
    let script = r#"trap "" HUP; exec setsid --wait "$0" demo --still"#;
    let mut terminal = Terminal::start("/bin/sh", &["-c", script, SHENPI], &[]);
    terminal.wait_for_inbox();
    let ended = terminal.vanish();
    assert!(ended.took < SOON, "{ended:?}");
    assert_eq!(ended.status.code(), Some(129));
}

/// The other side of a dead line takes nothing: the program waits in the middle of a frame, and hears nothing there.
#[test]
fn a_terminal_that_takes_nothing_more_does_not_keep_the_program_alive() {
    let mut terminal = Terminal::demo();
    terminal.clog(b"\x0c");
    terminal.signal(Signal::TERM);
    let ended = terminal.wait_for_end_unread().expect("it outlives the signal");
    assert_eq!(ended.code(), Some(143));
}

#[test]
fn a_sequence_that_is_cut_by_the_end_of_the_line_does_not_keep_the_program_alive() {
    let mut terminal = Terminal::demo();
    terminal.type_keys("\x1b[200~half a paste");
    let ended = terminal.vanish();
    assert!(ended.took < SOON, "{ended:?}");
}

fn is_prompt(screen: &vt100::Screen) -> bool {
    !screen.alternate_screen() && screen.contents().trim_end().ends_with("ready>")
}

#[test]
fn a_shell_stops_the_program_and_continues_it() {
    let mut terminal = Terminal::start("bash", &["--norc", "--noprofile", "-i"], &[("PS1", "ready> ")]);
    terminal.wait_for_text("ready>");
    terminal.type_keys(format!("{SHENPI} demo --still\r"));
    terminal.wait_for_inbox();
    let inside = terminal.manner();

    terminal.type_keys([0x1A]);
    terminal.wait("the shell", |screen| is_prompt(screen) && screen.contents().contains("Stopped"));
    terminal.type_keys("stty size\r");
    terminal.wait("the size", |screen| is_prompt(screen) && screen.contents().contains("24 80"));

    terminal.type_keys("fg\r");
    terminal.wait("every part of the screen", |screen| {
        let text = screen.contents();
        screen.alternate_screen() && ["/24", "发起人", "─ 休假申请", "打开"].iter().all(|part| text.contains(part))
    });
    assert_eq!(terminal.manner(), inside);

    terminal.type_keys("q");
    terminal.wait("the shell", is_prompt);
    terminal.type_keys("exit\r");
    terminal.wait_for_end();
}

#[test]
fn what_is_typed_after_leaving_does_not_reach_the_shell() {
    let mut terminal = Terminal::start("bash", &["--norc", "--noprofile", "-i"], &[("PS1", "ready> ")]);
    terminal.wait_for_text("ready>");
    terminal.type_keys(format!("{SHENPI} demo --still; echo left\r"));
    terminal.wait_for_inbox();
    terminal.type_keys("qtouch mistake\r");
    terminal.wait("the shell", |screen| is_prompt(screen) && screen.contents().contains("\nleft"));
    terminal.type_keys("exit\r");
    terminal.wait_for_end();
    assert!(!terminal.home().join("mistake").exists());
}

//! Limits of the system (`ulimit`): enough for a whole run, or a sentence before the first screen.

use super::SHENPI;
use super::terminal::Terminal;

/// Starts the demo in a shell that has set this limit.
fn under(limit: &str) -> Terminal {
    let script = format!("ulimit {limit} && exec \"$0\" demo --still");
    Terminal::start("/bin/sh", &["-c", &script, SHENPI], &[])
}

fn is_refused(limit: &str, words: &str) {
    let mut terminal = under(limit);
    let status = terminal.wait_for_end();
    let text = terminal.text();
    assert_eq!(status.code(), Some(2), "{limit}: {text}");
    assert!(text.contains(words) && !text.contains("panicked"), "{limit}: {text}");
    assert_eq!(terminal.manner(), terminal.before);
    assert!(!terminal.written.windows(8).any(|bytes| bytes == b"\x1b[?1049h"), "{limit}: the terminal was taken");
}

#[test]
fn too_few_descriptors_are_told_before_the_first_screen() {
    for few in [5, 8, 12, 16, 24, 32, 40] {
        is_refused(&format!("-n {few}"), "ulimit -n");
    }
}

#[test]
fn too_little_memory_is_told_before_the_first_screen() {
    for megabytes in [64, 128, 192] {
        is_refused(&format!("-v {}", megabytes * 1024), "ulimit -v");
    }
    is_refused("-d 65536", "ulimit -d");
}

#[test]
fn a_run_that_begins_has_enough_for_all_of_it() {
    // Just above the refused limits, and a soft limit that may be raised.
    for limit in ["-n 48", "-v 262144", "-d 262144", "-S -n 12"] {
        let mut terminal = under(limit);
        terminal.wait_for_inbox();
        terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
        terminal.type_keys("q");
        assert_eq!(terminal.wait_for_end().code(), Some(0), "{limit}: {}", terminal.text());
    }
}

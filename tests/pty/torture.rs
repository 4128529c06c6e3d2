//! Input that no keyboard sends. The program stays, answers, and decides nothing.

use super::terminal::Terminal;

/// The program still answers to a key, and nothing was decided.
fn is_well(mut terminal: Terminal) {
    terminal.type_keys("?");
    terminal.wait("the help", |screen| screen.contents().contains("─ 按键 "));
    terminal.type_keys("\x1b");
    terminal.wait("the inbox again", |screen| !screen.contents().contains("─ 按键 "));
    assert!(!terminal.text().contains('⏱'), "{}", terminal.text());
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0), "held decisions would have asked");
}

#[test]
fn bytes_that_are_no_text() {
    let mut terminal = Terminal::demo();
    let bytes: Vec<u8> = (0x80..=0xFF).cycle().take(20_000).collect();
    terminal.type_keys(bytes);
    is_well(terminal);
}

#[test]
fn sequences_without_an_end() {
    let mut terminal = Terminal::demo();
    for torn in ["\x1b[", "\x1b[1;", "\x1bO", "\x1b]11;rgb:", "\x1bP$q", "\x1b_", "\x1b[<0;1", "\x1b]52;c;"] {
        terminal.type_keys(torn);
        terminal.type_keys("\x18");
    }
    is_well(terminal);
}

#[test]
fn answers_of_a_terminal_that_nobody_asked() {
    let mut terminal = Terminal::demo();
    terminal.type_keys("\x1b]11;rgb:aaaa/yyyy/rrrr\x1b\\\x1b[24;80R\x1b[?62;1;6c\x1bP>|tmux ay\x1b\\");
    is_well(terminal);
}

#[test]
fn reports_of_a_mouse_that_nobody_asked_for() {
    let mut terminal = Terminal::demo();
    terminal.type_keys("\x1b[M ay\x1b[M#ry\x1b[M y\u{161}\x1b[<0;10;20M\x1b[<0;10;20m\x1b[32;10;20M\x1b[I\x1b[O");
    is_well(terminal);
}

/// The escape has closed the help before the rest of its sequence comes.
#[test]
fn rests_of_torn_sequences() {
    let mut terminal = Terminal::demo();
    for rest in ["[A", "OA", "[<0;10;20M", "[M ay", "[27u", "[97u", "[6~", "Or", "[[A", "]11;rgb:aaaa/yyyy\x1b\\"] {
        terminal.type_keys("?");
        terminal.wait("the help", |screen| screen.contents().contains("─ 按键 "));
        terminal.type_keys("\x1b");
        terminal.wait("the inbox again", |screen| !screen.contents().contains("─ 按键 "));
        terminal.type_keys(rest);
    }
    is_well(terminal);
}

#[test]
fn a_quarter_of_a_megabyte_pasted() {
    let mut terminal = Terminal::demo();
    let part = "ay\ry 同意 rU";
    let paste = part.repeat(256 * 1024 / part.len());
    terminal.type_keys(format!("\x1b[200~{paste}\x1b[201~"));
    is_well(terminal);
}

/// A terminal without bracketed paste sends a paste as keys. `a` and `y` are among them.
#[test]
fn keys_that_come_all_at_once_confirm_nothing() {
    let mut terminal = Terminal::demo();
    terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
    terminal.type_keys("ay");
    terminal.wait("the review", |screen| screen.contents().contains("y 确认"));
    terminal.type_keys("\x1b");
    terminal.wait("no review", |screen| !screen.contents().contains("y 确认"));
    is_well(terminal);
}

#[test]
fn a_hundred_sizes() {
    let mut terminal = Terminal::demo();
    for step in 0..100_u16 {
        terminal.resize(1 + (step * 7) % 60, 1 + (step * 13) % 220);
    }
    terminal.resize(30, 100);
    terminal.wait("the inbox in its last size", |screen| {
        screen.contents().contains("/24") && screen.rows(0, 100).nth(29).is_some_and(|row| !row.trim().is_empty())
    });
    terminal.type_keys("q");
    assert_eq!(terminal.wait_for_end().code(), Some(0));
}

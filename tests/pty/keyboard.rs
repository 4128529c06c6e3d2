//! Terminals in which another program left an extended keyboard protocol on: the keys work, and a confirmation takes one
//! press of its key.

use std::time::Duration;

use super::queue::{Queue, REVIEW};

/// How a terminal sends keys.
#[derive(Clone, Copy, Debug)]
enum Protocol {
    Legacy,
    /// xterm's modifyOtherKeys 2: keys with modifiers.
    ModifyOtherKeys,
    /// xterm's modifyOtherKeys 2 with formatOtherKeys 1.
    FormatOtherKeys,
    /// kitty's first flag: Esc and keys with modifiers.
    Disambiguate,
    /// All of kitty's flags: every key, when it goes down and when it goes up.
    Everything,
}

const PROTOCOLS: [Protocol; 5] = [
    Protocol::Legacy,
    Protocol::ModifyOtherKeys,
    Protocol::FormatOtherKeys,
    Protocol::Disambiguate,
    Protocol::Everything,
];

impl Protocol {
    fn escape(self) -> String {
        match self {
            Self::Legacy | Self::ModifyOtherKeys | Self::FormatOtherKeys => "\x1b".into(),
            Self::Disambiguate => "\x1b[27u".into(),
            Self::Everything => "\x1b[27u\x1b[27;1:3u".into(),
        }
    }

    fn ctrl(self, letter: char) -> String {
        let code = u32::from(letter);
        match self {
            Self::Legacy => char::from(letter as u8 & 0x1F).to_string(),
            Self::ModifyOtherKeys => format!("\x1b[27;5;{code}~"),
            Self::FormatOtherKeys | Self::Disambiguate => format!("\x1b[{code};5u"),
            // The key Ctrl itself is sent too.
            Self::Everything => {
                format!("\x1b[57442;5u\x1b[{code};5u\x1b[{code};5:2u\x1b[{code};5:3u\x1b[57442;1:3u")
            }
        }
    }

    fn letter(self, letter: char) -> String {
        let code = u32::from(letter);
        match self {
            Self::Everything => format!("\x1b[{code};;{code}u\x1b[{code};1:3u"),
            _ => letter.to_string(),
        }
    }
}

#[test]
fn every_protocol_leaves_finishes_confirms_and_quits() {
    for protocol in PROTOCOLS {
        let queue = Queue::new(&[]);
        let mut terminal = queue.open(0);
        terminal.wait_for_inbox();
        terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));

        terminal.type_keys(protocol.letter('a'));
        terminal.wait_for_text(REVIEW);
        terminal.type_keys(protocol.escape());
        terminal.wait("no review after Esc", |screen| !screen.contents().contains(REVIEW));

        terminal.type_keys(protocol.letter('a'));
        terminal.wait_for_text(REVIEW);
        terminal.type_keys(protocol.letter('e'));
        terminal.wait_for_text("Ctrl-D 完成");
        terminal.type_keys(protocol.ctrl('c'));
        terminal.wait("no editor after Ctrl-C", |screen| !screen.contents().contains("Ctrl-D 完成"));

        terminal.type_keys(protocol.letter('a'));
        terminal.wait_for_text(REVIEW);
        terminal.type_keys(protocol.letter('e'));
        terminal.wait_for_text("Ctrl-D 完成");
        terminal.type_keys(protocol.ctrl('d'));
        terminal.wait_for_text(REVIEW);
        assert!(queue.writes().is_empty(), "{protocol:?}");
        let confirm = protocol.letter('y');
        terminal.press_until(&confirm, "no review", |screen| !screen.contents().contains(REVIEW));
        terminal.wait_for_pending(23);

        terminal.type_keys(protocol.ctrl('c'));
        assert_eq!(terminal.wait_for_end().code(), Some(0), "{protocol:?}");
        assert_eq!(queue.writes().len(), 1, "{protocol:?}");
    }
}

/// Held from a press that came too early, with the review.
#[test]
fn a_key_that_is_held_or_let_go_confirms_nothing() {
    /// Beyond the time in which a review takes no confirmation.
    const LONG: Duration = Duration::from_millis(900);
    let queue = Queue::new(&[]);
    let mut terminal = queue.open(0);
    terminal.wait_for_inbox();
    terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
    terminal.type_keys("a\x1b[121u");
    terminal.wait_for_text(REVIEW);
    terminal.hold("\x1b[121;1:2u\x1b[121;1:2;121u\x1b[121;1:3u\x1b[121;1:3;121u", LONG);
    terminal.type_keys("e");
    terminal.wait_for_text("Ctrl-D 完成");
    assert!(queue.writes().is_empty());
}

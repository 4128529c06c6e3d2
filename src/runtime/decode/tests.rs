mod protocols;

use proptest::prelude::*;

use super::{Decoder, KeyInput, Pending};
use crate::keys::{Key, Stroke};

/// Meaning of bytes read at once: strokes in the spelling of key maps, pastes in quotes.
fn read(bytes: impl AsRef<[u8]>) -> String {
    let mut decoder = Decoder::default();
    let mut inputs = decoder.take(bytes.as_ref());
    inputs.extend(decoder.give_up());
    words(&inputs)
}

fn words(inputs: &[KeyInput]) -> String {
    let word = |input: &KeyInput| match input {
        KeyInput::Stroke(stroke) => stroke.to_string(),
        KeyInput::Repeat(stroke) => format!("+{stroke}"),
        KeyInput::Paste(text) => format!("{text:?}"),
    };
    inputs.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[test]
fn printable_characters_and_controls_are_strokes() {
    assert_eq!(read("aG?审 \r\t\x7f"), "a G ? 审 space enter tab backspace");
    assert_eq!(read([0x03, 0x04, 0x0C, 0x1A, 0x00]), "ctrl-c ctrl-d ctrl-l ctrl-z ctrl-space");
}

#[test]
fn cursor_and_function_keys_are_known_in_both_modes() {
    assert_eq!(
        read("\x1b[A\x1bOB\x1b[H\x1b[4~\x1b[5~\x1b[6~\x1b[3~\x1b[Z"),
        "up down home end pgup pgdn delete shift-tab"
    );
    assert_eq!(read("\x1b[1;5C\x1b[1;3D\x1bOP\x1b[15~\x1b[24~"), "ctrl-right alt-left f1 f5 f12");
}

#[test]
fn an_escape_is_a_key_only_when_nothing_follows() {
    assert_eq!(read("\x1b"), "esc");
    assert_eq!(read("\x1b\x1b"), "esc esc");
    assert_eq!(read("\x1b\x1b[A"), "esc up");
    assert_eq!(read("\x1bb\x1b\x7f\x1b\r\x1b \x1b/\x1b审"), "alt-b alt-backspace alt-enter alt-space alt-/ alt-审");
    // Esc and Ctrl-C that a slow line brought together.
    assert_eq!(read("\x1b\x03"), "ctrl-c");
}

#[test]
fn a_sequence_torn_by_a_slow_line_is_put_together_again() {
    for whole in ["\x1b[B", "\x1bOB", "\x1b[6~", "\x1b[1;5C", "审"] {
        for at in 1..whole.len() {
            let (first, rest) = whole.as_bytes().split_at(at);
            let mut decoder = Decoder::default();
            assert_eq!(decoder.take(first), []);
            assert_eq!(words(&decoder.take(rest)), read(whole), "{whole:?} torn after {at}");
            assert_eq!(decoder.pending(), Pending::Nothing);
        }
    }
}

#[test]
fn answers_of_the_terminal_are_not_keys() {
    assert_eq!(read("\x1b]11;rgb:aaaa/bbbb/cccc\x1b\\a"), "a");
    assert_eq!(read("\x1b]11;rgb:aaaa/bbbb/cccc\x07a"), "a");
    assert_eq!(read("\x1b[24;80R\x1b[?62;22c\x1b[>0;276;0c\x1b[I\x1b[<0;5;5Ma"), "a");
    assert_eq!(read("\x1bP>|tmux 3.3a\x1b\\a"), "a");
    assert_eq!(read("\x1b[?1u\x1b[?2004;1$y\x1b[48;24;80;480;640t\x1b[O\x1b[0na"), "a");
}

#[test]
fn reports_of_the_mouse_are_not_keys() {
    // Of the old kind: any three bytes, or characters of UTF-8; of rxvt; of xterm.
    for report in ["\x1b[M ay", "\x1b[M#\x03\0", "\x1b[M y\u{C4}", "\x1b[M \u{100}\u{7FF}", "\x1b[M   "] {
        assert_eq!(read(format!("{report}j")), "j", "{report:?}");
    }
    assert_eq!(read(b"\x1b[M ~\xFEj"), "j");
    assert_eq!(read("\x1b[32;10;20M\x1b[<0;10;20M\x1b[<0;10;20mj"), "j");
    assert_eq!(read("\x1b[t!!\x1b[T!!!!!!j"), "j");
    // A byte that could begin a character takes the next one with it, but no report takes another.
    assert_eq!(read(b"\x1b[M \xC3\x85!\x1b[M ayj"), "j");
}

#[test]
fn function_keys_of_the_console_and_the_keypad_are_known() {
    assert_eq!(read("\x1b[[A\x1b[[E\x1b[[yj"), "f1 f5 j");
    assert_eq!(read("\x1bOp\x1bOy\x1bOM\x1bOk\x1bOI\x1bO5A\x1bO1;5Aj"), "0 9 enter + tab ctrl-up ctrl-up j");
}

#[test]
fn the_rest_of_a_torn_sequence_does_nothing() {
    let rests = [
        "[A",
        "OA",
        "[Z",
        "[1;5C",
        "[6~",
        "[15~",
        "[<0;10;20M",
        "[<0;10;20m",
        "[M ay",
        "[27u",
        "[121u",
        "[27;5;99~",
        "[121;1:2u",
        "Oy",
        "[[A",
        "[I",
        "[24;80R",
        "]11;rgb:aaaa/yyyy/rrrr\x1b\\",
        "P>|tmux ay\x1b\\",
        "_Gi=1;yes\x07",
    ];
    for rest in rests {
        for at in 0..rest.len() {
            let mut decoder = Decoder::default();
            assert_eq!(decoder.take(b"\x1b"), [], "{rest:?}");
            assert_eq!(words(&decoder.give_up()), "esc", "{rest:?}");
            assert_eq!(decoder.pending(), Pending::Sequence, "{rest:?}");
            let (first, second) = rest.as_bytes().split_at(at);
            assert_eq!(words(&decoder.take(first)), "", "{rest:?} torn again after {at}");
            assert_eq!(words(&decoder.take(second)), "", "{rest:?} torn again after {at}");
            assert_eq!(words(&decoder.take(b"j")), "j", "{rest:?} torn again after {at}");
        }
    }
}

#[test]
fn keys_after_a_lone_escape_count() {
    for (keys, read) in
        [("j", "j"), ("y", "y"), ("P", "P"), ("]x", "] x"), ("\x1b[A", "up"), ("审", "审"), ("\x03", "ctrl-c")]
    {
        let mut decoder = Decoder::default();
        decoder.take(b"\x1b");
        decoder.give_up();
        let mut inputs = decoder.take(keys.as_bytes());
        inputs.extend(decoder.give_up());
        assert_eq!(words(&inputs), read);
    }
    // After its time, an escape has no rest any more.
    let mut decoder = Decoder::default();
    decoder.take(b"\x1b");
    assert_eq!(words(&decoder.give_up()), "esc");
    assert_eq!(decoder.give_up(), []);
    assert_eq!(decoder.pending(), Pending::Nothing);
    assert_eq!(words(&decoder.take(b"[O")), "[ O");
}

#[test]
fn a_paste_whose_ends_are_torn_is_a_paste() {
    let mut decoder = Decoder::default();
    decoder.take(b"\x1b");
    assert_eq!(words(&decoder.give_up()), "esc");
    assert_eq!(decoder.take(b"[200~ay\x1b"), []);
    assert_eq!(decoder.pending(), Pending::Paste);
    assert_eq!(words(&decoder.take(b"[201~j")), r#""ay" j"#);
    assert_eq!(read("\x1b[200~a\x1b[M\x1b[201~j"), r#""a" j"#);
}

#[test]
fn controls_count_in_the_middle_of_a_sequence() {
    assert_eq!(read("\x1b[1;\x035Aj"), "ctrl-c ctrl-up j");
    assert_eq!(read("\x1b[1;\x1aj"), "ctrl-z j");
    assert_eq!(read("\x1b]0;title\x18j"), "ctrl-x j");
}

#[test]
fn what_stays_unfinished_is_given_up_and_later_keys_count_again() {
    for torn in ["\x1b[", "\x1b[1;", "\x1bO", "\x1b]0;title", "\x1bPq"] {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.take(torn.as_bytes()), [], "{torn:?}");
        assert_eq!(decoder.pending(), Pending::Sequence, "{torn:?}");
        assert_eq!(decoder.give_up(), [], "{torn:?}");
        assert_eq!(words(&decoder.take(b"j")), "j", "{torn:?}");
    }
}

#[test]
fn a_paste_is_one_thing_whatever_it_holds() {
    assert_eq!(read("\x1b[200~ay\r\nU\rq\x1b[201~j"), r#""ay\nU\nq" j"#);
    assert_eq!(read("\x1b[200~a\x1b[Ab\x1b]0;t\x07c\x1b[201~"), r#""abc""#);
    let mut decoder = Decoder::default();
    assert_eq!(decoder.take(b"\x1b[200~ay"), []);
    assert_eq!(decoder.pending(), Pending::Paste);
    assert_eq!(decoder.take(b"more\x1b[20"), []);
    assert_eq!(words(&decoder.take(b"1~")), r#""aymore""#);
    assert_eq!(decoder.pending(), Pending::Nothing);
}

#[test]
fn a_paste_without_end_ends_in_silence_and_a_huge_one_is_cut() {
    let mut decoder = Decoder::default();
    decoder.take(b"\x1b[200~text");
    assert_eq!(words(&decoder.give_up()), r#""text""#);
    let huge = decoder.take(format!("\x1b[200~{}\x1b[201~", "字".repeat(100_000)).as_bytes());
    let [KeyInput::Paste(text)] = &huge[..] else { panic!("one paste") };
    assert!(text.len() <= super::PASTE_LIMIT && text.chars().all(|c| c == '字'));
}

#[test]
fn bytes_that_are_no_text_mean_nothing() {
    assert_eq!(read([0xFF, 0xFE, b'a', 0xC0, 0x80, 0xE5, b'b', 0x80]), "a b");
}

#[test]
fn a_stroke_of_every_kind_is_one_that_key_maps_can_name() {
    for bytes in ["a", "\x01", "\x1b[A", "\x1b[15~", "\x1bx"] {
        let spelt = read(bytes);
        assert!(spelt.parse::<Stroke>().is_ok(), "{spelt}");
    }
}

/// A character by itself, which may be bound to anything.
fn is_letter(input: &KeyInput) -> bool {
    let (KeyInput::Stroke(stroke) | KeyInput::Repeat(stroke)) = input else { return false };
    matches!(stroke, Stroke { key: Key::Char(_), ctrl: false, alt: false, .. })
}

/// Bytes as terminals send them, and others.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => sequence(),
        2 => proptest::string::string_regex("[ -~审é]{1,4}").unwrap().prop_map(String::into_bytes),
        1 => Just(b"\x1b".to_vec()),
        1 => Just(b"\x1b[200~".to_vec()),
        1 => Just(b"\x1b[201~".to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..6),
    ];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// A string that no terminal answers with.
fn string() -> impl Strategy<Value = Vec<u8>> {
    proptest::string::string_regex("\x1b[\\]P^_X][ -~审]{0,20}\x1b\\\\").unwrap().prop_map(String::into_bytes)
}

/// A whole sequence of any grammar of terminals that begins with an escape, and names no character itself.
fn sequence() -> impl Strategy<Value = Vec<u8>> {
    let text = |pattern: &str| proptest::string::string_regex(pattern).unwrap().prop_map(String::into_bytes);
    prop_oneof![
        // `CSI … ~` with 27 and `CSI … u` name characters; tests of their own are about those.
        text("\x1b\\[[<=>?]?([0-9]{0,5}[;:]){0,4}[0-9]{0,3}[ -/]{0,2}[@-LN-SU-Z\\]-tv-}]")
            .prop_filter("a console key or a report goes on", |bytes| !matches!(&bytes[..], b"\x1b[t")),
        text("\x1b\\[(1?[0-9]|2[0-6])(;[0-9:]{0,4})?~"),
        text("\x1bO([0-9];)?[0-9]?[A-HP-S]"),
        text("\x1b\\[\\[[@-~]"),
        text("\x1b(\\][0-9]{1,4}|P[0-9>!$+]|_G)[ -~审]{0,20}(\x1b\\\\|\x07)"),
        text("\x1b\\[<[0-9]{1,3};[0-9]{1,4};[0-9]{1,4}[Mm]"),
        text("\x1b\\[[0-9]{1,3};[0-9]{1,4};[0-9]{1,4}M"),
        proptest::collection::vec(any::<u8>().prop_filter("an escape", |byte| *byte != 0x1B), 3..=3)
            .prop_filter("ambiguous", |bytes| bytes.iter().all(|byte| !(0xC2..0xE0).contains(byte)))
            .prop_map(|bytes| [b"\x1b[M", &bytes[..]].concat()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_mean_the_same_however_they_are_cut(bytes in bytes(), cuts in proptest::collection::vec(0_usize..80, 0..6)) {
        let (mut whole, mut cut) = (Decoder::default(), Decoder::default());
        let at_once = whole.take(&bytes);
        let mut pieces = Vec::new();
        let mut rest = &bytes[..];
        for length in cuts {
            let (piece, after) = rest.split_at(length.min(rest.len()));
            pieces.extend(cut.take(piece));
            rest = after;
        }
        pieces.extend(cut.take(rest));
        prop_assert_eq!(at_once, pieces);
        prop_assert_eq!(whole.pending(), cut.pending());
        prop_assert_eq!(whole.give_up(), cut.give_up());
    }

    #[test]
    fn no_sequence_leaves_a_letter_behind(sequence in prop_oneof![6 => sequence(), 1 => string()]) {
        let mut decoder = Decoder::default();
        let inputs = decoder.take(&sequence);
        prop_assert!(inputs.len() <= 1 && !inputs.iter().any(is_letter), "{:?}", inputs);
        prop_assert_eq!(words(&decoder.take(b"j")), "j");
    }

    #[test]
    fn no_sequence_torn_after_its_escape_leaves_a_letter(sequence in sequence(), at in 1_usize..40) {
        let mut decoder = Decoder::default();
        decoder.take(&sequence[..1]);
        prop_assert_eq!(words(&decoder.give_up()), "esc");
        let (first, second) = sequence[1..].split_at(at.min(sequence.len() - 1));
        let mut inputs = decoder.take(first);
        inputs.extend(decoder.take(second));
        prop_assert!(!inputs.iter().any(is_letter), "{:?}", inputs);
        prop_assert_eq!(words(&decoder.take(b"j")), "j");
    }

    #[test]
    fn no_bytes_panic_and_escape_is_a_key_afterwards(bytes in bytes()) {
        let mut decoder = Decoder::default();
        decoder.take(&bytes);
        decoder.give_up();
        decoder.give_up();
        decoder.take(b"\x1b");
        prop_assert_eq!(words(&decoder.give_up()), "esc");
    }
}

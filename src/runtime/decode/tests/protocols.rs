//! Extended keyboard protocols against the legacy encoding: every key with every modifier and every event.

use super::{Decoder, KeyInput, read, words};

const SHIFT: u32 = 1;
const ALT: u32 = 2;
const CTRL: u32 = 4;
const SUPER: u32 = 8;
const CAPS_LOCK: u32 = 64;
const NUM_LOCK: u32 = 128;

/// Keys of a keyboard of the United States that change with Shift, beside the letters.
const PAIRS: &str = "`~1!2@3#4$5%6^7&8*9(0)-_=+[{]}\\|;:'\",<.>/?";
/// Effect of Ctrl on the keys that are no letters, with Shift and without.
const CONTROLS: &str = " \x002\x003\x1b4\x1c5\x1d6\x1e7\x1f8\x7f/\x1f[\x1b\\\x1c]\x1d@\x00^\x1e~\x1e_\x1f?\x7f";

fn pair_of(pairs: &str, key: char) -> Option<char> {
    let all: Vec<char> = pairs.chars().collect();
    all.chunks(2).find(|pair| pair[0] == key).map(|pair| pair[1])
}

fn shifted(key: char) -> char {
    pair_of(PAIRS, key).unwrap_or_else(|| key.to_uppercase().next().unwrap())
}

fn escaped(bytes: &str, modifiers: u32) -> String {
    if modifiers & ALT == 0 { bytes.to_owned() } else { format!("\x1b{bytes}") }
}

/// Bytes of a terminal without any protocol for a key with a character. `None` where they name another key.
fn legacy(key: char, modifiers: u32) -> Option<String> {
    let typed = if modifiers & SHIFT == 0 { key } else { shifted(key) };
    let bytes = match typed {
        _ if modifiers & CTRL == 0 => typed,
        'a'..='z' | 'A'..='Z' => char::from(typed as u8 & 0x1F),
        _ => pair_of(CONTROLS, typed)?,
    };
    match (bytes, modifiers & ALT != 0) {
        // These begin sequences, or are the key Esc.
        ('[' | ']' | 'O' | 'P' | 'X' | '^' | '_' | '\\' | '\x1b', true) => None,
        _ => Some(escaped(&bytes.to_string(), modifiers)),
    }
}

/// Checks that `sequence`, which takes modifiers and event, reads as the legacy bytes do.
fn check(legacy: &str, modifiers: u32, sequence: impl Fn(&str) -> String) {
    let wanted = words(&Decoder::default().take(legacy.as_bytes()));
    let wanted = if legacy == "\x1b" { "esc".to_owned() } else { wanted };
    assert!(!wanted.is_empty(), "{legacy:?} is a key");
    for locks in [0, NUM_LOCK] {
        let parameter = 1 + modifiers + locks;
        for pressed in [format!("{parameter}"), format!("{parameter}:1")] {
            let sequence = sequence(&pressed);
            assert_eq!(read(&sequence), wanted, "{sequence:?} for {legacy:?}");
        }
        let repeated = sequence(&format!("{parameter}:2"));
        assert_eq!(read(&repeated), format!("+{wanted}"), "{repeated:?}");
        let released = sequence(&format!("{parameter}:3"));
        assert_eq!(read(&released), "", "{released:?}");
        let strange = sequence(&format!("{parameter}:4"));
        assert_eq!(read(&strange), "", "{strange:?}");
    }
    for unknown in [SUPER, 16, 32, 256, 1 << 20] {
        let sequence = sequence(&format!("{}", 1 + modifiers + unknown));
        assert_eq!(read(&sequence), "", "{sequence:?}");
    }
}

/// Modifiers without Super and its like.
fn modifiers() -> impl Iterator<Item = u32> {
    0..=(SHIFT | ALT | CTRL)
}

#[test]
fn every_key_with_a_character_reads_as_without_the_protocol() {
    let keys = ('a'..='z').chain(('0'..='9').chain(PAIRS.chars().step_by(2))).chain([' ', 'é', '审', '🙂']);
    for key in keys {
        for modifiers in modifiers() {
            let Some(bytes) = legacy(key, modifiers) else { continue };
            let (code, upper) = (u32::from(key), u32::from(shifted(key)));
            let sent = if modifiers & SHIFT == 0 { code } else { upper };
            check(&bytes, modifiers, |held| format!("\x1b[{code};{held}u"));
            check(&bytes, modifiers, |held| format!("\x1b[{code}:{upper}:{code};{held}u"));
            check(&bytes, modifiers, |held| format!("\x1b[{sent};{held}u"));
            check(&bytes, modifiers, |held| format!("\x1b[27;{held};{sent}~"));
            if modifiers & (ALT | CTRL) == 0 {
                check(&bytes, modifiers, |held| format!("\x1b[{code};{held};{sent}u"));
            }
        }
        assert_eq!(read(format!("\x1b[{}u", u32::from(key))), read(key.to_string()));
    }
}

#[test]
fn every_key_without_a_character_reads_as_without_the_protocol() {
    for (code, plain) in [(13, "\r"), (57414, "\r"), (27, "\x1b"), (9, "\t"), (127, "\x7f")] {
        for modifiers in modifiers() {
            let bytes = match (code, modifiers & SHIFT != 0, modifiers & ALT != 0) {
                (27, ..) => plain.to_owned(),
                (9, true, true) => continue,
                (9, true, false) => "\x1b[Z".to_owned(),
                _ => escaped(plain, modifiers),
            };
            check(&bytes, modifiers, |held| format!("\x1b[{code};{held}u"));
            check(&bytes, modifiers, |held| format!("\x1b[27;{held};{code}~"));
        }
    }
}

#[test]
fn cursor_keys_and_function_keys_have_events() {
    for letter in ['A', 'B', 'C', 'D', 'F', 'H', 'P', 'Q', 'R', 'S'] {
        for modifiers in modifiers() {
            check(&format!("\x1b[1;{}{letter}", 1 + modifiers), modifiers, |held| format!("\x1b[1;{held}{letter}"));
        }
        if letter != 'R' {
            assert_eq!(read(format!("\x1b[{letter}")), read(format!("\x1b[1;1{letter}")));
        }
    }
    for number in [1, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 17, 18, 19, 20, 21, 23, 24] {
        for modifiers in modifiers() {
            check(&format!("\x1b[{number};{}~", 1 + modifiers), modifiers, |held| format!("\x1b[{number};{held}~"));
        }
    }
}

#[test]
fn the_keypad_reads_as_the_keys_that_it_repeats() {
    let keypad = [
        (57399, "0"),
        (57408, "9"),
        (57409, "."),
        (57410, "/"),
        (57411, "*"),
        (57412, "-"),
        (57413, "+"),
        (57415, "="),
        (57416, ","),
        (57417, "\x1b[D"),
        (57418, "\x1b[C"),
        (57419, "\x1b[A"),
        (57420, "\x1b[B"),
        (57421, "\x1b[5~"),
        (57422, "\x1b[6~"),
        (57423, "\x1b[H"),
        (57424, "\x1b[F"),
        (57426, "\x1b[3~"),
    ];
    for (code, bytes) in keypad {
        check(bytes, 0, |held| format!("\x1b[{code};{held}u"));
    }
    assert_eq!(read("\x1b[57400;2u"), "1", "Shift changes nothing");
}

#[test]
fn keys_that_type_nothing_are_no_strokes() {
    // Locks, media keys, keys from F13 on, modifiers by themselves, numbers that are no character.
    for code in (57358..=57363).chain(57376..=57398).chain(57428..=57454).chain([0, 1, 31, 0xD800, 0xFFFD, 0x11_0000]) {
        for held in ["1", "1:1", "2:2", "5:3", "4"] {
            assert_eq!(read(format!("\x1b[{code};{held}u")), "", "{code};{held}");
            assert_eq!(read(format!("\x1b[27;{held};{code}~")), "", "{code};{held}");
        }
    }
    assert_eq!(read("\x1b[4294967296u\x1b[99999999999999999999;5uj"), "j");
}

#[test]
fn capitals_come_from_shift_or_the_lock_but_not_both() {
    let caps = 1 + CAPS_LOCK;
    assert_eq!(read(format!("\x1b[97;{caps}u\x1b[97;{}u\x1b[49;{caps}u", caps + SHIFT)), "A a 1");
    assert_eq!(read(format!("\x1b[99;{}u", caps + CTRL)), "ctrl-c");
}

#[test]
fn text_of_a_key_is_what_it_types() {
    assert_eq!(read("\x1b[0;;25105:20204u"), "我 们");
    assert_eq!(read("\x1b[121;;65369u"), "ｙ", "full width, narrowed where it is no text");
    assert_eq!(read("\x1b[65369u"), "ｙ");
    assert_eq!(read("\x1b[97;2;65u\x1b[97;1:3;97uj"), "A j");
    assert_eq!(read("\x1b[97;5;1u\x1b[0;;27:13:121u"), "ctrl-a y", "no control comes as text");
}

#[test]
fn ctrl_on_a_layout_of_another_script_goes_with_the_latin_letter() {
    assert_eq!(read("\x1b[1089::99;5u\x1b[1076::108;5u"), "ctrl-c ctrl-l");
    assert_eq!(read("\x1b[1089::99;1u"), "с");
}

#[test]
fn ctrl_with_a_key_that_has_no_control_is_never_the_key_alone() {
    for key in "09;'`,.-=!\"#é审".chars() {
        let sequence = format!("\x1b[{};5u", u32::from(key));
        assert_eq!(read(&sequence), format!("ctrl-{key}"));
    }
}

#[test]
fn a_release_or_a_repeat_is_never_a_press() {
    let press = |input: &KeyInput| matches!(input, KeyInput::Stroke(_));
    for bytes in ["\x1b[121;1:3u", "\x1b[121;1:2u", "\x1b[121;1:2;121u", "\x1b[121;1:3;121u", "\x1b[27;1:2;121~"] {
        assert!(!Decoder::default().take(bytes.as_bytes()).iter().any(press), "{bytes:?}");
    }
}

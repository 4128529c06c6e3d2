//! Strokes to commands: the key map, how a stroke is read in the layers of the moment, and the rows of the help.

pub mod help;
pub mod keymap;
pub mod stroke;

pub use keymap::{Keymap, KeymapError, KeymapErrorKind};
pub use stroke::{Key, Stroke};

use crate::app::{Command, Layer, TextKey, Typed};
use crate::domain::CleanText;

/// Meaning of a stroke in `layers`, topmost first: the first layer that binds it decides. A text layer takes unbound
/// strokes as text or editing; they never reach the layers below.
#[must_use]
pub fn interpret(keymap: &Keymap, layers: &[Layer], stroke: Stroke) -> Typed {
    for layer in layers {
        let asked = if layer.takes_text() { stroke } else { stroke.narrow() };
        if let Some(command) = keymap.command(*layer, asked) {
            return Typed::Command(command);
        }
        if layer.takes_text()
            && let Some(edit) = editing(*layer, stroke)
        {
            return Typed::Text(edit);
        }
    }
    Typed::Unbound(CleanText::new(&stroke.label()))
}

/// Meaning of a held key: it moves and writes repeatedly, but a command that a screen takes once does not reach the
/// next screen.
#[must_use]
pub fn interpret_repeat(keymap: &Keymap, layers: &[Layer], stroke: Stroke) -> Typed {
    match interpret(keymap, layers, stroke) {
        Typed::Command(
            Command::Confirm
            | Command::Discard
            | Command::DiscardAll
            | Command::Back
            | Command::Quit
            | Command::LeaveNow,
        ) => Typed::Unbound(CleanText::default()),
        typed => typed,
    }
}

/// Effect of a stroke on a text field.
fn editing(layer: Layer, stroke: Stroke) -> Option<TextKey> {
    if let Some(character) = stroke.typed() {
        return Some(TextKey::Insert(character));
    }
    let Stroke { key, ctrl, alt, .. } = stroke;
    let by_word = ctrl || alt;
    Some(match key {
        Key::Enter if layer == Layer::Editor => TextKey::NewLine,
        Key::Backspace if by_word => TextKey::DeleteWord,
        Key::Backspace => TextKey::Backspace,
        Key::Delete => TextKey::Delete,
        Key::Left if by_word => TextKey::WordLeft,
        Key::Right if by_word => TextKey::WordRight,
        Key::Left => TextKey::Left,
        Key::Right => TextKey::Right,
        Key::Up => TextKey::Up,
        Key::Down => TextKey::Down,
        Key::Home => TextKey::Home,
        Key::End => TextKey::End,
        Key::Char('b') if alt => TextKey::WordLeft,
        Key::Char('f') if alt => TextKey::WordRight,
        Key::Char('w') if ctrl => TextKey::DeleteWord,
        Key::Char('u') if ctrl => TextKey::DeleteToStart,
        Key::Char('a') if ctrl => TextKey::Home,
        Key::Char('e') if ctrl => TextKey::End,
        // Backspace, as some terminals send it.
        Key::Char('h') if ctrl => TextKey::Backspace,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Key, Keymap, Stroke, interpret, interpret_repeat};
    use crate::app::command::COMMANDS;
    use crate::app::{Command, Layer, TextKey, Typed};
    use crate::domain::Action;

    const LIST: [Layer; 4] = [Layer::List, Layer::Deciding, Layer::Moving, Layer::Anywhere];
    const FORM: [Layer; 5] = [Layer::Form, Layer::Process, Layer::Deciding, Layer::Moving, Layer::Anywhere];

    fn typed(layers: &[Layer], stroke: &str) -> Typed {
        interpret(&Keymap::standard(), layers, stroke.parse().expect("a stroke"))
    }

    #[test]
    fn the_topmost_layer_that_binds_a_stroke_decides() {
        assert_eq!(typed(&LIST, "enter"), Typed::Command(Command::Open));
        assert_eq!(typed(&FORM, "enter"), Typed::Command(Command::ToggleFold));
        assert_eq!(typed(&FORM, "n"), Typed::Command(Command::NextCase));
        assert_eq!(typed(&FORM, "a"), Typed::Command(Command::Decide(Action::Approve)));
        assert_eq!(typed(&LIST, "ctrl-x"), Typed::Unbound("Ctrl-X".into()));
    }

    #[test]
    fn full_width_strokes_command_outside_text_and_are_text_inside() {
        let wide = Stroke::plain(Key::Char('ａ'));
        let keymap = Keymap::standard();
        assert_eq!(interpret(&keymap, &LIST, wide), Typed::Command(Command::Decide(Action::Approve)));
        assert_eq!(interpret(&keymap, &[Layer::Editor], wide), Typed::Text(TextKey::Insert('ａ')));
    }

    #[test]
    fn text_fields_take_every_printable_key_and_keep_their_own() {
        for character in ['a', 'y', ':', '?', '1', ' ', '审', '\u{3000}'] {
            let stroke = Stroke::plain(Key::Char(character));
            for layer in [Layer::Editor, Layer::Picker, Layer::Prompt] {
                assert_eq!(
                    interpret(&Keymap::standard(), &[layer], stroke),
                    Typed::Text(TextKey::Insert(character)),
                    "{character} in {layer:?}"
                );
            }
        }
        assert_eq!(typed(&[Layer::Editor], "enter"), Typed::Text(TextKey::NewLine));
        assert_eq!(typed(&[Layer::Prompt], "enter"), Typed::Command(Command::Finish));
        assert_eq!(typed(&[Layer::Picker], "enter"), Typed::Command(Command::Choose));
        assert_eq!(typed(&[Layer::Editor], "ctrl-d"), Typed::Command(Command::Finish));
        assert_eq!(typed(&[Layer::Editor], "ctrl-w"), Typed::Text(TextKey::DeleteWord));
        assert_eq!(typed(&[Layer::Picker], "down"), Typed::Command(Command::Down));
        assert_eq!(typed(&[Layer::Editor], "down"), Typed::Text(TextKey::Down));
    }

    #[test]
    fn enter_never_confirms_and_opening_keys_never_confirm() {
        let review = [Layer::Review, Layer::Anywhere];
        for stroke in ["enter", "a", "r", "t", "s", "space"] {
            assert!(matches!(typed(&review, stroke), Typed::Unbound(_)), "{stroke}");
        }
        assert_eq!(typed(&review, "y"), Typed::Command(Command::Confirm));
        assert_eq!(typed(&review, "esc"), Typed::Command(Command::Escape));
    }

    #[test]
    fn a_held_key_moves_and_writes_but_decides_nothing() {
        let repeated = |layer, stroke: &str| {
            interpret_repeat(&Keymap::standard(), &[layer, Layer::Anywhere], stroke.parse().expect("a stroke"))
        };
        for (layer, stroke) in [
            (Layer::Review, "y"),
            (Layer::Issues, "d"),
            (Layer::Issues, "X"),
            (Layer::Leaving, "d"),
            (Layer::Leaving, "ctrl-c"),
            (Layer::Anywhere, "ctrl-c"),
            (Layer::Anywhere, "q"),
        ] {
            assert!(matches!(typed(&[layer], stroke), Typed::Command(_)), "{stroke} in {layer:?}");
            assert_eq!(repeated(layer, stroke), Typed::Unbound("".into()), "{stroke} in {layer:?}");
        }
        assert_eq!(repeated(Layer::Moving, "j"), Typed::Command(Command::Down));
        assert_eq!(repeated(Layer::Editor, "y"), Typed::Text(TextKey::Insert('y')));
        assert_eq!(repeated(Layer::Review, "esc"), Typed::Command(Command::Escape));
    }

    #[test]
    fn every_command_has_a_key_or_is_asked_for_by_name() {
        let keymap = Keymap::standard();
        for (name, command) in COMMANDS {
            let by_name_only = matches!(
                command,
                Command::Decide(Action::Withdraw | Action::Revoke) | Command::Canned(_) | Command::Fault
            );
            let bound = Layer::ALL.iter().any(|(_, layer)| keymap.strokes(*layer, *command).next().is_some());
            assert_eq!(bound, !by_name_only, "{name}");
        }
    }
}

//! A text field: its text and its cursor. `view/field.rs` draws it from the same `TextArea`.
//!
//! The widget moves and deletes by code point; here every step is a grapheme cluster, so that Backspace takes a whole
//! visible character.

use tui_textarea::{CursorMove, TextArea, WrapMode};
use unicode_segmentation::UnicodeSegmentation;

use super::message::TextKey;

/// How many lines a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Line breaks become spaces.
    One,
    Many,
}

/// One text field. Never holds control characters other than line breaks.
#[derive(Clone, Debug)]
pub struct Editor {
    area: TextArea<'static>,
    lines: Lines,
}

impl Editor {
    #[must_use]
    pub fn new(text: &str, lines: Lines) -> Self {
        let mut area = TextArea::default();
        area.set_wrap_mode(match lines {
            Lines::One => WrapMode::None,
            Lines::Many => WrapMode::WordOrGlyph,
        });
        let mut editor = Self { area, lines };
        editor.insert(text);
        editor
    }

    /// The widget, for drawing: the view draws a clone of it in its own styles.
    #[must_use]
    pub const fn area(&self) -> &TextArea<'static> {
        &self.area
    }

    #[must_use]
    pub fn text(&self) -> String {
        self.area.lines().join("\n")
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area.is_empty()
    }

    /// Characters as the platform counts them.
    #[must_use]
    pub fn characters(&self) -> usize {
        self.text().trim().chars().count()
    }

    /// Inserts typed or pasted text at the cursor.
    pub fn insert(&mut self, text: &str) {
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let kept: String = text
            .chars()
            .filter_map(|character| match character {
                '\n' if self.lines == Lines::One => Some(' '),
                '\n' => Some('\n'),
                '\t' => Some(' '),
                other if other.is_control() => None,
                other => Some(other),
            })
            .collect();
        self.area.insert_str(kept);
    }

    /// Marks the whole text: the next typed text replaces it, a movement keeps it.
    pub fn select_all(&mut self) {
        self.area.select_all();
    }

    pub fn clear(&mut self) {
        self.area.clear();
    }

    pub fn edit(&mut self, key: TextKey) {
        if self.area.is_selecting() {
            match key {
                TextKey::Insert(_) | TextKey::NewLine => {}
                TextKey::Backspace | TextKey::Delete | TextKey::DeleteWord | TextKey::DeleteToStart => {
                    self.area.clear();
                    return;
                }
                _ => self.area.cancel_selection(),
            }
        }
        match key {
            TextKey::Insert(character) => self.insert(character.encode_utf8(&mut [0; 4])),
            TextKey::NewLine => self.insert("\n"),
            TextKey::Backspace => {
                let steps = self.cluster_before();
                if steps == 0 {
                    self.area.delete_newline();
                }
                for _ in 0..steps {
                    self.area.delete_char();
                }
            }
            TextKey::Delete => {
                let steps = self.cluster_after().max(1);
                for _ in 0..steps {
                    self.area.delete_next_char();
                }
            }
            TextKey::Left => self.steps(CursorMove::Back, self.cluster_before().max(1)),
            TextKey::Right => self.steps(CursorMove::Forward, self.cluster_after().max(1)),
            TextKey::Up => self.area.move_cursor(CursorMove::Up),
            TextKey::Down => self.area.move_cursor(CursorMove::Down),
            TextKey::Home => self.area.move_cursor(CursorMove::Head),
            TextKey::End => self.area.move_cursor(CursorMove::End),
            TextKey::WordLeft => self.area.move_cursor(CursorMove::WordBack),
            TextKey::WordRight => self.area.move_cursor(CursorMove::WordForward),
            TextKey::DeleteWord => {
                self.area.delete_word();
            }
            TextKey::DeleteToStart => {
                self.area.delete_line_by_head();
            }
        }
    }

    fn steps(&mut self, movement: CursorMove, count: usize) {
        for _ in 0..count {
            self.area.move_cursor(movement);
        }
    }

    /// Code points of the grapheme cluster left of the cursor; 0 at the start of a line.
    fn cluster_before(&self) -> usize {
        let (line, column) = self.position();
        let before: String = line.chars().take(column).collect();
        before.graphemes(true).next_back().map_or(0, |cluster| cluster.chars().count())
    }

    /// Code points of the grapheme cluster right of the cursor; 0 at the end of a line.
    fn cluster_after(&self) -> usize {
        let (line, column) = self.position();
        let after: String = line.chars().skip(column).collect();
        after.graphemes(true).next().map_or(0, |cluster| cluster.chars().count())
    }

    fn position(&self) -> (&str, usize) {
        let cursor = self.area.cursor();
        (self.area.lines().get(cursor.0).map_or("", String::as_str), cursor.1)
    }
}

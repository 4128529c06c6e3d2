//! The one-line field at the bottom: filter of the list, search in the form, command by name.

use super::editor::{Editor, Lines};

/// An open one-line field.
#[derive(Debug)]
pub struct Prompt {
    pub purpose: Purpose,
    pub editor: Editor,
    /// Command line only: no command has this name.
    pub unknown: bool,
    /// What stood in the field's place before, put back by `Esc`.
    pub(super) before: String,
}

/// What the field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Filter,
    FormSearch,
    Command,
}

impl Prompt {
    #[must_use]
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self { purpose, editor: Editor::new(text, Lines::One), unknown: false, before: text.to_owned() }
    }
}

//! The one-line field at the bottom: filter of the list, search in the form, command by name.

use super::command::{COMMANDS, Command};
use super::editor::{Editor, Lines};

/// An open one-line field.
#[derive(Debug)]
pub struct Prompt {
    pub purpose: Purpose,
    pub editor: Editor,
    /// Command line only: no command has this name.
    pub unknown: bool,
    /// Command line only: the faults that it knows, where the organisation is simulated.
    faults: Option<&'static [&'static str]>,
    /// Text before its completion: completing again goes through all commands that begin with it.
    pub(super) stem: Option<String>,
    /// Text before the field opened, restored by `Esc`.
    pub(super) before: String,
}

/// Purpose of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    Filter,
    FormSearch,
    /// Search of the history page.
    History,
    /// Search of the help page.
    Help,
    Command,
}

impl Prompt {
    #[must_use]
    pub fn new(purpose: Purpose, text: &str, faults: Option<&'static [&'static str]>) -> Self {
        let mut editor = Editor::new(text, Lines::One);
        // Words of before are shown, and the first letter replaces them.
        editor.select_all();
        Self { purpose, editor, unknown: false, faults, stem: None, before: text.to_owned() }
    }
}

/// Commands of the command line: those that work without an open dialog.
fn is_on_line(command: Command) -> bool {
    !matches!(
        command,
        Command::Confirm
            | Command::EditOpinion
            | Command::Finish
            | Command::Canned(_)
            | Command::Choose
            | Command::Complete
            | Command::Position(_)
            | Command::ToggleMethod
            | Command::Escape
            | Command::CommandLine
            | Command::SendAgain
            | Command::NextUnanswered
            | Command::Discard
            | Command::DiscardAll
            | Command::LeaveNow
            | Command::LeaveWhenSent
    )
}

/// The one command that takes words behind its name.
const FAULT: &str = "fault";
/// Behind it, in place of a fault's name.
const CLEAR: &str = "clear";

impl Prompt {
    /// Commands that can be named here and begin with `text`.
    pub(super) fn commands<'a>(&self, text: &'a str) -> impl Iterator<Item = (&'static str, Command)> + use<'a> {
        let simulated = self.faults.is_some();
        let named = move |command: Command| is_on_line(command) && (simulated || command != Command::Fault);
        COMMANDS.iter().copied().filter(move |(name, command)| named(*command) && name.starts_with(text))
    }

    /// The words behind `fault`, where there are faults.
    pub(super) fn order<'a>(&self, text: &'a str) -> Option<&'a str> {
        let words = text.trim_start().strip_prefix(FAULT)?;
        let apart = words.is_empty() || words.starts_with(char::is_whitespace);
        (self.faults.is_some() && apart).then(|| words.trim_start())
    }

    /// All completions of `stem`.
    fn completions(&self, stem: &str) -> Vec<String> {
        match (self.order(stem), self.faults) {
            (Some(order), Some(faults)) if stem.trim_start() != FAULT => {
                let names = faults.iter().chain([&CLEAR]).filter(|name| name.starts_with(order));
                names.map(|name| format!("{FAULT} {name}")).collect()
            }
            _ => self.commands(stem.trim()).map(|(name, _)| name.to_owned()).collect(),
        }
    }

    /// The next completion of what was written.
    pub(super) fn complete(&mut self) {
        let text = self.editor.text();
        let stem = self.stem.take().unwrap_or_else(|| text.clone());
        let all = self.completions(&stem);
        let after = all.iter().position(|one| *one == text).map_or(0, |at| at + 1);
        if let Some(next) = all.get(after).or(all.first()) {
            self.editor.clear();
            // With room for a name behind the command that takes one.
            let gap = if next == FAULT { " " } else { "" };
            self.editor.insert(&format!("{next}{gap}"));
            self.stem = gap.is_empty().then_some(stem);
        }
    }
}

//! The one-line field at the bottom: filter of the list, search in the form, command by name.

use super::command::{COMMANDS, Command};
use super::editor::{Editor, Lines};
use crate::domain::{Action, narrow};

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
    /// How many texts of earlier fields the one in the field is back; 0: it is written here.
    recalled: usize,
    /// Text of the field before the first of them was recalled.
    written: String,
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
        Self {
            purpose,
            editor,
            unknown: false,
            faults,
            stem: None,
            before: text.to_owned(),
            recalled: 0,
            written: String::new(),
        }
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

/// Commands of the command line that are wanted most, in this order; the others follow.
const FIRST: [Command; 9] = [
    Command::Decide(Action::Withdraw),
    Command::Decide(Action::Revoke),
    Command::Issues,
    Command::History,
    Command::Difference,
    Command::Links,
    Command::Messages,
    Command::Refresh,
    Command::Quit,
];

/// The one command that takes words behind its name.
const FAULT: &str = "fault";
/// Behind it, in place of a fault's name.
const CLEAR: &str = "clear";

/// A text that the command line may become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Completion {
    pub name: &'static str,
    /// `None` for the name of a fault.
    pub command: Option<Command>,
}

/// Texts of earlier fields, of each purpose the newest last.
#[derive(Debug, Default)]
pub struct PromptHistory(Vec<(Purpose, String)>);

/// Texts that are kept in all.
const KEPT: usize = 60;

impl PromptHistory {
    pub(super) fn note(&mut self, purpose: Purpose, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.0.retain(|(other, known)| *other != purpose || known != text);
        if self.0.len() == KEPT {
            self.0.remove(0);
        }
        self.0.push((purpose, text.to_owned()));
    }

    /// The text that is so many before the newest of its purpose, from 1.
    fn back(&self, purpose: Purpose, steps: usize) -> Option<&str> {
        let mut texts = self.0.iter().rev().filter(|(other, _)| *other == purpose).map(|(_, text)| text.as_str());
        texts.nth(steps.checked_sub(1)?)
    }
}

impl Prompt {
    /// The names that can stand here and begin with `text`, most wanted first.
    fn names(&self, text: &str) -> Vec<Completion> {
        let text: String = text.chars().map(narrow).collect();
        let simulated = self.faults.is_some();
        let named = |command: &Command| is_on_line(*command) && (simulated || *command != Command::Fault);
        let all =
            FIRST.into_iter().chain(COMMANDS.iter().map(|(_, command)| *command).filter(|it| !FIRST.contains(it)));
        all.filter(named)
            .map(|command| Completion { name: command.name(), command: Some(command) })
            .filter(|completion| completion.name.starts_with(text.trim()))
            .collect()
    }

    /// The command of this text: one of this name, or the only one that begins so.
    pub(super) fn command(&self, text: &str) -> Option<Command> {
        let text: String = text.trim().chars().map(narrow).collect();
        let all = self.names(&text);
        let exact = all.iter().find(|completion| completion.name == text);
        exact.or_else(|| all.first().filter(|_| all.len() == 1))?.command
    }

    /// The words behind `fault`, where there are faults.
    pub(super) fn order<'a>(&self, text: &'a str) -> Option<&'a str> {
        let words = text.trim_start().strip_prefix(FAULT)?;
        let apart = words.is_empty() || words.starts_with(char::is_whitespace);
        (self.faults.is_some() && apart).then(|| words.trim_start())
    }

    /// All completions of `stem`.
    fn completions(&self, stem: &str) -> Vec<Completion> {
        match (self.order(stem), self.faults) {
            (Some(order), Some(faults)) if stem.trim_start() != FAULT => {
                let names = faults.iter().copied().chain([CLEAR]).filter(|name| name.starts_with(order));
                names.map(|name| Completion { name, command: None }).collect()
            }
            _ => self.names(stem),
        }
    }

    /// All texts that the field may become, and which of them is in it by the key that completes.
    #[must_use]
    pub fn candidates(&self) -> (Vec<Completion>, Option<usize>) {
        let text = self.editor.text();
        let all = self.completions(self.stem.as_deref().unwrap_or(&text));
        let at = self.stem.as_ref().and_then(|_| all.iter().position(|one| one.line() == text));
        (all, at)
    }

    /// The next completion of what was written.
    pub(super) fn complete(&mut self) {
        let text = self.editor.text();
        let stem = self.stem.take().unwrap_or_else(|| text.clone());
        let all = self.completions(&stem);
        let after = all.iter().position(|one| one.line() == text).map_or(0, |at| at + 1);
        if let Some(next) = all.get(after).or(all.first()) {
            self.editor.clear();
            // With room for a name behind the command that takes one.
            let gap = if next.name == FAULT { " " } else { "" };
            self.editor.insert(&format!("{}{gap}", next.line()));
            self.stem = gap.is_empty().then_some(stem);
        }
    }

    /// Puts an earlier text into the field, or what was written before the first of them.
    pub(super) fn recall(&mut self, older: bool, history: &PromptHistory) {
        let steps = if older { self.recalled + 1 } else { self.recalled.saturating_sub(1) };
        let text = if steps == 0 { Some(&*self.written) } else { history.back(self.purpose, steps) };
        let Some(text) = text.map(str::to_owned) else { return };
        if self.recalled == 0 {
            self.written = self.editor.text();
        }
        self.recalled = steps;
        self.editor.clear();
        self.editor.insert(&text);
    }
}

impl Completion {
    /// The whole line that names it.
    fn line(&self) -> String {
        match self.command {
            Some(_) => self.name.to_owned(),
            None => format!("{FAULT} {}", self.name),
        }
    }
}

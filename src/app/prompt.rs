//! The one-line field at the bottom: filter of the list, search in the form, command by name.

use super::command::{COMMANDS, Command};
use super::editor::{Editor, Lines};
use super::{App, Effect, TextKey, Typed};

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
    stem: Option<String>,
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
    fn commands<'a>(&self, text: &'a str) -> impl Iterator<Item = (&'static str, Command)> + use<'a> {
        let simulated = self.faults.is_some();
        let named = move |command: Command| is_on_line(command) && (simulated || command != Command::Fault);
        COMMANDS.iter().copied().filter(move |(name, command)| named(*command) && name.starts_with(text))
    }

    /// The words behind `fault`, where there are faults.
    fn order<'a>(&self, text: &'a str) -> Option<&'a str> {
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
    fn complete(&mut self) {
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

impl App {
    pub(super) fn open_prompt(&mut self, purpose: Purpose) {
        let text = match purpose {
            Purpose::Filter => self.inbox.filter.clone(),
            Purpose::History => self.history.words.clone(),
            Purpose::FormSearch => self.form.search.clone(),
            Purpose::Command => String::new(),
        };
        self.prompt = Some(Prompt::new(purpose, &text, self.settings.faults));
    }

    /// Text while a one-line field is open: filter and search follow every key.
    pub(super) fn prompt_text(&mut self, typed: &Typed) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        prompt.unknown = false;
        prompt.stem = None;
        match typed {
            Typed::Text(TextKey::Backspace) if prompt.editor.is_empty() => self.prompt = None,
            Typed::Text(key) => prompt.editor.edit(*key),
            Typed::Paste(text) => prompt.editor.insert(text),
            Typed::Command(_) | Typed::Unbound => {}
        }
        self.follow_prompt();
        Vec::new()
    }

    fn follow_prompt(&mut self) {
        let Some(prompt) = &self.prompt else { return };
        let text = prompt.editor.text();
        match prompt.purpose {
            Purpose::Filter => {
                self.inbox.filter = text;
                self.rearrange();
            }
            Purpose::FormSearch => {
                let masked = self.masks_form();
                self.form.search = text;
                self.form.find(true, true, masked, self.screen.form_rows());
            }
            Purpose::History => {
                self.history.words = text;
                if let Some(page) = &mut self.page {
                    page.scroll = 0;
                }
            }
            Purpose::Command => {}
        }
    }

    pub(super) fn prompt_command(&mut self, command: Command) -> Vec<Effect> {
        let Some(mut prompt) = self.prompt.take() else { return Vec::new() };
        match (command, prompt.purpose) {
            (Command::Escape | Command::Back, purpose) => match purpose {
                Purpose::Filter => {
                    self.inbox.filter = prompt.before;
                    self.rearrange();
                }
                Purpose::FormSearch => self.form.search = prompt.before,
                Purpose::History => self.history.words = prompt.before,
                Purpose::Command => {}
            },
            (Command::Finish, Purpose::FormSearch) => self.find_in_form(true, true),
            (Command::Finish, Purpose::Filter | Purpose::History) => {}
            (Command::Finish, Purpose::Command) => {
                let text = prompt.editor.text().trim().to_owned();
                if text.is_empty() {
                    return Vec::new();
                }
                if let Some(order) = prompt.order(&text).filter(|order| !order.is_empty()) {
                    return vec![Effect::Fault(order.to_owned())];
                }
                let all: Vec<_> = prompt.commands(&text).collect();
                let exact = all.iter().find(|(name, _)| *name == text);
                if let Some(&(_, command)) = exact.or(all.first().filter(|_| all.len() == 1)) {
                    return self.command(command);
                }
                prompt.unknown = true;
                self.prompt = Some(prompt);
            }
            (Command::Complete, Purpose::Command) => {
                prompt.unknown = false;
                prompt.complete();
                self.prompt = Some(prompt);
            }
            _ => self.prompt = Some(prompt),
        }
        Vec::new()
    }
}

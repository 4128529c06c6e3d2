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
    /// What stood in the field's place before, put back by `Esc`.
    pub(super) before: String,
}

/// What the field is for.
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
    pub fn new(purpose: Purpose, text: &str) -> Self {
        Self { purpose, editor: Editor::new(text, Lines::One), unknown: false, before: text.to_owned() }
    }
}

/// Names that the command line offers: what can be meant without a dialog being open.
fn is_on_line(command: Command) -> bool {
    !matches!(
        command,
        Command::Confirm
            | Command::EditOpinion
            | Command::Finish
            | Command::Canned(_)
            | Command::Choose
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

impl Prompt {
    /// Command names that begin with what is written.
    pub fn completions(&self) -> impl Iterator<Item = (&'static str, Command)> {
        let text = self.editor.text().trim().to_owned();
        COMMANDS.iter().copied().filter(move |(name, command)| is_on_line(*command) && name.starts_with(&text))
    }
}

impl App {
    pub(super) fn open_prompt(&mut self, purpose: Purpose) {
        let text = match purpose {
            Purpose::Filter => self.inbox.filter.clone(),
            Purpose::History => self.history.words.clone(),
            Purpose::FormSearch | Purpose::Command => String::new(),
        };
        self.prompt = Some(Prompt::new(purpose, &text));
    }

    /// Text while a one-line field is open: filter and search follow every key.
    pub(super) fn prompt_text(&mut self, typed: &Typed) -> Vec<Effect> {
        let Some(prompt) = &mut self.prompt else { return Vec::new() };
        prompt.unknown = false;
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
                self.form.search = text;
                self.form.find(true, true, self.screen.form_rows());
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
                let only = {
                    let mut all = prompt.completions();
                    all.next().filter(|_| all.next().is_none())
                };
                let exact = Command::named(&text).filter(|command| is_on_line(*command));
                if let Some(command) = exact.or(only.map(|(_, command)| command)) {
                    return self.command(command);
                }
                prompt.unknown = true;
                self.prompt = Some(prompt);
            }
            (Command::Choose, Purpose::Command) => {
                let first = prompt.completions().next().map(|(name, _)| name);
                if let Some(name) = first {
                    prompt.editor.clear();
                    prompt.editor.insert(name);
                }
                self.prompt = Some(prompt);
            }
            _ => self.prompt = Some(prompt),
        }
        Vec::new()
    }
}

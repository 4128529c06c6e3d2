//! The one-line field at the bottom: what it filters, finds and runs.

use crate::app::message::{TextKey, Typed};
use crate::app::prompt::{Prompt, Purpose};
use crate::app::{App, Command};

/// Request at the end of a one-line field.
pub(super) enum PromptEnd {
    Nothing,
    /// The command that was named.
    Run(Command),
    /// The simulated organisation is to show this.
    Fault(String),
}

impl App {
    pub(super) fn open_prompt(&mut self, purpose: Purpose) {
        let text = match purpose {
            Purpose::Filter => self.inbox.filter.clone(),
            Purpose::History => self.history.words.clone(),
            Purpose::Help => self.help_search.words.clone(),
            Purpose::FormSearch => self.form.search.clone(),
            Purpose::Command => String::new(),
        };
        self.prompt = Some(Prompt::new(purpose, &text, self.settings.faults));
    }

    /// Text while a one-line field is open: filter and search follow every key.
    pub(super) fn prompt_text(&mut self, typed: &Typed) {
        let Some(prompt) = &mut self.prompt else { return };
        prompt.unknown = false;
        prompt.stem = None;
        match typed {
            Typed::Text(TextKey::Backspace) if prompt.editor.is_empty() => self.prompt = None,
            Typed::Text(key @ (TextKey::Up | TextKey::Down)) => {
                prompt.recall(*key == TextKey::Up, &self.prompt_history);
            }
            Typed::Text(key) => prompt.editor.edit(*key),
            Typed::Paste(text) => prompt.editor.insert(text),
            Typed::Command(_) | Typed::Unbound(_) => {}
        }
        self.follow_prompt();
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
                self.form.search_for(text);
                self.form.find(true, true, masked, self.screen.form_rows());
            }
            Purpose::History => {
                self.history.words = text;
                if let Some(page) = &mut self.page {
                    page.scroll = 0;
                }
            }
            Purpose::Help => self.help_search.find(text),
            Purpose::Command => {}
        }
    }

    /// A command while the field is open.
    pub(super) fn prompt_command(&mut self, command: Command) -> PromptEnd {
        let Some(mut prompt) = self.prompt.take() else { return PromptEnd::Nothing };
        if command == Command::Finish {
            self.prompt_history.note(prompt.purpose, &prompt.editor.text());
        }
        match (command, prompt.purpose) {
            (Command::Escape | Command::Back, purpose) => match purpose {
                Purpose::Filter => {
                    self.inbox.filter = prompt.before;
                    self.rearrange();
                }
                Purpose::FormSearch => self.form.search_for(prompt.before),
                Purpose::History => self.history.words = prompt.before,
                Purpose::Help => self.help_search.find(prompt.before),
                Purpose::Command => {}
            },
            (Command::Finish, Purpose::FormSearch) => self.find_in_form(true, true),
            (Command::Finish, Purpose::Filter | Purpose::History | Purpose::Help) => {}
            (Command::Finish, Purpose::Command) => {
                let text = prompt.editor.text().trim().to_owned();
                if text.is_empty() {
                    return PromptEnd::Nothing;
                }
                if let Some(order) = prompt.order(&text).filter(|order| !order.is_empty()) {
                    return PromptEnd::Fault(order.to_owned());
                }
                if let Some(command) = prompt.command(&text) {
                    return PromptEnd::Run(command);
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
        PromptEnd::Nothing
    }
}

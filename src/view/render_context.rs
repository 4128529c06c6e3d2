//! Context that every part of the screen draws from: the state, the words, the theme, and a few shared questions.

use std::borrow::Cow;

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text_layout;
use super::theme::{StyleRole, Theme};
use crate::app::{App, Request, Subject};
use crate::domain::{I18n, Millis, PersonId, Process, TaskKey, mask};
use crate::keys::Keymap;
use crate::text::{Localizer, Sentence, Word, row, short_id};

pub(super) struct RenderContext<'a> {
    pub(super) app: &'a App,
    pub(super) keymap: &'a Keymap,
    pub(super) theme: &'a Theme,
    pub(super) localizer: Localizer<'a>,
}

impl<'a> RenderContext<'a> {
    pub(super) fn new(app: &'a App, keymap: &'a Keymap, theme: &'a Theme) -> Self {
        let localizer = Localizer {
            lang: app.settings.lang,
            keymap,
            zone: &app.settings.zone,
            now: app.now.wall,
            layers: app.layers(),
            simulated: app.settings.is_simulated(),
        };
        Self { app, keymap, theme, localizer }
    }

    pub(super) fn style(&self, role: StyleRole) -> Style {
        self.theme.style(role)
    }

    pub(super) fn span(&self, role: StyleRole, text: impl Into<Cow<'static, str>>) -> Span<'static> {
        Span::styled(text, self.style(role))
    }

    pub(super) fn line(&self, role: StyleRole, text: impl Into<Cow<'static, str>>) -> Line<'static> {
        Line::from(self.span(role, text))
    }

    pub(super) fn word(&self, word: Word) -> &'static str {
        self.localizer.word(word)
    }

    /// Text in the user's language, on one line and without control characters.
    pub(super) fn text(&self, text: &I18n) -> String {
        self.localizer.text(text).into_owned()
    }

    pub(super) fn shown(&self) -> Option<&'a TaskKey> {
        self.app.subject(Subject::Screen)
    }

    pub(super) fn request(&self) -> Option<&'a Request> {
        self.shown().and_then(|key| self.app.requests.get(&key.process))
    }

    /// Words about a process: its name, or a person's words. Without figures while the process is masked.
    pub(super) fn words<'t>(&self, process: &Process, text: &'t str) -> Cow<'t, str> {
        if self.app.is_masked(process) { mask::conceal(text) } else { Cow::Borrowed(text) }
    }

    /// A person by the name in the answer, else that of look-ups, else the id.
    pub(super) fn person(&self, id: Option<&PersonId>, name: &I18n) -> String {
        if !name.is_empty() {
            return self.text(name);
        }
        match id {
            None => self.word(Word::System).to_owned(),
            Some(id) => match self.app.names.of_person(id) {
                Some(name) => self.text(name),
                None => short_id(id.as_str()),
            },
        }
    }

    pub(super) fn initiator(&self, process: &Process) -> String {
        row::initiator(self.localizer.lang, &self.app.names, process)
    }

    /// Requester and kind of a process.
    pub(super) fn title(&self, process: &Process, kind: &I18n) -> String {
        let (requester, kind) = (self.initiator(process), self.localizer.kind(kind, process.properties));
        let by_system = process.by_system && self.app.names.initiator(process).is_empty();
        let requester = (!by_system).then_some(&*requester);
        self.localizer.say(&Sentence::RequestFrom { requester, kind: &kind })
    }

    /// Kind of a process; one without a name goes by its number.
    pub(super) fn kind(&self, process: &Process) -> String {
        if process.kind().is_empty() { self.localizer.process(&process.id) } else { self.text(process.kind()) }
    }

    pub(super) fn is_operator(&self, id: Option<&PersonId>) -> bool {
        id == Some(&self.app.settings.operator.id)
    }

    pub(super) fn moment(&self, at: Option<Millis>) -> String {
        at.map(|at| self.localizer.moment(at)).unwrap_or_default()
    }

    /// How long the approver's task waits.
    pub(super) fn waiting(&self, process: &Process, key: &TaskKey) -> Option<String> {
        Some(self.waited(process.todo(&key.approver)?.create_time?))
    }

    /// How long something waits that began then.
    pub(super) fn waited(&self, since: Millis) -> String {
        let minutes = (self.app.now.wall - since) / 60_000;
        self.localizer.say(&Sentence::WaitingFor(minutes))
    }

    /// A rule across the place with words in it, at its start and at its end.
    pub(super) fn titled_rule(&self, left: Vec<Span<'static>>, right: &str, columns: u16) -> Line<'static> {
        let columns = usize::from(columns);
        let rule = self.style(StyleRole::Rule);
        if left.is_empty() {
            return Line::from(Span::styled("─".repeat(columns), rule));
        }
        let right = if right.is_empty() { String::new() } else { format!(" {right} ") };
        let room = columns.saturating_sub(text_layout::width(&right) + 4);
        let mut spans = vec![Span::styled("─ ", rule)];
        spans.extend(text_layout::cut_line(Line::from(left), room).spans);
        spans.push(Span::raw(" "));
        let used: usize = spans.iter().map(|span| text_layout::width(&span.content)).sum();
        let missing = columns.saturating_sub(used + text_layout::width(&right) + 1);
        spans.push(Span::styled("─".repeat(missing), rule));
        spans.push(self.span(StyleRole::Dim, right));
        spans.push(Span::styled("─", rule));
        Line::from(spans)
    }

    /// Wrapped text in one style, with the same indent on every line.
    pub(super) fn wrapped(&self, role: StyleRole, text: &str, indent: usize, columns: usize) -> Vec<Line<'static>> {
        let lines = text_layout::wrap(text, columns.saturating_sub(indent));
        self.indented(role, lines, indent)
    }

    /// The same from a line on, `(first, rows)`.
    pub(super) fn wrapped_window(
        &self,
        role: StyleRole,
        text: &str,
        indent: usize,
        columns: usize,
        (first, rows): (usize, usize),
    ) -> Vec<Line<'static>> {
        self.indented(role, text_layout::wrap_window(text, columns.saturating_sub(indent), first, rows), indent)
    }

    fn indented(&self, role: StyleRole, lines: Vec<String>, indent: usize) -> Vec<Line<'static>> {
        let margin = " ".repeat(indent);
        lines.into_iter().map(|line| Line::from(vec![Span::raw(margin.clone()), self.span(role, line)])).collect()
    }
}

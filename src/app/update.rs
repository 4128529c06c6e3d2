//! Routing: the receiver of each message, and the steps after every message.

use std::time::Duration;

use super::command::{Command, Tab};
use super::dispatch::{LONGEST_READ, Surroundings};
use super::fact::Fact;
use super::list_cursor::Way;
use super::notice::Notice;
use super::order::Order;
use super::pages::{Page, PageKind};
use super::prompt::Purpose;
use super::screen::{Extent, Shape};
use super::{App, Effect, Event, Leaving, Message, Pane, Slot, Subject, Typed};
use crate::domain::failure::not_recorded;
use crate::domain::{Action, CleanText, Now, TaskKey};

/// How long the cursor must rest on a row before the preview follows it.
const REST: Duration = Duration::from_millis(150);

impl App {
    /// Handles one message at a point in time. Returns the effects.
    pub fn update(&mut self, message: Message, now: Now) -> Vec<Effect> {
        if let Message::Event(Event::Drawn(extent)) = message {
            self.drawn(extent);
            return Vec::new();
        }
        // During the quit question the user may think in silence, and nothing is sent without their answer.
        let asking = self.leaving == Some(Leaving::Asking);
        self.unheard = if asking { Duration::ZERO } else { now.mono.since(self.now.mono) };
        if self.unheard > LONGEST_READ {
            self.stopped_at = Some(self.now.mono);
        }
        self.now = now;
        self.sync.set_now(now.mono);
        self.note_sight();
        let is_key = matches!(message, Message::Typed { .. });
        if is_key {
            self.pressed = Some(now);
        }
        self.outbox.begin(now, self.idle(now));
        let mut effects = match message {
            Message::Typed { typed, burst } => {
                self.burst = burst;
                self.inbox.touched = true;
                self.typed(typed)
            }
            Message::Event(event) => self.happened(event),
        };
        self.act_on_facts();
        self.follow_with_preview();
        if !self.ending {
            self.note_seen();
            effects.extend(self.send_due());
            self.act_on_facts();
            effects.extend(self.reads_due());
            effects.extend(self.left());
        }
        self.notices_follow();
        self.keep_revealed(is_key);
        self.watch_form();
        if self.outbox.has_records() && self.page.is_some_and(|page| page.kind == PageKind::History) {
            // The page equals the journal, also for changes while it is open.
            effects.push(self.read_history());
        }
        // Records first: a decision is in the journal before it is sent.
        self.outbox.take_records().chain(effects).collect()
    }

    /// The queue is worked. While the user is asked what becomes of it, the clock does not answer.
    fn send_due(&mut self) -> Vec<Effect> {
        if self.leaving == Some(Leaving::Asking) {
            return Vec::new();
        }
        let (unheard, stopped_at) = (self.unheard, self.stopped_at);
        let mut around = Surroundings { sync: &mut self.sync, cases: &self.cases, unheard, stopped_at };
        self.outbox.send_due(&mut around)
    }

    /// Facts of the sub-states since then.
    fn act_on_facts(&mut self) {
        while let Some(fact) = self.outbox.next_fact() {
            match fact {
                Fact::Say(notice) => self.notices.say(notice, self.now),
                Fact::TellOnce(notice) if self.notices.has_said(&notice) => {}
                Fact::Tell(notice) | Fact::TellOnce(notice) => {
                    if self.leaving.is_some() {
                        self.parting.push(notice.clone());
                    }
                    self.notices.say(notice, self.now);
                }
                Fact::Applied(key, action) => self.applied(&key, action),
                Fact::TaskEnded(key) => self.inbox.mark_gone(&key),
                Fact::Reread(process) => self.sync.want(&process),
                Fact::RereadAt(process, at) => self.sync.look_again(&process, at),
                Fact::Limited(endpoint, until) => self.sync.limit(endpoint, until),
                Fact::JournalLost(failure) => {
                    if self.journal_failure.replace(failure.clone()).is_none() {
                        self.notices.say(Notice::JournalLost(failure), self.now);
                    }
                }
            }
        }
    }

    fn applied(&mut self, key: &TaskKey, action: Action) {
        self.drafts.remove(&(key.clone(), action));
        let stays = matches!(action, Action::AddSign | Action::Revoke);
        if !stays {
            self.inbox.mark_gone(key);
        }
        // The user's own change must not look like another person's in their next decision there.
        if stays || self.inbox.has_beside(key) {
            self.sync.want(&key.process);
        }
    }

    /// A frame bounds scrolling, and tells whether the review in it was there whole.
    fn drawn(&mut self, extent: Extent) {
        self.screen.extent = extent;
        if let Some(dialog) = &mut self.dialog {
            dialog.drawn(&self.screen, &self.settings.operator, extent.hidden == 0);
        }
    }

    fn happened(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Recovered(recovered) => self.recovered(*recovered),
            Event::NotRecorded(words) => self.outbox.journal_lost(not_recorded(words)),
            Event::Started { first: None } => return self.refresh_list(false).into_iter().collect(),
            Event::Started { first: Some(Ok(page)) } => {
                let effects = self.page_came(page);
                self.case_changed();
                return effects;
            }
            Event::Started { first: Some(Err(failure)) } => self.first_failed(failure),
            Event::Resized { columns, rows } => {
                self.screen.columns = columns;
                self.screen.rows = rows;
                self.inbox.fit(self.screen.list_rows());
                self.form.fit(self.screen.form_rows());
                self.screen.travel(Way::By(0));
            }
            Event::Woke => return self.woke(),
            Event::Answered { id, slot, result } => {
                let before = self.selected().cloned();
                let effects = self.answered(id, &slot, result);
                if self.selected() != before.as_ref() {
                    self.case_changed();
                }
                return effects;
            }
            Event::Written { id, result } => {
                self.outbox.answered(id, &result);
                return self.end_when_answered();
            }
            Event::Drawn(extent) => self.drawn(extent),
            Event::Resumed => return vec![Effect::Repaint],
            Event::HungUp => return self.hung_up(),
            Event::Copied => self.notices.say(Notice::Copied, self.now),
            Event::Faults(Ok(in_force)) => self.notices.say(Notice::FaultsInForce(in_force), self.now),
            Event::Faults(Err(problem)) => self.notices.say(Notice::FaultNotSet(problem), self.now),
        }
        Vec::new()
    }

    fn woke(&mut self) -> Vec<Effect> {
        self.notices.woke(self.now);
        self.sync_woke()
    }

    fn typed(&mut self, typed: Typed) -> Vec<Effect> {
        let before = self.selected().cloned();
        let mut effects = match typed {
            Typed::Command(command) => self.command(command),
            text @ (Typed::Text(_) | Typed::Paste(_)) if self.prompt.is_some() => self.prompt_text(&text),
            text @ (Typed::Text(_) | Typed::Paste(_)) if self.dialog.is_some() => self.decide_text(&text),
            Typed::Paste(_) => {
                self.notices.say(Notice::PasteIgnored, self.now);
                Vec::new()
            }
            Typed::Text(_) | Typed::Unbound => Vec::new(),
        };
        if self.selected() != before.as_ref() {
            self.case_changed();
        }
        if !self.ending {
            effects.extend(self.refresh_if_old());
        }
        effects
    }

    pub(super) fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Repaint => return vec![Effect::Repaint],
            Command::Suspend => return vec![Effect::Suspend],
            _ => {}
        }
        if self.leaving.is_some() {
            self.leave(command);
            return Vec::new();
        }
        if command == Command::Quit {
            self.quit();
            return Vec::new();
        }
        if let Some(prompt) = &self.prompt
            && prompt.purpose == Purpose::History
        {
            return self.prompt_command(command);
        }
        if let Some(page) = self.page {
            if page.kind == PageKind::Links && command == Command::CopyValue {
                return self.copy_link();
            }
            if page.kind == PageKind::History && command == Command::Find {
                self.open_prompt(Purpose::History);
                return Vec::new();
            }
            return self.page_command(page, command);
        }
        if self.prompt.is_some() {
            return self.prompt_command(command);
        }
        if command == Command::Help {
            return self.open_page(PageKind::Help);
        }
        if self.dialog.is_some() {
            return self.decide(command);
        }
        if command == Command::Escape && self.reconcile.is_none() && self.take_news_away() {
            return Vec::new();
        }
        self.notices.dismiss();
        let above = [Command::Messages, Command::History, Command::CommandLine, Command::Difference, Command::Links];
        if self.reconcile.is_some() && !above.contains(&command) {
            return self.reconcile(command);
        }
        if let Err(reason) = self.can(command) {
            self.notices.say(Notice::Unavailable { command, reason }, self.now);
            return Vec::new();
        }
        self.obey(command)
    }

    /// Performs an available command, with nothing open above the panes.
    pub(super) fn obey(&mut self, command: Command) -> Vec<Effect> {
        if let Some(kind) = PageKind::of(command) {
            return self.open_page(kind);
        }
        if let Some(way) = Way::of(command) {
            self.travel(way);
            return Vec::new();
        }
        match command {
            Command::Decide(action) => return self.open_decision(action),
            Command::TakeBack => self.outbox.undo_newest(),
            Command::TakeBackAll => self.outbox.undo_all(),
            Command::Refresh => return self.refresh_all().into_iter().collect(),
            Command::Back => self.back(),
            Command::Escape => self.escape(),
            Command::Reconcile => self.open_reconcile(),
            Command::CommandLine => self.open_prompt(Purpose::Command),
            Command::Find if self.screen.pane == Pane::Form => self.open_prompt(Purpose::FormSearch),
            Command::Find => self.open_prompt(Purpose::Filter),
            Command::CycleSort => {
                self.inbox.sort = self.inbox.sort.next();
                self.rearrange();
            }
            Command::Open => self.open_case(),
            Command::Show(tab) => self.show_tab(tab),
            Command::NextPane => self.turn_pane(true),
            Command::PreviousPane => self.turn_pane(false),
            Command::NextCase => self.travel_list(Way::By(1)),
            Command::PreviousCase => self.travel_list(Way::By(-1)),
            Command::ToggleFold => self.form.toggle(self.screen.form_rows()),
            Command::Collapse => self.form.collapse(self.screen.form_rows()),
            Command::Expand => self.form.expand(self.screen.form_rows()),
            Command::ExpandAll => self.form.expand_all(self.screen.form_rows()),
            Command::NextMatch => self.find_in_form(true, false),
            Command::PreviousMatch => self.find_in_form(false, false),
            Command::Reveal => self.reveal(),
            Command::CopyValue => return self.copy_value(),
            Command::Download => return self.download(),
            Command::Fault => return vec![Effect::Fault(String::new())],
            _ => {}
        }
        Vec::new()
    }

    fn travel(&mut self, way: Way) {
        match self.screen.pane {
            Pane::List => self.travel_list(way),
            Pane::Form => self.form.travel(way, self.screen.form_rows()),
            Pane::Process => self.screen.travel(way),
        }
    }

    fn travel_list(&mut self, way: Way) {
        self.inbox.travel(way, self.screen.list_rows());
    }

    fn open_case(&mut self) {
        if self.screen.pane == Pane::List {
            self.screen.pane = Pane::Process;
        }
    }

    pub(super) fn show_tab(&mut self, tab: Tab) {
        if tab == Tab::Form {
            self.screen.pane = Pane::Form;
        } else {
            self.screen.pane = Pane::Process;
            self.screen.tab = tab;
            self.screen.scroll = 0;
        }
    }

    fn turn_pane(&mut self, forward: bool) {
        self.screen.pane = match (self.screen.pane, forward) {
            (Pane::List, true) | (Pane::Form, false) => Pane::Process,
            (Pane::Process, true) | (Pane::List, false) => Pane::Form,
            (Pane::Form, true) | (Pane::Process, false) => Pane::List,
        };
    }

    fn back(&mut self) {
        if self.screen.pane == Pane::List {
            self.quit();
        } else {
            self.screen.pane = Pane::List;
        }
    }

    fn escape(&mut self) {
        if self.screen.pane != Pane::List {
            self.screen.pane = Pane::List;
        } else if !self.inbox.filter.is_empty() {
            self.inbox.filter.clear();
            self.rearrange();
        }
    }

    /// Sorts and filters the list again by current knowledge.
    pub(super) fn rearrange(&mut self) {
        self.inbox.arrange(&Order::new(&self.cases, &self.names, &self.settings, &self.screen));
    }

    /// Another case is under the cursor.
    pub(super) fn case_changed(&mut self) {
        self.screen.scroll = 0;
        self.rests_at = Some(self.now.mono + REST);
    }

    /// The preview follows a resting cursor, and at once where only one target is possible: it was empty, or a request
    /// is open.
    fn follow_with_preview(&mut self) {
        let rested = self.rests_at.is_none_or(|at| at <= self.now.mono);
        if rested || self.previewed.is_none() || self.screen.pane != Pane::List || self.dialog.is_some() {
            self.previewed = self.inbox.cursor().cloned();
            if self.rests_at.take().is_some() {
                self.show_form();
            }
        }
        if self.form.process() != self.subject(Subject::Screen).map(|key| &key.process) {
            self.show_form();
        }
    }

    /// Shows the form of the case on screen in the form pane.
    pub(super) fn show_form(&mut self) {
        let process = self.subject(Subject::Screen).map(|key| key.process.clone());
        let form = process.as_ref().and_then(|id| self.cases.get(id)).and_then(|case| case.form.here());
        self.form.show(process.as_ref(), form.and_then(Option::as_deref), self.screen.form_rows());
    }

    /// Records the visible content of the request under the cursor, with nothing above it.
    fn note_seen(&mut self) {
        let covered = self.page.is_some() || self.open_list().is_some();
        if self.screen.pane == Pane::List || self.screen.shape() == Shape::TooSmall || covered {
            return;
        }
        let Some(key) = self.subject(Subject::Keys) else { return };
        let (process, own) = (key.process.clone(), self.outbox.is_applied(key));
        let case = self.cases.entry(&process);
        let changed = case.is_changed();
        if let Some(shown) = case.shown() {
            let before = case.opened.take().filter(|_| changed);
            case.opened = Some(shown.clone());
            if let Some(before) = before {
                case.before = Some(before.clone());
                if !own {
                    self.notices.say(Notice::CaseChanged { before, now: shown }, self.now);
                }
            }
        }
    }

    /// Opens a page. Its subject is one task, independent of later moves of the cursor and of the notice line: that of
    /// the previous page, if there was one.
    pub(super) fn open_page(&mut self, kind: PageKind) -> Vec<Effect> {
        let before = self.page.and_then(|_| self.page_target.clone());
        let about = before.or_else(|| match kind {
            PageKind::Difference => self.compared(),
            PageKind::Links => self.subject(Subject::Links).cloned(),
            PageKind::Help | PageKind::Messages | PageKind::History => None,
        });
        self.open_page_about(kind, about);
        if kind == PageKind::History { vec![self.read_history()] } else { Vec::new() }
    }

    pub(super) fn open_page_about(&mut self, kind: PageKind, about: Option<TaskKey>) {
        self.page = Some(Page { kind, scroll: 0 });
        self.page_target = about;
    }

    /// A command while a page is open. Its own key closes it, the key of another page goes there.
    fn page_command(&mut self, page: Page, command: Command) -> Vec<Effect> {
        if let Some(way) = Way::of(command) {
            self.page = Some(Page { scroll: self.screen.extent.travel(way, page.scroll), ..page });
            return Vec::new();
        }
        match command {
            Command::Reveal => {
                if self.page_target.is_some() {
                    self.reveal();
                }
            }
            Command::Escape | Command::Back => {
                self.page = None;
            }
            Command::Refresh if self.dialog.is_none() => return self.refresh_under(page),
            other => {
                return match (PageKind::of(other), self.can(other)) {
                    (Some(kind), _) if kind == page.kind => {
                        self.page = None;
                        Vec::new()
                    }
                    (Some(kind), Ok(())) => {
                        self.notices.dismiss();
                        self.open_page(kind)
                    }
                    (Some(_), Err(reason)) => {
                        self.notices.say(Notice::Unavailable { command, reason }, self.now);
                        Vec::new()
                    }
                    (None, _) => Vec::new(),
                };
            }
        }
        Vec::new()
    }

    /// Refreshes below a page: messages name this key, so it works where they are read.
    fn refresh_under(&mut self, page: Page) -> Vec<Effect> {
        let mut effects = if self.reconcile.is_some() {
            self.reconcile(Command::Refresh)
        } else {
            self.refresh_all().into_iter().collect()
        };
        if page.kind == PageKind::History {
            effects.push(self.read_history());
        }
        effects
    }

    /// Copies the browser link of the case.
    fn copy_link(&mut self) -> Vec<Effect> {
        let Some(link) = self.link() else {
            self.notices.say(Notice::NothingToCopy, self.now);
            return Vec::new();
        };
        vec![Effect::Copy(link.to_string())]
    }

    /// Copies the form value under the cursor, unless it is masked.
    fn copy_value(&mut self) -> Vec<Effect> {
        if self.masks_form() && self.form.selected().is_some_and(super::form::FormRow::is_covered) {
            self.notices.say(Notice::CopyMasked, self.now);
            return Vec::new();
        }
        let text = self.form.selected().map(super::form::FormRow::copied).unwrap_or_default();
        if text.is_empty() {
            self.notices.say(Notice::NothingToCopy, self.now);
            return Vec::new();
        }
        vec![Effect::Copy(text)]
    }

    fn download(&mut self) -> Vec<Effect> {
        let Some(file) = self.form.file_under_cursor().cloned() else { return Vec::new() };
        let slot = Slot::Download(file.id.clone());
        if self.sync.reads(&slot) {
            return Vec::new();
        }
        self.notices.say(Notice::Downloading(file.name.clone()), self.now);
        vec![self.sync.read(slot, Duration::ZERO, super::Query::Download(file))]
    }

    pub(super) fn find_in_form(&mut self, forward: bool, here: bool) {
        let masked = self.masks_form();
        if !self.form.find(forward, here, masked, self.screen.form_rows()) {
            self.notices.say(Notice::NoMatch, self.now);
        }
    }

    /// On the page of links: the browser link of the operator's task, else of the process.
    fn link(&self) -> Option<&CleanText> {
        let key = self.page_target.as_ref()?;
        let process = self.cases.process(&key.process)?;
        let own = process.todo(&key.approver).map(|todo| &todo.links.web);
        own.into_iter().chain([&process.start_links.web]).find(|link| !link.is_empty())
    }
}

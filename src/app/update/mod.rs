//! Composition: which sub-state hears which message, and what follows from every message alike. The files of this folder
//! call one another downwards only; [`App::update`] is on top.

mod alerts;
mod announced;
mod answers;
mod applied;
mod arrivals;
mod available;
mod cache;
mod decide;
pub mod diff;
mod issues;
mod layers;
mod masks;
mod pages;
mod panes;
mod people;
mod prompt;
mod quit;
mod recovery;
mod refresh;
mod sight;

use std::time::Duration;

use self::prompt::PromptEnd;
use super::command::Command;
use super::dispatch::{LONGEST_READ, Surroundings};
use super::fact::Fact;
use super::list_cursor::Way;
use super::notice::Notice;
use super::order::Order;
use super::pages::{Page, PageKind};
use super::prompt::Purpose;
use super::reason::Reason;
use super::screen::Extent;
use super::{App, Effect, Event, Leaving, Message, Pane, Typed};
use crate::domain::failure::not_recorded;
use crate::domain::{Action, CleanText, Now, Priority, TaskKey};

impl App {
    /// Handles one message at a point in time. Returns the effects.
    pub fn update(&mut self, message: Message, now: Now) -> Vec<Effect> {
        if let Message::Event(Event::Drawn(extent)) = message {
            self.drawn(extent);
            return Vec::new();
        }
        // While the question about leaving is open, silence is thinking, and nothing is sent without an answer.
        let asking = self.leaving == Some(Leaving::Asking);
        self.unheard = if asking { Duration::ZERO } else { now.mono.since(self.now.mono) };
        if self.unheard > LONGEST_READ {
            self.stopped_at = Some(self.now.mono);
        }
        self.now = now;
        self.fetch.set_now(now.mono);
        self.note_sight();
        let is_key = matches!(message, Message::Typed { .. });
        if is_key {
            self.pressed = Some(now);
            self.list_refresh.used(now.mono);
        }
        self.outbox.begin(now, self.idle(now));
        let mut effects = match message {
            Message::Typed { typed, burst } => {
                self.burst = burst;
                self.inbox.touched |= self.inbox.cursor().is_some();
                let effects = self.typed(typed);
                // A request that comes into another pane stays there.
                self.inbox.touched |= self.screen.pane != Pane::List;
                effects
            }
            Message::Event(event) => self.happened(event),
        };
        self.act_on_facts();
        self.follow_with_preview();
        if !self.ending {
            self.note_seen();
            effects.extend(self.send_due());
            self.act_on_facts();
            effects.extend(self.announced_due());
            effects.extend(self.left());
        }
        let outbox = &self.outbox;
        self.notices.follow(|key| outbox.entry(key).map(|entry| &entry.state));
        self.keep_revealed(is_key);
        self.watch_form();
        if self.outbox.has_records() && self.page.is_some_and(|page| page.kind == PageKind::History) {
            // The page equals the journal, also for changes while it is open.
            effects.push(self.read_history());
        }
        // Records first: a decision is in the journal before it is sent.
        self.outbox.take_records().chain(effects).collect()
    }

    /// The reads that are due after the messages so far. Asked once for all that came together, before the loop waits.
    pub fn settle(&mut self) -> Vec<Effect> {
        if self.ending {
            return Vec::new();
        }
        let mut effects = self.reads_due();
        effects.extend(self.cached_due());
        effects.extend(self.cache_due());
        self.drop_unused();
        effects
    }

    /// The queue is worked. While the user is asked what becomes of it, the clock does not answer.
    fn send_due(&mut self) -> Vec<Effect> {
        if self.leaving == Some(Leaving::Asking) {
            return Vec::new();
        }
        let (unheard, stopped_at) = (self.unheard, self.stopped_at);
        let mut around = Surroundings { fetch: &mut self.fetch, requests: &self.requests, unheard, stopped_at };
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
                        self.exit_messages.push(notice.clone());
                    }
                    self.notices.say(notice, self.now);
                }
                Fact::Applied(key, action) => self.applied(&key, action),
                Fact::TaskEnded(key) => {
                    self.inbox.mark_gone(&key);
                    self.forget_in_cache();
                }
                Fact::Reread(process) => self.fetch.want(&process),
                Fact::RereadAt(process, at) => self.fetch.look_again(&process, at),
                Fact::Limited(endpoint, until) => self.fetch.limit(endpoint, Priority::Check, until),
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
            self.forget_in_cache();
        }
        // The user's own change must not look like another person's in their next decision there.
        if stays || self.inbox.has_beside(key) {
            self.fetch.want(&key.process);
        }
    }

    /// A frame bounds scrolling, and tells whether the review in it was there whole. Under a page, a field or the question
    /// about leaving, the review is not in the frame.
    fn drawn(&mut self, extent: Extent) {
        self.screen.extent = extent;
        let covered = self.page.is_some() || self.prompt.is_some() || self.leaving.is_some();
        if let Some(dialog) = self.dialog.as_mut().filter(|_| !covered) {
            dialog.drawn(&self.screen, &self.settings.operator, extent.hidden == 0);
        }
    }

    fn happened(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Recovered(recovered) => self.recovered(*recovered),
            Event::Restored(restored) => {
                self.restored(*restored);
                self.request_changed();
            }
            Event::CacheUnused(problem) => self.notices.say(Notice::CacheUnused(problem), self.now),
            Event::CacheLost(problem) => self.notices.say(Notice::CacheLost(problem), self.now),
            Event::NotRecorded(words) => self.outbox.journal_lost(not_recorded(words)),
            Event::Started { first: None } => return self.refresh_list(false).into_iter().collect(),
            Event::Started { first: Some(Ok(page)) } => {
                self.list_refresh.assume_begun(self.now);
                self.list_refresh.show_arrivals(0);
                let effects = self.page_came(page);
                self.request_changed();
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
                    self.request_changed();
                }
                return effects;
            }
            Event::Written { id, result } => {
                self.outbox.answered(id, &result);
                return self.end_when_answered();
            }
            Event::Drawn(extent) => self.drawn(extent),
            Event::Live(event) => return self.live_event(event),
            Event::Resumed => {
                self.missed_announcements();
                let list = self.refresh_list(false);
                return std::iter::once(Effect::Repaint).chain(list).collect();
            }
            Event::HungUp => return self.hung_up(),
            Event::Copied => self.notices.say(Notice::Copied, self.now),
            Event::Faults(Ok(in_force)) => self.notices.say(Notice::FaultsInForce(in_force), self.now),
            Event::Faults(Err(problem)) => self.notices.say(Notice::FaultNotSet(problem), self.now),
        }
        Vec::new()
    }

    fn woke(&mut self) -> Vec<Effect> {
        self.notices.woke(self.now);
        self.finish_canned();
        let mut effects = self.fetch_woke();
        effects.extend(self.poll_list());
        effects
    }

    fn typed(&mut self, typed: Typed) -> Vec<Effect> {
        let before = self.selected().cloned();
        let mut effects = match typed {
            Typed::Command(command) => self.command(command),
            text @ (Typed::Text(_) | Typed::Paste(_)) if self.prompt.is_some() => {
                self.prompt_text(&text);
                Vec::new()
            }
            text @ (Typed::Text(_) | Typed::Paste(_)) if self.dialog.is_some() => self.decide_text(&text),
            Typed::Paste(_) => {
                self.notices.say(Notice::PasteIgnored, self.now);
                Vec::new()
            }
            Typed::Unbound(key) => {
                self.say_unbound(key);
                Vec::new()
            }
            Typed::Text(_) => Vec::new(),
        };
        if self.selected() != before.as_ref() {
            self.request_changed();
        }
        if !self.ending {
            effects.extend(self.refresh_if_old());
        }
        effects
    }

    /// Says that a key means nothing here, unless the notice line tells something else.
    fn say_unbound(&mut self, key: CleanText) {
        let covered = self.dialog.is_some() || self.prompt.is_some() || self.leaving.is_some();
        if !covered
            && !key.is_empty()
            && self.notices.current().is_none_or(|notice| matches!(notice, Notice::Unbound(_)))
        {
            self.notices.show(Notice::Unbound(key), self.now);
        }
    }

    fn command(&mut self, command: Command) -> Vec<Effect> {
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
            && matches!(prompt.purpose, Purpose::History | Purpose::Help)
        {
            return self.command_to_prompt(command);
        }
        if let Some(page) = self.page {
            if page.kind == PageKind::Links && command == Command::CopyValue {
                return self.copy_link();
            }
            if let (Command::Find, Some(purpose)) = (command, page.kind.search()) {
                self.open_prompt(purpose);
                return Vec::new();
            }
            return self.page_command(page, command);
        }
        if self.prompt.is_some() {
            return self.command_to_prompt(command);
        }
        if command == Command::Help {
            return self.open_page(PageKind::Help);
        }
        if self.dialog.is_some() {
            return self.decide(command);
        }
        if command == Command::Escape && self.issues.is_none() && self.take_alert_away() {
            return Vec::new();
        }
        self.notices.dismiss();
        let above = [Command::Messages, Command::History, Command::CommandLine, Command::Difference, Command::Links];
        if self.issues.is_some() && !above.contains(&command) {
            return self.command_to_issues(command);
        }
        if let Err(reason) = self.can(command) {
            self.notices.say(Notice::Unavailable { command, reason }, self.now);
            return Vec::new();
        }
        self.obey(command)
    }

    fn command_to_prompt(&mut self, command: Command) -> Vec<Effect> {
        match self.prompt_command(command) {
            PromptEnd::Nothing => Vec::new(),
            PromptEnd::Run(command) => self.command(command),
            PromptEnd::Fault(order) => vec![Effect::Fault(order)],
        }
    }

    fn command_to_issues(&mut self, command: Command) -> Vec<Effect> {
        match self.issues_command(command) {
            Some(effects) => effects,
            None => self.obey(command),
        }
    }

    /// Performs an available command, with nothing open above the panes.
    fn obey(&mut self, command: Command) -> Vec<Effect> {
        if let Some(kind) = PageKind::of(command) {
            return self.open_page(kind);
        }
        if let Some(way) = Way::of(command) {
            self.travel(way);
            return Vec::new();
        }
        match command {
            Command::Decide(action) => return self.open_decision(action),
            Command::TakeBack => self.take_back(),
            Command::TakeBackAll => self.outbox.undo_all(),
            Command::Refresh => return self.refresh_all().into_iter().collect(),
            Command::Back => self.back(),
            Command::Escape => self.escape(),
            Command::Issues => self.open_issues(),
            Command::CommandLine => self.open_prompt(Purpose::Command),
            Command::Find if self.screen.pane == Pane::Form => self.open_prompt(Purpose::FormSearch),
            Command::Find => self.open_prompt(Purpose::Filter),
            Command::CycleSort => {
                self.inbox.sort = self.inbox.sort.next();
                self.rearrange();
            }
            Command::Open => {
                self.fetch.cursor_rests();
                self.screen.open_case();
            }
            Command::Show(tab) => {
                self.fetch.cursor_rests();
                self.screen.show_tab(tab);
            }
            Command::NextPane => self.screen.turn_pane(true),
            Command::PreviousPane => self.screen.turn_pane(false),
            Command::PreviewDown => self.screen.scroll_preview(true),
            Command::PreviewUp => self.screen.scroll_preview(false),
            Command::PreviewLarger => self.move_border(false),
            Command::PreviewSmaller => self.move_border(true),
            Command::NextCase => self.step(command, Way::By(1), Reason::NoNext),
            Command::PreviousCase => self.step(command, Way::By(-1), Reason::NoPrevious),
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

    /// One level up: to the list, out of the filter, out of the program.
    fn back(&mut self) {
        if self.screen.pane == Pane::List && self.inbox.filter.is_empty() {
            self.quit();
        } else {
            self.escape();
        }
    }

    /// Takes the newest queued decision back and returns to its request.
    fn take_back(&mut self) {
        if let Some(key) = self.outbox.undo_newest() {
            let order = Order::new(&self.names, self.settings.words(), self.screen.list_rows());
            self.inbox.select(&key, &order);
        }
    }

    /// A command while a page is open. Its own key closes it, the key of another page goes there.
    fn page_command(&mut self, page: Page, command: Command) -> Vec<Effect> {
        if let Some(way) = Way::of(command) {
            let from = if self.help_search.seeks { self.screen.extent.top } else { page.scroll };
            self.help_search.seeks = false;
            self.page = Some(Page { scroll: self.screen.extent.travel(way, from), ..page });
            return Vec::new();
        }
        match command {
            Command::NextMatch | Command::PreviousMatch if page.kind == PageKind::Help => {
                self.help_search.step(command == Command::NextMatch, self.screen.extent.found);
            }
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
        let mut effects = if self.issues.is_some() {
            self.command_to_issues(Command::Refresh)
        } else {
            self.refresh_all().into_iter().collect()
        };
        if page.kind == PageKind::History {
            effects.push(self.read_history());
        }
        effects
    }
}

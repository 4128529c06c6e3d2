//! What earlier runs left: decisions that were held and never sent, and those that may have been sent when the program
//! ended. One line for each, with a key for each answer, before the queue is worked.
//!
//! Nothing is ever sent from here: "send again" opens the review of the case as it is now, and only its confirmation,
//! a decision of its own, can be sent.

use std::collections::HashMap;

use super::decide::Dialog;
use super::effect::Effect;
use super::list_cursor::{ListCursor, Way};
use super::notice::Notice;
use super::outbox::{Doubt, Entry, EntryState};
use super::{App, Command, DialogTarget, Pane, Reason, Tab, Targets};
use crate::domain::record::{Change, Discard, SessionEnd};
use crate::domain::{Millis, Past, Recovered, Resolution, Reviewed, TaskKey};

/// The list of what an earlier run left. Its lines keep their places while it is open.
#[derive(Debug, Default)]
pub struct Reconcile {
    /// Tasks whose entries stand in the outbox, or stood there when the list was opened.
    pub tasks: Vec<TaskKey>,
    /// Decisions of the list that have left the outbox, and how: their lines still say what they were.
    pub(super) ended: HashMap<TaskKey, (Reviewed, Change)>,
    /// Decisions whose answer came when nobody could see it any more.
    pub told: Vec<Past>,
    /// Decisions whose own line in the journal cannot be read: only the task is known.
    pub unreadable: Vec<Past>,
    /// The line that the keys speak of.
    pub cursor: ListCursor,
    /// When and how the last run ended, if not by her leaving.
    pub broken_off: Option<(Millis, Option<SessionEnd>)>,
    /// She asked for the list: what is in it need not be of an earlier run.
    pub asked: bool,
    /// She looks at the case of the line under the cursor, in the panes; the pane that had the keys before.
    pub looking: Option<Pane>,
}

/// One line of the list.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// A decision and where it stands.
    Task(&'a Entry),
    /// A decision that is in the outbox no more, and what ended it.
    Ended(&'a Reviewed, &'a Change),
    Unreadable(&'a Past),
    Told(&'a Past),
}

impl Reconcile {
    #[must_use]
    pub fn len(&self) -> usize {
        self.tasks.len() + self.unreadable.len() + self.told.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The task of the line under the cursor.
    #[must_use]
    pub fn task(&self) -> Option<&TaskKey> {
        self.tasks.get(self.cursor.at())
    }

    fn travel(&mut self, way: Way, rows: usize) {
        self.cursor.travel(way, self.len(), rows);
    }

    fn go_to(&mut self, line: usize) {
        // The view shows the line under the cursor whatever the window is.
        self.cursor.place(line, self.len(), 1);
    }
}

impl App {
    /// The lines of the list, in their order.
    #[must_use]
    pub fn reconcile_lines(&self) -> Vec<Line<'_>> {
        let Some(list) = &self.reconcile else { return Vec::new() };
        let tasks = list.tasks.iter().filter_map(|key| {
            let entry = self.outbox.entry(key).map(Line::Task);
            entry.or_else(|| list.ended.get(key).map(|(reviewed, change)| Line::Ended(reviewed, change)))
        });
        tasks.chain(list.unreadable.iter().map(Line::Unreadable)).chain(list.told.iter().map(Line::Told)).collect()
    }

    /// Whether this line still wants an answer of hers, or one of the platform's.
    #[must_use]
    pub fn is_unanswered(line: &Line<'_>) -> bool {
        match line {
            Line::Task(entry) => entry.state.has_failed() || entry.state.is_unknown(),
            Line::Unreadable(_) => true,
            Line::Ended(..) | Line::Told(_) => false,
        }
    }

    /// The commands that answer this line.
    #[must_use]
    pub fn answers(&self, line: &Line<'_>) -> Vec<Command> {
        let entry = match line {
            Line::Task(entry) => entry,
            Line::Unreadable(_) => return vec![Command::Discard],
            Line::Ended(..) | Line::Told(_) => return Vec::new(),
        };
        let mut answers = match &entry.state {
            EntryState::Unknown(doubt) if doubt.settled => {
                vec![Command::Refresh, Command::SendAgain, Command::Discard]
            }
            EntryState::Held { .. } => vec![Command::TakeBack],
            EntryState::Overtaken { .. } => vec![Command::Discard],
            EntryState::Changed { .. } => {
                vec![Command::Difference, Command::SendAgain, Command::EditOpinion, Command::Discard]
            }
            state if state.has_failed() => vec![Command::SendAgain, Command::EditOpinion, Command::Discard],
            _ => Vec::new(),
        };
        let again = self.can_decide(entry.reviewed.decision.action(), &entry.reviewed.target.key);
        if answers.contains(&Command::SendAgain) && again.is_err_and(Reason::is_about_form) {
            answers.insert(0, Command::Show(Tab::Form));
        }
        answers
    }

    /// She looks at the case of a line, with the list behind it.
    #[must_use]
    pub fn looks_at_line(&self) -> bool {
        self.reconcile.as_ref().is_some_and(|list| list.looking.is_some())
    }

    /// The list, unless something covers the place where it is drawn.
    #[must_use]
    pub fn open_list(&self) -> Option<&Reconcile> {
        self.reconcile.as_ref().filter(|list| list.looking.is_none() && self.dialog.is_none())
    }

    /// The journal was read at the start.
    pub(super) fn recovered(&mut self, recovered: Recovered) {
        if let Some(holder) = &self.settings.holder {
            self.notices.say(Notice::SecondInstance(holder.clone()), self.now);
        }
        if recovered.unreadable > 0 {
            self.notices.say(Notice::JournalUnreadable { lines: recovered.unreadable }, self.now);
        }
        let mut list = Reconcile { told: recovered.untold, broken_off: recovered.broken_off, ..Reconcile::default() };
        for past in recovered.open {
            let Some(entry) = self.earlier(&past) else {
                list.unreadable.push(past);
                continue;
            };
            let key = entry.reviewed.target.key.clone();
            let words = entry.reviewed.decision.opinion().as_str();
            if !words.is_empty() {
                self.drafts.insert((key.clone(), past.first().action), words.to_owned());
            }
            if let Some(older) = self.outbox.entry(&key) {
                if matches!((&older.state, &entry.state), (EntryState::Unknown(_), EntryState::Left)) {
                    // What was decided over one in doubt was never sent. She is told, and the doubt comes first.
                    list.told.push(self.dropped(past));
                    continue;
                }
                // She had decided the task anew; the run ended before the older decision was struck out.
                self.discard(&key, Discard::Anew);
                list.tasks.retain(|other| *other != key);
            }
            self.sync.want(&key.process);
            self.outbox.entries.insert(key.clone(), entry);
            list.tasks.push(key);
        }
        if !list.is_empty() {
            self.reconcile = Some(list);
        }
    }

    /// A decision of an earlier run as an entry of this one.
    fn earlier(&mut self, past: &Past) -> Option<Entry> {
        let reviewed = past.reviewed()?.clone();
        let state = match past.resolution() {
            Resolution::Unsent => EntryState::Left,
            Resolution::Uncertain => EntryState::Unknown(Doubt { since: self.now.mono, ..Doubt::default() }),
            Resolution::Resolved => return None,
        };
        self.outbox.next_order += 1;
        let entry = Entry::new(past.first().entry.clone(), reviewed, state, self.now, self.outbox.next_order);
        Some(Entry { sent_at: past.sent_at(), ..entry })
    }

    /// Opens the list again, with everything that did not take effect, or may not have.
    pub(super) fn open_reconcile(&mut self) {
        let tasks = self.outbox.keys(|entry| entry.state.has_failed() || entry.state.is_unknown());
        for key in &tasks {
            self.sync.want(&key.process);
        }
        self.notices.take_all_away();
        self.reconcile = Some(Reconcile { tasks, asked: true, ..Reconcile::default() });
    }

    /// A command while the list is open and no dialog is.
    pub(super) fn reconcile(&mut self, command: Command) -> Vec<Effect> {
        if self.looks_at_line() && command != Command::Refresh {
            return self.look_at_line(command);
        }
        let rows = self.screen.form_rows();
        let Some(list) = &mut self.reconcile else { return Vec::new() };
        if let Some(way) = Way::of(command) {
            list.travel(way, rows);
            return Vec::new();
        }
        match command {
            Command::Escape | Command::Back => self.reconcile = None,
            Command::SendAgain => self.decide_again(false),
            Command::EditOpinion => self.decide_again(true),
            Command::Discard => self.discard_line(),
            Command::DiscardAll => self.discard_lines(),
            Command::NextUnanswered => self.next_unanswered(),
            Command::Refresh => {
                for key in list.tasks.clone() {
                    self.look_anew(&key);
                    self.sync.want(&key.process);
                }
                return self.refresh_list(true).into_iter().collect();
            }
            Command::TakeBack => match list.task().cloned() {
                Some(key) if self.outbox.is_held(&key) => self.take_back_these(&[key]),
                _ => self.take_back(false),
            },
            Command::TakeBackAll => self.take_back(true),
            Command::Show(tab) => self.begin_to_look(tab),
            _ => self.refuse(command, Reason::NotHere),
        }
        Vec::new()
    }

    /// She wants to see the case of this line; the list comes back with [`Command::Escape`].
    fn begin_to_look(&mut self, tab: Tab) {
        if let Err(reason) = self.can(Command::Show(tab)) {
            return self.refuse(Command::Show(tab), reason);
        }
        let pane = self.screen.pane;
        if let Some(list) = &mut self.reconcile {
            list.looking = Some(pane);
            self.show_tab(tab);
        }
    }

    /// A command while she looks at the case of a line. It can be read, and nothing else: what is decided on it is
    /// decided from its line.
    fn look_at_line(&mut self, command: Command) -> Vec<Effect> {
        let form = self.screen.pane == Pane::Form;
        match command {
            Command::Escape | Command::Back => {
                if let Some(pane) = self.reconcile.as_mut().and_then(|list| list.looking.take()) {
                    self.screen.pane = pane;
                }
            }
            Command::NextPane | Command::PreviousPane => {
                self.screen.pane = if form { Pane::Process } else { Pane::Form };
            }
            Command::Show(_)
            | Command::Down
            | Command::Up
            | Command::First
            | Command::Last
            | Command::PageDown
            | Command::PageUp
            | Command::Reveal => return self.obey(command),
            Command::TakeBack => self.take_back(false),
            Command::TakeBackAll => self.take_back(true),
            Command::ToggleFold
            | Command::Collapse
            | Command::Expand
            | Command::ExpandAll
            | Command::Find
            | Command::NextMatch
            | Command::PreviousMatch
            | Command::CopyValue
            | Command::Download
                if form =>
            {
                match self.can(command) {
                    Ok(()) => return self.obey(command),
                    Err(reason) => self.refuse(command, reason),
                }
            }
            Command::Decide(_) => self.refuse(command, Reason::FromItsLine),
            _ => self.refuse(command, Reason::NotHere),
        }
        Vec::new()
    }

    /// Keeps what a line of the list was, once its decision has left the outbox.
    pub(super) fn keep_line(&mut self, reviewed: &Reviewed, change: Change) {
        if let Some(list) = self.reconcile.as_mut().filter(|list| list.tasks.contains(&reviewed.target.key)) {
            list.ended.insert(reviewed.target.key.clone(), (reviewed.clone(), change));
        }
    }

    /// Opens the decision of this line anew, on the case as it is now.
    fn decide_again(&mut self, edit: bool) {
        let Some(entry) = self.reconcile.as_ref().and_then(Reconcile::task).and_then(|key| self.outbox.entry(key))
        else {
            return self.refuse(Command::SendAgain, self.no_entry());
        };
        let (decision, key) = (entry.reviewed.decision.clone(), entry.reviewed.target.key.clone());
        if let Err(reason) = answerable(&entry.state) {
            return self.refuse(Command::SendAgain, reason);
        }
        if let Err(reason) = self.can_decide(decision.action(), &key) {
            return self.refuse(Command::SendAgain, reason);
        }
        let Some((target, shown)) = self.target(&key) else { return };
        let one = DialogTarget::new(target, shown, self.seen_before(&key));
        let mut dialog = Dialog::again(&decision, Targets::new(one, Vec::new()));
        if edit {
            dialog.compose();
        } else {
            self.review(&mut dialog);
        }
        self.dialog = Some(dialog);
    }

    fn refuse(&mut self, command: Command, reason: Reason) {
        self.notices.say(Notice::Unavailable { command, reason }, self.now);
    }

    /// She has no more use for the decision of this line.
    fn discard_line(&mut self) {
        let Some(list) = &mut self.reconcile else { return };
        let Some(key) = list.task().cloned() else {
            let at = list.cursor.at().checked_sub(list.tasks.len()).filter(|at| *at < list.unreadable.len());
            let Some(at) = at else { return self.refuse(Command::Discard, Reason::NothingToSend) };
            let past = list.unreadable.remove(at);
            // The line that follows takes its place.
            list.go_to(list.cursor.at().saturating_sub(1));
            self.strike_out(&past);
            return self.next_unanswered();
        };
        match self.outbox.entry(&key).map_or(Err(Reason::NothingToSend), |entry| answerable(&entry.state)) {
            Ok(()) => {
                self.discard(&key, Discard::Asked);
                self.next_unanswered();
            }
            Err(reason) => self.refuse(Command::Discard, reason),
        }
    }

    /// Why a line has no entry to decide again.
    fn no_entry(&self) -> Reason {
        let list = self.reconcile.as_ref();
        let unreadable = list.is_some_and(|list| {
            (list.tasks.len()..list.tasks.len() + list.unreadable.len()).contains(&list.cursor.at())
        });
        if unreadable { Reason::Unreadable } else { Reason::NothingToSend }
    }

    /// Everything that was not sent. What may have been is not touched: it has to be found out, or given up by itself.
    fn discard_lines(&mut self) {
        let Some(list) = &mut self.reconcile else { return };
        let unsent = list.unreadable.extract_if(.., |past| past.resolution() == Resolution::Unsent);
        let (unsent, tasks): (Vec<_>, _) = (unsent.collect(), list.tasks.clone());
        for past in unsent {
            self.strike_out(&past);
        }
        for key in tasks {
            if self.outbox.entry(&key).is_some_and(|entry| entry.state.has_failed()) {
                self.discard(&key, Discard::Asked);
            }
        }
        self.next_unanswered();
    }

    /// Moves to the next line that wants an answer; when there is none, the list has done its work.
    fn next_unanswered(&mut self) {
        let lines = self.reconcile_lines();
        let Some(cursor) = self.reconcile.as_ref().map(|list| list.cursor.at()) else { return };
        let unanswered: Vec<usize> =
            lines.iter().enumerate().filter(|(_, line)| Self::is_unanswered(line)).map(|(at, _)| at).collect();
        let next = unanswered.iter().find(|at| **at > cursor).or_else(|| unanswered.first()).copied();
        if let (Some(next), Some(list)) = (next, &mut self.reconcile) {
            list.go_to(next);
        } else {
            self.reconcile = None;
            self.notices.say(Notice::Reconciled, self.now);
        }
    }
}

/// Whether she can answer for a decision in this state: it was not sent, or nobody can tell any more.
const fn answerable(state: &EntryState) -> Result<(), Reason> {
    match state {
        EntryState::Unknown(doubt) if doubt.settled => Ok(()),
        EntryState::Unknown(_) => Err(Reason::OutcomeUnknown),
        EntryState::Held { .. } => Err(Reason::Held),
        EntryState::Sending { .. } => Err(Reason::Sending),
        state if state.has_failed() => Ok(()),
        _ => Err(Reason::NothingToSend),
    }
}

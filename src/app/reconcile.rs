//! Earlier runs' open matters: decisions that were held and never sent, and those that may have been sent when the
//! program ended. One line for each, with a key for each answer, before any other work.
//!
//! This file never sends: "send again" opens the review of the current content, and only its confirmation, a new
//! decision, can be sent.

use super::decide::Dialog;
use super::effect::Effect;
use super::list_cursor::{ListCursor, Way};
use super::notice::Notice;
use super::outbox::Entry;
use super::{App, Command, DialogTarget, Pane, Reason, Tab, Targets};
use crate::domain::decision::state::{Cause, State};
use crate::domain::record::{Change, Discard, SessionEnd};
use crate::domain::{Millis, Past, Resolution, Reviewed, TaskKey};

/// The list of open matters. Its lines keep their places while it is open.
#[derive(Debug, Default)]
pub struct Reconcile {
    /// Tasks whose entries are in the outbox, or were when the list was opened.
    pub tasks: Vec<TaskKey>,
    /// Decisions whose answer the user could not see.
    pub told: Vec<Past>,
    /// Decisions whose own line in the journal cannot be read: only the task is known.
    pub unreadable: Vec<Past>,
    /// The line that the keys speak of.
    pub cursor: ListCursor,
    /// End of the last run, unless the user quit.
    pub broken_off: Option<(Millis, Option<SessionEnd>)>,
    /// The user opened the list: its decisions may be of this run.
    pub asked: bool,
    /// The user views the request of the line under the cursor in the panes; holds the pane that had the keys before.
    pub looking: Option<Pane>,
}

/// One line of the list.
#[derive(Clone, Copy, Debug)]
pub enum Line<'a> {
    /// A decision and its state.
    Task(&'a Entry),
    /// A decision that has left the outbox, and its end.
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
        // The view shows the line under the cursor in any window.
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
            entry.or_else(|| self.outbox.closed(key).map(|(reviewed, change)| Line::Ended(reviewed, change)))
        });
        tasks.chain(list.unreadable.iter().map(Line::Unreadable)).chain(list.told.iter().map(Line::Told)).collect()
    }

    /// Whether this line still wants an answer of the user or of the platform.
    #[must_use]
    pub fn is_unanswered(line: &Line<'_>) -> bool {
        match line {
            Line::Task(entry) => entry.state.has_failed() || matches!(entry.state, State::Unknown(_)),
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
            State::Unknown(uncertain) if uncertain.exhausted => {
                vec![Command::Refresh, Command::SendAgain, Command::Discard]
            }
            State::Queued { .. } => vec![Command::TakeBack],
            State::Overtaken { .. } | State::NotSent(Cause::Handled(_)) => vec![Command::Discard],
            State::NotSent(Cause::Changed(_)) => {
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

    /// The user views the request of a line, with the list behind it.
    #[must_use]
    pub fn looks_at_line(&self) -> bool {
        self.reconcile.as_ref().is_some_and(|list| list.looking.is_some())
    }

    /// The list, unless another view covers its place.
    #[must_use]
    pub fn open_list(&self) -> Option<&Reconcile> {
        self.reconcile.as_ref().filter(|list| list.looking.is_none() && self.dialog.is_none())
    }

    /// Opens the list again, with all decisions that failed or may have.
    pub(super) fn open_reconcile(&mut self) {
        let tasks = self.outbox.keys(|entry| entry.state.has_failed() || matches!(entry.state, State::Unknown(_)));
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
                    self.outbox.reprobe(&key);
                    self.sync.want(&key.process);
                }
                return self.refresh_list(true).into_iter().collect();
            }
            Command::TakeBack => match list.task().cloned() {
                Some(key) if self.outbox.is_queued(&key) => self.outbox.undo(&[key]),
                _ => self.outbox.undo_newest(),
            },
            Command::TakeBackAll => self.outbox.undo_all(),
            Command::Show(tab) => self.begin_to_look(tab),
            _ => self.refuse(command, Reason::NotHere),
        }
        Vec::new()
    }

    /// Shows the request of this line; [`Command::Escape`] returns to the list.
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

    /// A command while the user views the request of a line. It can only be read: decisions on it start from its line.
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
            Command::TakeBack => self.outbox.undo_newest(),
            Command::TakeBackAll => self.outbox.undo_all(),
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

    /// Opens the decision of this line again, on the current content.
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

    /// Discards the decision of this line.
    fn discard_line(&mut self) {
        let Some(list) = &mut self.reconcile else { return };
        let Some(key) = list.task().cloned() else {
            let at = list.cursor.at().checked_sub(list.tasks.len()).filter(|at| *at < list.unreadable.len());
            let Some(at) = at else { return self.refuse(Command::Discard, Reason::NothingToSend) };
            let past = list.unreadable.remove(at);
            // The line that follows takes its place.
            list.go_to(list.cursor.at().saturating_sub(1));
            self.outbox.strike_out(&past);
            return self.next_unanswered();
        };
        match self.outbox.entry(&key).map_or(Err(Reason::NothingToSend), |entry| answerable(&entry.state)) {
            Ok(()) => {
                self.outbox.discard(&key, Discard::Asked);
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

    /// Discards all decisions that were not sent. Uncertain ones stay: they have to be verified, or discarded one by
    /// one.
    fn discard_lines(&mut self) {
        let Some(list) = &mut self.reconcile else { return };
        let unsent = list.unreadable.extract_if(.., |past| past.resolution() == Resolution::Unsent);
        let (unsent, tasks): (Vec<_>, _) = (unsent.collect(), list.tasks.clone());
        for past in unsent {
            self.outbox.strike_out(&past);
        }
        for key in tasks {
            if self.outbox.entry(&key).is_some_and(|entry| entry.state.has_failed()) {
                self.outbox.discard(&key, Discard::Asked);
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

/// Whether the user can answer for a decision in this state: it was not sent, or its outcome cannot be verified any
/// more.
const fn answerable(state: &State) -> Result<(), Reason> {
    match state {
        State::Unknown(uncertain) if uncertain.exhausted => Ok(()),
        State::Unknown(_) => Err(Reason::OutcomeUnknown),
        State::Queued { .. } => Err(Reason::Held),
        State::Sending { .. } => Err(Reason::Sending),
        state if state.has_failed() => Ok(()),
        _ => Err(Reason::NothingToSend),
    }
}

//! The list of decisions that want an answer, and the answers.
//!
//! Nothing is ever sent from here: "send again" opens the review of the request as it is now, and only its confirmation,
//! a decision of its own, can be sent.

use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::issues::Line;
use crate::app::list_cursor::Way;
use crate::app::notice::Notice;
use crate::app::{App, Command, DialogTarget, Issues, Pane, Reason, Tab, Targets};
use crate::domain::Resolution;
use crate::domain::decision::state::{Cause, State};
use crate::domain::record::Discard;

impl App {
    /// The lines of the list, in their order.
    #[must_use]
    pub fn issue_lines(&self) -> Vec<Line<'_>> {
        let Some(list) = &self.issues else { return Vec::new() };
        let tasks = list.tasks.iter().filter_map(|key| {
            let entry = self.outbox.entry(key).map(Line::Task);
            entry.or_else(|| self.outbox.closed(key).map(|(reviewed, change)| Line::Ended(reviewed, change)))
        });
        tasks.chain(list.unreadable.iter().map(Line::Unreadable)).chain(list.unseen.iter().map(Line::Unseen)).collect()
    }

    /// Whether this line still wants an answer of the user or of the platform.
    #[must_use]
    pub fn is_unanswered(line: &Line<'_>) -> bool {
        match line {
            Line::Task(entry) => entry.state.has_failed() || matches!(entry.state, State::Unknown(_)),
            Line::Unreadable(_) => true,
            Line::Ended(..) | Line::Unseen(_) => false,
        }
    }

    /// The commands that answer this line.
    #[must_use]
    pub fn answers(&self, line: &Line<'_>) -> Vec<Command> {
        let entry = match line {
            Line::Task(entry) => entry,
            Line::Unreadable(_) => return vec![Command::Discard],
            Line::Ended(..) | Line::Unseen(_) => return Vec::new(),
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

    /// Opens the list again, with all decisions that failed or may have.
    pub(super) fn open_issues(&mut self) {
        let tasks = self.outbox.keys(|entry| entry.state.has_failed() || matches!(entry.state, State::Unknown(_)));
        for key in &tasks {
            self.fetch.want(&key.process);
        }
        self.notices.take_all_away();
        self.issues = Some(Issues { tasks, asked: true, ..Issues::default() });
    }

    /// A command while the list is open and no dialog is. `None`: the panes behind the list are to obey it.
    pub(super) fn issues_command(&mut self, command: Command) -> Option<Vec<Effect>> {
        if self.looks_at_line() && command != Command::Refresh {
            return self.look_at_line(command);
        }
        let rows = self.screen.form_rows();
        let list = self.issues.as_mut()?;
        if let Some(way) = Way::of(command) {
            list.travel(way, rows);
            return Some(Vec::new());
        }
        match command {
            Command::Escape | Command::Back => self.issues = None,
            Command::SendAgain => self.decide_again(false),
            Command::EditOpinion => self.decide_again(true),
            Command::Discard => self.discard_line(),
            Command::DiscardAll => self.discard_lines(),
            Command::NextUnanswered => self.next_unanswered(),
            Command::Refresh => {
                for key in list.tasks.clone() {
                    self.outbox.reprobe(&key);
                    self.fetch.want(&key.process);
                }
                return Some(self.refresh_list(true).into_iter().collect());
            }
            Command::TakeBack => match list.task().cloned() {
                Some(key) if self.outbox.is_queued(&key) => self.outbox.undo(&[key]),
                _ => drop(self.outbox.undo_newest()),
            },
            Command::TakeBackAll => self.outbox.undo_all(),
            Command::Show(tab) => self.begin_to_look(tab),
            _ => self.refuse(command, Reason::NotHere),
        }
        Some(Vec::new())
    }

    /// The request of this line is shown; the list comes back with [`Command::Escape`].
    fn begin_to_look(&mut self, tab: Tab) {
        if let Err(reason) = self.can(Command::Show(tab)) {
            return self.refuse(Command::Show(tab), reason);
        }
        let pane = self.screen.pane;
        if let Some(list) = &mut self.issues {
            list.looking = Some(pane);
            self.screen.show_tab(tab);
        }
    }

    /// A command while the request of a line is looked at. It can be read and nothing else: its decision is made from its
    /// line. `None`: the panes are to obey it.
    fn look_at_line(&mut self, command: Command) -> Option<Vec<Effect>> {
        let form = self.screen.pane == Pane::Form;
        match command {
            Command::Escape | Command::Back => {
                if let Some(pane) = self.issues.as_mut().and_then(|list| list.looking.take()) {
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
            | Command::Reveal => return None,
            Command::TakeBack => drop(self.outbox.undo_newest()),
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
                    Ok(()) => return None,
                    Err(reason) => self.refuse(command, reason),
                }
            }
            Command::Decide(_) => self.refuse(command, Reason::FromItsLine),
            _ => self.refuse(command, Reason::NotHere),
        }
        Some(Vec::new())
    }

    /// Opens the decision of this line again, on the request as it is now.
    fn decide_again(&mut self, edit: bool) {
        let Some(entry) = self.issues.as_ref().and_then(Issues::task).and_then(|key| self.outbox.entry(key)) else {
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

    /// The user gives the decision of this line up.
    fn discard_line(&mut self) {
        let Some(list) = &mut self.issues else { return };
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
        let list = self.issues.as_ref();
        let unreadable = list.is_some_and(|list| {
            (list.tasks.len()..list.tasks.len() + list.unreadable.len()).contains(&list.cursor.at())
        });
        if unreadable { Reason::Unreadable } else { Reason::NothingToSend }
    }

    /// Discards all decisions that were not sent. Uncertain ones stay: they have to be verified, or discarded one by
    /// one.
    fn discard_lines(&mut self) {
        let Some(list) = &mut self.issues else { return };
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
        let lines = self.issue_lines();
        let Some(cursor) = self.issues.as_ref().map(|list| list.cursor.at()) else { return };
        let unanswered: Vec<usize> =
            lines.iter().enumerate().filter(|(_, line)| Self::is_unanswered(line)).map(|(at, _)| at).collect();
        let next = unanswered.iter().find(|at| **at > cursor).or_else(|| unanswered.first()).copied();
        if let (Some(next), Some(list)) = (next, &mut self.issues) {
            list.go_to(next);
        } else {
            self.issues = None;
            self.notices.say(Notice::Reconciled, self.now);
        }
    }
}

/// Whether the user can answer for a decision in this state: it was not sent, or its outcome stays unknown.
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

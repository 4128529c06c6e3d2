//! The decision dialog: Compose → Review, on a target that is copied when it opens.
//!
//! While a dialog is open, cursor, marks, sorting and refreshes do not change its decision. A key of its own confirms
//! the review, not within [`REVIEW_REST`] of its appearance and not in the same burst of input.

use std::time::Duration;

use super::canned::{self, CannedDigits};
use super::editor::{Editor, Lines};
use super::list_cursor::Way;
use super::message::{Burst, TextKey, Typed};
use super::notice::Notice;
use super::pages::PageKind;
use super::people::{PersonRefusal, Picker};
use super::screen::{Screen, Shape};
use super::targets::{DialogTarget, Targets};
use super::{App, Command, Effect, Slot};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{
    Action, CleanText, Decision, I18n, Instant, Lang, Operator, Opinion, Person, Process, Reviewed, Shown, Target,
    TaskKey, biz_type,
};

/// How long a review must have been on screen before it can be confirmed.
pub const REVIEW_REST: Duration = Duration::from_millis(300);
/// Additional rest of a review that changed under the confirming key: a held key repeats after 250 to 660 ms by the
/// usual settings, and most terminals send repeats as presses.
const CHANGED_REST: Duration = Duration::from_millis(700);

/// An open decision. Owned by [`App`]; gone when confirmed or left.
#[derive(Debug)]
pub struct Dialog {
    pub action: Action,
    pub targets: Targets,
    pub step: Step,
    /// The opinion, reason or remark as it stands.
    pub text: String,
    /// Receiver, or additional approvers.
    pub people: Vec<Person>,
    pub position: AddSignPosition,
    pub method: AddSignMethod,
}

/// Step of the dialog.
#[derive(Debug)]
pub enum Step {
    /// Writing. `problem` says why it cannot be finished as it is.
    Compose { editor: Editor, problem: Option<TextProblem>, canned: Option<CannedDigits> },
    /// Choosing where additional approvers stand.
    Position,
    /// Choosing people.
    People { picker: Picker },
    /// The whole decision in one sentence. Holds the decision that `y` confirms. `drawn` is the newest frame with it.
    Review { decision: Decision, appeared: Instant, burst: Burst, hasty: bool, drawn: Option<ReviewFrame> },
}

/// Everything besides decision and targets that the room for a review's sentence depends on, and whether it sufficed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewFrame {
    columns: u16,
    rows: u16,
    hasty: bool,
    operator: Operator,
    whole: bool,
}

impl ReviewFrame {
    fn of(screen: &Screen, operator: &Operator, hasty: bool, whole: bool) -> Self {
        Self { columns: screen.columns, rows: screen.rows, hasty, operator: operator.clone(), whole }
    }
}

/// Why a text cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextProblem {
    /// A reject needs a reason, though the platform would take it without.
    Empty,
    /// This many characters over the platform's limit.
    TooLong(usize),
}

impl Dialog {
    /// The task that the dialog was opened on.
    #[must_use]
    pub const fn key(&self) -> &TaskKey {
        &self.targets.first().target.key
    }

    /// A frame with the dialog is on screen; `whole`: no line of the sentence is hidden.
    pub(super) fn drawn(&mut self, screen: &Screen, operator: &Operator, whole: bool) {
        if let Step::Review { hasty, drawn, .. } = &mut self.step {
            *drawn = Some(ReviewFrame::of(screen, operator, *hasty, whole));
        }
    }

    /// Whether the user chooses how several people count: there are several, and the position allows either way
    /// (protocol.md#add-sign).
    #[must_use]
    pub const fn chooses_method(&self) -> bool {
        self.people.len() > 1 && !matches!(self.position, AddSignPosition::Parallel)
    }

    /// Limit of the text in characters.
    #[must_use]
    pub const fn limit(&self) -> usize {
        self.action.text_limit()
    }
}

impl App {
    /// Opens the dialog for the request under the cursor, or says why not. The target is copied here and never looked
    /// up again.
    pub(super) fn open_decision(&mut self, action: Action) -> Vec<Effect> {
        let Some(key) = self.selected().cloned() else { return Vec::new() };
        let Some((target, shown)) = self.target(&key) else { return Vec::new() };
        let one = DialogTarget::new(target, shown, self.seen_before(&key));
        let mut dialog = Dialog::new(action, Targets::new(one, Vec::new()));
        if let Some(text) = self.drafts.get(&(key.clone(), action)) {
            dialog.text.clone_from(text);
        }
        if let Some(entry) = self.outbox.entry(&key).filter(|entry| entry.state.wants_answer()) {
            dialog.recall(&entry.reviewed.decision);
        }
        match action {
            Action::Approve => self.review(&mut dialog),
            Action::Reject | Action::Withdraw | Action::Revoke => dialog.compose(),
            Action::Transfer => dialog.step = Step::People { picker: self.picker(&dialog) },
            Action::AddSign => {}
        }
        self.dialog = Some(dialog);
        self.ask_about_people()
    }

    /// Target and content of a decision on this task, as its request is on screen now.
    pub(super) fn target(&self, key: &TaskKey) -> Option<(Target, Shown)> {
        let case = self.cases.get(&key.process)?;
        let shown = case.shown()?;
        let process = &shown.process;
        let node = process.todo(&key.approver).map(|todo| todo.node_name.clone()).unwrap_or_default();
        let target = Target {
            kind: process.kind().clone(),
            properties: process.properties,
            initiator: self.names.initiator(process),
            by_system: process.by_system,
            summary: summary(process),
            node,
            high_care: biz_type::is_high_care(process),
            stamp: case.stamp()?,
            tasks: process.tasks().cloned().collect(),
            key: key.clone(),
        };
        Some((target, shown))
    }

    /// Shows the decision in one sentence. An incomplete dialog goes back to its editor.
    pub(super) fn review(&self, dialog: &mut Dialog) {
        let opinion = match Opinion::new(&dialog.text, dialog.limit()) {
            Ok(opinion) => opinion,
            Err(over) => {
                dialog.compose();
                dialog.set_problem(TextProblem::TooLong(over));
                return;
            }
        };
        for person in &mut dialog.people {
            self.names.complete(person);
        }
        let Some(decision) = dialog.decision(opinion) else { return };
        dialog.step = Step::Review { decision, appeared: self.now.mono, burst: self.burst, hasty: false, drawn: None };
    }

    /// A command while a dialog is open.
    pub(super) fn decide(&mut self, command: Command) -> Vec<Effect> {
        let Some(mut dialog) = self.dialog.take() else { return Vec::new() };
        let chooses_method = dialog.chooses_method();
        match (&mut dialog.step, command) {
            (_, Command::Escape | Command::Back) => {
                self.keep_draft(&dialog);
                return self.sync.abandon(Slot::People).into_iter().collect();
            }
            (Step::Review { .. }, Command::Confirm) => {
                self.dialog = self.confirm(dialog);
                return Vec::new();
            }
            (Step::Review { .. }, Command::Difference) => {
                if let Some(one) = dialog.targets.iter().find(|one| !one.changes.is_empty()) {
                    self.open_page_about(PageKind::Difference, Some(one.target.key.clone()));
                }
            }
            (Step::Review { .. }, Command::Reveal) => self.reveal(),
            (Step::Review { .. }, Command::EditOpinion) => dialog.compose(),
            (Step::Review { .. }, Command::ToggleMethod) if chooses_method => {
                dialog.toggle_method();
                self.review(&mut dialog);
            }
            (Step::Position, Command::Position(position)) => {
                dialog.position = position;
                if position == AddSignPosition::Parallel {
                    dialog.method = AddSignMethod::All;
                }
                dialog.step = Step::People { picker: self.picker(&dialog) };
            }
            (Step::Position, Command::ToggleMethod) => dialog.toggle_method(),
            (Step::Compose { .. }, Command::Finish) => self.finish_text(&mut dialog),
            (Step::People { picker }, Command::Choose) => {
                let taken = picker.choose();
                if taken && dialog.action == Action::Transfer {
                    self.finish_people(&mut dialog);
                }
            }
            (Step::People { .. }, Command::Finish) => self.finish_people(&mut dialog),
            (Step::People { picker }, Command::Down) => picker.step(Way::By(1)),
            (Step::People { picker }, Command::Up) => picker.step(Way::By(-1)),
            _ => {}
        }
        self.dialog = Some(dialog);
        if matches!(command, Command::Position(_)) { self.ask_about_people() } else { Vec::new() }
    }

    /// Confirms the sentence on screen. Returns the dialog if it stays open.
    fn confirm(&mut self, mut dialog: Dialog) -> Option<Dialog> {
        let Step::Review { decision, appeared, burst, hasty, drawn } = &mut dialog.step else { return Some(dialog) };
        let (screen, operator) = (&self.screen, &self.settings.operator);
        let [hidden, whole] = [false, true].map(|whole| ReviewFrame::of(screen, operator, *hasty, whole));
        let unseen = *drawn != Some(whole);
        if screen.shape() == Shape::TooSmall || *drawn == Some(hidden) {
            self.notices.say(Notice::TooSmall, self.now);
            return Some(dialog);
        }
        if unseen || *burst == self.burst || self.now.mono.since(*appeared) < REVIEW_REST {
            // The rest begins again, so that repeats of a key never get through.
            *appeared = self.now.mono.max(*appeared);
            *hasty = true;
            self.notices.say(Notice::TooHasty, self.now);
            return Some(dialog);
        }
        let decision = decision.clone();
        if let Some(reason) = dialog.targets.keys().find_map(|key| self.can_decide(dialog.action, key).err()) {
            // It was possible when the dialog opened: the request has changed since.
            self.keep_draft(&dialog);
            let command = Command::Decide(dialog.action);
            self.notices.say(Notice::Unavailable { command, reason }, self.now);
            return None;
        }
        let now: Option<Vec<_>> = dialog.targets.keys().map(|key| self.target(key)).collect();
        let Some(now) = now else { return Some(dialog) };
        if dialog.targets.take(now.clone()) {
            self.review(&mut dialog);
            if let Step::Review { appeared, .. } = &mut dialog.step {
                *appeared = *appeared + CHANGED_REST;
            }
            self.notices.say(Notice::ChangedUnderReview, self.now);
            return Some(dialog);
        }
        for (mut target, shown) in now {
            if !matches!(dialog.action, Action::Transfer | Action::AddSign) {
                // Later tasks verify only these.
                target.tasks.clear();
            }
            let (decision, operator) = (decision.clone(), self.settings.operator.clone());
            self.confirmed(Reviewed { target, decision, operator }, shown);
        }
        None
    }

    /// A review was confirmed: the decision is queued, and the cursor goes to the next task that waits for one.
    fn confirmed(&mut self, reviewed: Reviewed, shown: Shown) {
        let action = reviewed.decision.action();
        let target = reviewed.target.clone();
        self.drafts.insert((target.key.clone(), action), reviewed.decision.opinion().as_str().to_owned());
        self.remember_people(reviewed.decision.people());
        self.outbox.confirm(reviewed, shown, self.now.mono + self.settings.undo, &self.settings.run);
        self.cases.entry(&target.key.process).before = None;
        if self.selected() == Some(&target.key) {
            let outbox = &self.outbox;
            self.inbox.advance(self.screen.list_rows(), |key| !outbox.is_decided(key));
        }
        self.notices.say(Notice::Held { action, target }, self.now);
    }

    /// Text while a dialog is open.
    pub(super) fn decide_text(&mut self, typed: &Typed) -> Vec<Effect> {
        let Some(dialog) = &mut self.dialog else { return Vec::new() };
        let reasons = if dialog.action == Action::Reject { self.settings.canned.as_slice() } else { &[] };
        match &mut dialog.step {
            Step::Compose { editor, problem, canned: digits } => {
                *problem = None;
                let replaced = digits.take();
                match typed {
                    Typed::Text(key) => *digits = canned::edit(editor, *key, replaced, reasons, self.now.mono),
                    Typed::Paste(text) => editor.insert(text),
                    Typed::Command(_) | Typed::Unbound => {}
                }
                dialog.text = editor.text();
                Vec::new()
            }
            Step::People { picker } => {
                picker.refused = None;
                let before = picker.query.text();
                match typed {
                    Typed::Text(TextKey::Backspace) if picker.query.is_empty() => {
                        picker.chosen.pop();
                    }
                    Typed::Text(key) => picker.query.edit(*key),
                    Typed::Paste(text) => picker.query.insert(text),
                    Typed::Command(_) | Typed::Unbound => {}
                }
                if picker.query.text() == before { Vec::new() } else { self.search_people() }
            }
            Step::Position | Step::Review { .. } => {
                if matches!(typed, Typed::Paste(_)) {
                    self.notices.say(Notice::PasteIgnored, self.now);
                }
                Vec::new()
            }
        }
    }

    fn finish_text(&mut self, dialog: &mut Dialog) {
        let Step::Compose { editor, .. } = &dialog.step else { return };
        dialog.text = editor.text();
        match Opinion::new(&dialog.text, dialog.limit()) {
            Ok(reason) if reason.is_empty() && dialog.action == Action::Reject => {
                dialog.set_problem(TextProblem::Empty);
            }
            Ok(_) => self.review(dialog),
            Err(over) => dialog.set_problem(TextProblem::TooLong(over)),
        }
    }

    fn finish_people(&mut self, dialog: &mut Dialog) {
        let Step::People { picker } = &mut dialog.step else { return };
        if picker.chosen.is_empty() {
            picker.refused = Some(PersonRefusal::Nobody);
            return;
        }
        dialog.people.clone_from(&picker.chosen);
        self.review(dialog);
    }

    /// Keeps the written text when a dialog is left.
    pub(super) fn keep_draft(&mut self, dialog: &Dialog) {
        for key in dialog.targets.keys() {
            let name = (key.clone(), dialog.action);
            if dialog.text.trim().is_empty() {
                self.drafts.remove(&name);
            } else {
                self.drafts.insert(name, dialog.text.clone());
            }
        }
    }
}

impl Dialog {
    fn new(action: Action, targets: Targets) -> Self {
        Self {
            action,
            targets,
            step: Step::Position,
            text: String::new(),
            people: Vec::new(),
            position: AddSignPosition::Before,
            method: AddSignMethod::All,
        }
    }

    /// The same decision again, on the current content.
    pub(super) fn again(decision: &Decision, targets: Targets) -> Self {
        let mut dialog = Self::new(decision.action(), targets);
        decision.opinion().as_str().clone_into(&mut dialog.text);
        dialog.recall(decision);
        dialog
    }

    /// Takes over the people of an earlier decision of the same kind.
    fn recall(&mut self, decision: &Decision) {
        match decision {
            Decision::Transfer { to, .. } if self.action == Action::Transfer => self.people = vec![to.clone()],
            Decision::AddSign { position, method, people, .. } if self.action == Action::AddSign => {
                self.people.clone_from(people);
                (self.position, self.method) = (*position, *method);
            }
            _ => {}
        }
    }

    pub(super) fn compose(&mut self) {
        self.step = Step::Compose { editor: Editor::new(&self.text, Lines::Many), problem: None, canned: None };
    }

    fn set_problem(&mut self, found: TextProblem) {
        if let Step::Compose { problem, .. } = &mut self.step {
            *problem = Some(found);
        }
    }

    /// Parallel add-sign always counts all (protocol.md#add-sign).
    fn toggle_method(&mut self) {
        self.method = match (self.position, self.method) {
            (AddSignPosition::Before | AddSignPosition::After, AddSignMethod::All) => AddSignMethod::AnyOne,
            _ => AddSignMethod::All,
        };
    }

    fn decision(&self, opinion: Opinion) -> Option<Decision> {
        Some(match self.action {
            Action::Approve => Decision::Approve { opinion },
            Action::Reject => Decision::Reject { reason: opinion },
            Action::Withdraw => Decision::Withdraw { reason: opinion },
            Action::Revoke => Decision::Revoke { reason: opinion },
            Action::Transfer => Decision::Transfer { to: self.people.first()?.clone(), remark: opinion },
            Action::AddSign => Decision::AddSign {
                position: self.position,
                method: self.method,
                people: self.people.clone(),
                remark: opinion,
            },
        })
    }
}

/// One line for rows and review sentences: the values of the abstracts.
#[must_use]
pub fn summary(process: &Process) -> I18n {
    let join = |lang| {
        let values: Vec<_> = process.abstracts.iter().map(|line| line.value.get(lang).line().into_owned()).collect();
        CleanText::new(&values.join(" "))
    };
    I18n { zh: join(Lang::Zh), en: join(Lang::En) }
}

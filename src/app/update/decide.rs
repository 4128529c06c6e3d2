//! Deciding: the dialog is opened, filled in, and its review confirmed.

use std::time::Duration;

use crate::app::canned;
use crate::app::dialog::{Dialog, REVIEW_REST, ReviewFrame, Step, TextProblem};
use crate::app::list_cursor::Way;
use crate::app::message::{TextKey, Typed};
use crate::app::notice::Notice;
use crate::app::pages::PageKind;
use crate::app::people::{Choice, PersonRefusal};
use crate::app::screen::Shape;
use crate::app::targets::{DialogTarget, Targets};
use crate::app::{App, Command, Effect, Slot};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{Action, Opinion, Reviewed, Shown, Target, TaskKey, biz_type};

/// Additional rest of a review that changed under the confirming key: a held key repeats after 250 to 660 ms by the
/// usual settings, and most terminals send repeats as presses.
const CHANGED_REST: Duration = Duration::from_millis(700);

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
        let request = self.requests.get(&key.process)?;
        let shown = request.shown()?;
        let process = &shown.process;
        let node = process.todo(&key.approver).map(|todo| todo.node_name.clone()).unwrap_or_default();
        let target = Target {
            kind: process.kind().clone(),
            properties: process.properties,
            initiator: self.names.initiator(process),
            by_system: process.by_system,
            summary: process.summary(),
            node,
            high_care: biz_type::is_high_care(process),
            stamp: request.stamp()?,
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
                self.notices.review_left();
                return self.fetch.abandon(Slot::People).into_iter().collect();
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
                let choice = picker.choose();
                if choice == Choice::Final {
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
        self.requests.entry(&target.key.process).before = None;
        if self.selected() == Some(&target.key) {
            let outbox = &self.outbox;
            self.inbox.advance(self.screen.list_rows(), |key| !outbox.is_decided(key));
            // The cursor stays when no other task waits; the request is shown from its top all the same.
            self.request_changed();
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
                    Typed::Command(_) | Typed::Unbound(_) => {}
                }
                dialog.text = editor.text();
                Vec::new()
            }
            Step::People { picker } => {
                picker.begin_typing();
                let before = picker.query.text();
                match typed {
                    Typed::Text(TextKey::Backspace) if picker.query.is_empty() => {
                        picker.chosen.pop();
                    }
                    Typed::Text(key) => picker.query.edit(*key),
                    Typed::Paste(text) => picker.query.insert(text),
                    Typed::Command(_) | Typed::Unbound(_) => {}
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
            Ok(reason) if reason.is_empty() && self.needs_reason(dialog) => {
                dialog.set_problem(TextProblem::Empty);
            }
            Ok(_) => self.review(dialog),
            Err(over) => dialog.set_problem(TextProblem::TooLong(over)),
        }
    }

    /// A digit chose a reason, and no key followed: its review opens.
    pub(super) fn finish_canned(&mut self) {
        let now = self.now.mono;
        let Some(mut dialog) = self.dialog.take() else { return };
        if dialog.take_canned(now) {
            self.finish_text(&mut dialog);
        }
        self.dialog = Some(dialog);
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

    /// Keeps the written text when a dialog is left. A quick reason as it is was not written.
    pub(super) fn keep_draft(&mut self, dialog: &Dialog) {
        let is_quick = self.settings.canned.contains(&dialog.text);
        for key in dialog.targets.keys() {
            let name = (key.clone(), dialog.action);
            if is_quick || dialog.text.trim().is_empty() {
                self.drafts.remove(&name);
            } else {
                self.drafts.insert(name, dialog.text.clone());
            }
        }
    }
}

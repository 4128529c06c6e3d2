//! Which two readings of a request are compared on the page of changes, and what is read for that.

use std::time::Duration;

use crate::app::effect::{Effect, Query, Slot};
use crate::app::pages::PageKind;
use crate::app::screen::Shape;
use crate::app::{App, Loaded, Pane, Request, Subject};
use crate::domain::decision::state::{Cause, State};
use crate::domain::{Endpoint, Failure, Priority, ProcessId, Properties, Shown, TaskKey};

/// The earlier reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// The content that was decided on: the decision was stopped because of the difference.
    Decided,
    /// The content on screen when the request was opened last.
    Opened,
    /// The process that this one corrects.
    Original,
}

/// Two readings of a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub process: ProcessId,
    pub since: Since,
    /// `None`: the original, its form or that of the correction is still being read.
    pub before: Option<Shown>,
    pub now: Shown,
    /// Forms without which those of a correction and its original are not compared.
    pub missing: Vec<MissingForm>,
}

/// A form that is not there to be compared.
#[derive(Clone, Debug, PartialEq)]
pub struct MissingForm {
    pub of: FormOf,
    /// Why it could not be read; `None`: the flow has none.
    pub failure: Option<Failure>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FormOf {
    Original,
    Correction,
}

impl MissingForm {
    fn of(of: FormOf, request: &Request) -> Option<Self> {
        let failure = match &request.form {
            Loaded::Here(Some(_)) => return None,
            Loaded::Failed(failure) => Some(failure.clone()),
            Loaded::Here(None) | Loaded::Absent | Loaded::Loading => None,
        };
        Some(Self { of, failure })
    }
}

impl App {
    /// The readings to compare, for the task that the page was opened for, or would be.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        let is_open = self.page.is_some_and(|page| page.kind == PageKind::Difference);
        let key = if is_open { self.page_target.clone() } else { self.compared() };
        self.comparison_of(&key?)
    }

    /// The comparison of a correction with its original.
    #[must_use]
    pub fn correction(&self, key: &TaskKey) -> Option<Comparison> {
        self.comparison_of(key).filter(|comparison| comparison.since == Since::Original)
    }

    /// The task with something to compare, most pressing first: the one whose decision was stopped, while the notice line
    /// says so; the one on screen; the one whose decision was stopped last.
    pub(super) fn compared(&self) -> Option<TaskKey> {
        let told = self.notices.alerted().filter(|key| self.stopped_on(key).is_some());
        let here = told.or_else(|| self.subject(Subject::Screen)).or_else(|| self.selected());
        let here = here.filter(|key| self.comparison_of(key).is_some()).cloned();
        here.or_else(|| self.outbox.keys(|entry| matches!(entry.state, State::NotSent(Cause::Changed(_)))).pop())
    }

    fn comparison_of(&self, key: &TaskKey) -> Option<Comparison> {
        let request = self.requests.get(&key.process)?;
        let now = request.shown()?;
        let compared = |since, before, now| {
            Some(Comparison { process: key.process.clone(), since, before, now, missing: Vec::new() })
        };
        let reviewed = self.dialog.as_ref().and_then(|dialog| dialog.targets.of(key));
        let under_review = reviewed.and_then(|one| one.before.clone());
        if let Some(before) = under_review.or_else(|| self.stopped_on(key)) {
            return compared(Since::Decided, Some(before), now);
        }
        if now.process.properties == Properties::Correction
            && let Some(original) = &now.process.original_process_id
        {
            let settled = |request: &&Request| !matches!(request.form, Loaded::Absent | Loaded::Loading);
            let both = self.requests.get(original).filter(settled).zip(Some(request).filter(settled));
            let before = both.and_then(|(original, _)| original.shown());
            let missing = both.map(|(original, correction)| {
                let forms = [(FormOf::Original, original), (FormOf::Correction, correction)];
                forms.into_iter().filter_map(|(of, request)| MissingForm::of(of, request)).collect()
            });
            let missing = missing.unwrap_or_default();
            return compared(Since::Original, before, now).map(|comparison| Comparison { missing, ..comparison });
        }
        let before = request.before.clone()?;
        compared(Since::Opened, Some(before), now)
    }

    /// Content on screen before the request changed, until a decision was reviewed on the new one.
    pub(super) fn seen_before(&self, key: &TaskKey) -> Option<Shown> {
        let request = self.requests.get(&key.process)?;
        let unseen = request.opened.clone().filter(|_| request.is_changed());
        self.stopped_on(key).or(unseen).or_else(|| request.before.clone())
    }

    /// Content of a decision on this task that was stopped because the request had changed.
    pub(super) fn stopped_on(&self, key: &TaskKey) -> Option<Shown> {
        let entry = self.outbox.entry(key)?;
        matches!(entry.state, State::NotSent(Cause::Changed(_))).then(|| entry.shown.clone()).flatten()
    }

    /// The original of a correction, and the forms of both: for the open page of changes, and for the request on screen
    /// once the cursor rests on it.
    pub(super) fn original_due(&mut self) -> Vec<Effect> {
        let Some((key, priority)) = self.compared_on_screen() else { return Vec::new() };
        let Some(Comparison { process, now, .. }) = self.correction(&key) else { return Vec::new() };
        let Some(original) = now.process.original_process_id.clone() else { return Vec::new() };
        let limited = |endpoint| self.fetch.limited_until(endpoint, priority, self.now.mono).is_some();
        let (process_limited, form_limited) = (limited(Endpoint::ProcessDetail), limited(Endpoint::FormV2));
        let mut effects = Vec::new();
        let is_absent = self.requests.get(&original).is_none_or(|request| request.process == Loaded::Absent);
        if is_absent && !process_limited {
            effects.push(self.fetch.read_request(&mut self.requests, &original, priority));
        }
        for id in [original, process] {
            let request = self.requests.entry(&id);
            if request.process.here().is_some() && request.form == Loaded::Absent && !form_limited {
                request.form = Loaded::Loading;
                let query = Query::Form(id.clone());
                effects.push(self.fetch.read(Slot::Form(id), priority, Duration::ZERO, query));
            }
        }
        effects
    }

    /// The task whose difference from its original is on screen, and the class of the reads for it.
    fn compared_on_screen(&self) -> Option<(TaskKey, Priority)> {
        if self.page.is_some_and(|page| page.kind == PageKind::Difference) {
            return Some((self.page_target.clone().or_else(|| self.compared())?, Priority::Opened));
        }
        let rests = self.rests_at.is_none() && !self.fetch.is_paused();
        let shows = !matches!(self.screen.shape(), Shape::TooSmall | Shape::Single) || self.screen.pane != Pane::List;
        let key = self.subject(Subject::Screen).filter(|_| rests && shows && self.page.is_none())?;
        Some((key.clone(), Priority::Visible))
    }
}

//! Which two readings of a case are compared on the difference page, and what is read for that.

use std::time::Duration;

use super::effect::{Effect, Query, Slot};
use super::outbox::EntryState;
use super::pages::PageKind;
use super::{App, Loaded};
use crate::domain::{Endpoint, ProcessId, Properties, Shown, TaskKey};

/// What "before" is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// What she decided on: the decision was stopped because of the difference.
    Decided,
    /// What was on screen when she opened the case last.
    Opened,
    /// The process that this one corrects.
    Original,
}

/// Two readings of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    pub process: ProcessId,
    pub since: Since,
    /// `None`: the original is still being read.
    pub before: Option<Shown>,
    pub now: Shown,
}

impl App {
    /// What there is to compare, most pressing first: for the case on screen, else for the decision that was stopped
    /// last.
    #[must_use]
    pub fn comparison(&self) -> Option<Comparison> {
        let here = self.shown().or_else(|| self.selected()).and_then(|key| self.comparison_of(key));
        here.or_else(|| {
            let stopped = self.outbox.keys(|entry| matches!(entry.state, EntryState::Changed { .. }));
            self.comparison_of(stopped.last()?)
        })
    }

    fn comparison_of(&self, key: &TaskKey) -> Option<Comparison> {
        let now = self.cases.get(&key.process)?.shown()?;
        let compared = |since, before, now| Some(Comparison { process: key.process.clone(), since, before, now });
        let reviewed = self.dialog.as_ref().filter(|dialog| dialog.target.key == *key);
        let under_review = reviewed.and_then(|dialog| dialog.before.clone());
        if let Some(before) = under_review.or_else(|| self.stopped_on(key)) {
            return compared(Since::Decided, Some(before), now);
        }
        if now.process.properties == Properties::Correction
            && let Some(original) = &now.process.original_process_id
        {
            let original = self.cases.get(original);
            let whole = original.filter(|case| !matches!(case.form, Loaded::Absent | Loaded::Loading));
            return compared(Since::Original, whole.and_then(super::Case::shown), now);
        }
        let before = self.cases.get(&key.process)?.before.clone()?;
        compared(Since::Opened, Some(before), now)
    }

    /// What was on screen of this case before it changed, as long as no decision was reviewed on the new content.
    pub(super) fn seen_before(&self, key: &TaskKey) -> Option<Shown> {
        let case = self.cases.get(&key.process)?;
        let unseen = case.opened.clone().filter(|_| case.is_changed());
        self.stopped_on(key).or(unseen).or_else(|| case.before.clone())
    }

    /// What a decision on this task was made on, if it was stopped because the case had changed.
    pub(super) fn stopped_on(&self, key: &TaskKey) -> Option<Shown> {
        let entry = self.outbox.entry(key)?;
        matches!(entry.state, EntryState::Changed { .. }).then(|| entry.shown.clone()).flatten()
    }

    /// The original of a correction is read when somebody looks at the difference.
    pub(super) fn original_due(&mut self) -> Vec<Effect> {
        if self.page.is_none_or(|page| page.kind != PageKind::Difference) {
            return Vec::new();
        }
        let Some(Comparison { since: Since::Original, now, .. }) = self.comparison() else { return Vec::new() };
        let Some(original) = now.process.original_process_id.clone() else { return Vec::new() };
        let limited = |endpoint| self.sync.limited_until(endpoint, self.now.mono).is_some();
        let (process_limited, form_limited) = (limited(Endpoint::ProcessDetail), limited(Endpoint::FormV2));
        let case = self.cases.entry(&original);
        let mut effects = Vec::new();
        if case.process == Loaded::Absent && !process_limited {
            case.process = Loaded::Loading;
            let slot = Slot::Process(original.clone());
            effects.push(self.sync.read(slot, Duration::ZERO, Query::Process(original)));
        } else if case.process.here().is_some() && case.form == Loaded::Absent && !form_limited {
            case.form = Loaded::Loading;
            let slot = Slot::Form(original.clone());
            effects.push(self.sync.read(slot, Duration::ZERO, Query::Form(original)));
        }
        effects
    }
}

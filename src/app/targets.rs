//! The requests that a dialog decides on: one or many, never none. Copied when it opens and never looked up again.

use crate::domain::diff::{Difference, differences};
use crate::domain::{Shown, Target, TaskKey};

/// One request of a dialog.
#[derive(Clone, Debug)]
pub struct DialogTarget {
    pub target: Target,
    /// The content on screen that the decision will be made on.
    pub shown: Shown,
    /// The content that was on screen before the request changed.
    pub(super) before: Option<Shown>,
    /// Differences from `before`; they stand above the sentence.
    pub changes: Vec<Difference>,
}

impl DialogTarget {
    pub(crate) fn new(target: Target, shown: Shown, before: Option<Shown>) -> Self {
        let changes = before.as_ref().map(|before| differences(before, &shown)).unwrap_or_default();
        Self { target, shown, before, changes }
    }
}

/// The requests of one dialog. The first is the one that the approver opened it on.
#[derive(Clone, Debug)]
pub struct Targets {
    first: DialogTarget,
    rest: Vec<DialogTarget>,
}

impl Targets {
    pub(crate) const fn new(first: DialogTarget, rest: Vec<DialogTarget>) -> Self {
        Self { first, rest }
    }

    #[must_use]
    pub const fn first(&self) -> &DialogTarget {
        &self.first
    }

    pub fn iter(&self) -> impl Iterator<Item = &DialogTarget> {
        std::iter::once(&self.first).chain(&self.rest)
    }

    pub fn keys(&self) -> impl Iterator<Item = &TaskKey> {
        self.iter().map(|one| &one.target.key)
    }

    /// The entry of this task.
    pub(super) fn of(&self, key: &TaskKey) -> Option<&DialogTarget> {
        self.iter().find(|one| one.target.key == *key)
    }

    /// Takes the requests as they are now, in the same order. Those whose content on screen changed show the difference;
    /// returns whether there are any. A form that came since is no change.
    pub(super) fn take(&mut self, now: Vec<(Target, Shown)>) -> bool {
        let mut changed = false;
        let all = std::iter::once(&mut self.first).chain(&mut self.rest);
        for (was, (target, shown)) in all.zip(now) {
            if shown.as_seen_in(&was.shown).stamp() != was.target.stamp {
                *was = DialogTarget::new(target, shown, Some(was.shown.clone()));
                changed = true;
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{DialogTarget, Targets};
    use crate::domain::Received;
    use crate::domain::id::FlowDefinitionId;
    use crate::domain::process::{Links, UnreadMembers};
    use crate::domain::{ApproverId, I18n, Process, ProcessId, ProcessStatus, Properties, Shown, Target, TaskKey};

    fn content(id: &str, flow: &str) -> (Target, Shown) {
        let process = Process {
            id: ProcessId::new(id),
            status: ProcessStatus::InProgress,
            flow_template_id: flow.into(),
            flow_template_name: I18n { zh: flow.into(), en: flow.into() },
            flow_definition_id: FlowDefinitionId::new(flow),
            flow_definition_name: I18n::default(),
            process_name: I18n::default(),
            initiator_id: None,
            by_system: false,
            initiator_name: I18n::default(),
            create_time: None,
            complete_time: None,
            start_links: Links::default(),
            abstracts: Vec::new(),
            todos: Vec::new(),
            cc_list: Vec::new(),
            done_list: Vec::new(),
            system_todos: Vec::new(),
            system_done_list: Vec::new(),
            properties: Properties::Normal,
            comments: Vec::new(),
            original_process_id: None,
            is_last_completed_correct_process: false,
            unread: UnreadMembers::default(),
            received: Received::default(),
        };
        let shown = Shown { process: Arc::new(process), form: None };
        let target = Target {
            key: TaskKey { process: ProcessId::new(id), approver: ApproverId::new("7") },
            kind: I18n::default(),
            properties: Properties::Normal,
            initiator: I18n::default(),
            by_system: false,
            summary: I18n::default(),
            node: I18n::default(),
            high_care: false,
            stamp: shown.stamp(),
            tasks: Vec::new(),
        };
        (target, shown)
    }

    fn three() -> Targets {
        let mut all = ["1", "2", "3"]
            .map(|process| content(process, "leave"))
            .map(|(target, shown)| DialogTarget::new(target, shown, None))
            .into_iter();
        let first = all.next().expect("three");
        Targets::new(first, all.collect())
    }

    #[test]
    fn every_target_is_compared_with_its_own_reading() {
        let mut targets = three();
        assert!(!targets.take(vec![content("1", "leave"), content("2", "leave"), content("3", "leave")]));
        assert!(targets.take(vec![content("1", "leave"), content("2", "leave"), content("3", "pay")]));
        let changed: Vec<_> = targets.iter().map(|one| one.before.is_some()).collect();
        assert_eq!(changed, [false, false, true]);
        assert!(!targets.take(vec![content("1", "leave"), content("2", "leave"), content("3", "pay")]));
    }

    #[test]
    fn a_target_is_found_by_its_task() {
        let targets = three();
        let keys: Vec<TaskKey> = targets.keys().cloned().collect();
        assert_eq!(keys.len(), 3);
        assert!(keys.iter().all(|key| targets.of(key).is_some_and(|one| one.target.key == *key)));
        assert_eq!(targets.first().target.key, keys[0]);
    }
}

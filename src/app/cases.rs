//! The cases that have been read: process, form, and what the approver has seen of each.

use std::collections::HashMap;

use crate::domain::{Failure, Form, Now, Process, ProcessId, Stamp};

/// Something that a read brings, from wanting it to having it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loaded<T> {
    /// Not asked for yet.
    #[default]
    Absent,
    /// Asked for; nothing older is here.
    Loading,
    Here(T),
    /// Asked for and not got; nothing older is here.
    Failed(Failure),
}

impl<T> Loaded<T> {
    #[must_use]
    pub const fn here(&self) -> Option<&T> {
        match self {
            Self::Here(value) => Some(value),
            _ => None,
        }
    }
}

/// One process as far as it has been read.
#[derive(Clone, Debug, Default)]
pub struct Case {
    pub process: Loaded<Process>,
    /// `Here(None)`: this flow has no form to read.
    pub form: Loaded<Option<Form>>,
    /// When `process` was read.
    pub read_at: Option<Now>,
    /// A newer read of the process failed; what is shown is older.
    pub stale: Option<Failure>,
    /// What was on screen when she opened the case last; `None`: never opened.
    pub opened: Option<Stamp>,
    /// The form has been on screen in this run.
    pub form_seen: bool,
}

impl Case {
    /// The fingerprint of what can be on screen of the case now.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        let form = self.form.here().and_then(Option::as_ref);
        self.process.here().map(|process| Stamp::of(process, form))
    }

    /// Changed since she opened it last.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        matches!((self.opened, self.stamp()), (Some(seen), Some(is)) if seen != is)
    }
}

/// All cases by process.
#[derive(Debug, Default)]
pub struct Cases(HashMap<ProcessId, Case>);

impl Cases {
    #[must_use]
    pub fn get(&self, id: &ProcessId) -> Option<&Case> {
        self.0.get(id)
    }

    #[must_use]
    pub fn process(&self, id: &ProcessId) -> Option<&Process> {
        self.get(id).and_then(|case| case.process.here())
    }

    pub(super) fn entry(&mut self, id: &ProcessId) -> &mut Case {
        self.0.entry(id.clone()).or_default()
    }

    /// How many processes have been read.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.0.values().filter(|case| case.process.here().is_some()).count()
    }
}

impl Cases {
    /// Cases and forms that could not be read for such a reason count as never asked for.
    pub(super) fn forget_failures(&mut self, such: impl Fn(&Failure) -> bool) {
        for case in self.0.values_mut() {
            if matches!(&case.process, Loaded::Failed(failure) if such(failure)) {
                case.process = Loaded::Absent;
            }
            if matches!(&case.form, Loaded::Failed(failure) if such(failure)) {
                case.form = Loaded::Absent;
            }
        }
    }
}

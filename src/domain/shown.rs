//! The content of a case at one reading: what a decision was made on, kept until that decision has been sent.

use std::sync::Arc;

use super::{Form, Process, Stamp};

/// What was on screen of a case. Cheap to keep: both parts are shared with the case that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    pub process: Arc<Process>,
    /// `None` while no form had been read, or when the flow has none.
    pub form: Option<Arc<Form>>,
}

impl Shown {
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp::of(&self.process, self.form.as_deref())
    }

    /// The part of this content that was there to be seen in `before`: without a form where none had been read.
    #[must_use]
    pub fn as_seen_in(&self, before: &Self) -> Self {
        Self { process: Arc::clone(&self.process), form: self.form.clone().filter(|_| before.form.is_some()) }
    }
}

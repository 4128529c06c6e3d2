//! The content of a request at one reading: the base of a decision, kept until it has been sent.

use std::sync::Arc;

use super::{Form, Process, Stamp};

/// The content that was on screen. Cheap to keep: both parts are shared with the request that was read.
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

//! Forms that were read and are to be read again. One that is being read is waited for first.

use std::collections::HashSet;
use std::time::Duration;

use super::request_cache::RequestCache;
use crate::domain::ProcessId;

/// Such reads in flight at a time, besides that of the open form.
const IN_FLIGHT: usize = 4;

#[derive(Debug, Default)]
pub(super) struct FormQueue {
    wanted: HashSet<ProcessId>,
}

impl FormQueue {
    pub(super) fn want(&mut self, process: &ProcessId) {
        self.wanted.insert(process.clone());
    }

    /// A read of this form begins, or none is needed.
    pub(super) fn drop(&mut self, process: &ProcessId) {
        self.wanted.remove(process);
    }

    /// The forms to read now, each with a delay: the open one at once, others when `reads` of them leave room.
    pub(super) fn due(
        &mut self,
        requests: &RequestCache,
        open: Option<&ProcessId>,
        reads: usize,
        is_read: impl Fn(&ProcessId) -> bool,
        rest: Duration,
    ) -> Vec<(ProcessId, Duration)> {
        self.wanted.retain(|id| requests.get(id).is_some_and(|request| request.form.here().is_some()));
        let mut due: Vec<_> = self.wanted.iter().filter(|id| !is_read(id)).cloned().collect();
        due.sort_by(|one, other| (Some(one) != open, one).cmp(&(Some(other) != open, other)));
        let opened = usize::from(due.first().is_some_and(|first| Some(first) == open));
        due.truncate(opened + IN_FLIGHT.saturating_sub(reads));
        due.into_iter().map(|id| if Some(&id) == open { (id, Duration::ZERO) } else { (id, rest) }).collect()
    }
}

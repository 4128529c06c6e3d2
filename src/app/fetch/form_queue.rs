//! Forms that were read and are to be read again. One that is being read is waited for first.

use std::collections::HashSet;
use std::time::Duration;

use crate::app::RequestCache;
use crate::domain::ProcessId;

/// Such reads in flight at a time, besides that of the open form.
const IN_FLIGHT: usize = 4;

#[derive(Debug, Default)]
pub(super) struct FormQueue {
    wanted: HashSet<ProcessId>,
    /// Forms that may be older than their processes.
    outdated: HashSet<ProcessId>,
}

impl FormQueue {
    pub(super) fn want(&mut self, process: &ProcessId) {
        self.wanted.insert(process.clone());
    }

    /// A read of this form begins, or none is needed.
    pub(super) fn drop(&mut self, process: &ProcessId) {
        self.wanted.remove(process);
    }

    /// Notes whether the form of this process may be older than it.
    pub(super) fn note(&mut self, process: &ProcessId, is_outdated: bool) {
        if is_outdated {
            self.outdated.insert(process.clone());
        } else {
            self.outdated.remove(process);
        }
    }

    /// Wants all outdated forms again.
    pub(super) fn want_outdated(&mut self) {
        self.wanted.extend(self.outdated.iter().cloned());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.wanted.is_empty()
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{FormQueue, IN_FLIGHT};
    use crate::app::RequestCache;
    use crate::domain::{Instant, ProcessId};

    const REST: Duration = Duration::from_millis(150);

    fn queue(count: usize) -> (FormQueue, RequestCache, Vec<ProcessId>) {
        let (mut queue, mut requests) = (FormQueue::default(), RequestCache::default());
        let all: Vec<ProcessId> = (0..count).map(|number| ProcessId::new(number.to_string())).collect();
        for id in all.iter().rev() {
            requests.entry(id).take_form(None, Instant(1));
            queue.want(id);
        }
        (queue, requests, all)
    }

    #[test]
    fn forms_are_due_in_the_order_of_their_ids() {
        let (mut queue, requests, all) = queue(9);
        let due = queue.due(&requests, None, 0, |_| false, REST);
        let expected: Vec<_> = all.iter().take(IN_FLIGHT).map(|id| (id.clone(), REST)).collect();
        assert_eq!(due, expected);
    }

    #[test]
    fn the_open_form_is_due_at_once_and_beyond_the_limit() {
        let (mut queue, requests, all) = queue(9);
        let open = all.last();
        let due = queue.due(&requests, open, IN_FLIGHT, |_| false, REST);
        assert_eq!(due, open.map(|id| (id.clone(), Duration::ZERO)).into_iter().collect::<Vec<_>>());
    }

    #[test]
    fn a_form_that_is_being_read_or_was_never_read_is_not_due() {
        let (mut queue, requests, all) = queue(2);
        queue.want(&ProcessId::new("never read"));
        let due = queue.due(&requests, None, 0, |id| *id == all[0], REST);
        assert_eq!(due, [(all[1].clone(), REST)]);
    }
}

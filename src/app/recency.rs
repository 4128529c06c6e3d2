//! Sizes of loaded requests, and the order of their last use: what is dropped first when there are too many.

use std::collections::{BTreeMap, HashMap};

use crate::domain::form::Value;
use crate::domain::{Form, Process, ProcessId};

/// Loaded requests at most.
pub(super) const MOST_REQUESTS: usize = 2_000;
/// Their content at most, in approximate bytes.
pub(super) const MOST_BYTES: usize = 12 << 20;

/// Last use and size of each loaded request.
#[derive(Debug, Default)]
pub(super) struct Recency {
    /// Rises with every use.
    uses: u64,
    known: HashMap<ProcessId, (u64, usize)>,
    order: BTreeMap<u64, ProcessId>,
    bytes: usize,
}

impl Recency {
    /// A request is used, and has so many bytes; `None`: it is not loaded.
    pub(super) fn note(&mut self, process: &ProcessId, bytes: Option<usize>) {
        if let Some((used, before)) = self.known.remove(process) {
            self.order.remove(&used);
            self.bytes -= before;
        }
        if let Some(bytes) = bytes {
            self.uses += 1;
            self.known.insert(process.clone(), (self.uses, bytes));
            self.order.insert(self.uses, process.clone());
            self.bytes += bytes;
        }
    }

    /// More is loaded than may be.
    pub(super) fn is_over(&self) -> bool {
        self.known.len() > MOST_REQUESTS || self.bytes > MOST_BYTES
    }

    pub(super) fn len(&self) -> usize {
        self.known.len()
    }

    /// The request that was used least recently.
    pub(super) fn oldest(&self) -> Option<&ProcessId> {
        self.order.first_key_value().map(|(_, process)| process)
    }
}

/// About how much memory a process takes: its parts by their usual size, its long texts by their length.
pub(super) fn process_bytes(process: &Process) -> usize {
    let tasks = [process.todos.len(), process.system_todos.len(), process.cc_list.len()];
    let done = process.done_list.iter().chain(&process.system_done_list);
    let comments = process.comments.iter();
    1_500
        + 700 * tasks.iter().sum::<usize>()
        + done.map(|done| 800 + done.approval_opinion.as_str().len()).sum::<usize>()
        + comments.map(|comment| 500 + comment.message.as_str().len()).sum::<usize>()
        + process
            .abstracts
            .iter()
            .map(|it| 200 + it.value.zh.as_str().len() + it.value.en.as_str().len())
            .sum::<usize>()
}

/// The same for a form.
pub(super) fn form_bytes(form: &Form) -> usize {
    let mut bytes = 500 + 200 * form.fields.len();
    form.for_each_value(&mut |value| {
        bytes += 150;
        if let Value::Text(text) | Value::Raw(text) = value {
            bytes += text.as_str().len();
        }
    });
    bytes
}

#[cfg(test)]
mod tests {
    use super::{MOST_BYTES, MOST_REQUESTS, Recency};
    use crate::domain::ProcessId;

    fn id(number: usize) -> ProcessId {
        ProcessId::new(number.to_string())
    }

    #[test]
    fn the_least_recently_used_is_the_oldest() {
        let mut recency = Recency::default();
        for number in [1, 2, 3] {
            recency.note(&id(number), Some(10));
        }
        recency.note(&id(1), Some(10));
        assert_eq!(recency.oldest(), Some(&id(2)));
        recency.note(&id(2), None);
        assert_eq!((recency.oldest(), recency.len()), (Some(&id(3)), 2));
    }

    #[test]
    fn both_caps_count() {
        let mut recency = Recency::default();
        recency.note(&id(0), Some(MOST_BYTES));
        assert!(!recency.is_over());
        recency.note(&id(1), Some(1));
        assert!(recency.is_over(), "too many bytes");
        recency.note(&id(0), Some(0));
        for number in 2..MOST_REQUESTS {
            recency.note(&id(number), Some(0));
        }
        assert!(!recency.is_over());
        recency.note(&id(MOST_REQUESTS), Some(0));
        assert!(recency.is_over(), "too many requests");
    }
}

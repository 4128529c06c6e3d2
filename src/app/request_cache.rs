//! Loaded requests: process, form, and the content that the approver has seen of each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::recency::{Recency, form_bytes, process_bytes};
use crate::domain::{Failure, Form, Instant, Now, Process, ProcessId, Seen, SeenStamps, Shown, Stamp, TaskKey};

/// Content of a read, from its request to its arrival.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Loaded<T> {
    /// Not asked for yet.
    #[default]
    Absent,
    /// Asked for; nothing older is here.
    Loading,
    Here(T),
    /// The read failed; there is no older content.
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
pub struct Request {
    pub process: Loaded<Arc<Process>>,
    /// `Here(None)`: this flow has no form to read.
    pub form: Loaded<Option<Arc<Form>>>,
    /// When `process` was read.
    pub read_at: Option<Now>,
    /// Times at which the reads of `process` and `form` were requested: their content is not older.
    pub(super) process_asked: Option<Instant>,
    pub(super) form_asked: Option<Instant>,
    /// A newer read of the process failed; the content is older.
    pub stale: Option<Failure>,
    /// Time at which the process came changed: a form requested before may be older. `None` once a newer form is here.
    form_outdated: Option<Instant>,
    /// The content on screen when the request was opened last; `None`: never opened.
    pub opened: Option<Shown>,
    /// Content on screen before that, if it differed.
    pub before: Option<Shown>,
    /// Fingerprints of the content that an earlier run showed last; `None`: it was not opened then.
    pub(super) last_seen: Option<SeenStamps>,
    /// The content is that of an earlier run: the platform has not been read since.
    pub is_cached: bool,
    /// The form has been on screen in this run, legible and to its last row. Kept for sensitive requests only.
    pub form_seen: bool,
    stamp: Option<Stamp>,
    /// About how much memory the process and the form take.
    process_bytes: usize,
    form_bytes: usize,
}

impl Request {
    /// The user saw it: later readings are compared with that.
    const fn is_opened(&self) -> bool {
        self.opened.is_some() || self.before.is_some() || self.form_seen
    }

    /// Content that can be on screen now.
    #[must_use]
    pub fn shown(&self) -> Option<Shown> {
        let form = self.form.here().and_then(Option::as_ref);
        self.process.here().map(|process| Shown { process: Arc::clone(process), form: form.map(Arc::clone) })
    }

    /// Fingerprint of the content that can be on screen now.
    #[must_use]
    pub const fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// Changed since it was opened last. A form that came since is no change.
    #[must_use]
    pub fn is_changed(&self) -> bool {
        let Some(is) = self.shown() else { return false };
        let Some(seen) = &self.opened else {
            return self.last_seen.is_some_and(|seen| seen.differ(&is.process, is.form.as_deref()));
        };
        if Arc::ptr_eq(&seen.process, &is.process) && (seen.form.is_none() || seen.form == is.form) {
            return false;
        }
        is.as_seen_in(seen).stamp() != seen.stamp()
    }

    /// Whether the user has seen the content that can be on screen now.
    #[must_use]
    pub fn seen(&self) -> Seen {
        match &self.opened {
            None if self.last_seen.is_none() => Seen::Unopened,
            _ if self.is_changed() => Seen::Changed,
            _ => Seen::Opened,
        }
    }

    /// Fingerprints of the content that was on screen when the request was opened last, in this run or before.
    pub(super) fn seen_stamps(&self) -> Option<SeenStamps> {
        let opened = self.opened.as_ref().map(|shown| SeenStamps::of(&shown.process, shown.form.as_deref()));
        opened.or(self.last_seen)
    }

    /// The form here may be older than the process.
    #[must_use]
    pub fn is_form_outdated(&self) -> bool {
        self.form_outdated.is_some() && self.form.here().is_some()
    }

    pub(super) fn take_process(&mut self, process: Process, asked: Instant, now: Now) {
        self.process_bytes = process_bytes(&process);
        match &self.process {
            // The same content keeps its place in memory: comparing it with what was seen costs nothing then.
            Loaded::Here(before) if **before == process => {}
            Loaded::Here(_) => {
                self.form_outdated = Some(now.mono);
                self.process = Loaded::Here(Arc::new(process));
            }
            _ => self.process = Loaded::Here(Arc::new(process)),
        }
        self.read_at = Some(now);
        self.process_asked = Some(asked);
        self.stale = None;
        self.is_cached = false;
        self.stamp = self.shown().map(|shown| shown.stamp());
    }

    /// Takes the content of an earlier run, which no check accepts.
    pub(super) fn take_cached(
        &mut self,
        process: Process,
        form: Loaded<Option<Arc<Form>>>,
        read_at: Now,
        now: Instant,
    ) {
        self.process = Loaded::Here(Arc::new(process));
        self.read_at = Some(read_at);
        self.is_cached = true;
        if self.form.here().is_none() && form.here().is_some() {
            self.form = form;
            self.form_outdated = Some(now);
        }
        self.stamp = self.shown().map(|shown| shown.stamp());
    }

    pub(super) fn take_form(&mut self, form: Option<Form>, asked: Instant) {
        self.form_bytes = form.as_ref().map_or(0, form_bytes);
        let before = self.form.here().is_some().then_some(self.stamp).flatten();
        if !matches!((&self.form, &form), (Loaded::Here(Some(before)), Some(form)) if **before == *form) {
            self.form = Loaded::Here(form.map(Arc::new));
        }
        self.form_asked = Some(asked);
        self.form_outdated = self.form_outdated.filter(|changed| asked < *changed);
        self.stamp = self.shown().map(|shown| shown.stamp());
        // A changed form has not been on screen.
        self.form_seen &= before.is_none() || before == self.stamp;
    }
}

/// All requests by process.
#[derive(Debug, Default)]
pub struct RequestCache {
    all: HashMap<ProcessId, Request>,
    /// Requests that may have changed since [`take_touched`](Self::take_touched).
    touched: Vec<ProcessId>,
    recency: Recency,
}

impl RequestCache {
    #[must_use]
    pub fn get(&self, id: &ProcessId) -> Option<&Request> {
        self.all.get(id)
    }

    #[must_use]
    pub fn process(&self, id: &ProcessId) -> Option<&Process> {
        self.get(id).and_then(|request| request.process.here()).map(Arc::as_ref)
    }

    pub(super) fn entry(&mut self, id: &ProcessId) -> &mut Request {
        self.touched.push(id.clone());
        self.all.entry(id.clone()).or_default()
    }

    /// The requests that may have changed since the last call. Every way to change one notes it.
    pub(super) fn take_touched(&mut self) -> Vec<ProcessId> {
        let touched = std::mem::take(&mut self.touched);
        for id in &touched {
            self.note_use(id);
        }
        touched
    }

    fn note_use(&mut self, id: &ProcessId) {
        let here = self.all.get(id).filter(|request| request.process.here().is_some());
        self.recency.note(id, here.map(|request| request.process_bytes + request.form_bytes));
    }

    /// More is loaded than may be.
    pub(super) fn is_over(&self) -> bool {
        self.recency.is_over()
    }

    /// The user looks at this request: it is dropped late.
    pub(super) fn touch(&mut self, process: &ProcessId) {
        self.touched.push(process.clone());
    }

    /// Drops the requests that were used least recently, until the rest is within its cap. What the user has opened stays
    /// to be compared with, and so does what `is_pinned` accepts. Their rows keep their content.
    pub(super) fn evict(&mut self, is_pinned: impl Fn(&ProcessId) -> bool) {
        for _ in 0..self.recency.len() {
            if !self.recency.is_over() {
                return;
            }
            let Some(oldest) = self.recency.oldest().cloned() else { return };
            if is_pinned(&oldest) || self.get(&oldest).is_some_and(Request::is_opened) {
                // Its turn comes again after all others.
                self.note_use(&oldest);
            } else {
                self.all.remove(&oldest);
                self.recency.note(&oldest, None);
                self.touched.push(oldest);
            }
        }
    }

    /// A read of this process begins.
    pub(super) fn begin(&mut self, process: &ProcessId) {
        let request = self.entry(process);
        if request.process.here().is_none() {
            request.process = Loaded::Loading;
        }
    }

    /// How many processes have been read.
    #[must_use]
    pub fn loaded(&self) -> usize {
        self.all.values().filter(|request| request.process.here().is_some()).count()
    }
}

impl RequestCache {
    /// Drops the requests of tasks that left the list, so that a long run does not keep all of them. Those of a
    /// decision, a dialog or a page stay, and so does the original of a correction.
    pub(super) fn keep_only<'k>(&mut self, kept: impl Iterator<Item = &'k TaskKey>) {
        let mut kept: HashSet<ProcessId> = kept.map(|key| key.process.clone()).collect();
        let original = |id| self.process(id)?.original_process_id.clone();
        let originals: Vec<_> = kept.iter().filter_map(original).collect();
        kept.extend(originals);
        let left = self.all.extract_if(|id, _| !kept.contains(id)).map(|(id, _)| id);
        self.touched.extend(left);
    }

    /// A read of this request found no budget: without an older reading it counts as never asked for.
    pub(super) fn process_limited(&mut self, process: &ProcessId) {
        let request = self.entry(process);
        if request.process.here().is_none() {
            request.process = Loaded::Absent;
        }
    }

    /// Requests and forms that could not be read for such a reason count as never asked for.
    pub(super) fn forget_failures(&mut self, such: impl Fn(&Failure) -> bool) {
        for (id, request) in &mut self.all {
            if matches!(&request.process, Loaded::Failed(failure) if such(failure)) {
                self.touched.push(id.clone());
                request.process = Loaded::Absent;
            }
            if matches!(&request.form, Loaded::Failed(failure) if such(failure)) {
                request.form = Loaded::Absent;
            }
        }
    }
}

//! Which records are durable. One sync runs at a time and covers everything appended before it began.

/// A number of records appended in this run: everything up to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Mark(u64);

#[derive(Debug, Default)]
pub(super) struct Flush {
    appended: Mark,
    synced: Mark,
    /// Records that the running sync covers.
    running: Option<Mark>,
}

impl Flush {
    pub(super) fn append(&mut self) {
        self.appended.0 += 1;
    }

    /// Everything appended so far.
    pub(super) const fn appended(&self) -> Mark {
        self.appended
    }

    /// Whether a sync has to begin now. It counts as running from here on.
    pub(super) fn begins(&mut self) -> bool {
        let due = self.running.is_none() && self.appended > self.synced;
        if due {
            self.running = Some(self.appended);
        }
        due
    }

    /// The running sync has ended. Returns what it covered.
    pub(super) fn end(&mut self) -> Mark {
        self.synced = self.running.take().unwrap_or(self.synced);
        self.synced
    }

    pub(super) fn is_durable(&self, mark: Mark) -> bool {
        mark <= self.synced
    }
}

#[cfg(test)]
mod tests {
    use super::Flush;

    #[test]
    fn records_of_a_running_sync_need_another_one() {
        let mut flush = Flush::default();
        assert!(!flush.begins(), "nothing was appended");
        flush.append();
        let first = flush.appended();
        assert!(flush.begins());
        flush.append();
        flush.append();
        let last = flush.appended();
        assert!(!flush.begins(), "one runs");
        flush.end();
        assert!(flush.is_durable(first) && !flush.is_durable(last));
        assert!(flush.begins());
        flush.end();
        assert!(flush.is_durable(last) && !flush.begins());
    }
}

//! Requests as tasks. A read belongs to a slot, waits before it is sent, and is aborted by a newer one of its slot. A
//! write is never aborted.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::port::{Platform, Report};
use crate::app::{Answer, CachedRequest, Event, Query, RequestId, Slot};
use crate::domain::{CleanText, Failure, FailureKind, Priority, Reviewed};
use crate::feishu::live::LiveLink;
use crate::store::Syncer;

/// Reports that wait for the loop; tasks wait when there are more.
const REPORTS: usize = 64;
/// Announcements that wait for those.
const ANNOUNCEMENTS: usize = 4;

/// Owns every running request.
pub(super) struct Runner<P> {
    platform: Arc<P>,
    reports: mpsc::Sender<Report>,
    reads: HashMap<Slot, (RequestId, AbortHandle)>,
    /// The task that keeps the long connection.
    listening: Option<AbortHandle>,
    renew_live: Arc<Notify>,
    /// Everything that belongs to a decision: syncs, tokens, the requests themselves.
    writes: TaskTracker,
    /// Once cancelled, nothing is sent any more.
    shutdown: CancellationToken,
}

impl<P: Platform> Runner<P> {
    pub(super) fn new(platform: P) -> (Self, mpsc::Receiver<Report>) {
        let (reports, receiver) = mpsc::channel(REPORTS);
        let runner = Self {
            shutdown: platform.shutdown(),
            platform: Arc::new(platform),
            reports,
            reads: HashMap::new(),
            listening: None,
            renew_live: Arc::default(),
            writes: TaskTracker::new(),
        };
        (runner, receiver)
    }

    /// Begins to listen to announcements. Each waits until the loop takes it.
    pub(super) fn listen(&mut self) {
        let (platform, reports) = (Arc::clone(&self.platform), self.reports.clone());
        let renew = Arc::clone(&self.renew_live);
        let (events, mut heard) = mpsc::channel(ANNOUNCEMENTS);
        let task = tokio::spawn(async move {
            let forward = async {
                while let Some(event) = heard.recv().await {
                    if reports.send(Report::Event(Event::Live(event))).await.is_err() {
                        return;
                    }
                }
            };
            tokio::join!(platform.listen(LiveLink { events, renew }), forward);
        });
        self.listening = Some(task.abort_handle());
    }

    /// Asks for a new long connection.
    pub(super) fn renew_live(&self) {
        self.renew_live.notify_waiters();
    }

    pub(super) fn read(&mut self, id: RequestId, slot: Slot, priority: Priority, after: Duration, query: Query) {
        let platform = Arc::clone(&self.platform);
        self.begin_read(id, slot, async move {
            if !after.is_zero() {
                tokio::time::sleep(after).await;
            }
            let result = platform.read(query, priority).await;
            // A wait for the own budget is no failure, and there are many.
            let waits =
                |failure: &&Failure| matches!(failure.kind, FailureKind::RateLimited { .. }) && failure.http.is_none();
            if let Some(failure) = result.as_ref().err().filter(|failure| !waits(failure)) {
                let (code, log_id) = (failure.code, &failure.log_id);
                tracing::info!(id = id.0, endpoint = ?failure.endpoint, code, ?log_id, "read failed");
            }
            Some(result)
        });
    }

    /// Runs work that waits for the disk, and sends its answer to a slot.
    pub(super) fn read_disk(&mut self, id: RequestId, slot: Slot, work: impl FnOnce() -> Answer + Send + 'static) {
        // Only a panic of the work ends without an answer, and a panic ends the program.
        self.begin_read(id, slot, async move { tokio::task::spawn_blocking(work).await.ok().map(Ok) });
    }

    /// Sends the answer of the cache to a slot.
    pub(super) fn read_cache(
        &mut self,
        id: RequestId,
        slot: Slot,
        read: impl Future<Output = Option<CachedRequest>> + Send + 'static,
    ) {
        self.begin_read(id, slot, async move { Some(Ok(Answer::Cached(read.await.map(Box::new)))) });
    }

    /// Where work outside of the runner reports.
    pub(super) fn reports(&self) -> mpsc::Sender<Report> {
        self.reports.clone()
    }

    fn begin_read(
        &mut self,
        id: RequestId,
        slot: Slot,
        work: impl Future<Output = Option<Result<Answer, Failure>>> + Send + 'static,
    ) {
        if self.shutdown.is_cancelled() {
            return;
        }
        let (reports, asked) = (self.reports.clone(), slot.clone());
        let task = tokio::spawn(async move {
            if let Some(result) = work.await {
                // Fails when the loop is over and wants no answer.
                let _ = reports.send(Report::Event(Event::Answered { id, slot: asked, result })).await;
            }
        });
        if let Some((_, older)) = self.reads.insert(slot, (id, task.abort_handle())) {
            older.abort();
        }
    }

    pub(super) fn abandon(&mut self, slot: &Slot) {
        if let Some((_, task)) = self.reads.remove(slot) {
            task.abort();
        }
    }

    /// Syncs the journal.
    pub(super) fn sync(&self, syncer: Syncer) {
        self.report(async move {
            let done = tokio::task::spawn_blocking(move || syncer.sync()).await;
            let done = done.map_err(io::Error::other).flatten();
            Report::Synced(done.map_err(|error| CleanText::new(&error.to_string())))
        });
    }

    /// Fetches what a write needs.
    pub(super) fn prepare(&self, id: RequestId) {
        let platform = Arc::clone(&self.platform);
        self.report(async move { Report::Prepared { id, result: platform.prepare().await } });
    }

    /// Sends a decision, once.
    pub(super) fn write(&self, id: RequestId, decision: Reviewed) {
        let platform = Arc::clone(&self.platform);
        self.report(async move {
            let result = platform.write(&decision).await;
            match &result {
                Ok(receipt) => tracing::info!(id = id.0, log_id = ?receipt.log_id, "decision accepted"),
                Err(failure) => tracing::warn!(
                    id = id.0,
                    outcome = ?failure.outcome,
                    code = failure.code,
                    log_id = ?failure.log_id,
                    "decision not accepted"
                ),
            }
            Report::Event(Event::Written { id, result })
        });
    }

    /// Does work that the end of the program waits for.
    fn report(&self, work: impl Future<Output = Report> + Send + 'static) {
        let reports = self.reports.clone();
        self.writes.spawn(async move {
            let _ = reports.send(work.await).await;
        });
    }

    pub(super) fn fault(&self, order: &str) -> Option<Event> {
        self.platform.fault(order)
    }

    /// Forgets a read that was answered.
    pub(super) fn answered(&mut self, report: &Report) {
        if let Report::Event(Event::Answered { id, slot, .. }) = report
            && self.reads.get(slot).is_some_and(|(current, _)| current == id)
        {
            self.reads.remove(slot);
        }
    }

    /// Cancelled when nothing may leave any more, also by those who hear of the end before the loop does.
    pub(super) fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Sends nothing more. Running requests go on.
    pub(super) fn shut_down(&self) {
        self.shutdown.cancel();
    }

    /// Sends nothing more, and gives running requests until `patience` to be answered.
    pub(super) async fn close(&mut self, mut reports: mpsc::Receiver<Report>, patience: Instant) {
        self.shut_down();
        let reads = self.reads.drain().map(|(_, (_, task))| task);
        for task in reads.chain(self.listening.take()) {
            task.abort();
        }
        // A task that waits to send its answer has its answer.
        reports.close();
        self.writes.close();
        if tokio::time::timeout_at(patience, self.writes.wait()).await.is_err() {
            tracing::warn!(count = self.writes.len(), "left without the answer to a decision");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    use tokio::sync::{Notify, mpsc};
    use tokio::time::Instant;

    use super::{Platform, Report, Runner, Syncer};
    use crate::app::{Answer, Event, Query, RequestId, Slot};
    use crate::domain::decision::Receipt;
    use crate::domain::{Failure, Priority, Reviewed};
    use crate::runtime::test_support::reviewed;

    /// Records requests; answers reads at once and writes on command.
    #[derive(Clone, Default)]
    struct Noting {
        asked: Arc<Mutex<Vec<String>>>,
        answer_writes: Arc<Notify>,
    }

    impl Platform for Noting {
        async fn read(&self, query: Query, _: Priority) -> Result<Answer, Failure> {
            let Query::People(words) = query else { panic!("only people are asked for here") };
            self.asked.lock().unwrap().push(words);
            Ok(Answer::People(Vec::new()))
        }

        async fn write(&self, decision: &Reviewed) -> Result<Receipt, Failure> {
            self.asked.lock().unwrap().push(format!("write {}", decision.target.process().as_str()));
            self.answer_writes.notified().await;
            self.asked.lock().unwrap().push("written".into());
            Ok(Receipt { log_id: None })
        }
    }

    /// Waits until the first write has left.
    async fn sent(platform: &Noting) {
        while asked(platform).is_empty() {
            tokio::task::yield_now().await;
        }
    }

    fn runner() -> (Noting, Runner<Noting>, mpsc::Receiver<Report>) {
        let platform = Noting::default();
        let (runner, reports) = Runner::new(platform.clone());
        (platform, runner, reports)
    }

    fn asked(platform: &Noting) -> Vec<String> {
        platform.asked.lock().unwrap().clone()
    }

    const REST: Duration = Duration::from_millis(150);

    #[tokio::test(start_paused = true)]
    async fn only_the_last_of_quick_reads_in_a_slot_is_sent() {
        let (platform, mut runner, mut reports) = runner();
        for (number, words) in (1..).zip(["z", "zh", "zhang"]) {
            runner.read(RequestId(number), Slot::People, Priority::Opened, REST, Query::People(words.into()));
            tokio::time::sleep(REST / 2).await;
        }
        let report = reports.recv().await.unwrap();
        assert!(matches!(report, Report::Event(Event::Answered { id: RequestId(3), slot: Slot::People, .. })));
        assert_eq!(asked(&platform), ["zhang"]);
        runner.answered(&report);
        assert!(runner.reads.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_abandoned_read_is_not_sent() {
        let (platform, mut runner, mut reports) = runner();
        runner.read(RequestId(1), Slot::People, Priority::Opened, REST, Query::People("z".into()));
        runner.abandon(&Slot::People);
        tokio::time::sleep(REST * 2).await;
        assert!(reports.try_recv().is_err());
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_under_way_is_waited_for_at_the_end() {
        let (platform, mut runner, reports) = runner();
        runner.write(RequestId(1), *reviewed());
        sent(&platform).await;
        let answer = Arc::clone(&platform.answer_writes);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer.notify_one();
        });
        runner.close(reports, Instant::now() + Duration::from_millis(2500)).await;
        assert_eq!(asked(&platform), ["write 1", "written"]);
        assert!(runner.shutdown().is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_waits_no_longer_than_its_patience() {
        let (platform, mut runner, reports) = runner();
        runner.write(RequestId(1), *reviewed());
        sent(&platform).await;
        let begun = Instant::now();
        runner.close(reports, Instant::now() + Duration::from_millis(2500)).await;
        assert_eq!(begun.elapsed(), Duration::from_millis(2500));
        assert_eq!(asked(&platform), ["write 1"]);
    }

    #[tokio::test]
    async fn a_sync_reports_its_failure_in_words() {
        let (_platform, runner, mut reports) = runner();
        runner.sync(Syncer::new(|| Ok(())));
        assert!(matches!(reports.recv().await, Some(Report::Synced(Ok(())))));
        runner.sync(Syncer::new(|| Err(std::io::Error::other("full"))));
        assert!(matches!(reports.recv().await, Some(Report::Synced(Err(words))) if words.as_str() == "full"));
    }
}

//! Requests as tasks. A read belongs to a slot, waits before it is sent, and is aborted by a newer one of its slot; a
//! write is sent once, or twice when the gateway turned its token away, and never aborted.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::AbortHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::SystemClock;
use super::dispatch::{Dispatch, durable};
use super::port::Platform;
use crate::app::{Answer, Event, Query, RequestId, Slot};
use crate::domain::{Now, Reviewed};
use crate::store::Syncer;

/// Answers that wait for the loop; tasks wait when there are more.
const ANSWERS: usize = 64;

/// Owns every request that is under way.
pub(super) struct Runner<P> {
    platform: Arc<P>,
    answers: mpsc::Sender<Event>,
    reads: HashMap<Slot, (RequestId, AbortHandle)>,
    writes: TaskTracker,
    /// Once cancelled, nothing is sent any more. Each write asks when it is ready to leave.
    shutdown: CancellationToken,
    clock: SystemClock,
}

impl<P: Platform> Runner<P> {
    pub(super) fn new(platform: P, clock: SystemClock) -> (Self, mpsc::Receiver<Event>) {
        let (answers, receiver) = mpsc::channel(ANSWERS);
        let runner = Self {
            shutdown: platform.shutdown(),
            platform: Arc::new(platform),
            answers,
            reads: HashMap::new(),
            writes: TaskTracker::new(),
            clock,
        };
        (runner, receiver)
    }

    pub(super) fn read(&mut self, id: RequestId, slot: Slot, after: Duration, query: Query) {
        if self.shutdown.is_cancelled() {
            return;
        }
        let (platform, answers, asked) = (Arc::clone(&self.platform), self.answers.clone(), slot.clone());
        let task = tokio::spawn(async move {
            if !after.is_zero() {
                tokio::time::sleep(after).await;
            }
            let result = platform.read(query).await;
            if let Err(failure) = &result {
                let (code, log_id) = (failure.code, &failure.log_id);
                tracing::info!(id = id.0, endpoint = ?failure.endpoint, code, ?log_id, "read failed");
            }
            // The loop is over: nobody wants the answer.
            let _ = answers.send(Event::Answered { id, slot: asked, result }).await;
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

    /// Does work that waits for the disk, and gives its answer to a slot.
    pub(super) fn read_disk(&mut self, id: RequestId, slot: Slot, work: impl FnOnce() -> Answer + Send + 'static) {
        if self.shutdown.is_cancelled() {
            return;
        }
        let (answers, asked) = (self.answers.clone(), slot.clone());
        let task = tokio::spawn(async move {
            // Only a panic of the work itself ends it without an answer, and that ends the program.
            if let Ok(answer) = tokio::task::spawn_blocking(work).await {
                let _ = answers.send(Event::Answered { id, slot: asked, result: Ok(answer) }).await;
            }
        });
        if let Some((_, older)) = self.reads.insert(slot, (id, task.abort_handle())) {
            older.abort();
        }
    }

    /// Brings what was written into the journal to the disk, and tells when that fails.
    pub(super) fn sync(&self, syncer: Syncer) {
        let answers = self.answers.clone();
        self.writes.spawn(async move {
            if let Err(words) = durable(syncer).await {
                let _ = answers.send(Event::NotRecorded(words)).await;
            }
        });
    }

    /// Sends a decision, checked at this moment, once the journal has what was written before. After
    /// [`close`](Self::close) nothing is sent any more.
    pub(super) fn write(&mut self, id: RequestId, decision: Box<Reviewed>, journal: Syncer, checked: Now) {
        let (platform, answers) = (Arc::clone(&self.platform), self.answers.clone());
        let dispatch = Dispatch { platform, decision, checked, shutdown: self.shutdown(), clock: self.clock };
        self.writes.spawn(async move {
            let result = dispatch.send(journal).await;
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
            let _ = answers.send(Event::Written { id, result }).await;
        });
    }

    pub(super) fn fault(&self, order: &str) -> Option<Event> {
        self.platform.fault(order)
    }

    /// Forgets a read that was answered.
    pub(super) fn answered(&mut self, event: &Event) {
        if let Event::Answered { id, slot, .. } = event
            && self.reads.get(slot).is_some_and(|(current, _)| current == id)
        {
            self.reads.remove(slot);
        }
    }

    /// Cancelled when nothing may leave any more, also by those who hear of the end before the loop does.
    pub(super) fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Sends nothing more. What was sent goes on.
    pub(super) fn stop_accepting(&self) {
        self.shutdown.cancel();
    }

    /// Sends nothing more and gives what was sent until then to be answered.
    pub(super) async fn close(&mut self, mut answers: mpsc::Receiver<Event>, patience: Instant) {
        self.stop_accepting();
        for (_, (_, task)) in self.reads.drain() {
            task.abort();
        }
        // A task that waits to tell its answer has its answer.
        answers.close();
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

    use super::{Platform, Runner, Syncer, SystemClock};
    use crate::app::{Answer, Event, Query, RequestId, Slot, not_recorded};
    use crate::domain::decision::{Decision, Receipt, Target};
    use crate::domain::{
        ApproverId, CleanText, Failure, FailureKind, I18n, Millis, Now, Operator, Opinion, Outcome, PersonId,
        PersonIdType, ProcessId, Properties, Reviewed, Stamp, TaskKey,
    };

    /// Notes what is asked; answers reads at once and writes when told to.
    #[derive(Clone, Default)]
    struct Noting {
        asked: Arc<Mutex<Vec<String>>>,
        answer_writes: Arc<Notify>,
        /// How long a token takes.
        token: Arc<Mutex<Duration>>,
        /// How many writes the gateway turns away for their token before it takes one.
        refusals: Arc<Mutex<usize>>,
    }

    impl Platform for Noting {
        async fn read(&self, query: Query) -> Result<Answer, Failure> {
            let Query::People(words) = query else { panic!("only people are asked for here") };
            self.asked.lock().unwrap().push(words);
            Ok(Answer::People(Vec::new()))
        }

        async fn prepare(&self) -> Result<(), Failure> {
            let token = *self.token.lock().unwrap();
            tokio::time::sleep(token).await;
            Ok(())
        }

        async fn write(&self, decision: &Reviewed) -> Result<Receipt, Failure> {
            self.asked.lock().unwrap().push(format!("write {}", decision.target.process().as_str()));
            self.answer_writes.notified().await;
            if self.turns_away() {
                let failure = not_recorded(CleanText::new("invalid access token"));
                return Err(Failure { kind: FailureKind::TokenRefused, ..failure });
            }
            self.asked.lock().unwrap().push("written".into());
            Ok(Receipt { log_id: None })
        }
    }

    impl Noting {
        /// The gateway, while it takes no token.
        fn turns_away(&self) -> bool {
            let mut left = self.refusals.lock().unwrap();
            left.checked_sub(1).is_some_and(|fewer| {
                *left = fewer;
                true
            })
        }
    }

    fn reviewed() -> Box<Reviewed> {
        let key = TaskKey { process: ProcessId::new("1"), approver: ApproverId::new("2") };
        let nothing = I18n::default;
        Box::new(Reviewed {
            target: Target {
                key,
                kind: nothing(),
                initiator: nothing(),
                by_system: false,
                summary: nothing(),
                node: nothing(),
                high_care: false,
                stamp: Stamp([0; 16]),
                tasks: Vec::new(),
                properties: Properties::Normal,
            },
            decision: Decision::Approve { opinion: Opinion::default() },
            operator: Operator { id: PersonId::new("ou_1"), id_type: PersonIdType::OpenId, name: nothing() },
        })
    }

    fn synced() -> Syncer {
        Syncer::new(|| Ok(()))
    }

    /// Waits until the first write has left.
    async fn sent(platform: &Noting) {
        while asked(platform).is_empty() {
            tokio::task::yield_now().await;
        }
    }

    fn runner() -> (Noting, Runner<Noting>, mpsc::Receiver<Event>) {
        let platform = Noting::default();
        let (runner, answers) = Runner::new(platform.clone(), SystemClock::start());
        (platform, runner, answers)
    }

    /// Why a write that was ordered did not leave.
    async fn kept_back(answers: &mut mpsc::Receiver<Event>) -> Failure {
        let Some(Event::Written { result: Err(failure), .. }) = answers.recv().await else { panic!("it is answered") };
        assert_eq!(failure.outcome, Outcome::NotSent);
        failure
    }

    /// What becomes of a write, however often it leaves. The clock of the test stands still, so that of the machine ends
    /// the waiting.
    async fn answered(platform: &Noting, answers: &mut mpsc::Receiver<Event>) -> Result<Receipt, Failure> {
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while std::time::Instant::now() < deadline {
            platform.answer_writes.notify_one();
            tokio::task::yield_now().await;
            if let Ok(Event::Written { result, .. }) = answers.try_recv() {
                return result;
            }
        }
        panic!("the write is not answered")
    }

    fn asked(platform: &Noting) -> Vec<String> {
        platform.asked.lock().unwrap().clone()
    }

    const REST: Duration = Duration::from_millis(150);

    #[tokio::test(start_paused = true)]
    async fn of_reads_that_follow_each_other_in_a_slot_only_the_last_is_sent() {
        let (platform, mut runner, mut answers) = runner();
        for (number, words) in (1..).zip(["z", "zh", "zhang"]) {
            runner.read(RequestId(number), Slot::People, REST, Query::People(words.into()));
            tokio::time::sleep(REST / 2).await;
        }
        let answer = answers.recv().await.unwrap();
        assert!(matches!(answer, Event::Answered { id: RequestId(3), slot: Slot::People, .. }));
        assert_eq!(asked(&platform), ["zhang"]);
        runner.answered(&answer);
        assert!(runner.reads.is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn an_abandoned_read_is_not_sent() {
        let (platform, mut runner, mut answers) = runner();
        runner.read(RequestId(1), Slot::People, REST, Query::People("z".into()));
        runner.abandon(&Slot::People);
        tokio::time::sleep(REST * 2).await;
        assert!(answers.try_recv().is_err());
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_under_way_is_waited_for_and_none_is_begun_after_the_end() {
        let (platform, mut runner, answers) = runner();
        let checked = runner.clock.now();
        runner.write(RequestId(1), reviewed(), synced(), checked);
        sent(&platform).await;
        let answer = Arc::clone(&platform.answer_writes);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            answer.notify_one();
        });
        runner.close(answers, Instant::now() + Duration::from_millis(2500)).await;
        runner.write(RequestId(2), reviewed(), synced(), checked);
        tokio::time::sleep(Duration::from_secs(5)).await;
        assert_eq!(asked(&platform), ["write 1", "written"]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_end_does_not_wait_longer_than_its_patience() {
        let (platform, mut runner, answers) = runner();
        let checked = runner.clock.now();
        runner.write(RequestId(1), reviewed(), synced(), checked);
        sent(&platform).await;
        let begun = tokio::time::Instant::now();
        runner.close(answers, Instant::now() + Duration::from_millis(2500)).await;
        assert_eq!(begun.elapsed(), Duration::from_millis(2500));
        assert_eq!(asked(&platform), ["write 1"]);
    }

    #[tokio::test]
    async fn a_write_that_still_waits_for_the_disk_at_the_end_is_not_sent() {
        let (platform, mut runner, mut answers) = runner();
        let checked = runner.clock.now();
        platform.answer_writes.notify_one();
        let (go, waits) = std::sync::mpsc::channel();
        let slow = Syncer::new(move || waits.recv().map_err(std::io::Error::other));
        runner.write(RequestId(1), reviewed(), slow, checked);
        tokio::task::yield_now().await;
        assert!(asked(&platform).is_empty(), "it left before the journal was durable");
        runner.stop_accepting();
        go.send(()).unwrap();
        kept_back(&mut answers).await;
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_waited_for_a_token_when_the_end_came_is_not_sent() {
        let (platform, mut runner, mut answers) = runner();
        platform.answer_writes.notify_one();
        *platform.token.lock().unwrap() = Duration::from_secs(2);
        let checked = runner.clock.now();
        runner.write(RequestId(1), reviewed(), synced(), checked);
        tokio::time::sleep(Duration::from_secs(1)).await;
        runner.stop_accepting();
        kept_back(&mut answers).await;
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_for_which_the_disk_took_too_long_is_not_sent_on_its_old_check() {
        for (seconds, leaves) in [(2, true), (4, false)] {
            let (platform, mut runner, mut answers) = runner();
            platform.answer_writes.notify_one();
            let (go, waits) = std::sync::mpsc::channel();
            let checked = runner.clock.now();
            let slow = Syncer::new(move || waits.recv().map_err(std::io::Error::other));
            runner.write(RequestId(1), reviewed(), slow, checked);
            tokio::time::advance(Duration::from_secs(seconds)).await;
            go.send(()).unwrap();
            if leaves {
                assert!(matches!(answers.recv().await, Some(Event::Written { result: Ok(_), .. })));
            } else {
                assert_eq!(kept_back(&mut answers).await.kind, FailureKind::Late);
            }
            assert_eq!(asked(&platform).is_empty(), !leaves, "after {seconds} s");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_disk_that_does_not_answer_gives_the_decision_back() {
        let (platform, mut runner, mut answers) = runner();
        let (go, waits) = std::sync::mpsc::channel::<()>();
        let checked = runner.clock.now();
        runner.write(
            RequestId(1),
            reviewed(),
            Syncer::new(move || waits.recv().map_err(std::io::Error::other)),
            checked,
        );
        tokio::task::yield_now().await;
        tokio::time::advance(Duration::from_secs(4)).await;
        let result = answered(&platform, &mut answers).await;
        assert_eq!(result.unwrap_err().kind, FailureKind::Late);
        // What the disk says later sends nothing.
        go.send(()).unwrap();
        runner.writes.close();
        runner.writes.wait().await;
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_for_which_the_token_took_too_long_is_not_sent_on_its_old_check() {
        let (platform, mut runner, mut answers) = runner();
        platform.answer_writes.notify_one();
        *platform.token.lock().unwrap() = Duration::from_secs(20);
        let checked = runner.clock.now();
        runner.write(RequestId(1), reviewed(), synced(), checked);
        assert_eq!(kept_back(&mut answers).await.kind, FailureKind::Late);
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_refused_for_its_token_leaves_once_more_with_another_and_no_third_time() {
        for (refusals, sendings) in [(1, 2), (2, 2)] {
            let (platform, mut runner, mut answers) = runner();
            *platform.refusals.lock().unwrap() = refusals;
            let checked = runner.clock.now();
            runner.write(RequestId(1), reviewed(), synced(), checked);
            let result = answered(&platform, &mut answers).await;
            assert_eq!(result.is_ok(), refusals == 1, "{result:?}");
            assert_eq!(asked(&platform).iter().filter(|asked| *asked == "write 1").count(), sendings);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_refused_for_its_token_is_asked_again_whether_it_may_leave() {
        for ends in [true, false] {
            let (platform, mut runner, mut answers) = runner();
            *platform.refusals.lock().unwrap() = 1;
            let checked = runner.clock.now();
            runner.write(RequestId(1), reviewed(), synced(), checked);
            sent(&platform).await;
            if ends {
                runner.stop_accepting();
            } else {
                tokio::time::advance(Duration::from_secs(4)).await;
            }
            let kind = answered(&platform, &mut answers).await.unwrap_err().kind;
            assert_eq!(kind, if ends { FailureKind::Ended } else { FailureKind::Late });
            assert_eq!(asked(&platform), ["write 1"]);
        }
    }

    /// The monotonic clock stands still in a computer that sleeps.
    #[tokio::test(start_paused = true)]
    async fn a_write_during_which_the_wall_clock_ran_ahead_is_not_sent_on_its_old_check() {
        let (platform, mut runner, mut answers) = runner();
        platform.answer_writes.notify_one();
        let now = runner.clock.now();
        let checked = Now { wall: Millis(now.wall.0 - 60_000), ..now };
        runner.write(RequestId(1), reviewed(), synced(), checked);
        assert_eq!(kept_back(&mut answers).await.kind, FailureKind::Late);
        assert!(asked(&platform).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_decision_is_not_sent_when_the_disk_fails() {
        let (platform, mut runner, mut answers) = runner();
        let checked = runner.clock.now();
        platform.answer_writes.notify_one();
        runner.write(RequestId(1), reviewed(), Syncer::new(|| Err(std::io::Error::other("full"))), checked);
        assert_eq!(kept_back(&mut answers).await.message.as_str(), "full");
        assert!(asked(&platform).is_empty());
    }
}

//! The cache on a thread of its own: the loop hands over and never waits. Without a cache, or after a problem ended it,
//! everything goes on as if nothing were known.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::time::Duration;

use tokio::sync::oneshot;

use super::clock::SystemClock;
use super::port::Report;
use crate::app::{CachedRequest, Event, Loaded};
use crate::domain::{CacheProblem, CacheWrite, CachedDetail, ProcessId, biz_type};
use crate::feishu;
use crate::store::cache::Cache;

/// Answers of the platform that wait to be written at most; later ones are not kept.
const ANSWERS_WAITING: usize = 512;
/// Writes that make one transaction at most.
const BATCH: usize = 256;
/// Longest wait for the last batch when the program ends.
const LAST_BATCH: Duration = Duration::from_millis(200);

/// A task for the thread.
#[derive(Debug)]
enum Order {
    Write(Vec<CacheWrite>),
    Answer(CacheWrite),
    Read(ProcessId, oneshot::Sender<Option<CachedDetail>>),
    /// Where problems are told.
    Listen(tokio::sync::mpsc::Sender<Report>),
    Close(Sender<()>),
}

/// The way to the cache. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CacheHandle {
    orders: Sender<Order>,
    /// Answers under way to the thread.
    answers: Arc<AtomicUsize>,
    writes: bool,
    clock: SystemClock,
}

impl CacheHandle {
    /// Starts the thread. `writes`: the run has the operator's lock.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(cache: Cache, writes: bool, clock: SystemClock) -> std::io::Result<Self> {
        let (orders, received) = mpsc::channel();
        let answers = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&answers);
        std::thread::Builder::new().name("cache".into()).spawn(move || {
            Worker { cache: Some(cache), problems: None, clock, answers: counted }.run(&received);
        })?;
        Ok(Self { orders, answers, writes, clock })
    }

    /// The time of a reading that begins now.
    pub(super) fn now(&self) -> crate::domain::Millis {
        self.clock.now().wall
    }

    /// Keeps an answer of the platform. One that comes while many wait is dropped.
    pub(super) fn keep_answer(&self, write: CacheWrite) {
        if !self.writes {
            return;
        }
        if self.answers.fetch_add(1, Ordering::Relaxed) >= ANSWERS_WAITING {
            self.answers.fetch_sub(1, Ordering::Relaxed);
        } else {
            self.send(Order::Answer(write));
        }
    }

    /// Keeps a batch of the state machine.
    pub(super) fn keep(&self, batch: Vec<CacheWrite>) {
        if self.writes && !batch.is_empty() {
            self.send(Order::Write(batch));
        }
    }

    /// Reads a request, on any thread.
    pub(super) async fn read(self, id: ProcessId) -> Option<CachedRequest> {
        let (reply, answer) = oneshot::channel();
        self.send(Order::Read(id.clone(), reply));
        let detail = answer.await.ok()??;
        tokio::task::spawn_blocking(move || read_kept(&id, &detail)).await.ok()?
    }

    /// Tells problems from now on.
    pub(super) fn listen(&self, reports: tokio::sync::mpsc::Sender<Report>) {
        self.send(Order::Listen(reports));
    }

    /// Writes the last batch, and waits for it a moment.
    pub(super) fn close(&self, batch: Vec<CacheWrite>) {
        self.keep(batch);
        let (done, closed) = mpsc::channel();
        self.send(Order::Close(done));
        // A batch that takes longer may still be written whole, or not at all.
        let _ = closed.recv_timeout(LAST_BATCH);
    }

    fn send(&self, order: Order) {
        // The thread ends only with the program.
        let _ = self.orders.send(order);
    }
}

struct Worker {
    cache: Option<Cache>,
    problems: Option<tokio::sync::mpsc::Sender<Report>>,
    clock: SystemClock,
    answers: Arc<AtomicUsize>,
}

impl Worker {
    fn run(mut self, orders: &Receiver<Order>) {
        while let Ok(order) = orders.recv() {
            let mut batch = Vec::new();
            let mut next = Some(order);
            let mut close = None;
            while let Some(order) = next.take() {
                match order {
                    Order::Write(mut writes) => batch.append(&mut writes),
                    Order::Answer(write) => {
                        self.answers.fetch_sub(1, Ordering::Relaxed);
                        batch.push(write);
                    }
                    Order::Read(id, reply) => {
                        // Before the writes that wait: a key press waits for this.
                        let _ = reply.send(self.read(&id));
                    }
                    Order::Listen(problems) => self.problems = Some(problems),
                    Order::Close(done) => close = Some(done),
                }
                next = if batch.len() < BATCH && close.is_none() { orders.try_recv().ok() } else { None };
            }
            self.write(&batch);
            if let Some(done) = close {
                if let Some(cache) = self.cache.take() {
                    cache.close();
                }
                let _ = done.send(());
                return;
            }
        }
    }

    fn read(&mut self, id: &ProcessId) -> Option<CachedDetail> {
        let now = self.clock.now().wall;
        match self.cache.as_ref()?.detail(id, now) {
            Ok(detail) => detail,
            Err(problem) => {
                self.lose(problem);
                None
            }
        }
    }

    fn write(&mut self, batch: &[CacheWrite]) {
        let Some(cache) = &mut self.cache else { return };
        if let Err(problem) = cache.write(batch) {
            self.lose(problem);
        }
    }

    /// A problem ends the cache for this run.
    fn lose(&mut self, problem: CacheProblem) {
        tracing::warn!(?problem, "the cache is not used any more");
        if let Some(cache) = self.cache.take() {
            cache.abandon(&problem);
        }
        if let Some(problems) = &self.problems {
            // Fails when the loop is over.
            let _ = problems.blocking_send(Report::Event(Event::CacheLost(problem)));
        }
    }
}

/// Reads kept answers with the reader of new ones. A request that has become sensitive is not read.
#[must_use]
pub fn read_kept(id: &ProcessId, detail: &CachedDetail) -> Option<CachedRequest> {
    let process = feishu::kept_process(id, &detail.process)?;
    if biz_type::is_high_care(&process) && !detail.sensitive {
        return None;
    }
    let mut form = match &detail.form {
        Some((answer, _)) if answer.is_empty() => Loaded::Here(None),
        Some((answer, _)) => feishu::kept_form(id, answer).map_or(Loaded::Absent, |form| Loaded::Here(Some(form))),
        None => Loaded::Absent,
    };
    let labels = detail.labels.as_ref().and_then(|answer| feishu::kept_labels(id, answer));
    if let (Loaded::Here(Some(form)), Some(labels)) = (&mut form, &labels) {
        form.adopt_enum_labels(labels);
    }
    let form = match form {
        Loaded::Here(form) => Loaded::Here(form.map(Arc::new)),
        _ => Loaded::Absent,
    };
    Some(CachedRequest { process, read_at: detail.read_at, form, names: detail.names.clone() })
}

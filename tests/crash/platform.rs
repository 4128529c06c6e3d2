//! The simulated platform inside the test, and the program's way to it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use rand::Rng;
use rand::rngs::SmallRng;
use secrecy::ExposeSecret;
use shenpi::domain::{Millis, PersonId, PersonIdType};
use shenpi::sim::demo::{DemoOperator, organisation};
use shenpi::sim::http::{EventOptions, Handle, RateLimits, ServeOptions, serve};
use shenpi::sim::world::{ExternalAction, ProcessKey, ProcessState, TaskState, World, WriteAction};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::reconcile::words_in;

/// More than a round decides.
const TASKS: usize = 24;

/// Faults of the platform during one run.
const FAULTS: [&[&str]; 18] = [
    &["slow:*:120@reads"],
    &["slow:*:300@writes"],
    &["slow:*:900@writes"],
    &["slow:*:300@writes", "cut-after-write:2"],
    &["cut-before-write:2"],
    &["reset:1@writes"],
    &["never-answers:1@writes"],
    &["server-error:1:503@writes"],
    &["cut-after-write:2"],
    &["reset-after-write"],
    &["silent-after-write"],
    &["server-error-after-write"],
    &["html-502-after-write"],
    &["cut-json-after-write"],
    &["late-write:1:1500"],
    &["stale:3@detail", "cut-after-write"],
    &["rate-limit:1:1@writes"],
    &["busy"],
];

/// One organisation with its platform, one operator, one folder of the program's state.
pub struct Office {
    /// Behind the server, which needs it until its own end.
    _runtime: Runtime,
    handle: Handle,
    world: Arc<Mutex<World>>,
    pub operator: DemoOperator,
    app_id: String,
    app_secret: String,
    home: TempDir,
}

impl Office {
    /// Opens with as many tasks as a round needs; no other people act.
    pub fn open(seed: u64) -> Self {
        let clock = Arc::new(|| Millis(jiff::Timestamp::now().as_millisecond()));
        let organisation = organisation(seed, TASKS, clock());
        let app_secret = organisation.app_secret.expose_secret().to_owned();
        let options = ServeOptions {
            port: 0,
            seed,
            rate_limits: RateLimits::Off,
            token_life: Duration::from_secs(7_200),
            faults: Vec::new(),
            clock,
            app_id: organisation.app_id.clone(),
            app_secret: app_secret.clone(),
            events: EventOptions::default(),
        };
        let world = Arc::new(Mutex::new(organisation.world));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let handle = runtime.block_on(serve(Arc::clone(&world), options)).unwrap();
        let (operator, app_id) = (organisation.operator, organisation.app_id);
        Self { _runtime: runtime, handle, world, operator, app_id, app_secret, home: TempDir::new().unwrap() }
    }

    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }

    /// Writes in which these are the last words in the platform's record.
    pub fn writes_with(&self, words: &str) -> usize {
        let same = |action: &WriteAction| words_in(words_of(action)).as_deref() == Some(words);
        self.world().writes().iter().filter(|write| same(&write.action)).count()
    }

    /// The others complete all requests that the operator approved.
    pub fn complete_approved(&self) {
        let mut world = self.world();
        let approved = |action: &WriteAction| matches!(action, WriteAction::Decide { approve: true, .. });
        let processes: Vec<_> =
            world.writes().iter().filter(|write| approved(&write.action)).map(|write| write.process).collect();
        for process in processes {
            while let Some(by) = self.next_other(&world, process) {
                let now = Millis(jiff::Timestamp::now().as_millisecond());
                if world.play(process, ExternalAction::Approve { by, opinion: "同意".to_owned() }, now).is_err() {
                    break;
                }
            }
        }
    }

    fn next_other(&self, world: &World, process: ProcessKey) -> Option<shenpi::sim::world::PersonKey> {
        let process = world.process(process);
        let running = process.state == ProcessState::InProgress;
        let open = process.tasks.iter().filter(|task| running && task.state == TaskState::Open);
        let mut people = open.filter_map(|task| task.person);
        people.find(|person| *person != self.operator.key)
    }

    /// Draws the faults from now on; none in one run of three.
    pub fn draw_faults(&self, random: &mut SmallRng) -> String {
        let drawn = FAULTS.get(random.random_range(0..FAULTS.len() * 3 / 2)).copied().unwrap_or_default();
        self.handle.faults().clear();
        for fault in drawn {
            self.handle.faults().add(fault.parse().unwrap());
        }
        drawn.join(" ")
    }

    pub fn heal(&self) {
        self.handle.faults().clear();
    }

    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Where the program keeps the journal.
    pub fn journal(&self) -> PathBuf {
        let operator = PersonId::new(self.operator.ids.open_id.to_string());
        shenpi::store::folder(&self.state(), &self.handle.base_url(), &operator, PersonIdType::OpenId)
    }

    fn state(&self) -> PathBuf {
        self.home.path().join("state")
    }

    /// The environment of the program.
    pub fn variables(&self, undo_seconds: u64) -> Vec<(&'static str, String)> {
        vec![
            ("HOME", self.home.path().to_str().unwrap().to_owned()),
            ("TERM", "xterm-256color".to_owned()),
            ("LANG", "zh_CN.UTF-8".to_owned()),
            ("SHENPI_BASE_URL", self.handle.base_url()),
            ("SHENPI_APP_ID", self.app_id.clone()),
            ("SHENPI_APP_SECRET", self.app_secret.clone()),
            ("SHENPI_OPERATOR_ID", self.operator.ids.open_id.to_string()),
            ("SHENPI_STATE_DIR", self.state().to_str().unwrap().to_owned()),
            ("SHENPI_UNDO_SECONDS", undo_seconds.to_string()),
        ]
    }
}

pub fn words_of(action: &WriteAction) -> &str {
    match action {
        WriteAction::Decide { reason, .. } | WriteAction::Withdraw { reason } | WriteAction::Revoke { reason } => {
            reason
        }
        WriteAction::AddSign { remark, .. } | WriteAction::Transfer { remark, .. } => remark,
    }
}

//! The real client against the simulated organisation, on one clock that the harness moves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shenpi::app::{Answer, Chronicle, Event, Query};
use shenpi::domain::decision::Receipt;
use shenpi::domain::{
    Failure, I18n, Millis, Now, Operator, PersonId, PersonIdType, Priority, Process, ProcessId, Reviewed,
};
use shenpi::feishu::{self, Client, Writer};
use shenpi::runtime::faults::obey;
use shenpi::sim::demo::organisation;
use shenpi::sim::faults::{Fault, Faults};
use shenpi::sim::http::{EventOptions, Handle, RateLimits, ReceivedRequest, ServeOptions, serve};
use shenpi::sim::world::{ExternalAction, PersonKey, Task, TaskState, UserIdType, World};
use tokio::runtime::Runtime;

use super::detail_budget::DetailBudget;
use super::harness::{MORNING, Platform};

pub struct Live {
    runtime: Runtime,
    client: Client,
    writer: Writer,
    pub handle: Handle,
    pub world: Arc<Mutex<World>>,
    pub operator: Operator,
    clock: Arc<AtomicI64>,
    /// The program's own budget of details; `None`: no end of it.
    pub details: Option<DetailBudget>,
}

impl Live {
    /// The demo organisation of seed 7 at a fixed time, without acts of other people.
    pub fn new(tasks: usize) -> Self {
        Self::of_seed(7, tasks)
    }

    /// The same of another seed.
    pub fn of_seed(seed: u64, tasks: usize) -> Self {
        let organisation = organisation(seed, tasks, MORNING);
        let operator = Operator {
            id: PersonId::new(organisation.operator.ids.open_id.to_string()),
            id_type: PersonIdType::OpenId,
            name: I18n {
                zh: organisation.operator.name.zh.as_ref().into(),
                en: organisation.operator.name.en.as_ref().into(),
            },
        };
        let clock = Arc::new(AtomicI64::new(MORNING.0));
        let told = Arc::clone(&clock);
        let world = Arc::new(Mutex::new(organisation.world));
        let options = ServeOptions {
            port: 0,
            seed: 7,
            rate_limits: RateLimits::Off,
            token_life: Duration::from_secs(7_200),
            faults: Vec::new(),
            clock: Arc::new(move || Millis(told.load(Ordering::Relaxed))),
            app_id: organisation.app_id.clone(),
            app_secret: secrecy::ExposeSecret::expose_secret(&organisation.app_secret).to_owned(),
            events: EventOptions::default(),
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let handle = runtime.block_on(serve(Arc::clone(&world), options)).expect("a free port on loopback");
        let mut settings = feishu::ClientSettings::new(
            handle.base_url(),
            organisation.app_id,
            organisation.app_secret,
            operator.clone(),
        );
        settings.own_budget = false;
        settings.answer_timeout = Duration::from_secs(5);
        let client = Client::new(settings).expect("a client for loopback");
        let writer = client.writer();
        Self { runtime, client, writer, handle, world, operator, clock, details: None }
    }

    pub fn fault(&self, text: &str) {
        let fault: Fault = text.parse().expect("a fault");
        self.faults().add(fault);
    }

    /// The case as the platform has it now, read outside the program.
    pub fn detail(&mut self, id: &ProcessId) -> Process {
        self.runtime.block_on(self.client.process(id)).expect("the case can be read")
    }

    pub fn faults(&self) -> &Faults {
        self.handle.faults()
    }

    /// Requests that wanted to change something, in order.
    pub fn writes(&self) -> Vec<ReceivedRequest> {
        self.handle.requests().into_iter().filter(|request| request.method == "PUT").collect()
    }
}

impl Platform for Live {
    fn read(&mut self, query: &Query) -> Result<Answer, Failure> {
        let client = &self.client;
        self.runtime.block_on(async {
            Ok(match query {
                Query::Tasks(page) => Answer::Tasks(client.tasks(page.as_ref()).await?),
                Query::Changed { from, to, pages } => Answer::Changed(client.changed(*from, *to, *pages).await?),
                Query::Process(id) => Answer::Process(Box::new(client.process(id).await?)),
                Query::OwnTasks(id) => Answer::OwnTasks(client.own_tasks(id).await?),
                Query::Form(id) => Answer::Form(client.form(id).await?.map(Box::new)),
                Query::Labels(id) => Answer::Labels(client.labelled_form(id).await?.map(Box::new)),
                Query::People(words) => Answer::People(client.search_people(words).await?),
                Query::PeopleById(ids) => Answer::Names(client.people_by_id(ids).await?),
                Query::DepartmentNames(ids) => Answer::Names(client.department_names(ids).await?),
                Query::ObjectNames(ids) => Answer::Names(client.object_names(ids).await?),
                Query::Download(file) => Answer::Saved(client.download(file, &std::env::temp_dir()).await?),
                Query::History { .. } => Answer::History(Ok(Chronicle::default())),
                Query::Cached(_) => Answer::Cached(None),
            })
        })
    }

    fn write(&mut self, decision: &Reviewed) -> Result<Receipt, Failure> {
        self.runtime.block_on(self.writer.send(decision))
    }

    fn budget(&mut self, query: &Query, priority: Priority) -> Result<(), Duration> {
        let now = Millis(self.clock.load(Ordering::Relaxed));
        self.details.as_mut().map_or(Ok(()), |budget| budget.take(query, priority, now))
    }

    fn fault(&mut self, order: &str) -> Option<Event> {
        Some(obey(self.handle.faults(), order))
    }

    fn now(&mut self, now: Now) {
        self.clock.store(now.wall.0, Ordering::Relaxed);
    }
}

/// Acts of other people while the approver decides.
impl Live {
    fn world(&self) -> std::sync::MutexGuard<'_, World> {
        self.world.lock().expect("no test holds it when it fails")
    }

    fn time(&self) -> Millis {
        Millis(self.clock.load(Ordering::Relaxed))
    }

    fn play(&self, id: &ProcessId, step: ExternalAction) {
        let mut world = self.world();
        let process = world.find_process(id.as_str()).expect("the process is there");
        world.play(process, step, self.time()).expect("it can happen");
    }

    /// The first summary line gets another value, and the initiator says why.
    pub fn change(&self, id: &ProcessId) {
        let (mut abstracts, by) = {
            let world = self.world();
            let process = world.process(world.find_process(id.as_str()).expect("the process is there"));
            (process.abstracts.clone(), process.initiator.expect("a person began it"))
        };
        let (_, value) = abstracts.last_mut().expect("the case has a summary");
        value.zh = "15 天".into();
        value.en = "15 days".into();
        self.play(id, ExternalAction::Abstracts(abstracts));
        let message = "时长写错了，已改为 15 天，麻烦重新看一下。".to_owned();
        self.play(id, ExternalAction::Comment { by, message, mentions: Vec::new(), files: 0, images: 0 });
    }

    /// A colleague whose approval would pass the node (或签).
    fn colleague(&self, id: &ProcessId) -> Option<PersonKey> {
        let world = self.world();
        let own = world.find_person(self.operator.id.as_str(), UserIdType::OpenId)?;
        let process = world.process(world.find_process(id.as_str())?);
        let either = |task: &&Task| task.node.is_some_and(|node| !process.nodes[node].all);
        let open = process.tasks.iter().filter(|task| task.state == TaskState::Open).filter(either);
        open.filter_map(|task| task.person).find(|person| *person != own)
    }

    /// The first pending request that a colleague could decide as well.
    pub fn shared(&mut self) -> Option<ProcessId> {
        let tasks = self.runtime.block_on(self.client.tasks(None)).expect("the list can be read").tasks;
        tasks.into_iter().map(|task| task.key.process).rev().find(|process| self.colleague(process).is_some())
    }

    pub fn colleague_approves(&self, id: &ProcessId) {
        let by = self.colleague(id).expect("somebody else has a task");
        self.play(id, ExternalAction::Approve { by, opinion: "已和本人确认过，同意。".to_owned() });
    }
}

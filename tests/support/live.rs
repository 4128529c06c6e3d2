//! The real client against the simulated organisation, on one clock that the desk moves.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shenpi::app::{Answer, Chronicle, Event, Query};
use shenpi::domain::decision::Receipt;
use shenpi::domain::{Failure, I18n, Millis, Now, Operator, PersonId, PersonIdType, Process, ProcessId, Reviewed};
use shenpi::feishu::{self, Client, Writer};
use shenpi::runtime::faults::obey;
use shenpi::sim::demo::organisation;
use shenpi::sim::faults::{Fault, Faults};
use shenpi::sim::http::{Handle, RateLimits, Received, ServeOptions, serve};
use shenpi::sim::world::World;
use tokio::runtime::Runtime;

use super::desk::{MORNING, Platform};

pub struct Live {
    runtime: Runtime,
    client: Client,
    writer: Writer,
    pub handle: Handle,
    pub world: Arc<Mutex<World>>,
    pub operator: Operator,
    clock: Arc<AtomicI64>,
}

impl Live {
    /// The demo organisation of seed 7 at a fixed time, with nobody else acting.
    pub fn new(tasks: usize) -> Self {
        let organisation = organisation(7, tasks, MORNING);
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
        };
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let handle = runtime.block_on(serve(Arc::clone(&world), options)).expect("a free port on loopback");
        let mut settings =
            feishu::Settings::new(handle.base_url(), organisation.app_id, organisation.app_secret, operator.clone());
        settings.own_budget = false;
        settings.answer_timeout = Duration::from_secs(5);
        let client = Client::new(settings).expect("a client for loopback");
        let writer = client.writer();
        Self { runtime, client, writer, handle, world, operator, clock }
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
    pub fn writes(&self) -> Vec<Received> {
        self.handle.requests().into_iter().filter(|request| request.method == "PUT").collect()
    }
}

impl Platform for Live {
    fn read(&mut self, query: &Query) -> Result<Answer, Failure> {
        let client = &self.client;
        self.runtime.block_on(async {
            Ok(match query {
                Query::Tasks(page) => Answer::Tasks(client.tasks(page.as_ref()).await?),
                Query::Changed { from, to } => Answer::Changed(client.changed(*from, *to).await?),
                Query::Process(id) => Answer::Process(Box::new(client.process(id).await?)),
                Query::Form(id) => Answer::Form(client.form(id).await?.map(Box::new)),
                Query::Labels(id) => Answer::Labels(client.labelled_form(id).await?.map(Box::new)),
                Query::People(words) => Answer::People(client.search_people(words).await?),
                Query::PeopleNames(ids) => Answer::Names(client.people_names(ids).await?),
                Query::DepartmentNames(ids) => Answer::Names(client.department_names(ids).await?),
                Query::ObjectNames(ids) => Answer::Names(client.object_names(ids).await?),
                Query::Download(file) => Answer::Saved(client.download(file, &std::env::temp_dir()).await?),
                Query::History { .. } => Answer::History(Ok(Chronicle::default())),
            })
        })
    }

    fn write(&mut self, decision: &Reviewed) -> Result<Receipt, Failure> {
        self.runtime.block_on(self.writer.send(decision))
    }

    fn fault(&mut self, order: &str) -> Option<Event> {
        Some(obey(self.handle.faults(), order))
    }

    fn now(&mut self, now: Now) {
        self.clock.store(now.wall.0, Ordering::Relaxed);
    }
}

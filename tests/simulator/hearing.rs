//! The program's own client on the long connection of the simulated platform.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use shenpi::domain::{I18n, LiveEvent, LiveMode, LiveState, LiveTrouble, Operator, PersonId, PersonIdType, ProcessId};
use shenpi::feishu::live::LiveLink;
use shenpi::feishu::{Client, ClientSettings};
use shenpi::sim::http::{EventOptions, RateLimits};
use shenpi::sim::world::{ExternalAction, ProcessKey};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::line::{APP_ID, Line, SECRET, hear};
use crate::stage::Stage;

/// Longer than every wait of these tests, and no measure of speed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A platform, and a client of the person who decides after the next approval.
struct Hearing {
    line: Line,
    process: ProcessKey,
    id: ProcessId,
    operator: Operator,
    approver: shenpi::sim::world::PersonKey,
}

/// A client that listens until it is dropped.
struct Ear {
    client: Client,
    events: mpsc::Receiver<LiveEvent>,
    task: JoinHandle<()>,
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hearing {
    async fn open(faults: &[&str]) -> Self {
        let mut stage = Stage::new();
        let process = stage.leave();
        let id = ProcessId::new(stage.process_id(process));
        let open_id = stage.world.person(stage.jing).ids.open_id.to_string();
        let operator = Operator { id: PersonId::new(open_id), id_type: PersonIdType::OpenId, name: I18n::default() };
        let approver = stage.na;
        let line = Line::with_events(stage, RateLimits::Off, EventOptions::default()).await;
        for fault in faults {
            line.fault(fault);
        }
        Self { line, process, id, operator, approver }
    }

    fn listen(&self) -> Ear {
        let mut settings = ClientSettings::new(
            self.line.server.base_url(),
            APP_ID.into(),
            SECRET.to_owned().into(),
            self.operator.clone(),
        );
        settings.own_budget = false;
        settings.live = LiveMode::Auto;
        let client = Client::new(settings).expect("a client for loopback");
        let (sender, events) = mpsc::channel(4);
        let listening = client.clone();
        let link = LiveLink { events: sender, renew: std::sync::Arc::default() };
        Ear { client, events, task: tokio::spawn(async move { listening.listen(link).await }) }
    }

    /// The first node is approved, and the task comes to the operator.
    fn move_on(&self) {
        let step = ExternalAction::Approve { by: self.approver, opinion: "好".into() };
        self.line.world.lock().expect("the world").play(self.process, step, self.line.now()).expect("it can happen");
        self.line.server.announcer().announce();
    }

    async fn record(&self) -> Value {
        hear(self.line.control(reqwest::Method::GET, "events")).await.expect("an answer").json()
    }

    /// The record once every event is acknowledged.
    async fn acknowledged(&self) -> Value {
        for _ in 0..2_000 {
            let record = self.record().await;
            let rows = record["events"].as_array().cloned().unwrap_or_default();
            if !rows.is_empty() && rows.iter().all(|row| row["outcome"] == "acknowledged") {
                return record;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("the record stays {}", self.record().await);
    }
}

impl Ear {
    async fn next(&mut self) -> LiveEvent {
        timeout(PATIENCE, self.events.recv()).await.expect("an event in time").expect("the client listens")
    }

    async fn connects(&mut self) {
        assert_eq!(self.next().await, LiveEvent::Gap);
        assert_eq!(self.next().await, LiveEvent::State(LiveState::Live));
    }

    /// The processes that are announced until a task of somebody comes, each with its events.
    async fn hears_of_a_task(&mut self) -> BTreeSet<String> {
        let mut processes = BTreeSet::new();
        loop {
            let LiveEvent::Announced(all) = self.next().await else { continue };
            processes.extend(all.iter().map(|one| one.process.as_str().to_owned()));
            if all.iter().any(|one| one.has_todo_beyond(|_| false)) {
                return processes;
            }
        }
    }
}

#[tokio::test]
async fn a_new_task_is_heard_of_before_anything_is_asked() {
    let hearing = Hearing::open(&[]).await;
    let mut ear = hearing.listen();
    ear.connects().await;
    assert_eq!(ear.client.own_tasks(&hearing.id).await.expect("an answer"), Some(Vec::new()));
    let asked = hearing.line.server.requests().len();
    hearing.move_on();
    assert_eq!(ear.hears_of_a_task().await, BTreeSet::from([hearing.id.as_str().to_owned()]));
    assert_eq!(hearing.line.server.requests().len(), asked, "the announcement came without a request");
    let own = ear.client.own_tasks(&hearing.id).await.expect("an answer").expect("readable tasks");
    assert_eq!((own.len(), &own[0].process), (1, &hearing.id));
    let record = hearing.acknowledged().await;
    let rows = record["events"].as_array().expect("rows");
    assert!(rows.len() >= 4 && rows.iter().all(|row| row["attempts"].as_array().map(Vec::len) == Some(1)), "{record}");
    assert_eq!(record["connections"][0]["refused"], 0, "no message that a client must not send");
    assert_eq!(record["connections"][0]["acks"], rows.len());
}

#[tokio::test]
async fn every_manner_of_delivery_is_understood() {
    let manners = [
        "fragment-events:*:10",
        "shuffle-fragments",
        "duplicate-event",
        "stray-frames",
        "event-token",
        "create-time-16",
        "numeric-node-id",
        "pong-with-config",
    ];
    let one = |fault: &'static str| async move {
        let faults: &[&str] = if fault == "shuffle-fragments" { &["fragment-events:*:10", fault] } else { &[fault] };
        let hearing = Hearing::open(faults).await;
        let mut ear = hearing.listen();
        ear.connects().await;
        hearing.move_on();
        assert_eq!(ear.hears_of_a_task().await.len(), 1, "{fault}");
        let record = hearing.acknowledged().await;
        assert_eq!(record["connections"][0]["refused"], 0, "{fault}");
    };
    futures_util::future::join_all(manners.map(one)).await;
}

#[tokio::test]
async fn a_second_program_finds_the_first_one() {
    let hearing = Hearing::open(&[]).await;
    let mut first = hearing.listen();
    first.connects().await;
    let mut second = hearing.listen();
    assert_eq!(second.next().await, LiveEvent::State(LiveState::Elsewhere));
    assert_eq!(hearing.line.server.connections(), 1);
}

#[tokio::test]
async fn refusals_of_the_platform_are_told() {
    for (fault, crowded) in [("refuse-connection", true), ("handshake-status", false), ("endpoint-code:1:514", false)] {
        let hearing = Hearing::open(&[fault]).await;
        let mut ear = hearing.listen();
        let LiveEvent::Trouble(trouble) = ear.next().await else { panic!("{fault}") };
        assert_eq!(trouble == LiveTrouble::TooMany, crowded, "{fault}: {trouble:?}");
        assert_eq!(ear.next().await, LiveEvent::State(LiveState::Polling), "{fault}");
    }
}

#[tokio::test]
async fn a_connection_without_pongs_is_left_for_another() {
    // The simulated platform's interval is two seconds, so silence is found after four.
    let hearing = Hearing::open(&["no-pong"]).await;
    let mut ear = hearing.listen();
    assert_eq!(ear.next().await, LiveEvent::Gap);
    assert_eq!(ear.next().await, LiveEvent::Gap, "it never counted as live");
    hearing.move_on();
    ear.hears_of_a_task().await;
}

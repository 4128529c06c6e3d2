//! The delivery of events: drains the world, keeps the connections, and runs the schedule by the clock that is handed in
//! (protocol.md#event-delivery).

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::Message;
use rand::Rng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::domain::Millis;
use crate::sim::faults::{FaultKind, Faults};
use crate::sim::world::World;

use super::clock::ServerClock;
use super::delivery::{DeliverySchedule, FIRST_REDELIVERY, Outcome, SentEvent};
use super::event_body::{EventHeader, event_body, with_numeric_node};
use super::event_frames::{Cutting, event_frames, stray_messages};
use super::webhook::Webhook;

/// Connections of one app at most (protocol.md#long-connection).
pub(super) const MOST_CONNECTIONS: usize = 50;
/// Messages on their way over one connection, so that a client which never reads holds few.
const MOST_IN_FLIGHT: usize = 256;
/// Room for those, their repetitions and what strays.
const LINE_CAPACITY: usize = 1024;
/// Requests to the webhook at a time.
const MOST_POSTS: usize = 16;
/// Addresses given out and not used yet.
const MOST_TICKETS: usize = 1_000;
/// Ended connections that are remembered.
const PAST_CONNECTIONS: usize = 1_000;
/// The longest sleep while something is due: the clock that is handed in may be set.
const LONGEST_SLEEP: i64 = 1_000;
/// Connection number of the webhook in the record.
const WEBHOOK: u64 = 0;

/// How the client is to keep its connection, in seconds (protocol.md#long-connection).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientConfig {
    /// -1: for ever.
    pub reconnect_count: i64,
    pub reconnect_interval: u32,
    pub reconnect_nonce: u32,
    pub ping_interval: u32,
}

impl Default for ClientConfig {
    /// Short, so that a test sees them pass.
    fn default() -> Self {
        Self { reconnect_count: -1, reconnect_interval: 2, reconnect_nonce: 1, ping_interval: 2 }
    }
}

/// How events are delivered.
#[derive(Clone, Default)]
pub struct EventOptions {
    pub client_config: ClientConfig,
    /// `header.token` of webhooks, and of the long connection under a fault.
    pub verification_token: String,
    /// Gets the events in place of the long connection.
    pub webhook: Option<Webhook>,
}

impl fmt::Debug for EventOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventOptions").field("client_config", &self.client_config).finish_non_exhaustive()
    }
}

/// A long connection, as the record shows it.
#[derive(Clone, Debug)]
struct ConnectionRecord {
    number: u64,
    device_id: String,
    opened: Millis,
    closed: Option<Millis>,
    pings: u64,
    acks: u64,
    /// Messages that no client may send.
    refused: u64,
}

struct OpenConnection {
    messages: mpsc::Sender<Vec<Message>>,
    cut: CancellationToken,
    record: ConnectionRecord,
}

/// The server's end of a new connection.
pub(super) struct Seat {
    pub(super) number: u64,
    pub(super) messages: mpsc::Receiver<Vec<Message>>,
    pub(super) cut: CancellationToken,
}

struct HubState {
    schedule: DeliverySchedule,
    open: BTreeMap<u64, OpenConnection>,
    past: VecDeque<ConnectionRecord>,
    /// Ticket and device id of each address given out.
    tickets: VecDeque<(String, String)>,
    handshakes: u64,
    opened: u64,
}

/// The delivery of one server. Shared by all of its connections.
pub(super) struct EventHub {
    world: Arc<Mutex<World>>,
    faults: Faults,
    clock: ServerClock,
    options: EventOptions,
    app_id: String,
    tenant_key: String,
    state: Mutex<HubState>,
    due: Notify,
}

impl EventHub {
    pub(super) fn new(
        world: Arc<Mutex<World>>,
        faults: Faults,
        clock: ServerClock,
        options: EventOptions,
        (seed, app_id): (u64, String),
    ) -> Self {
        world.lock().unwrap_or_else(PoisonError::into_inner).keep_events();
        let mut schedule = DeliverySchedule::new(seed);
        let tenant_key = format!("{:016x}", schedule.random.random::<u64>());
        let state = HubState {
            schedule,
            open: BTreeMap::new(),
            past: VecDeque::new(),
            tickets: VecDeque::new(),
            handshakes: 0,
            opened: 0,
        };
        Self { world, faults, clock, options, app_id, tenant_key, state: Mutex::new(state), due: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, HubState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something happened in the world, or the clock was set.
    pub(super) fn wake(&self) {
        self.due.notify_one();
    }

    /// Delivers until `open` is cancelled.
    pub(super) async fn run(self: Arc<Self>, open: CancellationToken) {
        loop {
            let pause = self.turn();
            let sleep = async {
                match pause {
                    Some(pause) => tokio::time::sleep(pause).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = open.cancelled() => return,
                () = self.due.notified() => {}
                () = sleep => {}
            }
        }
    }

    /// Does what is due. Returns the time until the next turn, when one is foreseen.
    fn turn(self: &Arc<Self>) -> Option<Duration> {
        let now = (self.clock)();
        let happened = self.drain();
        let mut state = self.state();
        let state = &mut *state;
        for (at, kind, body) in happened {
            self.add(state, at, &kind, body);
        }
        state.schedule.first_redelivery = self.first_redelivery();
        state.schedule.expire(now);
        let closing = self.close_old(state, now);
        let mut blocked = false;
        while let Some(number) = state.schedule.next_due(now).filter(|_| !blocked) {
            blocked = !self.send(state, number, now);
        }
        let next = state.schedule.next_time(blocked).into_iter().chain(closing).min()?;
        let pause = (next - now).clamp(1, LONGEST_SLEEP);
        Some(Duration::from_millis(pause.unsigned_abs()))
    }

    /// The world's new events, rendered.
    fn drain(&self) -> Vec<(Millis, String, Value)> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let events = world.take_events();
        let rendered = events.iter().map(|event| {
            let (kind, body) = event_body(&world, event);
            (event.at, kind.to_owned(), body)
        });
        rendered.collect()
    }

    /// Takes an event of `kind` into the schedule.
    fn add(&self, state: &mut HubState, at: Millis, kind: &str, mut body: Value) {
        let take = |is: fn(&FaultKind) -> bool| self.faults.take_outside(is);
        if take(|kind| *kind == FaultKind::NumericNodeId).is_some() {
            with_numeric_node(&mut body);
        }
        let in_micros = take(|kind| *kind == FaultKind::CreateTime16).is_some();
        let with_token = self.options.webhook.is_some() || take(|kind| *kind == FaultKind::EventToken).is_some();
        let token = if with_token { self.options.verification_token.as_str() } else { "" };
        let due = match take(|kind| matches!(kind, FaultKind::OvertakenEvent { .. })) {
            Some(FaultKind::OvertakenEvent { millis }) => Millis(at.0.saturating_add(i64::from(millis))),
            _ => at,
        };
        state.schedule.add(due, |event_id| {
            let (app_id, tenant_key) = (self.app_id.as_str(), self.tenant_key.as_str());
            EventHeader { event_id, event_type: kind, at, app_id, tenant_key, in_micros }.envelope(token, &body)
        });
    }

    /// Sends an event that did not happen in the world. `raw` is sent as it is.
    pub(super) fn inject(&self, kind: &str, body: &Value, raw: Option<String>) {
        let now = (self.clock)();
        let mut state = self.state();
        match raw {
            Some(raw) => state.schedule.add(now, |_| raw),
            None => self.add(&mut state, now, kind, body.clone()),
        }
        drop(state);
        self.wake();
    }

    fn first_redelivery(&self) -> i64 {
        let scaled = self.faults.find(|kind| match kind {
            FaultKind::Redelivery { millis } => Some(i64::from(*millis)),
            _ => None,
        });
        scaled.unwrap_or(FIRST_REDELIVERY)
    }

    /// Closes connections that have lived as long as a fault says. Returns when the next has.
    fn close_old(&self, state: &HubState, now: Millis) -> Option<Millis> {
        let life = self.faults.find(|kind| match kind {
            FaultKind::CloseAfter { seconds } => Some(i64::from(*seconds) * 1000),
            _ => None,
        })?;
        let ends = |connection: &OpenConnection| Millis(connection.record.opened.0.saturating_add(life));
        let (old, young): (Vec<_>, Vec<_>) = state.open.values().partition(|connection| ends(connection) <= now);
        for connection in old {
            connection.cut.cancel();
        }
        young.into_iter().map(ends).min()
    }

    /// Sends one event that is due. Returns `false` when all connections hold as much as they may.
    fn send(self: &Arc<Self>, state: &mut HubState, number: u64, now: Millis) -> bool {
        if let Some(webhook) = &self.options.webhook {
            if state.schedule.in_flight(WEBHOOK) >= MOST_POSTS {
                return false;
            }
            if let Some(parcel) = state.schedule.attempt(number, Some(WEBHOOK), now) {
                let (hub, webhook) = (Arc::clone(self), webhook.clone());
                let nonce = state.schedule.random.random();
                tokio::spawn(async move {
                    let status = webhook.post(&parcel.payload, now, nonce).await;
                    hub.acknowledged(WEBHOOK, &parcel.message_id, status.map_or(0, i64::from));
                });
            }
            return true;
        }
        if state.open.is_empty() {
            state.schedule.attempt(number, None, now);
            return true;
        }
        let Some(connection) = state.any_connection() else { return false };
        let parcel = state.schedule.attempt(number, Some(connection), now);
        if self.faults.take_outside(|kind| *kind == FaultKind::NoEvents).is_some() {
            return true;
        }
        let mut messages = Vec::new();
        if self.faults.take_outside(|kind| *kind == FaultKind::StrayFrames).is_some() {
            messages = stray_messages(&mut state.schedule.random);
        }
        let cutting = self.cutting();
        if let Some(parcel) = parcel {
            messages.extend(event_frames(&parcel, cutting, now, &mut state.schedule.random));
        }
        state.hand_over(connection, messages);
        if self.faults.take_outside(|kind| *kind == FaultKind::DuplicateEvent).is_some()
            && let Some(connection) = state.any_connection()
            && let Some(parcel) = state.schedule.repeat(number, connection, now)
        {
            let frames = event_frames(&parcel, cutting, now, &mut state.schedule.random);
            state.hand_over(connection, frames);
        }
        true
    }

    fn cutting(&self) -> Cutting {
        let fragments = self.faults.take_outside(|kind| matches!(kind, FaultKind::FragmentEvents { .. }));
        let shuffled = self.faults.take_outside(|kind| *kind == FaultKind::ShuffleFragments).is_some();
        match fragments {
            Some(FaultKind::FragmentEvents { bytes }) => Cutting { above: Some(bytes), shuffled },
            _ => Cutting { above: None, shuffled },
        }
    }

    /// The address of one new connection, to be completed with the server's own.
    pub(super) fn new_address(&self) -> String {
        let mut state = self.state();
        let random = &mut state.schedule.random;
        let ticket = format!("{:032x}", random.random::<u128>());
        let device_id = random.random_range(7_000_000_000_000_000_000_u64..8_000_000_000_000_000_000).to_string();
        let access_key = format!("{:032x}", random.random::<u128>());
        if state.tickets.len() == MOST_TICKETS {
            state.tickets.pop_front();
        }
        // The Node SDK loses the first parameter, so that none of those that count may stand there.
        let query = format!(
            "fpid=493&aid=552564&device_id={device_id}&access_key={access_key}&service_id={}&ticket={ticket}",
            super::frame::SERVICE
        );
        state.tickets.push_back((ticket, device_id));
        query
    }

    /// The settings of the client, as JSON.
    pub(super) fn client_config(&self) -> Value {
        let mut config = self.options.client_config;
        let seconds = self.faults.find(|kind| match kind {
            FaultKind::ClientConfig { seconds } => Some(*seconds),
            _ => None,
        });
        if let Some(seconds) = seconds {
            let nonce = (seconds / 4).max(1);
            config =
                ClientConfig { reconnect_interval: seconds, reconnect_nonce: nonce, ping_interval: seconds, ..config };
        }
        json!({
            "ReconnectCount": config.reconnect_count,
            "ReconnectInterval": config.reconnect_interval,
            "ReconnectNonce": config.reconnect_nonce,
            "PingInterval": config.ping_interval,
        })
    }

    /// Whether events go to a webhook.
    pub(super) const fn has_webhook(&self) -> bool {
        self.options.webhook.is_some()
    }

    /// The ticket's device, once; counts the handshake.
    pub(super) fn redeem(&self, ticket: &str) -> Option<(String, u64)> {
        let mut state = self.state();
        let place = state.tickets.iter().position(|(known, _)| known == ticket)?;
        let (_, device_id) = state.tickets.remove(place)?;
        state.handshakes += 1;
        Some((device_id, state.handshakes))
    }

    /// Takes a connection in. `None`: there are as many as an app may have.
    pub(super) fn connect(&self, device_id: String, server: &CancellationToken) -> Option<Seat> {
        let mut state = self.state();
        if state.open.len() >= MOST_CONNECTIONS {
            return None;
        }
        state.opened += 1;
        let number = state.opened;
        let (messages, receiver) = mpsc::channel(LINE_CAPACITY);
        let cut = server.child_token();
        let opened = (self.clock)();
        let record = ConnectionRecord { number, device_id, opened, closed: None, pings: 0, acks: 0, refused: 0 };
        state.open.insert(number, OpenConnection { messages, cut: cut.clone(), record });
        drop(state);
        self.wake();
        Some(Seat { number, messages: receiver, cut })
    }

    /// A connection has ended.
    pub(super) fn disconnected(&self, number: u64) {
        let now = (self.clock)();
        let mut state = self.state();
        let Some(OpenConnection { mut record, .. }) = state.open.remove(&number) else { return };
        record.closed = Some(now);
        if state.past.len() == PAST_CONNECTIONS {
            state.past.pop_front();
        }
        state.past.push_back(record);
    }

    pub(super) fn online(&self) -> usize {
        self.state().open.len()
    }

    /// A ping came. `None`: it is not answered, else the payload of its pong.
    pub(super) fn pinged(&self, number: u64) -> Option<String> {
        if let Some(connection) = self.state().open.get_mut(&number) {
            connection.record.pings += 1;
        }
        if self.faults.take_outside(|kind| *kind == FaultKind::NoPong).is_some() {
            return None;
        }
        let with_config = self.faults.take_outside(|kind| *kind == FaultKind::PongWithConfig).is_some();
        Some(if with_config { self.client_config().to_string() } else { String::new() })
    }

    /// An acknowledgement came, or the webhook's answer.
    pub(super) fn acknowledged(&self, number: u64, message_id: &str, code: i64) {
        let now = (self.clock)();
        let mut state = self.state();
        let known = state.schedule.acknowledge(number, message_id, code, now);
        if let Some(connection) = state.open.get_mut(&number) {
            let count = if known { &mut connection.record.acks } else { &mut connection.record.refused };
            *count += 1;
        }
        drop(state);
        self.wake();
    }

    /// A message came that no client may send.
    pub(super) fn refused(&self, number: u64) {
        if let Some(connection) = self.state().open.get_mut(&number) {
            connection.record.refused += 1;
        }
    }

    /// At most `limit` events from number `since` on, and all connections.
    pub(super) fn record(&self, since: u64, limit: usize) -> Value {
        let state = self.state();
        let rows: Vec<&SentEvent> = state.schedule.since(since).take(limit).collect();
        let next = rows.last().map_or(since.max(state.schedule.next_number()), |last| last.number + 1);
        let connections = state.past.iter().chain(state.open.values().map(|connection| &connection.record));
        json!({
            "events": rows.into_iter().map(event_row).collect::<Vec<_>>(),
            "next": next,
            "connections": connections.map(connection_row).collect::<Vec<_>>(),
        })
    }
}

impl HubState {
    /// One of the connections that can take a message, at random.
    fn any_connection(&mut self) -> Option<u64> {
        let schedule = &self.schedule;
        let free = self.open.keys().copied().filter(|number| schedule.in_flight(*number) < MOST_IN_FLIGHT);
        let free: Vec<u64> = free.collect();
        free.choose(&mut self.schedule.random).copied()
    }

    /// A connection whose queue is full has not read for long, and ends.
    fn hand_over(&self, number: u64, messages: Vec<Message>) {
        if let Some(connection) = self.open.get(&number)
            && connection.messages.try_send(messages).is_err()
        {
            connection.cut.cancel();
        }
    }
}

fn event_row(event: &SentEvent) -> Value {
    let attempts = event.attempts.iter().map(|attempt| {
        let acks = attempt.acks.iter().map(|(at, code)| json!({"at": at.0.to_string(), "code": code}));
        json!({
            "at": attempt.at.0.to_string(),
            "connection": attempt.connection,
            "message_id": attempt.message_id,
            "acks": acks.collect::<Vec<_>>(),
        })
    });
    json!({
        "number": event.number,
        "event_id": event.event_id,
        // Read again, so that a number above 2^53 keeps its digits; text that is no JSON is shown as it is.
        "payload": serde_json::from_str(&event.payload).unwrap_or_else(|_| Value::from(&*event.payload)),
        "outcome": match event.outcome {
            Outcome::Pending => "pending",
            Outcome::Acknowledged => "acknowledged",
            Outcome::GivenUp => "given up",
        },
        "attempts": attempts.collect::<Vec<_>>(),
    })
}

fn connection_row(record: &ConnectionRecord) -> Value {
    json!({
        "number": record.number,
        "device_id": record.device_id,
        "opened": record.opened.0.to_string(),
        "closed": record.closed.map(|at| at.0.to_string()),
        "pings": record.pings,
        "acks": record.acks,
        "refused": record.refused,
    })
}

//! Keeps one connection: asks whether to open it, connects, serves, loses it, waits, and begins again. It reports facts
//! and decides nothing. Ends when it is dropped, which says nothing to the platform.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant as Moment, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::backoff::Backoff;
use super::census::Census;
use super::client_config::ClientConfig;
use super::connection::{Connection, Tick};
use super::endpoint::{self, Refusal};
use super::heard::{Heard, HeardCounts};
use super::reliability::Reliability;
use super::socket::{self, Socket};
use crate::domain::{Failure, FailureKind, Instant, LiveEvent, LiveMode, LiveState, LiveTrouble};
use crate::feishu::Client;

/// How often it is asked who else is connected.
const CENSUS_EVERY: Duration = Duration::from_secs(5 * 60);
/// Shortest pause while the platform allows no more connections.
const CROWDED: Duration = Duration::from_secs(60);
/// Pauses after a refusal that waiting does not end, and after a code that is not documented.
const FINAL: Duration = Duration::from_secs(60 * 60);
const UNKNOWN: Duration = Duration::from_secs(10 * 60);
/// The try in a row whose failure is told.
const TOLD_TRY: u32 = 3;
/// Longest wait for the other side to take a message.
const LONGEST_SEND: Duration = Duration::from_secs(10);
/// Longest wait for an address and its connection.
const LONGEST_OPENING: Duration = Duration::from_secs(30);

/// The other end of a connection: who hears of it, and who may ask for a new one.
#[derive(Clone, Debug)]
pub struct LiveLink {
    pub events: mpsc::Sender<LiveEvent>,
    /// Asks for a new connection in the place of one that delivers nothing.
    pub renew: Arc<Notify>,
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The other side closed it.
    Closed,
    /// It was left as it was.
    Left,
    /// The receiver of the events is gone.
    Unheard,
}

/// Decision about opening a connection.
enum Opening {
    Open,
    Wait(Duration),
}

/// State over all connections of a run.
struct Keeper<'a> {
    client: &'a Client,
    mode: LiveMode,
    link: LiveLink,
    start: Moment,
    heard: Heard,
    census: Census,
    /// When the census was taken, and the number of others then.
    taken: Option<(Instant, usize)>,
    backoff: Backoff,
    reliability: Reliability,
    config: ClientConfig,
    state: Option<LiveState>,
    told: Option<LiveTrouble>,
}

/// Keeps a connection until it is dropped, or its receiver is gone.
pub(super) async fn keep(client: &Client, mode: LiveMode, link: LiveLink) {
    let mut keeper = Keeper {
        client,
        mode,
        link,
        start: Moment::now(),
        heard: Heard::default(),
        census: Census::default(),
        taken: None,
        backoff: Backoff::default(),
        reliability: Reliability::default(),
        config: ClientConfig::default(),
        state: None,
        told: None,
    };
    if mode == LiveMode::Off {
        keeper.enter(LiveState::Polling).await;
        return;
    }
    while !keeper.link.events.is_closed() {
        let pause = keeper.round().await;
        keeper.rest(pause).await;
    }
}

impl Keeper<'_> {
    fn now(&self) -> Instant {
        Instant(u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    fn moment(&self, at: Instant) -> Moment {
        self.start + Duration::from_millis(at.0)
    }

    async fn report(&self, event: LiveEvent) {
        // Fails when the receiver is gone; the round notices.
        let _ = self.link.events.send(event).await;
    }

    async fn enter(&mut self, state: LiveState) {
        if self.state != Some(state) {
            self.state = Some(state);
            self.report(LiveEvent::State(state)).await;
        }
    }

    /// Tells whether changes count as heard, where that is decided.
    async fn tell_reliability(&mut self) {
        let others = self.taken.map_or(0, |(_, others)| others);
        match self.reliability.is_heard(self.now()) {
            Some(true) if others > 0 => self.enter(LiveState::Elsewhere).await,
            Some(true) => self.enter(LiveState::Live).await,
            Some(false) => self.enter(LiveState::Polling).await,
            None => {}
        }
    }

    /// One connection from the question to its end. Returns the pause before the next.
    async fn round(&mut self) -> Duration {
        if let Opening::Wait(pause) = self.may_open().await {
            return pause;
        }
        let line = Arc::clone(&self.client.line);
        let opening = async {
            let address = endpoint::ask(&line).await?;
            let socket = socket::open(&line, address.url).await?;
            Ok((socket, address.service, address.config))
        };
        let opening = timeout(LONGEST_OPENING, opening);
        let opened = self.during_grace(opening).await;
        let opened = opened.unwrap_or_else(|_| Err(Refusal::Passing(endpoint::not_opened("timeout"))));
        match opened {
            Ok((socket, service, config)) => {
                self.config = config;
                let began = self.now();
                let end = self.serve(socket, Connection::new(service, config, began)).await;
                tracing::info!(?end, counts = ?self.heard.counts, "long connection ended");
                let now = self.now();
                if end == End::Left {
                    self.census.left(now);
                }
                if end == End::Closed {
                    self.reliability.heard(now);
                }
                let proven = self.reliability.ended(now);
                self.backoff.ended(proven);
                self.tell_reliability().await;
                self.pause()
            }
            Err(refusal) => self.refused(refusal).await,
        }
    }

    fn pause(&mut self) -> Duration {
        self.backoff.pause(self.config.reconnect_within, rand::random())
    }

    /// Asks who else is connected, unless that was asked a short while ago.
    async fn may_open(&mut self) -> Opening {
        let known = self.taken.filter(|(at, _)| self.now().since(*at) < CENSUS_EVERY);
        let others = if let Some((_, others)) = known {
            Ok(others)
        } else {
            let client = self.client.clone();
            let online = self.during_grace(async move { client.online_connections().await }).await;
            online.map(|online| self.take_census(online, false))
        };
        match others {
            _ if self.mode == LiveMode::On => Opening::Open,
            Ok(0) => Opening::Open,
            Ok(_) => {
                self.reliability.ceded();
                self.enter(LiveState::Elsewhere).await;
                Opening::Wait(CENSUS_EVERY)
            }
            Err(failure) => {
                tracing::info!(code = failure.code, http = failure.http, "connections cannot be counted");
                self.tell_reliability().await;
                Opening::Wait(if is_passing(&failure) { self.pause() } else { CENSUS_EVERY })
            }
        }
    }

    fn take_census(&mut self, online: usize, is_open: bool) -> usize {
        let now = self.now();
        let others = self.census.others(online, is_open, now);
        self.taken = Some((now, others));
        others
    }

    async fn refused(&mut self, refusal: Refusal) -> Duration {
        let usual = self.pause();
        let (trouble, pause) = match refusal {
            Refusal::Passing(failure) => {
                let told = self.backoff.failures() >= TOLD_TRY;
                (told.then_some(LiveTrouble::Failed(failure)), usual)
            }
            Refusal::TooMany => (Some(LiveTrouble::TooMany), usual.max(CROWDED)),
            Refusal::Final(failure) => (Some(LiveTrouble::Failed(failure)), FINAL),
            Refusal::Unknown(failure) => (Some(LiveTrouble::Failed(failure)), UNKNOWN),
        };
        if let Some(trouble) = trouble {
            tracing::info!(?trouble, "no long connection");
            if self.told.as_ref() != Some(&trouble) {
                self.told = Some(trouble.clone());
                self.report(LiveEvent::Trouble(trouble)).await;
            }
        }
        self.tell_reliability().await;
        pause
    }

    /// Waits. A request for a new connection ends no pause: it is about one that stands.
    async fn rest(&mut self, pause: Duration) {
        self.during_grace(tokio::time::sleep(pause)).await;
    }

    /// Waits for something; says meanwhile that the connection is away, once it is longer than a moment.
    async fn during_grace<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Some(until) = self.reliability.grace_ends() {
            if let Ok(done) = tokio::time::timeout_at(self.moment(until), &mut work).await {
                return done;
            }
            self.tell_reliability().await;
        }
        work.await
    }

    /// Serves an open connection until it ends.
    async fn serve(&mut self, mut socket: Socket, mut connection: Connection) -> End {
        self.told = None;
        self.reliability.opened(self.now());
        self.heard.counts = HeardCounts::default();
        // A request from before this connection is fulfilled by it.
        let renew = Arc::clone(&self.link.renew);
        let mut renewed = pin!(renew.notified());
        let (client, events) = (self.client.clone(), self.link.events.clone());
        let first_census = self.taken.map_or_else(|| self.now(), |(at, _)| at) + CENSUS_EVERY;
        self.report(LiveEvent::Gap).await;
        let census_at = |at: Moment| {
            let client = client.clone();
            async move {
                sleep_until(at).await;
                client.online_connections().await
            }
        };
        let mut census = pin!(census_at(self.moment(first_census)));
        let end = loop {
            let tick = self.moment(connection.next_tick());
            let due = self.heard.due();
            let is_due = due.is_some_and(|due| due <= self.now());
            let tell = due.map_or(tick, |due| self.moment(due));
            let grace = self.reliability.grace_ends().filter(|ends| *ends > self.now());
            let grace_ends = grace.map_or(tick, |ends| self.moment(ends));
            tokio::select! {
                biased;
                message = socket.next() => match message {
                    Some(Ok(message)) => {
                        if let Err(end) = self.took(&mut socket, &mut connection, message).await {
                            break end;
                        }
                        self.reliability.heard(self.now());
                        self.tell_reliability().await;
                    }
                    None | Some(Err(_)) => break End::Closed,
                },
                permit = events.reserve(), if is_due => {
                    let Ok(permit) = permit else { break End::Unheard };
                    if let Some(event) = self.heard.tell() {
                        permit.send(event);
                    }
                }
                () = &mut renewed => break End::Left,
                counted = &mut census => {
                    match counted {
                        Ok(online) => {
                            self.take_census(online, true);
                            self.tell_reliability().await;
                        }
                        // The number of before counts until it can be asked for.
                        Err(_) => self.taken = self.taken.map(|(_, others)| (self.now(), others)),
                    }
                    census.set(census_at(Moment::now() + CENSUS_EVERY));
                }
                () = sleep_until(tick) => match connection.tick(self.now()) {
                    Tick::Nothing => {}
                    Tick::Send(bytes) => if !send(&mut socket, bytes).await { break End::Left },
                    Tick::Dead(death) => {
                        tracing::info!(?death, "the long connection is dead");
                        break End::Left;
                    }
                },
                () = sleep_until(tell), if due.is_some() && !is_due => {}
                () = sleep_until(grace_ends), if grace.is_some() => self.tell_reliability().await,
                () = events.closed() => break End::Unheard,
            }
        };
        self.config = connection.config;
        if let Some(event) = self.heard.tell() {
            self.report(event).await;
        }
        end
    }

    /// Takes a message, and acknowledges it before anything follows from it.
    async fn took(&mut self, socket: &mut Socket, connection: &mut Connection, message: Message) -> Result<(), End> {
        let now = self.now();
        match message {
            Message::Binary(bytes) => {
                let Some(acknowledgement) = connection.receive(&bytes, &mut self.heard, now) else { return Ok(()) };
                if send(socket, acknowledgement).await { Ok(()) } else { Err(End::Left) }
            }
            Message::Close(_) => Err(End::Closed),
            // The answer to a ping of the WebSocket is written with the next message or right here.
            Message::Ping(_) => {
                connection.is_alive(now);
                if flush(socket).await { Ok(()) } else { Err(End::Left) }
            }
            Message::Text(_) | Message::Pong(_) | Message::Frame(_) => {
                connection.is_alive(now);
                Ok(())
            }
        }
    }
}

async fn send(socket: &mut Socket, bytes: Vec<u8>) -> bool {
    matches!(timeout(LONGEST_SEND, socket.send(Message::Binary(bytes.into()))).await, Ok(Ok(())))
}

async fn flush(socket: &mut Socket) -> bool {
    matches!(timeout(LONGEST_SEND, socket.flush()).await, Ok(Ok(())))
}

/// Whether counting may succeed in a moment.
const fn is_passing(failure: &Failure) -> bool {
    matches!(
        failure.kind,
        FailureKind::Unreachable
            | FailureKind::Cut
            | FailureKind::TimedOut
            | FailureKind::Server
            | FailureKind::RateLimited { .. }
    )
}

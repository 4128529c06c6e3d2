//! The loopback server in front of the world: the platform's endpoints, headers, limits and faults on one port
//! (protocol.md#simulator). It renders every answer itself and shares only the page with the client.
//!
//! Checks run in the order of protocol.md#check-order.

mod answer;
mod call;
mod call_counter;
mod chains;
mod clock;
mod connection;
mod control;
mod control_events;
mod delivery;
mod directory;
mod event_body;
mod event_frames;
mod event_hub;
mod fault_injection;
mod fields;
mod frame;
mod gateway;
mod processes;
mod render;
mod render_form;
mod server;
mod socket;
mod variants;
mod webhook;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Extension, RawPathParams, Request, State};
use axum::middleware::from_fn;
use axum::routing::{get, on, post};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::endpoint::Endpoint;
use super::faults::{Fault, Faults};
use super::world::{DepartmentIdType, ProcessKey, UserIdType, World};
use connection::{ConnectionHandle, only_from_here};
use event_hub::EventHub;
use gateway::Gateway;
use server::Server;

pub use call_counter::{CallCounter, LimitedCall, RateLimits};
pub use clock::ServerClock;
pub use event_body::event_body;
pub use event_hub::{ClientConfig, EventOptions};
pub use gateway::ReceivedRequest;
pub use webhook::Webhook;

/// `data` of a process, people by `open_id`, without a connection (protocol.md#process-detail).
#[must_use]
pub fn process_data(world: &World, key: ProcessKey) -> serde_json::Value {
    render::ProcessView { world, process: world.process(key), users: UserIdType::OpenId }.detail()
}

/// `data` of its form (protocol.md#form-v2). `None`: a hiring flow has none.
#[must_use]
pub fn form_data(world: &World, key: ProcessKey) -> Option<serde_json::Value> {
    let process = world.process(key);
    let view = render_form::FormView { world, users: UserIdType::OpenId, departments: DepartmentIdType::default() };
    (!world.flow(process.flow).business.hiring).then(|| view.v2(&process.id.to_string(), &process.form))
}

/// How the server behaves.
#[derive(Clone)]
pub struct ServeOptions {
    /// On 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// Fixes tokens and log ids.
    pub seed: u64,
    pub rate_limits: RateLimits,
    /// Life of a token; the platform's is two hours.
    pub token_life: Duration,
    pub faults: Vec<Fault>,
    pub clock: ServerClock,
    pub app_id: String,
    pub app_secret: String,
    pub events: EventOptions,
}

impl fmt::Debug for ServeOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServeOptions").field("port", &self.port).field("app_id", &self.app_id).finish_non_exhaustive()
    }
}

/// A running server. It ends when this is dropped.
#[derive(Debug)]
pub struct Handle {
    pub addr: SocketAddr,
    server: Arc<Server>,
    open: CancellationToken,
}

impl Handle {
    /// `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Where [`serve_controlled`] answers tests and people who look on.
    #[must_use]
    pub fn control_url(&self) -> String {
        format!("{}/control", self.base_url())
    }

    /// The faults in force; may be changed at any time.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.server.faults
    }

    /// The requests received so far, oldest first; the last few thousand are kept.
    #[must_use]
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.server.gateway().requests()
    }

    /// Every token given out so far is refused from now on.
    pub fn invalidate_tokens(&self) {
        self.server.gateway().invalidate_tokens();
    }

    /// Tells the delivery of events that the world was changed beside the server, or its clock set.
    #[must_use]
    pub fn announcer(&self) -> EventAnnouncer {
        EventAnnouncer(Arc::clone(&self.server.hub))
    }

    /// How many long connections are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.server.hub.online()
    }

    /// Stops listening and ends every connection at once.
    pub fn shutdown(&self) {
        self.open.cancel();
    }
}

/// Wakes the delivery of events. Outlives the server without effect.
#[derive(Clone)]
pub struct EventAnnouncer(Arc<EventHub>);

impl EventAnnouncer {
    pub fn announce(&self) {
        self.0.wake();
    }
}

impl fmt::Debug for EventAnnouncer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EventAnnouncer")
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Listens on `addr`, which must be a loopback address: the simulated platform trusts all callers that can reach it.
///
/// # Errors
/// `PermissionDenied` for any other address, else the system's error.
pub async fn bind_loopback(addr: SocketAddr) -> io::Result<TcpListener> {
    if !addr.ip().is_loopback() {
        let words = format!("the simulator listens on loopback only, not on {}", addr.ip());
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, words));
    }
    TcpListener::bind(addr).await
}

/// Serves `world` on 127.0.0.1.
///
/// # Errors
/// When the port is taken.
pub async fn serve(world: Arc<Mutex<World>>, options: ServeOptions) -> io::Result<Handle> {
    listen(world, options, |router| router).await
}

/// As [`serve`], with the control address [`Handle::control_url`] beside the platform's endpoints.
///
/// # Errors
/// The port is taken.
pub async fn serve_controlled(world: Arc<Mutex<World>>, options: ServeOptions) -> io::Result<Handle> {
    listen(world, options, |router| router.nest("/control", control::router())).await
}

async fn listen(
    world: Arc<Mutex<World>>,
    options: ServeOptions,
    extend: impl FnOnce(Router<Arc<Server>>) -> Router<Arc<Server>>,
) -> io::Result<Handle> {
    let listener = bind_loopback(SocketAddr::from(([127, 0, 0, 1], options.port))).await?;
    let addr = listener.local_addr()?;
    let token_life = i64::try_from(options.token_life.as_millis()).unwrap_or(i64::MAX);
    let faults = Faults::new(options.faults);
    let hub = EventHub::new(
        Arc::clone(&world),
        faults.clone(),
        Arc::clone(&options.clock),
        options.events,
        (options.seed, options.app_id.clone()),
    );
    let hub = Arc::new(hub);
    let gateway = Gateway::new(options.seed, options.app_id, options.app_secret, token_life, options.rate_limits);
    let server = Arc::new(Server {
        world,
        before_last_write: Mutex::new(None),
        gateway: Mutex::new(gateway),
        faults,
        clock: options.clock,
        hub: Arc::clone(&hub),
        addr,
    });
    let open = CancellationToken::new();
    let router = extend(platform()).with_state(Arc::clone(&server));
    tokio::spawn(hub.run(open.clone()));
    tokio::spawn(connection::accept(listener, router, open.clone()));
    Ok(Handle { addr, server, open })
}

/// The endpoints below `/open-apis`, and the platform's answer to any other path.
fn platform() -> Router<Arc<Server>> {
    let mut router = Router::new();
    for endpoint in Endpoint::ALL {
        let row = endpoint.row();
        let handler =
            move |State(server): State<Arc<Server>>,
                  Extension(scissors): Extension<ConnectionHandle>,
                  path: RawPathParams,
                  request: Request| async move { server.answer(endpoint, &path, scissors, request).await };
        router = router.route(row.path, on(row.method, handler));
    }
    let events = Router::new()
        .route(socket::ENDPOINT, post(socket::endpoint))
        .route(socket::SOCKET, get(socket::upgrade))
        .layer(from_fn(only_from_here));
    router = router.merge(events);
    let unknown = |State(server): State<Arc<Server>>, request: Request| async move { server.unknown(request).await };
    router.fallback(unknown).method_not_allowed_fallback(unknown)
}

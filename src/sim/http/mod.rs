//! The loopback server in front of the world: the platform's interfaces, headers, limits and faults on one port
//! (API page, G.5). It renders every answer itself and shares nothing with the client but the page.
//!
//! Order of checks: path and method, token, address, rate, scope, fields, business (API page, A.6).

mod answer;
mod connection;
mod directory;
mod endpoint;
mod fields;
mod gateway;
mod processes;
mod render;
mod render_form;
mod variants;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Extension, Query as AxumQuery, RawPathParams, Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use axum::routing::on;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::domain::Millis;

use super::faults::{Fault, FaultKind, Faults};
use super::world::{Refusal, World};
use answer::Answer;
use connection::Scissors;
use fields::{Body, Query};
use gateway::{Gateway, Limited};
use variants::Blank;

pub use endpoint::{Endpoint, Limit};
pub use gateway::{RateLimits, Received};

/// Largest request body that is read.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// The time, as the server asks for it.
pub type Clock = Arc<dyn Fn() -> Millis + Send + Sync>;

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
    pub clock: Clock,
    pub app_id: String,
    pub app_secret: String,
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

    /// The faults in force; may be changed at any time.
    #[must_use]
    pub fn faults(&self) -> &Faults {
        &self.server.faults
    }

    /// The requests received so far, oldest first; the last few thousand are kept.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.server.gateway().requests()
    }

    /// Every token given out so far is refused from now on.
    pub fn invalidate_tokens(&self) {
        self.server.gateway().invalidate_tokens();
    }

    /// Stops listening and ends every connection at once.
    pub fn shutdown(&self) {
        self.open.cancel();
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shutdown();
    }
}

/// Listens on `addr`, which must be a loopback address: the simulated platform trusts whoever can reach it.
///
/// # Errors
/// `PermissionDenied` for any other address, else what the system says.
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
    let listener = bind_loopback(SocketAddr::from(([127, 0, 0, 1], options.port))).await?;
    let addr = listener.local_addr()?;
    let token_life = i64::try_from(options.token_life.as_millis()).unwrap_or(i64::MAX);
    let gateway = Gateway::new(options.seed, options.app_id, options.app_secret, token_life, options.rate_limits);
    let server = Arc::new(Server {
        world,
        gateway: Mutex::new(gateway),
        faults: Faults::new(options.faults),
        clock: options.clock,
    });
    let open = CancellationToken::new();
    tokio::spawn(connection::accept(listener, router(&server), open.clone()));
    Ok(Handle { addr, server, open })
}

fn router(server: &Arc<Server>) -> Router {
    let mut router = Router::new();
    for endpoint in Endpoint::ALL {
        let row = endpoint.row();
        let handler =
            move |State(server): State<Arc<Server>>,
                  Extension(scissors): Extension<Scissors>,
                  path: RawPathParams,
                  request: Request| async move { server.answer(endpoint, &path, scissors, request).await };
        router = router.route(row.path, on(row.method, handler));
    }
    let unknown = |State(server): State<Arc<Server>>, request: Request| async move { server.unknown(request).await };
    router.fallback(unknown).method_not_allowed_fallback(unknown).with_state(server.clone())
}

/// What all requests share.
struct Server {
    world: Arc<Mutex<World>>,
    gateway: Mutex<Gateway>,
    faults: Faults,
    clock: Clock,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("faults", &self.faults).finish_non_exhaustive()
    }
}

/// One call that passed the router.
struct Call {
    endpoint: Endpoint,
    path: Vec<(String, String)>,
    query: Query,
    body: Bytes,
    faults: Faults,
}

impl Call {
    /// A parameter of the path.
    fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A fault for this call, used up by asking.
    fn fault(&self, is: impl Fn(&FaultKind) -> bool) -> Option<FaultKind> {
        self.faults.take(self.endpoint, is)
    }
}

impl Server {
    fn gateway(&self) -> MutexGuard<'_, Gateway> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads and remembers a request; gives its body and a log id.
    async fn receive(&self, request: Request) -> (Bytes, String) {
        let method = request.method().to_string();
        let target = request.uri().to_string();
        // Too long or broken off: whatever parses it says so.
        let body = to_bytes(request.into_body(), BODY_LIMIT).await.unwrap_or_default();
        let mut gateway = self.gateway();
        gateway.remember(Received { method, target, body: String::from_utf8_lossy(&body).into_owned() });
        (body, gateway.log_id((self.clock)()))
    }

    async fn unknown(&self, request: Request) -> Response {
        let (_, log_id) = self.receive(request).await;
        answer::not_found(&log_id)
    }

    async fn answer(&self, endpoint: Endpoint, path: &RawPathParams, scissors: Scissors, request: Request) -> Response {
        let uri = request.uri().clone();
        let authorization =
            request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (body, log_id) = self.receive(request).await;
        let call = Call {
            endpoint,
            path: path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            query: Query::new(pairs(&uri)),
            body,
            faults: self.faults.clone(),
        };
        let slow = call.fault(|kind| matches!(kind, FaultKind::Slow { .. }));
        let fate = self.fate(&call, &uri, authorization.as_deref(), &log_id);
        // The effect comes first: a caller who gives up waiting has not stopped it.
        if let Some(FaultKind::Slow { millis }) = slow {
            tokio::time::sleep(Duration::from_millis(u64::from(millis))).await;
        }
        match fate {
            Fate::Answer(response) => response,
            Fate::Silence => std::future::pending().await,
            Fate::Cut => scissors.cut().await,
        }
    }

    fn fate(&self, call: &Call, uri: &Uri, authorization: Option<&str>, log_id: &str) -> Fate {
        if let Some(broken) = broken(call, uri, log_id) {
            return broken;
        }
        let response = self.respond(call, authorization, log_id);
        if response.status() == StatusCode::OK && call.endpoint.is_write() {
            return after_write(call, response, log_id);
        }
        Fate::Answer(response)
    }

    fn respond(&self, call: &Call, authorization: Option<&str>, log_id: &str) -> Response {
        let now = (self.clock)();
        if call.endpoint == Endpoint::Token {
            return self.token(call, log_id, now);
        }
        if let Err(refused) = self.admit(call, authorization, now) {
            return match refused {
                NotAdmitted::Refused(refused) => answer::refusal(&refused, log_id),
                NotAdmitted::Limited(limited) => answer::limited(&limited, log_id),
            };
        }
        match self.business(call, now) {
            Ok(answer) => vary(call, answer).into_response(log_id),
            Err(refused) => answer::refusal(&refused, log_id),
        }
    }

    fn token(&self, call: &Call, log_id: &str, now: Millis) -> Response {
        let mut gateway = self.gateway();
        if let Err(limited) = forced_limit(call).map_or_else(|| gateway.check_rate(call.endpoint, now), Err) {
            return answer::limited(&limited, log_id);
        }
        let given = Body::parse(&call.body).and_then(|body| {
            let (app_id, secret) = (body.text("app_id"), body.text("app_secret"));
            gateway.give_token(&app_id.unwrap_or_default(), &secret.unwrap_or_default(), now)
        });
        match given {
            Ok((token, expire)) => {
                let body = serde_json::json!({
                    "code": 0,
                    "msg": "ok",
                    "tenant_access_token": token,
                    "expire": expire,
                });
                answer::json_response(StatusCode::OK, body.to_string(), log_id)
            }
            Err(refused) if refused.code == 9499 => answer::refusal(&refused, log_id),
            Err(refused) => answer::token_refusal(&refused, log_id),
        }
    }

    /// Token, address, rate, scope.
    fn admit(&self, call: &Call, authorization: Option<&str>, now: Millis) -> Result<(), NotAdmitted> {
        let mut gateway = self.gateway();
        if call.fault(|kind| *kind == FaultKind::InvalidateTokens).is_some() {
            gateway.invalidate_tokens();
        }
        gateway.check_token(authorization, now)?;
        if call.fault(|kind| *kind == FaultKind::AppDisabled).is_some() {
            return Err(Refusal::new(400, 99_991_662, "app is disabled").into());
        }
        if call.fault(|kind| *kind == FaultKind::AddressRefused).is_some() {
            return Err(Refusal::new(400, 99_991_401, "ip 203.0.113.25 is denied by app setting").into());
        }
        forced_limit(call).map_or_else(|| gateway.check_rate(call.endpoint, now), Err)?;
        if let Some(scope) = call.endpoint.row().scope
            && call.fault(|kind| *kind == FaultKind::MissingScope).is_some()
        {
            return Err(Refusal::missing_scope(scope).into());
        }
        Ok(())
    }

    fn business(&self, call: &Call, now: Millis) -> Result<Answer, Refusal> {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let world = &mut *world;
        match call.endpoint {
            Endpoint::Tasks => processes::tasks(world, call, now),
            Endpoint::Processes => processes::processes(world, &call.query, now),
            Endpoint::Detail => processes::detail(world, call, now),
            Endpoint::FormV2 => processes::form_v2(world, call, now),
            Endpoint::FormV1 => processes::form_v1(world, call, now),
            Endpoint::UpdateTask | Endpoint::AddSign | Endpoint::Transfer | Endpoint::Withdraw | Endpoint::Revoke => {
                processes::write(world, call, now)
            }
            Endpoint::SearchEmployees => directory::search_employees(world, call),
            Endpoint::EmployeesById => directory::employees_by_id(world, call),
            Endpoint::ContactIds => directory::contact_ids(world, call),
            Endpoint::ContactUsers => directory::contact_users(world, &call.query),
            Endpoint::Departments => directory::departments(world, call),
            Endpoint::Enums => directory::enums(world, call),
            Endpoint::Job => directory::object(world, call, "job"),
            Endpoint::JobLevel => directory::object(world, call, "job_level"),
            Endpoint::File => directory::file(world, call),
            Endpoint::ConvertIds | Endpoint::Token => directory::convert_ids(world, call),
        }
    }
}

/// Why a call never reached its business service.
enum NotAdmitted {
    Refused(Refusal),
    Limited(Limited),
}

impl From<Refusal> for NotAdmitted {
    fn from(refused: Refusal) -> Self {
        Self::Refused(refused)
    }
}

impl From<Limited> for NotAdmitted {
    fn from(limited: Limited) -> Self {
        Self::Limited(limited)
    }
}

fn forced_limit(call: &Call) -> Option<Limited> {
    match call.fault(|kind| matches!(kind, FaultKind::RateLimit { .. })) {
        Some(FaultKind::RateLimit { reset }) => {
            let limit = call.endpoint.row().limits.first().map_or(1, |limit| limit.calls);
            Some(Limited { limit, reset })
        }
        _ => None,
    }
}

fn pairs(uri: &Uri) -> Vec<(String, String)> {
    AxumQuery::try_from_uri(uri).map(|AxumQuery(pairs)| pairs).unwrap_or_default()
}

fn server_error(status: u16, log_id: &str) -> Response {
    answer::refusal(&Refusal::new(status, 1_160_500, "系统异常"), log_id)
}

/// What becomes of a call.
enum Fate {
    Answer(Response),
    /// No answer, for as long as the connection lives.
    Silence,
    /// No answer, and the end of the connection.
    Cut,
}

/// Faults before anything of the platform sees the call.
fn broken(call: &Call, uri: &Uri, log_id: &str) -> Option<Fate> {
    let fault = call.fault(|kind| {
        matches!(
            kind,
            FaultKind::ServerError { .. }
                | FaultKind::NeverAnswers
                | FaultKind::Cut
                | FaultKind::CutBeforeWrite
                | FaultKind::Html502
                | FaultKind::Text404
                | FaultKind::CutJson
                | FaultKind::HugeBody
                | FaultKind::RedirectLoop
        )
    })?;
    Some(Fate::Answer(match fault {
        FaultKind::ServerError { status } => server_error(status, log_id),
        FaultKind::NeverAnswers => return Some(Fate::Silence),
        FaultKind::Html502 => answer::bad_gateway(),
        FaultKind::Text404 => answer::not_found(log_id),
        FaultKind::CutJson => answer::cut_json(log_id),
        FaultKind::HugeBody => answer::huge_body(log_id),
        FaultKind::RedirectLoop => answer::redirect(uri.path_and_query().map_or("/", |target| target.as_str()), log_id),
        _ => return Some(Fate::Cut),
    }))
}

/// Faults between an effect and its answer.
fn after_write(call: &Call, response: Response, log_id: &str) -> Fate {
    let fault = call.fault(|kind| {
        matches!(
            kind,
            FaultKind::CutAfterWrite
                | FaultKind::SilentAfterWrite
                | FaultKind::ServerErrorAfterWrite { .. }
                | FaultKind::NoData
        )
    });
    Fate::Answer(match fault {
        Some(FaultKind::CutAfterWrite) => return Fate::Cut,
        Some(FaultKind::SilentAfterWrite) => return Fate::Silence,
        Some(FaultKind::ServerErrorAfterWrite { status }) => server_error(status, log_id),
        Some(_) => answer::json_response(StatusCode::OK, processes::without_data().to_string(), log_id),
        None => response,
    })
}

/// Spells `data` in the variants that are in force.
fn vary(call: &Call, mut answer: Answer) -> Answer {
    let Answer::Json(envelope) = &mut answer else { return answer };
    let Some(data) = envelope.get_mut("data") else { return answer };
    if call.fault(|kind| *kind == FaultKind::UnknownEnums).is_some() {
        variants::unknown_enums(data);
    }
    for (kind, blank) in [
        (FaultKind::AbsentFields, Blank::Absent),
        (FaultKind::NullFields, Blank::Null),
        (FaultKind::EmptyFields, Blank::Empty),
    ] {
        if call.fault(|in_force| *in_force == kind).is_some() {
            blank.apply(data);
        }
    }
    answer
}

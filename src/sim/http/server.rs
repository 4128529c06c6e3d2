//! The shared state of requests, and a request's way through the checks to its answer.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::{Bytes, to_bytes};
use axum::extract::{Query as AxumQuery, RawPathParams, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use serde_json::json;

use crate::domain::Millis;
use crate::sim::endpoint::Endpoint;
use crate::sim::faults::{FaultKind, Faults};
use crate::sim::world::{Refusal, World};

use super::answer::{self, Reply};
use super::call::IncomingCall;
use super::call_counter::LimitedCall;
use super::clock::ServerClock;
use super::connection::ConnectionHandle;
use super::event_hub::EventHub;
use super::fault_injection::{self, Delivery};
use super::fields::{BodyFields, QueryFields};
use super::gateway::Gateway;
use super::{directory, processes};

/// Largest request body that is read.
const BODY_LIMIT: usize = 8 * 1024 * 1024;

/// State shared by all requests.
pub(super) struct Server {
    pub(super) world: Arc<Mutex<World>>,
    /// For reads that lag behind; kept while a fault asks for it.
    pub(super) before_last_write: Mutex<Option<World>>,
    pub(super) gateway: Mutex<Gateway>,
    pub(super) faults: Faults,
    pub(super) clock: ServerClock,
    pub(super) hub: Arc<EventHub>,
    pub(super) addr: SocketAddr,
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("faults", &self.faults).finish_non_exhaustive()
    }
}

impl Server {
    pub(super) fn gateway(&self) -> MutexGuard<'_, Gateway> {
        self.gateway.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> Millis {
        (self.clock)()
    }

    /// The time of the platform in a call to `endpoint`.
    fn time_of(&self, endpoint: Endpoint) -> Millis {
        let now = (self.clock)();
        match self.faults.take(endpoint, |kind| matches!(kind, FaultKind::ClockOff { .. })) {
            Some(FaultKind::ClockOff { minutes }) => Millis(now.0.saturating_add(minutes * 60_000)),
            _ => now,
        }
    }

    /// Reads and remembers a request; gives its body, a log id and its number.
    pub(super) async fn receive(&self, request: Request, now: Millis) -> (Bytes, String, u64) {
        let method = request.method().to_string();
        let target = request.uri().to_string();
        // Too long or broken off: its parser reports that.
        let body = to_bytes(request.into_body(), BODY_LIMIT).await.unwrap_or_default();
        let (log_id, number) = self.gateway().remember(method, target, &body, now);
        (body, log_id, number)
    }

    pub(super) async fn unknown(&self, request: Request) -> Response {
        let (_, log_id, number) = self.receive(request, (self.clock)()).await;
        let response = answer::not_found(&log_id);
        self.gateway().answered(number, response.status().as_u16());
        response
    }

    pub(super) async fn answer(
        self: Arc<Self>,
        endpoint: Endpoint,
        path: &RawPathParams,
        scissors: ConnectionHandle,
        request: Request,
    ) -> Response {
        let uri = request.uri().clone();
        let authorization =
            request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let now = self.time_of(endpoint);
        let (body, log_id, number) = self.receive(request, now).await;
        let call = IncomingCall {
            endpoint,
            path: path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            query: QueryFields::new(pairs(&uri)),
            body,
            now,
            uri,
            authorization,
            log_id,
            faults: self.faults.clone(),
        };
        let slow = call.fault(|kind| matches!(kind, FaultKind::Slow { .. }));
        let fate = match call.fault(|kind| matches!(kind, FaultKind::LateWrite { .. })) {
            Some(FaultKind::LateWrite { millis }) => self.clone().late_fate(call, millis, scissors.clone()).await,
            _ => self.fate(&call),
        };
        // The effect comes first: a caller who gives up waiting has not stopped it.
        if let Some(FaultKind::Slow { millis }) = slow {
            tokio::time::sleep(Duration::from_millis(u64::from(millis))).await;
        }
        let response = match fate {
            Delivery::Answer(response) => response,
            Delivery::Torn(response) => answer::torn(response).await,
            Delivery::Silence => std::future::pending().await,
            Delivery::Cut { reset } => scissors.cut(reset).await,
        };
        self.gateway().answered(number, response.status().as_u16());
        answer::dated(response, now)
    }

    /// The same after a while, on its own: the caller's leaving does not stop it, the server's end does.
    async fn late_fate(self: Arc<Self>, call: IncomingCall, millis: u32, scissors: ConnectionHandle) -> Delivery {
        let late = tokio::spawn(async move {
            tokio::select! {
                () = scissors.closed() => Delivery::Cut { reset: false },
                () = tokio::time::sleep(Duration::from_millis(u64::from(millis))) => self.fate(&call),
            }
        });
        late.await.unwrap_or(Delivery::Cut { reset: false })
    }

    fn fate(&self, call: &IncomingCall) -> Delivery {
        if let Some(broken) = fault_injection::broken(call) {
            return broken;
        }
        let response = self.respond(call);
        let fate = if response.status() == StatusCode::OK && call.endpoint.is_write() {
            fault_injection::after_write(call, response)
        } else {
            Delivery::Answer(response)
        };
        fault_injection::tear(call, fate)
    }

    fn respond(&self, call: &IncomingCall) -> Response {
        let log_id = call.log_id.as_str();
        if call.endpoint == Endpoint::Token {
            return self.token(call);
        }
        if let Err(refused) = self.admit(call) {
            return match refused {
                NotAdmitted::Refused(refused) => answer::refusal(&refused, log_id),
                NotAdmitted::Limited(limited) => answer::limited(&limited, log_id),
            };
        }
        match self.business(call) {
            Ok(answer) => fault_injection::vary(call, answer).into_response(log_id),
            Err(refused) => answer::refusal(&refused, log_id),
        }
    }

    fn token(&self, call: &IncomingCall) -> Response {
        let (log_id, now) = (call.log_id.as_str(), call.now);
        let mut gateway = self.gateway();
        if let Err(limited) =
            fault_injection::forced_limit(call).map_or_else(|| gateway.check_rate(call.endpoint, now), Err)
        {
            return answer::limited(&limited, log_id);
        }
        let given = BodyFields::parse(&call.body).and_then(|body| {
            let (app_id, secret) = (body.text("app_id"), body.text("app_secret"));
            gateway.give_token(&app_id.unwrap_or_default(), &secret.unwrap_or_default(), now)
        });
        match given {
            Ok((token, expire)) => {
                let body = json!({
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
    fn admit(&self, call: &IncomingCall) -> Result<(), NotAdmitted> {
        let now = call.now;
        let mut gateway = self.gateway();
        if call.fault(|kind| *kind == FaultKind::InvalidateTokens).is_some() {
            gateway.invalidate_tokens();
        }
        gateway.check_token(call.authorization.as_deref(), now)?;
        if call.fault(|kind| *kind == FaultKind::AppDisabled).is_some() {
            return Err(Refusal::new(400, 99_991_662, "app is disabled").into());
        }
        if call.fault(|kind| *kind == FaultKind::AddressRefused).is_some() {
            return Err(Refusal::new(400, 99_991_401, "ip 203.0.113.25 is denied by app setting").into());
        }
        fault_injection::forced_limit(call).map_or_else(|| gateway.check_rate(call.endpoint, now), Err)?;
        if let Some(scope) = call.endpoint.row().scope
            && call.fault(|kind| *kind == FaultKind::MissingScope).is_some()
        {
            return Err(Refusal::missing_scope(scope).into());
        }
        Ok(())
    }

    fn business(&self, call: &IncomingCall) -> Result<Reply, Refusal> {
        match call.endpoint {
            Endpoint::Connections => return Ok(Reply::success(json!({"online_instance_cnt": self.hub.online()}))),
            Endpoint::OutboundIp => return Ok(Reply::success(json!({"ip_list": ["127.0.0.1"], "has_more": false}))),
            _ => {}
        }
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let mut before = self.before_last_write.lock().unwrap_or_else(PoisonError::into_inner);
        if call.endpoint.is_write() {
            let snapshot = self.faults.hold(&FaultKind::Stale).then(|| world.clone());
            let answer = business(&mut world, call);
            self.hub.wake();
            let answer = answer?;
            *before = snapshot;
            return Ok(answer);
        }
        match &mut *before {
            Some(before) if call.fault(|kind| *kind == FaultKind::Stale).is_some() => business(before, call),
            _ => {
                let answer = business(&mut world, call);
                // A read may complete a revocation.
                self.hub.wake();
                answer
            }
        }
    }
}

fn business(world: &mut World, call: &IncomingCall) -> Result<Reply, Refusal> {
    match call.endpoint {
        Endpoint::Tasks => processes::tasks(world, call),
        Endpoint::Processes => processes::processes(world, call),
        Endpoint::Detail => processes::detail(world, call),
        Endpoint::FormV2 => processes::form_v2(world, call),
        Endpoint::FormV1 => processes::form_v1(world, call),
        Endpoint::UpdateTask | Endpoint::AddSign | Endpoint::Transfer | Endpoint::Withdraw | Endpoint::Revoke => {
            processes::write(world, call)
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
        Endpoint::ConvertIds | Endpoint::Token | Endpoint::Connections | Endpoint::OutboundIp => {
            directory::convert_ids(world, call)
        }
    }
}

/// Why a call never reached its business service.
enum NotAdmitted {
    Refused(Refusal),
    Limited(LimitedCall),
}

impl From<Refusal> for NotAdmitted {
    fn from(refused: Refusal) -> Self {
        Self::Refused(refused)
    }
}

impl From<LimitedCall> for NotAdmitted {
    fn from(limited: LimitedCall) -> Self {
        Self::Limited(limited)
    }
}

fn pairs(uri: &Uri) -> Vec<(String, String)> {
    AxumQuery::try_from_uri(uri).map(|AxumQuery(pairs)| pairs).unwrap_or_default()
}

//! One request: budget, token, sending, bounded reading, and the decision whether to repeat it.
//!
//! Reads are repeated on connection faults and after a refused token. A write is sent once, over a new connection: an
//! idle one that has died would leave a decision unknown without need.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use reqwest::{Certificate, Method, RequestBuilder, redirect};
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};
use tokio_util::sync::CancellationToken;
use tower::BoxError;
use tower::util::MapResultLayer;

use super::ClientSettings;
use super::error::{self, ResponseHead};
use super::proxies;
use super::rate_limit::RequestBudgets;
use super::token::{Token, TokenCell};
use super::wire::{Node, Read};
use crate::domain::decision::Receipt;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Millis, Outcome, Priority, ProcessId};

/// Bytes of an answer that are read: well above the platform's largest.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// Longest time for a download: files are long, and lines slow. Between two pieces the usual timeout counts.
const FILE_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// Longest wait of a write for its connection: meanwhile the check of its request grows old.
const WRITE_CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Pauses before a read is repeated after a connection fault.
const READ_PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// A wait for the budget that a caller is not told of, and the longest sum of such waits: an answer that is under way, or
/// the next page of a list.
const SHORT_WAIT: Duration = Duration::from_millis(300);
const SHORT_WAITS: Duration = Duration::from_secs(1);

/// A request as the endpoints describe it.
#[derive(Debug)]
pub(super) struct ApiCall {
    pub endpoint: Endpoint,
    pub priority: Priority,
    pub method: Method,
    /// Below the base URL, its parts percent-encoded.
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Json>,
    pub writes: bool,
    /// The process that the answer must concern, if it names one.
    pub about: Option<ProcessId>,
}

impl ApiCall {
    /// Whether a successful answer has the payload of this call. An empty list or process that the platform did not
    /// mean would be believed.
    fn is_answered_by(&self, body: &Json) -> bool {
        let data = Node(body).get("data");
        let whole = match self.endpoint {
            Endpoint::TaskList | Endpoint::ChangedProcesses | Endpoint::FormV2 => data.0.is_object(),
            Endpoint::ProcessDetail => data.0.is_object() && !data.is_absent(),
            _ => true,
        };
        let about = |asked: &ProcessId| match data.get("process_id").string() {
            Read::Value(named) => named == asked.as_str(),
            Read::Absent => true,
            Read::Unreadable => false,
        };
        whole && self.about.as_ref().is_none_or(about)
    }
}

/// Connection to the platform, shared by all callers.
#[derive(Debug)]
pub(super) struct Transport {
    pub settings: ClientSettings,
    pub reader: reqwest::Client,
    /// Built with the first write: reading the certificates twice would slow down the start.
    writer: OnceLock<reqwest::Client>,
    /// Shutdown flag. Checked before every write.
    pub shutdown: CancellationToken,
    token: TokenCell,
    budgets: Mutex<RequestBudgets>,
}

/// A request under way. It counts until this is dropped.
struct InFlight<'a> {
    transport: &'a Transport,
    endpoint: Endpoint,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.transport.budgets().finished(self.endpoint);
    }
}

impl Transport {
    pub fn new(settings: ClientSettings) -> Result<Self, reqwest::Error> {
        // Fails only if a provider is already installed, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reader = builder(&settings)?.build()?;
        Ok(Self {
            settings,
            reader,
            writer: OnceLock::new(),
            shutdown: CancellationToken::new(),
            token: TokenCell::default(),
            budgets: Mutex::new(RequestBudgets::new(RandomState::new().hash_one(0))),
        })
    }

    /// Sends a call and checks its answer. Returns the whole body; its `data` holds the payload.
    pub async fn ask(&self, call: &ApiCall) -> Result<Json, Failure> {
        self.ask_when(call).await.map(|(body, _)| body)
    }

    /// As `ask`, with the time at the server.
    pub async fn ask_when(&self, call: &ApiCall) -> Result<(Json, Option<Millis>), Failure> {
        self.ask_whole(call).await.map(|(body, answered)| (body, answered.date()))
    }

    /// As `ask`, with the answer itself for failures that quote it.
    pub async fn ask_whole(&self, call: &ApiCall) -> Result<(Json, ResponseHead), Failure> {
        let (body, answered) = self.checked(call).await?;
        if call.is_answered_by(&body) { Ok((body, answered)) } else { Err(error::foreign(call.endpoint, &answered)) }
    }

    /// Sends a write once and keeps the log id of its answer. A refused token is dropped, so that the next call fetches
    /// a new one; the caller decides whether to send again.
    pub async fn write(&self, call: &ApiCall) -> Result<Receipt, Failure> {
        let (token, answered) = self.authorised(call).await.map_err(|failure| match failure.kind {
            FailureKind::Unreachable if self.shutdown.is_cancelled() => {
                Failure { kind: FailureKind::Ended, message: CleanText::default(), ..failure }
            }
            _ => failure,
        })?;
        let body = self.judge(call.endpoint, &answered, &token).await?;
        Ok(Receipt { log_id: answered.log_id(Some(&body)) })
    }

    /// Repeats a read once after a refused token: the gateway refuses before anything is executed.
    async fn checked(&self, call: &ApiCall) -> Result<(Json, ResponseHead), Failure> {
        let (token, mut answered) = self.authorised(call).await?;
        let mut judged = self.judge(call.endpoint, &answered, &token).await;
        if is_refusal_of_token(&judged) {
            let (renewed, again) = self.authorised(call).await?;
            judged = self.judge(call.endpoint, &again, &renewed).await;
            answered = again;
        }
        Ok((judged?, answered))
    }

    /// Checks an answer and applies its consequences for later calls: a closed endpoint, a dropped token.
    async fn judge(&self, endpoint: Endpoint, answered: &ResponseHead, token: &Token) -> Result<Json, Failure> {
        let checked = self.noted(endpoint, error::check(endpoint, answered));
        if is_refusal_of_token(&checked) {
            self.token.give_up(token).await;
        }
        checked
    }

    /// Fetches a token if there is none.
    pub async fn authenticate(&self) -> Result<(), Failure> {
        self.token().await.map(|_| ())
    }

    /// Sends a call and returns the unread response, for files. A JSON response is an error and is checked.
    pub async fn open(&self, call: &ApiCall) -> Result<reqwest::Response, Failure> {
        let mut renewed = false;
        loop {
            let token = self.token().await?;
            let under_way = self.take_budget(call.endpoint, call.priority).await?;
            let sent = self.request(call, &token)?.timeout(FILE_TIMEOUT).send().await;
            let response = sent.map_err(|error| error::transport(call.endpoint, error))?;
            if response.status().is_success() && !is_json(&response) {
                return Ok(response);
            }
            let answered = self.receive(call.endpoint, response, Some(&token)).await?;
            drop(under_way);
            let judged = self.judge(call.endpoint, &answered, &token).await;
            if renewed || !is_refusal_of_token(&judged) {
                return Err(judged.err().unwrap_or_else(|| error::foreign(call.endpoint, &answered)));
            }
            renewed = true;
        }
    }

    /// Applies an answer to the budgets. A refused call learns when its endpoint is asked again.
    fn noted<T>(&self, endpoint: Endpoint, checked: Result<T, Failure>) -> Result<T, Failure> {
        if !self.settings.own_budget {
            return checked;
        }
        match checked {
            Err(Failure { kind: FailureKind::RateLimited { retry_after }, http: Some(_), .. }) => {
                let retry_after = self.budgets().refused(endpoint, retry_after, Instant::now());
                checked.map_err(|failure| Failure { kind: FailureKind::RateLimited { retry_after }, ..failure })
            }
            Err(failure) if failure.kind == FailureKind::QuotaExhausted => {
                self.budgets().exhaust(failure.clone(), Instant::now());
                Err(failure)
            }
            answered => answered,
        }
    }

    /// Sends a call. A repetition takes from the budget again: the first one may have arrived.
    async fn authorised(&self, call: &ApiCall) -> Result<(Token, ResponseHead), Failure> {
        let token = self.token().await?;
        let mut pauses = READ_PAUSES.iter();
        let mut under_way = self.take_budget(call.endpoint, call.priority).await?;
        loop {
            let failure = match self.send(call, &token).await {
                Ok(answered) => return Ok((token, answered)),
                Err(failure) => failure,
            };
            drop(under_way);
            let repeatable = !call.writes && matches!(failure.kind, FailureKind::Unreachable | FailureKind::Cut);
            let Some(pause) = pauses.next().filter(|_| repeatable) else { return Err(failure) };
            tokio::time::sleep(*pause).await;
            under_way = self.take_budget(call.endpoint, call.priority).await.map_err(|_| failure)?;
        }
    }

    /// Takes a request out of the budget just before it leaves, and waits for it if that is short.
    async fn take_budget(&self, endpoint: Endpoint, priority: Priority) -> Result<Option<InFlight<'_>>, Failure> {
        if !self.settings.own_budget {
            return Ok(None);
        }
        let until = Instant::now() + SHORT_WAITS;
        loop {
            let now = Instant::now();
            if let Some(failure) = self.budgets().exhausted(now) {
                return Err(Failure { endpoint, ..failure.clone() });
            }
            let taken = self.budgets().take(endpoint, priority, now);
            match taken {
                Ok(()) => return Ok(Some(InFlight { transport: self, endpoint })),
                Err(wait) if wait <= SHORT_WAIT && now < until => tokio::time::sleep(wait).await,
                Err(wait) => return Err(error::limited(endpoint, wait)),
            }
        }
    }

    fn budgets(&self) -> MutexGuard<'_, RequestBudgets> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, call: &ApiCall, token: &Token) -> Result<ResponseHead, Failure> {
        let sent = self.request(call, token)?.send().await;
        let response = sent.map_err(|error| error::transport(call.endpoint, error))?;
        self.receive(call.endpoint, response, Some(token)).await
    }

    /// Reads an answer to its end, within the size limit.
    pub async fn receive(
        &self,
        endpoint: Endpoint,
        mut response: reqwest::Response,
        token: Option<&Token>,
    ) -> Result<ResponseHead, Failure> {
        let secrets = token.map(|token| token.secret.clone()).into_iter().chain([self.settings.app_secret.clone()]);
        let mut answered = ResponseHead {
            status: response.status(),
            headers: response.headers().clone(),
            body: Vec::new(),
            secrets: secrets.collect(),
        };
        loop {
            let chunk = response.chunk().await.map_err(|error| Failure {
                http: Some(answered.status.as_u16()),
                log_id: answered.log_id(None),
                ..error::transport(endpoint, error)
            })?;
            let Some(chunk) = chunk else {
                if endpoint == Endpoint::TenantToken {
                    answered.keep_token_secret();
                }
                return Ok(answered);
            };
            answered.body.extend_from_slice(&chunk);
            if answered.body.len() > LARGEST_ANSWER {
                return Err(error::too_large(endpoint, &answered));
            }
        }
    }

    fn request(&self, call: &ApiCall, token: &Token) -> Result<RequestBuilder, Failure> {
        let client = if call.writes { self.writer(call.endpoint)? } else { &self.reader };
        let url = format!("{}/open-apis{}", self.settings.base_url.trim_end_matches('/'), call.path);
        let request = client.request(call.method.clone(), url).query(&call.query).bearer_auth(token.expose());
        Ok(match &call.body {
            Some(body) => request.header(reqwest::header::CONTENT_TYPE, JSON).body(body.to_string()),
            None => request,
        })
    }

    fn writer(&self, endpoint: Endpoint) -> Result<&reqwest::Client, Failure> {
        if let Some(writer) = self.writer.get() {
            return Ok(writer);
        }
        let shutdown = self.shutdown.clone();
        // Last step before the request leaves, after the longest wait.
        let gate = MapResultLayer::new(
            move |connected: Result<_, BoxError>| {
                if shutdown.is_cancelled() { Err("closed".into()) } else { connected }
            },
        );
        let patience = self.settings.connect_timeout.min(WRITE_CONNECT_TIMEOUT);
        let made = builder(&self.settings).and_then(|builder| {
            builder.pool_max_idle_per_host(0).connect_timeout(patience).connector_layer(gate).build()
        });
        let made = made.map_err(|error| error::transport(endpoint, error))?;
        Ok(self.writer.get_or_init(|| made))
    }

    /// The valid token. One fetch at a time serves all waiting callers, its failure too.
    async fn token(&self) -> Result<Token, Failure> {
        let asked = Instant::now();
        let mut held = self.token.0.lock().await;
        if let Some(token) = held.token.as_ref().filter(|token| token.is_fresh(Instant::now())) {
            return Ok(token.clone());
        }
        if let Some((_, failure)) = held.failed.as_ref().filter(|(at, _)| *at >= asked) {
            return Err(failure.clone());
        }
        match self.fetch_token().await {
            Ok(fetched) => {
                held.fetches += 1;
                let token = fetched.numbered(held.fetches);
                held.token = Some(token.clone());
                held.failed = None;
                Ok(token)
            }
            Err(failure) => {
                held.failed = Some((Instant::now(), failure.clone()));
                Err(failure)
            }
        }
    }

    /// A failure to get a token proves that the call was not sent.
    async fn fetch_token(&self) -> Result<Token, Failure> {
        let fetched = self.noted(Endpoint::TenantToken, self.ask_for_token().await);
        fetched.map_err(|failure| Failure { outcome: Outcome::NotSent, ..failure })
    }

    async fn ask_for_token(&self) -> Result<Token, Failure> {
        let endpoint = Endpoint::TenantToken;
        let _under_way = self.take_budget(endpoint, Priority::Check).await?;
        let url =
            format!("{}/open-apis/auth/v3/tenant_access_token/internal", self.settings.base_url.trim_end_matches('/'));
        let body = json!({
            "app_id": self.settings.app_id,
            "app_secret": self.settings.app_secret.expose_secret(),
        });
        let asked = Instant::now();
        let request = self.reader.post(url).header(reqwest::header::CONTENT_TYPE, JSON).body(body.to_string());
        let response = request.send().await.map_err(|error| error::transport(endpoint, error))?;
        let answered = self.receive(endpoint, response, None).await?;
        let body = error::check(endpoint, &answered).map_err(configuration)?;
        let token = Node(&body).get("tenant_access_token").raw();
        // Other characters cannot be sent in a header.
        if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(error::foreign(endpoint, &answered));
        }
        let life = Node(&body).get("expire").int().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or_default();
        Ok(Token::new(token.into(), Duration::from_secs(life), asked))
    }
}

pub(super) const JSON: &str = "application/json; charset=utf-8";

fn is_refusal_of_token(checked: &Result<Json, Failure>) -> bool {
    matches!(checked, Err(failure) if failure.kind == FailureKind::TokenRefused)
}

/// Any other refusal is a matter of configuration, except for the service's own trouble (protocol.md#tenant-token).
fn configuration(mut failure: Failure) -> Failure {
    let passing = matches!(failure.code, Some(2_200 | 10_012 | 10_013 | 10_101));
    if failure.kind == FailureKind::Business {
        failure.kind = if passing { FailureKind::Server } else { FailureKind::Credentials };
    }
    failure
}

/// A failure instead of the file's bytes (protocol.md#files).
fn is_json(response: &reqwest::Response) -> bool {
    let kind = response.headers().get(reqwest::header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.contains("json"))
}

fn builder(settings: &ClientSettings) -> Result<reqwest::ClientBuilder, reqwest::Error> {
    let builder = reqwest::Client::builder()
        .user_agent(concat!("shenpi/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.answer_timeout)
        .read_timeout(settings.answer_timeout)
        // The platform does not redirect; a token must not follow one elsewhere.
        .redirect(redirect::Policy::none());
    if settings.is_loopback() {
        return Ok(builder.no_proxy().tls_certs_only(std::iter::empty::<Certificate>()));
    }
    // Forms of `NO_PROXY` that reqwest does not know.
    let no_proxy = ["NO_PROXY", "no_proxy"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
    let passes_by = reqwest::Url::parse(&settings.base_url).is_ok_and(|url| proxies::passes_by(&no_proxy, &url));
    let builder = if passes_by { builder.no_proxy() } else { builder };
    let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root));
    Ok(builder.tls_certs_merge(bundled.collect::<Result<Vec<_>, _>>()?))
}

//! One request: budget, token, sending, reading to a bound, and what may be tried again.
//!
//! Reads are repeated on connection faults; writes never are, but for a token that was refused before anything was
//! executed. Writes use connections of their own, made fresh: one that had died while idle would leave a decision
//! unknown for no reason.

use std::time::{Duration, Instant};

use reqwest::{Certificate, Method, Proxy, RequestBuilder, redirect};
use secrecy::ExposeSecret;
use serde_json::{Value as Json, json};

use super::Settings;
use super::fault::{self, Answered};
use super::limit::Limits;
use super::token::{Token, TokenCell};
use super::wire::Node;
use crate::domain::decision::Receipt;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome};

/// Bytes of an answer that are read: well above anything that the platform sends.
const LARGEST_ANSWER: usize = 16 * 1024 * 1024;
/// Pauses before a read is repeated after a connection fault.
const READ_PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_secs(1)];

/// A request as the endpoints describe it.
#[derive(Debug)]
pub(super) struct Call {
    pub endpoint: Endpoint,
    pub method: Method,
    /// Below the base URL, its parts percent-encoded.
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Json>,
    pub writes: bool,
}

/// The line to the platform. Shared by everything that asks it.
#[derive(Debug)]
pub(super) struct Line {
    pub settings: Settings,
    reader: reqwest::Client,
    writer: reqwest::Client,
    token: TokenCell,
    limits: Limits,
}

impl Line {
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let reader = builder(&settings)?.build()?;
        let writer = builder(&settings)?.pool_max_idle_per_host(0).build()?;
        Ok(Self { settings, reader, writer, token: TokenCell::default(), limits: Limits::default() })
    }

    /// Sends a call and checks its answer. Returns the whole body; its `data` holds the payload.
    pub async fn ask(&self, call: &Call) -> Result<Json, Failure> {
        self.checked(call).await.map(|(body, _)| body)
    }

    /// Sends a write and keeps the log id of its answer.
    pub async fn write(&self, call: &Call) -> Result<Receipt, Failure> {
        let (body, answered) = self.checked(call).await?;
        Ok(Receipt { log_id: answered.log_id(Some(&body)) })
    }

    /// A refused token is renewed once, in silence: the gateway turns it away before anything is executed.
    async fn checked(&self, call: &Call) -> Result<(Json, Answered), Failure> {
        let mut answered = self.authorised(call).await?;
        let mut checked = fault::check(call.endpoint, &answered);
        if matches!(&checked, Err(failure) if failure.kind == FailureKind::TokenRefused) {
            self.drop_token().await;
            answered = self.authorised(call).await?;
            checked = fault::check(call.endpoint, &answered);
        }
        if let Err(Failure { kind: FailureKind::RateLimited { retry_after }, endpoint, .. }) = &checked {
            self.limits.close(*endpoint, Instant::now() + *retry_after);
        }
        checked.map(|body| (body, answered))
    }

    /// Fetches a token if there is none.
    pub async fn authenticate(&self) -> Result<(), Failure> {
        self.token().await.map(|_| ())
    }

    /// Sends a call and hands out the answer unread, for files. Errors come as JSON and are checked.
    pub async fn open(&self, call: &Call) -> Result<reqwest::Response, Failure> {
        self.take_budget(call.endpoint)?;
        let token = self.token().await?;
        let response =
            self.request(call, &token).send().await.map_err(|error| fault::transport(call.endpoint, &error))?;
        let json = response
            .headers()
            .get(reqwest::header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .is_some_and(|kind| kind.contains("json"));
        if response.status().is_success() && !json {
            return Ok(response);
        }
        let answered = read(call.endpoint, response).await?;
        let failure = fault::check(call.endpoint, &answered).err();
        Err(failure.unwrap_or_else(|| Failure {
            endpoint: call.endpoint,
            kind: FailureKind::Garbage { excerpt: CleanText::default() },
            outcome: Outcome::Refused,
            code: None,
            http: Some(answered.status.as_u16()),
            log_id: answered.log_id(None),
            message: CleanText::default(),
        }))
    }

    async fn authorised(&self, call: &Call) -> Result<Answered, Failure> {
        self.take_budget(call.endpoint)?;
        let token = self.token().await?;
        let mut pauses = READ_PAUSES.iter();
        loop {
            let failure = match self.send(call, &token).await {
                Ok(answered) => return Ok(answered),
                Err(failure) => failure,
            };
            let repeatable = !call.writes && matches!(failure.kind, FailureKind::Unreachable | FailureKind::Cut);
            match pauses.next().filter(|_| repeatable) {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(failure),
            }
        }
    }

    fn take_budget(&self, endpoint: Endpoint) -> Result<(), Failure> {
        if !self.settings.own_budget {
            return Ok(());
        }
        self.limits.take(endpoint, Instant::now()).map_err(|wait| fault::limited(endpoint, wait))
    }

    async fn send(&self, call: &Call, token: &Token) -> Result<Answered, Failure> {
        let sent = self.request(call, token).send().await;
        let response = sent.map_err(|error| fault::transport(call.endpoint, &error))?;
        read(call.endpoint, response).await
    }

    fn request(&self, call: &Call, token: &Token) -> RequestBuilder {
        let client = if call.writes { &self.writer } else { &self.reader };
        let url = format!("{}/open-apis{}", self.settings.base_url.trim_end_matches('/'), call.path);
        let request = client.request(call.method.clone(), url).query(&call.query).bearer_auth(token.expose());
        match &call.body {
            Some(body) => request.header(reqwest::header::CONTENT_TYPE, JSON).body(body.to_string()),
            None => request,
        }
    }

    /// The token in force; one fetch at a time, shared by all who wait.
    async fn token(&self) -> Result<Token, Failure> {
        let mut held = self.token.0.lock().await;
        if let Some(token) = held.as_ref().filter(|token| token.is_fresh(Instant::now())) {
            return Ok(token.clone());
        }
        let token = self.fetch_token().await?;
        *held = Some(token.clone());
        Ok(token)
    }

    async fn drop_token(&self) {
        *self.token.0.lock().await = None;
    }

    async fn fetch_token(&self) -> Result<Token, Failure> {
        let url =
            format!("{}/open-apis/auth/v3/tenant_access_token/internal", self.settings.base_url.trim_end_matches('/'));
        let body = json!({
            "app_id": self.settings.app_id,
            "app_secret": self.settings.app_secret.expose_secret(),
        });
        let asked = Instant::now();
        let request = self.reader.post(url).header(reqwest::header::CONTENT_TYPE, JSON).body(body.to_string());
        let endpoint = Endpoint::TenantToken;
        // Whatever happens to the token, the call that wanted it was not sent.
        let unsent = |failure: Failure| Failure { outcome: Outcome::NotSent, ..failure };
        let response = request.send().await.map_err(|error| unsent(fault::transport(endpoint, &error)))?;
        let answered = read(endpoint, response).await.map_err(unsent)?;
        let body = fault::check(endpoint, &answered).map_err(|failure| unsent(configuration(failure)))?;
        let token = Node(&body).get("tenant_access_token").raw();
        let life = Node(&body).get("expire").int().and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or_default();
        Ok(Token::new(token, Duration::from_secs(life), asked))
    }
}

const JSON: &str = "application/json; charset=utf-8";

/// Every other refusal of a token is a matter of configuration (API page, A.4), but for the server's own troubles.
fn configuration(mut failure: Failure) -> Failure {
    let passing = matches!(failure.code, Some(2_200 | 10_012 | 10_013 | 10_101));
    if failure.kind == FailureKind::Business {
        failure.kind = if passing { FailureKind::Server } else { FailureKind::Credentials };
    }
    failure
}

async fn read(endpoint: Endpoint, mut response: reqwest::Response) -> Result<Answered, Failure> {
    let mut answered = Answered { status: response.status(), headers: response.headers().clone(), body: Vec::new() };
    loop {
        let chunk = response.chunk().await.map_err(|error| {
            let mut failure = fault::transport(endpoint, &error);
            failure.http = Some(answered.status.as_u16());
            failure.log_id = answered.log_id(None);
            failure
        })?;
        let Some(chunk) = chunk else { return Ok(answered) };
        answered.body.extend_from_slice(&chunk);
        if answered.body.len() > LARGEST_ANSWER {
            return Err(fault::too_large(endpoint, &answered));
        }
    }
}

fn builder(settings: &Settings) -> Result<reqwest::ClientBuilder, reqwest::Error> {
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("shenpi/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(settings.connect_timeout)
        .timeout(settings.answer_timeout)
        // The platform does not redirect; a token must not follow one elsewhere.
        .redirect(redirect::Policy::none());
    if settings.is_loopback() {
        return Ok(builder.no_proxy().tls_certs_only(std::iter::empty::<Certificate>()));
    }
    let bundled = webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().map(|root| Certificate::from_der(root));
    builder = builder.tls_certs_merge(bundled.collect::<Result<Vec<_>, _>>()?);
    if let Some(proxy) = &settings.proxy {
        builder = builder.proxy(Proxy::all(proxy)?);
    }
    Ok(builder)
}

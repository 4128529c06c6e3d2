//! A client of the tests' own for the simulator's server, and a clock that they set.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shenpi::domain::Millis;
use shenpi::sim::http::{EventOptions, Handle, RateLimits, ServeOptions, serve_controlled};
use shenpi::sim::world::World;

use crate::stage::{NOW, Stage};

pub const APP_ID: &str = "cli_a7b3c9d2e1f40508";
pub const SECRET: &str = "the secret of this test";

pub struct Line {
    pub server: Handle,
    pub world: Arc<Mutex<World>>,
    pub http: reqwest::Client,
    pub token: String,
    clock: Arc<AtomicI64>,
}

/// One answer, read whole.
#[derive(Debug)]
pub struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Heard {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub fn code(&self) -> i64 {
        self.json()["code"].as_i64().expect("a code")
    }

    /// HTTP status and code.
    pub fn verdict(&self) -> (u16, i64) {
        (self.status.as_u16(), self.code())
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

impl Line {
    /// The stage behind a server, with a token at hand.
    pub async fn open(stage: Stage, limits: RateLimits, token_life: Duration) -> Self {
        Self::serve(stage, limits, token_life, EventOptions::default()).await
    }

    pub async fn with_events(stage: Stage, limits: RateLimits, events: EventOptions) -> Self {
        Self::serve(stage, limits, Duration::from_secs(7200), events).await
    }

    async fn serve(stage: Stage, limits: RateLimits, token_life: Duration, events: EventOptions) -> Self {
        let clock = Arc::new(AtomicI64::new(NOW.0));
        let world = Arc::new(Mutex::new(stage.world));
        let time = clock.clone();
        let options = ServeOptions {
            port: 0,
            seed: 7,
            rate_limits: limits,
            token_life,
            faults: vec![],
            clock: Arc::new(move || Millis(time.load(Ordering::SeqCst))),
            app_id: APP_ID.into(),
            app_secret: SECRET.into(),
            events,
        };
        let server = serve_controlled(world.clone(), options).await.expect("a server");
        // A second installation is refused, and the first does as well.
        let _installed = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let mut line = Self { server, world, http, token: String::new(), clock };
        line.token = line.new_token().await;
        line
    }

    pub async fn plain(stage: Stage) -> Self {
        Self::open(stage, RateLimits::Off, Duration::from_secs(7200)).await
    }

    pub fn wait(&self, millis: i64) {
        self.clock.fetch_add(millis, Ordering::SeqCst);
    }

    pub fn now(&self) -> Millis {
        Millis(self.clock.load(Ordering::SeqCst))
    }

    pub fn fault(&self, text: &str) {
        self.server.faults().add(text.parse().expect("a fault"));
    }

    pub async fn ask_token(&self, app_id: &str, secret: &str) -> Heard {
        let body = json!({"app_id": app_id, "app_secret": secret});
        let url = format!("{}/open-apis/auth/v3/tenant_access_token/internal", self.server.base_url());
        hear(self.http.post(url).json(&body)).await.expect("an answer")
    }

    pub async fn new_token(&self) -> String {
        let answer = self.ask_token(APP_ID, SECRET).await.json();
        answer["tenant_access_token"].as_str().expect("a token").to_owned()
    }

    /// `path` below `/open-apis`.
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}/open-apis/{path}", self.server.base_url());
        self.http.request(method, url).bearer_auth(&self.token)
    }

    pub async fn get(&self, path: &str) -> Heard {
        hear(self.request(Method::GET, path)).await.expect("an answer")
    }

    pub async fn post(&self, path: &str, body: Value) -> Heard {
        hear(self.request(Method::POST, path).json(&body)).await.expect("an answer")
    }

    pub async fn put(&self, path: &str, body: Value) -> Heard {
        self.try_put(path, body).await.expect("an answer")
    }

    pub async fn try_put(&self, path: &str, body: Value) -> reqwest::Result<Heard> {
        hear(self.request(Method::PUT, path).json(&body)).await
    }

    /// `path` below `/control`.
    pub fn control(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}/{path}", self.server.control_url()))
    }

    /// How many writes the platform accepted.
    pub fn writes(&self) -> usize {
        self.world.lock().expect("the world").writes().len()
    }
}

pub async fn hear(request: reqwest::RequestBuilder) -> reqwest::Result<Heard> {
    let response = request.send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Heard { status, headers, text: response.text().await? })
}

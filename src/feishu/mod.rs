//! The client of the platform's Open API: reads, writes, and what their failures mean.
//!
//! Reads belong to [`Client`]; writes to [`Writer`], which a read-only program never makes.

mod convert;
mod corehr;
mod damage;
mod download;
mod error;
mod form_v1;
mod form_v2;
mod form_value;
mod people;
mod proxies;
mod rate_limit;
mod received;
mod token;
mod transport;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::domain::time::LONGEST_ANSWER;
use crate::domain::{Failure, Operator};
pub use corehr::{read_form, read_form_v1, read_process, request};
pub use damage::parse;
use transport::Transport;

/// Settings of the client. The proxy is the environment's (`HTTPS_PROXY`, `NO_PROXY`); loopback uses none.
#[derive(Clone, Debug)]
pub struct ClientSettings {
    /// Scheme and host, such as `https://open.feishu.cn`.
    pub base_url: String,
    pub app_id: String,
    pub app_secret: SecretString,
    /// The person whose tasks are read and in whose name decisions are sent.
    pub operator: Operator,
    /// Keeps below the platform's limits (protocol.md#rate-limits).
    pub own_budget: bool,
    pub connect_timeout: Duration,
    /// From sending to the last byte of the answer.
    pub answer_timeout: Duration,
}

impl ClientSettings {
    #[must_use]
    pub fn new(base_url: String, app_id: String, app_secret: SecretString, operator: Operator) -> Self {
        Self {
            base_url,
            app_id,
            app_secret,
            operator,
            own_budget: true,
            connect_timeout: Duration::from_secs(10),
            answer_timeout: LONGEST_ANSWER,
        }
    }

    fn is_loopback(&self) -> bool {
        reqwest::Url::parse(&self.base_url).ok().is_some_and(|url| match url.host_str() {
            Some("localhost") => true,
            Some(host) => host.trim_matches(['[', ']']).parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback()),
            None => false,
        })
    }
}

/// The client cannot be built without usable certificates and proxy.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct BuildError(#[from] reqwest::Error);

/// All reads. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    line: Arc<Transport>,
}

impl Client {
    /// # Errors
    /// When certificates or the proxy cannot be used.
    pub fn new(settings: ClientSettings) -> Result<Self, BuildError> {
        Ok(Self { line: Arc::new(Transport::new(settings)?) })
    }

    /// Fetches a token, to check the configuration before the first screen.
    pub async fn authenticate(&self) -> Result<(), Failure> {
        self.line.authenticate().await
    }

    /// Once cancelled, no write leaves any more, not even one that has just got its connection.
    #[must_use]
    pub fn shutdown(&self) -> CancellationToken {
        self.line.shutdown.clone()
    }

    /// The writer with the same settings.
    #[must_use]
    pub fn writer(&self) -> Writer {
        Writer { line: Arc::clone(&self.line) }
    }
}

/// The only way to write. Sends each request once.
#[derive(Clone, Debug)]
pub struct Writer {
    line: Arc<Transport>,
}

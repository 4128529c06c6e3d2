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
pub mod live;
mod people;
mod proxies;
pub mod rate_limit;
mod received;
mod settings;
mod token;
mod transport;
mod wire;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::domain::{Failure, Priority};
pub use corehr::{kept_form, kept_labels, kept_process, read_form, read_form_v1, read_process, request};
pub use damage::parse;
pub use settings::ClientSettings;
use transport::Transport;

/// The client cannot be built without usable certificates and proxy.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be made: {0}")]
pub struct BuildError(#[from] reqwest::Error);

/// All reads. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Client {
    line: Arc<Transport>,
    /// Of the reads that this handle makes.
    priority: Priority,
}

impl Client {
    /// # Errors
    /// When certificates or the proxy cannot be used.
    pub fn new(settings: ClientSettings) -> Result<Self, BuildError> {
        Ok(Self { line: Arc::new(Transport::new(settings)?), priority: Priority::default() })
    }

    /// The same client for reads of this priority.
    #[must_use]
    pub fn at(&self, priority: Priority) -> Self {
        Self { line: Arc::clone(&self.line), priority }
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

//! The tenant token: one for all callers, fetched once however many wait for it, renewed before it expires (API page, A.4).

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

/// Renewed this long before its end: below the 30 minutes within which the platform hands out a new one.
const MARGIN: Duration = Duration::from_secs(15 * 60);

/// The token in force. Its lock is held while one is fetched, so that all who wait share the one fetch.
#[derive(Debug, Default)]
pub(super) struct TokenCell(pub Mutex<Option<Token>>);

/// A token with the time from which a new one is wanted.
#[derive(Clone, Debug)]
pub(super) struct Token {
    secret: SecretString,
    renew_at: Instant,
}

impl Token {
    /// `life` is what the platform says is left. A short life keeps a quarter of itself as margin.
    pub fn new(secret: String, life: Duration, now: Instant) -> Self {
        Self { secret: secret.into(), renew_at: now + life.saturating_sub(MARGIN.min(life / 4)) }
    }

    pub fn is_fresh(&self, now: Instant) -> bool {
        now < self.renew_at
    }

    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

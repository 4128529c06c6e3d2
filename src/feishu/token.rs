//! The tenant token: one for all callers, fetched once for all that wait, renewed before it expires
//! (protocol.md#tenant-token).

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::domain::Failure;

/// Renewal margin, below the 30 minutes within which the platform issues a new token.
const MARGIN: Duration = Duration::from_secs(15 * 60);

/// Longest accepted life. The platform's is two hours.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The valid token. Its lock is held during a fetch, so that all waiting callers share it.
#[derive(Debug, Default)]
pub(super) struct TokenCell(pub Mutex<CachedToken>);

impl TokenCell {
    /// Drops a refused token, but not another one that was fetched meanwhile.
    pub async fn give_up(&self, refused: &Token) {
        let mut held = self.0.lock().await;
        held.token.take_if(|token| token.fetch == refused.fetch);
    }
}

/// Result of the last fetch.
#[derive(Debug, Default)]
pub(super) struct CachedToken {
    pub token: Option<Token>,
    /// Time and failure of the last failed fetch: callers that waited for it share the failure instead of asking again.
    pub failed: Option<(Instant, Failure)>,
    pub fetches: u64,
}

/// A token with its renewal time.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub secret: SecretString,
    renew_at: Instant,
    /// Number of its fetch: the platform may issue the same text again (protocol.md#tenant-token).
    pub fetch: u64,
}

impl Token {
    /// `life` is the remaining time that the platform states. A short life keeps a quarter of itself as margin.
    pub fn new(secret: SecretString, life: Duration, asked: Instant) -> Self {
        let life = life.min(LONGEST_LIFE);
        Self { secret, renew_at: asked + life.saturating_sub(MARGIN.min(life / 4)), fetch: 0 }
    }

    /// Sets the number of its fetch.
    pub fn numbered(self, fetch: u64) -> Self {
        Self { fetch, ..self }
    }

    pub fn is_fresh(&self, now: Instant) -> bool {
        now < self.renew_at
    }

    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::Token;

    #[test]
    fn a_token_is_renewed_a_quarter_hour_before_its_end_and_a_short_one_a_quarter_of_its_life() {
        let asked = Instant::now();
        let after = |life: u64, seconds: u64| {
            Token::new("t-1".to_owned().into(), Duration::from_secs(life), asked)
                .is_fresh(asked + Duration::from_secs(seconds))
        };
        assert!(after(7200, 7200 - 901));
        assert!(!after(7200, 7200 - 900));
        assert!(after(8, 5));
        assert!(!after(8, 6));
        assert!(!after(0, 0));
        assert!(!after(u64::MAX, 24 * 60 * 60), "no life is believed beyond a day");
    }
}

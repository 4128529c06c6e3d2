//! The tenant token: one for all callers, fetched once however many wait for it, renewed before it expires (API page, A.4).

use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;

use crate::domain::Failure;

/// Renewed this long before its end: below the 30 minutes within which the platform hands out a new one.
const MARGIN: Duration = Duration::from_secs(15 * 60);

/// The longest life that is believed: the platform gives two hours.
const LONGEST_LIFE: Duration = Duration::from_secs(24 * 60 * 60);

/// The token in force. Its lock is held while one is fetched, so that all who wait share the one fetch.
#[derive(Debug, Default)]
pub(super) struct TokenCell(pub Mutex<Held>);

impl TokenCell {
    /// The platform refused this one. Another that was fetched meanwhile stays.
    pub async fn give_up(&self, refused: &Token) {
        let mut held = self.0.lock().await;
        held.token.take_if(|token| token.fetch == refused.fetch);
    }
}

/// What the last fetch brought.
#[derive(Debug, Default)]
pub(super) struct Held {
    pub token: Option<Token>,
    /// When a fetch failed last, and how: everybody who waited for it shares the failure rather than asking again.
    pub failed: Option<(Instant, Failure)>,
    pub fetches: u64,
}

/// A token with the time from which a new one is wanted.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub secret: SecretString,
    renew_at: Instant,
    /// Which fetch brought it: the platform may hand out the same text again (API page, A.4).
    pub fetch: u64,
}

impl Token {
    /// `life` is what the platform says is left. A short life keeps a quarter of itself as margin.
    pub fn new(secret: SecretString, life: Duration, asked: Instant) -> Self {
        let life = life.min(LONGEST_LIFE);
        Self { secret, renew_at: asked + life.saturating_sub(MARGIN.min(life / 4)), fetch: 0 }
    }

    /// As the fetch with this number brought it.
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

//! The platform's gateway: tokens, rate limits, log ids, and the record of requests (protocol.md#tenant-token,
//! protocol.md#gateway-errors, protocol.md#rate-limits).

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};

use crate::domain::Millis;
use crate::sim::world::Refusal;

use super::call_counter::{CallCounter, LimitedCall, RateLimits};
use crate::sim::endpoint::Endpoint;

/// One received request, with any outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceivedRequest {
    /// Counts every request since the start, from 0.
    pub number: u64,
    pub method: String,
    /// Path with query, as sent.
    pub target: String,
    /// Empty when there was none; invalid UTF-8 replaced.
    pub body: String,
    /// The log id of its answer.
    pub log_id: String,
    /// The HTTP status that was sent; `None` while there is no answer, and for ever when the connection was cut.
    pub status: Option<u16>,
}

/// How many requests are remembered.
const REMEMBERED: usize = 4096;

/// A token and when it ends.
#[derive(Clone)]
struct IssuedToken {
    text: String,
    ends: Millis,
}

/// The gateway's memory. Locked by the server for the moment of each check.
pub(super) struct Gateway {
    random: SmallRng,
    app_id: String,
    app_secret: String,
    /// Milliseconds.
    token_life: i64,
    calls: CallCounter,
    tokens: Vec<IssuedToken>,
    requests: VecDeque<ReceivedRequest>,
    /// How many requests there were.
    received: u64,
}

impl Gateway {
    pub(super) fn new(seed: u64, app_id: String, app_secret: String, token_life: i64, limits: RateLimits) -> Self {
        Self {
            random: SmallRng::seed_from_u64(seed ^ 0x67_6174_6577_6179),
            app_id,
            app_secret,
            token_life,
            calls: CallCounter::new(limits),
            tokens: Vec::new(),
            requests: VecDeque::new(),
            received: 0,
        }
    }

    /// Takes a request into the record. Returns its log id and its number.
    pub(super) fn remember(&mut self, method: String, target: String, body: &[u8], now: Millis) -> (String, u64) {
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
        }
        let (number, log_id) = (self.received, self.log_id(now));
        self.received += 1;
        let body = String::from_utf8_lossy(body).into_owned();
        self.requests.push_back(ReceivedRequest { number, method, target, body, log_id: log_id.clone(), status: None });
        (log_id, number)
    }

    /// The request of this number is being answered. Nothing happens when it is no longer remembered.
    pub(super) fn answered(&mut self, number: u64, status: u16) {
        // Newest last, without a gap.
        let behind = usize::try_from(self.received.saturating_sub(number)).unwrap_or(usize::MAX);
        let place = self.requests.len().checked_sub(behind);
        if let Some(request) = place.and_then(|place| self.requests.get_mut(place)) {
            request.status = Some(status);
        }
    }

    pub(super) fn requests(&self) -> Vec<ReceivedRequest> {
        self.requests.iter().cloned().collect()
    }

    /// 34 characters: the time in China and 20 hexadecimal digits (protocol.md#ids).
    fn log_id(&mut self, now: Millis) -> String {
        let zone = TimeZone::fixed(Offset::constant(8));
        let time = Timestamp::from_millisecond(now.0).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone);
        let low = self.random.random::<u128>() >> 48;
        format!("{}{low:020X}", time.strftime("%Y%m%d%H%M%S"))
    }

    /// Returns the token and its remaining whole seconds (protocol.md#tenant-token).
    ///
    /// # Errors
    /// Code and words; the HTTP status stays 200.
    pub(super) fn give_token(&mut self, app_id: &str, secret: &str, now: Millis) -> Result<(String, i64), Refusal> {
        if !is_app_id(app_id) || secret.is_empty() {
            return Err(Refusal::new(200, 10003, "invalid param"));
        }
        if app_id != self.app_id {
            return Err(Refusal::new(200, 10014, "app id not exists"));
        }
        if secret != self.app_secret {
            return Err(Refusal::new(200, 10014, "app secret invalid"));
        }
        self.tokens.retain(|token| token.ends > now);
        // 30 minutes of the two hours, scaled with the life.
        let fresh_enough = self.token_life / 4;
        let known = self.tokens.iter().filter(|token| token.ends - now >= fresh_enough).max_by_key(|token| token.ends);
        let token = known.cloned().unwrap_or_else(|| {
            let text = self.new_token();
            let token = IssuedToken { text, ends: Millis(now.0 + self.token_life) };
            self.tokens.push(token.clone());
            token
        });
        Ok((token.text, (token.ends - now) / 1000))
    }

    /// Whether these are the app's credentials.
    pub(super) fn knows(&self, app_id: &str, secret: &str) -> bool {
        app_id == self.app_id && secret == self.app_secret
    }

    fn new_token(&mut self) -> String {
        const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
        let mut letter = || char::from(LETTERS[self.random.random_range(0..LETTERS.len())]);
        format!("t-{}", (0..40).map(|_| letter()).collect::<String>())
    }

    pub(super) fn invalidate_tokens(&mut self) {
        self.tokens.clear();
    }

    /// Checks the value of `Authorization` (protocol.md#headers, protocol.md#gateway-errors).
    pub(super) fn check_token(&self, authorization: Option<&str>, now: Millis) -> Result<(), Refusal> {
        let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) else {
            return Err(Refusal::new(
                400,
                99_991_661,
                "Missing access token for authorization. Please make a request with token attached.",
            ));
        };
        if !token.starts_with("t-") && !token.starts_with("u-") {
            return Err(Refusal::new(400, 99_991_671, "Invalid access token, which must start with \"t-\" or \"u-\"."));
        }
        if self.tokens.iter().any(|known| known.text == token && known.ends > now) {
            return Ok(());
        }
        Err(Refusal::new(
            400,
            99_991_663,
            "Invalid access token for authorization. Please make a request with token attached.",
        ))
    }

    /// Counts one call (protocol.md#rate-limits).
    pub(super) fn check_rate(&mut self, endpoint: Endpoint, now: Millis) -> Result<(), LimitedCall> {
        self.calls.count(endpoint, now)
    }
}

/// `cli_` and 16 hexadecimal digits (protocol.md#tenant-token).
fn is_app_id(text: &str) -> bool {
    text.strip_prefix("cli_").is_some_and(|id| id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

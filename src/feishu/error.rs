//! From an answer, or the lack of one, to a [`Failure`] that says what is certain (protocol.md#envelope,
//! protocol.md#gateway-errors, protocol.md#error-codes).

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value as Json;

use super::damage;
use super::wire::Node;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Millis, Outcome};

/// Characters of a foreign answer that are kept for the details line.
const EXCERPT: usize = 200;
/// Bytes of a foreign answer that are looked at for them.
const LOOKED_AT: usize = 4096;
/// Characters of a log id; the platform's have 34.
const LONGEST_LOG_ID: usize = 128;
/// Replaces a secret that an answer repeats.
const HIDDEN: &str = "***";
/// Waiting time after a refusal that names none, and the maximum (protocol.md#rate-limits).
const DEFAULT_RESET: Duration = Duration::from_secs(1);
const LONGEST_RESET: Duration = Duration::from_secs(60);

/// An answer of the platform, read to its end.
#[derive(Debug)]
pub(super) struct ResponseHead {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// Secrets of the request, which no failure may repeat.
    pub secrets: Vec<SecretString>,
}

impl ResponseHead {
    /// Text of the answer, clean and without secrets. The only way from an answer into a failure or a receipt.
    pub fn clean(&self, text: &str) -> CleanText {
        let clean = CleanText::new(text);
        // Cleaned first: dropping an invisible character could put a secret together.
        if spellings(&self.secrets).any(|secret| clean.as_str().contains(&secret)) {
            CleanText::new(&hide(&self.secrets, clean.as_str().to_owned()))
        } else {
            clean
        }
    }

    /// The first characters of an answer that is not the platform's. None are kept where a token or a ticket may stand.
    fn excerpt(&self, endpoint: Endpoint) -> CleanText {
        if matches!(endpoint, Endpoint::TenantToken | Endpoint::LongConnection) {
            return CleanText::default();
        }
        let text = String::from_utf8_lossy(self.body.get(..LOOKED_AT).unwrap_or(&self.body));
        // First the secrets, then the cuts: half a token is one too.
        let hidden = hide(&self.secrets, CleanText::new(&text).to_string());
        let whole = if self.body.len() > LOOKED_AT { before_a_begun_one(&self.secrets, &hidden) } else { &hidden };
        CleanText::new(&whole.chars().take(EXCERPT).collect::<String>())
    }

    /// The token that this answer brings is one of its secrets.
    pub fn keep_token_secret(&mut self) {
        let body = damage::parse(&self.body).unwrap_or_default();
        let tokens = ["tenant_access_token", "app_access_token"].map(|name| Node(&body).get(name).raw());
        self.secrets.extend(tokens.into_iter().filter(|token| !token.is_empty()).map(SecretString::from));
    }

    /// The time at the server, from `Date`. A proxy may have written it.
    pub fn date(&self) -> Option<Millis> {
        let date = self.headers.get(DATE)?.to_str().ok()?;
        Some(Millis(jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_millisecond()))
    }

    /// `X-Tt-Logid`, else `X-Request-Id`, else a member of the body: the first that has the form of a log id.
    pub fn log_id(&self, body: Option<&Json>) -> Option<CleanText> {
        let header = |name: &str| self.headers.get(name).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let error = body.map(|body| Node(body).get("error"));
        let member = |name: &str| error.map(|error| error.get(name).raw());
        let found = [header("x-tt-logid"), header("x-request-id"), member("log_id"), member("logid")];
        found.into_iter().flatten().map(|id| self.clean(id.trim())).find(|id| is_log_id(id.as_str()))
    }

    fn reset(&self) -> Duration {
        let seconds = self.headers.get("x-ogw-ratelimit-reset").and_then(|value| value.to_str().ok());
        let seconds = seconds.and_then(|text| text.trim().parse::<f64>().ok()).filter(|seconds| *seconds >= 0.0);
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map_or(DEFAULT_RESET, |reset| reset.clamp(Duration::from_millis(100), LONGEST_RESET))
    }
}

/// Spellings of each secret: as it is, in JSON and in an address.
fn spellings(secrets: &[SecretString]) -> impl Iterator<Item = String> + '_ {
    secrets.iter().map(ExposeSecret::expose_secret).filter(|secret| !secret.is_empty()).flat_map(|secret| {
        let quoted = Json::from(secret).to_string();
        let escaped = quoted.get(1..quoted.len() - 1).unwrap_or_default().to_owned();
        let encoded = reqwest::Url::parse_with_params("x:", [("", secret)]).ok();
        let encoded = encoded.and_then(|url| Some(url.query()?.trim_start_matches('=').to_owned()));
        // The longest first: hiding a shorter one inside it would leave the rest.
        let mut spellings = [escaped, encoded.unwrap_or_default(), secret.to_owned()];
        spellings.sort_unstable_by_key(|spelling| std::cmp::Reverse(spelling.len()));
        spellings.into_iter().filter(|spelling| !spelling.is_empty())
    })
}

fn hide(secrets: &[SecretString], text: String) -> String {
    spellings(secrets).fold(text, |text, secret| text.replace(&secret, HIDDEN))
}

/// The text up to a secret that begins at its end.
fn before_a_begun_one<'a>(secrets: &[SecretString], text: &'a str) -> &'a str {
    let begun = spellings(secrets).filter_map(|secret| {
        let ends = secret.char_indices().map(|(at, _)| at).skip(1);
        ends.filter(|end| secret.get(..*end).is_some_and(|begun| text.ends_with(begun))).max()
    });
    text.get(..text.len() - begun.max().unwrap_or_default()).unwrap_or_default()
}

/// Letters, digits, `-`, `_` and `.`, limited in number. Anything else is foreign text.
fn is_log_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=LONGEST_LOG_ID).contains(&text.len()) && text.bytes().all(plain)
}

/// Checks an answer. Returns its body when `code` is 0 with any HTTP status, else the failure.
pub(super) fn check(endpoint: Endpoint, answered: &ResponseHead) -> Result<Json, Failure> {
    let text = damage::mark(&answered.body).map_err(|damage::TooDense| too_dense(endpoint, answered))?;
    let Ok(body) = serde_json::from_str::<Json>(&text) else {
        return Err(foreign(endpoint, answered));
    };
    let node = Node(&body);
    let Some(code) = node.get("code").int() else { return Err(foreign(endpoint, answered)) };
    if code != 0 {
        let (kind, outcome) = meaning(endpoint, code, answered, &body);
        return Err(refused(endpoint, answered, &body, code, kind, outcome));
    }
    if answered.status.is_server_error() || answered.status.is_redirection() {
        return Err(foreign(endpoint, answered));
    }
    if endpoint == Endpoint::UpdateTask {
        inner(endpoint, answered, &body)?;
    }
    Ok(body)
}

/// Checks the inner result (protocol.md#update-task). It comes from the business service, so a token or rate-limit code
/// in it does not prove that nothing was done.
fn inner(endpoint: Endpoint, answered: &ResponseHead, body: &Json) -> Result<(), Failure> {
    let data = Node(body).get("data");
    let code = data.get("code");
    match code.int() {
        Some(0) => Ok(()),
        None if code.is_absent() => Ok(()),
        None => Err(foreign(endpoint, answered)),
        Some(code) => {
            let (kind, outcome) = business(endpoint, code, answered);
            let failure = refused(endpoint, answered, body, code, kind, outcome);
            Err(Failure { message: answered.clean(&data.get("msg").raw()), ..failure })
        }
    }
}

fn refused(
    endpoint: Endpoint,
    answered: &ResponseHead,
    body: &Json,
    code: i64,
    kind: FailureKind,
    outcome: Outcome,
) -> Failure {
    Failure {
        endpoint,
        kind,
        outcome,
        code: Some(code),
        http: Some(answered.status.as_u16()),
        log_id: answered.log_id(Some(body)),
        message: answered.clean(&Node(body).get("msg").raw()),
    }
}

/// Kind and certainty of a code. Gateway refusals come before any business service sees the request.
fn meaning(endpoint: Endpoint, code: i64, answered: &ResponseHead, body: &Json) -> (FailureKind, Outcome) {
    match code {
        10_003 | 10_014 | 10_015 | 20_002 | 99_991_543 => (FailureKind::Credentials, Outcome::NotSent),
        99_991_662 | 99_991_673 => (FailureKind::AppDisabled, Outcome::NotSent),
        99_991_672 | 99_991_676 => (FailureKind::MissingScope(scopes(answered, body)), Outcome::NotSent),
        99_991_401 => (FailureKind::AddressRefused, Outcome::NotSent),
        99_991_403 => (FailureKind::QuotaExhausted, Outcome::NotSent),
        99_991_661 | 99_991_663 | 99_991_664 | 99_991_665 | 99_991_668 | 99_991_671 | 99_991_677 => {
            (FailureKind::TokenRefused, Outcome::NotSent)
        }
        99_991_400 | 1_000_004 | 1_000_005 => {
            (FailureKind::RateLimited { retry_after: answered.reset() }, Outcome::NotSent)
        }
        _ if answered.status == StatusCode::TOO_MANY_REQUESTS => {
            (FailureKind::RateLimited { retry_after: answered.reset() }, Outcome::NotSent)
        }
        _ => business(endpoint, code, answered),
    }
}

/// Class *server* leaves the outcome of a write unknown, with any HTTP status (protocol.md#error-codes).
fn business(endpoint: Endpoint, code: i64, answered: &ResponseHead) -> (FailureKind, Outcome) {
    let server = match code {
        1_160_025 | 1_160_500 => true,
        // In look-ups the same number is a wrong parameter (protocol.md#error-codes).
        1_160_102 => !matches!(endpoint, Endpoint::EmployeesById | Endpoint::Departments),
        _ => false,
    };
    if server || answered.status.is_server_error() {
        (FailureKind::Server, Outcome::MayHaveHappened)
    } else {
        (FailureKind::Business, Outcome::Refused)
    }
}

fn scopes(answered: &ResponseHead, body: &Json) -> Vec<CleanText> {
    let error = Node(body).get("error");
    let violations = error.get("permission_violations");
    violations
        .entries()
        .map(|violation| {
            let subject = violation.get("subject").text();
            answered.clean(if subject.is_empty() { violation.get("scope").text() } else { subject }.as_str())
        })
        .filter(|scope| !scope.is_empty())
        .collect()
}

/// Failure for an answer that is not the platform's: a proxy's page, a cut body, plain text.
pub(super) fn foreign(endpoint: Endpoint, answered: &ResponseHead) -> Failure {
    let excerpt = answered.excerpt(endpoint);
    let kind = if answered.status.is_redirection() {
        FailureKind::Redirected
    } else if answered.status == StatusCode::TOO_MANY_REQUESTS {
        FailureKind::RateLimited { retry_after: answered.reset() }
    } else if answered.status.is_server_error() {
        FailureKind::Server
    } else {
        FailureKind::Garbage { excerpt: excerpt.clone() }
    };
    // Unknown path or method (protocol.md#envelope), or a proxy that wants a password: the request reached no service.
    let nobody = matches!(
        answered.status,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::PROXY_AUTHENTICATION_REQUIRED
    );
    let outcome = match kind {
        FailureKind::RateLimited { .. } | FailureKind::Redirected => Outcome::NotSent,
        _ if nobody => Outcome::NotSent,
        _ => Outcome::MayHaveHappened,
    };
    Failure {
        endpoint,
        kind,
        outcome,
        code: None,
        http: Some(answered.status.as_u16()),
        log_id: answered.log_id(None),
        message: excerpt,
    }
}

/// Whether a certificate was refused. `io::Error::source` skips its own cause, so both are looked at.
fn is_distrust(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner: Option<&(dyn Error + 'static)> = inner.map(|inner| inner as _);
        if [Some(error), inner]
            .into_iter()
            .flatten()
            .any(|error| matches!(error.downcast_ref::<rustls::Error>(), Some(rustls::Error::InvalidCertificate(_))))
        {
            return true;
        }
        cause = inner.or_else(|| error.source());
    }
    false
}

/// Environment variables that name missing certificates. Their reader skips them silently.
fn absent_certificates() -> impl Iterator<Item = String> {
    ["SSL_CERT_FILE", "SSL_CERT_DIR"].into_iter().filter_map(|name| {
        let value = std::env::var_os(name)?;
        let mut paths = std::env::split_paths(&value).filter(|path| !path.as_os_str().is_empty());
        paths.find_map(|path| Some(format!("{name} {}: {}", path.display(), std::fs::metadata(&path).err()?)))
    })
}

/// Failure without an answer: the transport's words without the address, which the user knows.
pub(super) fn transport(endpoint: Endpoint, error: reqwest::Error) -> Failure {
    let distrusted = is_distrust(&error);
    let (kind, outcome) = if error.is_connect() && distrusted {
        (FailureKind::Untrusted, Outcome::NotSent)
    } else if error.is_connect() || error.is_builder() {
        (FailureKind::Unreachable, Outcome::NotSent)
    } else if error.is_timeout() {
        (FailureKind::TimedOut, Outcome::MayHaveHappened)
    } else {
        (FailureKind::Cut, Outcome::MayHaveHappened)
    };
    let error = error.without_url();
    let mut causes: Vec<String> = Vec::new();
    let mut source = Error::source(&error);
    while let Some(cause) = source {
        let words = cause.to_string();
        // Many causes repeat the one below them.
        if causes.last().is_some_and(|above| above.ends_with(&words)) {
            causes.pop();
        }
        causes.push(words);
        source = cause.source();
    }
    let mut words = if causes.is_empty() { error.to_string() } else { causes.join(": ") };
    words.extend(absent_certificates().filter(|_| distrusted).map(|absent| format!("; {absent}")));
    Failure { endpoint, kind, outcome, code: None, http: None, log_id: None, message: CleanText::new(&words) }
}

/// Failure for an answer above the size limit.
pub(super) fn too_large(endpoint: Endpoint, answered: &ResponseHead) -> Failure {
    let mut failure = foreign(endpoint, answered);
    failure.kind = FailureKind::Garbage { excerpt: CleanText::new("> 16 MiB") };
    failure.outcome = Outcome::MayHaveHappened;
    failure
}

/// Failure for an answer whose shape at this place is not the documented one.
pub(super) fn unreadable(endpoint: Endpoint, answered: &ResponseHead, place: Node<'_>) -> Failure {
    // First the secrets, then the cut: half a token is one too.
    let whole = answered.clean(&place.0.to_string());
    let excerpt = CleanText::new(&whole.as_str().chars().take(EXCERPT).collect::<String>());
    Failure { kind: FailureKind::Garbage { excerpt: excerpt.clone() }, message: excerpt, ..foreign(endpoint, answered) }
}

/// Failure for an answer with more values than its size can explain: reading it would take too much memory.
fn too_dense(endpoint: Endpoint, answered: &ResponseHead) -> Failure {
    Failure { kind: FailureKind::Garbage { excerpt: CleanText::new("too many values") }, ..foreign(endpoint, answered) }
}

/// Failure for a used-up budget: no request left.
pub(super) fn limited(endpoint: Endpoint, retry_after: Duration) -> Failure {
    Failure {
        endpoint,
        kind: FailureKind::RateLimited { retry_after },
        outcome: Outcome::NotSent,
        code: None,
        http: None,
        log_id: None,
        message: CleanText::default(),
    }
}

//! From an answer, or the lack of one, to a [`Failure`] that says what is certain (API page, A.3 to A.7, B.12).

use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value as Json;

use super::wire::Node;
use crate::domain::{CleanText, Endpoint, Failure, FailureKind, Outcome};

/// Characters of a foreign answer that are kept for the details line.
const EXCERPT: usize = 200;
/// Waiting time after a refusal that names none, and the longest that is believed (API page, A.7).
const DEFAULT_RESET: Duration = Duration::from_secs(1);
const LONGEST_RESET: Duration = Duration::from_secs(60);

/// An answer of the platform, read to its end.
#[derive(Debug)]
pub(super) struct Answered {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answered {
    /// `X-Tt-Logid`, else `X-Request-Id`, else what the body says.
    pub fn log_id(&self, body: Option<&Json>) -> Option<CleanText> {
        let header = ["x-tt-logid", "x-request-id"].iter().find_map(|name| self.headers.get(*name)?.to_str().ok());
        if let Some(id) = header {
            return Some(CleanText::new(id));
        }
        let error = Node(body?).get("error");
        ["log_id", "logid"].iter().map(|name| error.get(name).text()).find(|id| !id.is_empty())
    }

    fn reset(&self) -> Duration {
        let seconds = self.headers.get("x-ogw-ratelimit-reset").and_then(|value| value.to_str().ok());
        let seconds = seconds.and_then(|text| text.trim().parse::<f64>().ok()).filter(|seconds| *seconds >= 0.0);
        seconds
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
            .map_or(DEFAULT_RESET, |reset| reset.clamp(Duration::from_millis(100), LONGEST_RESET))
    }
}

/// Checks an answer: its body when `code` is 0, whatever the HTTP status, else what went wrong.
pub(super) fn check(endpoint: Endpoint, answered: &Answered) -> Result<Json, Failure> {
    let Ok(body) = serde_json::from_slice::<Json>(&answered.body) else {
        return Err(foreign(endpoint, answered));
    };
    let node = Node(&body);
    let Some(code) = node.get("code").int() else { return Err(foreign(endpoint, answered)) };
    if code != 0 {
        return Err(refused(endpoint, answered, &body, code, node.get("msg").text()));
    }
    if answered.status.is_server_error() {
        return Err(foreign(endpoint, answered));
    }
    let inner = node.get("data").get("code").int().unwrap_or(0);
    if endpoint == Endpoint::UpdateTask && inner != 0 {
        return Err(refused(endpoint, answered, &body, inner, node.get("data").get("msg").text()));
    }
    Ok(body)
}

fn refused(endpoint: Endpoint, answered: &Answered, body: &Json, code: i64, message: CleanText) -> Failure {
    let (kind, outcome) = meaning(code, answered, body);
    Failure {
        endpoint,
        kind,
        outcome,
        code: Some(code),
        http: Some(answered.status.as_u16()),
        log_id: answered.log_id(Some(body)),
        message,
    }
}

/// What a code means, wherever it comes from. Gateway refusals happen before any business service sees the request.
fn meaning(code: i64, answered: &Answered, body: &Json) -> (FailureKind, Outcome) {
    match code {
        10_003 | 10_014 | 10_015 | 20_002 | 99_991_543 => (FailureKind::Credentials, Outcome::NotSent),
        99_991_662 | 99_991_673 => (FailureKind::AppDisabled, Outcome::NotSent),
        99_991_672 | 99_991_676 => (FailureKind::MissingScope(scopes(body)), Outcome::NotSent),
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
        _ if answered.status.is_server_error() => (FailureKind::Server, Outcome::MayHaveHappened),
        _ => (FailureKind::Business, Outcome::Refused),
    }
}

fn scopes(body: &Json) -> Vec<CleanText> {
    let error = Node(body).get("error");
    let violations = error.get("permission_violations");
    violations
        .entries()
        .map(|violation| {
            let subject = violation.get("subject").text();
            if subject.is_empty() { violation.get("scope").text() } else { subject }
        })
        .filter(|scope| !scope.is_empty())
        .collect()
}

/// An answer that is not the platform's: a proxy's page, a cut body, plain text.
fn foreign(endpoint: Endpoint, answered: &Answered) -> Failure {
    let text = String::from_utf8_lossy(&answered.body);
    let excerpt: String = text.chars().take(EXCERPT).collect();
    let kind = if answered.status.is_redirection() {
        FailureKind::Redirected
    } else if answered.status == StatusCode::TOO_MANY_REQUESTS {
        FailureKind::RateLimited { retry_after: answered.reset() }
    } else if answered.status.is_server_error() {
        FailureKind::Server
    } else {
        FailureKind::Garbage { excerpt: CleanText::new(&excerpt) }
    };
    let outcome = match kind {
        FailureKind::RateLimited { .. } | FailureKind::Redirected => Outcome::NotSent,
        _ => Outcome::MayHaveHappened,
    };
    Failure {
        endpoint,
        kind,
        outcome,
        code: None,
        http: Some(answered.status.as_u16()),
        log_id: answered.log_id(None),
        message: CleanText::new(&excerpt),
    }
}

/// No answer: what the transport says. Its words never hold a secret: addresses carry none here.
pub(super) fn transport(endpoint: Endpoint, error: &reqwest::Error) -> Failure {
    let (kind, outcome) = if error.is_connect() || error.is_builder() {
        (FailureKind::Unreachable, Outcome::NotSent)
    } else if error.is_timeout() {
        (FailureKind::TimedOut, Outcome::MayHaveHappened)
    } else {
        (FailureKind::Cut, Outcome::MayHaveHappened)
    };
    let mut words = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        words.push_str(": ");
        words.push_str(&cause.to_string());
        source = cause.source();
    }
    Failure { endpoint, kind, outcome, code: None, http: None, log_id: None, message: CleanText::new(&words) }
}

/// An answer larger than anything that the platform sends.
pub(super) fn too_large(endpoint: Endpoint, answered: &Answered) -> Failure {
    let mut failure = foreign(endpoint, answered);
    failure.kind = FailureKind::Garbage { excerpt: CleanText::new("> 16 MiB") };
    failure.outcome = Outcome::MayHaveHappened;
    failure
}

/// The budget is used up: nothing was sent.
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

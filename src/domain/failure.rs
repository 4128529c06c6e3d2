//! Failures of a request, in terms that the program and its user can act on.
//!
//! [`Outcome`] answers the question that matters for a write: not sent, refused, or possibly done.

use std::time::Duration;

use super::CleanText;

/// An endpoint of the platform. Error codes are read per endpoint (protocol.md#error-codes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// See protocol.md#tenant-token.
    TenantToken,
    /// See protocol.md#task-list.
    TaskList,
    /// See protocol.md#changed-processes.
    ChangedProcesses,
    /// See protocol.md#process-detail.
    ProcessDetail,
    /// See protocol.md#form-v2.
    FormV2,
    /// See protocol.md#form-v1.
    FormV1,
    /// See protocol.md#update-task.
    UpdateTask,
    /// See protocol.md#add-sign.
    AddSign,
    /// See protocol.md#transfer.
    Transfer,
    /// See protocol.md#withdraw.
    Withdraw,
    /// See protocol.md#revoke.
    Revoke,
    /// See protocol.md#search-employees.
    SearchEmployees,
    /// See protocol.md#employees-by-id.
    EmployeesById,
    /// See protocol.md#contact-ids.
    ContactIds,
    /// See protocol.md#departments.
    Departments,
    /// See protocol.md#objects.
    Job,
    /// See protocol.md#objects.
    JobLevel,
    /// See protocol.md#files.
    File,
    /// Opening and counting long connections. See protocol.md#long-connection.
    LongConnection,
}

impl Endpoint {
    /// It carries out a decision.
    #[must_use]
    pub const fn decides(self) -> bool {
        matches!(self, Self::UpdateTask | Self::AddSign | Self::Transfer | Self::Withdraw | Self::Revoke)
    }
}

/// Certainty about the platform's state after a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// The request did not leave, or the gateway turned it away before any business service saw it.
    NotSent,
    /// The platform said no.
    Refused,
    /// Unknown: the answer was lost, late or unreadable. A write has to be looked up in its process.
    MayHaveHappened,
}

/// Kind of a failure, which decides how the user can act on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// A business code of the endpoint's own table (protocol.md#error-codes), or any other non-zero code.
    Business,
    /// App id or secret wrong, or the app belongs to the other site (10003, 10014, 10015, 99991543, 20002).
    Credentials,
    /// The app is disabled or not installed for the tenant (99991662, 99991673).
    AppDisabled,
    /// The app lacks these scopes (99991672).
    MissingScope(Vec<CleanText>),
    /// The caller's address is not on the app's allow-list (99991401).
    AddressRefused,
    /// The token was refused twice, the second time freshly fetched (protocol.md#gateway-errors).
    TokenRefused,
    /// Too many requests; accepted again after this time. With `code` or `http` the gateway refused, for every class of
    /// reads (99991400, HTTP 429); without both our own budget did, for the class of this read.
    RateLimited { retry_after: Duration },
    /// The monthly quota is used up; waiting does not help (99991403).
    QuotaExhausted,
    /// No connection could be made: name not found, refused, TLS, proxy.
    Unreachable,
    /// The other side's certificate is not one that this machine trusts: nothing was sent.
    Untrusted,
    /// The connection broke after the request had left.
    Cut,
    /// No answer in time.
    TimedOut,
    /// The server failed (HTTP 5xx or a code of class *server*).
    Server,
    /// The answer is not the platform's: not JSON, cut, too large. Holds its first bytes.
    Garbage { excerpt: CleanText },
    /// A chain of redirects that does not end, or one that leads elsewhere.
    Redirected,
    /// A file could not be written here.
    LocalFile,
    /// The journal could not be written, so nothing was sent.
    Journal,
    /// Not sent: the steps before the request took so long that the check of the process no longer counts.
    Late,
    /// The program ended before the request could leave.
    Ended,
}

/// One failed request. `code` and `http` are absent when no answer came.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    pub endpoint: Endpoint,
    pub kind: FailureKind,
    pub outcome: Outcome,
    /// The platform's `code`, or the inner `data.code` (protocol.md#update-task).
    pub code: Option<i64>,
    pub http: Option<u16>,
    /// `X-Tt-Logid`, or `error.log_id`.
    pub log_id: Option<CleanText>,
    /// The platform's `msg` or the transport's words, for the details line; never branched on.
    pub message: CleanText,
}

impl Failure {
    /// Class *retry*: not executed, may be tried again shortly (protocol.md#error-codes).
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.code == Some(1_161_103)
    }

    /// Whole seconds after which it may be asked again, where a limit is the cause.
    #[must_use]
    pub fn seconds_to_wait(&self) -> u64 {
        match self.kind {
            FailureKind::RateLimited { retry_after } => {
                retry_after.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
            }
            _ => 0,
        }
    }

    /// Class *stale*: task or process changed meanwhile and has to be read again (protocol.md#error-codes).
    #[must_use]
    pub fn is_stale(&self) -> bool {
        self.outcome == Outcome::Refused
            && matches!(
                self.code,
                Some(1_160_015 | 1_160_016 | 1_160_129 | 1_160_221 | 1_161_001 | 1_161_005 | 1_161_006)
            )
    }

    /// An answer came, from the platform or a proxy.
    #[must_use]
    pub const fn is_answered(&self) -> bool {
        match self.kind {
            FailureKind::Unreachable
            | FailureKind::Untrusted
            | FailureKind::Cut
            | FailureKind::TimedOut
            | FailureKind::LocalFile
            | FailureKind::Journal
            | FailureKind::Late
            | FailureKind::Ended => false,
            // Our own budget, or the platform.
            FailureKind::RateLimited { .. } => self.code.is_some() || self.http.is_some(),
            _ => true,
        }
    }

    /// The gateway refused a decision before anything was done.
    #[must_use]
    pub const fn is_turned_away(&self) -> bool {
        matches!(self.outcome, Outcome::NotSent) && self.endpoint.decides() && self.is_answered()
    }

    /// No request can succeed until the configuration changes.
    #[must_use]
    pub const fn is_fatal(&self) -> bool {
        matches!(
            self.kind,
            FailureKind::Credentials
                | FailureKind::AppDisabled
                | FailureKind::MissingScope(_)
                | FailureKind::AddressRefused
                | FailureKind::TokenRefused
        )
    }
}

/// The journal could not be written, so nothing was sent.
#[must_use]
pub const fn not_recorded(message: CleanText) -> Failure {
    not_sent(FailureKind::Journal, message)
}

/// The check of the decision is too old, so it was not sent.
#[must_use]
pub fn too_late() -> Failure {
    not_sent(FailureKind::Late, CleanText::default())
}

/// The program ended before the decision could leave.
#[must_use]
pub fn ended() -> Failure {
    not_sent(FailureKind::Ended, CleanText::default())
}

const fn not_sent(kind: FailureKind, message: CleanText) -> Failure {
    let outcome = Outcome::NotSent;
    Failure { endpoint: Endpoint::UpdateTask, kind, outcome, code: None, http: None, log_id: None, message }
}

//! One call, as the answers see it.

use axum::body::Bytes;
use axum::http::Uri;

use crate::domain::Millis;
use crate::sim::endpoint::Endpoint;
use crate::sim::faults::{FaultKind, Faults};

use super::fields::QueryFields;

/// One call that passed the router.
pub(super) struct IncomingCall {
    pub(super) endpoint: Endpoint,
    pub(super) path: Vec<(String, String)>,
    pub(super) query: QueryFields,
    pub(super) body: Bytes,
    /// The time at the platform.
    pub(super) now: Millis,
    pub(super) uri: Uri,
    pub(super) authorization: Option<String>,
    pub(super) log_id: String,
    pub(super) faults: Faults,
}

impl IncomingCall {
    /// A parameter of the path.
    pub(super) fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// A fault for this call, used up by asking.
    pub(super) fn fault(&self, is: impl Fn(&FaultKind) -> bool) -> Option<FaultKind> {
        self.faults.take(self.endpoint, is)
    }
}

//! The clock that is handed to the server.

use std::sync::Arc;

use crate::domain::Millis;

/// The time, as the server asks for it.
pub type ServerClock = Arc<dyn Fn() -> Millis + Send + Sync>;

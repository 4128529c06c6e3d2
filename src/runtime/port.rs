//! What the runner asks of a platform.

use tokio_util::sync::CancellationToken;

use crate::app::{Answer, Event, Query};
use crate::domain::decision::Receipt;
use crate::domain::{Failure, Reviewed};

/// The other side of every request.
pub trait Platform: Send + Sync + 'static {
    fn read(&self, query: Query) -> impl Future<Output = Result<Answer, Failure>> + Send;
    /// Fetches what a write needs and may have to wait for, so that the write itself leaves at once.
    fn prepare(&self) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Ok(()))
    }
    fn write(&self, decision: &Reviewed) -> impl Future<Output = Result<Receipt, Failure>> + Send;
    /// Cancelled when nothing may leave any more. The platform checks it last, with its connection open.
    fn shutdown(&self) -> CancellationToken {
        CancellationToken::new()
    }
    /// Sets faults of a simulated platform. `None` from a real one.
    fn fault(&self, order: &str) -> Option<Event> {
        let _ = order;
        None
    }
}

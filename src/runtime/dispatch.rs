//! The gate that a decision passes before it leaves: it is durable in the journal, has a token, the program goes on, and its
//! check is recent.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::SystemClock;
use super::port::Platform;
use crate::app::{ended, not_recorded, too_late};
use crate::domain::decision::Receipt;
use crate::domain::{CleanText, Failure, FailureKind, Now, Reviewed};
use crate::store::Syncer;

/// Maximum age of the check before sending, by the wall clock and by the monotonic one. Also how long a decision waits for
/// the disk before it is given back to the approver.
const MAX_CHECK_AGE: Duration = Duration::from_secs(3);

/// A decision on its way out, and when its case was checked.
pub(super) struct Dispatch<P> {
    pub platform: Arc<P>,
    pub decision: Box<Reviewed>,
    pub checked: Now,
    pub shutdown: CancellationToken,
    pub clock: SystemClock,
}

impl<P: Platform> Dispatch<P> {
    /// Sends the decision once the journal is durable. A refused token means that nothing was executed: the decision is sent
    /// once more with another one, through the same gate.
    pub async fn send(&self, journal: Syncer) -> Result<Receipt, Failure> {
        match tokio::time::timeout(MAX_CHECK_AGE, durable(journal)).await {
            Ok(Ok(())) => {}
            Ok(Err(words)) => {
                tracing::error!(%words, "the journal cannot be written, so the decision was not sent");
                return Err(not_recorded(words));
            }
            Err(_) => return Err(too_late()),
        }
        match self.attempt().await {
            Err(failure) if failure.kind == FailureKind::TokenRefused => self.attempt().await,
            result => result,
        }
    }

    async fn attempt(&self) -> Result<Receipt, Failure> {
        self.platform.prepare().await?;
        if self.shutdown.is_cancelled() {
            return Err(ended());
        }
        if self.clock.now().since(self.checked) > MAX_CHECK_AGE {
            return Err(too_late());
        }
        self.platform.write(&self.decision).await
    }
}

/// Waits until the disk has what was written.
pub(super) async fn durable(syncer: Syncer) -> Result<(), CleanText> {
    let done = tokio::task::spawn_blocking(move || syncer.sync()).await;
    done.map_err(io::Error::other).flatten().map_err(|error| CleanText::new(&error.to_string()))
}

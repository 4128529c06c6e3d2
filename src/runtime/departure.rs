//! The last questions before a decision leaves: has the journal it, has it a token, has the program ended, does its check
//! still count?

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::Clock;
use super::runner::Platform;
use crate::app::{ended, not_recorded, too_late};
use crate::domain::decision::Receipt;
use crate::domain::{CleanText, Failure, FailureKind, Now, Reviewed};
use crate::store::Syncer;

/// How long after its case was checked a decision may still leave, by either clock: the disk may hang, the program be
/// stopped, the computer sleep in between. As long is waited for the disk; then she can take the decision back.
const PROMPT: Duration = Duration::from_secs(3);

/// A decision on its way out, and when its case was checked.
pub(super) struct Departure<P> {
    pub platform: Arc<P>,
    pub decision: Box<Reviewed>,
    pub checked: Now,
    pub closed: Arc<AtomicBool>,
    pub clock: Clock,
}

impl<P: Platform> Departure<P> {
    /// Leaves once the journal has what was written before. A decision that the gateway turned away for its token was not
    /// executed; with another one it may leave, if it still may at all.
    pub async fn leave(&self, journal: Syncer) -> Result<Receipt, Failure> {
        match tokio::time::timeout(PROMPT, durable(journal)).await {
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
        if self.closed.load(Ordering::Acquire) {
            return Err(ended());
        }
        if self.clock.now().since(self.checked) > PROMPT {
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

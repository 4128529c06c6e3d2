//! A sub-state's message to the rest of the program. Only [`App::update`](super::App::update) acts on it.

use super::notice::Notice;
use crate::domain::{Action, Endpoint, Failure, Instant, ProcessId, TaskKey};

/// One thing that happened inside a sub-state.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fact {
    /// It goes on the notice line.
    Say(Notice),
    /// The same, about a decision: repeated once the screen is gone, while the user is leaving.
    Tell(Notice),
    /// The same, unless exactly this was said before.
    TellOnce(Notice),
    /// A decision took effect.
    Applied(TaskKey, Action),
    /// The task ended otherwise than by a decision made here.
    TaskEnded(TaskKey),
    /// The request has to be read again.
    Reread(ProcessId),
    RereadAt(ProcessId, Instant),
    /// The endpoint accepts no request until then.
    Limited(Endpoint, Instant),
    /// The journal cannot be written.
    JournalLost(Failure),
}

//! Quitting: at once when nothing is under way, else the user says what becomes of the queue.

/// How far quitting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Decisions are queued: discard them, wait until they are sent, or stay?
    Asking,
    /// As soon as nothing is queued or on its way.
    Waiting,
}

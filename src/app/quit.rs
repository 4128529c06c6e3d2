//! Leaving the program: at once when nothing is under way, else the user is asked what becomes of queued decisions.

/// How far the leaving is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// Decisions are held: discard them, wait until they are sent, or stay?
    Asking,
    /// As soon as nothing is held or on its way.
    Waiting,
}

//! Pages above the rest: help, messages, links, history, the difference of two readings.

use super::Command;

/// An open page and how far it is scrolled, in lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub kind: PageKind,
    pub scroll: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageKind {
    Help,
    Messages,
    /// Links of the selected request: browser, desktop, phone; the first as a QR code.
    Links,
    /// The operator's decisions from the journal.
    History,
    /// Changes of the request on screen.
    Difference,
}

impl PageKind {
    /// The page that this command opens, and closes where it is open.
    #[must_use]
    pub const fn of(command: Command) -> Option<Self> {
        match command {
            Command::Help => Some(Self::Help),
            Command::Messages => Some(Self::Messages),
            Command::Links => Some(Self::Links),
            Command::History => Some(Self::History),
            Command::Difference => Some(Self::Difference),
            _ => None,
        }
    }
}

//! Pages above the rest: help, messages, links, history, the difference of two readings.

use super::Command;
use super::prompt::Purpose;

/// An open page and how far it is scrolled, in lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    pub kind: PageKind,
    pub scroll: usize,
}

/// The search on the help page. The view finds the lines, because it has their words.
#[derive(Debug, Default)]
pub struct HelpSearch {
    pub words: String,
    /// The found line that is wanted, from 0 among all found ones.
    pub at: usize,
    /// The page is to show that line; over once the user scrolls.
    pub seeks: bool,
}

impl HelpSearch {
    pub(super) fn find(&mut self, words: String) {
        *self = Self { words, at: 0, seeks: true };
    }

    /// On to the next or the previous of so many found lines.
    pub(super) fn step(&mut self, forward: bool, found: usize) {
        let by = if forward { 1 } else { found.saturating_sub(1) };
        self.at = (self.at + by).checked_rem(found).unwrap_or_default();
        self.seeks = true;
    }
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
    /// The search of this page, if it has one.
    #[must_use]
    pub const fn search(self) -> Option<Purpose> {
        match self {
            Self::Help => Some(Purpose::Help),
            Self::History => Some(Purpose::History),
            Self::Messages | Self::Links | Self::Difference => None,
        }
    }

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

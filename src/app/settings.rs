//! What one run is told: by the configuration, and by the instance that has the queue.

use std::time::Duration;

use super::order::Wording;
use crate::domain::{CleanText, Lang, Millis, Operator};

/// What the configuration fixed for the whole run.
#[derive(Clone, Debug)]
pub struct Settings {
    pub operator: Operator,
    pub lang: Lang,
    /// How long a confirmed decision is held before it is sent; zero sends at once.
    pub undo: Duration,
    pub read_only: bool,
    /// Who has the queue of this operator already; this instance is read-only then.
    pub holder: Option<Holder>,
    /// Names this run in the journal.
    pub run: String,
    /// Reasons offered by digit while a reject is written.
    pub canned: Vec<String>,
    /// Profile or tenant, for the header.
    pub place: CleanText,
    /// Puts rows of the list into words: the filter finds what the list paints.
    pub wording: Wording,
    /// For times on screen.
    pub zone: jiff::tz::TimeZone,
    /// On the simulated organisation: the names of the faults that it shows on demand. `None` on the real platform.
    pub faults: Option<&'static [&'static str]>,
}

impl Settings {
    /// The language of this run, and what puts rows into words.
    pub(super) const fn words(&self) -> (Lang, Wording) {
        (self.lang, self.wording)
    }

    /// The organisation is simulated: nothing real depends on what is decided here.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        self.faults.is_some()
    }
}

/// The instance that has an operator's queue, as far as it says who it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub pid: Option<u32>,
    /// The terminal's device.
    pub terminal: CleanText,
    pub host: CleanText,
    pub since: Option<Millis>,
}

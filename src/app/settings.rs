//! Settings of one run: the configuration, and another instance with the queue.

use std::time::Duration;

use super::order::Wording;
use crate::domain::{CleanText, Lang, Millis, Operator};

/// Settings of the whole run, from the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    pub operator: Operator,
    pub lang: Lang,
    /// Time that a confirmed decision is held before it is sent; zero sends at once.
    pub undo: Duration,
    pub read_only: bool,
    /// Another instance with this operator's queue; this one is read-only then.
    pub holder: Option<Holder>,
    /// Names this run in the journal.
    pub run: String,
    /// Reasons offered by digit while a reject is written.
    pub canned: Vec<String>,
    /// Profile or tenant, for the header.
    pub place: CleanText,
    /// Puts rows of the list into words, so that the filter finds what the list paints.
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

    /// The organisation is simulated: decisions have no real effect.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        self.faults.is_some()
    }
}

/// The instance that has an operator's queue, as far as it names itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub pid: Option<u32>,
    /// The terminal's device.
    pub terminal: CleanText,
    pub host: CleanText,
    pub since: Option<Millis>,
}

/// Files that the user may write, and where they stand or would stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFiles {
    pub config: ConfigFile,
    pub keymap: ConfigFile,
}

/// One of these files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFile {
    pub path: CleanText,
    /// It was there at the start.
    pub exists: bool,
}

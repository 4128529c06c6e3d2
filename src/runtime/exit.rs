//! How a run ends, and what the shell and the journal are told of it.

use super::panics;
use crate::domain::record::SessionEnd;

/// Exit code of a start that the platform refuses.
pub(super) const REFUSED: u8 = 3;

/// How the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The user quit.
    Quit,
    /// A signal of this number, or the terminal went (1).
    Signal(u8),
    Panicked,
    /// The platform refused this app, or this operator, for good.
    Refused,
}

impl ExitReason {
    /// The same in the journal's terms.
    #[must_use]
    pub const fn session_end(self) -> SessionEnd {
        match self {
            Self::Quit => SessionEnd::Quit,
            Self::Signal(number) => SessionEnd::Signal(number),
            Self::Panicked => SessionEnd::Panicked,
            // As when the terminal goes: no decision was looked at after it.
            Self::Refused => SessionEnd::Signal(1),
        }
    }

    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Signal(number) => 128 + number,
            Self::Panicked => panics::EXIT_CODE,
            Self::Refused => REFUSED,
        }
    }
}

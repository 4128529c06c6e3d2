//! Names in a theme's file: roles of text, and columns for terminals with more or fewer colors.

use serde::Deserialize;

use crate::text::Severity;

/// Role of a piece of text, which decides its style.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StyleRole {
    Text,
    Header,
    Dim,
    Rule,
    Heading,
    Title,
    Marker,
    Label,
    Key,
    Tab,
    Good,
    Careful,
    Bad,
    Masked,
    Match,
    Question,
    Field,
    /// A QR code: dark on light wherever the terminal has colors.
    Code,
    VerbApprove,
    VerbReject,
    VerbWithdraw,
}

impl StyleRole {
    #[must_use]
    pub const fn of(severity: Severity) -> Self {
        match severity {
            Severity::Good => Self::Good,
            Severity::Plain => Self::Text,
            Severity::Careful => Self::Careful,
            Severity::Bad => Self::Bad,
        }
    }
}

/// How many colors the terminal has. Each is a column of a theme's file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColorDepth {
    /// `NO_COLOR`, or a terminal without any.
    Mono,
    /// 8 or 16.
    Ansi,
    /// 256 or more.
    Indexed,
}

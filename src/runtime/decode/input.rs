//! Output of the decoder.

use crate::keys::Stroke;

/// A stroke or a paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyInput {
    Stroke(Stroke),
    /// The terminal says that the key is being held down. Most cannot say it.
    Repeat(Stroke),
    /// Line ends are `\n`.
    Paste(String),
}

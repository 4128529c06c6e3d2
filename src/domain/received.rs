//! Fingerprint of an answer as it was received.

/// The fingerprint of one answer of the platform: of every member that a decision rests on, readable or not. Made by the
/// reader, which knows the table of those members; zero where no answer stands behind the content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Received(pub [u8; 16]);

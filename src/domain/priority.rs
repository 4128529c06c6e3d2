//! The classes of reads, from the most to the least urgent. The rate limits keep a reserve for the first two.

/// How urgent a read is. Smaller is more urgent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Priority {
    /// The check before a decision is sent, and the probe of an unknown outcome.
    Check,
    /// Content that the user opened or selected, and every other answer to a key.
    #[default]
    Opened,
    /// Rows on screen.
    Visible,
    /// Rows of the next and the previous screen.
    Neighbor,
    /// The rest of the list, and everything that only the clock or an announcement asks for.
    Background,
}

impl Priority {
    pub const ALL: [Self; 5] = [Self::Check, Self::Opened, Self::Visible, Self::Neighbor, Self::Background];
}

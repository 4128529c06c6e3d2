//! Names of things in the simulated organisation: keys for the program's own code, and the texts that the platform
//! would give out for them (protocol.md#ids).

use std::fmt::{self, Write as _};
use std::sync::Arc;

use rand::Rng;
use rand::rngs::SmallRng;

use crate::domain::Millis;

/// A person of the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKey(pub(super) usize);

/// A department of the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DepartmentKey(pub(super) usize);

/// A flow definition (流程定义).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowKey(pub(super) usize);

/// A process, by its place in the order of starting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessKey(pub(super) usize);

/// An id of processes, tasks, nodes, comments: on the wire 19 decimal digits, above 2^53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(pub u64);

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Id {
    /// The id that `text` spells: canonical decimal digits, or nothing that this organisation ever gave out.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.starts_with(['+', '0']) { None } else { text.parse().ok().map(Self) }
    }
}

/// The four ids of one person (protocol.md#id-types).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonIds {
    /// `ou_` and 32 hexadecimal digits.
    pub open_id: Arc<str>,
    /// `on_` and 32 hexadecimal digits.
    pub union_id: Arc<str>,
    /// Eight characters.
    pub user_id: Arc<str>,
    /// The employment's id, 19 digits.
    pub people_corehr_id: Arc<str>,
}

/// The three ids of one department (protocol.md#id-types).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepartmentIds {
    /// `od-` and 32 hexadecimal digits.
    pub open_department_id: Arc<str>,
    pub department_id: Arc<str>,
    /// 19 digits.
    pub people_corehr_department_id: Arc<str>,
}

/// `user_id_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UserIdType {
    #[default]
    OpenId,
    UnionId,
    UserId,
    PeopleCorehrId,
}

/// `department_id_type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DepartmentIdType {
    #[default]
    OpenDepartmentId,
    DepartmentId,
    PeopleCorehrDepartmentId,
}

impl PersonIds {
    #[must_use]
    pub fn get(&self, kind: UserIdType) -> &Arc<str> {
        match kind {
            UserIdType::OpenId => &self.open_id,
            UserIdType::UnionId => &self.union_id,
            UserIdType::UserId => &self.user_id,
            UserIdType::PeopleCorehrId => &self.people_corehr_id,
        }
    }
}

impl DepartmentIds {
    #[must_use]
    pub fn get(&self, kind: DepartmentIdType) -> &Arc<str> {
        match kind {
            DepartmentIdType::OpenDepartmentId => &self.open_department_id,
            DepartmentIdType::DepartmentId => &self.department_id,
            DepartmentIdType::PeopleCorehrDepartmentId => &self.people_corehr_department_id,
        }
    }
}

/// Room between two consecutive ids of one second.
const STRIDE: u64 = 256;

/// Gives out ids: unique, and rising with the time that they are asked for.
#[derive(Clone, Debug)]
pub(super) struct Ids {
    pub(super) random: SmallRng,
    given: u64,
}

impl Ids {
    pub(super) const fn new(random: SmallRng) -> Self {
        Self { random, given: 0 }
    }

    /// Seconds in the upper half, as real ids have them; a counter below.
    pub(super) fn next(&mut self, now: Millis) -> Id {
        self.given += 1;
        let seconds = u64::try_from(now.0 / 1000).unwrap_or(0);
        let low = self.given * STRIDE + self.random.random_range(0..STRIDE);
        Id((seconds << 32) | (low & 0xFFFF_FFFF))
    }

    pub(super) fn hex(&mut self, digits: usize) -> String {
        let mut text = String::with_capacity(digits.next_multiple_of(16));
        while text.len() < digits {
            // Writing to a String cannot fail.
            let _ = write!(text, "{:016x}", self.random.random::<u64>());
        }
        text.truncate(digits);
        text
    }

    /// An id of master data: 19 digits that say nothing about time.
    pub(super) fn master_record(&mut self) -> Arc<str> {
        self.random.random_range(6_800_000_000_000_000_000_u64..7_200_000_000_000_000_000).to_string().into()
    }
}

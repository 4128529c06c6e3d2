//! Ids of the platform. Each is a string, never a number (protocol.md#ids), and kinds are not interchangeable.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::CleanText;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the platform's text unchanged; the screen shows it through [`CleanText`](super::CleanText).
            #[must_use]
            pub fn new(text: impl Into<Arc<str>>) -> Self {
                Self(text.into())
            }

            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.escape_debug())
            }
        }
    };
}

/// Id of one request for its whole life. The app gives it out before the effect leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u64);

id!(
    /// One process instance (流程实例).
    ProcessId
);
id!(
    /// One task of one person in one process (审批任务 id, 单据 ID).
    ApproverId
);
id!(
    /// A person, in the id type of the configuration ([`PersonIdType`]).
    PersonId
);
id!(
    /// A department, in the department id type that the client asks for.
    DepartmentId
);
id!(
    /// A node of a flow definition. After a rollback it does not identify a round (protocol.md#process-detail).
    NodeDefinitionId
);
id!(
    /// A flow definition, `people_<digits>_<digits>`.
    FlowDefinitionId
);
id!(
    /// An attachment: `open_file_id` of form v2, `file_id` of form v1.
    FileId
);

/// The only name of a task: selections, marks, held and sent decisions refer to it, never to a row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TaskKey {
    pub process: ProcessId,
    pub approver: ApproverId,
}

/// Type of the ids of people that are sent and returned (protocol.md#id-types).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PersonIdType {
    #[default]
    OpenId,
    UnionId,
    UserId,
    PeopleCorehrId,
}

impl PersonIdType {
    pub const ALL: [Self; 4] = [Self::OpenId, Self::UnionId, Self::UserId, Self::PeopleCorehrId];

    /// The value of the query parameter `user_id_type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenId => "open_id",
            Self::UnionId => "union_id",
            Self::UserId => "user_id",
            Self::PeopleCorehrId => "people_corehr_id",
        }
    }
}

impl FromStr for PersonIdType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// An id for readers: its ends, because the middle of nineteen digits says nothing.
#[must_use]
pub fn short_id(id: &str) -> String {
    let id = CleanText::new(id);
    let characters: Vec<char> = id.as_str().chars().collect();
    match characters.len() {
        0..=12 => id.to_string(),
        length => {
            let start: String = characters.iter().take(3).collect();
            let end: String = characters.iter().skip(length - 4).collect();
            format!("{start}…{end}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::short_id;

    #[test]
    fn ids_are_shown_by_their_ends() {
        assert_eq!(short_id("ou_7dab8a3d3cdcc9da365777c7ad53f7a"), "ou_…3f7a");
        assert_eq!(short_id("A0012"), "A0012");
    }
}

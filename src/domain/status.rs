//! The platform's enumerations, each its own type: the same number means different things in different places
//! (protocol.md#enumeration-types). Each keeps unknown numbers (`Unknown`), because enumerations grow.

macro_rules! status {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $number:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A number newer than this program; shown with its number, never dropped.
            Unknown(i64),
        }

        impl $name {
            /// Every number that is documented.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant),+];

            #[must_use]
            pub const fn number(self) -> i64 {
                match self {
                    $(Self::$variant => $number,)+
                    Self::Unknown(number) => number,
                }
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)+
                    other => Self::Unknown(other),
                }
            }
        }
    };
}

status!(
    /// `approver_status` of the task list (protocol.md#task-status).
    TaskStatus {
        Skipped = -2,
        Initiated = -1,
        NotStarted = 0,
        InProgress = 1,
        Rejected = 2,
        Approved = 3,
        Cancelled = 4,
        Copied = 5,
        FormSubmitted = 6,
        Failed = 12,
        RolledBack = 14,
        Revoking = 16,
        Intervened = 18,
    }
);

status!(
    /// `status` of a process (protocol.md#process-status).
    ProcessStatus {
        InProgress = 1,
        Rejected = 2,
        Withdrawn = 4,
        Revoked = 8,
        Completed = 9,
        Revoking = 15,
    }
);

status!(
    /// `status` of an entry of `done_list` (protocol.md#done-status): 3 for an approval and for a submitted form alike.
    DoneStatus {
        Rejected = 2,
        Done = 3,
        Cancelled = 4,
    }
);

status!(
    /// `type` of an open or finished task: an approval document or a form to fill in (protocol.md#document-type).
    DocumentType {
        Approval = 1,
        Form = 5,
    }
);

status!(
    /// `properties` of a process (protocol.md#process-properties).
    Properties {
        Normal = 1,
        Revocation = 2,
        Correction = 3,
    }
);

#[cfg(test)]
mod tests {
    use super::{ProcessStatus, TaskStatus};

    #[test]
    fn numbers_survive_the_round_trip_known_or_not() {
        for number in -5..30 {
            assert_eq!(TaskStatus::from(number).number(), number);
            assert_eq!(ProcessStatus::from(number).number(), number);
        }
        assert_eq!(ProcessStatus::from(99), ProcessStatus::Unknown(99));
    }
}

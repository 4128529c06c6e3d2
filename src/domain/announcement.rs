//! Changes that the platform announces over the long connection (protocol.md#long-connection). An announcement names a
//! process and no person, may be late, doubled or lost, and proves nothing: it only says what is worth reading.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::{ApproverId, Failure, ProcessId, TaskStatus};

/// Subject of an event, by its type (protocol.md#event-envelope).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AnnouncementKind {
    /// See protocol.md#task-event.
    Task,
    /// See protocol.md#node-event.
    Node,
    /// See protocol.md#process-events.
    Process,
    /// See protocol.md#process-events.
    ProcessStatus,
    /// See protocol.md#copy-event.
    Copy,
    /// See protocol.md#comment-event.
    Comment,
}

/// One event, as far as its members can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    pub process: ProcessId,
    pub kind: AnnouncementKind,
    /// The task of a task event or of a copy.
    pub task: Option<ApproverId>,
    /// The number in the event's own enumeration.
    pub status: Option<i64>,
}

impl Announcement {
    /// A task has come to somebody.
    #[must_use]
    pub fn is_todo(&self) -> bool {
        self.kind == AnnouncementKind::Task && self.status == Some(TaskStatus::InProgress.number())
    }
}

/// Tasks that one process names at most; more count as unnamed.
const MOST_TASKS: usize = 32;

/// Everything that was announced of one process within a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    pub process: ProcessId,
    pub kinds: BTreeSet<AnnouncementKind>,
    tasks: BTreeSet<ApproverId>,
    /// A task has come that is not named.
    unnamed: bool,
}

impl Announced {
    #[must_use]
    pub const fn new(process: ProcessId) -> Self {
        Self { process, kinds: BTreeSet::new(), tasks: BTreeSet::new(), unnamed: false }
    }

    /// Adds an announcement of the same process.
    pub fn add(&mut self, announcement: Announcement) {
        let is_todo = announcement.is_todo();
        self.kinds.insert(announcement.kind);
        if is_todo {
            match announcement.task.filter(|_| self.tasks.len() < MOST_TASKS) {
                Some(task) => _ = self.tasks.insert(task),
                None => self.unnamed = true,
            }
        }
    }

    /// Whether a task has come that is not among the known ones.
    pub fn has_todo_beyond(&self, is_known: impl Fn(&ApproverId) -> bool) -> bool {
        self.unnamed || self.tasks.iter().any(|task| !is_known(task))
    }
}

impl From<Announcement> for Announced {
    fn from(announcement: Announcement) -> Self {
        let mut all = Self::new(announcement.process.clone());
        all.add(announcement);
        all
    }
}

/// Whether this program hears of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LiveState {
    /// It does not: it has to ask.
    #[default]
    Polling,
    Live,
    /// Another program of the app has a connection, and hears all events or some.
    Elsewhere,
}

/// Reason why no connection stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveTrouble {
    /// The app has as many connections as the platform allows.
    TooMany,
    /// The platform refused it, or three tries have failed.
    Failed(Failure),
}

/// A fact about the long connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LiveEvent {
    State(LiveState),
    /// From now on changes are heard, and before now some may have been missed.
    Gap,
    Announced(Vec<Announced>),
    Trouble(LiveTrouble),
}

/// When the program opens a long connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LiveMode {
    /// While no other program of the app has one: two would share the events at random.
    #[default]
    Auto,
    On,
    Off,
}

impl LiveMode {
    pub const ALL: [Self; 3] = [Self::Auto, Self::On, Self::Off];

    /// The word in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::On => "on",
            Self::Off => "off",
        }
    }
}

impl FromStr for LiveMode {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Announced, Announcement, AnnouncementKind};
    use crate::domain::{ApproverId, ProcessId};

    fn todo(task: Option<&str>) -> Announcement {
        Announcement {
            process: ProcessId::new("1"),
            kind: AnnouncementKind::Task,
            task: task.map(ApproverId::new),
            status: Some(1),
        }
    }

    #[test]
    fn only_a_task_that_is_not_known_is_new() {
        let mut all = Announced::from(todo(Some("7")));
        assert!(!all.has_todo_beyond(|task| task.as_str() == "7"));
        assert!(all.has_todo_beyond(|_| false));
        all.add(Announcement { status: Some(3), ..todo(Some("8")) });
        assert!(!all.has_todo_beyond(|task| task.as_str() == "7"), "a finished task is nothing to do");
        all.add(todo(None));
        assert!(all.has_todo_beyond(|_| true), "a task without a name may be any");
    }

    #[test]
    fn tasks_of_one_process_are_bounded() {
        let mut all = Announced::new(ProcessId::new("1"));
        for task in 0..10_000 {
            all.add(todo(Some(&task.to_string())));
        }
        assert!(all.tasks.len() <= 32 && all.has_todo_beyond(|_| true));
    }
}

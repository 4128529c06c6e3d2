//! A difference: its place, its old and its new content.

use crate::domain::form::Value;
use crate::domain::process::{Comment, Done, Todo};
use crate::domain::{CleanText, DocumentType, DoneStatus, I18n, Millis, PersonId, ProcessStatus, Properties};

/// One difference. An added thing has no `old`, a removed one no `new`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub place: DiffPlace,
    pub old: Option<Item>,
    pub new: Option<Item>,
    /// `old` and `new` are values of a case about pay, jobs or structure: not to be seen at a glance.
    pub sensitive: bool,
}

/// Where on screen something differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiffPlace {
    Kind,
    Title,
    Initiator,
    Status,
    Properties,
    /// The summary line of this name.
    Abstract(I18n),
    /// The form as a whole: it is no longer there.
    Form,
    /// The value at this path of the form.
    Value(Vec<ValueStep>),
    /// An open or a finished task.
    Task {
        who: TaskHolder,
        node: I18n,
        system: bool,
        part: TaskPart,
    },
    Comment {
        who: TaskHolder,
        part: CommentPart,
    },
    /// The order of otherwise equal things.
    Order(Sequence),
    /// A member at this path of the answer that cannot be read, as it came.
    Unread(CleanText),
    /// Something that was received, and is not shown or looks the same.
    Unshown,
}

/// One level of the way to a value of the form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueStep {
    Field {
        label: I18n,
        api_name: CleanText,
    },
    /// Row of a list, from 1.
    Entry(usize),
    /// Row of a list as it was numbered before: it is gone.
    FormerEntry(usize),
}

/// A person as the process names them; without an id, the system.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskHolder {
    pub id: Option<PersonId>,
    pub name: I18n,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TaskPart {
    /// It came, went, or was finished.
    Whole,
    Document,
    Operator,
    Node,
    Status,
    Time,
    Opinion,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CommentPart {
    Whole,
    Author,
    Time,
    Message,
    Files,
    Images,
}

/// Something whose order is on screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sequence {
    Abstracts,
    /// The rows or members of the value at this path; of the form itself where the path is empty.
    Value(Vec<ValueStep>),
    OpenTasks,
    FinishedTasks,
    Comments,
}

/// Content at a [`DiffPlace`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    Text(CleanText),
    Both(I18n),
    Person(TaskHolder),
    /// A process's, a task's.
    Status(ProcessStatus),
    Properties(Properties),
    Document(DocumentType),
    Result(DoneStatus),
    Node {
        name: I18n,
        id: CleanText,
    },
    Time(Millis),
    Count(i64),
    Value(Value),
    /// A form of so many fields.
    Fields(usize),
    Open(Box<Todo>),
    Finished(Box<Done>),
    Comment(Box<Comment>),
    /// Places in a list, from 1: one for each element that moved.
    Positions(Vec<usize>),
}

//! Differences between two readings of a request, over exactly the content that a [`Stamp`](super::Stamp) covers: two
//! readings of different stamps never look alike to the approver, nor two of the same stamp different.
//!
//! Readings of thousands of values compare in little more time than stamping takes; `pairing.rs` says how the rows of a
//! list are matched and how far that search goes.

mod comparison;
mod pairing;
#[cfg(test)]
mod tests;

use comparison::ProcessDiff;

use super::form::Value;
use super::process::{Comment, Done, Todo};
use super::{CleanText, DocumentType, DoneStatus, I18n, Millis, PersonId, ProcessStatus, Properties, Shown};

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

/// Content at a [`Place`].
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

/// Differences of `now` from `before`, in the order of the screen. A form that is missing in `before` is not compared.
#[must_use]
pub fn differences(before: &Shown, now: &Shown) -> Vec<Difference> {
    let mut comparison = ProcessDiff::of(before, now);
    comparison.heads(&before.process, &now.process);
    comparison.abstracts(&before.process, &now.process);
    match (before.form.as_deref(), now.form.as_deref()) {
        (None, _) => {}
        (Some(old), None) => comparison.push(DiffPlace::Form, Some(Item::Fields(old.fields.len())), None),
        (Some(old), Some(new)) => comparison.forms(old, new),
    }
    comparison.tasks(&before.process, &now.process);
    comparison.comments(&before.process.comments, &now.process.comments);
    comparison.unread(&before.process.unread, &now.process.unread);
    if comparison.found.is_empty() && before.stamp() != now.as_seen_in(before).stamp() {
        comparison.push(DiffPlace::Unshown, None, None);
    }
    comparison.found
}

/// Differences of a correction from its original: the summary and, where both have been read, the form. Status, tasks
/// and comments differ by nature, and the order of fields has no meaning.
#[must_use]
pub fn correction(original: &Shown, corrected: &Shown) -> Vec<Difference> {
    let mut comparison = ProcessDiff::of(original, corrected);
    comparison.abstracts(&original.process, &corrected.process);
    if let (Some(old), Some(new)) = (&original.form, &corrected.form) {
        comparison.forms(old, new);
    }
    comparison.found.retain(|found| match &found.place {
        DiffPlace::Order(Sequence::Value(path)) => !path.is_empty(),
        DiffPlace::Order(_) => false,
        _ => true,
    });
    comparison.found
}

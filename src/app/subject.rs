//! The task that a key, a read or a part of the screen speaks of.

use super::Command;
use crate::domain::TaskKey;

/// The part of the program that speaks of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Keys that decide or act on content, and the reads that serve them.
    Keys,
    /// The panes.
    Screen,
    /// Keys that open a pane.
    Opened,
    /// The key of the links page. The notice line may name that key.
    Links,
    /// The key that makes a sensitive request legible.
    Revealed,
}

/// Where a task can stand. An open list of issues is a place even when its line has no task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Page,
    Notice,
    Dialog,
    /// The line of the issues list.
    Line,
    /// The same, while its request is looked at.
    LookedAtLine,
    Preview,
    Row,
}

impl Subject {
    /// The subject that a command speaks of.
    pub(super) const fn of(command: Command) -> Self {
        match command {
            Command::Links => Self::Links,
            Command::Open | Command::Show(_) => Self::Opened,
            Command::Reveal => Self::Revealed,
            _ => Self::Keys,
        }
    }

    /// The first of these places that exists has the task.
    const fn places(self) -> &'static [Place] {
        match self {
            Self::Keys => &[Place::Dialog, Place::LookedAtLine, Place::Row],
            Self::Screen => &[Place::Dialog, Place::Line, Place::Preview, Place::Row],
            Self::Opened => &[Place::Line, Place::Row],
            Self::Links => &[Place::Notice, Place::Line, Place::Row],
            Self::Revealed => &[Place::Page, Place::Dialog, Place::Line, Place::Row],
        }
    }
}

/// Content of a place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) enum Spot<'a> {
    /// The place does not exist now.
    #[default]
    Absent,
    /// The place exists, and has a task or none.
    Present(Option<&'a TaskKey>),
}

/// The tasks on screen, by place.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TaskPlaces<'a> {
    /// The task that the open page was opened for.
    pub(super) page: Option<&'a TaskKey>,
    /// The failed decision that the notice line tells of whole.
    pub(super) notice: Option<&'a TaskKey>,
    pub(super) dialog: Option<&'a TaskKey>,
    pub(super) line: Spot<'a>,
    pub(super) looks_at_line: bool,
    /// Exists while the list has the keys: the preview follows a cursor that rests.
    pub(super) preview: Spot<'a>,
    pub(super) row: Option<&'a TaskKey>,
}

impl<'a> TaskPlaces<'a> {
    pub(super) fn task(&self, subject: Subject) -> Option<&'a TaskKey> {
        subject.places().iter().find_map(|place| match self.at(*place) {
            Spot::Absent => None,
            Spot::Present(task) => Some(task),
        })?
    }

    fn at(&self, place: Place) -> Spot<'a> {
        let if_any = |task: Option<&'a TaskKey>| task.map_or(Spot::Absent, |task| Spot::Present(Some(task)));
        match place {
            Place::Page => if_any(self.page),
            Place::Notice => if_any(self.notice),
            Place::Dialog => if_any(self.dialog),
            Place::LookedAtLine if !self.looks_at_line => Spot::Absent,
            Place::Line | Place::LookedAtLine => self.line,
            Place::Preview => self.preview,
            Place::Row => Spot::Present(self.row),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Spot, Subject, TaskPlaces};
    use crate::domain::{ApproverId, ProcessId, TaskKey};

    const ALL: [Subject; 5] = [Subject::Keys, Subject::Screen, Subject::Opened, Subject::Links, Subject::Revealed];

    fn task(name: &str) -> TaskKey {
        TaskKey { process: ProcessId::new(name), approver: ApproverId::new("7") }
    }

    fn subjects(places: &TaskPlaces<'_>) -> [&'static str; 5] {
        let names = ["page", "notice", "dialog", "line", "preview", "row"];
        ALL.map(|subject| {
            let task = places.task(subject);
            task.map_or("none", |task| names.into_iter().find(|name| *name == task.process.as_str()).expect("a place"))
        })
    }

    #[test]
    fn the_first_place_that_exists_has_the_task() {
        let [page, notice, dialog, line, preview, row] =
            ["page", "notice", "dialog", "line", "preview", "row"].map(task);
        let list = TaskPlaces { preview: Spot::Present(Some(&preview)), row: Some(&row), ..TaskPlaces::default() };
        assert_eq!(subjects(&list), ["row", "preview", "row", "row", "row"]);
        let opened = TaskPlaces { preview: Spot::Absent, ..list };
        assert_eq!(subjects(&opened), ["row"; 5]);
        let issues = TaskPlaces { line: Spot::Present(Some(&line)), ..list };
        assert_eq!(subjects(&issues), ["row", "line", "line", "line", "line"]);
        let looked_at = TaskPlaces { looks_at_line: true, ..issues };
        assert_eq!(subjects(&looked_at), ["line"; 5]);
        let dialog = TaskPlaces { dialog: Some(&dialog), ..list };
        assert_eq!(subjects(&dialog), ["dialog", "dialog", "row", "row", "dialog"]);
        let paged = TaskPlaces { page: Some(&page), notice: Some(&notice), ..dialog };
        assert_eq!(subjects(&paged), ["dialog", "dialog", "row", "notice", "page"]);
    }

    #[test]
    fn a_line_without_a_task_hides_the_row() {
        let row = task("row");
        let places =
            TaskPlaces { line: Spot::Present(None), looks_at_line: true, row: Some(&row), ..TaskPlaces::default() };
        assert_eq!(subjects(&places), ["none"; 5]);
    }
}

//! Input of the app: strokes already turned into commands or text, and facts from outside.

use std::path::PathBuf;
use std::sync::Arc;

use super::command::Command;
use super::effect::{RequestId, Slot};
use super::history::{Chronicle, HistoryFailure};
use super::request_cache::Loaded;
use super::screen::Extent;
use crate::domain::decision::Receipt;
use crate::domain::{
    CacheProblem, CachedList, CleanText, Failure, Form, LiveEvent, Millis, Names, Person, Process, ProcessId,
    Recovered, TaskKey, TaskPage,
};

/// Any input of the app.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    Typed { typed: Typed, burst: Burst },
    Event(Event),
}

/// The read of the terminal that a stroke came with. Strokes of one burst were not typed one after the other by hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Burst(pub u64);

/// A stroke as the key map reads it in the current layers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    Command(Command),
    Text(TextKey),
    /// A bracketed paste, line ends made `\n`.
    Paste(String),
    /// A stroke that means nothing here, as it is called on screen; empty for a held key, which says nothing.
    Unbound(CleanText),
}

/// Editing of a text field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKey {
    Insert(char),
    NewLine,
    Backspace,
    Delete,
    Left,
    Right,
    Up,
    Down,
    Home,
    End,
    WordLeft,
    WordRight,
    DeleteWord,
    DeleteToStart,
}

/// A fact that already happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Earlier runs' open matters from the journal; comes before [`Event::Started`].
    Recovered(Box<Recovered>),
    /// There is a cache; comes before [`Event::Started`].
    Restored(Box<Restored>),
    /// The run begins without the cache of the one before, for this reason.
    CacheUnused(CacheProblem),
    /// The cache ended, for this reason.
    CacheLost(CacheProblem),
    /// The journal could not be written, for this reason.
    NotRecorded(CleanText),
    /// The loop begins. `first` is the result of the check before the first screen.
    Started {
        first: Option<Result<TaskPage, Failure>>,
    },
    Resized {
        columns: u16,
        rows: u16,
    },
    /// A time that [`App::next_wake`](super::App::next_wake) asked for has come.
    Woke,
    Answered {
        id: RequestId,
        slot: Slot,
        result: Result<Answer, Failure>,
    },
    Written {
        id: RequestId,
        result: Result<Receipt, Failure>,
    },
    /// A frame of the state as it is now is on screen. Nothing else follows from this event, so it needs no new frame.
    Drawn(Extent),
    /// The long connection brought something, or changed.
    Live(LiveEvent),
    /// Back from suspension.
    Resumed,
    /// The terminal is gone or the program was told to end: nothing may be sent from now on.
    HungUp,
    /// A text was handed to the clipboard of the terminal.
    Copied,
    /// The faults in force in their written form, after [`Effect::Fault`](super::Effect::Fault); or why none was set.
    Faults(Result<Vec<String>, FaultProblem>),
}

/// Why the simulated organisation shows no such fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultProblem {
    Name {
        written: String,
        /// The known name that it is like.
        meant: Option<&'static str>,
        known: Vec<&'static str>,
    },
    Count(String),
    Argument(String),
    Target {
        written: String,
        meant: Option<&'static str>,
        known: Vec<&'static str>,
    },
}

/// Result of a read.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Tasks(TaskPage),
    /// `None`: too many to be listed.
    Changed(Option<Vec<ProcessId>>),
    Process(Box<Process>),
    /// The operator's open tasks in a process; `None`: they cannot be read.
    OwnTasks(Option<Vec<TaskKey>>),
    /// `None`: this flow has no form to read (1160100).
    Form(Option<Box<Form>>),
    /// Form v1, for its option labels.
    Labels(Option<Box<Form>>),
    People(Vec<Person>),
    Names(Names),
    Saved(PathBuf),
    /// Content of the journal, or why it cannot be read.
    History(Result<Chronicle, HistoryFailure>),
    /// Answers of an earlier run; `None`: the cache has none.
    Cached(Option<Box<CachedRequest>>),
}

/// The cache as the start found it.
#[derive(Clone, Debug, PartialEq)]
pub struct Restored {
    pub list: CachedList,
    /// The list was good lately: it may be shown before the platform has answered.
    pub recent: bool,
    /// This run may write the cache.
    pub writes: bool,
}

/// A request as an earlier run received it.
#[derive(Clone, Debug, PartialEq)]
pub struct CachedRequest {
    pub process: Process,
    pub read_at: Millis,
    /// As [`Request::form`](super::Request::form).
    pub form: Loaded<Option<Arc<Form>>>,
    pub names: Names,
}

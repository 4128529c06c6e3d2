//! The state machine: what is known, what is shown, what is asked for. Pure: state and message and time in, effects
//! out. This file routes; each sub-state owns its transitions in a file of its own, with a twin in `view/`.

pub mod available;
pub mod cases;
pub mod command;
pub mod decide;
pub mod editor;
pub mod effect;
pub mod finding;
pub mod form;
pub mod inbox;
pub mod message;
mod naming;
pub mod notice;
pub mod outbox;
pub mod pages;
pub mod people;
pub mod prompt;
pub mod screen;
pub mod search;
pub mod sync;
mod update;

use std::collections::HashMap;
use std::time::Duration;

pub use available::Reason;
pub use cases::{Case, Cases, Loaded};
pub use command::{Command, Layer, Tab};
pub use decide::{Dialog, Step};
pub use editor::Editor;
pub use effect::{Effect, NameKind, Query, RequestId, Slot};
pub use form::FormPane;
pub use inbox::{Inbox, Row, Sort};
pub use message::{Answer, Burst, Event, Message, TextKey, Typed};
pub use notice::{Notice, Notices};
pub use outbox::{Entry, EntryState, Outbox};
pub use pages::Page;
pub use people::Picker;
pub use prompt::Prompt;
pub use screen::{Pane, Screen};
pub use sync::Sync;

use crate::domain::{Action, CleanText, Instant, Lang, Names, Now, Operator, TaskKey};

/// What the configuration fixed for the whole run.
#[derive(Clone, Debug)]
pub struct Settings {
    pub operator: Operator,
    pub lang: Lang,
    /// How long a confirmed decision is held before it is sent; zero sends at once.
    pub undo: Duration,
    pub read_only: bool,
    /// Reasons offered by digit while a reject is written.
    pub canned: Vec<String>,
    /// Profile or tenant, for the header.
    pub place: CleanText,
    /// For times on screen.
    pub zone: jiff::tz::TimeZone,
}

/// Everything that the program knows. Owned by the loop; changed by [`App::update`] only.
#[derive(Debug)]
pub struct App {
    pub settings: Settings,
    pub inbox: Inbox,
    pub cases: Cases,
    pub names: Names,
    pub screen: Screen,
    pub form: FormPane,
    pub dialog: Option<Dialog>,
    /// A one-line field at the bottom: filter, form search, command line.
    pub prompt: Option<Prompt>,
    /// Help, messages or links above the rest.
    pub page: Option<Page>,
    pub outbox: Outbox,
    pub sync: Sync,
    pub notices: Notices,
    /// What was written in a dialog that was left, by task and action.
    pub drafts: HashMap<(TaskKey, Action), String>,
    /// People lately chosen as receivers or additional approvers, newest first.
    pub recent_people: Vec<crate::domain::Person>,
    /// Until when masked values of the form are legible.
    pub revealed_until: Option<Instant>,
    /// The task whose case the preview shows. Follows the cursor when that rests, so that moving costs few bytes.
    previewed: Option<TaskKey>,
    /// When the cursor will have rested.
    rests_at: Option<Instant>,
    /// The time of the message that was handled last.
    pub now: Now,
    /// The burst of the stroke that was handled last.
    burst: Burst,
    /// She asked to leave while decisions were held, and was told so.
    quit_asked: bool,
    /// Leaving: nothing is sent or read any more.
    ending: bool,
}

impl App {
    #[must_use]
    pub fn new(settings: Settings, columns: u16, rows: u16, now: Now) -> Self {
        Self {
            settings,
            inbox: Inbox::default(),
            cases: Cases::default(),
            names: Names::default(),
            screen: Screen::new(columns, rows),
            form: FormPane::default(),
            dialog: None,
            prompt: None,
            page: None,
            outbox: Outbox::default(),
            sync: Sync::default(),
            notices: Notices::default(),
            drafts: HashMap::new(),
            recent_people: Vec::new(),
            revealed_until: None,
            previewed: None,
            rests_at: None,
            now,
            burst: Burst::default(),
            quit_asked: false,
            ending: false,
        }
    }

    /// The layers of key bindings in force, topmost first.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer> {
        if self.page.is_some() {
            return vec![Layer::Page, Layer::Moving, Layer::Anywhere];
        }
        if self.prompt.is_some() {
            return vec![Layer::Prompt];
        }
        if let Some(dialog) = &self.dialog {
            return match dialog.step {
                Step::Compose { .. } => vec![Layer::Editor],
                Step::Position => vec![Layer::Position, Layer::Anywhere],
                Step::People { .. } => vec![Layer::Picker],
                Step::Review { .. } => vec![Layer::Review, Layer::Anywhere],
            };
        }
        let mut layers = match self.screen.pane {
            Pane::List => vec![Layer::List],
            Pane::Process => vec![Layer::Process],
            Pane::Form => vec![Layer::Form, Layer::Process],
        };
        layers.extend([Layer::Deciding, Layer::Moving, Layer::Anywhere]);
        layers
    }

    /// When the next [`Event::Woke`] is wanted; `None` while nothing waits for time.
    #[must_use]
    pub fn next_wake(&self) -> Option<Instant> {
        if self.ending {
            return None;
        }
        [
            self.outbox.next_wake(self.now.mono),
            self.sync.next_wake(self.has_unread()),
            self.rests_at,
            self.revealed_until,
            self.notices.next_wake(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// The task under the cursor, if there is any.
    #[must_use]
    pub fn selected(&self) -> Option<&TaskKey> {
        self.inbox.cursor()
    }

    /// The task whose case is on screen: that of an open decision; with the list, the one that the cursor rested on;
    /// else the one under the cursor.
    #[must_use]
    pub fn shown(&self) -> Option<&TaskKey> {
        match &self.dialog {
            Some(dialog) => Some(&dialog.target.key),
            None if self.screen.pane == Pane::List => self.previewed.as_ref(),
            None => self.selected(),
        }
    }
}

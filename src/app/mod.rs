//! The state machine of the program. Pure: state, message and time in, effects out. `update.rs` routes; each sub-state
//! owns its transitions in a file of its own, most with a twin in `view/`.

mod answers;
mod applied;
pub mod available;
pub mod canned;
pub mod cases;
pub mod command;
pub mod compare;
pub mod decide;
mod dispatch;
pub mod editor;
pub mod effect;
mod fact;
pub mod fetch;
pub mod form;
mod form_queue;
pub mod history;
pub mod inbox;
pub mod list_cursor;
pub mod list_refresh;
mod masks;
pub mod message;
mod name_lookup;
pub mod notice;
pub mod order;
pub mod outbox;
mod outcome_probe;
pub mod pages;
pub mod people;
mod presend_check;
pub mod prompt;
pub mod quit;
pub mod reconcile;
mod recovery;
mod refresh;
pub mod screen;
pub mod search;
mod sight;
pub mod subject;
pub mod targets;
mod update;

use std::collections::HashMap;
use std::time::Duration;

pub use available::Reason;
pub use cases::{Case, Cases, Loaded};
pub use command::{Command, Layer, Tab};
pub use compare::{Comparison, FormOf, MissingForm, Since};
pub use decide::{Dialog, Step};
pub use editor::Editor;
pub use effect::{Effect, NameKind, Query, RequestId, Slot};
pub use fetch::Fetch;
pub use form::FormPane;
pub use history::{Chronicle, History, HistoryFailure};
pub use inbox::{Inbox, Row, Sort};
pub use list_cursor::ListCursor;
pub use list_refresh::ListRefresh;
pub use message::{Answer, Burst, Event, FaultProblem, Message, TextKey, Typed};
pub use notice::{Notice, Notices};
pub use outbox::{Entry, Outbox};
pub use pages::Page;
pub use people::Picker;
pub use prompt::Prompt;
pub use quit::Leaving;
pub use reconcile::Reconcile;
pub use screen::{Pane, Screen};
pub use subject::Subject;
pub use targets::{DialogTarget, Targets};

use name_lookup::NameLookup;
use subject::{Places, Spot};

pub use crate::domain::failure::{ended, not_recorded, too_late};
use crate::domain::{Action, CleanText, Failure, Instant, Lang, Millis, Names, Now, Operator, TaskKey};

/// Settings of the whole run, from the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    pub operator: Operator,
    pub lang: Lang,
    /// Time that a confirmed decision is held before it is sent; zero sends at once.
    pub undo: Duration,
    pub read_only: bool,
    /// Another instance with this operator's queue; this one is read-only then.
    pub holder: Option<Holder>,
    /// Names this run in the journal.
    pub run: String,
    /// Reasons offered by digit while a reject is written.
    pub canned: Vec<String>,
    /// Profile or tenant, for the header.
    pub place: CleanText,
    /// Puts rows of the list into words, so that the filter finds what the list paints.
    pub wording: order::Wording,
    /// For times on screen.
    pub zone: jiff::tz::TimeZone,
    /// On the simulated organisation: the names of the faults that it shows on demand. `None` on the real platform.
    pub faults: Option<&'static [&'static str]>,
}

impl Settings {
    /// The organisation is simulated: decisions have no real effect.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        self.faults.is_some()
    }
}

/// The instance that has an operator's queue, as far as it names itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holder {
    pub pid: Option<u32>,
    /// The terminal's device.
    pub terminal: CleanText,
    pub host: CleanText,
    pub since: Option<Millis>,
}

/// State of the program. Owned by the loop; only [`App::update`] changes it.
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
    /// The task that a page of links or of differences was opened for, while it is open.
    pub page_target: Option<TaskKey>,
    /// The list of open matters, while it is open.
    pub reconcile: Option<Reconcile>,
    /// The user is quitting, and open decisions prevent it.
    pub leaving: Option<Leaving>,
    pub history: History,
    pub outbox: Outbox,
    pub sync: Fetch,
    pub list_refresh: ListRefresh,
    name_lookup: NameLookup,
    pub notices: Notices,
    /// Texts of left dialogs, by task and action.
    pub drafts: HashMap<(TaskKey, Action), String>,
    /// People lately chosen as receivers or additional approvers, newest first.
    pub recent_people: Vec<crate::domain::Person>,
    /// The sensitive request that is legible for a moment.
    reveal: Option<masks::Reveal>,
    /// The form of a sensitive request that is on screen to its end, until it counts as seen.
    sight: Option<sight::Sight>,
    /// The task whose case the preview shows. Follows the cursor when that rests, so that moving costs few bytes.
    previewed: Option<TaskKey>,
    /// When the cursor will have rested.
    rests_at: Option<Instant>,
    /// The time of the message that was handled last.
    pub now: Now,
    /// Silence before that message.
    unheard: Duration,
    /// Begin of the last silence that was too long for a decision to leave after it.
    stopped_at: Option<Instant>,
    /// The burst of the stroke that was handled last.
    burst: Burst,
    /// Time of the user's last key.
    pressed: Option<Now>,
    /// Why the journal cannot be written, once that happened.
    journal_failure: Option<Failure>,
    /// Notices to repeat after the screen is gone.
    parting: Vec<Notice>,
    /// The program is ending: nothing is sent or read any more.
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
            page_target: None,
            reconcile: None,
            leaving: None,
            history: History::default(),
            outbox: Outbox::default(),
            sync: Fetch::default(),
            list_refresh: ListRefresh::default(),
            name_lookup: NameLookup::default(),
            notices: Notices::default(),
            drafts: HashMap::new(),
            recent_people: Vec::new(),
            reveal: None,
            sight: None,
            previewed: None,
            rests_at: None,
            now,
            unheard: Duration::ZERO,
            stopped_at: None,
            burst: Burst::default(),
            pressed: None,
            journal_failure: None,
            parting: Vec::new(),
            ending: false,
        }
    }

    /// The layers of key bindings in force, topmost first.
    #[must_use]
    pub fn layers(&self) -> &'static [Layer] {
        use Layer::{
            Anywhere, Deciding, Editor, Form, Leaving, Moving, Page, Picker, Position, Process, Prompt, Review,
        };
        if self.leaving.is_some() {
            return &[Leaving];
        }
        if self.prompt.is_some() {
            return &[Prompt];
        }
        if self.page.is_some() {
            return &[Page, Moving, Anywhere];
        }
        if let Some(dialog) = &self.dialog {
            return match dialog.step {
                Step::Compose { .. } => &[Editor],
                Step::Position => &[Position, Anywhere],
                Step::People { .. } => &[Picker],
                Step::Review { .. } => &[Review, Anywhere],
            };
        }
        match self.screen.pane {
            _ if self.open_list().is_some() => &[Layer::Reconcile, Moving, Anywhere],
            Pane::List => Layer::LIST,
            Pane::Process => &[Process, Deciding, Moving, Anywhere],
            Pane::Form => &[Form, Process, Deciding, Moving, Anywhere],
        }
    }

    /// When the next [`Event::Woke`] is wanted; `None` while nothing waits for time.
    #[must_use]
    pub fn next_wake(&self) -> Option<Instant> {
        if self.ending {
            return None;
        }
        [
            self.outbox.next_wake(self.now.mono),
            self.sync.next_wake(),
            self.applied_wake(),
            self.rests_at,
            self.reveal.as_ref().map(|reveal| reveal.until),
            self.sight_due(),
            self.notices.next_wake(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    /// Milliseconds since the user's last key; `None` without one.
    #[must_use]
    pub fn idle(&self, now: Now) -> Option<u64> {
        self.pressed.map(|pressed| u64::try_from(now.since(pressed).as_millis()).unwrap_or(u64::MAX))
    }

    /// The task under the cursor, if there is any.
    #[must_use]
    pub fn selected(&self) -> Option<&TaskKey> {
        self.inbox.cursor()
    }

    /// The task that this subject is.
    #[must_use]
    pub fn subject(&self, subject: Subject) -> Option<&TaskKey> {
        self.places().task(subject)
    }

    fn places(&self) -> Places<'_> {
        let list = self.reconcile.as_ref();
        Places {
            page: self.page.and(self.page_target.as_ref()),
            notice: self.notices.alerted(),
            dialog: self.dialog.as_ref().map(Dialog::key),
            line: list.map_or(Spot::Absent, |list| Spot::Present(list.task())),
            looks_at_line: list.is_some_and(|list| list.looking.is_some()),
            preview: match self.screen.pane {
                Pane::List => Spot::Present(self.previewed.as_ref()),
                Pane::Process | Pane::Form => Spot::Absent,
            },
            row: self.selected(),
        }
    }
}

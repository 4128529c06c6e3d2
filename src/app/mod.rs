//! The state machine of the program. Pure: state, message and time in, effects out. Each sub-state is a file with a
//! twin in `view/`, and knows no other; `update/` composes them.

pub mod announcements;
mod cache_writer;
pub mod canned;
pub mod command;
pub mod dialog;
mod dispatch;
pub mod editor;
pub mod effect;
pub mod estimate;
mod fact;
pub mod fetch;
pub mod form;
pub mod history;
pub mod inbox;
pub mod issues;
mod known_people;
pub mod list_cursor;
pub mod list_refresh;
pub mod live_watch;
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
pub mod reason;
mod recency;
mod recovery;
pub mod request_cache;
mod reveal;
pub mod screen;
pub mod search;
mod settings;
mod sight;
pub mod subject;
pub mod targets;
mod update;

use std::collections::HashMap;
use std::time::Duration;

pub use announcements::Announcements;
pub use command::{Command, Layer, Tab};
pub use dialog::{Dialog, Step};
pub use editor::Editor;
pub use effect::{Effect, NameKind, Query, RequestId, Slot};
pub use estimate::Estimates;
pub use fetch::Fetch;
pub use form::FormPane;
pub use history::{Chronicle, History, HistoryFailure};
pub use inbox::{Inbox, Row};
pub use issues::Issues;
pub use list_cursor::ListCursor;
pub use list_refresh::ListRefresh;
pub use live_watch::LiveWatch;
pub use message::{Answer, Burst, CachedRequest, Event, FaultProblem, Message, Restored, TextKey, Typed};
pub use notice::{Notice, Notices};
pub use order::Sort;
pub use outbox::{Entry, Outbox};
pub use pages::{HelpSearch, Page};
pub use people::Picker;
pub use prompt::Prompt;
pub use quit::Leaving;
pub use reason::{Closed, Reason};
pub use request_cache::{Loaded, Request, RequestCache};
pub use screen::{Pane, Screen};
pub use settings::{ConfigFile, ConfigFiles, Holder, Settings};
pub use subject::Subject;
pub use targets::{DialogTarget, Targets};
pub use update::diff::{Comparison, FormOf, MissingForm, Since};

use cache_writer::CacheWriter;
use known_people::KnownPeople;
use name_lookup::NameLookup;
use prompt::PromptHistory;
use subject::{Spot, TaskPlaces};

pub use crate::domain::failure::{ended, not_recorded, too_late};
use crate::domain::{Action, Failure, Instant, Names, Now, TaskKey};

/// State of the program. Owned by the loop; only [`App::update`] changes it.
#[derive(Debug)]
pub struct App {
    pub settings: Settings,
    pub inbox: Inbox,
    pub requests: RequestCache,
    pub names: Names,
    pub screen: Screen,
    pub form: FormPane,
    pub dialog: Option<Dialog>,
    /// A one-line field at the bottom: filter, form search, command line.
    pub prompt: Option<Prompt>,
    prompt_history: PromptHistory,
    /// Help, messages or links above the rest.
    pub page: Option<Page>,
    /// The task that a page of links or of differences was opened for, while it is open.
    pub page_target: Option<TaskKey>,
    pub help_search: HelpSearch,
    /// The user's files, for the help page.
    pub files: ConfigFiles,
    /// The list of open matters, while it is open.
    pub issues: Option<Issues>,
    /// The user is leaving, and something is still under way.
    pub leaving: Option<Leaving>,
    pub history: History,
    pub outbox: Outbox,
    pub fetch: Fetch,
    pub list_refresh: ListRefresh,
    pub estimates: Estimates,
    pub live_watch: LiveWatch,
    announcements: Announcements,
    name_lookup: NameLookup,
    known_people: KnownPeople,
    cache_writer: CacheWriter,
    pub notices: Notices,
    /// Texts of left dialogs, by task and action.
    pub drafts: HashMap<(TaskKey, Action), String>,
    /// People lately chosen as receivers or additional approvers, newest first.
    pub recent_people: Vec<crate::domain::Person>,
    /// The sensitive request that is legible for a moment.
    reveal: Option<reveal::Reveal>,
    /// The form of a sensitive request that is on screen to its end, until it counts as seen.
    sight: Option<sight::Sight>,
    /// The task whose request the preview shows. Follows the cursor when that rests, so that moving costs few bytes.
    previewed: Option<TaskKey>,
    /// The place of that row in the list, from 1. Follows the cursor in the same way.
    position: Option<usize>,
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
    /// When a key was pressed last.
    pressed: Option<Now>,
    /// Why the journal cannot be written, once that happened.
    journal_failure: Option<Failure>,
    /// Notices to repeat after the screen is gone.
    exit_messages: Vec<Notice>,
    /// The program is ending: nothing is sent or read any more.
    ending: bool,
}

impl App {
    #[must_use]
    pub fn new(settings: Settings, columns: u16, rows: u16, now: Now) -> Self {
        Self {
            settings,
            inbox: Inbox::default(),
            requests: RequestCache::default(),
            names: Names::default(),
            screen: Screen::new(columns, rows),
            form: FormPane::default(),
            dialog: None,
            prompt: None,
            prompt_history: PromptHistory::default(),
            page: None,
            page_target: None,
            help_search: HelpSearch::default(),
            files: ConfigFiles::default(),
            issues: None,
            leaving: None,
            history: History::default(),
            outbox: Outbox::default(),
            fetch: Fetch::default(),
            list_refresh: ListRefresh::default(),
            estimates: Estimates::default(),
            live_watch: LiveWatch::default(),
            announcements: Announcements::default(),
            name_lookup: NameLookup::default(),
            known_people: KnownPeople::default(),
            cache_writer: CacheWriter::default(),
            notices: Notices::default(),
            drafts: HashMap::new(),
            recent_people: Vec::new(),
            reveal: None,
            sight: None,
            previewed: None,
            position: None,
            rests_at: None,
            now,
            unheard: Duration::ZERO,
            stopped_at: None,
            burst: Burst::default(),
            pressed: None,
            journal_failure: None,
            exit_messages: Vec::new(),
            ending: false,
        }
    }

    /// How long ago the last key was pressed, in milliseconds. `None` when none was.
    #[must_use]
    pub fn idle(&self, now: Now) -> Option<u64> {
        self.pressed.map(|pressed| u64::try_from(now.since(pressed).as_millis()).unwrap_or(u64::MAX))
    }

    /// The place of the row under the cursor, from 1, once it rests there.
    #[must_use]
    pub const fn position(&self) -> Option<usize> {
        self.position
    }

    /// The task under the cursor, if there is any.
    #[must_use]
    pub fn selected(&self) -> Option<&TaskKey> {
        self.inbox.cursor()
    }

    /// The request of a line is looked at, with the list behind it.
    #[must_use]
    pub fn looks_at_line(&self) -> bool {
        self.issues.as_ref().is_some_and(|list| list.looking.is_some())
    }

    /// The list of issues, unless something covers the place where it is drawn.
    #[must_use]
    pub fn open_list(&self) -> Option<&Issues> {
        self.issues.as_ref().filter(|list| list.looking.is_none() && self.dialog.is_none())
    }

    /// Notices to repeat after the screen is gone, in order.
    #[must_use]
    pub fn exit_messages(&self) -> &[Notice] {
        &self.exit_messages
    }

    /// The task that this subject is.
    #[must_use]
    pub fn subject(&self, subject: Subject) -> Option<&TaskKey> {
        self.places().task(subject)
    }

    fn places(&self) -> TaskPlaces<'_> {
        let list = self.issues.as_ref();
        TaskPlaces {
            page: self.page.and(self.page_target.as_ref()),
            notice: self.notices.alerted(),
            dialog: self.dialog.as_ref().map(Dialog::key),
            line: list.map_or(Spot::Absent, |list| Spot::Present(list.task())),
            looks_at_line: self.looks_at_line(),
            preview: match self.screen.pane {
                Pane::List => Spot::Present(self.previewed.as_ref()),
                Pane::Process | Pane::Form => Spot::Absent,
            },
            row: self.selected(),
        }
    }
}

//! Invariant 6: the user's place in the program, which no event may move.

use shenpi::app::outbox::Entry;
use shenpi::app::pages::PageKind;
use shenpi::app::prompt::Purpose;
use shenpi::app::{App, Event, Message, Pane, Step, Tab};
use shenpi::domain::decision::state::State;
use shenpi::domain::{Action, Decision, Now, Shown, TaskKey};

use super::day::Day;

/// The user's place, which no event may move.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub selected: Option<TaskKey>,
    pub dialog: Option<(TaskKey, Action, u8)>,
    pane: Pane,
    tab: Tab,
    page: Option<PageKind>,
    prompt: Option<Purpose>,
    line: Line,
}

/// The list of open matters.
#[derive(Clone, Debug, PartialEq)]
enum Line {
    NoList,
    /// The task of the line under its cursor, if that line has one.
    On(Option<TaskKey>),
}

/// State of the screen before a message.
pub struct UiState {
    pub place: Place,
    /// The decision of an open review, which `y` would confirm.
    pub review: Option<Decision>,
    /// Content of the dialog's request on screen.
    pub content: Option<Shown>,
    /// The question about held decisions is on screen.
    pub leaving: bool,
    /// Tasks whose last decision is uncertain after all reads.
    pub settled: Vec<TaskKey>,
    /// Nothing is open in which the keys that take back would mean something else.
    pub takes_back: bool,
    /// The operator's tasks in the list, and the time of its last complete reading.
    pub listed: Vec<TaskKey>,
    pub read_at: Option<Now>,
    /// A quick reason stands in the editor and opens its review soon.
    pub reason_opens: bool,
}

impl UiState {
    /// The cursor was on a row.
    pub fn has_row(&self) -> bool {
        self.place.selected.is_some()
    }

    pub fn of(app: &App) -> Self {
        let dialog = app.dialog.as_ref();
        let review = dialog.and_then(|dialog| match &dialog.step {
            Step::Review { decision, .. } => Some(decision.clone()),
            _ => None,
        });
        Self {
            place: Place::of(app),
            review,
            leaving: app.leaving.is_some(),
            settled: settled(app),
            takes_back: app.page.is_none() && app.prompt.is_none() && dialog.is_none(),
            content: dialog.and_then(|dialog| app.requests.get(&dialog.key().process)?.shown()),
            listed: listed(app),
            read_at: app.inbox.read_at,
            reason_opens: dialog.is_some_and(|open| matches!(&open.step, Step::Compose { canned: Some(_), .. })),
        }
    }
}

pub fn listed(app: &App) -> Vec<TaskKey> {
    app.inbox.rows().filter(|row| !row.gone).map(|row| row.key.clone()).collect()
}

fn settled(app: &App) -> Vec<TaskKey> {
    let is_settled = |entry: &&Entry| {
        let in_doubt = entry.over.as_deref().unwrap_or(entry);
        matches!(&in_doubt.state, State::Unknown(uncertain) if uncertain.exhausted)
    };
    app.outbox.all().into_iter().filter(is_settled).map(|entry| entry.reviewed.target.key.clone()).collect()
}

impl Place {
    fn of(app: &App) -> Self {
        let step = |step: &Step| match step {
            Step::Compose { .. } => 0,
            Step::Position => 1,
            Step::People { .. } => 2,
            Step::Review { .. } => 3,
        };
        Self {
            selected: app.selected().cloned(),
            dialog: app.dialog.as_ref().map(|open| (open.key().clone(), open.action, step(&open.step))),
            pane: app.screen.pane,
            tab: app.screen.tab,
            page: app.page.map(|page| page.kind),
            prompt: app.prompt.as_ref().map(|prompt| prompt.purpose),
            line: app.issues.as_ref().map_or(Line::NoList, |list| Line::On(list.tasks.get(list.cursor.at()).cloned())),
        }
    }
}

impl Day<'_> {
    /// Invariant 6.
    pub fn watch_place(&mut self, app: &App, before: &UiState, message: &Message) {
        let Some(program) = &self.program else { return };
        let after = Place::of(app);
        let touched = program.touched;
        match message {
            Message::Event(Event::Recovered(_) | Event::HungUp) => {}
            Message::Event(event) => {
                let mut expected = before.place.clone();
                if !touched || expected.selected.is_none() {
                    // Before the first key the cursor follows the first row, and without a place it may go anywhere.
                    expected.selected.clone_from(&after.selected);
                }
                if before.reason_opens && matches!(event, Event::Woke) {
                    // A quick reason opens its review by itself once no key has followed it.
                    let reviewed = expected.dialog.clone().map(|(key, action, _)| (key, action, 3));
                    if after.dialog == reviewed {
                        expected.dialog = reviewed;
                    }
                }
                if expected != after {
                    let words = format!("{} moved her from {expected:?} to {after:?}", name_of(event));
                    self.breaks(6, words);
                }
            }
            Message::Typed { .. } => {
                let (Some((was, ..)), Some((is, ..))) = (&before.place.dialog, &after.dialog) else {
                    return self.watch_opening(before, &after);
                };
                if was != is {
                    self.breaks(6, format!("the open dialog went from {was:?} to {is:?}"));
                }
            }
        }
    }

    pub fn watch_opening(&mut self, before: &UiState, after: &Place) {
        let (None, Some((target, ..))) = (&before.place.dialog, &after.dialog) else { return };
        let at = match &before.place.line {
            Line::On(line) => line.as_ref(),
            Line::NoList => before.place.selected.as_ref(),
        };
        if at != Some(target) {
            self.breaks(6, format!("a dialog on {target:?} opened while she was at {at:?}"));
        }
    }
}

const fn name_of(event: &Event) -> &'static str {
    match event {
        Event::Recovered(_) => "the journal",
        Event::NotRecorded(_) => "a failure of the journal",
        Event::Started { .. } => "the start",
        Event::Resized { .. } => "a resize",
        Event::Woke => "a timer",
        Event::Answered { .. } => "an answer to a read",
        Event::Written { .. } => "an answer to a decision",
        Event::Drawn(_) => "a frame",
        Event::Live(_) => "an announcement",
        Event::Restored(_) => "the cache",
        Event::CacheUnused(_) | Event::CacheLost(_) => "a problem of the cache",
        Event::Resumed => "coming back",
        Event::HungUp => "the end of the terminal",
        Event::Faults(_) => "an answer to :fault",
        Event::Copied => "the clipboard",
    }
}

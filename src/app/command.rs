//! Commands of the user, and the layers of the interface in which keys give them.

use crate::domain::Action;
use crate::domain::decision::AddSignPosition;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:literal => $command:expr,)+) => {
        /// Every command with the name that key maps and the command line use.
        pub const COMMANDS: &[(&str, Command)] = &[$(($name, $command)),+];
    };
}

/// An intent, imperative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Command {
    Help,
    CommandLine,
    Repaint,
    /// One level up; at the top, leave the program.
    Back,
    Quit,
    Refresh,
    Suspend,
    Messages,
    Links,
    Down,
    Up,
    First,
    Last,
    PageDown,
    PageUp,
    NextPane,
    PreviousPane,
    /// Scroll the text beside or below the list.
    PreviewDown,
    PreviewUp,
    /// Move the border between the list and the rest.
    PreviewLarger,
    PreviewSmaller,
    Open,
    /// Leave the open thing without an action; drafts are kept.
    Escape,
    /// Filter the list, or search the form.
    Find,
    NextMatch,
    PreviousMatch,
    CycleSort,
    Show(Tab),
    NextCase,
    PreviousCase,
    ToggleFold,
    Collapse,
    Expand,
    ExpandAll,
    CopyValue,
    Reveal,
    Download,
    Decide(Action),
    Confirm,
    EditOpinion,
    /// The text or the choice of people is complete.
    Finish,
    /// The canned reason of this number, from 1.
    Canned(u8),
    Choose,
    /// Replace the command line by the next completion.
    Complete,
    Position(AddSignPosition),
    ToggleMethod,
    TakeBack,
    TakeBackAll,
    /// The operator's own decisions, from the journal.
    History,
    /// Changes of the request on screen.
    Difference,
    /// The list of decisions that want an answer.
    Issues,
    /// In that list: the same decision again, on the current content.
    SendAgain,
    /// In that list: on to the next line without an answer.
    NextUnanswered,
    Discard,
    DiscardAll,
    /// Quit without sending held decisions.
    LeaveNow,
    /// Quit as soon as all decisions are sent and answered.
    LeaveWhenSent,
    /// Say which faults the simulated organisation shows; with words on the command line, set them.
    Fault,
}

/// A tab of the process pane. `Form` is the form pane itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Tab {
    #[default]
    Summary,
    Form,
    Timeline,
    Comments,
    Copies,
}

impl Tab {
    pub const ALL: [Self; 5] = [Self::Summary, Self::Form, Self::Timeline, Self::Comments, Self::Copies];
}

commands! {
    "help" => Command::Help,
    "command-line" => Command::CommandLine,
    "repaint" => Command::Repaint,
    "back" => Command::Back,
    "quit" => Command::Quit,
    "refresh" => Command::Refresh,
    "suspend" => Command::Suspend,
    "messages" => Command::Messages,
    "links" => Command::Links,
    "down" => Command::Down,
    "up" => Command::Up,
    "first" => Command::First,
    "last" => Command::Last,
    "page-down" => Command::PageDown,
    "page-up" => Command::PageUp,
    "next-pane" => Command::NextPane,
    "previous-pane" => Command::PreviousPane,
    "preview-down" => Command::PreviewDown,
    "preview-up" => Command::PreviewUp,
    "preview-larger" => Command::PreviewLarger,
    "preview-smaller" => Command::PreviewSmaller,
    "open" => Command::Open,
    "escape" => Command::Escape,
    "find" => Command::Find,
    "next-match" => Command::NextMatch,
    "previous-match" => Command::PreviousMatch,
    "sort" => Command::CycleSort,
    "summary" => Command::Show(Tab::Summary),
    "form" => Command::Show(Tab::Form),
    "timeline" => Command::Show(Tab::Timeline),
    "comments" => Command::Show(Tab::Comments),
    "copies" => Command::Show(Tab::Copies),
    "next-case" => Command::NextCase,
    "previous-case" => Command::PreviousCase,
    "toggle-fold" => Command::ToggleFold,
    "collapse" => Command::Collapse,
    "expand" => Command::Expand,
    "expand-all" => Command::ExpandAll,
    "copy-value" => Command::CopyValue,
    "reveal" => Command::Reveal,
    "download" => Command::Download,
    "approve" => Command::Decide(Action::Approve),
    "reject" => Command::Decide(Action::Reject),
    "transfer" => Command::Decide(Action::Transfer),
    "add-sign" => Command::Decide(Action::AddSign),
    "withdraw" => Command::Decide(Action::Withdraw),
    "revoke" => Command::Decide(Action::Revoke),
    "confirm" => Command::Confirm,
    "edit-opinion" => Command::EditOpinion,
    "finish" => Command::Finish,
    "canned-1" => Command::Canned(1),
    "canned-2" => Command::Canned(2),
    "canned-3" => Command::Canned(3),
    "canned-4" => Command::Canned(4),
    "canned-5" => Command::Canned(5),
    "canned-6" => Command::Canned(6),
    "canned-7" => Command::Canned(7),
    "canned-8" => Command::Canned(8),
    "canned-9" => Command::Canned(9),
    "choose" => Command::Choose,
    "complete" => Command::Complete,
    "before" => Command::Position(AddSignPosition::Before),
    "parallel" => Command::Position(AddSignPosition::Parallel),
    "after" => Command::Position(AddSignPosition::After),
    "toggle-method" => Command::ToggleMethod,
    "take-back" => Command::TakeBack,
    "take-back-all" => Command::TakeBackAll,
    "history" => Command::History,
    "difference" => Command::Difference,
    "reconcile" => Command::Issues,
    "send-again" => Command::SendAgain,
    "next-unanswered" => Command::NextUnanswered,
    "discard" => Command::Discard,
    "discard-all" => Command::DiscardAll,
    "leave-now" => Command::LeaveNow,
    "leave-when-sent" => Command::LeaveWhenSent,
    "fault" => Command::Fault,
}

impl Command {
    /// The command of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        COMMANDS.iter().find(|(known, _)| *known == name).map(|(_, command)| *command)
    }

    /// The name of this command in key maps and on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        COMMANDS.iter().find(|(_, known)| *known == self).map_or("", |(name, _)| name)
    }
}

/// A set of key bindings that is in force together. [`App::layers`](super::App::layers) stacks them, topmost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Layer {
    Anywhere,
    /// Moving about in the list and the panes.
    Moving,
    List,
    Process,
    Form,
    /// Keys that open a decision, and those that take one back.
    Deciding,
    /// The one-sentence review.
    Review,
    /// A text field of several lines.
    Editor,
    /// Where additional approvers stand.
    Position,
    /// The people picker.
    Picker,
    /// The filter, the search and the command line: text fields of one line.
    Prompt,
    /// Help, messages, links, history, difference: pages above the rest.
    Page,
    /// Decisions of an earlier run that want an answer.
    Issues,
    /// The question about queued decisions on leaving.
    Leaving,
}

impl Layer {
    /// Every layer with the name of its table in a key map.
    pub const ALL: [(&'static str, Self); 14] = [
        ("anywhere", Self::Anywhere),
        ("moving", Self::Moving),
        ("list", Self::List),
        ("process", Self::Process),
        ("form", Self::Form),
        ("deciding", Self::Deciding),
        ("review", Self::Review),
        ("editor", Self::Editor),
        ("position", Self::Position),
        ("picker", Self::Picker),
        ("prompt", Self::Prompt),
        ("page", Self::Page),
        ("reconcile", Self::Issues),
        ("leaving", Self::Leaving),
    ];

    /// The layers in force while the list has the keys.
    pub const LIST: &'static [Self] = &[Self::List, Self::Deciding, Self::Moving, Self::Anywhere];

    /// Printable keys are text here, not commands.
    #[must_use]
    pub const fn takes_text(self) -> bool {
        matches!(self, Self::Editor | Self::Picker | Self::Prompt)
    }
}

//! Keys of all texts: words that stand alone, and sentences with arguments.

use crate::app::dialog::TextProblem;
use crate::app::fetch::Rest;
use crate::app::form::Matches;
use crate::app::inbox::Gap;
use crate::app::{FormOf, HistoryFailure};
use crate::domain::Millis;
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::keys::KeymapErrorKind;

/// Words and sentences that are always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Program,
    ReadOnly,
    Reading,
    // Whether changes are announced, in the header.
    Live,
    Polling,
    Elsewhere,
    Inbox,
    // Columns of the list.
    Kind,
    Initiator,
    Summary,
    Node,
    Waiting,
    Flags,
    /// The list is empty.
    AllDone,
    /// The filter hides every row.
    NothingFits,
    NoRequest,
    RequestNotLoaded,
    RequestLoading,
    // Labels of the summary.
    Flow,
    FlowDefinition,
    Status,
    MyNode,
    Created,
    Completed,
    WebLink,
    PcLink,
    MobileLink,
    OriginalProcess,
    ProcessNumber,
    LatestComment,
    System,
    /// No longer in the newest list.
    Gone,
    Changed,
    NoAbstracts,
    // Timeline.
    Started,
    CopiedTo,
    ToDo,
    Myself,
    Ended,
    WhoElse,
    Nobody,
    // Comments and copies.
    NoComments,
    NoCopies,
    // Form.
    EmptyValue,
    Yes,
    No,
    NoForm,
    NoFormForHiring,
    FormReading,
    FormNotRead,
    FormOutdated,
    EmptyForm,
    // Dialog.
    Cancel,
    /// Leave the list of open matters; all are kept.
    Later,
    /// Do not leave the program.
    Stay,
    /// Take a piece of news away.
    Noted,
    LeavingSendsNothing,
    /// The same in a demo, whose journal ends with it.
    LeavingKeepsNothing,
    /// A sent decision without an answer.
    SentUnanswered,
    /// A sent decision whose answer leaves the outcome open.
    SentUndecided,
    /// A sent decision whose process does not show the outcome.
    SentUnclear,
    /// On the normal screen: the next start finds out.
    LookedIntoLater,
    /// The same after a demo: nothing does.
    LookedIntoNever,
    /// On the normal screen: the case had changed.
    PartedChanged,
    /// The approver's text is kept for the next attempt.
    TextKept,
    /// On the normal screen, after a demo.
    TextGone,
    /// On the normal screen: the journal could not be written, so the approver's text may be lost.
    TextNotRecorded,
    /// In a review: the outcome of an earlier decision on the task is not known.
    MayRepeat,
    ReasonTitle,
    OpinionTitle,
    RemarkTitle,
    Required,
    Optional,
    // The key back to the text, in a review: without a text, and with one.
    WriteComment,
    EditComment,
    WriteReason,
    EditReason,
    WriteNote,
    EditNote,
    ActingAs,
    PositionTitle,
    MethodForSeveral,
    PickOne,
    PickSeveral,
    Searching,
    NobodyFound,
    /// No match, and the typed text may be initials, by which only known people are found.
    NobodyByInitials,
    TypeToSearch,
    Chosen,
    SourceRecent,
    RoleInitiator,
    RolePending,
    RoleActed,
    RoleCommented,
    RoleCopied,
    SourceElsewhere,
    SourceSearch,
    Hasty,
    // Pages.
    HelpTitle,
    MessagesTitle,
    LinksTitle,
    HistoryTitle,
    /// Heads the list of an earlier run's open matters.
    ReconcileHeading,
    /// Heads the list of this run's decisions that want an answer, with their common state.
    UnansweredHeading,
    UnansweredTitle,
    DifferenceTitle,
    NoHistory,
    ReadingOriginal,
    /// The base of the difference page.
    SinceDecided,
    SinceOpened,
    SinceOriginal,
    NoDifference,
    /// The same where it was compared: the forms were not.
    SameSummary,
    /// Over the difference in a review.
    ChangedSince,
    NoMessages,
    NoLinks,
    ScanWithPhone,
    ByNameOnly,
    // The user's files on the help page.
    Files,
    ConfigFile,
    KeymapFile,
    FileMissing,
    FlagUnopened,
    FlagUnconfirmed,
    FlagCare,
    FlagHeld,
    FlagSending,
    FlagUnknown,
    FlagFailed,
    FlagAccepted,
    FlagStopped,
    /// In place of a masked summary in the list.
    MaskedRow,
    ClearFilter,
    // Prompts.
    /// Enter on the command line.
    RunCommand,
    /// Enter in a filter or a search.
    ApplyWords,
    UnknownCommand,
}

/// Sentences with arguments.
#[derive(Clone, Debug)]
pub enum Sentence<'a> {
    /// "张伟发起的休假申请"; `requester` is `None` for the system.
    RequestFrom {
        requester: Option<&'a str>,
        kind: &'a str,
    },
    /// Pending tasks, and the row under the cursor. `count` is `None` before a list has come. `more`: there may be others.
    Pending {
        at: Option<usize>,
        count: Option<usize>,
        more: bool,
    },
    /// Share of the list's requests that are loaded.
    Loaded {
        percent: usize,
    },
    UpdatedAt(&'a str),
    /// New tasks that are not shown yet.
    NewTasks(usize),
    Held(usize),
    Sending(usize),
    Unknown(usize),
    /// Decisions that did not take effect.
    Failed(usize),
    LimitedUntil(&'a str),
    /// In place of a masked summary.
    MaskedSummary,
    /// How long a task waits, in minutes; a few cells.
    WaitingFor(i64),
    /// Other people who can act on the same step.
    OthersOnStep(usize),
    /// `key`: empty, or the key of the page with a space. `said`: the differences, once both readings are here.
    ComparedWithOriginal {
        key: &'a str,
        said: Option<&'a str>,
    },
    /// `total` if the whole list could be searched.
    Filtered {
        words: &'a str,
        shown: usize,
        total: Option<usize>,
    },
    /// Cases of the list that are not loaded, why not, and the time at which loading goes on.
    NotLoaded {
        count: usize,
        rest: Option<(Rest, &'a str)>,
    },
    /// The list has not been read to its end.
    ListNotWhole,
    /// Nothing that is loaded fits the filter.
    NothingFitsYet {
        not_loaded: usize,
    },
    TooSmall {
        columns: u16,
        rows: u16,
    },
    TooSmallToDecide,
    ListFailed(&'a str),
    /// In the place of a list that could not be read: the remedy.
    ReadAgain,
    /// In the place of a list that waits for the platform's limit, until this time.
    ListLimited(&'a str),
    /// The newest list may not be all of it.
    ListIncomplete(Gap),
    RequestFailed(&'a str),
    FormFailed(&'a str),
    /// The content is that of an earlier run.
    CachedRequest {
        at: &'a str,
        /// A newer reading is on its way.
        refreshing: bool,
    },
    /// The case is older than it should be, because a newer read failed.
    StaleRequest {
        at: &'a str,
        failure: &'a str,
    },
    ReplacedCharacters(u32),
    Attachments {
        files: i64,
        images: i64,
    },
    Mentions(&'a str),
    Items(usize),
    Fields(usize),
    Folded,
    /// Words searched for in the form, once they have been searched.
    Searching {
        words: &'a str,
        matches: Option<Matches>,
    },
    /// Above members of the answer that could not be read.
    UnreadMembers(usize),
    Broken(&'a Broken),
    Counter {
        have: usize,
        limit: usize,
    },
    TextProblem(TextProblem),
    /// The title of the field in which an opinion, reason or remark is written.
    Writing {
        action: &'a str,
        what: &'a str,
        need: &'a str,
    },
    /// The name of a tab with its count.
    Counted {
        name: &'a str,
        count: usize,
    },
    ChosenOf {
        chosen: usize,
        limit: usize,
    },
    PeopleFailed(&'a str),
    MoreLines(usize),
    /// So many values of the summary found no room in the review.
    SummaryCut(usize),
    /// The opinion in the review did not fit whole.
    OpinionCut {
        shown: &'a str,
        characters: usize,
    },
    /// A figure too long for the review.
    FigureCut {
        start: &'a str,
        end: &'a str,
        digits: usize,
    },
    /// Lines of the sentence in the review that did not fit after all cuts.
    ReviewHidden(usize),
    /// Asks what to do with held decisions.
    LeaveAsks {
        held: usize,
    },
    /// So many decisions are sent and answered before the program ends.
    LeaveWaits {
        left: usize,
    },
    /// Under that: a sent decision cannot be stopped, and how long its answer may take.
    SentStays {
        seconds: u64,
    },
    AndMore(usize),
    /// On the normal screen: where the approver finds their text.
    TextInHistory,
    /// Heads an earlier run's open matters with the end of that run.
    ReconcileTitle {
        broken_off: Option<(Millis, Option<SessionEnd>)>,
        /// Nothing waits for an answer any more.
        settled: bool,
    },
    ReconcileCount {
        waiting: usize,
    },
    HistoryCount {
        shown: usize,
        more: bool,
    },
    HistorySearched {
        words: &'a str,
        found: usize,
        /// So many of the newest were searched; `None`: all.
        of: Option<usize>,
    },
    HistoryFailed(&'a HistoryFailure),
    /// This form is missing: why it could not be read, or that the flow has none.
    FormsNotCompared {
        of: FormOf,
        why: Option<&'a str>,
    },
    KeymapFault {
        line: usize,
        kind: &'a KeymapErrorKind,
    },
}

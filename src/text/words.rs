//! What there is to say: words that stand alone, and sentences with something in them.

use crate::app::decide::TextProblem;
use crate::app::fetch::Rest;
use crate::app::inbox::Gap;
use crate::app::{FormOf, HistoryFailure};
use crate::domain::Millis;
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::keys::FaultKind;

/// Words and sentences that are always the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Program,
    ReadOnly,
    Reading,
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
    NoCase,
    CaseNotRead,
    CaseReading,
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
    /// Leave the list of what an earlier run left; everything is kept.
    Later,
    /// Do not leave the program.
    Stay,
    /// Take a piece of news away.
    Noted,
    LeavingSendsNothing,
    /// The same in a demo, whose journal ends with it.
    LeavingKeepsNothing,
    /// A decision that left, and no answer came.
    SentUnanswered,
    /// A decision that left, and the answer leaves open what became of it.
    SentUndecided,
    /// A decision that left, and reading its case did not settle what became of it.
    SentUnclear,
    /// On the normal screen: the next start finds out.
    LookedIntoLater,
    /// The same after a demo: nothing does.
    LookedIntoNever,
    /// On the normal screen: the case had changed.
    PartedChanged,
    /// What she wrote is there when she decides again.
    TextKept,
    /// On the normal screen, after a demo.
    TextGone,
    /// On the normal screen: the journal could not be written, so what she wrote may be nowhere.
    TextNotRecorded,
    /// In a review: the outcome of an earlier decision on the task is not known.
    MayRepeat,
    ReasonTitle,
    OpinionTitle,
    RemarkTitle,
    Required,
    Optional,
    CannedReasons,
    /// Another digit right after a canned reason.
    AnotherReason,
    ActingAs,
    PositionTitle,
    MethodForSeveral,
    PickOne,
    PickSeveral,
    Searching,
    NobodyFound,
    /// Nobody, and what was typed may be initials: those are looked for among the known only.
    NobodyByInitials,
    TypeToSearch,
    /// The same where there is less room.
    TypeToSearchShort,
    Chosen,
    SourceRecent,
    RoleInitiator,
    RolePending,
    RoleActed,
    RoleCommented,
    RoleCopied,
    SourceSearch,
    Hasty,
    // Pages.
    HelpTitle,
    MessagesTitle,
    LinksTitle,
    HistoryTitle,
    /// Over the list of what an earlier run left.
    ReconcileHeading,
    /// Over the list of decisions of this run that want an answer, and what they have in common.
    UnansweredHeading,
    UnansweredTitle,
    DifferenceTitle,
    NoHistory,
    ReadingOriginal,
    /// What "before" is on the difference page.
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
    FlagUnopened,
    FlagCare,
    FlagHeld,
    FlagSending,
    FlagUnknown,
    FlagFailed,
    FlagAccepted,
    // Prompts.
    UnknownCommand,
}

/// What needs something filled in.
#[derive(Clone, Debug)]
pub enum Sentence<'a> {
    /// "张伟 的 休假申请"
    CaseOf {
        initiator: &'a str,
        kind: &'a str,
    },
    /// `None`: no list has come yet. `more`: there may be others.
    Pending {
        count: Option<usize>,
        more: bool,
    },
    LoadedOf {
        loaded: usize,
        total: usize,
    },
    UpdatedAt(&'a str),
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
    SortedBy(&'a str),
    /// `total` where everything could be searched.
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
    /// In the place of a list that could not be read: what helps.
    ReadAgain,
    /// In the place of a list that waits for the platform's limit, until this time.
    ListLimited(&'a str),
    /// The newest list may not be all of it.
    ListIncomplete(Gap),
    CaseFailed(&'a str),
    FormFailed(&'a str),
    /// The case is older than it should be, because a newer read failed.
    StaleCase {
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
    FormSource {
        version: u8,
        fields: usize,
    },
    Searching(&'a str),
    /// Above members of the answer that could not be read.
    UnreadMembers(usize),
    Broken(&'a Broken),
    Counter {
        have: usize,
        limit: usize,
    },
    TextProblem(TextProblem),
    /// The digits themselves, in the place of the canned reason that they inserted.
    JustDigits(&'a str),
    /// The title of the field in which an opinion, reason or remark is written.
    Writing {
        action: &'a str,
        what: &'a str,
        need: &'a str,
    },
    /// The name of a tab with what it counts.
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
    /// So many lines of the sentence in the review did not fit, whatever gave way.
    ReviewHidden(usize),
    /// Held decisions: what is to become of them?
    LeaveAsks {
        held: usize,
    },
    /// So many decisions are sent and answered before the program ends.
    LeaveWaits {
        left: usize,
    },
    /// Under that: what was sent cannot be stopped any more, and how long its answer may take.
    SentStays {
        seconds: u64,
    },
    AndMore(usize),
    /// On the normal screen: where she finds what she wrote.
    TextInHistory,
    /// How the last run ended, over the list of what it left.
    ReconcileTitle {
        broken_off: Option<(Millis, Option<SessionEnd>)>,
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
        kind: &'a FaultKind,
    },
}

//! English.

use std::borrow::Cow;

use super::{Sentence, Voice, Word};
use crate::app::decide::TextProblem;
use crate::app::inbox::Sort;
use crate::app::people::PersonRefusal;
use crate::app::{Command, FaultProblem, Notice, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::domain::{Action, CleanText, DocumentType, DoneStatus, Lang, ProcessStatus, Properties, TaskStatus};
use crate::keys::FaultKind;
use crate::keys::keymap::layer_name;

pub(super) const fn word(word: Word) -> &'static str {
    match word {
        Word::Program => "Approvals",
        Word::ReadOnly => "READ ONLY",
        Word::Reading => "reading",
        Word::Inbox => "Inbox",
        Word::Kind => "Type",
        Word::Initiator => "Initiator",
        Word::Summary => "Summary",
        Word::Node => "Step",
        Word::Waiting => "Waits",
        Word::Flags => "Flags",
        Word::AllDone => "Nothing is pending. All done.",
        Word::NothingFits => "No pending task fits the filter.",
        Word::NoCase => "No case is selected.",
        Word::CaseNotRead => "The case has not been read yet.",
        Word::CaseReading => "Reading the case…",
        Word::Flow => "Business type",
        Word::FlowDefinition => "Flow",
        Word::Status => "Status",
        Word::MyNode => "My step",
        Word::Created => "Begun",
        Word::Completed => "Completed",
        Word::WebLink => "Web link",
        Word::PcLink => "Desktop link",
        Word::MobileLink => "Phone link",
        Word::OriginalProcess => "Original process",
        Word::ProcessNumber => "Process id",
        Word::LatestComment => "Latest comment",
        Word::System => "the system",
        Word::Gone => "no longer pending",
        Word::Changed => "changed since you opened it",
        Word::NoAbstracts => "(no summary)",
        Word::Started => "begun",
        Word::CopiedTo => "copied",
        Word::ToDo => "pending",
        Word::Myself => "you",
        Word::Ended => "process ended",
        Word::WhoElse => "Also on this step",
        Word::Nobody => "nobody",
        Word::NoComments => "No comments.",
        Word::NoCopies => "Nobody was copied.",
        Word::EmptyValue => "(empty)",
        Word::Yes => "yes",
        Word::No => "no",
        Word::NoForm => "This flow has no form that can be read here. Open the link and look in Feishu.",
        Word::NoFormForHiring => "Hiring forms cannot be read through the interface. Open the link and look in Feishu.",
        Word::FormReading => "Reading the form…",
        Word::FormNotRead => "The form has not been read yet.",
        Word::EmptyForm => "The form has no fields.",
        Word::Cancel => "cancel",
        Word::Later => "later",
        Word::PartedUnknown => "was sent but not answered; the next start looks into it",
        Word::PartedChanged => "was not sent: the case had changed",
        Word::MayRepeat => "Mind: whether the last decision took effect is not known; this may repeat it.",
        Word::Stay => "stay",
        Word::LeavingSendsNothing => "What is discarded is not sent, now or later; its text stays in the history.",
        Word::ReasonTitle => "Reason",
        Word::OpinionTitle => "Opinion",
        Word::RemarkTitle => "Remark",
        Word::Required => "required",
        Word::Optional => "optional",
        Word::CannedReasons => "Canned",
        Word::ActingAs => "Acting as",
        Word::PositionTitle => "Where do they stand?",
        Word::MethodForSeveral => "Several people count as",
        Word::PickOne => "Transfer to whom?",
        Word::PickSeveral => "Who approves as well?",
        Word::Searching => "searching…",
        Word::NobodyFound => "Nobody found.",
        Word::TypeToSearch => "Type a name, an e-mail address or an employee number",
        Word::Chosen => "Chosen",
        Word::SourceRecent => "recent",
        Word::SourceInCase => "in this case",
        Word::SourceSearch => "found",
        Word::Hasty => "Please read it first, then confirm.",
        Word::HelpTitle => "Keys",
        Word::MessagesTitle => "Messages",
        Word::LinksTitle => "Links of the case",
        Word::ReconcileHeading => "What the last run left",
        Word::HistoryTitle => "My decisions",
        Word::DifferenceTitle => "What changed",
        Word::SinceDecided => {
            "Not sent: compared with what was on screen when you decided. Deciding again accepts the case as it is now."
        }
        Word::SinceOpened => "Compared with what was on screen when you opened it last.",
        Word::SinceOriginal => "A correction: compared with the process that it corrects.",
        Word::NoDifference => "The contents are the same.",
        Word::ChangedSince => "Changed since you looked:",
        Word::NoHistory => "Nothing has been decided yet",
        Word::ReadingOriginal => "Reading the original …",
        Word::NoMessages => "No messages.",
        Word::NoLinks => "The platform gave no links.",
        Word::ScanWithPhone => "Scan with Feishu on your phone",
        Word::ByNameOnly => "By name only",
        Word::FlagUnopened => "not opened yet",
        Word::FlagCare => "needs care: look at the form before you approve",
        Word::FlagHeld => "held, with the seconds left",
        Word::FlagSending => "being sent",
        Word::FlagUnknown => "outcome unknown, being checked",
        Word::FlagFailed => "did not take effect",
        Word::FlagAccepted => "took effect",
        Word::UnknownCommand => "No such command",
    }
}

/// A count with its noun, in the plural where it must be.
fn counted<N: std::fmt::Display>(count: N, noun: &str) -> String {
    let count = count.to_string();
    let plural = if count == "1" { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn unknown_status(number: i64) -> Cow<'static, str> {
    format!("Unknown status ({number})").into()
}

pub(super) fn process_status(status: ProcessStatus) -> Cow<'static, str> {
    match status {
        ProcessStatus::InProgress => "In progress".into(),
        ProcessStatus::Rejected => "Rejected".into(),
        ProcessStatus::Withdrawn => "Withdrawn".into(),
        ProcessStatus::Revoked => "Revoked".into(),
        ProcessStatus::Completed => "Completed".into(),
        ProcessStatus::Revoking => "Revoking".into(),
        ProcessStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn task_status(status: TaskStatus) -> Cow<'static, str> {
    match status {
        TaskStatus::Skipped => "Skipped".into(),
        TaskStatus::Initiated => "Initiated".into(),
        TaskStatus::NotStarted => "Not started".into(),
        TaskStatus::InProgress => "In progress".into(),
        TaskStatus::Rejected => "Rejected".into(),
        TaskStatus::Approved => "Approved".into(),
        TaskStatus::Cancelled => "Cancelled".into(),
        TaskStatus::Copied => "Copied".into(),
        TaskStatus::FormSubmitted => "Form submitted".into(),
        TaskStatus::Failed => "Failed".into(),
        TaskStatus::RolledBack => "Rolled back".into(),
        TaskStatus::Revoking => "Revoking".into(),
        TaskStatus::Intervened => "Intervened".into(),
        TaskStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn done_status(status: DoneStatus) -> Cow<'static, str> {
    match status {
        DoneStatus::Rejected => "Rejected".into(),
        DoneStatus::Done => "Approved".into(),
        DoneStatus::Cancelled => "Cancelled".into(),
        DoneStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn document_type(kind: DocumentType) -> Cow<'static, str> {
    match kind {
        DocumentType::Approval => "Approval".into(),
        DocumentType::Form => "Form to fill in".into(),
        DocumentType::Unknown(number) => format!("Unknown type ({number})").into(),
    }
}

pub(super) fn properties(properties: Properties) -> Cow<'static, str> {
    match properties {
        Properties::Normal => "Normal".into(),
        Properties::Revocation => "Revocation".into(),
        Properties::Correction => "Correction".into(),
        Properties::Unknown(number) => format!("Unknown property ({number})").into(),
    }
}

pub(super) const fn action(action: Action) -> &'static str {
    match action {
        Action::Approve => "Approve",
        Action::Reject => "Reject",
        Action::Transfer => "Transfer",
        Action::AddSign => "Add approver",
        Action::Withdraw => "Withdraw",
        Action::Revoke => "Revoke",
    }
}

pub(super) const fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Summary => "Summary",
        Tab::Form => "Form",
        Tab::Timeline => "Timeline",
        Tab::Comments => "Comments",
        Tab::Copies => "Copies",
    }
}

pub(super) const fn sort(sort: Sort) -> &'static str {
    match sort {
        Sort::Waiting => "longest waiting",
        Sort::Newest => "newest",
        Sort::Kind => "type",
        Sort::Initiator => "initiator",
    }
}

pub(super) const fn position(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "Before me",
        AddSignPosition::Parallel => "Together with me",
        AddSignPosition::After => "After me",
    }
}

pub(super) const fn position_meaning(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "they approve first, then it comes back to me",
        AddSignPosition::Parallel => "we all must agree",
        AddSignPosition::After => "they approve once I have",
    }
}

pub(super) const fn method(method: AddSignMethod) -> &'static str {
    match method {
        AddSignMethod::AnyOne => "any one",
        AddSignMethod::All => "all",
    }
}

pub(super) const fn person_refusal(refusal: PersonRefusal) -> &'static str {
    match refusal {
        PersonRefusal::Oneself => "this is you",
        PersonRefusal::HandlesNode => "already handles this step",
        PersonRefusal::Full => "20 people at most",
        PersonRefusal::Nobody => "nobody is chosen yet",
    }
}

pub(super) fn sentence(sentence: &Sentence<'_>, voice: &Voice<'_>) -> String {
    match sentence {
        Sentence::CaseOf { initiator, kind } => format!("{kind} of {initiator}"),
        Sentence::Pending(count) => format!("{count} pending"),
        Sentence::LoadedOf { loaded, total } => format!("{loaded}/{total} loaded"),
        Sentence::UpdatedAt(time) => format!("as of {time}"),
        Sentence::Held(count) => format!("{count} held"),
        Sentence::Sending(count) => format!("{count} sending"),
        Sentence::Unknown(count) => format!("{count} unknown"),
        Sentence::LimitedUntil(time) => format!("limited until {time}"),
        Sentence::MaskedSummary => format!("[masked: {} shows it]", voice.key(Command::Reveal)),
        Sentence::WaitingFor(minutes) => match minutes {
            ..60 => format!("{}m", (*minutes).max(0)),
            60..2880 => format!("{}h", minutes / 60),
            _ => format!("{}d", minutes / 1440),
        },
        Sentence::SortedBy(order) => format!("by {order}"),
        Sentence::Filtered { words, shown, total } => {
            format!("filter \"{words}\" {shown}/{total}, {} changes it", voice.key(Command::Find))
        }
        Sentence::TooSmall { columns, rows } => format!("Too small ({columns}x{rows}): 40x10 at least"),
        Sentence::TooSmallToDecide => "Too small to decide: enlarge the window".to_owned(),
        Sentence::ListFailed(failure) => format!("The list could not be read: {failure}"),
        Sentence::CaseFailed(failure) => format!("The case could not be read: {failure}"),
        Sentence::FormFailed(failure) => format!("The form could not be read: {failure}"),
        Sentence::StaleCase { at, failure } => {
            format!("What follows was read at {at}; reading it again failed: {failure}")
        }
        Sentence::ReplacedCharacters(count) => format!("{} made visible", counted(*count, "control character")),
        Sentence::Attachments { files: 0, images } => counted(*images, "image"),
        Sentence::Attachments { files, images: 0 } => counted(*files, "attachment"),
        Sentence::Attachments { files, images } => {
            format!("{}, {}", counted(*files, "attachment"), counted(*images, "image"))
        }
        Sentence::Mentions(names) => format!("mentions {names}"),
        Sentence::Items(1) => "1 entry".to_owned(),
        Sentence::Items(count) => format!("{count} entries"),
        Sentence::Fields(count) => counted(*count, "field"),
        Sentence::Folded => "folded".to_owned(),
        Sentence::FormSource { version, fields } => format!("{} · interface v{version}", counted(*fields, "field")),
        Sentence::Searching(words) => format!("searching \"{words}\""),
        Sentence::Broken(broken) => match broken {
            Broken::MissingKey(key) => format!("the platform left this value out ({})", key.line()),
            Broken::Cycle(key) => format!("this value contains itself ({})", key.line()),
            Broken::TooDeep => "nested too deeply to be read".to_owned(),
            Broken::Malformed(text) => format!("malformed: {}", text.line()),
        },
        Sentence::Counter { have, limit } => format!("{have}/{limit}"),
        Sentence::Writing { action, what, need } => format!("{action}: {} ({need})", what.to_lowercase()),
        Sentence::Counted { name, count: 0 } => (*name).to_owned(),
        Sentence::Counted { name, count } => format!("{name} ({count})"),
        Sentence::TextProblem(TextProblem::Empty) => "A reason is required.".to_owned(),
        Sentence::TextProblem(TextProblem::TooLong(over)) => format!("{} too many.", counted(*over, "character")),
        Sentence::ChosenOf { chosen, limit } => format!("{chosen}/{limit} chosen"),
        Sentence::PeopleFailed(failure) => format!("The search failed: {failure}"),
        Sentence::MoreLines(count) => counted(*count, "more line"),
        Sentence::OpinionCut { shown, characters } => format!("{shown}… ({characters} characters in all)"),
        Sentence::LeaveAsks { held } => format!("{held} held and not sent: what is to become of them?"),
        Sentence::LeaveWaits { left } => format!("{left} still to be answered; leaving after that"),
        Sentence::AndMore(more) => format!("and {more} more"),
        Sentence::ReconcileTitle { broken_off: Some((at, how)) } => format!(
            "The last run broke off ({}{}). Nothing is sent again by itself; these decisions want an answer.",
            voice.moment(*at),
            ending(*how)
        ),
        Sentence::ReconcileTitle { broken_off: None } => "These decisions have no answer yet.".to_owned(),
        Sentence::ReconcileCount { waiting: 0 } => "all answered".to_owned(),
        Sentence::ReconcileCount { waiting } => format!("{waiting} to answer"),
        Sentence::HistoryCount { shown, more: false } => format!("{shown}"),
        Sentence::HistoryCount { shown, more: true } => format!("the newest {shown}; shenpi journal prints all"),
        Sentence::HistorySearched { words, found } => format!("\"{words}\": {found} found"),
        Sentence::HistoryFailed(why) => format!("The journal cannot be read: {why}"),
        Sentence::KeymapFault { line, kind } => format!("line {line}: {}", fault(kind, voice)),
    }
}

/// How a run ended, behind its time.
fn ending(how: Option<SessionEnd>) -> String {
    match how {
        None => ", killed without a word".to_owned(),
        Some(SessionEnd::Quit) => String::new(),
        Some(SessionEnd::Signal(1)) => ", the terminal hung up, SIGHUP".to_owned(),
        Some(SessionEnd::Signal(15)) => ", told to end, SIGTERM".to_owned(),
        Some(SessionEnd::Signal(number)) => format!(", signal {number}"),
        Some(SessionEnd::Panicked) => ", an error of the program".to_owned(),
    }
}

fn fault(kind: &FaultKind, voice: &Voice<'_>) -> String {
    let named = |command: &Command| format!("{} ({})", voice.keymap.word(*command, Lang::En), command.name());
    match kind {
        FaultKind::Syntax(message) => format!("not TOML: {message}"),
        FaultKind::UnknownLayer(name) => format!("there is no layer [{name}]"),
        FaultKind::UnknownStroke(stroke) => format!("\"{stroke}\" is no stroke that a terminal sends"),
        FaultKind::UnknownCommand(name) => format!("there is no command \"{name}\""),
        FaultKind::WrongKind(name) => {
            format!("\"{name}\" is of the wrong kind: a layer is a table, a stroke has the name of a command")
        }
        FaultKind::BoundTwice { layer, stroke, first } => {
            format!("[{}] binds {stroke} on line {first} already", layer_name(*layer))
        }
        FaultKind::NoKeyLeft { layer, command } => {
            format!("[{}] leaves no key for {}", layer_name(*layer), named(command))
        }
        FaultKind::ConfirmOnEnter => {
            "confirm cannot be Enter: it is pressed too easily, and pasted text brings it along".to_owned()
        }
        FaultKind::ConfirmOpens { stroke, command } => {
            format!("{stroke} would both confirm and be {}: pressed twice, it would decide unread", named(command))
        }
        FaultKind::DecidesWhenTorn { stroke, command } => {
            format!("{} cannot be {stroke}: on a slow line a torn cursor key arrives as that character", named(command))
        }
        FaultKind::TakesText { layer, stroke } => {
            format!("[{}] is a text field: bound, {stroke} could not be written any more", layer_name(*layer))
        }
    }
}

pub(super) fn reason(reason: Reason, voice: &Voice<'_>) -> String {
    match reason {
        Reason::NoTask => "No task is selected.".to_owned(),
        Reason::NotLoaded => "The case has not been read yet; please wait a moment.".to_owned(),
        Reason::ReadOnly => "This is read-only mode; nothing can be decided.".to_owned(),
        Reason::Held => {
            format!("A decision on this task is still held; {} takes it back.", voice.key(Command::TakeBack))
        }
        Reason::Sending => "A decision on this task is being sent.".to_owned(),
        Reason::OutcomeUnknown => "Whether the last decision took effect is being checked.".to_owned(),
        Reason::Decided => "This task has been decided already.".to_owned(),
        Reason::NotOpen => "This task is no longer open: somebody else handled it, or the process ended.".to_owned(),
        Reason::FormTask => {
            format!("This task is a form to fill in; do it in Feishu ({} shows the links).", voice.key(Command::Links))
        }
        Reason::FormNotSeen => {
            format!("This case needs care: look at its form first ({}).", voice.key(Command::Show(Tab::Form)))
        }
        Reason::NoJournal => {
            "The journal cannot be written, and nothing is sent without a trace; check the disk, then start again."
                .to_owned()
        }
        Reason::SecondInstance => "Another window has this queue; this one is read-only.".to_owned(),
        Reason::NoDifference => "There is nothing to compare: nothing changed since you opened it.".to_owned(),
        Reason::Unreadable => {
            "Its record is damaged, nobody knows what was decided; look it up in Feishu, then discard it.".to_owned()
        }
        Reason::NotReadable => format!("The case could not be read; {} tries again.", voice.key(Command::Refresh)),
        Reason::NothingToSend => "This one has its answer; nothing more is needed.".to_owned(),
        Reason::NotRunning => "The process is not running, so it cannot be withdrawn.".to_owned(),
        Reason::NotCompleted => "The process is not completed, so it cannot be revoked.".to_owned(),
        Reason::NoForm => "There is no form.".to_owned(),
        Reason::NotAFile => "The cursor is not on a file.".to_owned(),
        Reason::NothingHeld => "No decision is held.".to_owned(),
        Reason::NotHere => "This key means nothing here.".to_owned(),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one sentence for each notice")]
pub(super) fn notice(notice: &Notice, voice: &Voice<'_>) -> String {
    match notice {
        Notice::ReadFailed(failure) => voice.failure(failure),
        Notice::Unavailable { command, reason } => {
            format!("Cannot {}: {}", voice.keymap.word(*command, Lang::En), voice.reason(*reason))
        }
        Notice::TooHasty => word(Word::Hasty).to_owned(),
        Notice::TooSmall => "Too small to decide: enlarge the window".to_owned(),
        Notice::PasteIgnored => "The paste was ignored: no text is written here.".to_owned(),
        Notice::Held { action: done, target } => {
            format!("{}: {} is held, {} takes it back", action(*done), voice.case(target), voice.key(Command::TakeBack))
        }
        Notice::TakenBack { target } => format!("Taken back: {}; it was not sent.", voice.case(target)),
        Notice::AllTakenBack { count } => format!("{count} decisions taken back; none was sent."),
        Notice::NothingToTakeBack => "No decision is held.".to_owned(),
        Notice::Accepted { action: done, target, .. } => format!("Done: {}: {}", action(*done), voice.case(target)),
        Notice::Refused { action: done, target, failure } => {
            format!("{}: {} did not take effect: {}", action(*done), voice.case(target), voice.failure(failure))
        }
        Notice::NotSent { action: done, target, failure } => {
            format!(
                "{}: {} was not sent, your text is kept: {}",
                action(*done),
                voice.case(target),
                voice.failure(failure)
            )
        }
        Notice::Unknown { action: done, target, failure } => format!(
            "{}: {} was sent but not answered; it is being checked, do not repeat it: {}",
            action(*done),
            voice.case(target),
            voice.failure(failure)
        ),
        Notice::FoundApplied { action: done, target, evidence } => {
            format!("Checked: {}: {} took effect{}", action(*done), voice.case(target), voice.because(evidence))
        }
        Notice::FoundNotApplied { action: done, target, evidence } => format!(
            "Checked: {}: {} did not take effect{}. You can decide again, your text is kept",
            action(*done),
            voice.case(target),
            voice.because(evidence)
        ),
        Notice::FoundOvertaken { action: done, target, evidence } => format!(
            "Checked: {}: {} was not used, your task ended otherwise{}. Your text is kept",
            action(*done),
            voice.case(target),
            voice.because(evidence)
        ),
        Notice::Changed { action: done, target, before, now } => format!(
            "{}: {} was not sent: {}. {} shows what changed; deciding again accepts the case as it is now, your text is \
             kept",
            action(*done),
            voice.case(target),
            voice.change(before.as_ref(), now).unwrap_or_else(|| "the case has changed since you looked".to_owned()),
            voice.key(Command::Difference)
        ),
        Notice::CaseChanged { before, now } => format!(
            "{}. {} shows what changed",
            voice.change(Some(before), now).unwrap_or_else(|| "The case has changed".to_owned()),
            voice.key(Command::Difference)
        ),
        Notice::ChangedUnderReview => "The case has just changed: read what changed above, then confirm.".to_owned(),
        Notice::Slept { action: done, target } => format!(
            "{}: {} was not sent: the computer slept, its clock was set, or this program was stopped while it was held. Look again and decide \
             anew, your text is kept",
            action(*done),
            voice.case(target)
        ),
        Notice::CaseEnded { target, status: ProcessStatus::InProgress } => format!(
            "{}: the task was cancelled or handed on. Your decision was not used, your text is kept",
            voice.case(target)
        ),
        Notice::CaseEnded { target, status } => format!(
            "{}: the process is {} by now. Your decision was not used, your text is kept",
            voice.case(target),
            process_status(*status)
        ),
        Notice::StillUnknown { action: done, target, evidence } => format!(
            "{}: {}: the outcome is still not known{}. {} checks again, {} shows the links",
            action(*done),
            voice.case(target),
            voice.because(evidence),
            voice.key(Command::Refresh),
            voice.key(Command::Links)
        ),
        Notice::SomeoneWasFaster { target, who, at, status, opinion } => {
            let who = voice.text(who);
            let who = if who.is_empty() { word(Word::System).into() } else { who };
            let opinion = if opinion.is_empty() { String::new() } else { format!(", opinion \"{}\"", opinion.line()) };
            let result = done_status(*status);
            let at = at.map(|at| format!("at {} ", voice.moment(at))).unwrap_or_default();
            format!(
                "{} was handled {at}by {who}: {result}{opinion}. Your decision was not used, your text is kept",
                voice.case(target)
            )
        }
        Notice::Refreshed { arrived: 0, gone: 0 } => "Refreshed, nothing changed".to_owned(),
        Notice::Refreshed { arrived, gone } => format!("Refreshed: {arrived} came, {gone} went"),
        Notice::FaultsInForce(faults) if faults.is_empty() => "No fault is in force.".to_owned(),
        Notice::FaultsInForce(faults) => format!("Faults in force: {}", faults.join(" ")),
        Notice::FaultNotSet(problem) => fault_problem(problem),
        Notice::Copied => "Copied. If nothing can be pasted, look at set-clipboard of the terminal or tmux".to_owned(),
        Notice::NothingToCopy => "There is no value to copy here.".to_owned(),
        Notice::Saved(path) => format!("Saved to {}", CleanText::new(&path.to_string_lossy()).line()),
        Notice::NoMatch => "Not found.".to_owned(),
        Notice::DecisionsWait { seconds } => {
            format!("The platform limits requests; held decisions are sent in {seconds} s")
        }
        Notice::DiscardedOnLeaving { action: done, target } => {
            format!("{}: {} was not sent; it was discarded when you left", action(*done), voice.case(target))
        }
        Notice::JournalLost(failure) => format!("{} No decision can be made in this run.", voice.failure(failure)),
        Notice::JournalUnreadable { lines } => {
            format!("{lines} lines of the journal cannot be read; they are kept beside it in a file \"unreadable\"")
        }
        Notice::Reconciled => "Everything has its answer; on with the queue.".to_owned(),
        Notice::NothingToReconcile => "No decision wants an answer.".to_owned(),
        Notice::SecondInstance(holder) => format!(
            "{} has this queue; this window is read-only. Leave the other one and start again to decide.",
            voice.holder(holder)
        ),
    }
}

pub(super) fn fault_problem(problem: &FaultProblem) -> String {
    let asked = |written: &str, meant: Option<&str>, known: &[&str]| match meant {
        Some(meant) => format!("\"{}\"; did you mean {meant}?", CleanText::new(written).line()),
        None => format!("\"{}\"; known: {}", CleanText::new(written).line(), known.join(" ")),
    };
    match problem {
        FaultProblem::Name { written, meant, known } => format!("There is no fault {}", asked(written, *meant, known)),
        FaultProblem::Target { written, meant, known } => {
            format!("There is no interface {}", asked(written, *meant, known))
        }
        FaultProblem::Count(written) => {
            format!("The count is a number above 0, or * until cleared, not \"{}\"", CleanText::new(written).line())
        }
        FaultProblem::Argument(written) => {
            format!("\"{}\" is no argument of this fault", CleanText::new(written).line())
        }
    }
}

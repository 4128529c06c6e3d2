//! English.

use std::borrow::Cow;

mod notice;
mod word;

pub(super) use notice::notice;
pub(super) use word::word;

use super::when::Wait;
use super::{Localizer, Sentence};
use crate::app::dialog::TextProblem;
use crate::app::fetch::Rest;
use crate::app::form::Matches;
use crate::app::inbox::Gap;
use crate::app::people::PersonRefusal;
use crate::app::{Closed, Command, FaultProblem, FormOf, HistoryFailure, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::domain::{Action, CleanText, DocumentType, DoneStatus, Lang, ProcessStatus, Properties, TaskStatus};
use crate::keys::KeymapErrorKind;
use crate::keys::keymap::layer_name;

/// Where the history should stand, and on the normal screen.
pub(super) const NEWER_JOURNAL: &str =
    "A newer version of shenpi wrote the history; this version cannot read all of it. Update shenpi";

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
        TaskStatus::Cancelled => "Canceled".into(),
        TaskStatus::Copied => "CC".into(),
        TaskStatus::FormSubmitted => "Form submitted".into(),
        TaskStatus::Failed => "Failed".into(),
        TaskStatus::RolledBack => "Returned".into(),
        TaskStatus::Revoking => "Revoking".into(),
        TaskStatus::Intervened => "Handled by admin".into(),
        TaskStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn done_status(status: DoneStatus) -> Cow<'static, str> {
    match status {
        DoneStatus::Rejected => "Rejected".into(),
        DoneStatus::Done => "Approved".into(),
        DoneStatus::Cancelled => "Canceled".into(),
        DoneStatus::Unknown(number) => unknown_status(number),
    }
}

pub(super) fn document_type(kind: DocumentType) -> Cow<'static, str> {
    match kind {
        DocumentType::Approval => "Approval".into(),
        DocumentType::Form => "Form".into(),
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

/// A decision on a request.
pub(super) fn deciding(done: Action, request: &str) -> String {
    match done {
        Action::AddSign => format!("Add approver to {request}"),
        done => format!("{} {request}", action(done)),
    }
}

pub(super) const fn tab(tab: Tab) -> &'static str {
    match tab {
        Tab::Summary => "Summary",
        Tab::Form => "Form",
        Tab::Timeline => "Timeline",
        Tab::Comments => "Comments",
        Tab::Copies => "CC",
    }
}

pub(super) const fn action_mark(action: Action) -> &'static str {
    match action {
        Action::Approve => "A",
        Action::Reject => "R",
        Action::Transfer => "T",
        Action::AddSign => "+",
        Action::Withdraw | Action::Revoke => "W",
    }
}

pub(super) const fn position(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "Before me",
        AddSignPosition::Parallel => "With me",
        AddSignPosition::After => "After me",
    }
}

pub(super) const fn position_meaning(position: AddSignPosition) -> &'static str {
    match position {
        AddSignPosition::Before => "they approve first, then it returns to you",
        AddSignPosition::Parallel => "everyone must approve",
        AddSignPosition::After => "they approve after you",
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
        PersonRefusal::HandlesNode => "already an approver of this step",
        PersonRefusal::Full => "20 people at most",
        PersonRefusal::Nobody => "pick at least one",
        PersonRefusal::NoneMarked => "select someone with ↓, or type a name",
    }
}

/// The words of the filter, how many tasks it shows, and of how many.
fn filtered(localizer: &Localizer<'_>, words: &str, shown: usize, total: Option<usize>) -> String {
    let Some(total) = total else { return format!("filter \"{words}\": {shown}") };
    let keys =
        [localizer.with_key(Command::Find, " · ", " edit"), localizer.with_key(Command::Escape, " · ", " clear")];
    format!("filter \"{words}\": {shown} of {total}{}", keys.concat())
}

/// The words of a search in the form, the match under the cursor and how many there are, with the keys to the others.
fn searching(localizer: &Localizer<'_>, words: &str, matches: Option<Matches>) -> String {
    let Some(matches) = matches else { return format!("Search \"{words}\"") };
    let keys = [
        localizer.with_key(Command::NextMatch, ", ", " next"),
        localizer.with_key(Command::PreviousMatch, ", ", " previous"),
    ];
    match matches {
        Matches { count: 0, .. } => format!("Search \"{words}\": no match"),
        Matches { count: 1, .. } => format!("Search \"{words}\": 1 match"),
        Matches { at: Some(at), count } => format!("Search \"{words}\" {at}/{count}{}", keys.concat()),
        Matches { at: None, count } => format!("Search \"{words}\": {count} matches{}", keys.concat()),
    }
}

/// Why loading rests, and until when.
fn resting(localizer: &Localizer<'_>, rest: Option<(Rest, &str)>) -> String {
    match rest {
        Some((Rest::Limited(_), until)) => format!(" (rate-limited until {until})"),
        Some((Rest::Paused, _)) => {
            format!(" (loading stopped{})", localizer.with_key(Command::Refresh, "; ", " continues"))
        }
        None => String::new(),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one line for each sentence")]
pub(super) fn sentence(sentence: &Sentence<'_>, localizer: &Localizer<'_>) -> String {
    match sentence {
        Sentence::RequestFrom { requester: Some(requester), kind } => format!("{kind} from {requester}"),
        Sentence::RequestFrom { requester: None, kind } => format!("{kind} (system)"),
        Sentence::Pending { count: Some(count), at, more } => {
            let at = at.map(|at| format!("{at}/")).unwrap_or_default();
            format!("{at}{count}{} pending", if *more { "+" } else { "" })
        }
        Sentence::Pending { count: None, .. } => "– pending".to_owned(),
        Sentence::Loaded { percent } => format!("{percent}% loaded"),
        Sentence::UpdatedAt(time) => format!("as of {time}"),
        Sentence::Held(count) => format!("{count} queued"),
        Sentence::Sending(count) => format!("{count} sending"),
        Sentence::Unknown(count) => format!("{count} unknown"),
        Sentence::Failed(count) => format!("{count} failed"),
        Sentence::LimitedUntil(time) => format!("limited until {time}"),
        Sentence::MaskedSummary => format!("[masked{}]", localizer.with_key(Command::Reveal, ", ", " to reveal")),
        Sentence::WaitingFor(minutes) => match Wait::of(*minutes) {
            Wait::Minutes(minutes) => format!("{minutes}m"),
            Wait::Hours(hours) => format!("{hours}h"),
            Wait::Days(days) => format!("{days}d"),
            Wait::Years(years) => format!("{years}y"),
            Wait::Longer => ">99y".to_owned(),
        },
        Sentence::OthersOnStep(1) => "1 other can act".to_owned(),
        Sentence::OthersOnStep(count) => format!("{count} others can act"),
        Sentence::ComparedWithOriginal { key, said } => {
            format!("{key}Compared with the original{}", said.map(|said| format!(": {said}")).unwrap_or_default())
        }
        Sentence::Filtered { words, shown, total } => filtered(localizer, words, *shown, *total),
        Sentence::NotLoaded { count, rest } => format!("{count} more not loaded{}", resting(localizer, *rest)),
        Sentence::ListNotWhole => "list not fully loaded".to_owned(),
        Sentence::NothingFitsYet { not_loaded: 0 } => {
            "No loaded task matches the filter; the list is not fully loaded.".to_owned()
        }
        Sentence::NothingFitsYet { not_loaded } => {
            format!("No loaded task matches the filter; {not_loaded} more not loaded.")
        }
        Sentence::TooSmall { columns, rows } => format!("Too small ({columns}x{rows}); needs 40x10"),
        Sentence::TooSmallToDecide => "Window too small to confirm; enlarge it".to_owned(),
        Sentence::ListFailed(failure) => format!("Could not load the list. {failure}"),
        Sentence::NewTasks(count) => new_tasks(*count, localizer),
        Sentence::ReadAgain => localizer.with_key(Command::Refresh, "Press ", " to retry."),
        Sentence::ListLimited(time) => format!("Rate-limited by Feishu; loading continues at {time}."),
        Sentence::ListIncomplete(gap) => incomplete(*gap, localizer),
        Sentence::RequestFailed(failure) => format!("Could not load the request. {failure}"),
        Sentence::FormFailed(failure) => format!("Could not load the form. {failure}"),
        Sentence::CachedRequest { at, refreshing: true } => format!("Shown as of {at}, refreshing"),
        Sentence::CachedRequest { at, .. } => format!("Shown as of {at}, not refreshed yet"),
        Sentence::StaleRequest { at, failure } => {
            format!("Shown as of {at}; refresh failed. {failure}")
        }
        Sentence::ReplacedCharacters(count) => format!("{} shown as symbols", counted(*count, "control character")),
        Sentence::Attachments { files: 0, images } => counted(*images, "image"),
        Sentence::Attachments { files, images: 0 } => counted(*files, "attachment"),
        Sentence::Attachments { files, images } => {
            format!("{}, {}", counted(*files, "attachment"), counted(*images, "image"))
        }
        Sentence::Mentions(names) => format!("@{names}"),
        Sentence::Items(1) => "1 entry".to_owned(),
        Sentence::Items(count) => format!("{count} entries"),
        Sentence::Fields(count) => counted(*count, "field"),
        Sentence::Folded => "folded".to_owned(),
        Sentence::Searching { words, matches } => searching(localizer, words, *matches),
        Sentence::UnreadMembers(count) => {
            format!("{} not recognized, shown as received:", counted(*count, "field"))
        }
        Sentence::Broken(broken) => match broken {
            Broken::MissingKey(key) => format!("missing value ({})", key.line()),
            Broken::Cycle(key) => format!("circular value ({})", key.line()),
            Broken::TooDeep => "nested too deeply".to_owned(),
            Broken::Malformed(text) => format!("malformed: {}", text.line()),
        },
        Sentence::Counter { have, limit } => format!("{have}/{limit}"),
        Sentence::Writing { action, what, need } => format!("{action} – {} ({need})", what.to_lowercase()),
        Sentence::Counted { name, count: 0 } => (*name).to_owned(),
        Sentence::Counted { name, count } => format!("{name} ({count})"),
        Sentence::TextProblem(TextProblem::Empty) => "A reason is required".to_owned(),
        Sentence::TextProblem(TextProblem::TooLong(over)) => format!("{} over the limit", counted(*over, "character")),
        Sentence::ChosenOf { chosen, limit } => format!("{chosen}/{limit} selected"),
        Sentence::PeopleFailed(failure) => format!("Search failed. {failure}"),
        Sentence::MoreLines(count) => counted(*count, "more line"),
        Sentence::SummaryCut(left) => format!("({left} more in the summary)"),
        Sentence::OpinionCut { shown, characters } => format!("{shown}… ({characters} characters in all)"),
        Sentence::FigureCut { start, end, digits } => format!("{start}…{end} ({digits} digits)"),
        Sentence::ReviewHidden(lines) => format!("{} hidden; enlarge the window to confirm", counted(*lines, "line")),
        Sentence::LeaveAsks { held } => format!("{} not sent yet. Quit anyway?", counted(*held, "decision")),
        Sentence::LeaveWaits { left } => format!("Waiting for {}, then quitting", counted(*left, "decision")),
        Sentence::SentStays { seconds } if localizer.simulated => {
            format!("Sent decisions cannot be undone. Up to about {seconds} s.")
        }
        Sentence::SentStays { seconds } => format!(
            "Sent decisions cannot be undone. Up to about {seconds} s; anything still unknown is checked at the next start."
        ),
        Sentence::AndMore(more) => format!("and {more} more"),
        Sentence::TextInHistory => {
            format!(
                "your text is in the history ({}shenpi journal --csv)",
                localizer.with_key(Command::History, "", ", or ")
            )
        }
        Sentence::ReconcileTitle { broken_off, settled } => {
            let end = broken_off.map(|(at, how)| {
                format!("The last session ended abnormally ({}{}).", localizer.moment(at), ending(how))
            });
            match (end, settled) {
                (Some(end), false) => format!("{end} Nothing was re-sent; review these:"),
                (Some(end), true) => format!("{end} Everything that it left is settled."),
                (None, false) => "Left from an earlier session:".to_owned(),
                (None, true) => "Everything that an earlier session left is settled.".to_owned(),
            }
        }
        Sentence::ReconcileCount { waiting: 0 } => "all done".to_owned(),
        Sentence::ReconcileCount { waiting } => format!("{waiting} left"),
        Sentence::HistoryCount { shown, more: false } => counted(*shown, "decision"),
        Sentence::HistoryCount { shown, more: true } if localizer.simulated => format!("latest {shown}"),
        Sentence::HistoryCount { shown, more: true } => format!("latest {shown}; all: shenpi journal"),
        Sentence::HistorySearched { words, found, of: None } => format!("\"{words}\": {found} found"),
        Sentence::HistorySearched { words, found, of: Some(of) } => {
            format!("\"{words}\": {found} found in the latest {of}")
        }
        Sentence::HistoryFailed(HistoryFailure::System(why)) => format!("Cannot read the history: {}", why.line()),
        Sentence::HistoryFailed(HistoryFailure::Newer) => NEWER_JOURNAL.to_owned(),
        Sentence::FormsNotCompared { of, why } => {
            let whose = match of {
                FormOf::Original => "the original",
                FormOf::Correction => "the correction",
            };
            match why {
                Some(why) => format!("Forms not compared: could not load the form of {whose}. {why}"),
                None => format!("Forms not compared: {whose} has no form to show."),
            }
        }
        Sentence::KeymapFault { line, kind } => format!("line {line}: {}", fault(kind, localizer)),
    }
}

/// New tasks that are not shown yet, and the key that shows them.
fn new_tasks(count: usize, localizer: &Localizer<'_>) -> String {
    let (tasks, shows) = if count == 1 { ("task", " shows it") } else { ("tasks", " shows them") };
    format!("{count} new {tasks}{}", localizer.with_key(Command::Refresh, " · ", shows))
}

/// Says that the list may be longer than the received part, why, and which key helps.
fn incomplete(gap: Gap, localizer: &Localizer<'_>) -> String {
    let rows = (gap.unreadable > 0).then(|| format!("{} unreadable", counted(gap.unreadable, "row")));
    let why: Vec<_> = gap.broken.then(|| "paging broke off".to_owned()).into_iter().chain(rows).collect();
    let key = localizer.with_key(Command::Refresh, ". ", " refreshes it");
    format!("The inbox may be incomplete: {}{key}", why.join(", "))
}

/// How a run ended, behind its time.
fn ending(how: Option<SessionEnd>) -> String {
    match how {
        None => ", killed".to_owned(),
        Some(SessionEnd::Quit) => String::new(),
        Some(SessionEnd::Signal(1)) => ", terminal closed (SIGHUP)".to_owned(),
        Some(SessionEnd::Signal(15)) => ", terminated (SIGTERM)".to_owned(),
        Some(SessionEnd::Signal(number)) => format!(", signal {number}"),
        Some(SessionEnd::Panicked) => ", crashed".to_owned(),
    }
}

fn fault(kind: &KeymapErrorKind, localizer: &Localizer<'_>) -> String {
    let named = |command: &Command| format!("{} ({})", localizer.keymap.word(*command, Lang::En), command.name());
    match kind {
        KeymapErrorKind::Syntax(message) => format!("TOML error: {message}"),
        KeymapErrorKind::UnknownLayer(name) => format!("unknown layer [{name}]"),
        KeymapErrorKind::UnknownStroke(stroke) => format!("unknown key \"{stroke}\""),
        KeymapErrorKind::UnknownCommand(name) => format!("unknown command \"{name}\""),
        KeymapErrorKind::WrongKind(name) => {
            format!("\"{name}\" has the wrong type; a layer is a table, a key has the name of a command")
        }
        KeymapErrorKind::BoundTwice { layer, stroke, first } => {
            format!("[{}] {stroke} is already bound on line {first}", layer_name(*layer))
        }
        KeymapErrorKind::NoKeyLeft { layer, command } => {
            format!("{} has no key in [{}]", named(command), layer_name(*layer))
        }
        KeymapErrorKind::ConfirmOnEnter => {
            "Enter cannot confirm; it is too easy to hit, and pastes contain it".to_owned()
        }
        KeymapErrorKind::ConfirmOpens { stroke, command } => {
            format!("{stroke} cannot be both confirm and {}; pressing it twice would confirm unread", named(command))
        }
        KeymapErrorKind::DecidesWhenTorn { stroke, command } => {
            format!("{} cannot be {stroke}; on a slow line an arrow key may arrive as that character", named(command))
        }
        KeymapErrorKind::TakesText { layer, stroke } => {
            format!("[{}] is a text field; {stroke} could no longer be typed", layer_name(*layer))
        }
    }
}

pub(super) fn reason(reason: Reason, localizer: &Localizer<'_>) -> String {
    match reason {
        Reason::NoTask => "No task selected.".to_owned(),
        Reason::NotLoaded => "Still loading; try again in a moment.".to_owned(),
        Reason::ReadOnly => "Read-only mode: you can look but not decide.".to_owned(),
        Reason::Held => {
            format!("Already queued{}.", localizer.with_key(Command::TakeBack, "; press ", " to undo"))
        }
        Reason::Sending => "A decision on this task is being sent.".to_owned(),
        Reason::OutcomeUnknown => "Checking whether your last decision was applied.".to_owned(),
        Reason::Decided => "You have already handled this task.".to_owned(),
        Reason::TaskUnreadable => "This task cannot be recognized; handle it in Feishu.".to_owned(),
        Reason::NotOpen(Some(Closed::ByOperator(status))) => {
            format!("You already handled this task elsewhere ({}).", done_status(status).to_lowercase())
        }
        Reason::NotOpen(Some(Closed::ByAnother(status))) => {
            format!("Someone else already handled this task ({}).", done_status(status).to_lowercase())
        }
        Reason::NotOpen(Some(Closed::WithProcess(ProcessStatus::InProgress))) => {
            "This task was canceled or transferred; nothing to do.".to_owned()
        }
        Reason::NotOpen(Some(Closed::WithProcess(status))) => {
            format!("The process was {}; nothing to do.", process_status(status).to_lowercase())
        }
        Reason::NotOpen(None) => "This task has ended; nothing to do.".to_owned(),
        Reason::FormTask => {
            let links = localizer.with_key(Command::Links, " (press ", ")");
            format!("This is a form task; fill it in in Feishu{links}.")
        }
        Reason::FormNotSeen => {
            let form = localizer.with_key(Command::Show(Tab::Form), " (press ", ")");
            format!("Sensitive request: open the form first{form}.")
        }
        Reason::FormNotReadable => {
            let links = localizer.with_key(Command::Links, " (press ", ")");
            format!("The form cannot be recognized; handle it in Feishu{links}.")
        }
        Reason::FormLoading => "The form is loading; try again in a moment.".to_owned(),
        Reason::FormMasked => {
            let key = localizer.with_key(Command::Reveal, " (", ")");
            format!("Sensitive request: reveal the masked values of the form first{key}.")
        }
        Reason::FormFolded => {
            let key = localizer.with_key(Command::ExpandAll, " (", ")");
            format!("Sensitive request: unfold the masked values of the form first{key}.")
        }
        Reason::FormEndNotSeen => {
            let key = localizer.with_key(Command::Last, " (", ")");
            format!("Sensitive request: go to the end of the form first{key}.")
        }
        Reason::NoJournal => {
            "The history cannot be written to disk, so nothing can be sent. Fix the disk and restart.".to_owned()
        }
        Reason::SecondInstance => "Another window is using this inbox; this one is read-only.".to_owned(),
        Reason::NoDifference => "No changes since you opened it.".to_owned(),
        Reason::FromItsLine => {
            format!("Go back to the issues to decide{}.", localizer.with_key(Command::Escape, " (press ", ")"))
        }
        Reason::Unreadable => "The record is damaged. Check it in Feishu, then discard it.".to_owned(),
        Reason::NotReadable => {
            format!("Could not load the request{}.", localizer.with_key(Command::Refresh, "; press ", " to retry"))
        }
        Reason::NothingToSend => "Nothing left to do for this one.".to_owned(),
        Reason::NotRunning => "Only running processes can be withdrawn.".to_owned(),
        Reason::NotCompleted => "Only completed processes can be revoked.".to_owned(),
        Reason::NoForm => "No form.".to_owned(),
        Reason::NoFileId => "This file has no ID and cannot be downloaded. Open it in Feishu.".to_owned(),
        Reason::NotAFile => "Select a file first.".to_owned(),
        Reason::NothingHeld => "Nothing to undo.".to_owned(),
        Reason::NothingFailed => "Nothing needs attention.".to_owned(),
        Reason::NothingMasked => "Nothing is masked in this request.".to_owned(),
        Reason::NoSearch => format!("No search yet{}.", localizer.with_key(Command::Find, "; ", " searches the form")),
        Reason::NoNext => "This is the last request.".to_owned(),
        Reason::NoPrevious => "This is the first request.".to_owned(),
        Reason::NotHere => "No such key here.".to_owned(),
    }
}

pub(super) fn fault_problem(problem: &FaultProblem) -> String {
    let asked = |written: &str, meant: Option<&str>, known: &[&str]| match meant {
        Some(meant) => format!("\"{}\"; did you mean {meant}?", CleanText::new(written).line()),
        None => format!("\"{}\"; known: {}", CleanText::new(written).line(), known.join(" ")),
    };
    match problem {
        FaultProblem::Name { written, meant, known } => format!("Unknown fault {}", asked(written, *meant, known)),
        FaultProblem::Target { written, meant, known } => {
            format!("Unknown endpoint {}", asked(written, *meant, known))
        }
        FaultProblem::Count(written) => {
            format!("Count \"{}\" must be a positive number or *", CleanText::new(written).line())
        }
        FaultProblem::Argument(written) => {
            format!("This fault takes no argument \"{}\"", CleanText::new(written).line())
        }
    }
}

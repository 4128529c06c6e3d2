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
use crate::app::{Command, FaultProblem, FormOf, HistoryFailure, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::form::Broken;
use crate::domain::record::SessionEnd;
use crate::domain::{Action, CleanText, DocumentType, DoneStatus, Lang, ProcessStatus, Properties, TaskStatus};
use crate::keys::KeymapErrorKind;
use crate::keys::keymap::layer_name;

/// Where the history should stand, and on the normal screen.
pub(super) const NEWER_JOURNAL: &str =
    "A newer version of shenpi wrote the journal; this version cannot read all of it. Update shenpi";

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
        PersonRefusal::NoneMarked => "nobody is selected: press ↓, or type a name",
    }
}

/// The words of the filter, how many tasks it shows, and of how many.
fn filtered(localizer: &Localizer<'_>, words: &str, shown: usize, total: Option<usize>) -> String {
    let Some(total) = total else { return format!("filter \"{words}\": {shown}") };
    let keys =
        [localizer.with_key(Command::Find, " · ", " new filter"), localizer.with_key(Command::Escape, " · ", " clear")];
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
        Some((Rest::Limited(_), until)) => format!(" (rate limited, next at {until})"),
        Some((Rest::Paused, _)) => {
            format!(" (loading stopped{})", localizer.with_key(Command::Refresh, "; ", " goes on"))
        }
        None => String::new(),
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one line for each sentence")]
pub(super) fn sentence(sentence: &Sentence<'_>, localizer: &Localizer<'_>) -> String {
    match sentence {
        Sentence::CaseOf { initiator, kind } => format!("{kind} of {initiator}"),
        Sentence::Pending { count: Some(count), at, more } => {
            let at = at.map(|at| format!("{at}/")).unwrap_or_default();
            format!("{at}{count}{} pending", if *more { "+" } else { "" })
        }
        Sentence::Pending { count: None, .. } => "– pending".to_owned(),
        Sentence::Loaded { percent } => format!("{percent}% loaded"),
        Sentence::UpdatedAt(time) => format!("as of {time}"),
        Sentence::Held(count) => format!("{count} held"),
        Sentence::Sending(count) => format!("{count} sending"),
        Sentence::Unknown(count) => format!("{count} unknown"),
        Sentence::Failed(count) => format!("{count} not done"),
        Sentence::LimitedUntil(time) => format!("limited until {time}"),
        Sentence::MaskedSummary => format!("[masked{}]", localizer.with_key(Command::Reveal, ": ", " shows it")),
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
        Sentence::TooSmall { columns, rows } => format!("Too small ({columns}x{rows}): 40x10 at least"),
        Sentence::TooSmallToDecide => "Too small to decide: enlarge the window".to_owned(),
        Sentence::ListFailed(failure) => format!("The list could not be read: {failure}"),
        Sentence::NewTasks(count) => new_tasks(*count, localizer),
        Sentence::ReadAgain => localizer.with_key(Command::Refresh, "", " reads it again."),
        Sentence::ListLimited(time) => format!("Feishu limits requests; loading continues at {time}."),
        Sentence::ListIncomplete(gap) => incomplete(*gap, localizer),
        Sentence::CaseFailed(failure) => format!("The case could not be read: {failure}"),
        Sentence::FormFailed(failure) => format!("The form could not be read: {failure}"),
        Sentence::CachedCase { at, refreshing: true } => format!("Read at {at}, refreshing"),
        Sentence::CachedCase { at, .. } => format!("Read at {at}, not refreshed yet"),
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
        Sentence::Searching { words, matches } => searching(localizer, words, *matches),
        Sentence::UnreadMembers(count) => {
            format!("{} could not be read, shown as received:", counted(*count, "field"))
        }
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
        Sentence::SummaryCut(left) => format!("({left} more in the summary)"),
        Sentence::OpinionCut { shown, characters } => format!("{shown}… ({characters} characters in all)"),
        Sentence::FigureCut { start, end, digits } => format!("{start}…{end} ({digits} digits)"),
        Sentence::ReviewHidden(lines) => format!("{} hidden: enlarge to confirm", counted(*lines, "line")),
        Sentence::LeaveAsks { held } => format!("{held} held and not sent: what is to become of them?"),
        Sentence::LeaveWaits { left } => format!("{left} still to be answered; leaving after that"),
        Sentence::SentStays { seconds } if localizer.simulated => {
            format!("What was sent cannot be taken back. The wait is about {seconds} s at most.")
        }
        Sentence::SentStays { seconds } => format!(
            "What was sent cannot be taken back. The wait is about {seconds} s at most; what has no answer then is looked into by the next start."
        ),
        Sentence::AndMore(more) => format!("and {more} more"),
        Sentence::TextInHistory => {
            format!(
                "your text is in the history ({}shenpi journal --csv)",
                localizer.with_key(Command::History, "", ", or ")
            )
        }
        Sentence::ReconcileTitle { broken_off: Some((at, how)) } => format!(
            "The last run broke off ({}{}). Nothing is sent again by itself; these decisions want an answer.",
            localizer.moment(*at),
            ending(*how)
        ),
        Sentence::ReconcileTitle { broken_off: None } => "An earlier run left these decisions.".to_owned(),
        Sentence::ReconcileCount { waiting: 0 } => "all answered".to_owned(),
        Sentence::ReconcileCount { waiting } => format!("{waiting} to answer"),
        Sentence::HistoryCount { shown, more: false } => format!("{shown}"),
        Sentence::HistoryCount { shown, more: true } if localizer.simulated => format!("the newest {shown}"),
        Sentence::HistoryCount { shown, more: true } => format!("the newest {shown}; shenpi journal prints all"),
        Sentence::HistorySearched { words, found, of: None } => format!("\"{words}\": {found} found"),
        Sentence::HistorySearched { words, found, of: Some(of) } => {
            format!("\"{words}\": {found} found in the newest {of}")
        }
        Sentence::HistoryFailed(HistoryFailure::System(why)) => format!("The journal cannot be read: {}", why.line()),
        Sentence::HistoryFailed(HistoryFailure::Newer) => NEWER_JOURNAL.to_owned(),
        Sentence::FormsNotCompared { of, why } => {
            let whose = match of {
                FormOf::Original => "the original",
                FormOf::Correction => "the correction",
            };
            match why {
                Some(why) => format!("The forms were not compared: that of {whose} could not be read: {why}"),
                None => format!("The forms were not compared: {whose} has none that can be read."),
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
    let why: Vec<_> = gap.broken.then(|| "its pages break off".to_owned()).into_iter().chain(rows).collect();
    let key = localizer.with_key(Command::Refresh, ". ", " refreshes it");
    format!("The inbox may be incomplete: {}{key}", why.join(", "))
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

fn fault(kind: &KeymapErrorKind, localizer: &Localizer<'_>) -> String {
    let named = |command: &Command| format!("{} ({})", localizer.keymap.word(*command, Lang::En), command.name());
    match kind {
        KeymapErrorKind::Syntax(message) => format!("not TOML: {message}"),
        KeymapErrorKind::UnknownLayer(name) => format!("there is no layer [{name}]"),
        KeymapErrorKind::UnknownStroke(stroke) => format!("\"{stroke}\" is no stroke that a terminal sends"),
        KeymapErrorKind::UnknownCommand(name) => format!("there is no command \"{name}\""),
        KeymapErrorKind::WrongKind(name) => {
            format!("\"{name}\" is of the wrong kind: a layer is a table, a stroke has the name of a command")
        }
        KeymapErrorKind::BoundTwice { layer, stroke, first } => {
            format!("[{}] binds {stroke} on line {first} already", layer_name(*layer))
        }
        KeymapErrorKind::NoKeyLeft { layer, command } => {
            format!("[{}] leaves no key for {}", layer_name(*layer), named(command))
        }
        KeymapErrorKind::ConfirmOnEnter => {
            "confirm cannot be Enter: it is pressed too easily, and pasted text brings it along".to_owned()
        }
        KeymapErrorKind::ConfirmOpens { stroke, command } => {
            format!("{stroke} would both confirm and be {}: pressed twice, it would decide unread", named(command))
        }
        KeymapErrorKind::DecidesWhenTorn { stroke, command } => {
            format!("{} cannot be {stroke}: on a slow line a torn cursor key arrives as that character", named(command))
        }
        KeymapErrorKind::TakesText { layer, stroke } => {
            format!("[{}] is a text field: bound, {stroke} could not be written any more", layer_name(*layer))
        }
    }
}

pub(super) fn reason(reason: Reason, localizer: &Localizer<'_>) -> String {
    match reason {
        Reason::NoTask => "No task is selected.".to_owned(),
        Reason::NotLoaded => "The case has not been read yet; please wait a moment.".to_owned(),
        Reason::ReadOnly => "This is read-only mode; nothing can be decided.".to_owned(),
        Reason::Held => {
            format!(
                "A decision on this task is still held{}.",
                localizer.with_key(Command::TakeBack, "; ", " takes it back")
            )
        }
        Reason::Sending => "A decision on this task is being sent.".to_owned(),
        Reason::OutcomeUnknown => "Whether the last decision took effect is being checked.".to_owned(),
        Reason::Decided => "This task has been decided already.".to_owned(),
        Reason::TaskUnreadable => "This task came in a form that cannot be read. Decide it on the web page.".to_owned(),
        Reason::NotOpen => "This task is no longer open: somebody else handled it, or the process ended.".to_owned(),
        Reason::FormTask => {
            let links = localizer.with_key(Command::Links, " (", " shows the links)");
            format!("This task is a form to fill in; do it in Feishu{links}.")
        }
        Reason::FormNotSeen => {
            let form = localizer.with_key(Command::Show(Tab::Form), " (", ")");
            format!("Look at its form first{form}: this case needs care.")
        }
        Reason::FormNotReadable => {
            let links = localizer.with_key(Command::Links, " (", " shows the links)");
            format!("Its form cannot be read; decide it on the web page{links}.")
        }
        Reason::FormLoading => "Its form is loading; please wait a moment.".to_owned(),
        Reason::FormMasked => {
            let key = localizer.with_key(Command::Reveal, " (", ")");
            format!("Reveal the masked values of its form first{key}.")
        }
        Reason::FormFolded => {
            let key = localizer.with_key(Command::ExpandAll, " (", ")");
            format!("Unfold the masked values of its form first{key}.")
        }
        Reason::FormEndNotSeen => {
            let key = localizer.with_key(Command::Last, " (", ")");
            format!("Go to the end of its form first{key}.")
        }
        Reason::NoJournal => {
            "The journal cannot be written, and nothing is sent without a trace; check the disk, then start again."
                .to_owned()
        }
        Reason::SecondInstance => "Another window has this queue; this one is read-only.".to_owned(),
        Reason::NoDifference => "There is nothing to compare: nothing changed since you opened it.".to_owned(),
        Reason::FromItsLine => {
            format!("Go back to its line to decide{}.", localizer.with_key(Command::Escape, " (", ")"))
        }
        Reason::Unreadable => {
            "Its record is damaged, nobody knows what was decided; look it up in Feishu, then discard it.".to_owned()
        }
        Reason::NotReadable => {
            format!("The case could not be read{}.", localizer.with_key(Command::Refresh, "; ", " tries again"))
        }
        Reason::NothingToSend => "This one has its answer; nothing more is needed.".to_owned(),
        Reason::NotRunning => "The process is not running, so it cannot be withdrawn.".to_owned(),
        Reason::NotCompleted => "The process is not completed, so it cannot be revoked.".to_owned(),
        Reason::NoForm => "There is no form.".to_owned(),
        Reason::NoFileId => "This file has no id and cannot be downloaded. Open it in Feishu.".to_owned(),
        Reason::NotAFile => "The cursor is not on a file.".to_owned(),
        Reason::NothingHeld => "No decision is held.".to_owned(),
        Reason::NothingFailed => "No decision wants an answer.".to_owned(),
        Reason::NothingMasked => "Nothing is masked in this request.".to_owned(),
        Reason::NoSearch => format!("No search yet{}.", localizer.with_key(Command::Find, "; ", " searches the form")),
        Reason::NoNext => "This is the last request.".to_owned(),
        Reason::NoPrevious => "This is the first request.".to_owned(),
        Reason::NotHere => "This key means nothing here.".to_owned(),
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

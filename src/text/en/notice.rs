//! Notices in English.

use super::{action, counted, done_status, fault_problem, process_status, word};
use crate::app::{Command, Notice};
use crate::domain::{CleanText, Lang, LiveTrouble, ProcessStatus};
use crate::text::evidence::overtaken;
use crate::text::localizer::{NoticeStyle, is_wide, sent, with_words};
use crate::text::start::{Start, cache_problem};
use crate::text::{Sentence, Word};

#[expect(clippy::too_many_lines, reason = "a table: one sentence for each notice")]
pub(in crate::text) fn notice(notice: &Notice, telling: &NoticeStyle<'_>) -> String {
    let NoticeStyle { localizer, .. } = *telling;
    match notice {
        Notice::ReadFailed(failure) => localizer.failure(failure),
        Notice::Unavailable { command, reason } => {
            format!("Cannot {}: {}", localizer.keymap.word(*command, Lang::En), localizer.reason(*reason))
        }
        Notice::TooHasty => word(Word::Hasty).to_owned(),
        Notice::TooSmall => "Too small to decide: enlarge the window".to_owned(),
        Notice::PasteIgnored => "The paste was ignored: no text is written here.".to_owned(),
        Notice::Unbound(key) if is_wide(key) => {
            format!("\"{}\" is not bound. A Chinese input method seems to be on: switch to English.", key.line())
        }
        Notice::Unbound(key) => {
            format!("\"{}\" is not bound{}.", key.line(), localizer.with_key(Command::Help, "; ", " shows all keys"))
        }
        Notice::Held { action: done, target } => {
            let take_back = localizer.with_key(Command::TakeBack, ", ", " takes it back");
            format!("{}: {} is held{take_back}", action(*done), localizer.case(target))
        }
        Notice::Sending { action: done, target } => {
            format!("{}: {} is being sent …", action(*done), localizer.case(target))
        }
        Notice::TakenBack { target } => format!("Taken back: {}; it was not sent.", localizer.case(target)),
        Notice::AllTakenBack { count } => format!("{count} decisions taken back; none was sent."),
        Notice::NothingToTakeBack => "No decision is held.".to_owned(),
        Notice::Accepted { decision, target, .. } => format!("Done: {}", telling.about(decision, target)),
        Notice::Refused { decision, target, failure } => {
            format!("{} did not take effect: {}", telling.about(decision, target), localizer.failure(failure))
        }
        Notice::NotSent { decision, target, failure } => format!(
            "{} was not {}{}: {}",
            telling.about(decision, target),
            if failure.is_turned_away() { "carried out" } else { "sent" },
            telling.kept(decision, ", "),
            localizer.failure(failure)
        ),
        Notice::Unknown { decision, target, failure } => format!(
            "{} {}; it is being checked, do not repeat it: {}",
            telling.about(decision, target),
            word(sent(failure)),
            localizer.cause(failure)
        ),
        Notice::FoundApplied { decision, target, evidence } => {
            format!("Checked: {} took effect{}", telling.about(decision, target), localizer.because(evidence))
        }
        Notice::FoundNotApplied { decision, target, evidence } => format!(
            "Checked: {} did not take effect{}. You can decide again{}",
            telling.about(decision, target),
            localizer.because(evidence),
            telling.kept(decision, ", ")
        ),
        Notice::FoundOvertaken { decision, target, evidence } => format!(
            "Checked: {} was not used, {}{}{}",
            telling.about(decision, target),
            overtaken(Lang::En, evidence),
            localizer.because(evidence),
            telling.kept(decision, "; ")
        ),
        Notice::Changed { decision, target, before, now } => format!(
            "{} was not sent: {}. {}Deciding again accepts the case as it is now{}",
            telling.about(decision, target),
            localizer
                .change(before.as_ref(), now)
                .unwrap_or_else(|| "the case has changed since you looked".to_owned()),
            localizer.with_key(Command::Difference, "", " shows what changed. "),
            telling.kept(decision, ", ")
        ),
        Notice::CaseChanged { before, now } => format!(
            "{}{}",
            localizer.change(Some(before), now).unwrap_or_else(|| "The case has changed".to_owned()),
            localizer.with_key(Command::Difference, ". ", " shows what changed")
        ),
        Notice::ChangedUnderReview => "The case has just changed: read what changed above, then confirm.".to_owned(),
        Notice::Slept { decision, target } => format!(
            "{} was not sent: the computer slept, its clock was set, or this program was stopped while it was held. \
             Theme again and decide anew{}",
            telling.about(decision, target),
            telling.kept(decision, ", ")
        ),
        Notice::CaseEnded { decision, target, status } => {
            let ended = match status {
                ProcessStatus::InProgress => "the task was cancelled or handed on".to_owned(),
                status => format!("the process is {} by now", process_status(*status).to_lowercase()),
            };
            let kept = telling.kept(decision, ", ");
            format!("{}: {ended}. Your decision was not used{kept}", localizer.case(target))
        }
        Notice::StillUnknown { decision, target, evidence } => format!(
            "{}: the outcome is still not known{}{}{}",
            telling.about(decision, target),
            localizer.because(evidence),
            localizer.with_key(Command::Refresh, ". ", " checks again"),
            localizer.with_key(Command::Links, ", ", " shows the links")
        ),
        Notice::SomeoneWasFaster { decision, target, who, herself, at, status, opinion } => {
            let who = localizer.text(who);
            let who = match who {
                _ if *herself => "yourself (elsewhere, or an earlier sending)".into(),
                who if who.is_empty() => word(Word::System).into(),
                who => who,
            };
            let opinion = if opinion.is_empty() {
                String::new()
            } else {
                format!(", opinion \"{}\"", crate::text::localizer::quoted(target, opinion))
            };
            let result = done_status(*status).to_lowercase();
            let at = at.map(|at| format!("at {} ", localizer.moment(at))).unwrap_or_default();
            let kept = telling.kept(decision, ", ");
            format!(
                "{} was handled {at}by {who}: {result}{opinion}. Your decision was not used{kept}",
                localizer.case(target)
            )
        }
        Notice::Refreshed { arrived: 0, gone: 0, missed: 0 } => "Refreshed, nothing changed".to_owned(),
        Notice::Refreshed { arrived, gone, missed: 0 } => format!("Refreshed: {arrived} came, {gone} went"),
        Notice::Refreshed { arrived, gone, missed } => {
            format!("Refreshed: {arrived} came, {gone} went; {missed} not listed, being looked into")
        }
        Notice::ListIncomplete(gap) => localizer.say(&Sentence::ListIncomplete(*gap)),
        Notice::FaultsInForce(faults) if faults.is_empty() => "No fault is in force.".to_owned(),
        Notice::FaultsInForce(faults) => format!("Faults in force: {}", faults.join(" ")),
        Notice::FaultNotSet(problem) => fault_problem(problem),
        Notice::Copied => "Copied. If nothing can be pasted, look at set-clipboard of the terminal or tmux".to_owned(),
        Notice::CopyMasked => {
            format!("Reveal the masked values first{}, then copy.", localizer.with_key(Command::Reveal, " (", ")"))
        }
        Notice::NothingToCopy => "There is no value to copy here.".to_owned(),
        Notice::Downloading(name) => format!("Downloading {} …", name.line()),
        Notice::Saved(path) => format!("Saved to {}", CleanText::new(&path.to_string_lossy()).line()),
        Notice::NoMatch => "Not found.".to_owned(),
        Notice::DecisionsWait { failure } => {
            let why = if failure.is_answered() { "Feishu limits requests" } else { "To stay below the limit" };
            format!("{why}: queued decisions are sent in {} s", failure.seconds_to_wait())
        }
        Notice::DiscardedOnLeaving(reviewed) => {
            format!(
                "{} was not sent; it was discarded when you left",
                localizer.decided(&reviewed.decision, &reviewed.target)
            )
        }
        Notice::CacheUnused(problem) => format!("{}.", Start::NoCache { problem }.say(Lang::En)),
        Notice::CacheLost(problem) => {
            format!("Nothing more is cached: {}. Decisions go on.", cache_problem(problem, Lang::En))
        }
        Notice::JournalLost(failure) => format!("{} No decision can be made in this run.", localizer.failure(failure)),
        Notice::JournalUnreadable { lines } => {
            format!(
                "{} of the journal cannot be read, and kept beside it in a file \"unreadable\"",
                counted(*lines, "line")
            )
        }
        Notice::LiveTrouble(LiveTrouble::TooMany) => {
            "The app has all the long connections it may have; refreshing by the clock instead.".to_owned()
        }
        Notice::LiveTrouble(LiveTrouble::Failed(failure)) => {
            let reason = with_words(": ", &failure.message);
            format!("Refreshing by the clock, because the long connection failed{reason}.")
        }
        Notice::LiveDeaf => "The long connection delivered no changes and was opened again.".to_owned(),
        Notice::Reconciled => "Everything has its answer; on with the queue.".to_owned(),
        Notice::SecondInstance(holder) => format!(
            "{} has this queue; this window is read-only. Leave the other one and start again to decide.",
            localizer.holder(holder)
        ),
    }
}

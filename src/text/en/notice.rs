//! Notices in English.

use super::{counted, deciding, done_status, fault_problem, process_status, word};
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
        Notice::Unavailable { reason, .. } => localizer.reason(*reason),
        Notice::TooHasty => word(Word::Hasty).to_owned(),
        Notice::TooSmall => "Window too small to confirm; enlarge it".to_owned(),
        Notice::PasteIgnored => "Paste ignored: not a text field".to_owned(),
        Notice::Unbound(key) if is_wide(key) => {
            format!("\"{}\" is not bound. A Chinese input method seems to be on: switch to English.", key.line())
        }
        Notice::Unbound(key) => {
            format!("\"{}\" is not bound{}.", key.line(), localizer.with_key(Command::Help, "; ", " shows all keys"))
        }
        Notice::Held { action: done, target } => {
            let undo = localizer.with_key(Command::TakeBack, "; press ", " to undo");
            format!("{}: queued{undo}", deciding(*done, &localizer.request(target)))
        }
        Notice::Sending { action: done, target } => {
            format!("{}: sending…", deciding(*done, &localizer.request(target)))
        }
        Notice::TakenBack { target } => format!("Undone, not sent: {}", localizer.request(target)),
        Notice::AllTakenBack { count } => format!("{} undone, none sent", counted(*count, "decision")),
        Notice::NothingToTakeBack => "Nothing to undo".to_owned(),
        Notice::Accepted { decision, target, .. } => format!("Applied: {}", telling.about(decision, target)),
        Notice::Refused { decision, target, failure } => {
            format!("{}: not applied. {}", telling.about(decision, target), localizer.failure(failure))
        }
        Notice::NotSent { decision, target, failure } => format!(
            "{}: not {}{}. {}",
            telling.about(decision, target),
            if failure.is_turned_away() { "applied" } else { "sent" },
            telling.kept(decision, ", "),
            localizer.failure(failure)
        ),
        Notice::Unknown { decision, target, failure } => format!(
            "{} {}. Checking; do not repeat it. {}",
            telling.about(decision, target),
            word(sent(failure)),
            localizer.cause(failure)
        ),
        Notice::FoundApplied { decision, target, evidence } => {
            format!("{}: checked, applied{}", telling.about(decision, target), localizer.because(evidence))
        }
        Notice::FoundNotApplied { decision, target, evidence } => format!(
            "{}: checked, not applied{}. You can retry{}",
            telling.about(decision, target),
            localizer.because(evidence),
            telling.kept(decision, ", ")
        ),
        Notice::FoundOvertaken { decision, target, evidence } => format!(
            "{}: checked, not applied; {}{}{}",
            telling.about(decision, target),
            overtaken(Lang::En, evidence),
            localizer.because(evidence),
            telling.kept(decision, "; ")
        ),
        Notice::Changed { decision, target, before, now } => format!(
            "{}: not sent; {}. {}A retry uses the current version{}",
            telling.about(decision, target),
            localizer
                .change(before.as_ref(), now)
                .unwrap_or_else(|| "the request changed since you opened it".to_owned()),
            localizer.with_key(Command::Difference, "", " shows the changes. "),
            telling.kept(decision, ", ")
        ),
        Notice::RequestChanged { before, now } => format!(
            "{}{}",
            localizer.change(Some(before), now).unwrap_or_else(|| "The request changed".to_owned()),
            localizer.with_key(Command::Difference, ". ", " shows the changes")
        ),
        Notice::ChangedUnderReview => "The request just changed. Read the changes above, then confirm.".to_owned(),
        Notice::Slept { decision, target } => format!(
            "{}: not sent; the computer slept, its clock changed, or shenpi was suspended. Review and retry{}",
            telling.about(decision, target),
            telling.kept(decision, ", ")
        ),
        Notice::RequestEnded { decision, target, status } => {
            let ended = match status {
                ProcessStatus::InProgress => "the task was canceled or transferred".to_owned(),
                status => format!("the process was {}", process_status(*status).to_lowercase()),
            };
            let kept = telling.kept(decision, ", ");
            format!("{}: {ended}. Your decision was not applied{kept}", localizer.request(target))
        }
        Notice::StillUnknown { decision, target, evidence } => format!(
            "{}: outcome still unknown{}{}{}",
            telling.about(decision, target),
            localizer.because(evidence),
            localizer.with_key(Command::Refresh, ". ", " checks again"),
            localizer.with_key(Command::Links, ", ", " opens the links")
        ),
        Notice::SomeoneWasFaster { decision, target, who, by_operator, at, status, opinion } => {
            let who = localizer.text(who);
            let who = match who {
                _ if *by_operator => "you (elsewhere, or earlier)".into(),
                who if who.is_empty() => word(Word::System).into(),
                who => who,
            };
            let opinion = if opinion.is_empty() {
                String::new()
            } else {
                format!(", \"{}\"", crate::text::localizer::quoted(target, opinion))
            };
            let result = done_status(*status).to_lowercase();
            let at = at.map(|at| format!(", {}", localizer.moment(at))).unwrap_or_default();
            let kept = telling.kept(decision, ", ");
            format!(
                "{}: already handled by {who} ({result}{at}{opinion}). Your decision was not applied{kept}",
                localizer.request(target)
            )
        }
        Notice::Refreshed { arrived: 0, gone: 0, missed: 0 } => "Refreshed, no changes".to_owned(),
        Notice::Refreshed { arrived, gone, missed: 0 } => format!("Refreshed: {arrived} new, {gone} gone"),
        Notice::Refreshed { arrived, gone, missed } => {
            format!("Refreshed: {arrived} new, {gone} gone; {missed} missing, checking")
        }
        Notice::ListIncomplete(gap) => localizer.say(&Sentence::ListIncomplete(*gap)),
        Notice::FaultsInForce(faults) if faults.is_empty() => "No simulated faults".to_owned(),
        Notice::FaultsInForce(faults) => format!("Simulated faults: {}", faults.join(" ")),
        Notice::FaultNotSet(problem) => fault_problem(problem),
        Notice::Copied => "Copied. If pasting fails, check the terminal or set-clipboard in tmux".to_owned(),
        Notice::CopyMasked => {
            format!("Reveal the masked values first{}, then copy.", localizer.with_key(Command::Reveal, " (", ")"))
        }
        Notice::NothingToCopy => "Nothing to copy here".to_owned(),
        Notice::Downloading(name) => format!("Downloading {}…", name.line()),
        Notice::Saved(path) => format!("Saved to {}", CleanText::new(&path.to_string_lossy()).line()),
        Notice::NoMatch => "Not found".to_owned(),
        Notice::DecisionsWait { failure } => {
            let why = if failure.is_answered() { "Rate-limited by Feishu" } else { "Near Feishu's rate limit" };
            format!("{why}: queued decisions go out in {} s", failure.seconds_to_wait())
        }
        Notice::DiscardedOnLeaving(reviewed) => {
            format!("{}: not sent; discarded on quit", localizer.decided(&reviewed.decision, &reviewed.target))
        }
        Notice::CacheUnused(problem) => format!("{}.", Start::NoCache { problem }.say(Lang::En)),
        Notice::CacheLost(problem) => {
            format!("Caching stopped: {}. Decisions are not affected.", cache_problem(problem, Lang::En))
        }
        Notice::JournalLost(failure) => format!("{} Decisions are disabled until restart.", localizer.failure(failure)),
        Notice::JournalUnreadable { lines } => {
            format!(
                "{} of the history cannot be read; kept in the file \"unreadable\" next to it",
                counted(*lines, "line")
            )
        }
        Notice::LiveTrouble(LiveTrouble::TooMany) => {
            "The app has no long connection to spare; refreshing on a timer instead.".to_owned()
        }
        Notice::LiveTrouble(LiveTrouble::Failed(failure)) => {
            let reason = with_words(": ", &failure.message);
            format!("The long connection failed{reason}; refreshing on a timer instead.")
        }
        Notice::LiveDeaf => "The long connection delivered no changes and was reopened.".to_owned(),
        Notice::Reconciled => "All done; back to the inbox.".to_owned(),
        Notice::SecondInstance(holder) => format!(
            "{} is using this inbox, so this one is read-only. Quit the other and restart to decide.",
            localizer.holder(holder)
        ),
    }
}

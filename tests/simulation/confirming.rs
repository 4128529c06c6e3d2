//! Invariants 1 and 2 at the keyboard: held decisions were reviewed and confirmed on the content on screen, and
//! discarded ones stay discarded.

use shenpi::app::{App, Command, Effect, Message, Notice, Step, Typed};
use shenpi::domain::Resolution;
use shenpi::domain::record::{Change, Discard, Record};
use shenpi::domain::{Decision, EntryId, Reviewed, Shown, TaskKey};

use super::content::is_same;
use super::day::Day;
use super::model::Confirmed;
use super::ui_state::UiState;
use super::visible::SEEN;
use super::warm::is_cached;

/// How long a review must have been on screen, in milliseconds.
const REVIEW_REST: i64 = 300;

/// A review on screen.
#[derive(Clone)]
pub struct OnScreen {
    key: TaskKey,
    decision: Decision,
    /// The request when the review appeared, or when the user was told that it had changed.
    content: Option<Shown>,
    /// Time of its appearance by the program's own clock, and the read of the terminal that it came with.
    since: u64,
    burst: u64,
}

impl Day<'_> {
    /// Tracks the review on screen.
    pub fn watch_review(&mut self, app: &App, message: &Message) {
        let Some(program) = &mut self.program else { return };
        let review = app.dialog.as_ref().and_then(|dialog| match &dialog.step {
            Step::Review { decision, .. } => Some((dialog.key(), decision)),
            _ => None,
        });
        let Some((key, decision)) = review else {
            program.review = None;
            return;
        };
        let known = program.review.as_ref().is_some_and(|known| known.key == *key && known.decision == *decision);
        let asked = matches!(message, Message::Typed { typed: Typed::Command(Command::Confirm), .. });
        let told = asked && app.notices.current() == Some(&Notice::ChangedUnderReview);
        if !known || told {
            let content = app.requests.get(&key.process).and_then(shenpi::app::Request::shown);
            let (key, decision, since) = (key.clone(), decision.clone(), app.now.mono.0);
            program.review = Some(OnScreen { key, decision, content, since, burst: program.burst });
        }
    }

    /// Checks a record before it is written.
    pub fn watch_record(&mut self, app: &App, before: &UiState, message: &Message, record: &Record) {
        if let Change::Held(reviewed) = &record.change {
            return self.watch_confirming(app, before, message, record, reviewed);
        }
        let by_key = matches!(message, Message::Typed { .. });
        let her_own = matches!(record.change, Change::TakenBack | Change::Discarded(_));
        // Killed between the record of the newer decision and the one that closes the older: the next start closes it.
        let anew = record.change == Change::Discarded(Discard::Anew) && self.model.is_decided_anew(&record.entry);
        // A decision held over an uncertain one is told, and not asked about, when the run ended before it was sent.
        let over = record.change == Change::Discarded(Discard::Left) && self.model.is_over_another(&record.entry);
        if her_own && !by_key && !anew && !over {
            return self.breaks(1, format!("{} was given up without a key of hers", record.entry.0));
        }
        let now = self.now;
        let state = shenpi::store::state(&record.change);
        let Some(entry) = self.model.confirmed.get_mut(&record.entry) else {
            return self.breaks(5, format!("{} is {state}, and she never confirmed it", record.entry.0));
        };
        self.figures.stale += u64::from(entry.cached && matches!(record.change, Change::Changed { .. }));
        if her_own {
            entry.told = Some((now - SEEN, state.to_owned()));
        }
        let sending = entry.run + 1 == self.runs && matches!(entry.last(), Some(Change::Sending { .. }));
        if her_own && sending && record.change != Change::Discarded(Discard::Asked) {
            self.breaks(2, format!("{} was given up while it was on its way", record.entry.0));
        }
    }

    /// Invariant 1, at the moment of confirming.
    pub fn watch_confirming(
        &mut self,
        app: &App,
        before: &UiState,
        message: &Message,
        record: &Record,
        reviewed: &Reviewed,
    ) {
        let id = &record.entry;
        let Message::Typed { typed: Typed::Command(Command::Confirm), .. } = message else {
            return self.breaks(1, format!("{} is held, and she had not pressed the key that confirms", id.0));
        };
        let (Some(decision), Some((key, ..))) = (&before.review, &before.place.dialog) else {
            return self.breaks(1, format!("{} is held, and no review was on screen", id.0));
        };
        if reviewed.decision != *decision || reviewed.target.key != *key || record.task != *key {
            return self
                .breaks(1, format!("{} is {reviewed:?}, and the review was about {decision:?} on {key:?}", id.0));
        }
        if reviewed.operator.id != self.platform.operator().id || self.script.behavior.read_only {
            return self.breaks(1, format!("{} is in a name that may not decide", id.0));
        }
        let Some(content) = before.content.clone() else {
            return self.breaks(1, format!("{} was confirmed with no case on screen", id.0));
        };
        let Some(program) = &self.program else { return };
        let Some(review) = &program.review else { return };
        let shown_for = app.now.mono.0.saturating_sub(review.since);
        if review.burst == program.burst || i64::try_from(shown_for).unwrap_or(i64::MAX) < REVIEW_REST {
            return self.breaks(1, format!("{} was confirmed before its review could be read", id.0));
        }
        if review.content.as_ref().is_none_or(|opened_on| !is_same(opened_on, &content)) {
            return self.breaks(1, format!("{} was confirmed on a case that changed under its review", id.0));
        }
        self.confirmed(id, reviewed, content, is_cached(app, &key.process));
    }

    /// Invariant 2: there is one undecided decision on a task. One in doubt may be decided over once the looks at its case
    /// are used up.
    pub fn watch_undecided(&mut self, before: &UiState, effects: &[Effect]) {
        let records = || {
            effects.iter().filter_map(|effect| match effect {
                Effect::Record(record) => Some(record),
                _ => None,
            })
        };
        let Some(held) = records().find(|record| matches!(record.change, Change::Held(_))) else { return };
        let other = self.model.confirmed.iter().find(|(id, entry)| {
            let now = records().rfind(|record| record.entry == **id).map(|record| &record.change);
            let standing = now.or_else(|| entry.last()).map(Resolution::after);
            let open = match standing {
                Some(Resolution::Uncertain) => !before.settled.contains(&entry.reviewed.target.key),
                standing => standing == Some(Resolution::Unsent),
            };
            **id != held.entry && entry.key() == &held.task && open && !entry.lost
        });
        if let Some((other, _)) = other {
            let words = format!("{} was confirmed while {} on the same task is undecided", held.entry.0, other.0);
            self.breaks(2, words);
        }
    }

    /// After the keys that take back and discard: decisions held then are never sent.
    pub fn watch_given_up(&mut self, before: &UiState, message: &Message) {
        let Message::Typed { typed: Typed::Command(command), .. } = message else { return };
        let run = self.run();
        let held =
            |entry: &Confirmed| entry.run == run && matches!(entry.last(), Some(Change::Held(_) | Change::Waiting(_)));
        let all = match command {
            Command::TakeBackAll if before.takes_back => true,
            Command::TakeBack if before.takes_back => false,
            Command::LeaveNow | Command::Quit if before.leaving => true,
            _ => return,
        };
        for id in self.model.order.iter().rev() {
            if let Some(entry) = self.model.confirmed.get_mut(id)
                && held(entry)
                && !entry.given_up
            {
                entry.given_up = true;
                if !all {
                    return;
                }
            }
        }
    }

    fn confirmed(&mut self, id: &EntryId, reviewed: &Reviewed, content: Shown, cached: bool) {
        self.figures.confirmed += 1;
        self.figures.on_cached += u64::from(cached);
        let entry = Confirmed {
            run: self.run(),
            at: self.now,
            reviewed: reviewed.clone(),
            content,
            changes: Vec::new(),
            durable: 0,
            torn: None,
            lost: false,
            given_up: false,
            passages: Vec::new(),
            cached,
            told: None,
        };
        if self.model.confirmed.insert(id.clone(), entry).is_some() {
            self.breaks(5, format!("two decisions are called {}", id.0));
        }
        self.model.order.push(id.clone());
        self.say(|day| {
            format!(
                "   she has confirmed {}: {:?} {}",
                id.0,
                reviewed.decision.action(),
                day.name(reviewed.target.process())
            )
        });
    }
}

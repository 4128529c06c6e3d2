//! Every sentence that the user reads. One exhaustive match per language (`zh.rs`, `en.rs`): a sentence that is missing
//! in one of them does not compile. Key names in sentences come from the key map.

mod en;
pub mod failure;
pub mod review;
pub mod start;
pub mod when;
mod words;
mod zh;

use std::borrow::Cow;

pub use words::{Sentence, Word};

use crate::app::inbox::Sort;
use crate::app::people::PersonRefusal;
use crate::app::{Command, Notice, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{
    Action, CleanText, DocumentType, DoneStatus, I18n, Lang, Millis, ProcessStatus, Properties, Target, TaskStatus,
};
use crate::keys::Keymap;

/// Speaks one language, and knows the keys and what time it is.
#[derive(Clone, Copy, Debug)]
pub struct Voice<'a> {
    pub lang: Lang,
    pub keymap: &'a Keymap,
    pub zone: &'a jiff::tz::TimeZone,
    pub now: Millis,
}

/// How a notice is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Plain,
    /// Something did not work and nothing is lost.
    Careful,
    /// Something failed: it is shown whole.
    Bad,
}

/// A notice in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub tone: Tone,
    pub text: String,
    pub log_id: Option<CleanText>,
}

macro_rules! in_both {
    ($($(#[$doc:meta])* $name:ident($kind:ty) -> $words:ty;)+) => {
        impl Voice<'_> {
            $($(#[$doc])* #[must_use] pub fn $name(&self, of: $kind) -> $words {
                match self.lang {
                    Lang::Zh => zh::$name(of),
                    Lang::En => en::$name(of),
                }
            })+
        }
    };
}

in_both! {
    word(Word) -> &'static str;
    process_status(ProcessStatus) -> Cow<'static, str>;
    task_status(TaskStatus) -> Cow<'static, str>;
    done_status(DoneStatus) -> Cow<'static, str>;
    document_type(DocumentType) -> Cow<'static, str>;
    properties(Properties) -> Cow<'static, str>;
    action(Action) -> &'static str;
    tab(Tab) -> &'static str;
    sort(Sort) -> &'static str;
    position(AddSignPosition) -> &'static str;
    /// What a position means, in one sentence.
    position_meaning(AddSignPosition) -> &'static str;
    method(AddSignMethod) -> &'static str;
    person_refusal(PersonRefusal) -> &'static str;
}

impl Voice<'_> {
    #[must_use]
    pub fn say(&self, sentence: &Sentence<'_>) -> String {
        match self.lang {
            Lang::Zh => zh::sentence(sentence, self),
            Lang::En => en::sentence(sentence, self),
        }
    }

    /// Why a command does nothing.
    #[must_use]
    pub fn reason(&self, reason: Reason) -> String {
        match self.lang {
            Lang::Zh => zh::reason(reason, self),
            Lang::En => en::reason(reason, self),
        }
    }

    #[must_use]
    pub fn notice(&self, notice: &Notice) -> Said {
        let text = match self.lang {
            Lang::Zh => zh::notice(notice, self),
            Lang::En => en::notice(notice, self),
        };
        Said { tone: tone(notice), text, log_id: log_id(notice).cloned() }
    }

    /// The key of a command, as sentences name it.
    #[must_use]
    pub fn key(&self, command: Command) -> String {
        self.keymap.key_of(command)
    }

    /// What a failure was, means and asks for, in one line.
    #[must_use]
    pub fn failure(&self, failure: &crate::domain::Failure) -> String {
        let failure::Explained { happened, meaning, press } = failure::explain(failure, self.lang);
        let gap = match self.lang {
            Lang::Zh => "",
            Lang::En => " ",
        };
        [happened, meaning, press].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(gap)
    }

    /// The text in this language; the words for "not known" when there is none.
    #[must_use]
    pub fn text<'t>(&self, text: &'t I18n) -> Cow<'t, str> {
        text.get(self.lang).line()
    }

    /// Month, day and clock.
    #[must_use]
    pub fn moment(&self, at: Millis) -> String {
        when::moment(at, self.now, self.zone)
    }

    /// Whose case and what kind, for notices.
    fn case(&self, target: &Target) -> String {
        let initiator = target.initiator.get(self.lang);
        let initiator = if initiator.is_empty() { self.word(Word::System).into() } else { initiator.line() };
        self.say(&Sentence::CaseOf { initiator: &initiator, kind: &self.text(&target.kind) })
    }
}

fn tone(notice: &Notice) -> Tone {
    match notice {
        Notice::Accepted { .. } | Notice::FoundApplied { .. } | Notice::Saved(_) | Notice::Copied => Tone::Good,
        Notice::ReadFailed(_)
        | Notice::Refused { .. }
        | Notice::NotSent { .. }
        | Notice::Unknown { .. }
        | Notice::FoundNotApplied { .. }
        | Notice::StillUnknown { .. }
        | Notice::SomeoneWasFaster { .. } => Tone::Bad,
        Notice::Unavailable { .. }
        | Notice::TooHasty
        | Notice::PasteIgnored
        | Notice::NothingToTakeBack
        | Notice::NothingToCopy
        | Notice::NoMatch
        | Notice::DecisionsWait { .. }
        | Notice::QuitDiscards { .. }
        | Notice::QuitWaits { .. } => Tone::Careful,
        Notice::Held { .. } | Notice::TakenBack { .. } | Notice::Refreshed { .. } => Tone::Plain,
    }
}

fn log_id(notice: &Notice) -> Option<&CleanText> {
    match notice {
        Notice::ReadFailed(failure)
        | Notice::Refused { failure, .. }
        | Notice::NotSent { failure, .. }
        | Notice::Unknown { failure, .. } => failure.log_id.as_ref(),
        Notice::Accepted { log_id, .. } => log_id.as_ref(),
        _ => None,
    }
}

/// An id for people: its ends, because the middle of nineteen digits tells nobody anything.
#[must_use]
pub fn short_id(id: &str) -> String {
    let id = CleanText::new(id);
    let characters: Vec<char> = id.as_str().chars().collect();
    match characters.len() {
        0..=12 => id.to_string(),
        length => {
            let start: String = characters.iter().take(3).collect();
            let end: String = characters.iter().skip(length - 4).collect();
            format!("{start}…{end}")
        }
    }
}

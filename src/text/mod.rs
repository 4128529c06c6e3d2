//! Every sentence that the user reads. One exhaustive match per language (`zh/`, `en/`): a sentence that is missing in
//! one of them does not compile. Key names in sentences come from the key map.

pub mod diff;
mod en;
mod evidence;
pub mod failure;
pub mod history;
pub mod issues;
mod localizer;
pub mod number;
pub mod review;
pub mod row;
pub mod shorten;
pub mod start;
mod theme;
pub mod when;
mod words;
mod zh;

use std::borrow::Cow;

use localizer::{LONG_NAME, NoticeStyle, sent};
pub use localizer::{Localizer, Rendered, Severity, bracketed};
pub use theme::ThemeFault;
pub use words::{Sentence, Word};

pub use crate::domain::short_id;

use crate::app::people::PersonRefusal;
use crate::app::{Command, FaultProblem, Notice, Reason, Tab};
use crate::domain::decision::{AddSignMethod, AddSignPosition};
use crate::domain::{
    Action, CleanText, Decision, DocumentType, DoneStatus, Failure, FailureKind, I18n, Lang, LiveTrouble, Millis,
    Names, ProcessId, ProcessStatus, Properties, Shown, Target, TaskStatus,
};
use crate::keys::Stroke;
use start::Start;

macro_rules! in_both {
    ($($(#[$doc:meta])* $name:ident($kind:ty) -> $words:ty;)+) => {
        impl Localizer<'_> {
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
    /// The mark of an applied decision on its row.
    action_mark(Action) -> &'static str;
    position(AddSignPosition) -> &'static str;
    /// Meaning of a position, in one sentence.
    position_meaning(AddSignPosition) -> &'static str;
    method(AddSignMethod) -> &'static str;
    person_refusal(PersonRefusal) -> &'static str;
}

/// The mark of an applied decision where only ASCII is shown.
#[must_use]
pub const fn ascii_mark(action: Action) -> &'static str {
    en::action_mark(action)
}

/// Why no fault was set.
#[must_use]
pub fn fault_problem(problem: &FaultProblem, lang: Lang) -> String {
    match lang {
        Lang::Zh => zh::fault_problem(problem),
        Lang::En => en::fault_problem(problem),
    }
}

impl Localizer<'_> {
    /// A text behind the name of the one who wrote it.
    #[must_use]
    pub fn labeled(&self, who: &str, text: &str) -> String {
        match self.lang {
            Lang::Zh => format!("{who}：{text}"),
            Lang::En => format!("{who}: {text}"),
        }
    }

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

    /// Code and log id of a failure, for support; `None` when it has neither.
    #[must_use]
    pub fn reference(&self, code: Option<i64>, log_id: Option<&CleanText>) -> Option<String> {
        match (code, log_id) {
            (code, Some(log_id)) => Some(Start::LogId { code, log_id: &log_id.line() }.say(self.lang)),
            (Some(code), None) => Some(Start::Code { code }.say(self.lang)),
            (None, None) => None,
        }
    }

    fn reference_of(&self, notice: &Notice) -> Option<String> {
        match notice {
            Notice::ReadFailed(failure)
            | Notice::LiveTrouble(LiveTrouble::Failed(failure))
            | Notice::Refused { failure, .. }
            | Notice::NotSent { failure, .. }
            | Notice::JournalLost(failure)
            | Notice::DecisionsWait { failure }
            | Notice::Unknown { failure, .. } => self.reference(failure.code, failure.log_id.as_ref()),
            Notice::Accepted { log_id, .. } => self.reference(None, log_id.as_ref()),
            _ => None,
        }
    }

    #[must_use]
    pub fn notice(&self, notice: &Notice) -> Rendered {
        self.told(notice, &NoticeStyle { localizer: self, kept: self.word(Word::TextKept), whole: false })
    }

    fn told(&self, notice: &Notice, telling: &NoticeStyle<'_>) -> Rendered {
        let text = match self.lang {
            Lang::Zh => zh::notice(notice, telling),
            Lang::En => en::notice(notice, telling),
        };
        Rendered { tone: tone(notice), text, reference: self.reference_of(notice) }
    }

    /// A notice for the normal screen after the end of the program: no keys work there, the next start verifies unknown
    /// outcomes, and the approver's text stands only in the journal.
    #[must_use]
    pub fn parting(&self, notice: &Notice) -> Rendered {
        let kept = match notice {
            Notice::NotSent { failure: Failure { kind: FailureKind::Journal, .. }, .. } => {
                self.word(Word::TextNotRecorded).to_owned()
            }
            _ if self.simulated => self.word(Word::TextGone).to_owned(),
            _ => self.say(&Sentence::TextInHistory),
        };
        let telling = NoticeStyle { localizer: self, kept: &kept, whole: true };
        let later = if self.simulated { Word::LookedIntoNever } else { Word::LookedIntoLater };
        let (decision, target, words) = match notice {
            Notice::Unknown { decision, target, failure } => (decision, target, [sent(failure), later]),
            Notice::StillUnknown { decision, target, .. } => (decision, target, [Word::SentUnclear, later]),
            Notice::Changed { decision, target, .. } => {
                let text = format!("{} {}", telling.about(decision, target), self.word(Word::PartedChanged));
                return Rendered { text, ..self.told(notice, &telling) };
            }
            _ => return self.told(notice, &telling),
        };
        let text = format!("{} {}", telling.about(decision, target), words.map(|word| self.word(word)).concat());
        Rendered { text, ..self.told(notice, &telling) }
    }

    /// The key of a command between the words around it; empty where no key reaches it, because a sentence promises
    /// nothing that does not work where it is read.
    #[must_use]
    pub fn with_key(&self, command: Command, before: &str, after: &str) -> String {
        let key = self.keymap.reaches(self.layers, command).map(Stroke::label);
        key.map(|key| format!("{before}{key}{after}")).unwrap_or_default()
    }

    /// A failure with its meaning and its remedy, in one line.
    #[must_use]
    pub fn failure(&self, failure: &crate::domain::Failure) -> String {
        let failure::FailureExplanation { happened, meaning, press } = failure::explain(failure, self.lang);
        self.sentences([happened, meaning, press])
    }

    /// As [`Self::failure`] without the remedy, where that is said already.
    fn cause(&self, failure: &Failure) -> String {
        let failure::FailureExplanation { happened, meaning, .. } = failure::explain(failure, self.lang);
        self.sentences([happened, meaning])
    }

    fn sentences<const N: usize>(&self, parts: [String; N]) -> String {
        let gap = match self.lang {
            Lang::Zh => "",
            Lang::En => " ",
        };
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(gap)
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

    /// The differences of two readings in one line; `None` without an earlier one.
    fn change(&self, before: Option<&Shown>, now: &Shown) -> Option<String> {
        let differences = crate::domain::diff::differences(before?, now);
        let said = diff::summary(self, &Names::default(), &differences);
        (!said.is_empty()).then_some(said)
    }

    /// Who has the queue: process, terminal, host, since when.
    #[must_use]
    pub fn holder(&self, holder: &crate::app::Holder) -> String {
        let places = [holder.terminal.line(), holder.host.line()].into_iter().filter(|place| !place.is_empty());
        let place = places.collect::<Vec<_>>().join("@");
        let since = holder.since.map(|since| self.moment(since));
        let (window, pid, since) = match self.lang {
            Lang::Zh => {
                ("另一个窗口", holder.pid.map(|pid| format!("进程 {pid}")), since.map(|since| format!("{since} 起")))
            }
            Lang::En => (
                "Another window",
                holder.pid.map(|pid| format!("pid {pid}")),
                since.map(|since| format!("since {since}")),
            ),
        };
        let known: Vec<_> = pid.into_iter().chain(Some(place).filter(|place| !place.is_empty())).chain(since).collect();
        match self.lang {
            _ if known.is_empty() => window.to_owned(),
            lang => format!("{window}{}", bracketed(lang, &known.join(if lang == Lang::Zh { "，" } else { ", " }))),
        }
    }

    /// A process by its number, in words.
    #[must_use]
    pub fn process(&self, id: &ProcessId) -> String {
        format!("{} {}", self.word(Word::ProcessNumber), CleanText::new(id.as_str()).line())
    }

    /// Initiator and kind of a request, very long names shortened.
    #[must_use]
    pub fn request(&self, target: &Target) -> String {
        self.request_with(target, LONG_NAME, str::to_owned)
    }

    /// Initiator and kind of a request, each in at most `columns` columns; `name` formats the initiator. A request
    /// without a name or a known initiator goes by its number, which alone tells it from others.
    fn request_with(&self, target: &Target, columns: usize, name: impl Fn(&str) -> String) -> String {
        let number = self.process(target.process());
        let unnamed = target.kind.is_empty();
        let kind = if unnamed { &I18n::same(CleanText::new(&number)) } else { &target.kind };
        let whole = kind.get(self.lang).line();
        let columns_of_kind = if unnamed { columns.max(LONG_NAME) } else { columns };
        let kind = I18n::same(CleanText::new(&shorten::middle(&whole, columns_of_kind)));
        let kind = self.kind(&kind, target.properties);
        let initiator = self.text(&target.initiator);
        let initiator = shorten::middle(&initiator, columns);
        let requester = match (initiator.is_empty(), target.by_system) {
            (false, _) => Some(name(&initiator)),
            (true, true) => None,
            (true, false) if unnamed => return kind.into_owned(),
            (true, false) => return format!("{kind}{}", bracketed(self.lang, &number)),
        };
        self.say(&Sentence::RequestFrom { requester: requester.as_deref(), kind: &kind })
    }

    /// The kind of a request. A revocation or correction shares name and summary with its original, so it says so.
    #[must_use]
    pub fn kind<'a>(&self, kind: &'a I18n, properties: Properties) -> Cow<'a, str> {
        kind_of(self.lang, kind, properties)
    }
}

impl NoticeStyle<'_> {
    /// The decision and its request.
    fn about(&self, decision: &Decision, target: &Target) -> String {
        let Localizer { lang, .. } = *self.localizer;
        let request = self.localizer.request(target);
        match lang {
            _ if self.whole => self.localizer.decided(decision, target),
            Lang::Zh => format!("{} {request}", zh::action(decision.action())),
            Lang::En => en::deciding(decision.action(), &request),
        }
    }
}

/// The kind of a request in few columns: that it revokes or corrects another comes first and survives the cut.
#[must_use]
pub fn short_kind(lang: Lang, kind: &str, properties: Properties) -> Cow<'_, str> {
    match (properties, lang) {
        (Properties::Normal, _) => kind.into(),
        (Properties::Revocation, Lang::Zh) => format!("撤销{kind}").into(),
        (Properties::Correction, Lang::Zh) => format!("更正{kind}").into(),
        (Properties::Revocation, Lang::En) => format!("Rev. {kind}").into(),
        (Properties::Correction, Lang::En) => format!("Corr. {kind}").into(),
        (Properties::Unknown(number), _) => format!("({number}) {kind}").into(),
    }
}

/// As [`Localizer::kind`], without a localizer.
#[must_use]
pub fn kind_of(lang: Lang, kind: &I18n, properties: Properties) -> Cow<'_, str> {
    let kind = kind.get(lang).line();
    match (lang, properties) {
        (_, Properties::Normal) => kind,
        (Lang::Zh, Properties::Revocation) => format!("撤销{kind}").into(),
        (Lang::Zh, Properties::Correction) => format!("更正{kind}").into(),
        (Lang::Zh, Properties::Unknown(_)) => format!("{kind}{}", bracketed(lang, &zh::properties(properties))).into(),
        (Lang::En, properties) => format!("{}: {kind}", en::properties(properties)).into(),
    }
}

fn tone(notice: &Notice) -> Severity {
    match notice {
        Notice::Accepted { .. } | Notice::FoundApplied { .. } | Notice::Saved(_) | Notice::Copied => Severity::Good,
        Notice::ReadFailed(_)
        | Notice::Refused { .. }
        | Notice::NotSent { .. }
        | Notice::Unknown { .. }
        | Notice::FoundNotApplied { .. }
        | Notice::FoundOvertaken { .. }
        | Notice::StillUnknown { .. }
        | Notice::Changed { .. }
        | Notice::Slept { .. }
        | Notice::RequestEnded { .. }
        | Notice::JournalLost(_)
        | Notice::JournalUnreadable { .. }
        | Notice::CacheUnused(_)
        | Notice::CacheLost(_)
        | Notice::SecondInstance(_)
        | Notice::FaultNotSet(_)
        | Notice::SomeoneWasFaster { .. } => Severity::Bad,
        Notice::Unavailable { .. }
        | Notice::TooHasty
        | Notice::TooSmall
        | Notice::PasteIgnored
        | Notice::Unbound(_)
        | Notice::NothingToTakeBack
        | Notice::NothingToCopy
        | Notice::CopyMasked
        | Notice::NoMatch
        | Notice::DecisionsWait { .. }
        | Notice::ChangedUnderReview
        | Notice::RequestChanged { .. }
        | Notice::LiveTrouble(_)
        | Notice::LiveDeaf
        | Notice::ListIncomplete(_)
        | Notice::DiscardedOnLeaving(_) => Severity::Careful,
        Notice::Reconciled
        | Notice::Downloading(_)
        | Notice::Held { .. }
        | Notice::Sending { .. }
        | Notice::TakenBack { .. }
        | Notice::AllTakenBack { .. }
        | Notice::Refreshed { .. }
        | Notice::FaultsInForce(_) => Severity::Plain,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use jiff::tz::TimeZone;

    use super::{Localizer, Sentence};
    use crate::app::{Layer, Notice};
    use crate::domain::{
        ApproverId, Decision, DoneStatus, I18n, Lang, Millis, Opinion, ProcessId, ProcessStatus, Stamp, Target,
        TaskKey, TaskStatus,
    };
    use crate::keys::{Keymap, KeymapErrorKind};

    fn localizer(lang: Lang, keymap: &Keymap) -> Localizer<'_> {
        Localizer {
            lang,
            keymap,
            zone: const { &TimeZone::UTC },
            now: Millis(0),
            layers: Layer::LIST,
            simulated: false,
        }
    }

    #[test]
    fn every_known_status_has_words_of_its_own_and_an_unknown_one_its_number() {
        let keymap = Keymap::standard();
        let (zh, en) = (localizer(Lang::Zh, &keymap), localizer(Lang::En, &keymap));
        for localizer in [&zh, &en] {
            let words: HashSet<_> =
                ProcessStatus::KNOWN.iter().map(|status| localizer.process_status(*status)).collect();
            assert_eq!(words.len(), ProcessStatus::KNOWN.len());
            let words: HashSet<_> = TaskStatus::KNOWN.iter().map(|status| localizer.task_status(*status)).collect();
            assert_eq!(words.len(), TaskStatus::KNOWN.len());
        }
        assert_eq!(zh.process_status(ProcessStatus::Unknown(18)), "未知状态（18）");
        assert_eq!(en.done_status(DoneStatus::Unknown(7)), "Unknown status (7)");
    }

    #[test]
    fn a_fault_of_the_key_map_names_its_line_and_reason() {
        let faults = Keymap::with_overrides("[review]\n\"a\" = \"confirm\"\n").expect_err("refused");
        let keymap = Keymap::standard();
        let said = |lang| {
            let fault = faults.first().expect("a fault");
            localizer(lang, &keymap).say(&Sentence::KeymapFault { line: fault.line, kind: &fault.kind })
        };
        assert!(matches!(faults.first().map(|fault| &fault.kind), Some(KeymapErrorKind::ConfirmOpens { .. })));
        assert_eq!(said(Lang::Zh), "第 2 行：a 不能既是确认又是同意（approve），连按两次就会未看先提交");
        assert!(said(Lang::En).starts_with("line 2: a cannot be both confirm and approve (approve)"));
    }

    #[test]
    fn a_status_inside_an_english_sentence_is_no_name_and_one_line_is_no_lines() {
        let keymap = Keymap::standard();
        let both = |text: &str| I18n { zh: text.into(), en: text.into() };
        let target = Target {
            key: TaskKey { process: ProcessId::new("1"), approver: ApproverId::new("2") },
            kind: both("Leave"),
            initiator: both("Zhang Wei"),
            by_system: false,
            summary: I18n::default(),
            node: I18n::default(),
            high_care: false,
            stamp: Stamp([0; 16]),
            tasks: Vec::new(),
            properties: crate::domain::Properties::Normal,
        };
        let said = |notice| localizer(Lang::En, &keymap).notice(&notice).text;
        let ended = |text| {
            let decision = Decision::Approve { opinion: Opinion::new(text, 1000).expect("a short text") };
            said(Notice::RequestEnded { decision, target: target.clone(), status: ProcessStatus::Withdrawn })
        };
        let words = "Leave from Zhang Wei: the process was withdrawn. Your decision was not applied";
        assert_eq!(ended(""), words, "there is no text to keep");
        assert_eq!(ended("late"), format!("{words}, your text was kept"));
        assert!(said(Notice::JournalUnreadable { lines: 1 }).starts_with("1 line of the history"));
        assert!(said(Notice::JournalUnreadable { lines: 2 }).starts_with("2 lines of the history"));
    }
}

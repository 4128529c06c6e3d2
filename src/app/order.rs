//! Order and filter of the list, by the painted words of its rows.

use std::sync::Arc;

use super::request_cache::RequestCache;
use super::search::Words;
use crate::domain::{Lang, Names, Process, TaskKey, biz_type};

/// The order of the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Longest waiting first. Task ids rise with time, so this order needs no details.
    #[default]
    Waiting,
    Newest,
    Kind,
    Initiator,
}

impl Sort {
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::Waiting => Self::Newest,
            Self::Newest => Self::Kind,
            Self::Kind => Self::Initiator,
            Self::Initiator => Self::Waiting,
        }
    }
}

/// From so many characters on, a word of the filter is looked for in ids as well: shorter ones are figures of the row.
const ID_WORD: usize = 8;

/// The cells of a row with words. The list paints them, and filter and order use them. Marks and the waiting time,
/// which changes every minute, are excluded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowWords {
    pub kind: String,
    /// The same for a narrow column.
    pub short_kind: String,
    pub initiator: String,
    /// Without regard to masks.
    pub summary: String,
    pub node: String,
}

/// Puts a row into words.
pub type Wording = fn(Lang, &Names, &Process, &TaskKey) -> RowWords;

/// Knowledge about a task for order and filter, beyond its name.
#[derive(Debug)]
pub(super) struct Order<'a> {
    requests: &'a RequestCache,
    names: &'a Names,
    lang: Lang,
    wording: Wording,
    /// Rows of the window.
    pub(super) rows: usize,
}

/// Sort key: class (unread requests last), words, then arrival.
type Rank = (bool, String, Arrival);

/// Ids are decimal and rise with time: longer is later, then the text decides. Negated for "newest first".
type Arrival = (isize, Vec<u8>);

/// The words of a row, from one reading of its request, and whether the newest filter found them.
#[derive(Debug)]
pub(super) struct Searched {
    process: Option<Arc<Process>>,
    words: String,
    ids: String,
    pub(super) found: Option<bool>,
}

impl Searched {
    /// Whether the words of this filter are found. Ids are looked at where nothing else is known, or for a long word.
    pub(super) fn is_found(&self, filter: &str, words: &Words) -> bool {
        if self.words.is_empty() {
            words.are_in(&self.ids)
        } else if filter.split_whitespace().any(|word| word.chars().count() >= ID_WORD) {
            words.are_in(&[self.words.as_str(), &self.ids].join(" "))
        } else {
            words.are_in(&self.words)
        }
    }
}

impl<'a> Order<'a> {
    /// `rows`: those of the window.
    pub(super) const fn new(
        requests: &'a RequestCache,
        names: &'a Names,
        (lang, wording): (Lang, Wording),
        rows: usize,
    ) -> Self {
        Self { requests, names, lang, wording, rows }
    }

    fn words(&self, lang: Lang, key: &TaskKey) -> Option<RowWords> {
        let process = self.requests.process(&key.process)?;
        Some((self.wording)(lang, self.names, process, key))
    }

    pub(super) fn rank(&self, key: &TaskKey, sort: Sort) -> Rank {
        let id = key.approver.as_str();
        let length = isize::try_from(id.len()).unwrap_or(isize::MAX);
        let oldest = || (length, id.as_bytes().to_vec());
        let process = self.requests.process(&key.process);
        let by = |words: Option<String>| (words.is_none(), words.unwrap_or_default(), oldest());
        match sort {
            Sort::Waiting => (false, String::new(), oldest()),
            Sort::Newest => (false, String::new(), (-length, id.bytes().map(|byte| !byte).collect())),
            Sort::Kind => by(process.map(|process| process.kind().get(self.lang).to_string())),
            Sort::Initiator => by(self.words(self.lang, key).map(|words| words.initiator)),
        }
    }

    /// The words of the row as it is painted, in both languages. What is masked there cannot be found, revealed or not.
    pub(super) fn searched(&self, key: &TaskKey) -> Searched {
        let mut parts = Vec::new();
        for words in [Lang::Zh, Lang::En].into_iter().filter_map(|lang| self.words(lang, key)) {
            parts.extend([words.kind, words.short_kind, words.initiator, words.node]);
            if !self.requests.process(&key.process).is_some_and(biz_type::is_high_care) {
                parts.push(words.summary);
            }
        }
        let ids = format!("{} {}", key.process.as_str(), key.approver.as_str());
        let process = self.process(key).map(Arc::clone);
        Searched { process, words: parts.join(" "), ids, found: None }
    }

    /// The words are those of the newest reading.
    pub(super) fn is_current(&self, key: &TaskKey, searched: &Searched) -> bool {
        match (self.process(key), &searched.process) {
            (Some(process), Some(known)) => Arc::ptr_eq(process, known),
            (None, None) => true,
            _ => false,
        }
    }

    fn process(&self, key: &TaskKey) -> Option<&Arc<Process>> {
        self.requests.get(&key.process)?.process.here()
    }
}

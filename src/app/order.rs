//! Order and filter of the list, by the painted words of its rows.

use super::search::{Words, fold};
use crate::domain::{Lang, Names, RowProjection, TaskKey};

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
    /// Whole. The filter finds it.
    pub kind: String,
    /// As it is painted.
    pub short_kind: String,
    pub initiator: String,
    /// Without regard to masks.
    pub summary: String,
    pub node: String,
}

/// Puts a row into words.
pub type Wording = fn(Lang, &Names, &RowProjection, &TaskKey) -> RowWords;

/// Knowledge about rows for order and filter, beyond their content.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order<'a> {
    names: &'a Names,
    lang: Lang,
    wording: Wording,
    /// Rows of the window.
    pub(super) rows: usize,
}

/// The words of a row that order and filter look at. Made once for each content of the row.
#[derive(Clone, Debug, Default)]
pub(super) struct Searched {
    /// As it is painted, in both languages, with folded case.
    words: Box<str>,
    /// The initiator, in the language of the run.
    pub(super) initiator: Box<str>,
}

/// A filter, ready to be compared with rows.
#[derive(Debug)]
pub(super) struct Filter {
    words: Words,
    /// A word is long enough to be looked for in ids.
    with_ids: bool,
}

impl Filter {
    pub(super) fn new(text: &str) -> Self {
        let with_ids = text.split_whitespace().any(|word| word.chars().count() >= ID_WORD);
        Self { words: Words::new(text), with_ids }
    }

    /// Blank words show everything.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a row is found. Ids are looked at where nothing else is known, or for a long word.
    pub(super) fn finds(&self, key: &TaskKey, searched: Option<&Searched>) -> bool {
        let ids = || (fold(key.process.as_str()), fold(key.approver.as_str()));
        match searched {
            None => {
                let (process, approver) = ids();
                self.words.are_in_any(&[&process, &approver])
            }
            Some(searched) if self.with_ids => {
                let (process, approver) = ids();
                self.words.are_in_any(&[&searched.words, &process, &approver])
            }
            Some(searched) => self.words.are_in_any(&[&searched.words]),
        }
    }
}

impl<'a> Order<'a> {
    /// `rows`: those of the window.
    pub(super) const fn new(names: &'a Names, (lang, wording): (Lang, Wording), rows: usize) -> Self {
        Self { names, lang, wording, rows }
    }

    /// The word that this order sorts by, for a row with this content.
    pub(super) fn sort_word(&self, sort: Sort, row: &RowProjection, searched: Option<&Searched>) -> Box<str> {
        match sort {
            Sort::Waiting | Sort::Newest => Box::default(),
            Sort::Kind => row.kind.get(self.lang).as_str().into(),
            Sort::Initiator => searched.map(|searched| searched.initiator.clone()).unwrap_or_default(),
        }
    }

    /// The words of the row as it is painted, in both languages. What is masked there cannot be found, revealed or not.
    pub(super) fn searched(&self, key: &TaskKey, row: &RowProjection) -> Searched {
        let mut text = String::new();
        let mut initiator = Box::default();
        for lang in [Lang::Zh, Lang::En] {
            let words = (self.wording)(lang, self.names, row, key);
            let summary = (!row.high_care).then_some(words.summary.as_str());
            let parts = [&*words.kind, &words.short_kind, &words.initiator, &words.node];
            for part in parts.into_iter().chain(summary).filter(|part| !part.is_empty()) {
                text.push_str(part);
                text.push(' ');
            }
            if lang == self.lang {
                initiator = words.initiator.into_boxed_str();
            }
        }
        Searched { words: fold(&text).into(), initiator }
    }
}

//! A pending task: one person's turn in one process. The platform's list carries ids and a status only
//! (protocol.md#task-list); the process brings the rest.

use std::collections::HashSet;
use std::sync::Arc;

use super::{Millis, TaskKey, TaskStatus};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    pub key: TaskKey,
    pub status: TaskStatus,
}

/// One page of the task list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskPage {
    pub tasks: Vec<Task>,
    /// Rows that came without readable ids.
    pub unreadable: usize,
    pub end: PageEnd,
    /// The platform's clock when it answered, to the second; `None`: it did not say.
    pub answered: Option<Millis>,
}

/// Token of the next page. Opaque, though it looks like a number (protocol.md#paging).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PageToken(pub Arc<str>);

/// The continuation of a page. `has_more` alone decides whether there is one (protocol.md#paging).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PageEnd {
    Next(PageToken),
    #[default]
    Last,
    /// More rows without a way to them: the list is longer than the received part.
    Broken,
}

/// Pages of one list that are read at most.
pub const MOST_PAGES: usize = 1_000;

/// The pages of one list as they come, to notice when they lead nowhere.
#[derive(Clone, Debug, Default)]
pub struct PageChain {
    tokens: HashSet<PageToken>,
    pages: usize,
}

impl PageChain {
    /// The continuation after a page with this end and `fresh` ids that no earlier page had. A known token, a page
    /// without fresh ids, and too many pages break the chain.
    pub fn after(&mut self, end: PageEnd, fresh: usize) -> PageEnd {
        self.pages += 1;
        match end {
            PageEnd::Next(token) if fresh > 0 && self.pages < MOST_PAGES && self.tokens.insert(token.clone()) => {
                PageEnd::Next(token)
            }
            PageEnd::Next(_) => PageEnd::Broken,
            end => end,
        }
    }

    /// Pages that came.
    #[must_use]
    pub const fn pages(&self) -> usize {
        self.pages
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_PAGES, PageChain, PageEnd, PageToken};

    fn next(token: &str) -> PageEnd {
        PageEnd::Next(PageToken(token.into()))
    }

    #[test]
    fn a_chain_ends_where_the_platform_says_so() {
        let mut chain = PageChain::default();
        assert_eq!(chain.after(next("2"), 100), next("2"));
        assert_eq!(chain.after(PageEnd::Last, 0), PageEnd::Last);
        assert_eq!(chain.pages(), 2);
        assert_eq!(PageChain::default().after(PageEnd::Broken, 100), PageEnd::Broken);
    }

    #[test]
    fn a_known_token_breaks_the_chain_however_far_back() {
        let mut chain = PageChain::default();
        for token in ["2", "3", "4"] {
            assert_eq!(chain.after(next(token), 1), next(token));
        }
        assert_eq!(chain.after(next("2"), 1), PageEnd::Broken);
    }

    #[test]
    fn a_page_without_a_new_id_breaks_the_chain() {
        assert_eq!(PageChain::default().after(next("2"), 0), PageEnd::Broken);
    }

    #[test]
    fn endless_new_tokens_are_followed_for_a_thousand_pages() {
        let mut chain = PageChain::default();
        let mut asked = 1;
        while let PageEnd::Next(_) = chain.after(next(&asked.to_string()), 1) {
            asked += 1;
        }
        assert_eq!(asked, MOST_PAGES);
    }
}

//! Pages above the rest: which task each is about.

use crate::app::notice::Notice;
use crate::app::pages::{HelpSearch, Page, PageKind};
use crate::app::{App, Effect, Subject};
use crate::domain::{CleanText, TaskKey};

impl App {
    /// Opens a page bound to one task. The binding survives moves of the cursor, and the next page inherits it.
    pub(super) fn open_page(&mut self, kind: PageKind) -> Vec<Effect> {
        let before = self.page.and_then(|_| self.page_target.clone());
        let about = before.or_else(|| match kind {
            PageKind::Difference => self.compared(),
            PageKind::Links => self.subject(Subject::Links).cloned(),
            PageKind::Help | PageKind::Messages | PageKind::History => None,
        });
        self.open_page_about(kind, about);
        if kind == PageKind::History { vec![self.read_history()] } else { Vec::new() }
    }

    pub(super) fn open_page_about(&mut self, kind: PageKind, about: Option<TaskKey>) {
        self.page = Some(Page { kind, scroll: 0 });
        self.help_search = HelpSearch::default();
        self.page_target = about;
    }

    /// Copies the browser link of the request.
    pub(super) fn copy_link(&mut self) -> Vec<Effect> {
        let Some(link) = self.link() else {
            self.notices.say(Notice::NothingToCopy, self.now);
            return Vec::new();
        };
        vec![Effect::Copy(link.to_string())]
    }

    /// On the page of links: the browser link of the operator's task, else of the process.
    fn link(&self) -> Option<&CleanText> {
        let key = self.page_target.as_ref()?;
        let process = self.requests.process(&key.process)?;
        let own = process.todo(&key.approver).map(|todo| &todo.links.web);
        own.into_iter().chain([&process.start_links.web]).find(|link| !link.is_empty())
    }
}

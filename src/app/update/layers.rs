//! Consequences of the state for the loop: the key bindings in force, and the time of its next wake-up.

use crate::app::reveal::Reveal;
use crate::app::{App, Dialog, Layer, Pane, Step};
use crate::domain::Instant;

impl App {
    /// The layers of key bindings in force, topmost first.
    #[must_use]
    pub fn layers(&self) -> &'static [Layer] {
        use Layer::{Anywhere, Leaving, Moving, Page, Prompt};
        if self.leaving.is_some() {
            return &[Leaving];
        }
        if self.prompt.is_some() {
            return &[Prompt];
        }
        if self.page.is_some() {
            return &[Page, Moving, Anywhere];
        }
        self.layers_below_page()
    }

    /// The layers that are in force once the open page is closed.
    #[must_use]
    pub fn layers_below_page(&self) -> &'static [Layer] {
        use Layer::{Anywhere, Deciding, Editor, Form, Moving, Picker, Position, Process, Review};
        if let Some(dialog) = &self.dialog {
            return match dialog.step {
                Step::Compose { .. } => &[Editor],
                Step::Position => &[Position, Anywhere],
                Step::People { .. } => &[Picker],
                Step::Review { .. } => &[Review, Anywhere],
            };
        }
        match self.screen.pane {
            _ if self.open_list().is_some() => &[Layer::Issues, Moving, Anywhere],
            Pane::List => Layer::LIST,
            Pane::Process => &[Process, Deciding, Moving, Anywhere],
            Pane::Form => &[Form, Process, Deciding, Moving, Anywhere],
        }
    }

    /// When the next [`Event::Woke`](crate::app::Event::Woke) is wanted; `None` while nothing waits for time.
    #[must_use]
    pub fn next_wake(&self) -> Option<Instant> {
        if self.ending {
            return None;
        }
        [
            self.outbox.next_wake(self.now.mono),
            self.dialog.as_ref().and_then(Dialog::next_wake),
            self.fetch.next_wake(),
            self.applied_wake(),
            self.announced_wake(),
            self.rests_at,
            self.reveal.as_ref().map(Reveal::until),
            self.sight_due(),
            self.notices.next_wake(),
            self.list_refresh.next_wake(),
            self.cache_writer.next_wake(),
        ]
        .into_iter()
        .flatten()
        .min()
    }
}

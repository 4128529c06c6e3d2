//! Routing: which sub-state hears which message.

use super::{App, Effect, Message};
use crate::domain::Now;

impl App {
    /// Takes one message at a point in time; returns what the outside world is asked to do.
    pub fn update(&mut self, message: Message, now: Now) -> Vec<Effect> {
        self.now = now;
        let _ = message;
        Vec::new()
    }
}

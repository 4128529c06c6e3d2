//! The session's access to the outside. Its methods never wait, except for the terminal and for the write into the
//! journal: longer work is started, and comes back as a [`Report`].

use std::io;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::screen::Extent;
use crate::app::{Answer, App, Effect, Event, Message, Query, RequestId, Slot};
use crate::domain::decision::Receipt;
use crate::domain::record::Record;
use crate::domain::{CacheWrite, CleanText, Failure, Now, Priority, ProcessId, Reviewed};
use crate::feishu::live::LiveLink;
use crate::keys::Keymap;

use super::exit::ExitReason;

/// Results of started work.
#[derive(Debug)]
pub enum Report {
    Event(Event),
    /// The sync begun last has ended.
    Synced(Result<(), CleanText>),
    /// The preconditions of a write are met, or have failed.
    Prepared {
        id: RequestId,
        result: Result<(), Failure>,
    },
}

pub trait Clock {
    fn now(&self) -> Now;
}

/// The terminal. An error means that it is gone.
pub trait TerminalIo {
    fn draw(&mut self, app: &App, keymap: &Keymap) -> io::Result<Extent>;
    /// The next frame draws every cell.
    fn repaint(&mut self) -> io::Result<()>;
    /// Stops the program. Returns when it is continued and has the terminal again.
    fn suspend(&mut self) -> io::Result<()>;
    /// Takes the terminal over again after another program had it.
    fn resume(&mut self) -> io::Result<()>;
    fn copy(&mut self, text: &str) -> io::Result<()>;
}

/// The journal and the cache.
pub trait Storage {
    /// Writes a record. It survives the end of this process, and one of the machine after a sync.
    ///
    /// # Errors
    /// The journal does not have the record.
    fn append(&mut self, record: &Record) -> io::Result<()>;
    /// Begins to bring everything appended so far to the disk; [`Report::Synced`] ends it. Never called while one runs.
    fn begin_sync(&mut self);
    /// Writes how the session ended, durably. `idle` is the time since the last key, in milliseconds.
    fn end(&mut self, how: ExitReason, now: Now, idle: Option<u64>);
    /// Begins to read the newest decisions for a slot.
    fn read_history(&mut self, id: RequestId, slot: Slot, newest: usize);
    /// Begins to read a request of the cache for a slot. Without a cache it is never answered.
    fn read_cached(&mut self, id: RequestId, slot: Slot, process: ProcessId) {
        let _ = (id, slot, process);
    }
    /// Hands a batch to the cache.
    fn keep(&mut self, batch: Vec<CacheWrite>) {
        drop(batch);
    }
}

/// Requests to the platform.
pub trait Requests {
    /// Begins a read after a delay. A newer read of the slot replaces it.
    fn read(&mut self, id: RequestId, slot: Slot, priority: Priority, after: Duration, query: Query);
    /// The read in this slot is no longer wanted.
    fn abandon(&mut self, slot: &Slot);
    /// Opens a new long connection in the place of the one that stands.
    fn renew_live(&mut self) {}
    /// Begins to fetch what a write needs and may have to wait for; [`Report::Prepared`] ends it.
    fn prepare(&mut self, id: RequestId);
    /// Sends a decision, now and once; [`Event::Written`] ends it.
    fn write(&mut self, id: RequestId, decision: &Reviewed);
    /// Sets faults of a simulated platform. `None` from a real one.
    fn fault(&mut self, order: &str) -> Option<Event>;
    /// The program was told to end, maybe before its loop heard of it. Nothing may leave any more.
    fn is_shut_down(&self) -> bool;
    fn shut_down(&mut self);
}

/// Everything outside that a session acts on.
pub trait Environment: Clock + TerminalIo + Storage + Requests {
    /// A message is about to be handled; for tests that compare before and after.
    fn before_update(&mut self, app: &App, message: &Message) {
        let _ = (app, message);
    }
    /// A message was handled, its effects are about to be performed.
    fn after_update(&mut self, app: &App, effects: &[Effect]) {
        let _ = (app, effects);
    }
}

/// The other side of every request, as tasks see it.
pub trait Platform: Send + Sync + 'static {
    fn read(&self, query: Query, priority: Priority) -> impl Future<Output = Result<Answer, Failure>> + Send;
    /// Fetches what a write needs and may have to wait for, so that the write itself leaves at once.
    fn prepare(&self) -> impl Future<Output = Result<(), Failure>> + Send {
        std::future::ready(Ok(()))
    }
    fn write(&self, decision: &Reviewed) -> impl Future<Output = Result<Receipt, Failure>> + Send;
    /// Reports changes over a long connection until it is dropped.
    fn listen(&self, link: LiveLink) -> impl Future<Output = ()> + Send {
        let _ = link;
        std::future::ready(())
    }
    /// Cancelled when nothing may leave any more. The platform checks it last, with its connection open.
    fn shutdown(&self) -> CancellationToken {
        CancellationToken::new()
    }
    /// Sets faults of a simulated platform. `None` from a real one.
    fn fault(&self, order: &str) -> Option<Event> {
        let _ = order;
        None
    }
}

//! A panic anywhere ends the program after restoring the terminal, with the message on standard error: cleaned, because
//! it may quote foreign text.
//!
//! A panic of the loop's own thread restores the terminal at once. One of another thread must not, because the loop
//! goes on drawing: the loop is told, and ends in order.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use tokio::sync::mpsc;

use super::{console, terminal};

/// Exit code of a panic, as in any other Rust program.
pub(super) const EXIT_CODE: u8 = 101;

/// The loop while there is one.
static LOOP: Mutex<Option<(ThreadId, mpsc::UnboundedSender<String>)>> = Mutex::new(None);

/// Puts the hook in place. For the beginning of the program, once.
pub fn install_hook() {
    std::panic::set_hook(Box::new(move |panic| {
        let teller = LOOP.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let name = thread::current().name().unwrap_or("?").to_owned();
        let backtrace = Backtrace::capture();
        let mut message = format!("thread '{name}' {panic}");
        if backtrace.status() == BacktraceStatus::Captured {
            message = format!("{message}\n{backtrace}");
        }
        if let Some((loop_thread, sender)) = teller
            && loop_thread != thread::current().id()
        {
            // A loop that is over prints nothing; the program is about to end anyway.
            let _ = sender.send(message);
            return;
        }
        terminal::leave();
        print(&message);
    }));
}

/// Has panics of other threads told to the loop of this thread, from now on.
pub(super) fn listen() -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    *LOOP.lock().unwrap_or_else(PoisonError::into_inner) = Some((thread::current().id(), sender));
    receiver
}

/// The loop is over and the terminal given back: panics print where they happen again.
pub(super) fn stop_listening() {
    *LOOP.lock().unwrap_or_else(PoisonError::into_inner) = None;
}

/// Prints what was told, once the terminal is given back.
pub(super) fn print(message: &str) {
    console::say(message);
}

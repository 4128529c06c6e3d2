//! A panic anywhere ends the program, with the terminal given back and the message on standard error.
//!
//! A panic of the loop's own thread gives the terminal back at once. One of another thread must not: the loop goes on
//! drawing. It is told to the loop, which ends everything in order.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, ThreadId};

use tokio::sync::mpsc;

use super::terminal;

/// What the exit code of a panic is, here as in any other program of Rust.
pub(super) const EXIT_CODE: u8 = 101;

/// The loop while there is one.
static LOOP: Mutex<Option<(ThreadId, mpsc::UnboundedSender<String>)>> = Mutex::new(None);

/// Puts the hook in place, around the one that prints. For the beginning of the program, once.
pub fn install_hook() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let teller = LOOP.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((loop_thread, sender)) = teller
            && loop_thread != thread::current().id()
        {
            let name = thread::current().name().unwrap_or("?").to_owned();
            // A loop that is over prints nothing; the program is about to end anyway.
            let _ = sender.send(format!("thread '{name}' {panic}"));
            return;
        }
        terminal::leave();
        print(panic);
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
    let _ = writeln!(std::io::stderr(), "{message}");
}

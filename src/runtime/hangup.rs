//! Signals: those that end the program, and those that tell of the terminal.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::terminal;

/// What the system asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// End; holds the signal's number.
    End(u8),
    /// The window has another size.
    Resized,
    /// Continued after a stop: somebody else may have had the terminal.
    Continued,
}

/// The terminal hung up.
pub(super) const HANGUP: u8 = 1;
const INTERRUPT: u8 = 2;
const QUIT: u8 = 3;
const TERMINATE: u8 = 15;

/// How long the program may take to end after it was told to, whatever else it is doing.
const LAST: Duration = Duration::from_millis(2800);

/// Listens to the signals of this program in a task of its own: a loop that waits for a stuck terminal hears nothing,
/// and the program must end all the same. `closed` is set the moment it is told to: nothing leaves after that.
pub(super) fn listen(closed: Arc<AtomicBool>) -> io::Result<mpsc::Receiver<Signal>> {
    let mut hangup = signal(SignalKind::hangup())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut quit = signal(SignalKind::quit())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut window = signal(SignalKind::window_change())?;
    let mut continued = signal(SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()))?;
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let heard = tokio::select! {
                biased;
                _ = hangup.recv() => Signal::End(HANGUP),
                _ = terminate.recv() => Signal::End(TERMINATE),
                _ = interrupt.recv() => Signal::End(INTERRUPT),
                _ = quit.recv() => Signal::End(QUIT),
                _ = continued.recv() => Signal::Continued,
                _ = window.recv() => Signal::Resized,
            };
            if let Signal::End(number) = heard {
                told_to_end(number, &closed);
            }
            // A full channel has a newer signal of the window in it already, or a loop that hears nothing.
            let _ = sender.try_send(heard);
            if let Signal::End(_) = heard {
                return;
            }
        }
    });
    Ok(receiver)
}

/// The program has to end, as a signal of this number would have it: nothing leaves any more, and whatever the rest of it
/// waits for, a disk or a terminal, it waits no longer than [`LAST`].
pub(super) fn told_to_end(number: u8, closed: &AtomicBool) {
    closed.store(true, Ordering::Release);
    let watch = std::thread::Builder::new().name("watchdog".into()).spawn(move || {
        #[expect(clippy::disallowed_methods, reason = "a thread whose only work is to wait this long")]
        std::thread::sleep(LAST);
        terminal::give_back_mode();
        std::process::exit(128 + i32::from(number));
    });
    if let Err(error) = watch {
        tracing::warn!(%error, "the end is not watched over");
    }
}

//! Signals that end the program, and signals about the terminal.

use std::future::poll_fn;
use std::io;
use std::ops::RangeInclusive;
use std::task::Poll;
use std::time::Duration;

use rustix::process::Signal as Number;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::terminal;

/// Request of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signal {
    /// End; holds the signal's number.
    End(u8),
    /// The window has another size.
    Resized,
    /// Continued after a stop: another program may have had the terminal.
    Continued,
}

/// Signals that ask a program to end, the most urgent first.
const ASKED: [Number; 4] = [Number::HUP, Number::TERM, Number::INT, Number::QUIT];
/// Other signals whose default action ends a program (`signal(7)`). `KILL` cannot be caught; after `SEGV`, `ILL` and
/// `FPE` no code of this program may be trusted; `PIPE` the runtime ignores already.
const OTHERS: [Number; 13] = [
    Number::USR1,
    Number::USR2,
    Number::ALARM,
    Number::VTALARM,
    Number::PROF,
    Number::IO,
    Number::XCPU,
    Number::ABORT,
    Number::TRAP,
    Number::BUS,
    Number::SYS,
    Number::STKFLT,
    Number::POWER,
];
/// Real-time signals of Linux, without the two that every C library keeps for itself.
const REAL_TIME: RangeInclusive<i32> = 34..=64;

/// Longest time for the program to end after a signal, in any state.
const LAST: Duration = Duration::from_millis(2800);

/// Listens to the signals of this program in a task of its own: a loop that waits for a stuck terminal hears nothing,
/// and the program must end all the same. The shutdown flag is set at the signal; nothing leaves after that.
pub(super) fn listen(shutdown: CancellationToken) -> io::Result<mpsc::Receiver<Signal>> {
    let mut ends = ends()?;
    let mut window = signal(SignalKind::window_change())?;
    let mut continued = signal(kind(Number::CONT))?;
    // Caught and left at that: a write beyond the limit of a file's size fails, and is told as any other.
    let _too_large = signal(kind(Number::XFSZ))?;
    let (sender, receiver) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let heard = tokio::select! {
                biased;
                number = first(&mut ends) => Signal::End(number),
                _ = continued.recv() => Signal::Continued,
                _ = window.recv() => Signal::Resized,
            };
            if let Signal::End(number) = heard {
                begin_shutdown(number, &shutdown);
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

/// One kind of signal, by its number.
type Listener = (u8, tokio::signal::unix::Signal);

/// Listeners to every signal that would end the program.
fn ends() -> io::Result<Vec<Listener>> {
    let listener = |number: i32| Ok((u8::try_from(number).unwrap_or_default(), signal(SignalKind::from_raw(number))?));
    let named = ASKED.into_iter().chain(OTHERS).map(|number| listener(number.as_raw()));
    let mut ends = named.collect::<io::Result<Vec<Listener>>>()?;
    // Some C libraries keep one more of these for themselves and refuse it.
    ends.extend(REAL_TIME.filter_map(|number| listener(number).ok()));
    Ok(ends)
}

/// Waits for the first of them.
async fn first(ends: &mut [Listener]) -> u8 {
    poll_fn(|context| {
        let heard = ends.iter_mut().find_map(|(number, end)| end.poll_recv(context).is_ready().then_some(*number));
        heard.map_or(Poll::Pending, Poll::Ready)
    })
    .await
}

fn kind(number: Number) -> SignalKind {
    SignalKind::from_raw(number.as_raw())
}

/// Ends the program as a signal of this number would: nothing leaves any more, and no wait for a disk or a terminal
/// lasts longer than [`LAST`].
pub(super) fn begin_shutdown(number: u8, shutdown: &CancellationToken) {
    shutdown.cancel();
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

//! The keyboard: a thread that waits for the terminal's bytes and passes on all available ones as one burst.
//!
//! It sleeps in the kernel until a byte comes or the terminal goes; only an unfinished sequence has a timeout.

use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::io::Errno;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::decode::{Decoder, KeyInput, Pending};
use super::signals;
use crate::app::Burst;

/// How long an escape waits for the rest of a sequence before it is the key. Terminals send a sequence in one piece, and
/// SSH keeps it whole: only the scheduler of this host can tear it.
const ESCAPE: Duration = Duration::from_millis(20);
/// How long any other sequence waits for its end.
const SEQUENCE: Duration = Duration::from_secs(1);
/// Longest pause in a paste. Long, because bytes after its end are read as keys.
const PASTE: Duration = Duration::from_secs(10);
/// Bytes of one burst; later ones belong to the next.
const BURST_LIMIT: usize = 256 * 1024;
/// Bursts that wait for the loop.
const BURSTS: usize = 8;

/// Input from the keyboard.
#[derive(Debug)]
pub(super) enum Keyboard {
    Burst(Burst, Vec<KeyInput>),
    /// The terminal is gone.
    Gone,
}

/// Reads standard input for the rest of the program. At its end the shutdown flag is set at once: in a session of its
/// own the program gets no signal, and its loop may be waiting for a disk.
pub(super) fn listen(shutdown: CancellationToken) -> std::io::Result<mpsc::Receiver<Keyboard>> {
    let (sender, receiver) = mpsc::channel(BURSTS);
    std::thread::Builder::new().name("keyboard".into()).spawn(move || {
        let mut reader = KeyboardReader { decoder: Decoder::default(), bursts: 0 };
        while let Ok(inputs) = reader.burst() {
            if inputs.is_empty() {
                continue;
            }
            reader.bursts += 1;
            if sender.blocking_send(Keyboard::Burst(Burst(reader.bursts), inputs)).is_err() {
                return;
            }
        }
        signals::begin_shutdown(super::session::HANGUP, &shutdown);
        // The loop may be over already.
        let _ = sender.blocking_send(Keyboard::Gone);
    })?;
    Ok(receiver)
}

struct KeyboardReader {
    decoder: Decoder,
    bursts: u64,
}

impl KeyboardReader {
    /// Waits for bytes and reads all that are there.
    fn burst(&mut self) -> Result<Vec<KeyInput>, Errno> {
        let patience = match self.decoder.pending() {
            Pending::Nothing => None,
            Pending::Escape => Some(ESCAPE),
            Pending::Sequence => Some(SEQUENCE),
            Pending::Paste => Some(PASTE),
        };
        if !ready(patience)? {
            return Ok(self.decoder.give_up());
        }
        let mut inputs = Vec::new();
        let mut taken = 0;
        let mut buffer = [0; 4096];
        loop {
            let read = match rustix::io::read(rustix::stdio::stdin(), &mut buffer) {
                // End of file on a terminal: it was hung up.
                Ok(0) => return Err(Errno::IO),
                Ok(read) => read,
                Err(Errno::INTR | Errno::AGAIN) => 0,
                Err(error) => return Err(error),
            };
            inputs.extend(self.decoder.take(buffer.get(..read).unwrap_or_default()));
            taken += read;
            if taken >= BURST_LIMIT || !ready(Some(Duration::ZERO))? {
                return Ok(inputs);
            }
        }
    }
}

/// Whether the terminal has bytes, or its end, to read within this time; `None` waits for ever.
fn ready(within: Option<Duration>) -> Result<bool, Errno> {
    let stdin = rustix::stdio::stdin();
    let limit = within.map(|time| Timespec {
        tv_sec: i64::try_from(time.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: time.subsec_nanos().into(),
    });
    let mut watched = [PollFd::new(&stdin, PollFlags::IN)];
    loop {
        match rustix::event::poll(&mut watched, limit.as_ref()) {
            Ok(count) => return Ok(count > 0),
            Err(Errno::INTR) => {}
            Err(error) => return Err(error),
        }
    }
}

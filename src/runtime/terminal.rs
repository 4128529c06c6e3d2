//! The terminal: entered once, left once on every way out, written to once a frame, never queried.

use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Mutex, PoisonError};

use crossterm::Command as _;
use ratatui::layout::{Rect, Size};
use ratatui::{Frame, TerminalOptions, Viewport};
use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, QueueSelector, Termios};

use super::backend::MinimalBackend;

/// Alternate screen, bracketed paste, no cursor until a text field wants one.
const ENTER: &str = "\x1b[?1049h\x1b[?2004h\x1b[?25l";
/// The same undone, and the terminal's own colours.
const LEAVE: &str = "\x1b[0m\x1b[?2004l\x1b[?25h\x1b[?1049l";
/// Assumed size of a terminal that reports none.
const USUAL: Size = Size { width: 80, height: 24 };
/// More cells than any screen has; a terminal that claims more is not believed.
const LARGEST: Size = Size { width: 1000, height: 500 };

/// How the terminal was before it was entered; `None` while it is not.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// The terminal while the program has it.
pub struct Terminal {
    inner: ratatui::Terminal<MinimalBackend<Tty>>,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Terminal").field("size", &size()).finish_non_exhaustive()
    }
}

impl Terminal {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// Standard input or output is no terminal, or it is gone.
    pub fn enter() -> io::Result<Self> {
        let size = size();
        let options = TerminalOptions { viewport: Viewport::Fixed(area(size)) };
        let inner = ratatui::Terminal::with_options(MinimalBackend::new(Tty, size), options)?;
        // From here on, dropping it gives the terminal back.
        let mut terminal = Self { inner };
        take_over()?;
        terminal.repaint()?;
        Ok(terminal)
    }

    /// Draws what changed.
    pub(super) fn draw(&mut self, paint: impl FnOnce(&mut Frame)) -> io::Result<()> {
        self.inner.draw(paint).map(drop)
    }

    /// The next frame draws every cell. Also follows the size of the terminal.
    pub(super) fn repaint(&mut self) -> io::Result<()> {
        let size = size();
        let backend = self.inner.backend_mut();
        backend.resize(size);
        backend.forget();
        self.inner.resize(area(size))
    }

    /// Gives the terminal back, stops the program with everything that was started with it, and takes the terminal
    /// over again when the shell continues it. All of the process group stops, as the keyboard's own signal would
    /// have it: under `cargo run` or `sudo` the shell waits for the parent.
    pub(super) fn suspend(&mut self) -> io::Result<()> {
        leave();
        rustix::process::kill_current_process_group(rustix::process::Signal::TSTP)?;
        self.resume()
    }

    /// Takes the terminal over again after another program had it.
    pub(super) fn resume(&mut self) -> io::Result<()> {
        take_over()?;
        self.repaint()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        leave();
    }
}

/// Puts text on the terminal's clipboard (OSC 52), where it allows that.
pub(super) fn copy(text: &str) -> io::Result<()> {
    let mut sequence = String::new();
    crossterm::clipboard::CopyToClipboard::to_clipboard_from(text)
        .write_ansi(&mut sequence)
        .map_err(io::Error::other)?;
    Tty.write_all(sequence.as_bytes())
}

/// Columns and rows of the terminal.
#[must_use]
pub fn size() -> Size {
    rustix::termios::tcgetwinsize(rustix::stdio::stdout())
        .ok()
        .filter(|size| size.ws_col > 0 && size.ws_row > 0)
        .map_or(USUAL, |size| Size { width: size.ws_col.min(LARGEST.width), height: size.ws_row.min(LARGEST.height) })
}

fn area(size: Size) -> Rect {
    Rect::new(0, 0, size.width, size.height)
}

fn take_over() -> io::Result<()> {
    let stdin = rustix::stdio::stdin();
    let found = rustix::termios::tcgetattr(stdin)?;
    let mut raw = found.clone();
    raw.make_raw();
    rustix::termios::tcsetattr(stdin, OptionalActions::Now, &raw)?;
    // Continued by a shell that had not been left, the mode found is the shell's, not what was before.
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(found);
    Tty.write_all(ENTER.as_bytes())
}

/// Restores the terminal. Does nothing when it was not taken. Typed and unread bytes are dropped: the rest of a paste
/// must not become commands of the shell.
pub fn leave() {
    if is_entered() {
        // On a terminal that is gone this fails, and there is nothing to restore.
        let _ = Tty.write_all(LEAVE.as_bytes());
        give_back_mode();
    }
}

/// The part of [`leave`] that cannot block, for a terminal that takes no more output.
pub(super) fn give_back_mode() {
    let Some(before) = BEFORE.lock().unwrap_or_else(PoisonError::into_inner).take() else { return };
    let stdin = rustix::stdio::stdin();
    let _ = rustix::termios::tcflush(stdin, QueueSelector::IFlush);
    let _ = rustix::termios::tcsetattr(stdin, OptionalActions::Now, &before);
}

/// Whether the program has the terminal at this moment.
#[must_use]
pub fn is_entered() -> bool {
    BEFORE.lock().unwrap_or_else(PoisonError::into_inner).is_some()
}

/// Standard output without the line buffer of the standard library, which would cut a frame in pieces.
#[derive(Debug)]
struct Tty;

impl Write for Tty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            let stdout = rustix::stdio::stdout();
            match rustix::io::write(stdout.as_fd(), bytes) {
                // Another program that shares the terminal made it non-blocking.
                Err(Errno::AGAIN) => {
                    rustix::event::poll(&mut [PollFd::new(&stdout, PollFlags::OUT)], None)?;
                }
                Err(Errno::INTR) => {}
                written => return Ok(written?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

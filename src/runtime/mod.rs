//! The only place with tasks, clocks and the terminal: the loop that turns what happens into messages, hands them to the
//! state machine, has its effects done, and draws.

pub mod backend;
mod clock;
mod commands;
mod console;
mod decode;
mod dispatch;
pub mod faults;
mod input;
mod journal_session;
mod journal_writer;
mod limits;
pub mod log;
pub mod panics;
mod platform;
mod port;
mod runner;
mod signals;
pub mod start;
pub mod terminal;

use std::collections::VecDeque;
use std::io;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt as _;
use ratatui::Frame;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

pub use clock::SystemClock;
use decode::Input;
use input::Keyboard;
pub use journal_writer::JournalWriter;
pub use platform::OpenApi;
pub use port::Platform;
use runner::Runner;
use signals::Signal;
use terminal::Terminal;

use crate::app::screen::Extent;
use crate::app::{self, Answer, App, Burst, Effect, Event, Message, Query, Typed};
use crate::domain::CleanText;
use crate::domain::record::SessionEnd;
use crate::keys::{Keymap, interpret, interpret_repeat};

/// Time between two frames while there is always something to draw: 30 a second.
const FRAME: Duration = Duration::from_millis(33);
/// Frames that may follow each other without that time after a rest: what a single key does is shown at once.
const FRAMES_AT_ONCE: u32 = 4;
/// How long decisions under way are waited for when the program must end.
const PATIENCE: Duration = Duration::from_secs(2);
/// Messages that are handled before a frame is drawn, should more keep coming.
const DRAIN_LIMIT: usize = 256;

/// How the program came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitReason {
    /// The operator left.
    Quit,
    /// A signal of this number, or the terminal went (1).
    Signal(u8),
    Panicked,
}

impl ExitReason {
    const fn of_session(self) -> SessionEnd {
        match self {
            Self::Quit => SessionEnd::Quit,
            Self::Signal(number) => SessionEnd::Signal(number),
            Self::Panicked => SessionEnd::Panicked,
        }
    }

    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Quit => 0,
            Self::Signal(number) => 128 + number,
            Self::Panicked => panics::EXIT_CODE,
        }
    }
}

/// Runs the inbox until it ends. `paint` draws a frame and says how long its scrollable text is.
///
/// # Errors
/// The terminal or the signals of the process are not to be had.
pub async fn run<P: Platform>(
    app: App,
    keymap: Keymap,
    paint: impl Fn(&mut Frame, &App, &Keymap) -> Extent,
    platform: P,
    journal: JournalWriter,
    first: impl IntoIterator<Item = Event>,
    clock: SystemClock,
) -> io::Result<(ExitReason, App)> {
    let (runner, mut answers) = Runner::new(platform, clock);
    let mut signals = signals::listen(runner.shutdown())?;
    let mut panics = panics::listen();
    let terminal = Terminal::enter()?;
    let mut keyboard = input::listen(runner.shutdown())?;
    let mut session = Session {
        app,
        keymap,
        paint,
        terminal,
        runner,
        journal,
        clock,
        unrecorded: false,
        dirty: true,
        paced: Instant::now(),
        woken: clock.instant(clock.now().mono),
        ended: None,
    };
    let looping = session.run(first, &mut signals, &mut panics, &mut keyboard, &mut answers);
    // A panic of the loop has been printed by the hook; what was sent still deserves its answer.
    let (ending, message) = AssertUnwindSafe(looping).catch_unwind().await.unwrap_or((ExitReason::Panicked, None));
    panics::stop_listening();
    let patience = Instant::now() + PATIENCE;
    let Session { terminal, mut runner, mut journal, app, clock, .. } = session;
    drop(terminal);
    if let Some(message) = &message {
        panics::print(message);
    }
    // Before the answers that are still waited for: nobody sees those any more, and the next start has to tell them.
    let now = clock.now();
    journal.end(ending.of_session(), now.wall, app.idle(now));
    let mut drain = Drain { app, journal, clock };
    if let ExitReason::Signal(_) = ending {
        // A terminal that vanished while it was drawn on has told nobody yet.
        drain.tell(Event::HungUp);
    }
    if ending != ExitReason::Panicked {
        drain.answers(&mut answers, patience).await;
    }
    runner.close(answers, patience).await;
    drain.journal.sync();
    Ok((ending, drain.app))
}

/// What goes on after the screen is gone: answers to decisions that were on their way reach the journal.
struct Drain {
    app: App,
    journal: JournalWriter,
    clock: SystemClock,
}

impl Drain {
    async fn answers(&mut self, answers: &mut mpsc::Receiver<Event>, patience: Instant) {
        while self.app.outbox.sending() > 0 {
            let Ok(Some(event)) = tokio::time::timeout_at(patience, answers.recv()).await else { return };
            self.tell(event);
        }
    }

    fn tell(&mut self, event: Event) {
        for effect in self.app.update(Message::Event(event), self.clock.now()) {
            if let Effect::Record(record) = effect
                && let Err(error) = self.journal.append(&record)
            {
                tracing::error!(%error, "the journal does not have the answer to a decision");
            }
        }
    }
}

/// Everything that the loop owns.
struct Session<P, D> {
    app: App,
    keymap: Keymap,
    paint: D,
    terminal: Terminal,
    runner: Runner<P>,
    journal: JournalWriter,
    clock: SystemClock,
    /// A record did not reach the journal: nothing is sent any more.
    unrecorded: bool,
    /// Something was handled since the last frame.
    dirty: bool,
    /// When the frames drawn so far would have been through, one [`FRAME`] after the other.
    paced: Instant,
    /// When the state machine was last woken.
    woken: Instant,
    ended: Option<ExitReason>,
}

impl<P: Platform, D: Fn(&mut Frame, &App, &Keymap) -> Extent> Session<P, D> {
    async fn run(
        &mut self,
        first: impl IntoIterator<Item = Event>,
        signals: &mut mpsc::Receiver<Signal>,
        panics: &mut mpsc::UnboundedReceiver<String>,
        keyboard: &mut mpsc::Receiver<Keyboard>,
        answers: &mut mpsc::Receiver<Event>,
    ) -> (ExitReason, Option<String>) {
        for event in first {
            self.tell(Message::Event(event));
        }
        loop {
            if let Some(ending) = self.ended {
                return (ending, None);
            }
            if self.dirty && self.frame_due() <= Instant::now() {
                self.draw();
                continue;
            }
            let wake = self.wake_due();
            let frame = self.frame_due();
            tokio::select! {
                biased;
                Some(message) = panics.recv() => {
                    self.runner.stop_accepting();
                    return (ExitReason::Panicked, Some(message));
                }
                Some(signal) = signals.recv() => self.heard(signal),
                Some(keys) = keyboard.recv() => self.pressed(keys),
                Some(event) = answers.recv() => self.answered(event),
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {
                    self.woken = Instant::now();
                    self.tell(Message::Event(Event::Woke));
                }
                () = sleep_until(frame), if self.dirty => {}
            }
            for _ in 0..DRAIN_LIMIT {
                if self.ended.is_some() {
                    break;
                } else if let Ok(signal) = signals.try_recv() {
                    self.heard(signal);
                } else if let Ok(keys) = keyboard.try_recv() {
                    self.pressed(keys);
                } else if let Ok(event) = answers.try_recv() {
                    self.answered(event);
                } else {
                    break;
                }
            }
        }
    }

    /// When the next frame may be drawn.
    fn frame_due(&self) -> Instant {
        self.paced - FRAME * (FRAMES_AT_ONCE - 1)
    }

    /// When the state machine wants to be woken. Never twice within a frame's time: a wish for the past must not
    /// become a loop without rest.
    fn wake_due(&self) -> Option<Instant> {
        self.app.next_wake().map(|at| self.clock.instant(at).max(self.woken + FRAME))
    }

    fn heard(&mut self, signal: Signal) {
        match signal {
            Signal::End(number) => self.hang_up(number),
            Signal::Resized => {
                let size = terminal::size();
                if self.try_terminal(Terminal::repaint) {
                    self.tell(Message::Event(Event::Resized { columns: size.width, rows: size.height }));
                }
            }
            Signal::Continued => {
                if self.try_terminal(Terminal::resume) {
                    self.tell(Message::Event(Event::Resumed));
                }
            }
        }
    }

    fn pressed(&mut self, keys: Keyboard) {
        match keys {
            Keyboard::Gone => self.hang_up(signals::HANGUP),
            Keyboard::Burst(burst, inputs) => {
                for input in inputs {
                    if self.ended.is_none() {
                        self.typed(input, burst);
                    }
                }
            }
        }
    }

    fn typed(&mut self, input: Input, burst: Burst) {
        let typed = match input {
            Input::Paste(text) => Typed::Paste(text),
            Input::Stroke(stroke) => interpret(&self.keymap, self.app.layers(), stroke),
            Input::Repeat(stroke) => interpret_repeat(&self.keymap, self.app.layers(), stroke),
        };
        self.tell(Message::Typed { typed, burst });
    }

    fn answered(&mut self, event: Event) {
        self.runner.answered(&event);
        self.tell(Message::Event(event));
    }

    /// Nothing may be sent any more; the state machine is told so. What it held stays in the journal as held.
    fn hang_up(&mut self, number: u8) {
        tracing::info!(number, "told to end");
        self.runner.stop_accepting();
        self.tell(Message::Event(Event::HungUp));
        self.ended = Some(ExitReason::Signal(number));
    }

    fn tell(&mut self, message: Message) {
        let mut messages = VecDeque::from([message]);
        while let Some(message) = messages.pop_front() {
            self.dirty = true;
            for effect in self.app.update(message, self.clock.now()) {
                messages.extend(self.perform(effect));
            }
        }
    }

    /// Has an effect done; what it brings about at once comes back as a message.
    fn perform(&mut self, effect: Effect) -> Option<Message> {
        match effect {
            Effect::Read { id, slot, query: Query::History { newest }, .. } => {
                let history = self.journal.history(newest);
                self.runner.read_disk(id, slot, move || Answer::History(history()));
            }
            Effect::Read { id, slot, after, query } => self.runner.read(id, slot, after, query),
            Effect::Abandon(slot) => self.runner.abandon(&slot),
            Effect::Record(record) => match self.journal.append(&record) {
                Ok(()) => self.runner.sync(self.journal.syncer()),
                Err(error) => {
                    tracing::error!(%error, "the journal cannot be written");
                    self.unrecorded = true;
                    return Some(Message::Event(Event::NotRecorded(CleanText::new(&error.to_string()))));
                }
            },
            Effect::Write { id, .. } if self.unrecorded => {
                let failure = app::not_recorded(CleanText::default());
                return Some(Message::Event(Event::Written { id, result: Err(failure) }));
            }
            Effect::Write { id, decision } => self.runner.write(id, decision, self.journal.syncer(), self.app.now),
            Effect::Copy(text) => {
                if self.try_terminal(|_| terminal::copy(&text)) {
                    return Some(Message::Event(Event::Copied));
                }
            }
            Effect::Fault(order) => return self.runner.fault(&order).map(Message::Event),
            Effect::Suspend => {
                if self.try_terminal(Terminal::suspend) {
                    return Some(Message::Event(Event::Resumed));
                }
            }
            Effect::Repaint => {
                self.try_terminal(Terminal::repaint);
            }
            Effect::Quit => {
                self.ended.get_or_insert(ExitReason::Quit);
            }
        }
        None
    }

    fn draw(&mut self) {
        let Self { app, keymap, paint, terminal, .. } = self;
        let mut extent = Extent::default();
        let drawn = terminal.draw(|frame| extent = paint(frame, app, keymap));
        self.tell(Message::Event(Event::Drawn(extent)));
        self.paced = self.paced.max(Instant::now()) + FRAME;
        self.dirty = false;
        self.try_terminal(|_| drawn);
    }

    /// A terminal that takes nothing is gone.
    fn try_terminal(&mut self, act: impl FnOnce(&mut Terminal) -> io::Result<()>) -> bool {
        let done = act(&mut self.terminal);
        if let Err(error) = &done {
            tracing::info!(%error, "the terminal is gone");
            signals::begin_shutdown(signals::HANGUP, &self.runner.shutdown());
            self.ended.get_or_insert(ExitReason::Signal(signals::HANGUP));
        }
        done.is_ok()
    }
}

//! A pseudo-terminal with a program in it, and a screen that interprets the output. Every wait is for a condition on
//! that screen or on the process, with a deadline.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, pidfd_open};
use rustix::termios::{Termios, tcgetattr};
use tempfile::TempDir;

/// Far above any duration here, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(30);
/// Between two keys that are to fill the terminal.
const MOMENT: Duration = Duration::from_millis(150);
/// Between two presses of the same key: longer than a review takes no confirmation after one that came too early.
const PRESS_AGAIN: Duration = Duration::from_millis(400);
/// Between two repeats of a key that is held.
const REPEAT: Duration = Duration::from_millis(33);
const ROWS: u16 = 24;
const COLUMNS: u16 = 80;

pub struct Terminal {
    pty: Pty,
    program: Program,
    /// How the terminal stood before anything ran in it.
    pub before: Manner,
    screen: vt100::Parser,
    /// All output to the terminal.
    pub written: Vec<u8>,
    home: TempDir,
}

/// How a program ended whose terminal was taken away.
#[derive(Debug)]
pub struct Vanished {
    pub took: Duration,
    /// CPU time of the program and its children.
    pub cpu: Duration,
    pub status: ExitStatus,
}

/// How a terminal stands that no program has taken over.
#[derive(Debug, PartialEq)]
pub struct Manner {
    alternate_screen: bool,
    cursor_hidden: bool,
    bracketed_paste: bool,
    modes: String,
}

impl Terminal {
    /// Starts a program in a home directory of its own, with nothing of this environment.
    pub fn start(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let home = TempDir::new().unwrap();
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(ROWS, COLUMNS)).unwrap();
        let screen = vt100::Parser::new(ROWS, COLUMNS, 0);
        let before = Manner::of(&pty, screen.screen());
        let command = Command::new(program)
            .args(arguments)
            .env_clear()
            .env("HOME", home.path())
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("TERM", "xterm-256color")
            .env("LANG", "zh_CN.UTF-8")
            // The shell's job messages are expected in English, with any installed locales.
            .env("LANGUAGE", "en")
            .envs(variables.iter().copied())
            .current_dir(home.path());
        let program = Program(command.spawn(pts).unwrap());
        rustix::fs::fcntl_setfl(&pty, rustix::fs::OFlags::NONBLOCK).unwrap();
        Self { pty, program, before, screen, written: Vec::new(), home }
    }

    /// The demo without other people's actions, with its first request on screen.
    pub fn demo() -> Self {
        Self::demo_with(&[])
    }

    pub fn demo_with(variables: &[(&str, &str)]) -> Self {
        let mut terminal = Self::start(super::SHENPI, &["demo", "--still"], variables);
        terminal.wait_for_inbox();
        terminal
    }

    pub fn wait_for_inbox(&mut self) {
        self.wait("the inbox", |screen| {
            let text = screen.contents();
            screen.alternate_screen() && text.contains("/24") && !text.contains("读取中")
        });
    }

    pub fn type_keys(&mut self, keys: impl AsRef<[u8]>) {
        let mut rest = keys.as_ref();
        let deadline = Instant::now() + DEADLINE;
        while !rest.is_empty() {
            assert!(Instant::now() < deadline, "the program reads nothing; screen:\n{}", self.text());
            let (ready, _) = self.poll(PollFlags::IN | PollFlags::OUT, deadline);
            if ready.contains(PollFlags::IN) {
                self.take();
            }
            if ready.contains(PollFlags::OUT) {
                match self.pty.write(rest) {
                    Ok(written) => rest = &rest[written..],
                    Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock),
                }
            }
        }
    }

    /// Waits until the screen is as described.
    pub fn wait(&mut self, what: &str, condition: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !condition(self.screen.screen()) {
            let (ready, exited) = self.poll(PollFlags::IN, deadline);
            let read = ready.contains(PollFlags::IN) && self.take();
            let over = Instant::now() >= deadline || (exited && !read);
            assert!(!over || condition(self.screen.screen()), "no {what}; exited: {exited}; screen:\n{}", self.text());
        }
    }

    /// Presses these keys, and again after a moment, until the screen is as described.
    pub fn press_until(&mut self, keys: &str, what: &str, condition: impl Fn(&vt100::Screen) -> bool) {
        let deadline = Instant::now() + DEADLINE;
        while !condition(self.screen.screen()) {
            assert!(Instant::now() < deadline, "no {what}; screen:\n{}", self.text());
            self.type_keys(keys);
            let moment = Instant::now() + PRESS_AGAIN;
            while Instant::now() < moment && !condition(self.screen.screen()) {
                if self.poll(PollFlags::IN, moment).0.contains(PollFlags::IN) {
                    self.take();
                }
            }
        }
    }

    /// Sends these bytes as a keyboard repeats a key that is held so long, and follows the screen.
    pub fn hold(&mut self, bytes: &str, time: Duration) {
        let end = Instant::now() + time;
        while Instant::now() < end {
            self.type_keys(bytes);
            let next = Instant::now() + REPEAT;
            while Instant::now() < next {
                if self.poll(PollFlags::IN, next).0.contains(PollFlags::IN) {
                    self.take();
                }
            }
        }
    }

    pub fn wait_for_text(&mut self, text: &str) {
        self.wait(text, |screen| screen.contents().contains(text));
    }

    /// Waits until the header counts so many pending tasks, beside the position or on their own.
    pub fn wait_for_pending(&mut self, count: usize) {
        let counts = [format!("/{count} "), format!("待办 {count} ")];
        self.wait(&counts[1], |screen| counts.iter().any(|count| screen.contents().contains(count)));
    }

    /// Waits for the end of the process, and reads its remaining output.
    pub fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let (ready, exited) = self.poll(PollFlags::IN, deadline);
            let read = ready.contains(PollFlags::IN) && self.take();
            if exited && !read {
                return self.program.0.wait().unwrap();
            }
            assert!(Instant::now() < deadline, "the program does not end; screen:\n{}", self.text());
        }
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    pub fn manner(&self) -> Manner {
        Manner::of(&self.pty, self.screen.screen())
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(self.program.pid(), signal).unwrap();
    }

    pub fn resize(&mut self, rows: u16, columns: u16) {
        self.screen.screen_mut().set_size(rows, columns);
        self.pty.resize(Size::new(rows, columns)).unwrap();
    }

    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// The process that was started.
    pub fn process(&self) -> u32 {
        self.program.0.id()
    }

    /// Takes the terminal away, as a dropped line does, and waits for the end of the program.
    pub fn vanish(self) -> Vanished {
        let Self { pty, mut program, home, .. } = self;
        let process = pidfd_open(program.pid(), PidfdFlags::empty()).unwrap();
        let worked = program.cpu();
        let begun = Instant::now();
        drop(pty);
        let limit = timespec(DEADLINE);
        let ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&limit)).unwrap();
        assert_eq!(ended, 1, "the program outlives its terminal");
        let took = begun.elapsed();
        // It has ended and has not been waited for: its figures are still there.
        let cpu = program.cpu().saturating_sub(worked);
        drop(home);
        Vanished { took, cpu, status: program.0.wait().unwrap() }
    }

    /// Presses a key again and again and reads nothing, until the program waits for the terminal to take more.
    pub fn clog(&mut self, key: &[u8]) {
        let deadline = Instant::now() + DEADLINE;
        while !self.program.waits_for_output() {
            assert!(Instant::now() < deadline, "the program never had to wait");
            self.pty.write_all(key).unwrap();
            self.poll(PollFlags::empty(), Instant::now() + MOMENT);
        }
    }

    /// Waits for the end of a program whose terminal stays, and is not read.
    pub fn wait_for_end_unread(mut self) -> Option<ExitStatus> {
        let process = pidfd_open(self.program.pid(), PidfdFlags::empty()).unwrap();
        let ended = poll(&mut [PollFd::new(&process, PollFlags::IN)], Some(&timespec(DEADLINE))).unwrap();
        (ended == 1).then(|| self.program.0.wait().unwrap())
    }

    /// Waits for the terminal or the end of the process. Says what the terminal is ready for, and whether the
    /// process has ended.
    fn poll(&self, interest: PollFlags, deadline: Instant) -> (PollFlags, bool) {
        let process = pidfd_open(self.program.pid(), PidfdFlags::empty()).unwrap();
        let limit = timespec(deadline.saturating_duration_since(Instant::now()));
        let pty = self.pty.as_fd();
        let mut watched = [PollFd::new(&pty, interest), PollFd::new(&process, PollFlags::IN)];
        poll(&mut watched, Some(&limit)).unwrap();
        (watched[0].revents(), watched[1].revents().contains(PollFlags::IN))
    }

    /// Reads the available output. `false` when there is none.
    fn take(&mut self) -> bool {
        let mut buffer = [0; 8192];
        match self.pty.read(&mut buffer) {
            Ok(read) => {
                self.written.extend_from_slice(&buffer[..read]);
                self.screen.process(&buffer[..read]);
                read > 0
            }
            // No output, or no process at the other end.
            Err(_) => false,
        }
    }
}

impl Manner {
    fn of(pty: &Pty, screen: &vt100::Screen) -> Self {
        let Termios { input_modes, output_modes, local_modes, control_modes, .. } = tcgetattr(pty).unwrap();
        Self {
            alternate_screen: screen.alternate_screen(),
            cursor_hidden: screen.hide_cursor(),
            bracketed_paste: screen.bracketed_paste(),
            modes: format!("{input_modes:?} {output_modes:?} {local_modes:?} {control_modes:?}"),
        }
    }
}

/// A test that failed leaves nothing running behind it.
struct Program(Child);

impl Program {
    fn pid(&self) -> Pid {
        Pid::from_child(&self.0)
    }

    /// Whether one of its threads sleeps in a call whose first argument is standard output (`proc_pid_syscall(5)`).
    fn waits_for_output(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.0.id())).unwrap();
        // A thread may end in between.
        let calls = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("syscall")).ok());
        calls.into_iter().any(|call| call.split(' ').nth(1) == Some("0x1"))
    }

    /// Time on a core until now, with that of children that have ended (`proc_pid_stat(5)`: 14 to 17, in hundredths).
    fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        let (_, rest) = stat.rsplit_once(") ").unwrap();
        let ticks: u64 = rest.split(' ').skip(11).take(4).map(|field| field.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn timespec(time: Duration) -> Timespec {
    Timespec { tv_sec: time.as_secs().try_into().unwrap(), tv_nsec: time.subsec_nanos().into() }
}

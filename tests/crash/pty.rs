//! A pseudo-terminal with the program in it, and the planned moment of its kill.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, Pty, open};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::OFlags;
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use super::platform::Office;

pub const ROWS: u16 = 24;
const COLUMNS: u16 = 80;
/// Far above the duration of a program's end.
const DEADLINE: Duration = Duration::from_secs(30);

/// Why there is nothing more to wait for.
#[derive(Debug)]
pub enum Gone {
    Killed,
    /// The program ended by itself.
    Ended(ExitStatus),
}

pub struct TerminalSession {
    pty: Pty,
    program: Child,
    screen: vt100::Parser,
    kill_at: Option<Instant>,
    /// All typed keys.
    pub typed: String,
}

impl TerminalSession {
    pub fn start(office: &Office, undo_seconds: u64) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(ROWS, COLUMNS)).unwrap();
        let command = Command::new(env!("CARGO_BIN_EXE_shenpi"))
            .env_clear()
            .envs(office.variables(undo_seconds))
            .current_dir(office.home());
        let program = command.spawn(pts).unwrap();
        rustix::fs::fcntl_setfl(&pty, OFlags::NONBLOCK).unwrap();
        Self { pty, program, screen: vt100::Parser::new(ROWS, COLUMNS, 0), kill_at: None, typed: String::new() }
    }

    /// The program is killed after this time, or before if that was said before.
    pub fn kill_within(&mut self, time: Duration) {
        let at = Instant::now() + time;
        self.kill_at = Some(self.kill_at.map_or(at, |earlier| earlier.min(at)));
    }

    pub fn text(&self) -> String {
        self.screen.screen().contents()
    }

    pub fn shows(&self, text: &str) -> bool {
        self.text().contains(text)
    }

    pub fn resize(&mut self, rows: u16) {
        self.screen.screen_mut().set_size(rows, COLUMNS);
        self.pty.resize(Size::new(rows, COLUMNS)).unwrap();
    }

    /// Waits until the screen is as described. `false` when it is not after all of this time.
    pub fn wait(&mut self, patience: Duration, condition: impl Fn(&vt100::Screen) -> bool) -> Result<bool, Gone> {
        let deadline = Instant::now() + patience;
        while !condition(self.screen.screen()) {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            self.look(PollFlags::IN, deadline)?;
        }
        Ok(true)
    }

    pub fn rest(&mut self, time: Duration) -> Result<(), Gone> {
        self.wait(time, |_| false).map(drop)
    }

    pub fn keys(&mut self, keys: &str) -> Result<(), Gone> {
        self.typed.push_str(keys);
        let mut rest = keys.as_bytes();
        while !rest.is_empty() {
            let ready = self.look(PollFlags::IN | PollFlags::OUT, Instant::now() + DEADLINE)?;
            if ready.contains(PollFlags::OUT)
                && let Ok(written) = self.pty.write(rest)
            {
                rest = &rest[written..];
            }
        }
        Ok(())
    }

    /// Waits for the end of a program that is about to exit.
    pub fn end(mut self) -> Option<ExitStatus> {
        match self.rest(DEADLINE) {
            Err(Gone::Ended(status)) => Some(status),
            _ => None,
        }
    }

    /// Waits for the terminal, and kills the program at the planned moment.
    fn look(&mut self, interest: PollFlags, deadline: Instant) -> Result<PollFlags, Gone> {
        let until = self.kill_at.map_or(deadline, |kill_at| deadline.min(kill_at));
        let process = pidfd_open(Pid::from_child(&self.program), PidfdFlags::empty()).unwrap();
        let pty = self.pty.as_fd();
        let mut watched = [PollFd::new(&pty, interest), PollFd::new(&process, PollFlags::IN)];
        let left = until.saturating_duration_since(Instant::now());
        let limit = Timespec { tv_sec: left.as_secs().try_into().unwrap(), tv_nsec: left.subsec_nanos().into() };
        poll(&mut watched, Some(&limit)).unwrap();
        let (ready, ended) = (watched[0].revents(), watched[1].revents().contains(PollFlags::IN));
        if self.kill_at.is_some_and(|kill_at| kill_at <= Instant::now()) {
            self.program.kill().unwrap();
        } else if !ended {
            if ready.contains(PollFlags::IN) {
                self.take();
            }
            return Ok(ready);
        }
        let status = self.program.wait().unwrap();
        // Output from before the kill belongs to the approver's last screen.
        while self.take() {}
        let killed = std::os::unix::process::ExitStatusExt::signal(&status) == Some(9);
        Err(if killed { Gone::Killed } else { Gone::Ended(status) })
    }

    /// Reads the available output. `false` when there is none.
    fn take(&mut self) -> bool {
        let mut buffer = [0; 8192];
        let read = self.pty.read(&mut buffer).unwrap_or_default();
        self.screen.process(&buffer[..read]);
        read > 0
    }
}

impl Drop for TerminalSession {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

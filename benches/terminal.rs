//! Cost of the program at the terminal: `cargo bench --bench terminal`.
//!
//! Starts the real binary's demo in a pseudo-terminal of 80×24 and prints medians: start to first full screen, bytes
//! and time per key, resident memory, size of the binary. Figures, not assertions: speed is never a test.

#![expect(clippy::print_stdout, reason = "the figures are what a benchmark is for")]

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::Child;
use std::time::{Duration, Instant};

const ROUNDS: usize = 15;
const KEYS: usize = 9;
/// A screen counts as complete when nothing came for this long.
const QUIET: Duration = Duration::from_millis(250);
const DEADLINE: Duration = Duration::from_secs(20);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let binary = env!("CARGO_BIN_EXE_shenpi");
    println!("binary                     {:>10} bytes", std::fs::metadata(binary)?.len());

    let mut first = Vec::new();
    let mut full = Vec::new();
    for _ in 0..ROUNDS {
        let mut session = Session::start(binary, &["demo", "--still"])?;
        let (to_first, to_full) = session.until_full();
        first.push(to_first);
        full.push(to_full);
        session.quit()?;
    }
    println!("start to first byte        {:>10.1} ms", median(&mut first).as_secs_f64() * 1e3);
    println!("start to full screen       {:>10.1} ms", median(&mut full).as_secs_f64() * 1e3);

    for tasks in ["24", "200", "2000"] {
        let mut session = Session::start(binary, &["demo", "--still", "--tasks", tasks])?;
        session.until_full();
        // The move alone is the first burst; the preview follows when the cursor rests.
        for (name, key) in [("j", "j"), ("page down", "\x1b[6~"), ("open", "\r"), ("next case", "n"), ("form", "2")] {
            session.press("g")?;
            let mut bytes = Vec::new();
            let mut moves = Vec::new();
            let mut times = Vec::new();
            for _ in 0..KEYS {
                let (first, total, time) = session.press(key)?;
                bytes.push(total);
                moves.push(first);
                times.push(time);
                if matches!(name, "open" | "form") {
                    break;
                }
            }
            let (now, all) = (median(&mut moves), median(&mut bytes));
            let time = median(&mut times).as_secs_f64() * 1e3;
            println!(
                "{tasks:>5} tasks, {name:<12} {now:>6} bytes at once, {all:>6} when it rests, first after {time:.2} ms"
            );
        }
        println!("{tasks:>5} tasks, resident     {:>10} KiB", session.resident_kib()?);
        session.quit()?;
    }
    Ok(())
}

fn median<T: Ord + Copy + Default>(figures: &mut [T]) -> T {
    figures.sort_unstable();
    figures.get(figures.len() / 2).copied().unwrap_or_default()
}

struct Session {
    child: Child,
    pty: pty_process::blocking::Pty,
    began: Instant,
    screen: vt100::Parser,
    home: tempfile::TempDir,
}

impl Session {
    fn start(binary: &str, arguments: &[&str]) -> Result<Self, Box<dyn std::error::Error>> {
        let home = tempfile::tempdir()?;
        let (pty, pts) = pty_process::blocking::open()?;
        pty.resize(pty_process::Size::new(24, 80))?;
        let began = Instant::now();
        let child = pty_process::blocking::Command::new(binary)
            .args(arguments)
            .env("TERM", "xterm-256color")
            .env("LANG", "zh_CN.UTF-8")
            .env("LC_ALL", "C.UTF-8")
            .env("SHENPI_LANG", "zh-CN")
            .env("HOME", home.path())
            .env("XDG_STATE_HOME", home.path())
            .env("XDG_CONFIG_HOME", home.path())
            .spawn(pts)?;
        Ok(Self { child, pty, began, screen: vt100::Parser::new(24, 80, 0), home })
    }

    /// Waits for output, at most `patience`. Returns how much came; 0 when nothing did.
    fn read(&mut self, patience: Duration) -> usize {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};
        let timeout = Timespec::try_from(patience).ok();
        let mut fds = [PollFd::from_borrowed_fd(self.pty.as_fd(), PollFlags::IN)];
        if !matches!(poll(&mut fds, timeout.as_ref()), Ok(1..)) {
            return 0;
        }
        let mut buffer = vec![0; 65_536];
        let count = self.pty.read(&mut buffer).unwrap_or(0);
        self.screen.process(buffer.get(..count).unwrap_or_default());
        count
    }

    /// Time to the first byte, and to the last byte of a screen that then rested: cases loaded, preview drawn.
    fn until_full(&mut self) -> (Duration, Duration) {
        let mut first = None;
        let mut last = Duration::ZERO;
        while self.began.elapsed() < DEADLINE {
            if self.read(QUIET) == 0 && first.is_some() {
                break;
            }
            last = self.began.elapsed();
            first.get_or_insert(last);
        }
        (first.unwrap_or_default(), last)
    }

    /// Bytes that a key press costs at once and until the screen rests, and the time to the first of them.
    fn press(&mut self, key: &str) -> Result<(usize, usize, Duration), Box<dyn std::error::Error>> {
        let pressed = Instant::now();
        self.pty.write_all(key.as_bytes())?;
        let first = self.read(QUIET);
        let mut total = first;
        let time = pressed.elapsed();
        loop {
            match self.read(QUIET) {
                0 => break,
                more => total += more,
            }
        }
        Ok((first, total, time))
    }

    fn resident_kib(&self) -> Result<u64, Box<dyn std::error::Error>> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    fn quit(mut self) -> Result<(), Box<dyn std::error::Error>> {
        self.pty.write_all(b"qq")?;
        while self.read(Duration::from_millis(500)) > 0 {}
        self.child.kill().ok();
        self.child.wait()?;
        self.home.close()?;
        Ok(())
    }
}

//! One operator's queue on the simulated platform, with a folder for the program's state that outlives its runs.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::SHENPI;
use super::simulator::Simulator;
use super::terminal::Terminal;

pub const REVIEW: &str = "y 确认";
/// Title of an earlier run's open matters.
pub const LIST: &str = "上次遗留的操作";
const DEADLINE: Duration = Duration::from_secs(30);

pub struct Queue {
    pub simulator: Simulator,
    state: TempDir,
}

impl Queue {
    pub fn new(faults: &[&str]) -> Self {
        let arguments: Vec<&str> = faults.iter().flat_map(|fault| ["--fault", fault]).collect();
        Self { simulator: Simulator::start(&arguments), state: TempDir::new().unwrap() }
    }

    /// Opens it, and holds decisions so long.
    pub fn open(&self, undo_seconds: u64) -> Terminal {
        let undo = undo_seconds.to_string();
        self.simulator.inbox(&[("SHENPI_STATE_DIR", self.state_text()), ("SHENPI_UNDO_SECONDS", &undo)])
    }

    /// The same in a session of its own, where no signal tells of the end of the terminal.
    pub fn open_unheard(&self, undo_seconds: u64) -> Terminal {
        let script = r#"trap "" HUP; exec setsid --wait "$0""#;
        self.open_by("/bin/sh", &["-c", script, SHENPI], undo_seconds)
    }

    /// A program that may start the inbox, in its environment.
    pub fn open_by(&self, program: &str, arguments: &[&str], undo_seconds: u64) -> Terminal {
        let undo = undo_seconds.to_string();
        let but = [("SHENPI_STATE_DIR", self.state_text()), ("SHENPI_UNDO_SECONDS", &undo)];
        self.simulator.start_beside(program, arguments, &but)
    }

    pub fn state(&self) -> &Path {
        self.state.path()
    }

    fn state_text(&self) -> &str {
        self.state.path().to_str().unwrap()
    }

    /// The folder of the operator's journal.
    pub fn journal(&self) -> PathBuf {
        let mut folders = std::fs::read_dir(self.state.path().join("journal")).unwrap();
        folders.next().unwrap().unwrap().path()
    }

    /// The writes in the platform's record.
    pub fn writes(&self) -> Vec<Value> {
        serde_json::from_str(&self.simulator.control("GET", "writes", "")).unwrap()
    }

    /// Waits until the platform's record has that many. Asks again and again, for nothing tells of a write.
    pub fn wait_for_writes(&self, count: usize) {
        let deadline = Instant::now() + DEADLINE;
        while self.writes().len() < count {
            assert!(Instant::now() < deadline, "{:?}", self.writes());
        }
    }
}

/// Confirms the approval of the first case, which is a leave of 张伟.
pub fn approve(terminal: &mut Terminal) {
    terminal.wait_for_inbox();
    terminal.wait("the first case", |screen| screen.contents().contains("─ 休假申请 · 张伟"));
    terminal.type_keys("a");
    confirm(terminal);
}

/// Confirms the review that is about to open. Too early a confirmation is refused: asks again until it counts.
pub fn confirm(terminal: &mut Terminal) {
    terminal.wait_for_text(REVIEW);
    terminal.press_until("y", "no review", |screen| !screen.contents().contains(REVIEW));
}

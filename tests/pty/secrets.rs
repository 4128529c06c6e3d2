//! Where the secret must not end up: in a file that others can read, in a core dump, in another process.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::geteuid;
use tempfile::TempDir;

use super::SHENPI;
use super::queue::Queue;
use super::simulator::Simulator;
use super::terminal::Terminal;

/// The program where every user can start it, and how it is started by one who is not root: files of a process that
/// can be traced belong to its user, those of another to root (`proc(5)`, "dumpable").
struct Unprivileged {
    folder: TempDir,
}

impl Unprivileged {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        fs::copy(SHENPI, folder.path().join("shenpi")).unwrap();
        Self { folder }
    }

    fn start(&self, arguments: &[&str], simulator: &Simulator) -> Terminal {
        let program = self.folder.path().join("shenpi");
        let mut all = vec![program.to_str().unwrap()];
        if geteuid().is_root() {
            all.splice(0..0, ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]);
        }
        all.extend(arguments);
        // Without a home of its own: nothing is written, so it is read-only.
        let variables = [("HOME", "/nonexistent"), ("SHENPI_READ_ONLY", "1")];
        simulator.start_beside(all[0], &all[1..], &variables)
    }
}

fn of_process(terminal: &Terminal, name: &str) -> String {
    format!("/proc/{}/{name}", terminal.process())
}

#[test]
fn no_core_is_dumped_and_no_other_process_reads_the_memory() {
    let simulator = Simulator::start(&["--tasks", "24"]);
    let program = Unprivileged::new();
    let owner_of_memory = |arguments: &[&str]| {
        let mut terminal = program.start(arguments, &simulator);
        terminal.wait_for_inbox();
        let limits = fs::read_to_string(of_process(&terminal, "limits")).unwrap();
        let core: Vec<_> = limits.lines().filter_map(|line| line.strip_prefix("Max core file size")).collect();
        assert_eq!(core[0].split_whitespace().take(2).collect::<Vec<_>>(), ["0", "0"]);
        let owner = fs::metadata(of_process(&terminal, "environ")).unwrap().uid();
        terminal.type_keys("q");
        terminal.wait_for_end();
        owner
    };
    assert_eq!(owner_of_memory(&[]), 0, "its memory can be read");
    assert_ne!(owner_of_memory(&["demo", "--still"]), 0, "what this test goes by says nothing");
}

fn run(home: &Path, command: &str) -> String {
    let folder = Path::new(SHENPI).parent().unwrap().display();
    let script = format!("umask 022; PATH=\"{folder}:$PATH\"; {command}");
    let mut shell = Command::new("/bin/sh");
    let path = std::env::var_os("PATH").unwrap();
    shell.args(["-c", &script]).env_clear().env("HOME", home).env("PATH", path).env("LANG", "en_US.UTF-8");
    let output = shell.output().unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The part of a text from a command's beginning to `end`.
fn command<'a>(text: &'a str, end: &str) -> &'a str {
    let from = text.find("shenpi --print-config |").unwrap();
    text[from..].split(end).next().unwrap()
}

#[test]
fn the_commands_that_are_named_write_a_configuration_for_its_owner_alone() {
    let readme = include_str!("../../README.md");
    let chinese = include_str!("../../assets/docs/README.zh-CN.md");
    let page = include_str!("../../assets/docs/configuration.md");
    let home = TempDir::new().unwrap();
    let hint = run(home.path(), "shenpi");
    for command in [command(readme, "\n"), command(chinese, "\n"), command(page, "\n"), command(&hint, ", edit")] {
        let home = TempDir::new().unwrap();
        let command = command.replace(&hint_home(&hint), home.path().to_str().unwrap());
        let file = home.path().join(".config/shenpi/config.toml");
        for _ in 0..2 {
            assert_eq!(run(home.path(), &command), "", "{command}");
            assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o7777, 0o600, "{command}");
            assert_eq!(fs::read_to_string(&file).unwrap(), include_str!("../../assets/config.toml"));
            // Also one that was there with another mode.
            fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        }
    }
    assert!(!readme.contains("--print-config >"));
}

/// The home directory that the hint was printed for.
fn hint_home(hint: &str) -> String {
    let path = command(hint, ", edit").rsplit(' ').next().unwrap();
    path.split("/.config").next().unwrap().to_owned()
}

/// A pipe in the place of a file: the start ends with a sentence, before the first screen.
#[test]
fn a_pipe_in_the_place_of_a_file_is_refused_and_not_waited_for() {
    let queue = Queue::new(&[]);
    let mut terminal = queue.open(0);
    terminal.wait_for_inbox();
    terminal.type_keys("q");
    terminal.wait_for_end();
    let journal = queue.journal();
    let month = fs::read_dir(&journal).unwrap().map(|entry| entry.unwrap().path());
    let month = month.into_iter().find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap();
    for place in [month, journal.join("lock"), queue.state().join("shenpi.log")] {
        let kept = place.with_extension("kept");
        fs::rename(&place, &kept).unwrap();
        mknodat(CWD, &place, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        let mut terminal = queue.open(0);
        assert_eq!(terminal.wait_for_end().code(), Some(2), "{}: {}", place.display(), terminal.text());
        let text = terminal.text().replace('\n', "");
        assert!(text.contains("not a regular file"), "{}: {text}", place.display());
        fs::rename(&kept, &place).unwrap();
    }
}

//! Opens the journal of this run: its operator, another holder, and earlier runs' open matters.

use std::io;
use std::path::{Path, PathBuf};

use crate::app;
use crate::domain::Recovered;
use crate::domain::{CleanText, Millis, Operator};
use crate::store::{self, Disk, Folder, Journal, JournalError, Lock, LockedBy, Memory, Run};

use super::JournalWriter;

/// The journal as this run found it.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) journal: JournalWriter,
    pub(super) recovered: Recovered,
    /// Another instance with this operator's queue.
    pub(super) holder: Option<app::Holder>,
    /// Names this run.
    pub(super) run: String,
    /// Held until the program ends.
    lock: Option<Locks>,
}

/// The journal of an operator before the first write: a start that the platform refuses leaves no trace, so that the
/// next one still tells how the last run ended.
#[derive(Debug)]
pub(super) struct Claimed {
    /// Another instance with this operator's queue.
    pub(super) holder: Option<app::Holder>,
    path: PathBuf,
    run: Run,
    /// For a run that may decide.
    own: Option<(Locks, Folder)>,
}

/// Locks that keep other runs from deciding, until they are dropped.
#[derive(Debug)]
pub(super) struct Locks {
    _own: Lock,
    /// For all spellings of the address.
    _shared: Option<Lock>,
}

/// Claims the journal of an operator, in the operator's own folder. Without the right to decide, or while another
/// instance has the queue, it is only read.
pub(super) fn claim(
    state: &Path,
    base: &str,
    operator: &Operator,
    read_only: bool,
    now: Millis,
) -> io::Result<Claimed> {
    let run = this_run(now);
    let folder = || store::folder(state, base, &operator.id, operator.id_type);
    if read_only {
        return Ok(Claimed { holder: None, path: folder(), run, own: None });
    }
    let taken = |place: &Path| store::take(place, &holder(&run, now));
    let shared = store::shared_lock(state, base, &operator.id, operator.id_type);
    let shared = match shared.map(|place| taken(&place)).transpose()? {
        Some(Err(LockedBy(holder))) => return Ok(second(holder, folder(), run)),
        Some(Ok(lock)) => Some(lock),
        None => None,
    };
    // Looked for under the shared lock: a run with another spelling of the address may have been creating it.
    let path = folder();
    let own = match taken(&path)? {
        Err(LockedBy(holder)) => return Ok(second(holder, path, run)),
        Ok(lock) => lock,
    };
    let folder = Folder::open(&path)?;
    Ok(Claimed { holder: None, path, run, own: Some((Locks { _own: own, _shared: shared }, folder)) })
}

/// The journal of a run that only reads, because another one has the queue.
fn second(holder: Option<store::LockHolder>, path: PathBuf, run: Run) -> Claimed {
    Claimed { holder: Some(holder.map_or_else(app::Holder::default, told)), path, run, own: None }
}

impl Claimed {
    /// This run has the operator's lock.
    pub(super) const fn may_write(&self) -> bool {
        self.own.is_some()
    }

    /// Begins this run's session in the journal, where it may decide.
    pub(super) fn open(self, now: Millis) -> Result<Opened, JournalError> {
        let Self { holder, path, run, own } = self;
        let reading = move || Ok(Folder::existing(&path)?.map(|disk| Box::new(disk) as Box<dyn Disk>));
        let name = run.name.clone();
        let Some((lock, folder)) = own else {
            let journal = JournalWriter::new(None, reading);
            return Ok(Opened { journal, recovered: Recovered::default(), holder, run: name, lock: None });
        };
        let disk: Box<dyn Disk> = Box::new(folder);
        let (journal, recovered) = Journal::open(disk, run, now)?;
        let journal = JournalWriter::new(Some(journal), reading);
        Ok(Opened { journal, recovered, holder, run: name, lock: Some(lock) })
    }
}

/// The journal of a demo, which never reaches the disk.
pub(super) fn in_memory(now: Millis) -> io::Result<Opened> {
    let run = this_run(now);
    let memory = Memory::new();
    let disk: Box<dyn Disk> = Box::new(memory.clone());
    let (journal, recovered) = Journal::open(disk, run.clone(), now).map_err(io::Error::other)?;
    let journal = JournalWriter::new(Some(journal), move || Ok(Some(Box::new(memory.clone()) as Box<dyn Disk>)));
    Ok(Opened { journal, recovered, holder: None, run: run.name, lock: None })
}

impl Opened {
    /// The parts; the lock lives as long as the program.
    pub(super) fn into_parts(self) -> (JournalWriter, Recovered, Option<Locks>) {
        (self.journal, self.recovered, self.lock)
    }
}

fn this_run(now: Millis) -> Run {
    let pid = std::process::id();
    // No two runs have process and millisecond in common.
    Run {
        name: format!("{}-{pid}", now.0),
        pid,
        terminal: terminal(),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        program: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The terminal's device; empty when standard input is none.
fn terminal() -> String {
    let name = rustix::termios::ttyname(std::io::stdin(), Vec::new());
    name.ok().and_then(|name| name.into_string().ok()).unwrap_or_default()
}

fn holder(run: &Run, since: Millis) -> store::LockHolder {
    store::LockHolder { pid: run.pid, terminal: CleanText::new(&run.terminal), host: CleanText::new(&run.host), since }
}

fn told(holder: store::LockHolder) -> app::Holder {
    let store::LockHolder { pid, terminal, host, since } = holder;
    app::Holder { pid: Some(pid), terminal, host, since: Some(since) }
}

//! Storage of the journal: the operations it needs, and a private folder that has them.

use std::fmt;
use std::fs::{self, DirBuilder, File, Permissions};
use std::io::{self, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat, fstat, lstat, openat, statat};

use crate::files;

/// The operations that the journal needs. Names are plain file names in one folder.
pub trait Disk: Send {
    /// The names of all files, in no order.
    fn names(&self) -> io::Result<Vec<String>>;

    /// The length of a file in bytes.
    fn length(&self, name: &str) -> io::Result<u64>;

    /// Reads from an offset until the buffer is full or the file ends. Returns the number of bytes read.
    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    /// Appends to a file and creates it when missing. After an error, a part of the bytes may be there.
    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()>;

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()>;

    /// Returns work that makes durable at least everything done before this call, on any thread at any later time.
    fn syncer(&self) -> Syncer;
}

/// Makes writes durable; for a thread that may block.
pub struct Syncer(Box<dyn FnOnce() -> io::Result<()> + Send>);

impl Syncer {
    #[must_use]
    pub fn new(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> Self {
        Self(Box::new(work))
    }

    /// Blocks until the disk has everything.
    ///
    /// # Errors
    /// The writes may be lost.
    pub fn sync(self) -> io::Result<()> {
        (self.0)()
    }
}

impl fmt::Debug for Syncer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Syncer")
    }
}

impl<D: Disk + ?Sized> Disk for Box<D> {
    fn names(&self) -> io::Result<Vec<String>> {
        (**self).names()
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        (**self).length(name)
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read(name, offset, buffer)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        (**self).append(name, bytes)
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        (**self).truncate(name, length)
    }

    fn syncer(&self) -> Syncer {
        (**self).syncer()
    }
}

const PRIVATE_FOLDER: u32 = 0o700;

/// A folder of mode 0700 with files of mode 0600. Refuses symbolic links for itself and inside.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    handle: Arc<OwnedFd>,
    /// The last file written to, kept open.
    writing: Option<(String, Arc<File>)>,
    unsynced: Arc<Unsynced>,
}

/// Writes that are not durable yet. Two locks, so that marking never blocks on fsync; a caller that finds nothing to
/// sync still waits for the fsync in progress.
#[derive(Debug, Default)]
struct Unsynced {
    /// Whether an fsync ever failed; locked during fsync. The kernel may mark a page clean after a failed write, so a
    /// later fsync that succeeds proves nothing.
    failed: Mutex<bool>,
    dirty: Mutex<DirtyFiles>,
}

#[derive(Debug, Default)]
struct DirtyFiles {
    files: Vec<Arc<File>>,
    /// A file was created: its name is durable only once the folder is.
    folder: bool,
}

impl Folder {
    /// Opens the folder for writing, creates it when missing, and removes all rights of other users.
    ///
    /// # Errors
    /// The folder cannot be created, belongs to another user, or is a symbolic link.
    pub fn open(path: &Path) -> io::Result<Self> {
        make(path)?;
        let folder = File::from(rustix::fs::open(path, FOLDER, Mode::empty())?);
        narrow(&folder, PRIVATE_FOLDER)?;
        let disk = Self::of(path, folder.into());
        for name in disk.names()? {
            if FileType::from_raw_mode(statat(&disk.handle, &name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode).is_file() {
                narrow(&disk.file(&name, OFlags::RDONLY)?, files::PRIVATE)?;
            }
        }
        Ok(disk)
    }

    /// Opens the folder for reading and changes nothing; `None` when it is missing.
    ///
    /// # Errors
    /// The folder cannot be read, or is a symbolic link.
    pub fn existing(path: &Path) -> io::Result<Option<Self>> {
        match rustix::fs::open(path, FOLDER, Mode::empty()) {
            Ok(folder) => Ok(Some(Self::of(path, folder))),
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn of(path: &Path, folder: OwnedFd) -> Self {
        Self { path: path.to_owned(), handle: Arc::new(folder), writing: None, unsynced: Arc::default() }
    }

    fn file(&self, name: &str, flags: OFlags) -> io::Result<File> {
        // NONBLOCK: a pipe in place of a month's file must not block.
        let flags = flags | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = File::from(openat(&self.handle, name, flags, Mode::from_raw_mode(files::PRIVATE))?);
        files::regular(file).map_err(|error| io::Error::new(error.kind(), format!("{name}: {error}")))
    }

    fn writable(&mut self, name: &str) -> io::Result<Arc<File>> {
        if let Some((open, file)) = &self.writing
            && open == name
        {
            return Ok(Arc::clone(file));
        }
        let flags = OFlags::RDWR | OFlags::APPEND;
        let (file, made) = match self.file(name, flags) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                (self.file(name, flags | OFlags::CREATE | OFlags::EXCL)?, true)
            }
            found => (found?, false),
        };
        narrow(&file, files::PRIVATE)?;
        self.unsynced.dirty().folder |= made;
        let file = Arc::new(file);
        self.writing = Some((name.to_owned(), Arc::clone(&file)));
        Ok(file)
    }
}

impl Folder {
    /// Fails unless the names still lead to the open folder and file: the next start would not find what is written to a
    /// file that was deleted or moved away.
    fn verify(&self, name: &str, file: &File) -> io::Result<()> {
        let same = |one: &Stat, other: &Stat| (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino);
        let folder = lstat(&self.path).is_ok_and(|found| fstat(&self.handle).is_ok_and(|open| same(&found, &open)));
        let found = statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW);
        if folder && found.is_ok_and(|found| fstat(file).is_ok_and(|open| same(&found, &open))) {
            return Ok(());
        }
        Err(io::Error::new(io::ErrorKind::NotFound, format!("{name} was deleted or moved away while it was written")))
    }
}

impl Disk for Folder {
    fn names(&self) -> io::Result<Vec<String>> {
        let entries = Dir::read_from(&self.handle)?;
        let names = entries.map(|entry| Ok(entry?.file_name().to_str().ok().map(str::to_owned)));
        let names: io::Result<Vec<_>> = names.collect();
        // The journal has no name that is not Unicode.
        Ok(names?.into_iter().flatten().filter(|name| name != "." && name != "..").collect())
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        Ok(self.file(name, OFlags::RDONLY)?.metadata()?.len())
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let file = self.file(name, OFlags::RDONLY)?;
        let mut read = 0;
        while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
            match file.read_at(rest, offset + read as u64) {
                Ok(0) => break,
                Ok(more) => read += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let file = self.writable(name)?;
        self.verify(name, &file)?;
        let written = loop {
            match (&*file).write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                written => break written,
            }
        };
        // Marked after the write: a syncer that ran in between has not seen these bytes.
        self.unsynced.mark(file);
        if written? < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        let file = self.writable(name)?;
        file.set_len(length)?;
        self.unsynced.mark(file);
        Ok(())
    }

    fn syncer(&self) -> Syncer {
        let (folder, unsynced) = (Arc::clone(&self.handle), Arc::clone(&self.unsynced));
        Syncer::new(move || unsynced.sync(&folder))
    }
}

impl Unsynced {
    fn dirty(&self) -> MutexGuard<'_, DirtyFiles> {
        self.dirty.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn mark(&self, file: Arc<File>) {
        let mut dirty = self.dirty();
        if !dirty.files.iter().any(|known| Arc::ptr_eq(known, &file)) {
            dirty.files.push(file);
        }
    }

    fn sync(&self, folder: &OwnedFd) -> io::Result<()> {
        let mut failed = self.failed.lock().unwrap_or_else(PoisonError::into_inner);
        if *failed {
            return Err(io::Error::other("an earlier write did not reach the disk"));
        }
        let dirty = std::mem::take(&mut *self.dirty());
        let files = dirty.files.iter().try_for_each(|file| file.sync_data());
        let synced = files.and_then(|()| if dirty.folder { Ok(rustix::fs::fsync(folder)?) } else { Ok(()) });
        *failed = synced.is_err();
        synced
    }
}

pub(super) const FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Creates a folder and its missing parents, each durable in its parent.
pub fn make(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() {
        return Ok(());
    }
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    above.map_or(Ok(()), make)?;
    match DirBuilder::new().mode(PRIVATE_FOLDER).create(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    File::open(above.unwrap_or(Path::new(".")))?.sync_all()
}

/// Sets the mode of a file unless it has it.
pub(super) fn narrow(file: &File, mode: u32) -> io::Result<()> {
    if file.metadata()?.permissions().mode() & 0o7777 == mode {
        return Ok(());
    }
    file.set_permissions(Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{Disk as _, Folder};

    /// Files of `/proc` cannot be synced: an fsync of one fails, which shows that it was asked for.
    #[test]
    fn a_syncer_asks_the_disk_for_the_files_and_for_the_folder() {
        let process = PathBuf::from(format!("/proc/{}", std::process::id()));
        let disk = || Folder::existing(&process).unwrap().unwrap();
        disk().syncer().sync().unwrap();
        let mut file = disk();
        file.append("mem", b"").unwrap();
        assert!(file.syncer().sync().is_err(), "nobody asked the disk for the file");
        let folder = disk();
        folder.unsynced.dirty().folder = true;
        assert!(folder.syncer().sync().is_err(), "nobody asked the disk for the folder");
    }

    #[test]
    fn a_syncer_takes_up_every_file_and_the_folder_where_one_is_new() {
        let home = tempfile::tempdir().unwrap();
        let mut disk = Folder::open(home.path()).unwrap();
        let dirty = |disk: &Folder| {
            let dirty = disk.unsynced.dirty();
            (dirty.files.len(), dirty.folder)
        };
        disk.append("a", b"1").unwrap();
        disk.append("a", b"2").unwrap();
        disk.append("b", b"3").unwrap();
        assert_eq!(dirty(&disk), (2, true));
        disk.syncer().sync().unwrap();
        assert_eq!(dirty(&disk), (0, false));
        disk.truncate("a", 1).unwrap();
        assert_eq!(dirty(&disk), (1, false));
        disk.syncer().sync().unwrap();
        assert_eq!((dirty(&disk), disk.length("a").unwrap()), ((0, false), 1));
    }
}

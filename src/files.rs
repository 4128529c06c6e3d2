//! Opens files by name. A pipe, a device or any other irregular file is refused without waiting for it.

use std::fs::{File, Metadata};
use std::io::{self, Read as _};
use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::path::Path;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

/// Mode of a file that only its owner can read.
pub const PRIVATE: u32 = 0o600;
/// Bits of a mode that let others than the owner do anything.
pub const OTHERS: u32 = 0o077;

/// Opens a regular file; one that is made is private.
///
/// # Errors
/// It cannot be opened, or is not a regular file.
pub fn open(path: &Path, flags: OFlags) -> io::Result<File> {
    // Without `NONBLOCK`, a pipe that nothing writes to holds the program here.
    let flags = flags | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    match rustix::fs::open(path, flags, Mode::from_raw_mode(PRIVATE)) {
        // A pipe that nothing reads from.
        Err(Errno::NXIO) => Err(not_regular()),
        opened => regular(File::from(opened?)),
    }
}

/// The same file, if it is a regular one.
///
/// # Errors
/// It is something else.
pub fn regular(file: File) -> io::Result<File> {
    if file.metadata()?.is_file() { Ok(file) } else { Err(not_regular()) }
}

/// Reads a text of at most so many bytes. `/dev/null` counts as an empty one.
///
/// # Errors
/// It cannot be read, is neither a regular file nor `/dev/null`, is longer, or is not UTF-8.
pub fn read_text(path: &Path, longest: u64) -> io::Result<(String, Metadata)> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = File::from(rustix::fs::open(path, flags, Mode::empty())?);
    let metadata = file.metadata()?;
    if !metadata.is_file() && !is_null(&metadata) {
        return Err(not_regular());
    }
    let mut text = String::new();
    if file.take(longest + 1).read_to_string(&mut text)? as u64 > longest {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, format!("longer than {longest} bytes")));
    }
    Ok((text, metadata))
}

fn is_null(metadata: &Metadata) -> bool {
    metadata.file_type().is_char_device() && metadata.rdev() == rustix::fs::makedev(1, 3)
}

fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, "not a regular file")
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use rustix::fs::{FileType, Mode, OFlags};

    use super::{open, read_text};

    #[test]
    fn what_is_no_regular_file_is_refused_at_once() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, FileType::Fifo, Mode::RWXU, 0).unwrap();
        for path in [&pipe, home.path(), Path::new("/dev/zero"), Path::new("/dev/null")] {
            for flags in [OFlags::RDONLY, OFlags::WRONLY | OFlags::APPEND, OFlags::RDWR | OFlags::CREATE] {
                assert!(open(path, flags).is_err(), "{} {flags:?}", path.display());
            }
        }
        for path in [&pipe, home.path(), Path::new("/dev/zero")] {
            assert!(read_text(path, 99).is_err(), "{}", path.display());
        }
        assert_eq!(read_text(Path::new("/dev/null"), 99).unwrap().0, "");
    }

    #[test]
    fn a_text_is_read_to_its_bound_and_not_beyond() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("text");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read_text(&path, 5).unwrap().0, "12345");
        assert!(read_text(&path, 4).is_err());
    }
}

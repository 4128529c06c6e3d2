//! The log: a file that only its owner can read. It holds events with ids and codes; never a secret, a token or a word
//! of a request.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Mutex;

use rustix::fs::OFlags;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::files;
use crate::store::disk::make;

const NAME: &str = "shenpi.log";
/// Size in bytes above which a new log begins; the old one is kept beside it.
const LONG: u64 = 1 << 20;

/// Begins to log into the folder, for the rest of the program.
///
/// # Errors
/// The folder or the file cannot be made.
pub fn begin(folder: &Path) -> io::Result<()> {
    let writer = Mutex::new(open(folder)?);
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(writer);
    // Other crates' messages may hold secrets.
    let own = Targets::new().with_target(env!("CARGO_PKG_NAME"), LevelFilter::INFO);
    let subscriber = tracing_subscriber::registry().with(own).with(layer);
    tracing::subscriber::set_global_default(subscriber).map_err(io::Error::other)
}

fn open(folder: &Path) -> io::Result<File> {
    make(folder)?;
    let path = folder.join(NAME);
    if fs::symlink_metadata(&path).is_ok_and(|file| file.len() > LONG) {
        fs::rename(&path, path.with_extension("log.1"))?;
    }
    let flags = OFlags::WRONLY | OFlags::APPEND | OFlags::CREATE | OFlags::NOFOLLOW;
    let file = files::open(&path, flags)?;
    file.set_permissions(Permissions::from_mode(files::PRIVATE))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::{LONG, NAME, open};

    #[test]
    fn folder_and_file_are_their_owners_alone() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("state/shenpi");
        open(&folder).unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(folder.clone()), mode(folder.join(NAME))), (0o700, 0o600));

        fs::set_permissions(folder.join(NAME), fs::Permissions::from_mode(0o644)).unwrap();
        open(&folder).unwrap();
        assert_eq!(mode(folder.join(NAME)), 0o600);
    }

    #[test]
    fn a_link_in_the_place_of_the_log_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("precious"), "kept").unwrap();
        symlink(home.path().join("precious"), home.path().join(NAME)).unwrap();
        assert!(open(home.path()).is_err());
    }

    #[test]
    fn a_long_log_is_begun_anew() {
        let home = tempfile::tempdir().unwrap();
        let file = open(home.path()).unwrap();
        file.set_len(LONG + 1).unwrap();
        assert_eq!(open(home.path()).unwrap().metadata().unwrap().len(), 0);
        assert!(home.path().join("shenpi.log.1").exists());
    }
}

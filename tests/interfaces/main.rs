//! Interfaces on disks and in habits: the journal, configuration, key map, variables and flags of the first version
//! under the present program. A name that is not the first version's stands in `tests/fixtures/added.toml`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod config;
mod flags;
mod journal;
mod keymap;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/v1").join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(fixture(name)).unwrap()
}

/// Names of one interface that joined after the first version.
fn added(interface: &str) -> BTreeSet<String> {
    let list = fixture("../added.toml");
    let mut lists: BTreeMap<String, BTreeSet<String>> = toml::from_str(&fs::read_to_string(list).unwrap()).unwrap();
    lists.remove(interface).unwrap()
}

/// Fails unless today's names are those of the first version and the listed ones.
fn is_complete(interface: &str, today: &BTreeSet<String>, first: &BTreeSet<String>) {
    let listed = added(interface);
    assert!(first.is_disjoint(&listed), "{interface}: listed as new: {listed:?}");
    assert_eq!(*today, first | &listed, "{interface}");
}

/// The first version's configuration and journal in a home of their own, as private as that version left them.
fn home() -> TempDir {
    let home = TempDir::new().unwrap();
    copy(&fixture(""), home.path());
    fs::write(home.path().join("secret"), "no-secret\n").unwrap();
    for file in ["config.toml", "secret"] {
        fs::set_permissions(home.path().join(file), fs::Permissions::from_mode(0o600)).unwrap();
    }
    home
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

//! The journal of decisions, and beside it the [`cache`] of what was read.
//!
//! The journal: each confirmed decision and each change of its state, in append-only private files.
//!
//! ```text
//! <state_dir>/journal/<operator>-<8 digits>/   one folder for each operator, base address and id type
//!     lock                                     held by the run that writes here
//!     2026-11.jsonl                            <crc32> <json>, one line for each change
//!     unreadable-2026-11.txt                   bytes of that file that could not be read
//! <state_dir>/locks/<operator>-<8 digits>/     a second lock, for all spellings of a loopback address
//! ```
//!
//! [`crate::domain::record`] has the protocol: *held* is written first, *sending* is durable before the request leaves.
//! [`Journal::append`] writes; [`Journal::syncer`] makes durable and may run on another thread.
//!
//! A checkpoint line stands at the start of a session, of a month and after 1,000 records. It holds every open decision
//! with all of its records, so that a start reads backwards to the last checkpoint and no further.

pub mod cache;
pub mod disk;
mod encoding;
mod error;
mod framing;
mod history;
mod journal;
mod lock;
pub mod memory;
mod quarantine;
mod replay;
mod reverse_lines;
mod segments;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

pub use disk::{Disk, Folder, Syncer};
pub use encoding::{Run, action, finding, method, position, state, time};
pub use error::JournalError;
pub use history::{JournalHistory, history, history_since};
pub use journal::Journal;
pub use lock::{Lock, LockHolder, LockedBy, take};
pub use memory::{Failing, Memory};

use crate::domain::{PersonId, PersonIdType};

/// Characters of an operator's id in the name of their folder.
const ID_SHOWN: usize = 64;

/// Spellings of the loopback host. Addresses that differ in nothing else share a lock and a journal.
const LOOPBACK: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// The folder of an operator's journal: the id's plain characters, then digits that hash address, id type and id.
///
/// An existing folder keeps its name: that of the given spelling of the address, else of the first other one found.
#[must_use]
pub fn folder(state_dir: &Path, base: &str, operator: &PersonId, id_type: PersonIdType) -> PathBuf {
    let path = |authority: &str| state_dir.join("journal").join(name(authority, operator, id_type));
    let spelled = path(&authority(base));
    if fs::symlink_metadata(&spelled).is_ok() {
        return spelled;
    }
    let mut others = spellings(base).into_iter().flatten().map(|other| path(&other));
    others.find(|other| fs::symlink_metadata(other).is_ok()).unwrap_or(spelled)
}

/// The folder of an operator's [`cache`], named as that of the journal.
#[must_use]
pub fn cache_folder(state_dir: &Path, base: &str, operator: &PersonId, id_type: PersonIdType) -> PathBuf {
    let journal = folder(state_dir, base, operator, id_type);
    state_dir.join("cache").join(journal.file_name().unwrap_or_default())
}

/// The folder of the lock that all spellings of an address share; `None` for an address with one spelling.
#[must_use]
pub fn shared_lock(state_dir: &Path, base: &str, operator: &PersonId, id_type: PersonIdType) -> Option<PathBuf> {
    let [canonical, ..] = spellings(base)?;
    Some(state_dir.join("locks").join(name(&canonical, operator, id_type)))
}

fn name(authority: &str, operator: &PersonId, id_type: PersonIdType) -> String {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut name: String = operator.as_str().chars().filter(plain).take(ID_SHOWN).collect();
    let mut hash = Sha256::new();
    for part in [authority, id_type.as_str(), operator.as_str()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    name.push('-');
    for byte in hash.finalize().iter().take(4) {
        let written = write!(name, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
    name
}

/// Host and port of an address, without a port that the scheme implies.
fn authority(base: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("", base));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let implied = match scheme.to_ascii_lowercase().as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => "",
    };
    authority.strip_suffix(implied).map_or(authority.clone(), str::to_owned)
}

/// Every spelling of an address, the canonical one first; `None` for an address with one spelling.
fn spellings(base: &str) -> Option<[String; 3]> {
    let authority = authority(base);
    let port = LOOPBACK.iter().find_map(|host| authority.strip_prefix(host))?;
    (port.is_empty() || port.starts_with(':')).then(|| LOOPBACK.map(|host| format!("{host}{port}")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::{folder, shared_lock};
    use crate::domain::{PersonId, PersonIdType};

    #[test]
    fn each_identity_has_one_journal_of_its_own() {
        let at = |base, id: &str, id_type| folder(Path::new("/s"), base, &PersonId::new(id), id_type);
        let feishu = at("https://open.feishu.cn", "ou_1", PersonIdType::OpenId);
        assert_eq!(feishu, at("https://Open.Feishu.cn/", "ou_1", PersonIdType::OpenId));
        assert_eq!(feishu.parent(), Some(Path::new("/s/journal")));
        let name = feishu.file_name().unwrap().to_str().unwrap();
        assert!(name.starts_with("ou_1-") && name.len() == 13, "{name}");
        let others = [
            feishu,
            at("https://open.larksuite.com", "ou_1", PersonIdType::OpenId),
            at("http://127.0.0.1:8080", "ou_1", PersonIdType::OpenId),
            at("http://127.0.0.11:8080", "ou_1", PersonIdType::OpenId),
            at("http://127.0.0.1:8081", "ou_1", PersonIdType::OpenId),
            at("https://open.feishu.cn", "ou_1", PersonIdType::UserId),
            at("https://open.feishu.cn", "ou_2", PersonIdType::OpenId),
            at("https://open.feishu.cn", "../ou_1", PersonIdType::OpenId),
        ];
        assert!(others.iter().all(|path| path.parent() == Some(Path::new("/s/journal"))));
        assert_eq!(others.iter().collect::<HashSet<_>>().len(), others.len());
    }
    #[test]
    fn spellings_of_one_address_share_lock_and_journal() {
        let (operator, id_type) = (PersonId::new("ou_1"), PersonIdType::OpenId);
        let same = ["http://localhost:8080", "http://127.0.0.1:8080/", "http://LOCALHOST:8080", "http://[::1]:8080/"];
        let other =
            ["http://localhost:8081", "http://127.0.0.2:8080", "http://localhost.corp:8080", "http://localhost"];
        for existing in same {
            let state = tempfile::tempdir().unwrap();
            let at = |base| folder(state.path(), base, &operator, id_type);
            let named = at(existing);
            std::fs::create_dir_all(&named).unwrap();
            for base in same {
                assert_eq!(at(base), named, "{base} beside {existing}");
            }
            let elsewhere = other.map(at);
            assert!(!elsewhere.contains(&named));
            // Spellings that have a journal each keep their own.
            for base in same {
                let own = folder(Path::new("/none"), base, &operator, id_type);
                std::fs::create_dir_all(state.path().join(own.strip_prefix("/none").unwrap())).unwrap();
                assert_eq!(at(base).file_name(), own.file_name());
            }
        }
        let lock = |base| shared_lock(Path::new("/s"), base, &operator, id_type);
        let locks: HashSet<_> = same.map(lock).into_iter().collect();
        assert_eq!(locks.len(), 1);
        assert!(other.iter().all(|base| !locks.contains(&lock(base))));
        assert_eq!(lock("https://open.feishu.cn"), None, "the lock of its one folder is enough");
        assert_ne!(
            lock("http://localhost:8080"),
            shared_lock(Path::new("/s"), same[0], &PersonId::new("ou_2"), id_type)
        );
        let at = |base| folder(Path::new("/s"), base, &operator, id_type);
        assert_eq!(at("https://open.feishu.cn:443/"), at("https://OPEN.feishu.cn"));
        assert_eq!(at("http://localhost:80"), at("http://localhost"));
    }
}

//! The journal of decisions: what was confirmed, and each change of its state, in files that only grow and that only
//! their owner can read.
//!
//! ```text
//! <state_dir>/journal/<operator>-<8 digits>/   one folder for each operator, base address and id type
//!     lock                                     whoever writes here holds it
//!     2026-11.jsonl                            <crc32> <json>, one line for each change
//!     unreadable-2026-11.txt                   bytes of that file that could not be read
//! ```
//!
//! The protocol with the rest of the program is in [`crate::domain::record`]: *held* is written before anything else is
//! done with a decision, *sending* is on the disk before the request leaves. Writing is [`Journal::append`]; making it
//! durable is [`Journal::syncer`], which may run on another thread. A checkpoint line (a session begins, a month
//! begins, or 1,000 records have been written) holds every decision that is still open with all of its records, so a
//! start reads backwards to the last one and no further.

mod aside;
mod backwards;
pub mod disk;
mod history;
mod journal;
mod line;
mod lock;
pub mod memory;
mod months;
mod spell;
mod standings;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

pub use disk::{Disk, Folder, Syncer};
pub use history::{History, history, history_since};
pub use journal::Journal;
pub use lock::{Held, Holder, Lock, take};
pub use memory::{Failing, Memory};
pub use spell::{Run, action, finding, method, position, state, time};

use crate::domain::{PersonId, PersonIdType};

/// Characters of an operator's id in the name of her folder.
const ID_SHOWN: usize = 64;

/// The folder of an operator's journal. Her id makes it findable, the digits keep apart what must not share a journal:
/// another address, another type of id, an id that differs in characters that a file name should not have.
#[must_use]
pub fn folder(state_dir: &Path, base: &str, operator: &PersonId, id_type: PersonIdType) -> PathBuf {
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut name: String = operator.as_str().chars().filter(plain).take(ID_SHOWN).collect();
    let mut hash = Sha256::new();
    for part in [authority(base).as_str(), id_type.as_str(), operator.as_str()] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    name.push('-');
    for byte in hash.finalize().iter().take(4) {
        let written = write!(name, "{byte:02x}");
        debug_assert!(written.is_ok(), "writing to a String cannot fail");
    }
    state_dir.join("journal").join(name)
}

/// Host and port of an address.
fn authority(base: &str) -> String {
    let rest = base.split_once("://").map_or(base, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::folder;
    use crate::domain::{PersonId, PersonIdType};

    #[test]
    fn no_two_identities_share_a_journal_and_each_finds_its_own_again() {
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
            at("http://127.0.0.1:8081", "ou_1", PersonIdType::OpenId),
            at("https://open.feishu.cn", "ou_1", PersonIdType::UserId),
            at("https://open.feishu.cn", "ou_2", PersonIdType::OpenId),
            at("https://open.feishu.cn", "../ou_1", PersonIdType::OpenId),
        ];
        assert!(others.iter().all(|path| path.parent() == Some(Path::new("/s/journal"))));
        assert_eq!(others.iter().collect::<HashSet<_>>().len(), others.len());
    }
}

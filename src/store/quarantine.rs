//! Copies damaged bytes of the journal into a file beside it, each run of them once.

use std::collections::HashMap;
use std::io;

use super::disk::Disk;
use super::segments;

/// First bytes of the title above each copy.
const MARK: &[u8] = b"--- ";
/// Bytes of a title at most: a name, three numbers and a few words.
const LONGEST_TITLE: usize = 160;

/// Adjacent damaged lines of one file: the bytes from `start` up to `end`, without the last line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Damage {
    pub start: u64,
    pub end: u64,
    pub lines: usize,
}

/// Appends the copies that are missing, in time linear in the bytes.
pub(super) fn keep<D: Disk>(disk: &mut D, file: &str, damages: &[Damage]) -> io::Result<()> {
    if damages.is_empty() {
        return Ok(());
    }
    let copies = damages.iter().map(|damage| KeptCopy::of(disk, file, damage)).collect::<io::Result<Vec<_>>>()?;
    let beside = segments::quarantine(file);
    let kept = whole(disk, &beside)?;
    let there = found(&kept, &copies);
    let missing: Vec<u8> =
        copies.iter().zip(there).filter(|(_, there)| !there).flat_map(|(copy, _)| copy.all()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    disk.append(&beside, &missing).inspect_err(|_| {
        // A failure is harmless: the next start ignores a partial copy and appends a whole one.
        let _ = disk.truncate(&beside, kept.len() as u64);
    })
}

struct KeptCopy {
    /// Ends with its line break.
    title: String,
    bytes: Vec<u8>,
}

impl KeptCopy {
    fn of<D: Disk>(disk: &D, file: &str, damage: &Damage) -> io::Result<Self> {
        let Damage { start, end, .. } = *damage;
        let mut bytes = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        if disk.read(file, start, &mut bytes)? < bytes.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let sum = crc32fast::hash(&bytes);
        Ok(Self { title: format!("--- {file}, byte {start}, {} bytes, CRC-32 {sum:08x}\n", bytes.len()), bytes })
    }

    fn all(&self) -> Vec<u8> {
        [self.title.as_bytes(), &self.bytes, b"\n"].concat()
    }
}

/// For each copy, whether it is there as a whole; a torn one does not count.
fn found(kept: &[u8], copies: &[KeptCopy]) -> Vec<bool> {
    let numbers: HashMap<&[u8], usize> = copies.iter().zip(0..).map(|(copy, at)| (copy.title.as_bytes(), at)).collect();
    let mut there = vec![false; copies.len()];
    let dashes = kept.iter().zip(0..).filter(|(byte, _)| **byte == b'-').map(|(_, at)| at);
    // A title may stand in the middle of a line, after a torn copy.
    let titles = dashes.filter_map(|at: usize| kept.get(at..)).filter(|rest| rest.starts_with(MARK));
    for rest in titles {
        let copy = title(rest).and_then(|title| Some((*numbers.get(title)?, rest.get(title.len()..)?)));
        if let Some((number, behind)) = copy
            && let (Some(copy), Some(there)) = (copies.get(number), there.get_mut(number))
        {
            *there |= behind.strip_prefix(copy.bytes.as_slice()).is_some_and(|end| end.starts_with(b"\n"));
        }
    }
    there
}

/// The first line, if it is short enough for a title.
fn title(bytes: &[u8]) -> Option<&[u8]> {
    let bytes = bytes.get(..LONGEST_TITLE).unwrap_or(bytes);
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    bytes.get(..=end)
}

fn whole<D: Disk>(disk: &D, name: &str) -> io::Result<Vec<u8>> {
    let length = match disk.length(name) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
        length => length?,
    };
    let mut bytes = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    if !bytes.is_empty() {
        let read = disk.read(name, 0, &mut bytes)?;
        bytes.truncate(read);
    }
    Ok(bytes)
}

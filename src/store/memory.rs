//! Storage in memory: for the demo, which leaves nothing on disk, and for tests, which lose in a power cut what a real
//! disk may lose.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::disk::{Disk, Syncer};

/// Files in memory. A clone shares them, as a restarted program shares a disk.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<MemoryState>>);

#[derive(Clone, Debug, Default)]
struct MemoryState {
    files: BTreeMap<String, Stored>,
    failing: Failing,
}

/// Operations that fail; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failing {
    /// Bytes left: a longer append writes this much and fails.
    pub room: Option<usize>,
    pub truncate: bool,
    pub sync: bool,
    pub read: bool,
}

#[derive(Clone, Debug, Default)]
struct Stored {
    /// The content that a program reads.
    content: Vec<u8>,
    /// The content that every power cut leaves; `None` while the name itself may be lost.
    durable: Option<Vec<u8>>,
    /// Operations since the last sync, in order.
    since: Vec<Operation>,
}

#[derive(Clone, Debug)]
enum Operation {
    Appended(Vec<u8>),
    Truncated(usize),
}

impl Memory {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A separate disk with the same files on which nothing fails.
    #[must_use]
    pub fn copy(&self) -> Self {
        let files = self.state().files.clone();
        Self(Arc::new(Mutex::new(MemoryState { files, failing: Failing::default() })))
    }

    /// Makes these operations fail from now on.
    pub fn fail(&self, failing: Failing) {
        self.state().failing = failing;
    }

    /// The whole content of a file.
    #[must_use]
    pub fn content(&self, name: &str) -> Option<Vec<u8>> {
        self.state().files.get(name).map(|file| file.content.clone())
    }

    /// Cuts the power: of each file, operations since the last sync survive up to some byte, with zeroes or noise after it
    /// where the file had grown. Equal choices give equal remains.
    pub fn power_cut(&self, choice: u64) {
        let mut state = self.state();
        let mut dice = Dice(choice);
        state.files.retain(|_, file| file.survive(&mut dice));
        state.failing = Failing::default();
    }

    fn state(&self) -> MutexGuard<'_, MemoryState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryState {
    fn stored(&self, name: &str) -> io::Result<&Stored> {
        if self.failing.read { Err(refused()) } else { self.files.get(name).ok_or(io::ErrorKind::NotFound.into()) }
    }
}

impl Stored {
    /// Applies a power cut. Returns whether the file still exists.
    fn survive(&mut self, dice: &mut Dice) -> bool {
        let vanishes = self.durable.is_none() && dice.below(4) == 0;
        let mut content = self.durable.take().unwrap_or_default();
        let steps = |done: &Operation| match done {
            Operation::Appended(bytes) => bytes.len(),
            Operation::Truncated(_) => 1,
        };
        let mut left = dice.below(self.since.iter().map(steps).sum::<usize>() + 1);
        for done in std::mem::take(&mut self.since) {
            let all = steps(&done);
            match done {
                Operation::Truncated(length) if left > 0 => content.truncate(length),
                Operation::Truncated(_) => {}
                Operation::Appended(bytes) => content.extend(bytes.iter().take(left)),
            }
            if left < all {
                content.extend(dice.grown(all - left));
                break;
            }
            left -= all;
        }
        self.content.clone_from(&content);
        self.durable = Some(content);
        !vanishes
    }
}

impl Disk for Memory {
    fn names(&self) -> io::Result<Vec<String>> {
        let state = self.state();
        if state.failing.read { Err(refused()) } else { Ok(state.files.keys().cloned().collect()) }
    }

    fn length(&self, name: &str) -> io::Result<u64> {
        Ok(self.state().stored(name)?.content.len() as u64)
    }

    fn read(&self, name: &str, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let state = self.state();
        let content = &state.stored(name)?.content;
        let rest = usize::try_from(offset).ok().and_then(|offset| content.get(offset..)).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(rest) {
            *to = *from;
        }
        Ok(read)
    }

    fn append(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.state();
        let fits = state.failing.room.map_or(bytes.len(), |room| room.min(bytes.len()));
        if let Some(room) = &mut state.failing.room {
            *room -= fits;
        }
        let written: Vec<u8> = bytes.iter().take(fits).copied().collect();
        let file = state.files.entry(name.to_owned()).or_default();
        file.content.extend_from_slice(&written);
        file.since.push(Operation::Appended(written));
        if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    }

    fn truncate(&mut self, name: &str, length: u64) -> io::Result<()> {
        let mut state = self.state();
        if state.failing.truncate {
            return Err(refused());
        }
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let file = state.files.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        let freed = file.content.len().saturating_sub(length);
        file.content.truncate(length);
        file.since.push(Operation::Truncated(length));
        if let Some(room) = &mut state.failing.room {
            *room += freed;
        }
        Ok(())
    }

    fn syncer(&self) -> Syncer {
        let disk = self.clone();
        Syncer::new(move || {
            let mut state = disk.state();
            if state.failing.sync {
                return Err(refused());
            }
            for file in state.files.values_mut() {
                file.durable = Some(file.content.clone());
                file.since.clear();
            }
            Ok(())
        })
    }
}

fn refused() -> io::Error {
    io::Error::other("the disk fails")
}

/// Random numbers from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % end).unwrap_or_default()
    }

    /// Content of the part that had grown without its bytes: nothing, zeroes or noise.
    fn grown(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most + 1);
        match self.below(4) {
            0 => vec![0; length],
            1 => (0..length).map(|_| self.next().to_le_bytes()[0]).collect(),
            _ => Vec::new(),
        }
    }
}

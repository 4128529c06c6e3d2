//! Reads the lines of a file from its end.

use std::io;

use super::disk::Disk;
use super::framing;

/// Bytes of the first block; each further block of one line is twice as long.
const BLOCK: u64 = 1 << 16;

/// The complete lines of one file, the last one first.
pub(super) struct ReverseLines<'a, D: ?Sized> {
    disk: &'a D,
    name: &'a str,
    /// Offset of `held` in the file.
    start: u64,
    /// Bytes read and not returned yet: empty, or ending with a line break.
    held: Vec<u8>,
    block: u64,
    /// Bytes after the last line break: a torn line, or one that another instance is writing.
    tail: RawLine,
    /// The tail lacks only its line break and has not been returned yet.
    whole: bool,
}

/// One line without its line break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RawLine {
    pub offset: u64,
    pub bytes: Vec<u8>,
}

impl<'a, D: Disk + ?Sized> ReverseLines<'a, D> {
    /// Begins at the end of the file.
    pub(super) fn begin(disk: &'a D, name: &'a str) -> io::Result<Self> {
        let (start, tail) = (disk.length(name)?, RawLine { offset: 0, bytes: Vec::new() });
        let mut lines = Self { disk, name, start, held: Vec::new(), block: BLOCK, tail, whole: false };
        let whole = loop {
            if let Some(at) = last_break(&lines.held) {
                break at + 1;
            }
            if !lines.fill()? {
                break 0;
            }
        };
        lines.tail = RawLine { offset: lines.start + whole as u64, bytes: lines.held.split_off(whole) };
        lines.whole = framing::decode(&lines.tail.bytes).is_some();
        Ok(lines)
    }

    /// The bytes after the last line break, and whether they are a line that lacks only its line break.
    pub(super) fn tail(&self) -> (&RawLine, bool) {
        (&self.tail, self.whole)
    }

    /// The previous line; `None` at the start of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<RawLine>> {
        if std::mem::take(&mut self.whole) {
            return Ok(Some(RawLine { offset: self.tail.offset, bytes: std::mem::take(&mut self.tail.bytes) }));
        }
        self.block = BLOCK;
        loop {
            let before = self.held.len().saturating_sub(1);
            let start = self.held.get(..before).and_then(last_break).map(|at| at + 1);
            match start {
                None if self.fill()? => {}
                None if self.held.is_empty() => return Ok(None),
                start => {
                    let mut bytes = self.held.split_off(start.unwrap_or_default());
                    bytes.pop();
                    return Ok(Some(RawLine { offset: self.start + self.held.len() as u64, bytes }));
                }
            }
        }
    }

    /// Reads one more block. `false` at the start of the file.
    fn fill(&mut self) -> io::Result<bool> {
        let length = self.start.min(self.block);
        if length == 0 {
            return Ok(false);
        }
        self.block *= 2;
        self.start -= length;
        let mut block = vec![0; usize::try_from(length).map_err(io::Error::other)?];
        let read = self.disk.read(self.name, self.start, &mut block)?;
        if read < block.len() && !self.held.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The writer may have truncated a line that it could not finish.
        block.truncate(read);
        block.append(&mut self.held);
        self.held = block;
        Ok(true)
    }
}

fn last_break(bytes: &[u8]) -> Option<usize> {
    bytes.iter().rposition(|byte| *byte == b'\n')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::disk::Disk as _;
    use super::super::memory::Memory;
    use super::ReverseLines;

    proptest! {
        #[test]
        fn lines_come_in_the_opposite_order_with_their_places(
            lines in prop::collection::vec(prop_oneof![Just(0_usize), 0..90_usize, 60_000..140_000_usize], 0..8),
            torn in 0..100_000_usize,
        ) {
            let mut disk = Memory::new();
            let mut wanted = Vec::new();
            let mut offset = 0;
            for (index, length) in lines.iter().enumerate() {
                let mut line = vec![b'a' + u8::try_from(index).unwrap(); *length];
                wanted.push((offset, line.clone()));
                line.push(b'\n');
                offset += line.len() as u64;
                disk.append("x", &line).unwrap();
            }
            disk.append("x", &vec![b'!'; torn]).unwrap();

            let mut back = ReverseLines::begin(&disk, "x").unwrap();
            let (tail, whole) = back.tail();
            prop_assert_eq!((tail.offset, tail.bytes.len(), whole), (offset, torn, false));
            while let Some(found) = back.next().unwrap() {
                prop_assert_eq!(Some((found.offset, found.bytes)), wanted.pop());
            }
            prop_assert!(wanted.is_empty());
        }
    }
}

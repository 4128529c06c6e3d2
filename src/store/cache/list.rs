//! The rows of the list in the file: blocks of rows, and one value that names the blocks which belong together.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use rusqlite::{Connection, Transaction, params};

use super::rows::{self, RowReader, RowWriter};
use super::seal::{Kind, Seal, TAG};
use super::values::{get, get_tagged, put, put_tagged};
use crate::domain::{CacheProblem, CachedList, CachedRow, CompleteList, Millis, ProcessId, Seen, TaskKey};

/// Rows of a block: one that changes is sealed again with the others of its block.
const ROWS: usize = 128;

/// The list as it is in the file.
#[derive(Debug, Default)]
pub(super) struct Stored {
    pub list: CachedList,
    pub blocks: Blocks,
}

/// Where each row stands, and which blocks belong to the list.
#[derive(Clone, Debug, Default)]
pub(super) struct Blocks {
    places: HashMap<TaskKey, u32>,
    /// Rows and tag of each block.
    all: BTreeMap<u32, (usize, [u8; TAG])>,
    good_at: Option<Millis>,
    known_until: Option<(Millis, Millis)>,
    changed: bool,
}

/// Reads the whole list; `None` when there is none, or when a part of it is missing or not as it was written.
pub(super) fn read(database: &Connection, seal: &Seal) -> Result<Option<Stored>, CacheProblem> {
    let Some((head, _)) = get(database, seal, Kind::List, "")? else { return Ok(None) };
    let Some(mut blocks) = read_head(&head) else { return Ok(None) };
    let mut rows = Vec::new();
    for (number, (count, tag)) in &blocks.all {
        let found = get_tagged(database, seal, Kind::Block, &number.to_string())?;
        let block = found.filter(|found| found.tag == *tag).and_then(|found| rows::read_block(&found.value));
        let Some(block) = block.filter(|block| block.len() == *count) else { return Ok(None) };
        blocks.places.extend(block.iter().map(|row| (row.key.clone(), *number)));
        rows.extend(block);
    }
    let list = CachedList { rows, good_at: blocks.good_at, known_until: blocks.known_until };
    Ok(Some(Stored { list, blocks }))
}

fn read_head(head: &[u8]) -> Option<Blocks> {
    let mut from = RowReader::new(head)?;
    let good_at = from.maybe(RowReader::time)?;
    let known_until = from.maybe(|from| Some((from.time()?, from.time()?)))?;
    let count = from.count()?;
    let mut all = BTreeMap::new();
    for _ in 0..count {
        let number = u32::try_from(from.number()?).ok()?;
        let rows = usize::try_from(from.number()?).ok()?;
        all.insert(number, (rows, from.array()?));
    }
    from.finish()?;
    Some(Blocks { all, good_at, known_until, ..Blocks::default() })
}

impl Blocks {
    /// Adds rows, or puts them in the place of older ones.
    pub fn put(
        &mut self,
        writing: &Transaction<'_>,
        seal: &Seal,
        rows: &[CachedRow],
        sensitive: bool,
    ) -> Result<(), CacheProblem> {
        let mut by_block: BTreeMap<u32, HashMap<&TaskKey, CachedRow>> = BTreeMap::new();
        let mut room = self.room();
        for row in rows {
            let number = self.places.get(&row.key).copied().unwrap_or_else(|| room.next());
            self.places.insert(row.key.clone(), number);
            let mut row_kept = row.clone();
            row_kept.content = row_kept
                .content
                .map(|content| if content.projection.high_care && !sensitive { content.stripped() } else { content });
            by_block.entry(number).or_default().insert(&row.key, row_kept);
        }
        for (number, mut changed) in by_block {
            let mut block = self.block(writing, seal, number)?;
            for row in &mut block {
                if let Some(newer) = changed.remove(&row.key) {
                    *row = newer;
                }
            }
            let mut fresh: Vec<_> = changed.into_values().collect();
            fresh.sort_by(|one, other| one.key.cmp(&other.key));
            block.extend(fresh);
            self.store(writing, seal, number, &block)?;
        }
        Ok(())
    }

    /// Applies a complete reading of the list: rows that are not in it are erased, tasks without a row get one.
    pub fn complete(
        &mut self,
        writing: &Transaction<'_>,
        seal: &Seal,
        complete: &CompleteList,
    ) -> Result<(), CacheProblem> {
        let CompleteList { tasks, good_at, known_until } = complete;
        let kept: HashSet<&TaskKey> = tasks.iter().collect();
        let gone = self.places.iter().filter(|(key, _)| !kept.contains(key));
        let thinned: BTreeSet<u32> = gone.map(|(_, number)| *number).collect();
        for number in thinned {
            let mut block = self.block(writing, seal, number)?;
            block.retain(|row| kept.contains(&row.key));
            self.store(writing, seal, number, &block)?;
        }
        self.places.retain(|key, _| kept.contains(key));
        let bare = |key: &&TaskKey| !self.places.contains_key(key);
        let bare = tasks.iter().filter(bare).map(|key| CachedRow {
            key: key.clone(),
            content: None,
            seen: Seen::default(),
            stamps: None,
        });
        let bare: Vec<_> = bare.collect();
        self.put(writing, seal, &bare, true)?;
        (self.good_at, self.known_until) = (Some(*good_at), *known_until);
        self.changed = true;
        Ok(())
    }

    /// Writes which blocks belong together, after they changed.
    pub fn finish(&mut self, writing: &Transaction<'_>, seal: &Seal) -> Result<(), CacheProblem> {
        if !std::mem::take(&mut self.changed) {
            return Ok(());
        }
        let mut head = RowWriter::new();
        head.maybe(self.good_at, RowWriter::time);
        head.maybe(self.known_until, |to, (here, there)| {
            to.time(here);
            to.time(there);
        });
        head.count(self.all.len());
        for (number, (rows, tag)) in &self.all {
            head.number(u64::from(*number));
            head.count(*rows);
            head.bytes(tag);
        }
        // Blocks of a list that could not be read whole are not in this one.
        let kept = self.all.keys().map(|number| seal.hide(Kind::Block, &number.to_string()).to_vec()).collect();
        delete_others(writing, Kind::Block, &kept)?;
        put(writing, seal, Kind::List, "", Millis(0), &head.finish())
    }

    fn block(&self, writing: &Transaction<'_>, seal: &Seal, number: u32) -> Result<Vec<CachedRow>, CacheProblem> {
        let Some((_, tag)) = self.all.get(&number) else { return Ok(Vec::new()) };
        let found = get_tagged(writing, seal, Kind::Block, &number.to_string())?;
        let block = found.filter(|found| found.tag == *tag).and_then(|found| rows::read_block(&found.value));
        block.ok_or(CacheProblem::Damaged)
    }

    fn store(
        &mut self,
        writing: &Transaction<'_>,
        seal: &Seal,
        number: u32,
        block: &[CachedRow],
    ) -> Result<(), CacheProblem> {
        self.changed = true;
        if block.is_empty() {
            self.all.remove(&number);
            let key = seal.hide(Kind::Block, &number.to_string());
            writing.execute("DELETE FROM value WHERE kind = ? AND key = ?", params![Kind::Block as u8, key])?;
            return Ok(());
        }
        let bytes = rows::write_block(block);
        let tag = put_tagged(writing, seal, Kind::Block, &number.to_string(), Millis(0), &bytes)?;
        self.all.insert(number, (block.len(), tag));
        Ok(())
    }

    /// Free places, in the order of the blocks.
    fn room(&self) -> Room {
        let free = |number: u32| ROWS.saturating_sub(self.all.get(&number).map_or(0, |(rows, _)| *rows));
        let end = self.all.last_key_value().map_or(0, |(number, _)| number + 1);
        let partly = (0..end).map(|number| (number, free(number))).filter(|(_, free)| *free > 0).collect();
        Room { partly, end, left: 0 }
    }
}

/// Free places of blocks.
struct Room {
    partly: BTreeMap<u32, usize>,
    /// The next block that does not exist yet.
    end: u32,
    /// Free places of the block before it.
    left: usize,
}

impl Room {
    fn next(&mut self) -> u32 {
        if let Some(mut entry) = self.partly.first_entry() {
            *entry.get_mut() -= 1;
            return if *entry.get() == 0 { entry.remove_entry().0 } else { *entry.key() };
        }
        if self.left == 0 {
            self.end += 1;
            self.left = ROWS;
        }
        self.left -= 1;
        self.end - 1
    }
}

/// Erases the answers of all processes but these.
pub(super) fn forget_others<'p>(
    writing: &Transaction<'_>,
    seal: &Seal,
    kept: impl Iterator<Item = &'p ProcessId>,
) -> Result<(), CacheProblem> {
    let ids: HashSet<&ProcessId> = kept.collect();
    for kind in Kind::OF_PROCESS {
        delete_others(writing, kind, &ids.iter().map(|id| seal.hide(kind, id.as_str()).to_vec()).collect())?;
    }
    Ok(())
}

fn delete_others(writing: &Transaction<'_>, kind: Kind, kept: &HashSet<Vec<u8>>) -> Result<(), CacheProblem> {
    let mut all = writing.prepare_cached("SELECT rowid, key FROM value WHERE kind = ?")?;
    let all = all.query_map([kind as u8], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))?;
    let all: Vec<(i64, Vec<u8>)> = all.collect::<Result<_, _>>()?;
    for (row, _) in all.iter().filter(|(_, key)| !kept.contains(key)) {
        writing.prepare_cached("DELETE FROM value WHERE rowid = ?")?.execute([row])?;
    }
    Ok(())
}

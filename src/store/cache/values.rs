//! Single values of the file: sealed on the way in, opened on the way out.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::seal::{self, Kind, Seal, TAG};
use crate::domain::{CacheProblem, Millis};

/// A value as it was sealed.
pub(super) struct Sealed {
    pub value: Vec<u8>,
    pub at: Millis,
    pub tag: [u8; TAG],
}

pub(super) fn put(
    writing: &Connection,
    seal: &Seal,
    kind: Kind,
    id: &str,
    at: Millis,
    value: &[u8],
) -> Result<(), CacheProblem> {
    put_tagged(writing, seal, kind, id, at, value).map(|_| ())
}

/// Seals and stores a value; returns its tag.
pub(super) fn put_tagged(
    writing: &Connection,
    seal: &Seal,
    kind: Kind,
    id: &str,
    at: Millis,
    value: &[u8],
) -> Result<[u8; TAG], CacheProblem> {
    let key = seal.hide(kind, id);
    let body = seal.seal(kind, &key, at.0, value)?;
    let sql = "INSERT INTO value (kind, key, at, body) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT (kind, key) DO UPDATE SET at = excluded.at, body = excluded.body";
    writing.prepare_cached(sql)?.execute(params![kind as u8, key, at.0, body])?;
    seal::tag(&body).ok_or(CacheProblem::Damaged)
}

/// A value and its time; `None` when it is missing or not as it was sealed.
pub(super) fn get(
    database: &Connection,
    seal: &Seal,
    kind: Kind,
    id: &str,
) -> Result<Option<(Vec<u8>, Millis)>, CacheProblem> {
    Ok(get_tagged(database, seal, kind, id)?.map(|found| (found.value, found.at)))
}

pub(super) fn get_tagged(
    database: &Connection,
    seal: &Seal,
    kind: Kind,
    id: &str,
) -> Result<Option<Sealed>, CacheProblem> {
    let key = seal.hide(kind, id);
    let mut found = database.prepare_cached("SELECT at, body FROM value WHERE kind = ? AND key = ?")?;
    let found = found.query_row(params![kind as u8, key], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)));
    let Some((at, body)) = found.optional()? else { return Ok(None) };
    let value = seal.open(kind, &key, at, &body);
    Ok(value.zip(seal::tag(&body)).map(|(value, tag)| Sealed { value, at: Millis(at), tag }))
}

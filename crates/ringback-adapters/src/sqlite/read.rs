//! What is asked of the tables.

use ringback_core::key::IndexName;
use ringback_ports::store::{Document, Entry};
use rusqlite::{Connection, Error, OptionalExtension, Row};

pub(super) fn documents(
    connection: &Connection,
    names: &[String],
) -> Result<Vec<Option<Document>>, Error> {
    let mut query =
        connection.prepare_cached("SELECT version, body FROM documents WHERE name = ?1")?;
    let document = |row: &Row<'_>| {
        Ok(Document {
            version: row.get(0)?,
            body: row.get(1)?,
        })
    };
    names
        .iter()
        .map(|name| query.query_row((name,), document).optional())
        .collect()
}

pub(super) fn log(
    connection: &Connection,
    name: &str,
    after: u64,
    limit: usize,
) -> Result<Vec<Vec<u8>>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT entry FROM log WHERE document = (SELECT number FROM documents WHERE name = ?1) AND place >= ?2 \
         ORDER BY place LIMIT ?3",
    )?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let entries = query.query_map((name, after, most(limit)), |row| row.get(0))?;
    entries.collect()
}

pub(super) fn range(
    connection: &Connection,
    index: &IndexName,
    from: i64,
    limit: usize,
) -> Result<Vec<Entry>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT id, score FROM indexes WHERE name = ?1 AND score >= ?2 ORDER BY score, id LIMIT ?3",
    )?;
    let entry = |row: &Row<'_>| {
        Ok(Entry {
            id: row.get(0)?,
            score: row.get(1)?,
        })
    };
    let entries = query.query_map((index.as_str(), from, most(limit)), entry)?;
    entries.collect()
}

pub(super) fn count(
    connection: &Connection,
    index: &IndexName,
    from: i64,
    until: i64,
) -> Result<u64, Error> {
    let mut query = connection.prepare_cached(
        "SELECT count(*) FROM indexes WHERE name = ?1 AND score >= ?2 AND score < ?3",
    )?;
    query.query_row((index.as_str(), from, until), |row| row.get(0))
}

/// A limit as SQLite takes it, where a negative one means none.
pub(super) fn most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

//! What changes the tables. Everything is looked at before anything is written, so a conflict leaves no trace in the
//! transaction it shares with others.

use std::time::Duration;

use ringback_core::key::{IndexName, Key, Shard, Shards};
use ringback_core::time::Timestamp;
use ringback_ports::store::{Change, Claim, Commit, Outcome, Put, put_off};
use rusqlite::{Connection, Error, OptionalExtension, Row};

use super::read::{self, most};

/// What a change has to know of the document that is there.
struct Present {
    number: i64,
    version: u64,
    token: i64,
    entries: i64,
}

pub(super) fn commit(
    connection: &Connection,
    shard: Shard,
    commit: &Commit,
) -> Result<Outcome, Error> {
    let token = commit.token.cast_signed();
    let mut present = Vec::with_capacity(commit.changes.len());
    for change in &commit.changes {
        present.push(find(connection, change.key())?);
    }
    let pairs = || commit.changes.iter().zip(&present);
    if token != 0 && pairs().any(|(change, present)| has_seen(change, present.as_ref(), token)) {
        return Ok(Outcome::Committed);
    }
    if !pairs().all(|(change, present)| admits(change, present.as_ref())) {
        return Ok(Outcome::Conflict);
    }
    for (place, limit) in commit.limits.iter().enumerate() {
        let mut entries = 0;
        for scores in &limit.scores {
            entries += read::count(connection, &limit.index, scores.start, scores.end)?;
        }
        if entries >= limit.most {
            return Ok(Outcome::Over(place));
        }
    }
    for (change, present) in pairs() {
        match (change, present) {
            (Change::Put(put), present) => write(connection, shard, put, present.as_ref(), token)?,
            (Change::Delete { key, indexes, .. }, Some(present)) => {
                delete(connection, key, present, indexes)?
            }
            (Change::Wake { at, .. }, Some(present)) => wake(connection, present, *at)?,
            (Change::Delete { .. } | Change::Wake { .. }, None) => {}
        }
    }
    Ok(Outcome::Committed)
}

/// Takes up to `limit` documents of each shard that are due at `now`, and puts them off.
pub(super) fn claim(
    connection: &Connection,
    shards: Shards,
    limit: usize,
    now: Timestamp,
    visibility: Duration,
) -> Result<Claim, Error> {
    let mut claim = Claim {
        now,
        ..Claim::default()
    };
    let mut due = connection.prepare_cached(
        "SELECT number, name, alarm, claims FROM documents WHERE shard = ?1 AND alarm <= ?2 ORDER BY alarm LIMIT ?3",
    )?;
    let mut update = connection
        .prepare_cached("UPDATE documents SET alarm = ?2, claims = claims + 1 WHERE number = ?1")?;
    let mut next = connection.prepare_cached(
        "SELECT alarm FROM documents WHERE shard = ?1 AND alarm IS NOT NULL ORDER BY alarm LIMIT 1",
    )?;
    for shard in shards.all().map(|shard| shard.index()) {
        let found = due.query_map((shard, now.as_millis(), most(limit)), |row: &Row<'_>| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })?;
        type Due = (i64, String, i64, u32);
        for (number, name, alarm, claims) in found.collect::<Result<Vec<Due>, Error>>()? {
            let again = now + visibility.saturating_mul(put_off(claims));
            update.execute((number, again.as_millis()))?;
            // A name that is no key (a later release may have written it) is left to who understands it.
            let key = name.parse::<Key>().ok();
            claim
                .due
                .extend(key.map(|key| (key, Timestamp::from_millis(alarm))));
        }
        let first = next.query_row((shard,), |row| row.get(0)).optional()?;
        claim.next = claim
            .next
            .into_iter()
            .chain(first.map(Timestamp::from_millis))
            .min();
    }
    claim.next_in = claim.next.map(|next| next.since(now));
    Ok(claim)
}

fn find(connection: &Connection, key: &Key) -> Result<Option<Present>, Error> {
    let mut query = connection
        .prepare_cached("SELECT number, version, token, entries FROM documents WHERE name = ?1")?;
    let present = |row: &Row<'_>| {
        Ok(Present {
            number: row.get(0)?,
            version: row.get(1)?,
            token: row.get(2)?,
            entries: row.get(3)?,
        })
    };
    query.query_row((key.to_string(),), present).optional()
}

/// A commit happens as a whole, so one document that carries its token shows that it did.
fn has_seen(change: &Change, present: Option<&Present>, token: i64) -> bool {
    matches!(change, Change::Put(_)) && present.is_some_and(|present| present.token == token)
}

fn admits(change: &Change, present: Option<&Present>) -> bool {
    let version = present.map_or(0, |present| present.version);
    match change {
        Change::Put(put) => put.version == version,
        Change::Delete { version: read, .. } => present.is_none() || *read == version,
        Change::Wake { .. } => true,
    }
}

fn write(
    connection: &Connection,
    shard: Shard,
    put: &Put,
    present: Option<&Present>,
    token: i64,
) -> Result<(), Error> {
    let alarm = put.alarm.map(Timestamp::as_millis);
    let first = present.map_or(0, |present| present.entries);
    let entries = first.saturating_add(most(put.log.len()));
    let number = match present {
        Some(Present { number, .. }) => {
            let mut update = connection.prepare_cached(
                "UPDATE documents SET version = version + 1, claims = 0, token = ?2, alarm = ?3, entries = ?4, body = ?5 \
                 WHERE number = ?1",
            )?;
            update.execute((number, token, alarm, entries, &put.body))?;
            *number
        }
        None => connection
            .prepare_cached(
                "INSERT INTO documents (name, shard, version, token, alarm, entries, body) \
                 VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6)",
            )?
            .insert((
                put.key.to_string(),
                shard.index(),
                token,
                alarm,
                entries,
                &put.body,
            ))?,
    };
    let mut append = connection
        .prepare_cached("INSERT INTO log (document, place, entry) VALUES (?1, ?2, ?3)")?;
    for (place, entry) in (first..entries).zip(&put.log) {
        append.execute((number, place, entry))?;
    }
    for (name, score) in &put.indexes {
        list(connection, name, put.key.id(), *score)?;
    }
    Ok(())
}

fn delete(
    connection: &Connection,
    key: &Key,
    present: &Present,
    indexes: &[IndexName],
) -> Result<(), Error> {
    for table in [
        "DELETE FROM documents WHERE number = ?1",
        "DELETE FROM log WHERE document = ?1",
    ] {
        connection
            .prepare_cached(table)?
            .execute((present.number,))?;
    }
    for name in indexes {
        list(connection, name, key.id(), None)?;
    }
    Ok(())
}

fn wake(connection: &Connection, present: &Present, at: Timestamp) -> Result<(), Error> {
    let mut update = connection.prepare_cached(
        "UPDATE documents SET version = version + 1, claims = 0, alarm = min(ifnull(alarm, ?2), ?2) WHERE number = ?1",
    )?;
    update.execute((present.number, at.as_millis()))?;
    Ok(())
}

fn list(
    connection: &Connection,
    name: &IndexName,
    id: &str,
    score: Option<i64>,
) -> Result<(), Error> {
    let name = name.as_str();
    match score {
        Some(score) => connection
            .prepare_cached(
                "INSERT INTO indexes (name, id, score) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (name, id) DO UPDATE SET score = excluded.score WHERE score <> excluded.score",
            )?
            .execute((name, id, score))?,
        None => connection
            .prepare_cached("DELETE FROM indexes WHERE name = ?1 AND id = ?2")?
            .execute((name, id))?,
    };
    Ok(())
}

//! What Redis answered.

use redis::{ErrorKind, FromRedisValue, RedisError, Value};
use ringback_core::key::Key;
use ringback_core::time::Timestamp;
use ringback_ports::store::{Claim, Document, Reached, ShardsAway, StoreError};

/// What it means to a caller that Redis did not do it. Almost everything may pass: no connection, no answer in time, out
/// of memory, read only, loading, a credential that is being changed.
pub(super) fn failed(error: RedisError) -> StoreError {
    let unreadable = matches!(
        error.kind(),
        ErrorKind::UnexpectedReturnType | ErrorKind::Parse
    ) || error.code() == Some("WRONGTYPE");
    if unreadable {
        StoreError::Unreadable(Box::new(error))
    } else if error.code() == Some("OOM") {
        StoreError::Full
    } else {
        StoreError::Unavailable(Box::new(error))
    }
}

/// An answer that no server of this adapter's data gives.
pub(super) fn unreadable(why: &'static str) -> StoreError {
    failed((ErrorKind::UnexpectedReturnType, why).into())
}

pub(super) fn read<T: FromRedisValue>(answer: Result<Value, RedisError>) -> Result<T, StoreError> {
    let read = answer.and_then(|value| Ok(redis::from_redis_value(value)?));
    read.map_err(failed)
}

/// The first two elements of a document's list: version and token of the last put, and the body.
pub(super) fn document(answer: Result<Value, RedisError>) -> Result<Option<Document>, StoreError> {
    let mut elements = read::<Vec<Vec<u8>>>(answer)?.into_iter();
    let Some(head) = elements.next() else {
        return Ok(None);
    };
    match (head.first_chunk(), elements.next()) {
        (Some(version), Some(body)) => Ok(Some(Document {
            version: u64::from_be_bytes(*version),
            body,
        })),
        _ => Err(unreadable("a document begins with its version and body")),
    }
}

/// All parts, or which are missing.
pub(super) fn all<T>(parts: Vec<Result<T, StoreError>>) -> Result<Vec<T>, StoreError> {
    let shards = parts.len();
    let (mut found, mut away, mut failure) = (Vec::with_capacity(shards), Vec::new(), None);
    for (shard, part) in parts.into_iter().enumerate() {
        match part {
            Ok(part) => found.push(part),
            Err(StoreError::Unavailable(error)) => {
                away.push(shard);
                failure = Some(error);
            }
            Err(error) => return Err(error),
        }
    }
    match failure {
        None => Ok(found),
        Some(source) if found.is_empty() => Err(StoreError::Unavailable(source)),
        Some(source) => Err(StoreError::Unavailable(Box::new(ShardsAway {
            away,
            shards,
            source,
        }))),
    }
}

/// The parts of the shards that answer.
pub(super) fn reached<T>(parts: Vec<Result<T, StoreError>>) -> Result<Reached<Vec<T>>, StoreError> {
    let shards = parts.len();
    let (mut found, mut failure) = (Vec::with_capacity(shards), None);
    for part in parts {
        match part {
            Ok(part) => found.push(part),
            Err(error @ StoreError::Unavailable(_)) => failure = Some(error),
            Err(error) => return Err(error),
        }
    }
    match failure {
        Some(error) if found.is_empty() => Err(error),
        Some(_) | None => Ok(Reached {
            away: shards - found.len(),
            found,
            shards,
        }),
    }
}

/// The claims of all shards. What was taken has been put off, so it counts even when another shard could not be asked.
pub(super) fn claim(answers: Vec<Result<Value, RedisError>>) -> Result<Claim, StoreError> {
    let mut claim = Claim::default();
    let (shards, mut failures, mut failure) = (answers.len(), 0, None);
    for answer in answers {
        let added = read::<Vec<String>>(answer).and_then(|it| add_shard(&mut claim, &it));
        failures += usize::from(added.is_err());
        failure = added.err().or(failure);
    }
    match failure {
        Some(error) if failures == shards => Err(error),
        _ => Ok(claim),
    }
}

/// A member that names no document (a later release may have put it there) is left to who understands it.
fn add_shard(claim: &mut Claim, answer: &[String]) -> Result<(), StoreError> {
    let time = |text: &String| text.parse().ok().map(Timestamp::from_millis);
    let [now, next, due @ ..] = answer else {
        return Err(unreadable(
            "a claim begins with the time and the next alarm",
        ));
    };
    let now = time(now).ok_or_else(|| unreadable("the time of a claim is a number"))?;
    claim.now = claim.now.max(now);
    let next = time(next);
    claim.next = claim.next.into_iter().chain(next).min();
    // Every server counts by its own clock.
    let next_in = next.map(|next| next.since(now));
    claim.next_in = claim.next_in.into_iter().chain(next_in).min();
    let (pairs, _) = due.as_chunks::<2>();
    let known = |[member, at]: &[String; 2]| Some((member.parse::<Key>().ok()?, time(at)?));
    claim.due.extend(pairs.iter().filter_map(known));
    Ok(())
}

/// The answer to `TIME`: seconds and microseconds.
pub(super) fn time(answer: Result<Value, RedisError>) -> Result<Timestamp, RedisError> {
    let (seconds, micros): (i64, i64) = redis::from_redis_value(answer?)?;
    let millis = seconds.saturating_mul(1000);
    Ok(Timestamp::from_millis(millis.saturating_add(micros / 1000)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn away<T>() -> Result<T, StoreError> {
        Err(StoreError::Unavailable("nobody".into()))
    }

    #[test]
    fn shards_that_are_away_are_told_or_done_without() {
        let whole = || vec![Ok(1), Ok(2)];
        assert_eq!(all(whole()).unwrap(), [1, 2]);
        assert_eq!(reached(whole()).unwrap().away, 0);

        let part = || vec![Ok(1), away(), Ok(2), away()];
        let error = all(part()).unwrap_err();
        let StoreError::Unavailable(error) = error else {
            panic!("{error}");
        };
        let told: &ShardsAway = error.downcast_ref().unwrap();
        assert_eq!((&told.away[..], told.shards), (&[1, 3][..], 4));
        let found = reached(part()).unwrap();
        assert_eq!((found.found, found.away, found.shards), (vec![1, 2], 2, 4));

        assert!(all::<u8>(vec![away(), away()]).is_err());
        assert!(reached::<u8>(vec![away(), away()]).is_err());
    }

    #[test]
    fn a_claim_takes_what_the_other_shards_have() {
        let none = Value::Array(vec![
            Value::BulkString(b"5".to_vec()),
            Value::BulkString(Vec::new()),
        ]);
        let lost = || Err(RedisError::from((ErrorKind::Io, "nobody")));
        assert!(claim(vec![Ok(none), lost()]).is_ok());
        assert!(claim(vec![lost(), lost()]).is_err());
    }
}

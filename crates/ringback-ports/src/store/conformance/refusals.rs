//! What no store takes.

use super::*;
use crate::store::{MAX_BODY, MAX_SCORE};

/// A body or log entry over the limit is refused with everything it came with; one at the limit is kept.
pub async fn refuses_what_is_too_large<S: Store>(store: S, _clock: Clock) {
    let (large, small) = (callback(2, "large"), callback(2, "small"));
    let mut body = put(&large, 0);
    body.body = vec![b'x'; MAX_BODY + 1];
    let mut entry = put(&large, 0);
    entry.log = vec![Vec::new(), vec![b'x'; MAX_BODY + 1]];
    for change in [body, entry] {
        let changes = vec![Change::Put(put(&small, 0)), Change::Put(change)];
        match try_commit(&store, changes).await {
            Err(StoreError::TooLarge { key, size }) => {
                assert_eq!((key, size), (large.clone(), MAX_BODY + 1))
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            [version(&store, &large).await, version(&store, &small).await],
            [0, 0]
        );
    }
    let mut allowed = put(&large, 0);
    allowed.body = vec![b'x'; MAX_BODY];
    allowed.log = vec![vec![b'y'; MAX_BODY]];
    written(&store, vec![Change::Put(allowed)]).await;
    assert_eq!(
        get(&store, &large)
            .await
            .expect("it was written")
            .body
            .len(),
        MAX_BODY
    );
    assert_eq!(log(&store, &large).await, [vec![b'y'; MAX_BODY]]);
}

/// No change, one document twice, two shards, a score that cannot be ordered: refused, nothing written.
pub async fn refuses_what_is_not_one_commit<S: Store>(store: S, clock: Clock) {
    let (here, there) = (callback(1, "here"), callback(2, "there"));
    let mut far = put(&here, 0);
    far.indexes = vec![(index("far"), Some(MAX_SCORE + 1))];
    let mut low = put(&here, 0);
    low.indexes = vec![(index("far"), Some(i64::MIN))];
    let malformed = [
        vec![],
        vec![Change::Put(put(&here, 0)), Change::Put(put(&here, 1))],
        vec![Change::Put(put(&here, 0)), wake(&here, past(&clock))],
        vec![Change::Put(put(&here, 0)), Change::Put(put(&there, 0))],
        vec![Change::Put(far)],
        vec![Change::Put(low)],
    ];
    for changes in malformed {
        let answer = try_commit(&store, changes).await;
        assert!(
            matches!(answer, Err(StoreError::Malformed(_))),
            "{answer:?}"
        );
        assert_eq!(
            [version(&store, &here).await, version(&store, &there).await],
            [0, 0]
        );
    }
    assert_eq!(listed(&store, &index("far")).await, [""; 0]);
}

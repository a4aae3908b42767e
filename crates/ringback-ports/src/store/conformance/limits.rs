//! Indexes that must not be full.

use super::*;
use crate::store::Limit;

fn limit(what: &str, scores: &[(i64, i64)], most: u64) -> Limit {
    Limit {
        index: index(what),
        scores: scores.iter().map(|(from, until)| *from..*until).collect(),
        most,
    }
}

/// A new document of shard 3, listed in `what`.
fn create(name: &str, what: &str, score: i64, limits: Vec<Limit>) -> Commit {
    let mut change = put(&callback(3, name), 0);
    change.indexes = vec![(index(what), Some(score))];
    Commit {
        limits,
        ..Commit::new(fresh_token(), vec![Change::Put(change)])
    }
}

async fn outcome<S: Store>(store: &S, commit: Commit) -> Outcome {
    store.commit(commit).await.expect("commit")
}

/// Only the scores in the ranges count, each limit for itself; what is refused is not written.
pub async fn refuses_what_is_over_a_limit<S: Store>(store: S, _clock: Clock) {
    for (name, score) in [("a", 10), ("b", 20), ("c", -5), ("d", 30)] {
        let free = vec![limit("full", &[(0, 100)], 4)];
        let done = outcome(&store, create(name, "full", score, free)).await;
        assert_eq!(done, Outcome::Committed, "{name}");
    }
    for (limits, expected) in [
        (vec![limit("full", &[(0, 100)], 3)], Outcome::Over(0)),
        (
            vec![limit("full", &[(0, 30), (-5, 0)], 3)],
            Outcome::Over(0),
        ),
        (
            vec![limit("none", &[(i64::MIN, i64::MAX)], 0)],
            Outcome::Over(0),
        ),
        (
            vec![limit("full", &[(0, 30)], 3), limit("full", &[(-9, -4)], 1)],
            Outcome::Over(1),
        ),
        (
            vec![limit("full", &[(i64::MIN, i64::MAX)], 4)],
            Outcome::Over(0),
        ),
    ] {
        let shown = format!("{limits:?}");
        let refused = outcome(&store, create("e", "full", 40, limits)).await;
        assert_eq!(refused, expected, "{shown}");
        assert_eq!(version(&store, &callback(3, "e")).await, 0, "{shown}");
    }
    assert_eq!(listed(&store, &index("full")).await.len(), 4);
    let limits = vec![limit("full", &[(0, 30), (-4, 0)], 3), limit("none", &[], 1)];
    let free = outcome(&store, create("e", "full", 40, limits)).await;
    assert_eq!(free, Outcome::Committed);
}

/// Whoever repeats a commit, or makes a document that is there, is told so, however full it is.
pub async fn a_limit_comes_after_versions_and_repeats<S: Store>(store: S, _clock: Clock) {
    let one = || vec![limit("one", &[(0, 100)], 1)];
    let first = create("first", "one", 1, one());
    assert_eq!(outcome(&store, first.clone()).await, Outcome::Committed);
    assert_eq!(outcome(&store, first).await, Outcome::Committed, "a repeat");
    let again = outcome(&store, create("first", "one", 1, one())).await;
    assert_eq!(again, Outcome::Conflict);
    let other = outcome(&store, create("other", "one", 1, one())).await;
    assert_eq!(other, Outcome::Over(0));

    let mut leave = put(&callback(3, "first"), 1);
    leave.indexes = vec![(index("one"), None)];
    written(&store, vec![Change::Put(leave)]).await;
    let other = outcome(&store, create("other", "one", 1, one())).await;
    assert_eq!(other, Outcome::Committed, "there is room again");
}

/// Counting and writing are one.
pub async fn holds_a_limit_among_many_writers<S: Store>(store: S, _clock: Clock) {
    let writers = (0..32).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            let limits = vec![limit("few", &[(0, 100)], 5)];
            outcome(&store, create(&format!("{number}"), "few", number, limits)).await
        })
    });
    let mut done = 0;
    for writer in writers.collect::<Vec<_>>() {
        let outcome = writer.await.expect("a writer ends well");
        if outcome != Outcome::Over(0) {
            assert_eq!(outcome, Outcome::Committed);
            done += 1;
        }
    }
    assert_eq!((done, listed(&store, &index("few")).await.len()), (5, 5));
}

//! Indexes and logs.

use super::*;
use crate::store::{Entry, MAX_SCORE};

async fn list<S: Store>(
    store: &S,
    key: &Key,
    version: u64,
    entries: Vec<(IndexName, Option<i64>)>,
) {
    let mut change = put(key, version);
    change.indexes = entries;
    written(store, vec![Change::Put(change)]).await;
}

/// By score, then by id, from a score on, up to a limit; counts leave the upper end out.
pub async fn an_index_is_in_order<S: Store>(store: S, _clock: Clock) {
    let name = index("order");
    let scores = [
        ("d", 3),
        ("b", 3),
        ("a", -MAX_SCORE),
        ("e", MAX_SCORE),
        ("c", 0),
        ("f", -7),
    ];
    for (id, score) in scores {
        list(
            &store,
            &callback(1, id),
            0,
            vec![(name.clone(), Some(score))],
        )
        .await;
    }
    let mut expected = scores.map(|(id, score)| Entry {
        id: format!("01-{id}"),
        score,
    });
    expected.sort_by(|a, b| (a.score, &a.id).cmp(&(b.score, &b.id)));
    for (from, skipped) in [
        (i64::MIN, 0),
        (-MAX_SCORE, 0),
        (-7, 1),
        (-6, 2),
        (1, 3),
        (4, 5),
        (i64::MAX, 6),
    ] {
        for limit in [0, 1, 2, 100] {
            let found = store.range(&name, from, limit).await.expect("range");
            let expected: Vec<_> = expected.iter().skip(skipped).take(limit).cloned().collect();
            assert_eq!(found, expected, "from {from}, limit {limit}");
        }
    }
    let spans = [
        ((i64::MIN, i64::MAX), 6),
        ((i64::MIN, MAX_SCORE), 5),
        ((-7, 3), 2),
        ((0, 4), 3),
        ((3, 3), 0),
        ((9, 0), 0),
        ((i64::MAX, i64::MIN), 0),
    ];
    for ((from, until), expected) in spans {
        let counted = store.count(&name, from, until).await.expect("count");
        assert_eq!(counted, expected, "{from}..{until}");
    }
    assert_eq!(listed(&store, &index("unknown")).await, [""; 0]);
    assert_eq!(
        store.count(&index("unknown"), 0, 9).await.expect("count"),
        0
    );
}

/// A new score moves an entry, `None` takes it out, and a document is in as many indexes as it says.
pub async fn an_index_follows_its_documents<S: Store>(store: S, _clock: Clock) {
    let (name, other) = (index("moves"), index("other"));
    let (one, two) = (callback(2, "one"), callback(2, "two"));
    list(
        &store,
        &one,
        0,
        vec![(name.clone(), Some(1)), (other.clone(), Some(1))],
    )
    .await;
    list(&store, &two, 0, vec![(name.clone(), Some(2))]).await;
    assert_eq!(listed(&store, &name).await, [one.id(), two.id()]);

    list(&store, &one, 1, vec![(name.clone(), Some(3))]).await;
    assert_eq!(listed(&store, &name).await, [two.id(), one.id()]);
    assert_eq!(
        store.count(&name, 0, 3).await.expect("count"),
        1,
        "no longer at 1"
    );

    list(
        &store,
        &two,
        1,
        vec![(name.clone(), None), (other.clone(), None)],
    )
    .await;
    list(&store, &two, 2, vec![]).await;
    assert_eq!(listed(&store, &name).await, [one.id()]);
    assert_eq!(listed(&store, &other).await, [one.id()]);
    list(&store, &one, 2, vec![(other.clone(), None)]).await;
    assert_eq!(
        store
            .count(&other, i64::MIN, i64::MAX)
            .await
            .expect("count"),
        0
    );
}

/// One index holds documents of every shard, in one order.
pub async fn an_index_spans_the_shards<S: Store>(store: S, _clock: Clock) {
    let name = index("everywhere");
    for number in 0..48_u16 {
        let key = Key::new(Kind::Agent, format!("agent{number:02}"));
        let score = i64::from(number * 7 % 48);
        list(&store, &key, 0, vec![(name.clone(), Some(score))]).await;
    }
    let mut scores: Vec<i64> = Vec::new();
    loop {
        let from = scores.last().map_or(0, |last| last + 1);
        let page = store.range(&name, from, 10).await.expect("range");
        if page.is_empty() || scores.len() > 48 {
            break;
        }
        scores.extend(page.iter().map(|entry| entry.score));
    }
    assert_eq!(scores, (0..48).collect::<Vec<_>>());
    assert_eq!(store.count(&name, 10, 40).await.expect("count"), 30);
}

/// Entries come in the order they were written, from any place, up to a limit.
pub async fn a_log_is_read_in_pages<S: Store>(store: S, _clock: Clock) {
    let key = callback(3, "log");
    let entry = |number: u64| number.to_string().into_bytes();
    for version in 0..4 {
        let mut change = put(&key, version);
        change.log = (version * 3..version * 3 + 3).map(entry).collect();
        written(&store, vec![Change::Put(change)]).await;
    }
    for (after, limit, expected) in [
        (0, 5, 0..5),
        (5, 5, 5..10),
        (10, 5, 10..12),
        (12, 5, 0..0),
        (4, 0, 0..0),
        (0, usize::MAX, 0..12),
        (u64::MAX, 5, 0..0),
    ] {
        let page = store.log(&key, after, limit).await.expect("log");
        assert_eq!(
            page,
            expected.map(entry).collect::<Vec<_>>(),
            "after {after}, limit {limit}"
        );
    }
    assert_eq!(
        log(&store, &callback(3, "nobody")).await,
        Vec::<Vec<u8>>::new()
    );
}

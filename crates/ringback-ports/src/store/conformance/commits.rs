//! Versions, atomicity, repeats.

use super::*;
use crate::store::TOKENS;

/// A version that was not read is a conflict, and a conflict writes nothing.
pub async fn creates_once_and_puts_on_the_version_read<S: Store>(store: S, _clock: Clock) {
    let key = callback(7, "versions");
    assert_eq!(get(&store, &key).await, None);
    let outcome = commit(&store, vec![Change::Put(put(&key, 1))]).await;
    assert_eq!(outcome, Outcome::Conflict, "there is nothing to put yet");
    assert_eq!(get(&store, &key).await, None);

    written(&store, vec![Change::Put(put(&key, 0))]).await;
    let outcome = commit(&store, vec![Change::Put(put(&key, 0))]).await;
    assert_eq!(outcome, Outcome::Conflict, "it exists");

    written(&store, vec![Change::Put(put(&key, 1))]).await;
    for wrong in [0, 1, 3, u64::MAX] {
        let mut change = put(&key, 0);
        change.version = wrong;
        let outcome = commit(&store, vec![Change::Put(change)]).await;
        assert_eq!(outcome, Outcome::Conflict, "version {wrong} is not 2");
    }
    let body = b"body 2".to_vec();
    assert_eq!(get(&store, &key).await, Some(Document { version: 2, body }));

    let nobody = callback(8, "nobody");
    let found = store.get(&[nobody.clone(), key.clone(), nobody, key]).await;
    let versions = found
        .expect("get")
        .into_iter()
        .map(|found| found.map(|found| found.version));
    assert_eq!(versions.collect::<Vec<_>>(), [None, Some(2), None, Some(2)]);
    assert_eq!(store.get(&[]).await.expect("get of nothing"), []);
}

/// One conflicting change, and no document, log, alarm or index of the commit has changed.
pub async fn writes_all_of_a_commit_or_nothing<S: Store>(store: S, clock: Clock) {
    let [one, two, three] = ["one", "two", "three"].map(|name| callback(3, name));
    let name = index("atomic");
    let full = |key: &Key, version| {
        let mut put = put(key, version);
        put.alarm = Some(past(&clock));
        put.log = vec![b"first".to_vec(), b"second".to_vec()];
        put.indexes = vec![(name.clone(), Some(5))];
        Change::Put(put)
    };
    written(
        &store,
        vec![Change::Put(put(&two, 0)), Change::Put(put(&three, 0))],
    )
    .await;

    let spoiled = [
        vec![full(&one, 0), full(&two, 9), wake(&three, past(&clock))],
        vec![wake(&three, past(&clock)), full(&one, 0), full(&two, 0)],
        vec![
            full(&one, 0),
            wake(&two, past(&clock)),
            delete(&three, 9, &[]),
        ],
        vec![delete(&two, 1, &[]), full(&three, 1), full(&one, 4)],
    ];
    for changes in spoiled {
        assert_eq!(commit(&store, changes).await, Outcome::Conflict);
        assert_eq!(get(&store, &one).await, None);
        assert_eq!(
            [version(&store, &two).await, version(&store, &three).await],
            [1, 1]
        );
        assert_eq!(
            log(&store, &one).await.len() + log(&store, &two).await.len(),
            0
        );
        assert_eq!(listed(&store, &name).await, [""; 0]);
        assert_at_rest(&store, "nothing was written").await;
    }

    let whole = vec![full(&one, 0), full(&two, 1), delete(&three, 1, &[])];
    written(&store, whole).await;
    assert_eq!(
        [version(&store, &one).await, version(&store, &two).await],
        [1, 2]
    );
    assert_eq!(get(&store, &three).await, None);
    assert_eq!(listed(&store, &name).await, [one.id(), two.id()]);
    assert_eq!(
        log(&store, &two).await,
        [b"first".to_vec(), b"second".to_vec()]
    );
    assert_eq!(claim(&store, PATIENCE).await.due.len(), 2);
}

/// A commit that is sent again is answered as the first time; without a token it is a conflict.
pub async fn knows_a_repeated_commit<S: Store>(store: S, clock: Clock) {
    let (key, gone) = (callback(4, "repeat"), callback(4, "gone"));
    written(&store, vec![Change::Put(put(&gone, 0))]).await;
    let mut change = put(&key, 0);
    change.alarm = Some(past(&clock));
    change.log = vec![b"once".to_vec()];
    change.indexes = vec![(index("repeat"), Some(1))];
    let first = Commit::new(
        fresh_token(),
        vec![Change::Put(change), delete(&gone, 1, &[])],
    );
    assert_eq!(
        store.commit(first.clone()).await.expect("commit"),
        Outcome::Committed
    );
    assert_eq!(claim(&store, PATIENCE).await.due.len(), 1);
    assert_eq!(
        store.commit(first.clone()).await.expect("repeat"),
        Outcome::Committed
    );
    assert_eq!(version(&store, &key).await, 1);
    assert_eq!(log(&store, &key).await, [b"once".to_vec()]);
    assert_eq!(
        claim(&store, PATIENCE).await.due,
        [],
        "the alarm was not set again"
    );

    written(&store, vec![wake(&key, past(&clock))]).await;
    assert_eq!(
        store.commit(first.clone()).await.expect("repeat"),
        Outcome::Committed
    );
    assert_eq!(
        version(&store, &key).await,
        2,
        "a wake in between hides nothing"
    );

    let (token, changes) = (0, vec![Change::Put(put(&key, 2))]);
    let unnamed = Commit::new(token, changes);
    assert_eq!(
        store.commit(unnamed.clone()).await.expect("commit"),
        Outcome::Committed
    );
    assert_eq!(
        store.commit(unnamed).await.expect("repeat"),
        Outcome::Conflict
    );
    assert_eq!(version(&store, &key).await, 3);
}

/// The answer to a commit was lost, and before it is repeated others have written: it is still answered as the first time.
pub async fn knows_a_repeated_commit_when_others_wrote_in_between<S: Store>(
    store: S,
    clock: Clock,
) {
    let (key, beside) = (callback(4, "lost"), callback(4, "beside"));
    written(
        &store,
        vec![Change::Put(put(&key, 0)), Change::Put(put(&beside, 0))],
    )
    .await;
    let changes = [(&key, 1), (&beside, 1)].map(|(key, version)| Change::Put(put(key, version)));
    let lost = Commit::new(fresh_token(), changes.into());
    let first = store.commit(lost.clone()).await.expect("commit");
    assert_eq!(first, Outcome::Committed);
    let others = TOKENS as u64 - 1;
    for version in 2..2 + others {
        written(
            &store,
            vec![Change::Put(put(&key, version)), wake(&beside, past(&clock))],
        )
        .await;
    }
    let before = get(&store, &key).await;
    let again = store.commit(lost).await.expect("repeat");
    assert_eq!(again, Outcome::Committed);
    assert_eq!(get(&store, &key).await, before, "it changes nothing");

    let stale = commit(&store, vec![Change::Put(put(&key, 1))]).await;
    assert_eq!(
        stale,
        Outcome::Conflict,
        "another commit on that version is none"
    );
}

/// Bodies and log entries are bytes; ids are any text.
pub async fn keeps_any_bytes_and_ids<S: Store>(store: S, _clock: Clock) {
    let bytes: Vec<u8> = (0..=255).chain([0, 13, 10, 0]).collect();
    for id in [
        "plain",
        "with:colon",
        "{brace}",
        "gr\u{fc}n \u{1f4de}",
        "sp ace/0\n",
        "nul\0",
        "",
    ] {
        let key = Key::new(Kind::Agent, id);
        let mut change = put(&key, 0);
        change.body.clone_from(&bytes);
        change.log = vec![Vec::new(), bytes.clone()];
        change.indexes = vec![(IndexName::new("any", "{x} \n\0"), Some(0))];
        written(&store, vec![Change::Put(change)]).await;
        assert_eq!(
            get(&store, &key).await.expect("it was written").body,
            bytes,
            "{id:?}"
        );
        assert_eq!(
            log(&store, &key).await,
            [Vec::new(), bytes.clone()],
            "{id:?}"
        );
    }
    let mut empty = put(&callback(0, "empty"), 0);
    empty.body.clear();
    written(&store, vec![Change::Put(empty)]).await;
    assert_eq!(
        get(&store, &callback(0, "empty"))
            .await
            .expect("it exists")
            .body,
        b""
    );
    assert_eq!(
        listed(&store, &IndexName::new("any", "{x} \n\0"))
            .await
            .len(),
        7
    );
}

/// Many tasks count one document up on the version they read: every count is kept, and the log tells of each once.
pub async fn lets_one_of_several_writers_win<S: Store>(store: S, _clock: Clock) {
    const WRITERS: usize = 8;
    const COUNTS: usize = 25;
    let key = callback(9, "counter");
    let writers = (0..WRITERS).map(|_| {
        let (store, key) = (store.clone(), key.clone());
        tokio::spawn(async move {
            for _ in 0..COUNTS {
                let start = Instant::now();
                while count_up(&store, &key).await == Outcome::Conflict {
                    assert!(start.elapsed() < PATIENCE, "somebody wins every time");
                }
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("a writer ends well");
    }
    let total = WRITERS * COUNTS;
    let counted = get(&store, &key).await.expect("it was written");
    assert_eq!(counted.body, total.to_string().into_bytes());
    assert_eq!(counted.version, total as u64);
    let expected: Vec<_> = (1..=total)
        .map(|count| count.to_string().into_bytes())
        .collect();
    assert_eq!(log(&store, &key).await, expected);
}

async fn count_up<S: Store>(store: &S, key: &Key) -> Outcome {
    let read = get(store, key).await;
    let count: u64 = read.as_ref().map_or(0, |read| {
        let text = std::str::from_utf8(&read.body).expect("digits");
        text.parse().expect("a number")
    });
    let mut change = put(key, read.map_or(0, |read| read.version));
    change.body = (count + 1).to_string().into_bytes();
    change.log = vec![change.body.clone()];
    commit(store, vec![Change::Put(change)]).await
}

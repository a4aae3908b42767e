//! What a delete takes along.

use super::*;

/// Document, log, alarm and named index entries go together; a second delete finds nothing to do.
pub async fn a_delete_leaves_nothing<S: Store>(store: S, clock: Clock) {
    let (key, kept) = (callback(10, "gone"), callback(10, "kept"));
    let names = [index("here"), index("there")];
    for key in [&key, &kept] {
        let mut change = put(key, 0);
        change.alarm = Some(past(&clock));
        change.log = vec![b"entry".to_vec()];
        change.indexes = names.iter().map(|name| (name.clone(), Some(1))).collect();
        written(&store, vec![Change::Put(change)]).await;
    }
    for _ in 0..2 {
        written(&store, vec![delete(&key, 1, &names)]).await;
        assert_eq!(get(&store, &key).await, None);
        assert_eq!(log(&store, &key).await, Vec::<Vec<u8>>::new());
        for name in &names {
            assert_eq!(listed(&store, name).await, [kept.id()]);
        }
    }
    let claimed = claim(&store, PATIENCE).await;
    assert_eq!(
        claimed.due.iter().map(|(key, _)| key).collect::<Vec<_>>(),
        [&kept]
    );

    written(&store, vec![Change::Put(put(&key, 0))]).await;
    assert_eq!(
        version(&store, &key).await,
        1,
        "a new document of that name"
    );
    assert_eq!(log(&store, &key).await, Vec::<Vec<u8>>::new());
}

/// A delete of a document that has changed is a conflict.
pub async fn a_delete_goes_by_the_version<S: Store>(store: S, _clock: Clock) {
    let key = callback(10, "changed");
    written(&store, vec![Change::Put(put(&key, 0))]).await;
    written(&store, vec![Change::Put(put(&key, 1))]).await;
    for wrong in [0, 1, 3, u64::MAX] {
        assert_eq!(
            commit(&store, vec![delete(&key, wrong, &[])]).await,
            Outcome::Conflict
        );
    }
    assert_eq!(version(&store, &key).await, 2);
    written(&store, vec![delete(&key, 2, &[])]).await;
    assert_eq!(version(&store, &key).await, 0);
}

/// The end of retention: the alarm of a finished document is claimed and the claimer deletes it.
pub async fn a_document_past_retention_leaves_nothing<S: Store>(store: S, clock: Clock) {
    let key = callback(14, "finished");
    let name = index("finished");
    let mut change = put(&key, 0);
    change.log = vec![b"entry".to_vec()];
    change.indexes = vec![(name.clone(), Some(1))];
    change.alarm = Some(clock.now() + Duration::from_millis(30));
    written(&store, vec![Change::Put(change)]).await;

    let short = Duration::from_millis(20);
    let claimed = claim_when_due(&store, &clock, short).await;
    assert_eq!(claimed.due.len(), 1);
    let read = version(&store, &claimed.due[0].0).await;
    written(
        &store,
        vec![delete(&key, read, std::slice::from_ref(&name))],
    )
    .await;

    assert_eq!(get(&store, &key).await, None);
    assert_eq!(log(&store, &key).await, Vec::<Vec<u8>>::new());
    assert_eq!(listed(&store, &name).await, [""; 0]);
    assert_at_rest(&store, "the claim's alarm went too").await;
}

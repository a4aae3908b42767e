//! What is due, to whom, and when again.

use std::collections::BTreeMap;

use super::*;

/// A claim hides the document from other claimers until it lapses, and is no commit.
pub async fn claims_what_is_due_and_again_when_the_claim_lapses<S: Store>(store: S, clock: Clock) {
    let key = callback(5, "due");
    let mut change = put(&key, 0);
    change.alarm = Some(past(&clock));
    written(&store, vec![Change::Put(change.clone())]).await;

    let short = Duration::from_millis(40);
    let first = claim(&store, short).await;
    assert_eq!(first.due, [(key.clone(), change.alarm.expect("set above"))]);
    let lapse = first.next.expect("the claim is an alarm");
    let again = claim_when_due(&store, &clock, PATIENCE * 10).await;
    assert_eq!(again.due, [(key.clone(), lapse)], "when the claim said");
    assert_eq!(claim(&store, PATIENCE).await.due, [], "hidden for long now");
    assert_eq!(version(&store, &key).await, 1);
}

/// The oldest come first, a limit leaves the rest due, and `next` is the earliest alarm left.
pub async fn claims_oldest_first_and_names_the_next<S: Store>(store: S, clock: Clock) {
    assert_at_rest(&store, "an empty store").await;
    let due = past(&clock);
    let ages = [30, 10, 50, 20, 40_u64];
    for age in ages {
        let mut change = put(&callback(6, &format!("{age}")), 0);
        change.alarm = Some(due - Duration::from_secs(age));
        written(&store, vec![Change::Put(change)]).await;
    }
    let mut later = put(&callback(11, "later"), 0);
    later.alarm = Some(future(&clock));
    written(&store, vec![Change::Put(later.clone())]).await;

    let long = Duration::from_secs(7200);
    assert_eq!(store.claim_due(0, long).await.expect("claim").due, []);
    let ids = |claim: &Claim| {
        claim
            .due
            .iter()
            .map(|(key, _)| key.id().to_owned())
            .collect::<Vec<_>>()
    };
    let first = store.claim_due(2, long).await.expect("claim");
    assert_eq!(ids(&first), ["06-50", "06-40"]);
    assert_eq!(first.due[0].1, due - Duration::from_secs(50));
    assert_eq!(first.next, Some(due - Duration::from_secs(30)));
    let rest = store.claim_due(100, long).await.expect("claim");
    assert_eq!(ids(&rest), ["06-30", "06-20", "06-10"]);
    assert_eq!(rest.next, later.alarm, "nothing is due before");

    let other = callback(11, "other");
    let mut change = put(&other, 0);
    change.alarm = Some(due);
    written(&store, vec![Change::Put(change)]).await;
    assert_eq!(
        ids(&claim(&store, long).await),
        ["11-other"],
        "every shard is looked at"
    );
}

/// Without an alarm nobody looks, also when there was one.
pub async fn leaves_documents_at_rest<S: Store>(store: S, clock: Clock) {
    let (rest, settled) = (callback(1, "rest"), callback(1, "settled"));
    let mut change = put(&settled, 0);
    change.alarm = Some(past(&clock));
    written(
        &store,
        vec![Change::Put(put(&rest, 0)), Change::Put(change)],
    )
    .await;
    written(&store, vec![Change::Put(put(&settled, 1))]).await;
    assert_at_rest(&store, "no alarm is set").await;
}

/// Whoever claimed commits on the version that was there, and the alarm of the commit replaces the claim's.
pub async fn a_commit_settles_a_claim<S: Store>(store: S, clock: Clock) {
    let key = callback(12, "settle");
    let mut change = put(&key, 0);
    change.alarm = Some(past(&clock));
    written(&store, vec![Change::Put(change)]).await;
    assert_eq!(claim(&store, PATIENCE).await.due.len(), 1);

    let mut change = put(&key, 1);
    change.alarm = Some(past(&clock));
    written(&store, vec![Change::Put(change)]).await;
    assert_eq!(
        claim(&store, PATIENCE).await.due.len(),
        1,
        "due again at once"
    );

    let mut change = put(&key, 2);
    change.alarm = Some(future(&clock));
    written(&store, vec![Change::Put(change.clone())]).await;
    let settled = claim(&store, PATIENCE).await;
    assert_eq!((settled.due, settled.next), (vec![], change.alarm));
}

/// A wake brings an alarm forward or sets one, and is a new version in any case; it does nothing else.
pub async fn a_wake_only_brings_forward<S: Store>(store: S, clock: Clock) {
    let [late, soon, rest, nobody] =
        ["late", "soon", "rest", "nobody"].map(|name| callback(13, name));
    let (past, future) = (past(&clock), future(&clock));
    for (key, alarm) in [(&late, Some(future)), (&soon, Some(past)), (&rest, None)] {
        let mut change = put(key, 0);
        change.alarm = alarm;
        change.log = vec![b"entry".to_vec()];
        written(&store, vec![Change::Put(change)]).await;
    }
    let keys = [&late, &soon, &rest, &nobody];
    written(&store, keys.map(|key| wake(key, future)).to_vec()).await;
    let found = store.get(&keys.map(Key::clone)).await.expect("get");
    let versions: Vec<_> = found
        .iter()
        .map(|found| found.as_ref().map(|found| found.version))
        .collect();
    assert_eq!(
        versions,
        [Some(2), Some(2), Some(2), None],
        "everybody in between notices"
    );

    let earlier = past - Duration::from_secs(1);
    written(
        &store,
        vec![
            wake(&late, earlier),
            wake(&soon, past),
            wake(&rest, earlier),
        ],
    )
    .await;
    let claimed = claim(&store, PATIENCE).await;
    let expected = [
        (late.clone(), earlier),
        (rest.clone(), earlier),
        (soon.clone(), past),
    ];
    assert_eq!(claimed.due, expected);
    assert_eq!(
        [version(&store, &late).await, version(&store, &rest).await],
        [3, 3]
    );

    let stale = commit(&store, vec![Change::Put(put(&late, 2))]).await;
    assert_eq!(
        stale,
        Outcome::Conflict,
        "who was about to put it off notices"
    );
    let woken = get(&store, &late).await.expect("it exists");
    assert_eq!(woken.body, b"body 1", "nothing but the alarm");
    assert_eq!(log(&store, &late).await.len(), 1);
    written(&store, vec![Change::Put(put(&late, 3))]).await;
}

/// What is claimed again without having been changed is put off by twice as long each time, up to a limit; any change
/// begins anew.
pub async fn puts_off_what_nobody_gets_on_with<S: Store>(store: S, clock: Clock) {
    let key = callback(4, "stuck");
    let mut overdue = put(&key, 0);
    overdue.alarm = Some(past(&clock));
    for (before, times) in [(0, 1), (1, 2), (2, 4), (3, 8), (4, 16), (5, 16)] {
        written(&store, vec![Change::Put(overdue.clone())]).await;
        overdue.version += 1;
        assert_hours_off(&store, &clock, before, times).await;
    }
    written(&store, vec![wake(&key, past(&clock))]).await;
    assert_hours_off(&store, &clock, 0, 1).await;
}

/// Claims what is due as often as said, and once more for an hour: then it is put off for so many hours.
async fn assert_hours_off<S: Store>(store: &S, clock: &Clock, before: u32, hours: u32) {
    const HOUR: Duration = Duration::from_secs(3600);
    for _ in 0..before {
        assert_eq!(claim(store, Duration::ZERO).await.due.len(), 1);
    }
    let claimed = claim(store, HOUR).await;
    assert_eq!(claimed.due.len(), 1);
    let (next, expected) = (claimed.next.expect("its alarm"), clock.now() + HOUR * hours);
    assert!(
        next > expected - HOUR / 2 && next < expected + HOUR / 2,
        "claimed {before} times before, put off to {next} instead of {expected}"
    );
}

/// Several claimers at once share the work: nobody gets what another has.
pub async fn claims_each_document_once_among_many_claimers<S: Store>(store: S, clock: Clock) {
    const DOCUMENTS: usize = 120;
    for number in 0..DOCUMENTS {
        let mut change = put(&Key::new(Kind::Agent, format!("agent{number}")), 0);
        change.alarm = Some(past(&clock));
        written(&store, vec![Change::Put(change)]).await;
    }
    let claimers = (0..4).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claimed = store.claim_due(3, PATIENCE * 10).await.expect("claim");
                if claimed.due.is_empty() || mine.len() > DOCUMENTS {
                    return mine;
                }
                mine.extend(claimed.due);
            }
        })
    });
    let mut times = BTreeMap::new();
    for claimer in claimers.collect::<Vec<_>>() {
        for (key, _) in claimer.await.expect("a claimer ends well") {
            *times.entry(key).or_insert(0) += 1;
        }
    }
    assert_eq!(times.len(), DOCUMENTS, "every document is claimed");
    assert!(times.values().all(|times| *times == 1), "and once");
}

/// Time is the store's: what is due is due by the time that a claim tells, which is never before a time told earlier, and a
/// claimer whose own clock is wrong learns from it how long to wait and what to decide by.
pub async fn tells_the_time_that_its_alarms_go_by<S: Store>(store: S, clock: Clock) {
    const HOUR: Duration = Duration::from_secs(3600);
    let before = store.time().await.expect("time");
    let (soon, late) = (callback(2, "soon"), callback(14, "late"));
    let mut change = put(&soon, 0);
    change.alarm = Some(before + Duration::from_millis(30));
    written(&store, vec![Change::Put(change.clone())]).await;
    let mut other = put(&late, 0);
    other.alarm = Some(before + HOUR);
    written(&store, vec![Change::Put(other)]).await;

    let claimed = claim_when_due(&store, &clock, HOUR * 2).await;
    assert_eq!(claimed.due.len(), 1, "not the other");
    assert!(
        change.alarm.is_some_and(|due| due <= claimed.now),
        "not before its time"
    );
    assert_eq!(claimed.next, Some(before + HOUR));
    let left = claimed.next_in.expect("there is a next one");
    assert!(left < HOUR && left > HOUR - PATIENCE * 2, "{left:?}");
    assert!(claimed.now <= store.time().await.expect("time"));

    let followed = store.clock();
    assert!(
        followed.now() >= claimed.now,
        "the clock knows what was told"
    );
    assert!(followed.now() <= followed.latest());
    let told = store.time().await.expect("time");
    let skewed = Clock::following();
    skewed.observe(Instant::now(), told + HOUR);
    assert!(skewed.now() >= told + HOUR);
    skewed.observe(Instant::now(), told);
    assert!(
        skewed.now() >= told && skewed.now() < told + HOUR,
        "the last word counts"
    );
}

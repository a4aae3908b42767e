//! Documents that cannot be read, in front of a thousand that can.

use ringback_ports::desk::{AdminDesk, CallbackQuery, Desk, RefusalKind};

use super::*;
use crate::ingest::FrontDesk;
use crate::testing::create_as;

const NEIGHBOURS: usize = 1000;

fn id(number: usize) -> CallbackId {
    CallbackId::new(format!("07-{number:08}"))
}

/// Records as they can come to stand in a store: nested too deep, of a state and of a layout that only a later version
/// knows, cut off, and no text at all.
fn poisoned(good: &[u8]) -> Vec<Vec<u8>> {
    let good = String::from_utf8(good.to_vec()).unwrap();
    let deep = format!(
        r#","data":{{"a":{}1{}}}}}"#,
        "[".repeat(126),
        "]".repeat(126)
    );
    let deep = format!("{}{deep}", good.strip_suffix('}').unwrap());
    let state = good.replace(r#""is":"waiting""#, r#""is":"dreaming""#);
    let layout = good.replacen(r#""v":1"#, r#""v":2"#, 1);
    let cut = good[..good.len() / 2].to_owned();
    let mut bodies: Vec<_> = [deep, state, layout, cut].map(String::into_bytes).into();
    bodies.push(vec![0xff; 40]);
    bodies
}

/// Writes poisoned records in front of all others, listed as good ones are.
async fn poison(house: &Rooms, pattern: &CallbackId, count: usize) -> Vec<(CallbackId, Vec<u8>)> {
    let good = house.hold(pattern).await.unwrap().unwrap().callback;
    let document = house.store.get(&[pattern.key()]).await.unwrap().pop();
    let bodies = poisoned(&document.flatten().unwrap().body);
    let mut written = Vec::new();
    for (number, body) in (0..count).zip(bodies.iter().cycle()) {
        let put = Put {
            key: id(number).key(),
            version: 0,
            body: body.clone(),
            alarm: Some(START),
            log: Vec::new(),
            indexes: good
                .listings()
                .into_iter()
                .map(|(name, at)| (name, Some(at)))
                .collect(),
        };
        house.write(vec![Change::Put(put)]).await.unwrap();
        written.push((id(number), body.clone()));
    }
    written
}

/// How many of the others were handed out to the dialers.
async fn handed_out(house: &Rooms) -> usize {
    let ids: Vec<_> = (1000..1000 + NEIGHBOURS).map(id).collect();
    let held = house.hold_all(&ids).await.unwrap().into_iter().flatten();
    held.filter(|it| matches!(it.callback.state, State::HandedOut { .. }))
        .count()
}

#[tokio::test]
async fn poison_user_data_does_not_stop_its_neighbours() {
    let store = Clock::manual(START);
    let house = house(store.clone(), store.clone());
    for number in 0..NEIGHBOURS {
        create_as(&house, id(1000 + number), None).await;
    }
    let poisoned = poison(&house, &id(1000), 200).await;
    let limits = Limits {
        handed_out: 2000,
        ..Limits::default()
    };
    let matcher = Matcher::new(house.clone(), limits);
    matcher.trunk("default").await;
    assert_eq!(handed_out(&house).await, NEIGHBOURS);
    assert_eq!(house.counters.unreadable.known(), 200);

    // Their alarms spin nothing and change nothing.
    while look_once(&house).await > 0 {}
    for (id, body) in &poisoned {
        let document = house
            .store
            .get(&[id.key()])
            .await
            .unwrap()
            .pop()
            .flatten()
            .unwrap();
        assert_eq!((&document.body, document.version), (body, 1));
    }
}

#[tokio::test]
async fn poison_user_data_leaves_lists_cancels_and_erasure_answered() {
    let store = Clock::manual(START);
    let house = house(store.clone(), store.clone());
    let (good, service) = (id(1000), ringback_core::ids::ServiceName::new("now"));
    for number in 1000..1005 {
        create_as(&house, id(number), None).await;
    }
    let poisoned = poison(&house, &good, 5).await;
    let desk = FrontDesk::new(house.clone());
    let number = vec![("_customer_number".to_owned(), "5115".to_owned())];
    let and = ringback_ports::desk::Operand::And;
    let found = desk.query(Some(&service), number, and).await.unwrap();
    assert_eq!(found.records.len(), 5);
    let query = CallbackQuery {
        limit: 100,
        ..CallbackQuery::default()
    };
    assert_eq!(desk.callbacks(query).await.unwrap().callbacks.len(), 5);
    desk.cancel(&service, &good).await.unwrap();

    for (id, _) in &poisoned {
        let refused = desk.cancel(&service, id).await.unwrap_err();
        assert_eq!(refused.kind, RefusalKind::Conflict, "{}", refused.message);
        assert!(refused.message.contains(id.as_str()), "{}", refused.message);
        assert!(!refused.message.contains("5115"), "{}", refused.message);
    }
    // All that can be read goes, and what is left is named.
    let refused = desk.erase(&"5115".parse().unwrap()).await.unwrap_err();
    assert!(
        refused
            .message
            .starts_with("5 records are erased, not all: "),
        "{}",
        refused.message
    );
}

/// A newer worker has written an event that this one does not know: the events around it are told.
#[tokio::test]
async fn an_entry_of_a_log_that_cannot_be_read_hides_no_other() {
    let house = house(Clock::manual(START), Clock::manual(START));
    let held = create(&house, None).await;
    let key = held.callback.id.key();
    let before = house.events_after(&held.callback.id, 0).await.unwrap();
    let document = house
        .store
        .get(std::slice::from_ref(&key))
        .await
        .unwrap()
        .pop();
    let newest = house.store.log(&key, 0, 1).await.unwrap();
    let put = Put {
        key,
        version: 1,
        body: document.flatten().unwrap().body,
        alarm: None,
        log: vec![br#"{"name":"_cbe_on_dream"}"#.to_vec(), newest[0].clone()],
        indexes: Vec::new(),
    };
    house.write(vec![Change::Put(put)]).await.unwrap();
    let after = house.events_after(&held.callback.id, 0).await.unwrap();
    assert_eq!(after.len(), before.len() + 1);
}

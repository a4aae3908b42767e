//! What the Redis adapter does when the server or the way to it fails.

use std::time::{Duration, Instant};

use ringback_adapters::redis::{RedisOptions, RedisStore};
use ringback_core::key::{Key, Kind};
use ringback_ports::clock::Clock;
use ringback_ports::store::{Change, Commit, Outcome, Put, Store, StoreError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::proxy::{Proxy, Wire};
use crate::servers;

/// A store that is reached over a wire of its own.
struct Setting {
    store: RedisStore,
    proxy: Proxy,
    url: String,
    options: RedisOptions,
}

async fn setting() -> Option<Setting> {
    let url = servers::address("RINGBACK_TEST_REDIS")?;
    let upstream = url.trim_start_matches("redis://").trim_end_matches('/');
    let proxy = Proxy::to(upstream.to_owned()).await;
    let options = servers::options();
    let through = format!("redis://127.0.0.1:{}", proxy.port);
    let store = RedisStore::connect(&through, options.clone()).await;
    let store = store.expect("the server of the environment answers");
    Some(Setting {
        store,
        proxy,
        url,
        options,
    })
}

fn create(id: &str) -> Commit {
    let put = Put {
        key: Key::new(Kind::Agent, id),
        version: 0,
        body: b"the body".to_vec(),
        alarm: Some(Clock::system().now() - Duration::from_secs(60)),
        log: vec![b"entry".to_vec()],
        indexes: Vec::new(),
    };
    Commit::new(77, vec![Change::Put(put)])
}

async fn committed(store: &RedisStore, commit: Commit) {
    assert_eq!(
        store.commit(commit).await.expect("the wire is open"),
        Outcome::Committed
    );
}

async fn log_length(store: &RedisStore, id: &str) -> usize {
    store
        .log(&Key::new(Kind::Agent, id), 0, 100)
        .await
        .expect("the wire is open")
        .len()
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_happens_once() {
    let Some(Setting { store, proxy, .. }) = setting().await else {
        return;
    };
    committed(&store, create("first")).await;
    proxy.set(Wire::LosesAnswerTo(b"the body"));
    committed(&store, create("second")).await;
    assert!(proxy.is_open(), "an answer was lost");
    assert_eq!(log_length(&store, "second").await, 1);
    let claimed = store
        .claim_due(10, Duration::from_secs(600))
        .await
        .expect("the wire is open");
    assert_eq!(claimed.due.len(), 2);
}

#[tokio::test]
async fn a_server_that_was_gone_is_found_again() {
    let Some(Setting { store, proxy, .. }) = setting().await else {
        return;
    };
    proxy.set(Wire::Cut);
    for _ in 0..3 {
        let refused = store.commit(create("lost")).await;
        assert!(
            matches!(refused, Err(StoreError::Unavailable(_))),
            "{refused:?}"
        );
        let refused = store.claim_due(10, Duration::from_secs(1)).await;
        assert!(
            matches!(refused, Err(StoreError::Unavailable(_))),
            "{refused:?}"
        );
    }
    proxy.set(Wire::Open);
    let start = Instant::now();
    while store.commit(create("found")).await.is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it is there again"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(log_length(&store, "found").await, 1);
    assert_eq!(log_length(&store, "lost").await, 0);
}

#[tokio::test]
async fn a_connection_that_fell_silent_is_given_up() {
    let Some(Setting { store, proxy, .. }) = setting().await else {
        return;
    };
    proxy.set(Wire::Silent);
    let refused = store.commit(create("unheard")).await;
    assert!(
        matches!(refused, Err(StoreError::Unavailable(_))),
        "{refused:?}"
    );
    proxy.set(Wire::Open);
    committed(&store, create("heard")).await;
    assert_eq!(log_length(&store, "unheard").await, 0);
}

#[tokio::test]
async fn a_server_that_forgot_the_scripts_is_told_them() {
    let Some(Setting {
        store,
        url,
        options,
        ..
    }) = setting().await
    else {
        return;
    };
    let client = redis::Client::open(url.as_str()).expect("the store was opened with it");
    let mut direct = client
        .get_multiplexed_async_connection()
        .await
        .expect("the server answers");
    for id in ["one", "two"] {
        let mut flush = redis::cmd("SCRIPT");
        flush
            .arg("FLUSH")
            .exec_async(&mut direct)
            .await
            .expect("the server answers");
        committed(&store, create(id)).await;
        flush
            .exec_async(&mut direct)
            .await
            .expect("the server answers");
        let claimed = store
            .claim_due(10, Duration::from_secs(600))
            .await
            .expect("claim");
        assert_eq!(claimed.due.len(), 1, "{id} in {options:?}");
    }
}

#[tokio::test]
async fn what_is_not_a_document_is_said_to_be_unreadable() {
    let Some(Setting {
        store,
        url,
        options,
        ..
    }) = setting().await
    else {
        return;
    };
    let client = redis::Client::open(url.as_str()).expect("the store was opened with it");
    let mut direct = client
        .get_multiplexed_async_connection()
        .await
        .expect("the server answers");
    for command in ["SET", "RPUSH"] {
        let key = Key::new(Kind::Agent, command);
        let shard = key.shard(store.shards());
        let name = format!("{}:{{{shard}}}:d:{key}", options.prefix);
        let mut foreign = redis::cmd(command);
        foreign
            .arg(name)
            .arg("x")
            .exec_async(&mut direct)
            .await
            .expect("the server answers");
        let found = store.get(std::slice::from_ref(&key)).await;
        assert!(matches!(found, Err(StoreError::Unreadable(_))), "{found:?}");
    }
}

/// A server that says all slots are at `owner`, as one does that has not heard of a move.
async fn misinformed(owner: String) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let (host, owner_port) = owner.rsplit_once(':').expect("host:port");
    let slots = format!(
        "*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n${}\r\n{host}\r\n:{owner_port}\r\n",
        host.len()
    );
    tokio::spawn(async move {
        while let Ok((mut client, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            while let Ok(length @ 1..) = client.read(&mut request).await {
                let request = String::from_utf8_lossy(&request[..length]);
                let answer = match request.matches("SETINFO").count() {
                    0 => slots.clone(),
                    known => "+OK\r\n".repeat(known),
                };
                if client.write_all(answer.as_bytes()).await.is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[tokio::test]
async fn a_slot_that_moved_is_followed() {
    let Some(url) = servers::address("RINGBACK_TEST_REDIS_CLUSTER") else {
        return;
    };
    let places = url
        .trim_start_matches("redis+cluster://")
        .trim_end_matches('/');
    let first = places.split(',').next().expect("a place");
    let port = misinformed(first.to_owned()).await;
    let through = format!("redis+cluster://127.0.0.1:{port}");
    let store = RedisStore::connect(&through, servers::options()).await;
    let store = store.expect("the servers of the environment answer");
    for number in 0..40 {
        committed(&store, create(&number.to_string())).await;
    }
    let claimed = store
        .claim_due(100, Duration::from_secs(600))
        .await
        .expect("claim");
    assert_eq!(claimed.due.len(), 40);
}

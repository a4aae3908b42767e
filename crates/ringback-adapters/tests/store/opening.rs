//! What a store's address means, and what is said when it means nothing.

use ringback_adapters::open_error::StoreOpenError;
use ringback_adapters::redis::{RedisOptions, RedisStore};
use ringback_adapters::sqlite::SqliteStore;
use ringback_adapters::store::AnyStore;
use ringback_core::key::{Key, Kind, Shards};
use ringback_ports::clock::Clock;
use ringback_ports::store::{Change, Commit, Outcome, Put, Store};

use crate::servers;

async fn open(address: &str) -> Result<AnyStore, StoreOpenError> {
    AnyStore::open(address, Clock::system()).await
}

async fn refusal(address: &str) -> String {
    match open(address).await {
        Ok(_) => panic!("{address} was opened"),
        Err(error) => error.to_string(),
    }
}

async fn write(store: &impl Store, id: &str) {
    let put = Put {
        key: Key::new(Kind::Agent, id),
        version: 0,
        body: b"body".to_vec(),
        alarm: None,
        log: vec![b"entry".to_vec()],
        indexes: Vec::new(),
    };
    let commit = Commit::new(1, vec![Change::Put(put)]);
    let outcome = store.commit(commit).await;
    assert_eq!(outcome.expect("an open store"), Outcome::Committed);
}

#[tokio::test]
async fn an_unknown_address_is_named_with_what_is_allowed() {
    for address in [
        "",
        "memory",
        "memory:x",
        "sqlite:",
        "postgres://db:1/x",
        "ringback.db",
        "redish://h:1",
    ] {
        let refusal = refusal(address).await;
        assert!(refusal.contains(&format!("'{address}'")), "{refusal}");
        assert!(
            refusal.contains("memory:, sqlite:PATH, redis://HOST:PORT"),
            "{refusal}"
        );
    }
    let refusal = refusal("postgres://me:secret@db:1/x").await;
    assert!(refusal.contains("'postgres://…@db:1/x'"), "{refusal}");
}

#[tokio::test]
async fn memory_and_files_are_not_shared() {
    let folder = tempfile::tempdir().unwrap();
    let path = format!("sqlite:{}/new/store.db", folder.path().display());
    for address in ["memory:", &path] {
        let store = open(address).await.unwrap();
        assert!(!store.is_shared(), "{address}");
        assert_eq!(store.shards(), Shards::DEFAULT);
        write(&store, "someone").await;
    }
}

#[tokio::test]
async fn no_server_is_said_with_its_place_and_without_credentials() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    for scheme in ["redis", "redis+cluster", "rediss"] {
        let error = open(&format!("{scheme}://me:secret@127.0.0.1:{port}"))
            .await
            .err()
            .unwrap();
        let place = format!("the store at redis 127.0.0.1:{port} cannot be opened");
        assert_eq!(error.to_string(), place);
        let whole = format!("{error}: {}", std::error::Error::source(&error).unwrap());
        assert!(
            !whole.contains("secret") && !whole.contains('\n'),
            "{whole}"
        );
    }
}

#[tokio::test]
async fn a_file_keeps_its_documents_and_its_shards() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let reopen =
        |count| SqliteStore::open(path.clone(), Clock::system(), Shards::new(count).unwrap());
    let store = reopen(4).await.unwrap();
    write(&store, "kept").await;
    drop(store);

    let error = reopen(8).await.err().unwrap();
    assert!(
        matches!(
            error,
            StoreOpenError::Shards {
                found: 4,
                wanted: 8
            }
        ),
        "{error}"
    );
    let store = reopen(4).await.unwrap();
    let key = Key::new(Kind::Agent, "kept");
    let kept = store.get(std::slice::from_ref(&key)).await.unwrap();
    assert_eq!(kept[0].as_ref().unwrap().body, b"body");
    assert_eq!(store.log(&key, 0, 9).await.unwrap(), [b"entry"]);
}

#[tokio::test]
async fn what_was_answered_is_in_the_file_while_it_is_open() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = open(&format!("sqlite:{}", path.display())).await.unwrap();
    write(&store, "answered").await;

    let copy = tempfile::tempdir().unwrap();
    for file in ["store.db", "store.db-wal"] {
        std::fs::copy(folder.path().join(file), copy.path().join(file)).unwrap();
    }
    let path = copy.path().join("store.db");
    let found = open(&format!("sqlite:{}", path.display())).await.unwrap();
    let key = Key::new(Kind::Agent, "answered");
    assert_eq!(found.log(&key, 0, 9).await.unwrap(), [b"entry"]);
}

#[tokio::test]
async fn a_file_is_used_by_one_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let address = format!("sqlite:{}", path.display());
    let first = open(&address).await.unwrap();
    let second = refusal(&address).await;
    assert!(second.contains("store.db is in use"), "{second}");
    write(&first, "undisturbed").await;
    drop(first);
    open(&address).await.unwrap();
}

#[tokio::test]
async fn a_file_of_another_kind_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(
        &text,
        "not a database, but long enough to have been one ".repeat(40),
    )
    .unwrap();
    let other = folder.path().join("other.db");
    let connection = rusqlite::Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(connection);
    for path in [text, other] {
        let before = std::fs::read(&path).unwrap();
        let refusal = refusal(&format!("sqlite:{}", path.display())).await;
        assert!(refusal.contains("is no store of this program"), "{refusal}");
        assert_eq!(std::fs::read(&path).unwrap(), before);
    }
    let refusal = refusal(&format!("sqlite:{}", folder.path().display())).await;
    assert!(refusal.contains("cannot be used"), "{refusal}");
}

#[tokio::test]
async fn a_file_of_a_later_release_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let address = format!("sqlite:{}", path.display());
    drop(open(&address).await.unwrap());
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 9).unwrap();
    drop(connection);
    let refusal = refusal(&address).await;
    assert!(
        refusal.contains("has layout 9, this release knows 2"),
        "{refusal}"
    );
}

#[tokio::test]
async fn servers_keep_the_number_of_shards() {
    let Some(url) = servers::address("RINGBACK_TEST_REDIS") else {
        return;
    };
    let options = servers::options();
    let store = RedisStore::connect(&url, options.clone()).await.unwrap();
    assert_eq!(store.shards(), Shards::DEFAULT);
    RedisStore::connect(&url, options.clone()).await.unwrap();
    let shards = Shards::new(8).unwrap();
    let error = RedisStore::connect(&url, RedisOptions { shards, ..options })
        .await
        .err()
        .unwrap();
    assert!(
        matches!(
            error,
            StoreOpenError::Shards {
                found: 16,
                wanted: 8
            }
        ),
        "{error}"
    );
}

//! Several front doors, over a broker and a store.

use super::{PACE, SOON, assert_whole_life, number};
use crate::harness::{Client, EventStream, Process, Services, Workers, free_port, sales};

#[tokio::test]
async fn get_v1_events_shows_whole_lives_at_every_door() {
    let Some(services) = Services::start("v1_events::processes") else {
        return;
    };
    let workers = Workers::start(&services, &sales(SOON, 2), PACE).await;
    let listen = free_port();
    let config = services.folder().join("ringback.toml");
    let more = ["--listen", &listen.to_string(), "--worker", "second-door"];
    let arguments = services.worker("ingest", config.to_str().unwrap(), &more);
    let folder = tempfile::tempdir().unwrap();
    let mut door = Process::start(folder.path(), &arguments);
    let second = Client::new(listen);
    second.until_ready().await;

    let mut here = EventStream::open(&workers.client, "").await;
    let mut there = EventStream::open(&second, "").await;
    let mut ids = Vec::new();
    for (door, last) in [(&workers.client, 15), (&second, 16), (&second, 1)] {
        ids.push(door.start("now", number(last)).await);
    }
    for stream in [&mut here, &mut there] {
        let lives = stream.lives(&ids).await;
        for (id, life) in ids.iter().zip(&lives) {
            assert_whole_life(&second, id, life).await;
        }
    }

    // The last one at a door has left: whoever comes next is shown what happens then.
    drop(there);
    let mut there = EventStream::open(&second, "").await;
    let id = workers.client.start("now", number(18)).await;
    for stream in [&mut here, &mut there] {
        let life = stream.until_over(&id).await;
        assert_whole_life(&second, &id, &life).await;
    }
    door.assert_runs();
}

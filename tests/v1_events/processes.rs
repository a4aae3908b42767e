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

#[tokio::test]
async fn get_v1_events_goes_on_when_the_broker_comes_back() {
    let Some(services) = Services::start("v1_events::processes") else {
        return;
    };
    let desk =
        "[services.desk]\ntemplate = \"User Terminated Delayed\"\n_target = \"Nobody@Stat.GA\"\n";
    let workers = Workers::start(&services, &(sales("", 1) + desk), PACE).await;
    let client = &workers.client;
    let mut stream = EventStream::open(client, "").await;
    let waiting = client.start("desk", number(15)).await;
    for sequence in 1..=4 {
        let shown = stream.next().await.unwrap();
        assert_eq!(shown.id, format!("{waiting}:{sequence}"));
    }

    // Nobody is told of its end.
    services.kill("rabbitmq");
    let path = format!("/genesys/1/service/callback/desk/{waiting}");
    assert_eq!(client.delete(&path).await.0, 200);
    services.start_again("rabbitmq");
    let end = stream.until_over(&waiting).await;
    let end: Vec<_> = end.iter().map(|shown| &shown.data["sequence"]).collect();
    assert_eq!(end, [5, 6]);

    client.until_ready().await;
    let id = client.start("now", number(16)).await;
    let life = stream.until_over(&id).await;
    assert_whole_life(client, &id, &life).await;
}

//! A change that nobody saw the end of.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::told;
use crate::harness::{Client, Process, free_port, sales, until};

/// The process dies in the middle of an import: what it began is known, and that its end is not.
#[tokio::test]
async fn an_entry_outlives_the_process_that_wrote_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringback.toml"), sales("", 0)).unwrap();
    let listen = free_port();
    let api = listen.to_string();
    let store = ["up", "--store", "sqlite:data", "--listen", &api];
    let more = ["--config", "ringback.toml", "--telephony", "sim:"];
    let mut process = Process::start(folder.path(), &[&store[..], &more].concat());
    let client = Client::new(listen);
    client.until_ready().await;
    let line = format!("{}\n", json!({ "_customer_number": "5550147" }));
    let begun = format!(
        "POST /v1/callbacks:import?service=now&run=r HTTP/1.1\r\nhost: {listen}\r\n\
         content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{line}\r\n",
        line.len()
    );
    let mut import = TcpStream::connect(listen).await.unwrap();
    import.write_all(begun.as_bytes()).await.unwrap();
    until("the first line", Duration::from_secs(20), || async {
        let (_, found) = client.get("/v1/callbacks?service=now").await;
        (found["callbacks"].as_array()?.len() == 1).then_some(())
    })
    .await;
    process.kill_and_restart();
    client.until_ready().await;
    let (_, page) = client.get("/v1/audit").await;
    assert_eq!(told(&page, ["/object"]), [["callbacks"]], "{page}");
    assert_eq!(page["entries"][0]["outcome"], Value::Null);
    let (_, found) = client.get("/v1/callbacks?service=now").await;
    assert_eq!(found["callbacks"].as_array().unwrap().len(), 1);
}

//! A change that nobody saw the end of.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::told;
use crate::harness::{Up, sales, until};

/// The process dies in the middle of an import: what it began is known, and that its end is not.
#[tokio::test]
async fn an_entry_outlives_the_process_that_wrote_it() {
    let mut up = Up::start_with(&sales("", 0), "", &[]).await;
    let line = format!("{}\n", json!({ "_customer_number": "5550147" }));
    let begun = format!(
        "POST /v1/callbacks:import?service=now&run=r HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/x-ndjson\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{line}\r\n",
        line.len()
    );
    let mut import = TcpStream::connect(up.client.address()).await.unwrap();
    import.write_all(begun.as_bytes()).await.unwrap();
    until("the first line", Duration::from_secs(20), || async {
        let (_, found) = up.client.get("/v1/callbacks?service=now").await;
        (found["callbacks"].as_array()?.len() == 1).then_some(())
    })
    .await;
    up.process.kill_and_restart();
    up.client.until_ready().await;
    let (_, page) = up.client.get("/v1/audit").await;
    assert_eq!(told(&page, ["/object"]), [["callbacks"]], "{page}");
    assert_eq!(page["entries"][0]["outcome"], Value::Null);
    let (_, found) = up.client.get("/v1/callbacks?service=now").await;
    assert_eq!(found["callbacks"].as_array().unwrap().len(), 1);
}

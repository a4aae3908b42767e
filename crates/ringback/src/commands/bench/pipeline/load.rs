//! Requests over HTTP, so many at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use indicatif::ProgressBar;
use serde_json::json;
use tokio::task::JoinSet;

use crate::args::BenchPipeline;

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Sends all requests; how long each took, sorted.
pub async fn send(
    api: &str,
    options: &BenchPipeline,
    progress: &ProgressBar,
) -> anyhow::Result<Vec<Duration>> {
    let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
    let url = format!("{api}/genesys/1/service/callback/bench");
    let next = Arc::new(AtomicU32::new(0));
    let mut senders = JoinSet::new();
    for _ in 0..options.concurrency.max(1) {
        let (http, url, next) = (http.clone(), url.clone(), next.clone());
        let (callbacks, progress) = (options.callbacks, progress.clone());
        senders.spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= callbacks {
                    return anyhow::Ok(latencies);
                }
                latencies.push(request(&http, &url, number).await?);
                progress.inc(1);
            }
        });
    }
    let mut all = Vec::new();
    while let Some(sent) = senders.join_next().await {
        all.extend(sent??);
    }
    all.sort_unstable();
    Ok(all)
}

/// Every number ends in 99: a person answers.
async fn request(http: &reqwest::Client, url: &str, number: u32) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let body = json!({ "_customer_number": format!("+1{number:08}99") });
    let response = http
        .post(url)
        .json(&body)
        .send()
        .await
        .context("a request")?;
    let status = response.status();
    let answer = response.bytes().await?;
    ensure!(
        status.is_success(),
        "a request got {status}: {}",
        String::from_utf8_lossy(&answer)
    );
    Ok(begun.elapsed())
}

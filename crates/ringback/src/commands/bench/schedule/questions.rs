//! Which times can still be had, asked over HTTP.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use ringback_core::time::Timestamp;

use super::super::processes::{Processes, Shared, free_port};
use super::{Bench, LATER, print_times};
use crate::print::line;

/// Longer than any answer takes.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The days that the questions begin at.
const DAYS: u32 = 30;

impl Bench<'_> {
    /// Asks one after the other for a day, and for a week with what is taken as well.
    pub(super) async fn questions(
        &self,
        workers: &mut Processes,
        shared: &Shared<'_>,
    ) -> anyhow::Result<()> {
        let listen = free_port().await?;
        let address = listen.to_string();
        workers
            .spawn_worker("ingest", shared, &["--listen", &address])
            .await?;
        workers.until_ready().await?;
        line(&format!(
            "{} questions of each kind",
            self.options.questions
        ));
        let api = format!("http://{address}/genesys");
        let one = |start: Timestamp| {
            format!("{api}/1/service/callback/{LATER}/availability?start={start}&number-of-days=1")
        };
        let week = |start: Timestamp| {
            format!(
                "{api}/2/service/callback/{LATER}/availability?start={start}&number-of-days=7&report-busy=true&max-time-slots=2016"
            )
        };
        print_times("availability of a day", &self.ask(one).await?);
        print_times("of a week, all slots", &self.ask(week).await?);
        Ok(())
    }

    async fn ask(&self, url: impl Fn(Timestamp) -> String) -> anyhow::Result<Vec<Duration>> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        let now = self.opened.house.clock.now();
        let mut took = Vec::new();
        for number in 0..self.options.questions {
            let start = now + Duration::from_hours(24) * (number % DAYS);
            let begun = Instant::now();
            let answer = http.get(url(start)).send().await.context("a question")?;
            let (status, body) = (answer.status(), answer.text().await?);
            took.push(begun.elapsed());
            ensure!(
                status.is_success(),
                "a question was answered {status}: {body}"
            );
        }
        took.sort_unstable();
        Ok(took)
    }
}

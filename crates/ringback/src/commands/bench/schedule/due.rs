//! Callbacks that fall due: how long after their time the notifier is told that they are submitted.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use anyhow::{Context, ensure};
use ringback_core::callback::{Callback, NewCallback};
use ringback_core::ids::CallbackId;
use ringback_core::phone::{Country, CustomerNumber};
use ringback_core::time::Timestamp;
use ringback_ports::bus::{Bus, Delivery, Disposition, Queue, Subscription};
use ringback_workers::hint::Hint;
use ringback_workers::house::Created;
use serde_json::Map;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::{Bench, DUE, print_times};
use crate::print::line;

/// How many are written at a time.
const AT_A_TIME: usize = 64;
/// How long writing all of them may take.
const AHEAD: Duration = Duration::from_secs(30);
/// How long after its time the last may come.
const LIMIT: Duration = Duration::from_secs(60);
const PREFETCH: u16 = 1024;

impl Bench<'_> {
    /// Writes callbacks that fall due evenly, and waits until each is told of.
    pub(super) async fn lateness(&self) -> anyhow::Result<()> {
        let (rate, seconds) = (self.options.rate, self.options.seconds);
        line(&format!("{rate} fall due per second for {seconds} s"));
        let house = &self.opened.house;
        let mut hints = house.bus.subscribe(Queue::Notify, PREFETCH).await?;
        let first = house.clock.now() + AHEAD;
        let mut due = self.write_due(first).await?;
        ensure!(
            house.clock.now() < first,
            "writing {} callbacks took longer than {} s",
            due.len(),
            AHEAD.as_secs()
        );
        let mut late = Vec::with_capacity(due.len());
        let told = async {
            while !due.is_empty() {
                let delivery = hints.next().await;
                let now = house.clock.now();
                if let Hint::Notify(lane) = Hint::read(delivery.message())?
                    && let Some(due) = due.remove(&lane.callback())
                {
                    late.push(now.since(due));
                }
                delivery.settle(Disposition::Done).await?;
            }
            anyhow::Ok(())
        };
        let limit = AHEAD + Duration::from_secs(seconds) + LIMIT;
        let in_time = tokio::time::timeout(limit, told).await;
        in_time.context("not all callbacks were submitted in time")??;
        late.sort_unstable();
        print_times("from due to the hint", &late);
        Ok(())
    }

    async fn write_due(&self, first: Timestamp) -> anyhow::Result<HashMap<CallbackId, Timestamp>> {
        let (house, service) = (&self.opened.house, self.service(DUE)?);
        let count = u64::from(self.options.rate) * self.options.seconds;
        let mut due = HashMap::new();
        let mut writers = JoinSet::new();
        for number in 0..count {
            if writers.len() >= AT_A_TIME {
                written(writers.join_next().await)?;
            }
            let wanted =
                first + Duration::from_millis(number * 1000 / u64::from(self.options.rate));
            let phone = format!("+1{}", 7_000_000_000 + number).parse()?;
            let phone = CustomerNumber::read(phone, Country::DEFAULT)?;
            let new = NewCallback {
                id: CallbackId::fresh(Uuid::now_v7(), phone.canonical.as_str(), house.shards),
                number: Some(phone),
                desired: Some(wanted),
                overrides: BTreeMap::new(),
                user_data: Map::new(),
                trace: None,
                fingerprint: None,
            };
            let (callback, events) = Callback::accept(new, &service, None, house.clock.now())?;
            due.insert(callback.id.clone(), wanted);
            let house = house.clone();
            writers.spawn(async move { house.create(&callback, &events, &[]).await });
        }
        while let Some(last) = writers.join_next().await {
            written(Some(last))?;
        }
        Ok(due)
    }
}

fn written<E: std::error::Error + Send + Sync + 'static>(
    joined: Option<Result<Result<Created, E>, tokio::task::JoinError>>,
) -> anyhow::Result<()> {
    if let Some(created) = joined {
        ensure!(created?? == Created::New, "a callback was there already");
    }
    Ok(())
}

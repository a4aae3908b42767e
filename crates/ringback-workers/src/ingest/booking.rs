//! Times that callbacks can be had for, as callers ask about them.

use std::collections::BTreeMap;

use ringback_core::availability::{Query, QueryError, Window, v1_json, v2_json};
use ringback_core::ids::ServiceName;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{AvailabilityForm, BookingDesk, Refusal, RefusalKind};
use ringback_ports::store::Store;
use serde_json::{Value, json};

use super::FrontDesk;

impl<S: Store, B: Bus> BookingDesk for FrontDesk<S, B> {
    async fn availability(
        &self,
        service: &ServiceName,
        form: AvailabilityForm,
        parameters: BTreeMap<String, String>,
    ) -> Result<Value, Refusal> {
        let service = self.known_service(service).await?;
        let now = self.house.clock.now();
        let query = match form {
            AvailabilityForm::First => Query::v1(&parameters, now),
            AvailabilityForm::Second => Query::v2(&parameters, now),
        };
        let query = query.map_err(wrong)?;
        let times = self.times(&service.name, &service.options).await?;
        let views = self.left(&times, &query).await?;
        Ok(match form {
            AvailabilityForm::First => v1_json(&views),
            AvailabilityForm::Second => {
                json!(v2_json(
                    &views,
                    service.options.scheduled.bucket,
                    query.zone.as_ref()
                ))
            }
        })
    }

    async fn open_times(
        &self,
        name: &str,
        parameters: BTreeMap<String, String>,
    ) -> Result<Value, Refusal> {
        let window = Window::parse(&parameters, self.house.clock.now()).map_err(wrong)?;
        let mut known = self.house.settings.known();
        if !known.hours.contains_key(name) && !known.capacities.contains_key(name) {
            known = self.house.refresh_settings().await?;
        }
        let hours = known.hours.get(name).map(|hours| hours.answer(window));
        let capacity = || Some(known.capacities.get(name)?.answer(window));
        hours.or_else(capacity).ok_or_else(|| {
            let name: String = name.chars().take(80).collect();
            let message = format!("there are no office hours and no capacity '{name}'");
            Refusal::new(RefusalKind::NotFound, message)
        })
    }
}

fn wrong(error: QueryError) -> Refusal {
    Refusal::new(RefusalKind::Invalid, error.to_string())
}

//! Times that callbacks can be had for, as callers ask about them.

use std::collections::BTreeMap;

use ringback_core::availability::{Query, QueryError, Window, v1_json, v2_json};
use ringback_core::ids::ServiceName;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    AvailabilityForm, BookingDesk, Refusal, RefusalKind, Removal, Timetable, TimetableView,
};
use ringback_ports::store::Store;
use serde_json::{Map, Value, json};

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

    async fn timetables(&self, what: Timetable) -> Result<Vec<TimetableView>, Refusal> {
        self.all_timetables(what).await
    }

    async fn timetable(&self, what: Timetable, name: &str) -> Result<TimetableView, Refusal> {
        self.find_timetable(what, name).await
    }

    async fn put_timetable(
        &self,
        what: Timetable,
        name: &str,
        options: Map<String, Value>,
        version: Option<u64>,
    ) -> Result<TimetableView, Refusal> {
        self.save_timetable(what, name, options, version).await
    }

    async fn delete_timetable(
        &self,
        what: Timetable,
        name: &str,
        version: Option<u64>,
        removal: Removal,
    ) -> Result<(), Refusal> {
        self.remove_timetable(what, name, version, removal).await
    }
}

fn wrong(error: QueryError) -> Refusal {
    Refusal::new(RefusalKind::Invalid, error.to_string())
}

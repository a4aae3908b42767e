//! Office hours and capacities, as people manage them.

use std::collections::BTreeMap;

use ringback_core::calendar::OfficeHours;
use ringback_core::capacity::Capacity;
use ringback_core::service::Service;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{
    Refusal, RefusalKind, Removal, Timetable, TimetableDesk, TimetableView,
};
use ringback_ports::store::{Document, Store};
use serde_json::{Map, Value};

use super::FrontDesk;
use super::services::texts;
use crate::house::decode;
use crate::settings::{SettingKind, StoredTimetable};

impl<S: Store, B: Bus> TimetableDesk for FrontDesk<S, B> {
    async fn timetables(&self, what: Timetable) -> Result<Vec<TimetableView>, Refusal> {
        let found = self.all_settings(kind(what)).await?;
        let views = found
            .into_iter()
            .map(|(name, found)| view(what, name, &found));
        views.collect()
    }

    async fn timetable(&self, what: Timetable, name: &str) -> Result<TimetableView, Refusal> {
        let found = self.find_setting(kind(what), name).await?;
        view(what, name.to_owned(), &found)
    }

    async fn put_timetable(
        &self,
        what: Timetable,
        name: &str,
        options: Map<String, Value>,
        version: Option<u64>,
    ) -> Result<TimetableView, Refusal> {
        let options = texts(&options)?;
        check(what, name, &options)?;
        self.write_setting(kind(what), name, version, |_| {
            Ok(Some(StoredTimetable {
                options: options.clone(),
                configured: false,
            }))
        })
        .await?;
        self.timetable(what, name).await
    }

    async fn delete_timetable(
        &self,
        what: Timetable,
        name: &str,
        version: Option<u64>,
        removal: Removal,
    ) -> Result<(), Refusal> {
        let settings = self.house.refresh_settings().await?;
        let user = settings
            .services
            .values()
            .find(|it| named_by(what, it) == Some(name));
        if let Some(service) = user.filter(|_| removal == Removal::IfIdle) {
            let message = format!(
                "{} is the {} of service '{}': change that, or delete with force=true, and no time can be had from it \
                 any more",
                kind(what).called(name),
                option(what),
                service.name
            );
            return Err(Refusal::new(RefusalKind::Conflict, message));
        }
        self.remove_setting::<StoredTimetable>(kind(what), name, version)
            .await
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// Brings office hours or a capacity of the configuration file up to date, unless somebody has saved others over the
    /// API. What the file no longer has is left alone.
    ///
    /// # Errors
    /// When the store is away.
    pub async fn configure_timetable(
        &self,
        what: Timetable,
        name: &str,
        options: &BTreeMap<String, String>,
    ) -> Result<(), Refusal> {
        self.configure(kind(what), name, |_| StoredTimetable {
            options: options.clone(),
            configured: true,
        })
        .await
    }
}

const fn kind(what: Timetable) -> SettingKind {
    match what {
        Timetable::OfficeHours => SettingKind::OfficeHours,
        Timetable::Capacity => SettingKind::Capacity,
    }
}

/// What a service names one by.
const fn option(what: Timetable) -> &'static str {
    match what {
        Timetable::OfficeHours => "_business_hours_service",
        Timetable::Capacity => "_capacity_service",
    }
}

fn named_by(what: Timetable, service: &Service) -> Option<&str> {
    let general = &service.options.general;
    match what {
        Timetable::OfficeHours => general.business_hours.as_deref(),
        Timetable::Capacity => general.capacity.as_deref(),
    }
}

/// Refuses what has mistakes, with all of them.
fn check(what: Timetable, name: &str, options: &BTreeMap<String, String>) -> Result<(), Refusal> {
    let read = match what {
        Timetable::OfficeHours => OfficeHours::parse(name, options).map(drop),
        Timetable::Capacity => Capacity::parse(name, options).map(drop),
    };
    read.map_err(|mistakes| Refusal::new(RefusalKind::Invalid, mistakes.to_string()))
}

fn view(what: Timetable, name: String, document: &Document) -> Result<TimetableView, Refusal> {
    let stored: StoredTimetable = decode(&kind(what).key(&name), &document.body)?;
    Ok(TimetableView {
        version: document.version,
        options: stored.options,
        configured: stored.configured,
        name,
    })
}

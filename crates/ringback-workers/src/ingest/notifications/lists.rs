//! Event lists.

use ringback_core::event_list::{EventList, legal_list_name};
use ringback_ports::bus::Bus;
use ringback_ports::desk::{EventListForm, EventListView, Refusal, RefusalKind};
use ringback_ports::store::{Document, Store};
use serde_json::Value;

use crate::house::{HouseError, MOST_SETTINGS, NewSetting, decode, encode};
use crate::ingest::FrontDesk;
use crate::ingest::refusals::{refuse, refuse_store};
use crate::settings::{SettingKind, StoredList};

const KIND: SettingKind = SettingKind::EventList;

impl From<HouseError> for Refusal {
    fn from(error: HouseError) -> Self {
        refuse(error)
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn all_lists(&self) -> Result<Vec<EventListView>, Refusal> {
        let listed = self
            .house
            .store
            .range(&KIND.index(), i64::MIN, MOST_SETTINGS)
            .await
            .map_err(refuse_store)?;
        let names: Vec<_> = listed
            .iter()
            .filter_map(|entry| SettingKind::of(&entry.id))
            .map(|(_, name)| name)
            .collect();
        let keys: Vec<_> = names.iter().map(|name| KIND.key(name)).collect();
        let documents = self.house.store.get(&keys).await.map_err(refuse_store)?;
        let found = names.into_iter().zip(documents);
        let mut lists = found
            .filter_map(|(name, document)| Some(view(name, &document?)))
            .collect::<Result<Vec<_>, _>>()?;
        lists.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(lists)
    }

    pub(super) async fn find_list(&self, name: &str) -> Result<EventListView, Refusal> {
        let document = self
            .house
            .setting(KIND, name)
            .await?
            .ok_or_else(|| no_list(name))?;
        view(name, &document)
    }

    pub(super) async fn save_list(
        &self,
        name: &str,
        form: &EventListForm,
        version: Option<u64>,
    ) -> Result<EventListView, Refusal> {
        if !legal_list_name(name) {
            let shown: String = name.chars().take(80).collect();
            let message = format!(
                "'{shown}' is no name of an event list: allowed are 1 to 64 letters, digits, '_', '-' and '.'"
            );
            return Err(Refusal::new(RefusalKind::Invalid, message));
        }
        let text = read(name, form)?;
        self.store_list(
            name,
            &StoredList {
                text,
                configured: false,
            },
            version,
        )
        .await?;
        self.find_list(name).await
    }

    /// Brings a list of the configuration file up to date, unless somebody has saved another one over the API.
    ///
    /// # Errors
    /// Every mistake in it, and a store that is away.
    pub async fn configure_list(&self, name: &str, list: &EventList) -> Result<(), Refusal> {
        let stored = StoredList {
            text: list.to_cfg(),
            configured: true,
        };
        let known = self.house.setting(KIND, name).await?;
        let known: Option<StoredList> = known
            .map(|it| decode(&KIND.key(name), &it.body))
            .transpose()?;
        match known {
            Some(known) if !known.configured || known == stored => Ok(()),
            _ => self.store_list(name, &stored, None).await,
        }
    }

    async fn store_list(
        &self,
        name: &str,
        list: &StoredList,
        version: Option<u64>,
    ) -> Result<(), Refusal> {
        let body = encode(&KIND.key(name), list)?;
        let lists = self
            .house
            .store
            .count(&KIND.index(), i64::MIN, i64::MAX)
            .await
            .map_err(refuse_store)?;
        self.house
            .set(KIND, name, |found| {
                is_version(&format!("event list '{name}'"), version, found)?;
                if found.is_none()
                    && usize::try_from(lists).is_ok_and(|lists| lists >= MOST_SETTINGS)
                {
                    let message =
                        format!("there are {lists} event lists: allowed are {MOST_SETTINGS}");
                    return Err(Refusal::new(RefusalKind::Invalid, message));
                }
                Ok(Some(NewSetting {
                    body: body.clone(),
                    alarm: None,
                }))
            })
            .await
            .map(drop)
    }

    pub(super) async fn remove_list(
        &self,
        name: &str,
        version: Option<u64>,
    ) -> Result<(), Refusal> {
        let uses = |options: &ringback_core::service::Options| {
            options.notification.events_list.as_deref() == Some(name)
        };
        let services = self.house.services();
        if let Some(service) = services.values().find(|service| uses(&service.options)) {
            let message = format!(
                "event list '{name}' is the _callback_events_list of service '{}'",
                service.name
            );
            return Err(Refusal::new(RefusalKind::Conflict, message));
        }
        let removed = self
            .house
            .set(KIND, name, |found| {
                is_version(&format!("event list '{name}'"), version, found).map(|()| None)
            })
            .await?;
        if removed == 0 {
            Err(no_list(name))
        } else {
            Ok(())
        }
    }
}

/// The text to store: as it came, when it came as a text.
fn read(name: &str, form: &EventListForm) -> Result<String, Refusal> {
    let parsed = match form {
        EventListForm::Cfg(text) => EventList::parse_cfg(text).map(|_| text.clone()),
        EventListForm::Json(value) => EventList::parse_json(value).map(|list| list.to_cfg()),
    };
    parsed.map_err(|mistakes| {
        Refusal::new(
            RefusalKind::Invalid,
            format!("event list '{name}': {mistakes}"),
        )
    })
}

fn view(name: &str, document: &Document) -> Result<EventListView, Refusal> {
    let stored: StoredList = decode(&KIND.key(name), &document.body)?;
    let list = EventList::parse_cfg(&stored.text).map_err(|mistakes| {
        tracing::error!(list = name, error = %mistakes, "a stored event list cannot be read");
        Refusal::new(
            RefusalKind::Unavailable,
            format!("event list '{name}' cannot be read"),
        )
    })?;
    let Value::Object(json) = list.to_json() else {
        return Err(Refusal::new(
            RefusalKind::Unavailable,
            "an event list is no object",
        ));
    };
    Ok(EventListView {
        name: name.to_owned(),
        version: document.version,
        json,
        cfg: stored.text,
    })
}

/// Whether what was found is the version that the caller wants to replace.
pub(in crate::ingest) fn is_version(
    what: &str,
    wanted: Option<u64>,
    found: Option<&Document>,
) -> Result<(), Refusal> {
    let version = found.map_or(0, |found| found.version);
    match wanted {
        Some(wanted) if wanted != version => {
            let message = format!("{what} has version {version}, not {wanted}");
            Err(Refusal::new(RefusalKind::Version, message))
        }
        Some(_) | None => Ok(()),
    }
}

fn no_list(name: &str) -> Refusal {
    let name: String = name.chars().take(80).collect();
    Refusal::new(
        RefusalKind::NotFound,
        format!("event list '{name}' does not exist"),
    )
}

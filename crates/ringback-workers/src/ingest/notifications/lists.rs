//! Event lists.

use ringback_core::cfg_text::check_comments;
use ringback_core::event_list::{EventList, legal_list_name};
use ringback_core::notify::Plan;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{EventListForm, EventListView, Refusal, RefusalKind};
use ringback_ports::store::{Document, Store};
use serde_json::Value;

use crate::house::decode;
use crate::ingest::FrontDesk;
use crate::ingest::settings::unreadable;
use crate::settings::{SettingKind, StoredList};

const KIND: SettingKind = SettingKind::EventList;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    pub(super) async fn all_lists(&self) -> Result<Vec<EventListView>, Refusal> {
        let found = self.all_settings(KIND).await?;
        // One that cannot be read was told when the settings were, and hides no other.
        let views = found
            .iter()
            .filter_map(|(name, document)| view(name, document).ok());
        Ok(views.collect())
    }

    pub(super) async fn find_list(&self, name: &str) -> Result<EventListView, Refusal> {
        view(name, &self.find_setting(KIND, name).await?)
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
        self.check_list_target(name, &text)?;
        self.write_setting(KIND, name, version, |_| {
            Ok(Some(StoredList {
                text: text.clone(),
                configured: false,
            }))
        })
        .await?;
        self.find_list(name).await
    }

    /// A list that tells a target of its own must be able to.
    fn check_list_target(&self, name: &str, text: &str) -> Result<(), Refusal> {
        let Ok(list) = EventList::parse_cfg(text) else {
            return Ok(());
        };
        let Some(recipient) = Plan::of_list(&list) else {
            return Ok(());
        };
        self.check_recipient(&recipient).map_err(|refusal| {
            let message = format!("event list '{name}': {}", refusal.message);
            Refusal::new(refusal.kind, message)
        })
    }

    /// Brings a list of the configuration file up to date, unless somebody has saved another one over the API.
    ///
    /// # Errors
    /// Every mistake in it, and a store that is away.
    pub async fn configure_list(&self, name: &str, list: &EventList) -> Result<(), Refusal> {
        self.configure(KIND, name, |_| StoredList {
            text: list.to_cfg(),
            configured: true,
        })
        .await
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
        self.remove_setting::<StoredList>(KIND, name, version).await
    }
}

/// The text to store: as it came, when it came as a text.
fn read(name: &str, form: &EventListForm) -> Result<String, Refusal> {
    let parsed = match form {
        EventListForm::Cfg(text) => {
            check_comments(text).map_err(|error| {
                let message = format!("event list '{name}': {error}");
                Refusal::new(RefusalKind::Invalid, message)
            })?;
            EventList::parse_cfg(text).map(|_| text.clone())
        }
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
    let list =
        EventList::parse_cfg(&stored.text).map_err(|mistakes| unreadable(KIND, name)(&mistakes))?;
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

//! What a configuration file and the API both write: each by its name, in versions.

use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::{Document, Store};

use super::FrontDesk;
use super::refusals::{refuse, refuse_store};
use crate::house::{HouseError, MOST_SETTINGS, NewSetting, decode, encode};
use crate::settings::{SettingKind, Stored};

impl From<HouseError> for Refusal {
    fn from(error: HouseError) -> Self {
        refuse(error)
    }
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// All settings of a kind by name.
    pub(super) async fn all_settings(
        &self,
        kind: SettingKind,
    ) -> Result<Vec<(String, Document)>, Refusal> {
        let mut found = self.house.all(kind).await?;
        found.sort_unstable_by(|one, other| one.0.cmp(&other.0));
        Ok(found)
    }

    /// One of them.
    pub(super) async fn find_setting(
        &self,
        kind: SettingKind,
        name: &str,
    ) -> Result<Document, Refusal> {
        let found = self.house.setting(kind, name).await?;
        found.ok_or_else(|| no_setting(kind, name))
    }

    /// Writes one: `decide` says from what is stored what shall be, `None` to remove it.
    pub(super) async fn write_setting<T: Stored>(
        &self,
        kind: SettingKind,
        name: &str,
        version: Option<u64>,
        mut decide: impl FnMut(Option<&T>) -> Result<Option<T>, Refusal>,
    ) -> Result<(), Refusal> {
        let key = kind.key(name);
        let store = &self.house.store;
        let count = store.count(&kind.index(), i64::MIN, i64::MAX).await;
        let count = count.map_err(refuse_store)?;
        let set = self.house.set(kind, name, |found| {
            is_version(kind, name, version, found)?;
            if found.is_none() && usize::try_from(count).is_ok_and(|count| count >= MOST_SETTINGS) {
                let many = kind.words().1;
                let message = format!("there are {count} {many}: allowed are {MOST_SETTINGS}");
                return Err(Refusal::new(RefusalKind::Invalid, message));
            }
            let known = found.map(|found| decode(&key, &found.body)).transpose()?;
            let Some(stored) = decide(known.as_ref())? else {
                return Ok(None);
            };
            Ok(Some(NewSetting {
                body: encode(&key, &stored)?,
                alarm: None,
            }))
        });
        set.await.map(drop)
    }

    /// Removes one.
    pub(super) async fn remove_setting<T: Stored>(
        &self,
        kind: SettingKind,
        name: &str,
        version: Option<u64>,
    ) -> Result<(), Refusal> {
        self.write_setting(kind, name, version, |known: Option<&T>| match known {
            Some(_) => Ok(None),
            None => Err(no_setting(kind, name)),
        })
        .await
    }

    /// Brings what a configuration file has up to date, unless somebody has saved something else over the API. `decide`
    /// says from what is stored what shall be. What the file no longer has is left alone.
    pub(super) async fn configure<T: Stored>(
        &self,
        kind: SettingKind,
        name: &str,
        decide: impl Fn(Option<&T>) -> T,
    ) -> Result<(), Refusal> {
        let key = kind.key(name);
        let known = self.house.setting(kind, name).await?;
        let known: Option<T> = match known {
            None => None,
            Some(found) => {
                let read = decode(&key, &found.body);
                let Some(read) = self.house.readable(&key, found.version, read) else {
                    // A later version may have written it, and the start does not fail for it.
                    return Ok(());
                };
                Some(read)
            }
        };
        let stays = |known: &T| !known.is_configured() || decide(Some(known)) == *known;
        if known.as_ref().is_some_and(stays) {
            return Ok(());
        }
        self.write_setting(kind, name, None, |known| Ok(Some(decide(known))))
            .await
    }
}

/// Whether what was found is the version that the caller wants to replace.
fn is_version(
    kind: SettingKind,
    name: &str,
    wanted: Option<u64>,
    found: Option<&Document>,
) -> Result<(), Refusal> {
    let version = found.map_or(0, |found| found.version);
    match wanted {
        Some(wanted) if wanted != version => {
            let message = format!("{} has version {version}, not {wanted}", kind.called(name));
            Err(Refusal::new(RefusalKind::Version, message))
        }
        Some(_) | None => Ok(()),
    }
}

pub(super) fn no_setting(kind: SettingKind, name: &str) -> Refusal {
    let does = if kind == SettingKind::OfficeHours {
        "do"
    } else {
        "does"
    };
    let message = format!("{} {does} not exist", kind.called(name));
    Refusal::new(RefusalKind::NotFound, message)
}

/// What is stored cannot be understood any more: it was by an earlier release.
pub(super) fn unreadable(
    kind: SettingKind,
    name: &str,
) -> impl FnOnce(&dyn std::fmt::Display) -> Refusal {
    move |error| {
        let what = kind.words().0;
        tracing::error!(what, name, %error, "a stored setting cannot be read");
        let message = format!("{} cannot be read", kind.called(name));
        Refusal::new(RefusalKind::Unavailable, message)
    }
}

//! What a customer does about a callback: the actions of its dialog.

use std::time::Duration;

use ringback_core::callback::Input;
use ringback_core::ids::CallbackId;
use ringback_ports::bus::Bus;
use ringback_ports::desk::{Refusal, RefusalKind};
use ringback_ports::store::Store;

use super::FrontDesk;

impl<S: Store, B: Bus> FrontDesk<S, B> {
    /// When it comes back after what was done.
    pub(super) async fn continue_dialog(
        &self,
        id: &CallbackId,
        action: &str,
    ) -> Result<Duration, Refusal> {
        let callback = self.find(id).await?.callback;
        match action {
            "snooze" => {}
            "confirm" | "connect" => {
                let scenario = self.house.service(&callback.service);
                let scenario = scenario.map_or("?", |service| service.template.name());
                let message = format!(
                    "action '{action}' is not built for callback '{id}' of service '{}', which is '{scenario}': \
                     allowed is snooze",
                    callback.service
                );
                return Err(Refusal::new(RefusalKind::Conflict, message));
            }
            other => {
                let other: String = other.chars().take(80).collect();
                let message = format!("action '{other}' is unknown: allowed is snooze");
                return Err(Refusal::new(RefusalKind::Invalid, message));
            }
        }
        self.change(&callback.service, id, |_, _| Ok(Input::Snooze))
            .await?;
        Ok(self.house.options(&callback).general.snooze)
    }
}

//! What a call goes over: the phone network, or the room of a chat.

use ringback_core::call::{CallCommand, CallId, CallStatus, Report};
use ringback_core::chat::Act;
use ringback_core::ids::CallbackId;
use ringback_core::trunk::TrunkLimits;
use ringback_ports::bus::Bus;
use ringback_ports::store::Store;
use ringback_ports::telephony::{PhoneError, PhoneEvent, Telephony};
use tokio::sync::{Mutex, mpsc};

use crate::house::{Acted, House};

/// How many reports of rooms wait to be read.
const REPORTS: usize = 1024;

/// The phone network, and chats beside it: both are calls to whoever drives a callback.
pub(super) struct Channels<S, B, T> {
    phone: T,
    house: House<S, B>,
    report: mpsc::Sender<PhoneEvent>,
    reports: Mutex<mpsc::Receiver<PhoneEvent>>,
}

impl<S: Store, B: Bus, T: Telephony> Channels<S, B, T> {
    pub(super) fn new(phone: T, house: House<S, B>) -> Self {
        let (report, reports) = mpsc::channel(REPORTS);
        Self {
            phone,
            house,
            report,
            reports: Mutex::new(reports),
        }
    }

    pub(super) fn trunk_limits(&self) -> TrunkLimits {
        self.phone.trunk_limits()
    }

    pub(super) async fn send(&self, call: &CallId, command: CallCommand) -> Result<(), PhoneError> {
        let Some(id) = call.chat() else {
            return self.phone.send(call, command).await;
        };
        let is_heard = matches!(command, CallCommand::Play { .. });
        self.obey(&id, command).await?;
        if is_heard {
            // There is nothing to hear in a room: it is over at once.
            let (call, report) = (call.clone(), Report::TreatmentDone);
            let done = PhoneEvent::Call { call, report };
            self.report.send(done).await.map_err(away)?;
        }
        Ok(())
    }

    async fn obey(&self, id: &CallbackId, command: CallCommand) -> Result<(), PhoneError> {
        match self.house.act(id, Act::Obey(command)).await {
            Ok(Acted::Yes(_)) => Ok(()),
            Ok(Acted::No(refusal)) => Err(PhoneError::Refused(refusal.to_string())),
            Ok(Acted::NoRoom) => Err(PhoneError::Refused("there is no such chat".to_owned())),
            Err(error) => Err(away(error)),
        }
    }

    pub(super) async fn inspect(&self, call: &CallId) -> Result<CallStatus, PhoneError> {
        match call.chat() {
            Some(id) => self.house.room_status(&id).await.map_err(away),
            None => self.phone.inspect(call).await,
        }
    }

    /// The next event, of whichever.
    pub(super) async fn next_event(&self) -> PhoneEvent {
        let report = async { self.reports.lock().await.recv().await };
        tokio::select! {
            event = self.phone.next_event() => event,
            Some(event) = report => event,
        }
    }
}

fn away<E: Into<Box<dyn std::error::Error + Send + Sync>>>(error: E) -> PhoneError {
    PhoneError::Unavailable(error.into())
}

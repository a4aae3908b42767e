//! Requests that IVRs publish to `ringback.requests`.
//!
//! A request is settled when its callback is committed. One that cannot be understood is answered, if it says where to,
//! and kept in `ringback.dead` with the reason.

use std::time::Duration;

use ringback_core::ids::{CallbackId, ServiceName};
use ringback_core::untrusted::{MAX_DEPTH, ReadError, read_object};
use ringback_ports::bus::{Address, Bus, Disposition, MAX_MESSAGE, Message, Queue, Reason};
use ringback_ports::desk::{Channel, Desk, Refusal, RefusalKind, Start};
use ringback_ports::store::Store;
use ringback_telemetry::{names, propagation};
use serde_json::{Map, Value, json};
use tracing::Instrument;

use super::FrontDesk;
use crate::house::House;
use crate::runner;
use crate::watched::Chain;

/// When a request that could not be kept is taken again.
const AGAIN: Duration = Duration::from_secs(1);
/// How many requests are looked at at once.
const PREFETCH: u16 = 128;

/// Takes requests until the house stops.
pub async fn run<S: Store, B: Bus>(house: House<S, B>) {
    let desk = FrontDesk::new(house.clone());
    let handle = move |message| {
        let desk = desk.clone();
        async move { desk.on_request(message).await }
    };
    runner::serve(&house, Queue::Requests, PREFETCH, handle).await;
}

impl<S: Store, B: Bus> FrontDesk<S, B> {
    async fn on_request(&self, message: Message) -> Disposition {
        let answer = self.understand(&message).await;
        if let Err(Refusal {
            kind: RefusalKind::Unavailable,
            ..
        }) = answer
        {
            // The patient store gives up only when the process ends, and somebody else takes it; or when it is full, and it
            // is tried again until there is room.
            tokio::select! {
                () = self.house.stop.cancelled() => {}
                () = tokio::time::sleep(AGAIN) => {}
            }
            return Disposition::Later;
        }
        self.reply(&message, &answer).await;
        match answer {
            Ok(_) => Disposition::Done,
            Err(refusal) => Disposition::Dead(Reason {
                word: word(refusal.kind),
                error: refusal.message,
            }),
        }
    }

    async fn understand(&self, message: &Message) -> Result<Value, Refusal> {
        if message.body.len() > MAX_MESSAGE {
            let size = message.body.len();
            return Err(invalid(format!(
                "a request of {size} bytes: allowed are {MAX_MESSAGE}"
            )));
        }
        let key = &message.routing_key;
        let (service, action) = key.rsplit_once('.').ok_or_else(|| {
            invalid(format!(
                "routing key '{key}' is not <service>.<start|cancel|reschedule>"
            ))
        })?;
        let mut parameters =
            read_object(&message.body, MAX_DEPTH).map_err(|error| match error {
                ReadError::Json(_) => invalid(format!("the body is not a JSON object: {error}")),
                ReadError::TooMuch(_) | ReadError::Depth(_) => {
                    invalid(format!("the body cannot be read: {error}"))
                }
            })?;
        let service = ServiceName::new(service);
        match action {
            "start" => {
                let idempotency_key = message.message_id.clone();
                let trace = propagation::received_traceparent(&message.headers);
                let start = Start {
                    service,
                    parameters,
                    idempotency_key,
                    trace,
                    channel: Channel::Amqp,
                };
                let started = if message.redelivered && message.message_id.is_none() {
                    self.start_again(start).await?
                } else {
                    self.start(start).await?
                };
                Ok(Value::Object(started.answer()))
            }
            "cancel" => {
                let id = take_id(&mut parameters)?;
                self.cancel(&service, &id).await?;
                Ok(json!({ "_id": id }))
            }
            "reschedule" => {
                let id = take_id(&mut parameters)?;
                self.update(&service, &id, parameters).await?;
                Ok(json!({ "_id": id }))
            }
            other => Err(invalid(format!(
                "action '{other}' in routing key '{key}': allowed are start, cancel and reschedule"
            ))),
        }
    }

    async fn reply(&self, request: &Message, answer: &Result<Value, Refusal>) {
        let Some(reply_to) = request.reply_to.clone() else {
            return;
        };
        let body = match answer {
            Ok(value) => value.to_string(),
            Err(refusal) => error_body(refusal).to_string(),
        };
        let message = Message {
            body: body.into_bytes(),
            content_type: Some("application/json".to_owned()),
            correlation_id: request.correlation_id.clone(),
            ..Message::default()
        };
        let span = names::publish_span("reply", "reply");
        let published = self
            .house
            .bus
            .publish(vec![(Address::Reply(reply_to), message)]);
        for result in published.instrument(span).await {
            match result {
                Ok(()) => self.house.counters.messages_published.add(1),
                Err(error) => {
                    tracing::info!(error = %Chain(&error), "an answer found nobody waiting")
                }
            }
        }
    }
}

fn invalid(message: String) -> Refusal {
    Refusal::new(RefusalKind::Invalid, message)
}

fn take_id(parameters: &mut Map<String, Value>) -> Result<CallbackId, Refusal> {
    let id = parameters.remove("_id");
    let id = id.as_ref().and_then(Value::as_str);
    id.map(CallbackId::new)
        .ok_or_else(|| invalid("mandatory parameter '_id' is missing".to_owned()))
}

/// The error body of the callback API.
fn error_body(refusal: &Refusal) -> Value {
    let mut body = json!({
        "message": refusal.message, "exception": refusal.exception(), "code": refusal.status(),
        "phrase": refusal.phrase(),
    });
    if let Some(availability) = &refusal.availability {
        body["availability"] = availability.clone();
    }
    body
}

const fn word(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Number => "bad-number",
        RefusalKind::Availability => "not-available",
        RefusalKind::Invalid => "invalid-request",
        RefusalKind::NotFound => "not-found",
        RefusalKind::Conflict | RefusalKind::Version => "conflict",
        RefusalKind::Unavailable => "unavailable",
        RefusalKind::Limit => "limit-reached",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The document of the messages.
    const ASYNCAPI: &str = include_str!("../../../ringback-api/asyncapi.json");

    #[test]
    fn the_document_of_the_messages_has_every_reason() {
        let document: Value = serde_json::from_str(ASYNCAPI).unwrap();
        let headers = &document["components"]["schemas"]["DeadHeaders"]["properties"];
        let reasons = headers["x-reason"]["enum"].as_array().unwrap();
        for kind in [
            RefusalKind::Number,
            RefusalKind::Availability,
            RefusalKind::Invalid,
            RefusalKind::NotFound,
            RefusalKind::Conflict,
            RefusalKind::Version,
            RefusalKind::Unavailable,
            RefusalKind::Limit,
        ] {
            assert!(reasons.contains(&word(kind).into()), "{}", word(kind));
        }
        assert!(reasons.contains(&"bug".into()));
    }
}

//! What exists on the broker, under which names.

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind};
use ringback_ports::bus::{PublishError, Queue, is_exchange_name};

use super::ConnectError;

/// The longest name on the broker, in bytes.
const MAX_NAME: usize = 255;

/// The house's own name for its queues begins with this.
const HOUSE: &str = "ringback";

pub(super) const FIXED: [Queue; 5] = [
    Queue::Dead,
    Queue::Requests,
    Queue::Schedule,
    Queue::Dial,
    Queue::Notify,
];

/// How many messages wait for one listener, who may be slow; then the oldest go.
const MOST_LIVE: i32 = 2000;

/// Every key leads to those who read requests: what they do not understand is answered and kept, and nothing vanishes that
/// was published without `mandatory`. The exchange has no alternate one, which it would have to be declared anew for; queues
/// of older builds keep their bindings by verb beside this one, and get a message once all the same.
const REQUESTS: [&str; 1] = ["#"];

/// What requests are about.
#[cfg(test)]
const VERBS: [&str; 3] = ["start", "cancel", "reschedule"];

/// Names on the broker: those of the house under the prefix of this installation.
#[derive(Clone, Debug)]
pub(super) struct Names {
    prefix: String,
}

impl Names {
    pub(super) fn new(prefix: String) -> Result<Self, ConnectError> {
        let is_fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if (1..=64).contains(&prefix.len()) && prefix.chars().all(is_fine) {
            return Ok(Self { prefix });
        }
        Err(ConnectError::Prefix(prefix.chars().take(80).collect()))
    }

    pub(super) fn queue(&self, queue: &Queue) -> String {
        let name = queue.to_string();
        let rest = name.strip_prefix(HOUSE).unwrap_or(&name);
        format!("{}{rest}", self.prefix)
    }

    /// Whether a name is of the house, so that no requester may have its answer sent there.
    pub(super) fn is_own(&self, name: &str) -> bool {
        name.strip_prefix(self.prefix.as_str())
            .is_some_and(|rest| rest.starts_with('.'))
    }

    pub(super) fn requests(&self) -> ShortString {
        self.exchange("requests")
    }

    /// The exchange for whoever listens at the moment.
    pub(super) fn live(&self) -> ShortString {
        self.exchange("live")
    }

    fn events(&self) -> ShortString {
        self.exchange("events")
    }

    /// The exchange by which something leaves the house; `None` is the one for whom it may concern.
    pub(super) fn outward(&self, name: Option<String>) -> Result<ShortString, PublishError> {
        let events = self.events();
        match name {
            None => Ok(events),
            Some(name) if name == events.as_str() => Ok(events),
            Some(name) if is_exchange_name(&name) && !self.is_own(&name) => Ok(name.into()),
            Some(name) => Err(PublishError::Unroutable(name)),
        }
    }

    fn exchange(&self, what: &str) -> ShortString {
        format!("{}.{what}", self.prefix).into()
    }

    fn fixed(&self, queue: &Queue) -> ShortString {
        self.queue(queue).into()
    }
}

/// A name as AMQP carries it, unless it is too long.
pub(super) fn short(name: &str) -> Option<ShortString> {
    (name.len() <= MAX_NAME).then(|| name.into())
}

/// Declares everything that outlives its users. Repeating it changes nothing.
pub(super) async fn declare_all(channel: &Channel, names: &Names) -> Result<(), lapin::Error> {
    declare_exchange(channel, names.events(), ExchangeKind::Topic).await?;
    declare_exchange(channel, names.live(), ExchangeKind::Fanout).await?;
    for queue in &FIXED {
        declare(channel, names, queue, names.fixed(queue)).await?;
    }
    Ok(())
}

/// Declares one queue under its name, and what leads to it.
pub(super) async fn declare(
    channel: &Channel,
    names: &Names,
    queue: &Queue,
    name: ShortString,
) -> Result<(), lapin::Error> {
    let is_private = queue.is_private();
    // A private queue belongs to this connection and goes with its only consumer.
    let options = QueueDeclareOptions {
        durable: !is_private,
        exclusive: is_private,
        auto_delete: is_private,
        ..QueueDeclareOptions::default()
    };
    channel
        .queue_declare(name.clone(), options, arguments(queue, names))
        .await?;
    let (exchange, kind, patterns) = match queue {
        Queue::Requests => (names.requests(), ExchangeKind::Topic, &REQUESTS[..]),
        Queue::Live(_) => (names.live(), ExchangeKind::Fanout, &[""][..]),
        Queue::Schedule | Queue::Dial | Queue::Notify | Queue::Dead | Queue::Dialer(_) => {
            return Ok(());
        }
    };
    declare_exchange(channel, exchange.clone(), kind).await?;
    for pattern in patterns {
        let (options, arguments) = (QueueBindOptions::default(), FieldTable::default());
        let (name, exchange) = (name.clone(), exchange.clone());
        channel
            .queue_bind(name, exchange, (*pattern).into(), options, arguments)
            .await?;
    }
    Ok(())
}

async fn declare_exchange(
    channel: &Channel,
    name: ShortString,
    kind: ExchangeKind,
) -> Result<(), lapin::Error> {
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    channel
        .exchange_declare(name, kind, durable, FieldTable::default())
        .await
}

/// Shared queues are replicated. RabbitMQ 4 gives up on a message after 20 deliveries; it shall park it then, not drop it.
fn arguments(queue: &Queue, names: &Names) -> FieldTable {
    let text = |value: &str| AMQPValue::LongString(value.into());
    let mut arguments = FieldTable::default();
    match queue {
        Queue::Dialer(_) => return arguments,
        Queue::Live(_) => {
            arguments.insert("x-max-length".into(), AMQPValue::LongInt(MOST_LIVE));
            return arguments;
        }
        Queue::Requests | Queue::Schedule | Queue::Dial | Queue::Notify | Queue::Dead => {}
    }
    arguments.insert("x-queue-type".into(), text("quorum"));
    if *queue != Queue::Dead {
        let dead = names.fixed(&Queue::Dead);
        arguments.insert("x-dead-letter-exchange".into(), text(""));
        arguments.insert("x-dead-letter-routing-key".into(), text(dead.as_str()));
    }
    arguments
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    /// The document of the messages, which names what others publish to, listen to and look into.
    const ASYNCAPI: &str = include_str!("../../../ringback-api/asyncapi.json");

    #[test]
    fn the_document_of_the_messages_has_these_names() {
        let document: Value = serde_json::from_str(ASYNCAPI).unwrap();
        let names = Names::new(HOUSE.to_owned()).unwrap();
        let channel = |name: &str| &document["channels"][name];
        let exchange = |name: &str| channel(name)["bindings"]["amqp"]["exchange"].clone();
        for verb in VERBS {
            assert_eq!(channel(verb)["address"], format!("{{service}}.{verb}"));
            assert_eq!(exchange(verb)["name"], names.requests().as_str());
            assert_eq!(exchange(verb)["type"], "topic");
        }
        assert_eq!(exchange("events")["name"], names.events().as_str());
        let dead = names.queue(&Queue::Dead);
        assert_eq!(channel("dead")["address"], dead);
        assert_eq!(channel("dead")["bindings"]["amqp"]["queue"]["name"], dead);
        let described = document["channels"].as_object().unwrap().len();
        assert_eq!(described, VERBS.len() + ["answers", "events", "dead"].len());
    }

    #[test]
    fn queues_are_named_under_the_prefix() {
        let names = |prefix: &str| Names::new(prefix.to_owned()).unwrap();
        assert_eq!(names("ringback").queue(&Queue::Dead), "ringback.dead");
        let own = Queue::Dialer("d-1".to_owned());
        assert_eq!(names("north").queue(&own), "north.dial.d-1");
        let listener = Queue::Live("i-1".to_owned());
        assert_eq!(names("north").queue(&listener), "north.live.i-1");
        assert_eq!(names("north").live().as_str(), "north.live");
        assert!(names("ringback").is_own("ringback.dial"));
        assert!(!names("ringback").is_own("ringbacker.dial"));
    }

    #[test]
    fn only_events_leave_by_an_exchange_of_the_house() {
        let names = Names::new("north".to_owned()).unwrap();
        let outward = |name: &str| names.outward(Some(name.to_owned()));
        assert_eq!(names.outward(None).unwrap().as_str(), "north.events");
        for open in ["north.events", "amq.topic", "ringback.events", "north"] {
            assert_eq!(outward(open).unwrap().as_str(), open);
        }
        let long = "x".repeat(256);
        for closed in [
            "",
            "amq.default",
            "north.requests",
            "north.live",
            "north.x",
            "a\0b",
            &long,
        ] {
            assert!(outward(closed).is_err(), "{closed}");
        }
    }

    #[test]
    fn a_prefix_is_a_short_plain_word() {
        for bad in ["", "a b", "é", "a/b", &"a".repeat(65)] {
            let error = Names::new(bad.to_owned()).unwrap_err().to_string();
            assert!(error.contains("letters"), "{error}");
        }
    }
}

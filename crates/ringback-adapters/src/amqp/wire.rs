//! Messages as AMQP carries them.

use std::collections::BTreeMap;

use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use ringback_ports::bus::Message;

/// Persistent.
const DELIVERY_MODE: u8 = 2;

/// Names a message within its confirm window. A number, so that no consumer sees it among the text headers.
const SEQUENCE: &str = "x-ringback-seq";

/// RabbitMQ reads these as orders to deliver copies elsewhere.
const ORDERS: [&str; 2] = ["CC", "BCC"];

/// The properties of the message at this place in its window. The message has passed its own check.
pub(super) fn properties(message: &Message, sequence: usize) -> BasicProperties {
    let mut headers = FieldTable::default();
    for (name, value) in plain(&message.headers) {
        headers.insert(
            name.as_str().into(),
            AMQPValue::LongString(value.as_str().into()),
        );
    }
    let number = i64::try_from(sequence).unwrap_or(i64::MAX);
    headers.insert(SEQUENCE.into(), AMQPValue::LongLongInt(number));
    let mut properties = BasicProperties::default()
        .with_delivery_mode(DELIVERY_MODE)
        .with_headers(headers);
    if let Some(value) = &message.content_type {
        properties = properties.with_content_type(value.as_str().into());
    }
    if let Some(value) = &message.message_id {
        properties = properties.with_message_id(value.as_str().into());
    }
    if let Some(value) = &message.correlation_id {
        properties = properties.with_correlation_id(value.as_str().into());
    }
    if let Some(value) = &message.reply_to {
        properties = properties.with_reply_to(value.as_str().into());
    }
    properties
}

/// The place in its window of a message that came back.
pub(super) fn sequence(properties: &BasicProperties) -> Option<usize> {
    let headers = properties.headers().as_ref()?.inner();
    let number = headers.get(SEQUENCE)?.as_long_long_int()?;
    usize::try_from(number).ok()
}

/// What arrived, and what is left of the delivery.
pub(super) fn message(delivery: &mut Delivery) -> Message {
    let properties = &delivery.properties;
    let text = |value: &Option<ShortString>| value.as_ref().map(ToString::to_string);
    Message {
        body: std::mem::take(&mut delivery.data),
        content_type: text(properties.content_type()),
        message_id: text(properties.message_id()),
        correlation_id: text(properties.correlation_id()),
        reply_to: text(properties.reply_to()),
        headers: properties
            .headers()
            .as_ref()
            .map(headers)
            .unwrap_or_default(),
        routing_key: delivery.routing_key.to_string(),
        redelivered: delivery.redelivered,
        returns: properties
            .headers()
            .as_ref()
            .map(returns)
            .unwrap_or_default(),
    }
}

/// Quorum queues count it.
fn returns(table: &FieldTable) -> u64 {
    let count = table.inner().get("x-delivery-count");
    let long = count.and_then(AMQPValue::as_long_long_int);
    let short = count.and_then(AMQPValue::as_long_int).map(i64::from);
    long.or(short).map_or(0, i64::unsigned_abs)
}

fn headers(table: &FieldTable) -> BTreeMap<String, String> {
    let text = |value: &AMQPValue| match value.as_long_string() {
        Some(text) => std::str::from_utf8(text.as_bytes()).ok().map(str::to_owned),
        None => value.as_short_string().map(ToString::to_string),
    };
    table
        .inner()
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), text(value)?)))
        .collect()
}

fn plain(headers: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
    headers
        .iter()
        .filter(|(name, _)| !ORDERS.contains(&name.as_str()))
}

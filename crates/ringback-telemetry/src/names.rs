//! The names of spans and attributes, and the spans of messages.
//!
//! The `messaging.*` names are those of OpenTelemetry's conventions for RabbitMQ. Values are ids and words, never a phone
//! number, a token or a body.

use tracing::Span;
use tracing::field::Empty;

/// The span of one publication.
pub const PUBLISH: &str = "publish";
/// The span of handling one delivery.
pub const PROCESS: &str = "process";

/// The span of one HTTP request.
pub const HTTP: &str = "http";
/// The span of one step in a callback's life.
pub const STEP: &str = "step";

/// The HTTP method.
pub const HTTP_METHOD: &str = "http.request.method";
/// The HTTP route, with its parameters unfilled.
pub const HTTP_ROUTE: &str = "http.route";
/// The callback that a span is about; on every span that is about one.
pub const CALLBACK_ID: &str = "callback.id";
/// The number of the dialing attempt, from 1.
pub const ATTEMPT: &str = "attempt";
/// One word for what went wrong.
pub const ERROR_TYPE: &str = "error.type";
/// The broker's kind.
pub const MESSAGING_SYSTEM: &str = "messaging.system";
/// The queue.
pub const MESSAGING_DESTINATION_NAME: &str = "messaging.destination.name";
/// [`PUBLISH`] or [`PROCESS`].
pub const MESSAGING_OPERATION_NAME: &str = "messaging.operation.name";
/// `send` or `process`.
pub const MESSAGING_OPERATION_TYPE: &str = "messaging.operation.type";
/// `message_id`.
pub const MESSAGING_MESSAGE_ID: &str = "messaging.message.id";
/// The callback again, under the name that messaging tools search for.
pub const MESSAGING_CONVERSATION_ID: &str = "messaging.message.conversation_id";
/// The routing key.
pub const MESSAGING_ROUTING_KEY: &str = "messaging.rabbitmq.destination.routing_key";

const OTEL_NAME: &str = "otel.name";
const OTEL_KIND: &str = "otel.kind";
const RABBITMQ: &str = "rabbitmq";

/// The span of publishing to a queue. [`ERROR_TYPE`] can be recorded on it.
///
/// The queue's name becomes part of the span's name, so a queue that belongs to one worker or one requester is given by
/// what its kind has in common.
#[must_use]
pub fn publish_span(queue: &str, routing_key: &str) -> Span {
    tracing::debug_span!(
        PUBLISH,
        { OTEL_NAME } = %format_args!("{PUBLISH} {queue}"),
        { OTEL_KIND } = "producer",
        { MESSAGING_SYSTEM } = RABBITMQ,
        { MESSAGING_OPERATION_NAME } = PUBLISH,
        { MESSAGING_OPERATION_TYPE } = "send",
        { MESSAGING_DESTINATION_NAME } = queue,
        { MESSAGING_ROUTING_KEY } = routing_key,
        { ERROR_TYPE } = Empty,
    )
}

/// The span of handling a delivery from a queue. [`CALLBACK_ID`], [`MESSAGING_CONVERSATION_ID`], [`ATTEMPT`] and
/// [`ERROR_TYPE`] can be recorded on it. The queue is named as for [`publish_span`].
#[must_use]
pub fn process_span(queue: &str, message_id: Option<&str>) -> Span {
    tracing::debug_span!(
        PROCESS,
        { OTEL_NAME } = %format_args!("{PROCESS} {queue}"),
        { OTEL_KIND } = "consumer",
        { MESSAGING_SYSTEM } = RABBITMQ,
        { MESSAGING_OPERATION_NAME } = PROCESS,
        { MESSAGING_OPERATION_TYPE } = PROCESS,
        { MESSAGING_DESTINATION_NAME } = queue,
        { MESSAGING_MESSAGE_ID } = message_id,
        { CALLBACK_ID } = Empty,
        { MESSAGING_CONVERSATION_ID } = Empty,
        { ATTEMPT } = Empty,
        { ERROR_TYPE } = Empty,
    )
}

/// The span of one request over HTTP, named by its route.
#[must_use]
pub fn http_span(method: &str, route: &str) -> Span {
    tracing::debug_span!(
        HTTP,
        { OTEL_NAME } = %format_args!("{method} {route}"),
        { OTEL_KIND } = "server",
        { HTTP_METHOD } = method,
        { HTTP_ROUTE } = route,
        { CALLBACK_ID } = Empty,
        { ERROR_TYPE } = Empty,
    )
}

/// The span of a step in a callback's life, such as `dialer.attempt`, linked to the request that was stored with it.
#[must_use]
pub fn callback_span(step: &str, callback: &str, attempt: u32, request: Option<&str>) -> Span {
    let span = tracing::debug_span!(
        STEP,
        { OTEL_NAME } = step,
        { CALLBACK_ID } = callback,
        { MESSAGING_CONVERSATION_ID } = callback,
        { ATTEMPT } = attempt,
        { ERROR_TYPE } = Empty,
    );
    if let Some(request) = request {
        crate::propagation::link_to(&span, request);
    }
    span
}

/// Writes on the current span which callback it is about.
pub fn about_callback(callback: &str) {
    let span = Span::current();
    span.record(CALLBACK_ID, callback);
    span.record(MESSAGING_CONVERSATION_ID, callback);
}

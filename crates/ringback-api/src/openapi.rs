//! The document of the API (OpenAPI 3.1), made from what stands at the handlers.

mod refusals;
pub mod shapes;
#[cfg(test)]
mod tests;
mod words;

use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use refusals::Refusals;
pub use refusals::{GmsReads, GmsWrites, Reads, Writes};
pub use words::{
    DeliveryWord, FormatWord, IntervalWord, NumberWord, OperandWord, ReasonWord, StateWord,
    TemplateWord, WishWord,
};

use crate::{chat, console, docs, gms, health, v1};

/// Where the callback API stands with its version; the same doors open without it.
const VERSIONED: &str = "/genesys/1/";

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Ringback",
        version = "1",
        description = "Calls people back. The callback API under `/genesys` is what IVR and CRM clients of the established \
                       product expect: `/genesys/1/…` may be written `/genesys/…`, bodies are JSON or forms, errors are \
                       `{message, exception, code, phrase}`. What that API lacks stands under `/v1`: errors are problem \
                       details (RFC 9457), lists come in pages. Credentials are asked for once an installation has users \
                       or keys."
    ),
    nest(
        (path = "/genesys/1", api = gms::Described),
        (path = "/genesys/2", api = gms::SecondDescribed),
        (path = "/v1", api = v1::Described),
        (path = "/chat", api = chat::Described)
    ),
    paths(
        health::live, health::ready, health::startup, health::metrics, docs::front, docs::document, docs::messages, docs::page, docs::index, docs::file,
        console::page, console::index, console::file
    ),
    security(("basic" = []), ("bearer" = [])),
    modifiers(&Schemes, &Refusals),
    tags(
        (name = "callbacks", description = "Requested, looked up, changed, called off"),
        (name = "dialogs", description = "What a customer's device does next, and whose call has arrived"),
        (name = "queues", description = "Positions and waiting times"),
        (name = "times", description = "Office hours, capacities, and what time slots are left; resource groups are managed the same way"),
        (name = "numbers", description = "What is known about phone numbers"),
        (name = "notifications", description = "Subscriptions to status notifications"),
        (name = "administration", description = "Many callbacks at once, in the callback API's way"),
        (name = "many callbacks", description = "Found, imported, exported, erased"),
        (name = "agents", description = "Who takes calls"),
        (name = "chats", description = "Customers who chat, by a link; agents do so under `/v1/agents`"),
        (name = "reports", description = "What became of callbacks: of each, and counted"),
        (name = "services", description = "What can be requested, and how it is carried out"),
        (name = "event lists", description = "Which events are told, and what they say"),
        (name = "deliveries", description = "How notifications stand, and what was given up"),
        (name = "console", description = "What people see in a browser, and what that asks: sessions, and figures as they change"),
        (name = "health", description = "Probes and counters; open to everybody"),
        (name = "documents", description = "This document and that of the messages; open to everybody")
    )
)]
struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let scheme = |scheme, description: &str| {
            let http = HttpBuilder::new()
                .scheme(scheme)
                .description(Some(description));
            SecurityScheme::Http(http.build())
        };
        let basic = scheme(HttpAuthScheme::Basic, "Name and password of a user");
        let bearer = scheme(HttpAuthScheme::Bearer, "A key");
        components.add_security_scheme("basic", basic);
        components.add_security_scheme("bearer", bearer);
    }
}

/// The document, as JSON.
pub fn openapi() -> Value {
    let mut document = json!(Document::openapi());
    if let Some(paths) = document["paths"].as_object_mut() {
        paths.iter_mut().for_each(|(path, item)| name(path, item));
        let short = paths.keys().filter_map(|path| short(path));
        let twins = paths.keys().flat_map(|path| twins(path));
        let same: Vec<_> = short.chain(twins).collect();
        paths.extend(same);
    }
    document
}

/// Gives each operation of a path a name of its own: one handler may stand behind several.
fn name(path: &str, item: &mut Value) {
    for (method, operation) in item.as_object_mut().into_iter().flatten() {
        let path = path
            .replace("/docs/", "/docs/page/")
            .replace("/console/", "/console/page/");
        let words = path.split(|c: char| !c.is_ascii_alphanumeric());
        let words = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
        operation["operationId"] = format!("{method}_{}", words.join("_")).into();
        let parameters = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut);
        for parameter in parameters.into_iter().flatten() {
            if let Some(kind) = parameter.pointer_mut("/schema/type") {
                never_null(kind);
            }
        }
    }
}

/// A header is there or not.
fn never_null(kind: &mut Value) {
    if let Some([only, Value::String(null)]) = kind.as_array().map(Vec::as_slice)
        && null == "null"
    {
        *kind = only.clone();
    }
}

/// The path without its version, for one that may be written so.
fn short(path: &str) -> Option<(String, Value)> {
    let rest = path.strip_prefix(VERSIONED)?;
    Some((format!("/genesys/{rest}"), same_as(path)))
}

/// The paths of capacities and resource groups, for one of office hours: all are managed in one way.
fn twins(path: &str) -> Vec<(String, Value)> {
    let rest = path.strip_prefix("/v1/office-hours").into_iter();
    let others = rest
        .flat_map(|rest| ["capacities", "resource-groups"].map(|kind| format!("/v1/{kind}{rest}")));
    others.map(|other| (other, same_as(path))).collect()
}

fn same_as(path: &str) -> Value {
    let pointer = path.replace('~', "~0").replace('/', "~1");
    json!({ "$ref": format!("#/paths/{pointer}") })
}

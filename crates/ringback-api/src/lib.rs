//! The HTTP front.
//!
//! Two families on one listener: the callback API under `/genesys`, whose shapes existing IVR and CRM clients expect,
//! and `/v1` for what that API lacks. Both only translate: what is asked is answered by the front desk.

mod access;
mod base;
mod body;
mod chat;
mod console;
mod cut;
mod docs;
mod ewt;
mod filter;
mod gms;
mod health;
mod openapi;
mod refused;
mod rows;
mod subscription;
mod v1;

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri};
use axum::http::StatusCode;
use axum::middleware;
use axum::response::Response;
use ringback_ports::desk::Desk;

pub use access::{
    Access, Browsers, Proxies, Role, RoleError, Stated, UserError, Users, hash_password, new_key,
    verify_password,
};
use access::{Entrance, Routes};
pub use base::also_under;
pub use health::{Health, health};
pub use openapi::openapi;

/// The largest body a request has, in bytes.
const MAX_BODY: usize = ringback_core::untrusted::MAX_BYTES;

/// Both families, for who may call; and their description, for anybody.
pub fn api<D: Desk>(desk: D, access: Access) -> Router {
    let (router, rules) = routes::<D>().into_parts();
    router
        .with_state(desk.clone())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(access::trace))
        .layer(middleware::from_fn_with_state(
            Entrance::new(access, rules, desk),
            access::check::<D>,
        ))
}

/// What each route needs and changes, as it is declared.
pub fn stated<D: Desk>() -> Vec<Stated> {
    routes::<D>().into_parts().1.stated()
}

fn routes<D: Desk>() -> Routes<D> {
    let gms = gms::routes::<D>();
    Routes::new()
        .nest("/genesys", gms.clone())
        .nest("/genesys/1", gms)
        .nest("/genesys/2", gms::second::<D>())
        .nest("/v1", v1::routes::<D>())
        .merge(chat::routes::<D>())
        .merge(docs::routes::<D>())
        .merge(console::routes::<D>())
}

/// What is answered when answering met a bug.
pub fn broken(path: &str) -> Response {
    let message = "answering met a bug; it is counted in ringback_panics_total".to_owned();
    refused::as_family(
        path,
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalError",
        message,
    )
}

async fn unknown(OriginalUri(uri): OriginalUri) -> Response {
    let message = format!("there is nothing at {}", uri.path());
    refused::as_family(uri.path(), StatusCode::NOT_FOUND, "NotFound", message)
}

async fn wrong_method(OriginalUri(uri): OriginalUri) -> Response {
    let message = format!("{} does not take this method", uri.path());
    refused::as_family(
        uri.path(),
        StatusCode::METHOD_NOT_ALLOWED,
        "MethodNotAllowed",
        message,
    )
}

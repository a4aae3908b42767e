//! The HTTP front.
//!
//! Two families on one listener: the callback API under `/genesys`, whose shapes existing IVR and CRM clients expect,
//! and `/v1` for what that API lacks. Both only translate: what is asked is answered by the front desk.

mod access;
mod body;
mod docs;
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

pub use access::{Caller, Gatekeeper, Role, RoleError, UserError, Users, hash_password, new_key};
pub use health::{Health, health};
pub use openapi::openapi;

/// The largest body a request has, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// Both families, for callers whom the gatekeeper knows, or for anybody; and their description, for anybody.
pub fn api<D: Desk>(desk: D, gatekeeper: Option<Gatekeeper>) -> Router {
    let gms = gms::routes::<D>();
    let routes = Router::new()
        .nest("/genesys", gms.clone())
        .nest("/genesys/1", gms)
        .nest("/genesys/2", gms::second::<D>())
        .nest("/v1", v1::routes::<D>())
        .with_state(desk)
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(access::trace));
    let routes = match gatekeeper {
        Some(gatekeeper) => routes.layer(middleware::from_fn_with_state(gatekeeper, access::check)),
        None => routes,
    };
    routes.merge(docs::routes())
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

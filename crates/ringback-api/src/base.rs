//! The callback API under another path: clients of the established product have its base path in their configuration.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::Uri;
use axum::response::Response;
use ringback_core::record::BASE;
use tower::ServiceExt;

/// The same routes, with those of the callback API also under `base`: what comes there is read as what comes to its own path,
/// so that who may do what is settled in one place.
pub fn also_under(base: &str, routes: Router) -> Router {
    let base: Arc<str> = base.into();
    Router::new().fallback(move |request: Request| {
        let (routes, base) = (routes.clone(), base.clone());
        async move { served(routes, moved(request, &base)).await }
    })
}

async fn served(routes: Router, request: Request) -> Result<Response, Infallible> {
    routes.oneshot(request).await
}

fn moved(mut request: Request, base: &str) -> Request {
    let rest = request.uri().path().strip_prefix(base);
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let Some(rest) = rest else {
        return request;
    };
    let query = request.uri().query();
    let query = query.map(|query| format!("?{query}")).unwrap_or_default();
    let path = format!("{BASE}{rest}{query}");
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = path.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        // Whoever asks where it came from is told the same.
        request.extensions_mut().insert(OriginalUri(uri.clone()));
        *request.uri_mut() = uri;
    }
    request
}

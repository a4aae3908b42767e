//! Requests: one whose answering panics is answered 500, counted, and keeps nobody else from an answer.

use std::sync::Arc;
use std::task::Poll;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use ringback_telemetry::Counters;
use ringback_workers::panics::{caught, caught_now, note};

/// The task that panics are counted under.
const TASK: &str = "request";

/// These routes, guarded.
pub fn guarded(routes: Router, counters: Arc<Counters>) -> Router {
    routes.layer(from_fn_with_state(counters, guard))
}

async fn guard(State(counters): State<Arc<Counters>>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    match caught(&counters, TASK, next.run(request)).await {
        Ok(response) => response.map(|body| watched(body, counters)),
        Err(_) => ringback_api::broken(&path),
    }
}

/// A body that is made while it is sent (an export, a stream of events) is guarded as well.
fn watched(body: Body, counters: Arc<Counters>) -> Body {
    if body.size_hint().exact().is_some() {
        return body;
    }
    let mut parts = body.into_data_stream();
    Body::from_stream(poll_fn(move |context| {
        let polled = caught_now(|| parts.poll_next_unpin(context));
        polled.unwrap_or_else(|panicked| {
            note(&counters, TASK, &panicked);
            Poll::Ready(Some(Err(axum::Error::new(panicked))))
        })
    }))
}

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_in_a_handler_is_answered_and_counted() {
        let counters = Arc::<Counters>::default();
        let nothing = |part: Option<&'static str>| part.expect("a bug");
        let stream = || async {
            let parts = [Some("one"), None].into_iter();
            let parts = parts.map(|part| Ok::<_, std::io::Error>(part.expect("a bug")));
            Body::from_stream(futures_util::stream::iter(parts))
        };
        let routes = Router::new()
            .route("/v1/bug", get(move || async move { nothing(None) }))
            .route("/v1/good", get(|| async { "good" }))
            .route("/v1/stream", get(stream));
        let routes = guarded(routes, counters.clone());
        let ask = |path: &str| {
            let request = Request::builder().uri(path).body(Body::empty()).unwrap();
            routes.clone().oneshot(request)
        };
        let answer = ask("/v1/bug").await.unwrap();
        assert_eq!(answer.status(), 500);
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
        assert_eq!(ask("/v1/good").await.unwrap().status(), 200);
        let body = ask("/v1/stream").await.unwrap().into_body();
        to_bytes(body, 1024).await.unwrap_err();
        assert_eq!(counters.panics.get(TASK), 2);
    }
}

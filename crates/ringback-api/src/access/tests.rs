//! A route without a rule takes nobody.

use axum::Router;
use axum::body::Body;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use axum::routing::get;
use tower::ServiceExt;

use super::*;

async fn status(rules: Rules, path: &'static str) -> StatusCode {
    let check = from_fn(move |mut request: Request, next: Next| {
        let rules = rules.clone();
        async move {
            match Asked::read(&rules, &mut request).await {
                Ok(_) => next.run(request).await,
                Err(Unruled) => StatusCode::FORBIDDEN.into_response(),
            }
        }
    });
    let router = Router::new()
        .route("/stated", get(|| async {}))
        .route("/forgotten", get(|| async {}))
        .layer(check);
    let request = Request::get(path).body(Body::empty()).unwrap();
    router.oneshot(request).await.unwrap().status()
}

#[tokio::test]
async fn a_route_that_states_no_rule_takes_nobody() {
    let stated = Routes::<()>::new().get("/stated", Rule::read(), || async {});
    let (_, rules) = stated.into_parts();
    assert_eq!(status(rules.clone(), "/stated").await, StatusCode::OK);
    assert_eq!(status(rules, "/forgotten").await, StatusCode::FORBIDDEN);
}

#[test]
fn a_rule_holds_below_a_prefix_and_for_head() {
    let inner = Routes::<()>::new()
        .get("/a/{id}", Rule::read(), || async {})
        .put("/a/{id}", Rule::configure().changes("a"), || async {});
    let (_, rules) = Routes::<()>::new().nest("/v1", inner).into_parts();
    let rule = |method| rules.rule("/v1/a/{id}", &method).map(|it| it.permission);
    assert_eq!(rule(Method::GET), Some(Permission::Read));
    assert_eq!(rule(Method::HEAD), Some(Permission::Read));
    assert_eq!(rule(Method::PUT), Some(Permission::Configure));
    assert_eq!(rule(Method::DELETE), None);
    assert!(!rules.has("/a/{id}"));
}

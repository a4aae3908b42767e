//! What a request is about: a service, a callback, or neither.

use axum::RequestExt;
use axum::extract::{MatchedPath, RawPathParams, Request};
use ringback_core::ids::{CallbackId, ServiceName};

/// What a request of the callback API is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum About {
    /// Nothing that belongs to one service.
    Nothing,
    /// This service.
    Service(ServiceName),
    /// The service of this callback.
    Callback(CallbackId),
}

impl About {
    /// By the route that takes it, and the parameters as that route reads them.
    pub async fn read(request: &mut Request) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let Some(route) = route.as_ref().and_then(|route| in_family(route.as_str())) else {
            return Self::Nothing;
        };
        if route == "service/callback" {
            return by_id(request.uri().query().unwrap_or_default());
        }
        let Ok(parameters) = request.extract_parts::<RawPathParams>().await else {
            return Self::Nothing;
        };
        match parameters.iter().next() {
            Some((_, first)) => by_first(route, first),
            None => Self::Nothing,
        }
    }
}

/// The route in the callback API, whichever version it is asked for.
fn in_family(route: &str) -> Option<&str> {
    let route = route.strip_prefix("/genesys/")?;
    let versions = ["1/", "2/"];
    let version = versions.iter().find_map(|it| route.strip_prefix(it));
    Some(version.unwrap_or(route))
}

fn by_id(query: &str) -> About {
    let id = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "_id");
    id.map_or(About::Nothing, |(_, id)| {
        About::Callback(CallbackId::new(id))
    })
}

/// `service/callback/{service}…`, or `service/{id}/…`.
fn by_first(route: &str, first: &str) -> About {
    if route.starts_with("service/callback/{") {
        About::Service(ServiceName::new(first))
    } else if route.starts_with("service/{") && route.contains("}/") {
        About::Callback(CallbackId::new(first))
    } else {
        About::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_says_what_it_is_about() {
        let service = || About::Service(ServiceName::new("x"));
        let callback = || About::Callback(CallbackId::new("x"));
        for (route, about) in [
            ("/genesys/service/callback/{service}", service()),
            ("/genesys/1/service/callback/{service}/{id}", service()),
            (
                "/genesys/2/service/callback/{service}/availability",
                service(),
            ),
            ("/genesys/1/service/{id}/check-queue-position", callback()),
            ("/genesys/service/{id}/{action}", callback()),
            ("/genesys/1/service/{name}", About::Nothing),
            ("/genesys/1/service/match-interaction", About::Nothing),
            ("/genesys/1/notification/subscription/{id}", About::Nothing),
        ] {
            let route = in_family(route).unwrap();
            assert_eq!(by_first(route, "x"), about, "{route}");
        }
        assert_eq!(in_family("/v1/services/{service}"), None);
    }

    #[test]
    fn a_query_may_name_a_callback() {
        let callback = |id| About::Callback(CallbackId::new(id));
        assert_eq!(by_id("operand=AND&_id=07-%78&_id=other"), callback("07-x"));
        assert_eq!(by_id("_customer_number=5115"), About::Nothing);
        assert_eq!(by_id(""), About::Nothing);
    }
}

//! What a request is about: a service, a callback, or neither.

use ringback_core::ids::{CallbackId, ServiceName};

use super::routes::Scope;

/// What a request is about.
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
    /// As the route says, by the first parameter of its path and the query.
    pub fn of(scope: Scope, first: Option<&str>, query: Option<&str>) -> Self {
        match (scope, first) {
            (Scope::Service, Some(name)) => Self::Service(ServiceName::new(name)),
            (Scope::Callback, Some(id)) => Self::Callback(CallbackId::new(id)),
            (Scope::CallbackInQuery, _) => by_id(query.unwrap_or_default()),
            (Scope::Nothing | Scope::Service | Scope::Callback, _) => Self::Nothing,
        }
    }
}

fn by_id(query: &str) -> About {
    let id = form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "_id");
    id.map_or(About::Nothing, |(_, id)| {
        About::Callback(CallbackId::new(id))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_says_what_it_is_about() {
        let (service, callback) = (ServiceName::new("x"), CallbackId::new("x"));
        for (scope, about) in [
            (Scope::Nothing, About::Nothing),
            (Scope::Service, About::Service(service)),
            (Scope::Callback, About::Callback(callback)),
            (Scope::CallbackInQuery, About::Nothing),
        ] {
            assert_eq!(About::of(scope, Some("x"), None), about, "{scope:?}");
        }
    }

    #[test]
    fn a_query_may_name_a_callback() {
        let by_id = |query| About::of(Scope::CallbackInQuery, None, Some(query));
        let callback = |id| About::Callback(CallbackId::new(id));
        assert_eq!(by_id("operand=AND&_id=07-%78&_id=other"), callback("07-x"));
        assert_eq!(by_id("_customer_number=5115"), About::Nothing);
        assert_eq!(by_id(""), About::Nothing);
    }
}

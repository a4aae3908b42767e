//! A subscription, as both families show it.

use ringback_core::subscription::Subscription;
use serde::Serialize;
use utoipa::ToSchema;

/// A subscription. The device may be an address with credentials, so it is not told back.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SubscriptionView {
    id: String,
    subscriber_id: String,
    /// Which events: a name, with `*` for any rest.
    #[schema(example = "_cbe_on_dial_*")]
    filter: String,
    #[schema(format = DateTime)]
    expiration_time: String,
    /// None for the default one.
    #[schema(required)]
    provider_name: Option<String>,
    notification_details: Details,
}

/// How somebody is told.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SubscriptionDetails)]
pub struct Details {
    #[serde(rename = "type")]
    #[schema(example = "httpcb")]
    kind: &'static str,
}

impl From<&Subscription> for SubscriptionView {
    fn from(subscription: &Subscription) -> Self {
        let recipient = &subscription.recipient;
        Self {
            id: subscription.id.to_string(),
            subscriber_id: subscription.subscriber.clone(),
            filter: subscription.filter.as_str().to_owned(),
            expiration_time: subscription.expires.to_string(),
            provider_name: recipient.provider.clone(),
            notification_details: Details {
                kind: recipient.kind.as_str(),
            },
        }
    }
}

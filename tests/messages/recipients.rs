//! Who is told of events, and how: subscriptions, publications, providers, addresses.

use ringback_core::bulletin::{BulletinError, read_bulletin};
use ringback_core::ids::BulletinId;
use ringback_core::notify::{Destination, ParcelError, Provider, Providers, Recipient};
use ringback_core::outbound::{AllowList, Forbidden};
use ringback_core::service::options::NotificationType;
use ringback_core::subscription::{SubscriptionError, read_subscription};
use serde_json::{Value, json};

use super::{Row, Section, left_out, now, variants};

variants!(variant, VARIANTS: SubscriptionError {
    SubscriptionError::Missing(_) => "Missing",
    SubscriptionError::Authorization => "Authorization",
    SubscriptionError::Value { .. } => "Value",
    SubscriptionError::Unknown { .. } => "Unknown",
    SubscriptionError::Filter(_) => "Filter",
});

variants!(bulletin_variant, BULLETIN_VARIANTS: BulletinError {
    BulletinError::Tag(_) => "Tag",
    BulletinError::Message => "Message",
    BulletinError::TooMuch(_) => "TooMuch",
    BulletinError::Unknown(_) => "Unknown",
});

variants!(parcel_variant, PARCEL_VARIANTS: ParcelError {
    ParcelError::Provider { .. } => "Provider",
    ParcelError::Base { .. } => "Base",
    ParcelError::Target { .. } => "Target",
});

variants!(address_variant, ADDRESS_VARIANTS: Forbidden {
    Forbidden::NoUrl(_) => "NoUrl",
    Forbidden::TooLong(_) => "TooLong",
    Forbidden::Scheme(_) => "Scheme",
    Forbidden::NoHost => "NoHost",
    Forbidden::Address(_) => "Address",
    Forbidden::Name(_) => "Name",
    Forbidden::Leads { .. } => "Leads",
});

pub fn sections() -> Vec<Section> {
    vec![subscriptions(), bulletins(), recipients(), addresses()]
}

type Table = Vec<(Value, &'static [&'static str])>;

fn subscriptions() -> Section {
    let push = json!({"type": "httpcb", "deviceId": "https://crm.example/"});
    let table: Table = vec![
        (json!({}), &["'subscriberId'"]),
        (json!({"subscriberId": "crm"}), &["'notificationDetails'"]),
        (
            json!({"subscriberId": "crm", "authorization": "ZGVtbzo="}),
            &["'authorization'", "providerName"],
        ),
        (
            json!({"subscriberId": "crm", "notificationDetails": {"type": "fax"}}),
            &["'type'", "'fax'"],
        ),
        (
            json!({"subscriberId": "crm", "notificationDetails": {"type": "httpcb"}}),
            &["deviceId"],
        ),
        (
            json!({"subscriberId": 5, "notificationDetails": push}),
            &["'subscriberId'", "5"],
        ),
        (
            json!({"subscriberId": "crm", "expire": 5, "notificationDetails": push}),
            &["'expire'", "5", "30"],
        ),
        (
            json!({"subscriberId": "crm", "filter": "a b", "notificationDetails": push}),
            &["filter", "'a b'"],
        ),
        (
            json!({"subscriberId": "crm", "device": 1, "notificationDetails": push}),
            &["'device'"],
        ),
        (
            json!({"subscriberId": "crm", "notificationDetails": {"type": "httpcb", "deviceId": "https://crm.example/", "properties": {"debug": 1}}}),
            &["'debug'", "1"],
        ),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (sent, names) in table {
        let body = sent.as_object().unwrap().clone();
        let error = read_subscription(body, now()).err();
        found.extend(error.as_ref().map(variant));
        rows.push(Row::refused(sent, error, names));
    }
    rows.extend(left_out(VARIANTS, &found));
    Section {
        title: "Subscriptions",
        rows,
    }
}

fn bulletins() -> Section {
    let table: Table = vec![
        (json!({"tag": "a b", "message": {}}), &["'tag'", "a b"]),
        (json!({"tag": "news"}), &["'message'"]),
        (
            json!({"tag": "news", "message": {"a": [[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}}),
            &["'message'", "17 levels deep"],
        ),
        (json!({"tag": "news", "message": {}, "to": 1}), &["'to'"]),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (sent, names) in table {
        let body = sent.as_object().unwrap().clone();
        let error = read_bulletin(body, BulletinId::new("07-x"), now()).err();
        found.extend(error.as_ref().map(bulletin_variant));
        rows.push(Row::refused(sent, error, names));
    }
    rows.extend(left_out(BULLETIN_VARIANTS, &found));
    Section {
        title: "Publications",
        rows,
    }
}

fn recipients() -> Section {
    let providers = Providers::from([("push".to_owned(), Provider::default())]);
    let recipient = |kind, address: &str, provider: Option<&str>| Recipient {
        kind,
        address: address.to_owned(),
        provider: provider.map(str::to_owned),
        ..Recipient::default()
    };
    let destination = |recipient: &Recipient| -> Result<Destination, ParcelError> {
        recipient.destination(&providers)
    };
    let table: [(&str, Recipient, &'static [&'static str]); 3] = [
        (
            "provider nobody",
            recipient(NotificationType::OrsCb, "S", Some("nobody")),
            &["_status_notification_provider", "'nobody'", "push"],
        ),
        (
            "type orscb",
            recipient(NotificationType::OrsCb, "S", Some("push")),
            &["_status_notification_type", "orscb", "'push'"],
        ),
        (
            "type amqp, target a/b/c of the house",
            recipient(NotificationType::Amqp, "ringback.requests/now.start", None),
            &[
                "_status_notification_target",
                "'ringback.requests/now.start'",
                "amqp",
            ],
        ),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (sent, recipient, names) in table {
        let error = destination(&recipient).err();
        found.extend(error.as_ref().map(parcel_variant));
        rows.push(Row::refused(sent, error, names));
    }
    rows.extend(left_out(PARCEL_VARIANTS, &found));
    Section {
        title: "Recipients",
        rows,
    }
}

/// They stand behind the name of the parameter, as in `_status_notification_target: …`.
fn addresses() -> Section {
    let long = format!("https://crm.example/{}", "x".repeat(5000));
    let table: [(&str, &'static [&'static str]); 6] = [
        ("crm", &["address"]),
        (&long, &["5020", "4096"]),
        ("ftp://crm.example/", &["'ftp'", "http"]),
        ("http://10.0.0.1/", &["10.0.0.1"]),
        ("http://localhost/", &["'localhost'"]),
        ("http://", &["host"]),
    ];
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (sent, names) in table {
        let error = AllowList::default().check(sent).err();
        found.extend(error.as_ref().map(address_variant));
        let sent: String = sent.chars().take(60).collect();
        rows.push(Row::refused(sent, error, names));
    }
    for (sent, error, names) in [
        ("http: without a host", Forbidden::NoHost, &["host"][..]),
        (
            "http://inside.example/, which leads inside",
            Forbidden::Leads {
                host: "inside.example".to_owned(),
                address: "10.0.0.1".parse().unwrap(),
            },
            &["'inside.example'", "10.0.0.1"],
        ),
    ] {
        found.push(address_variant(&error));
        rows.push(Row::new(sent, error, names));
    }
    rows.extend(left_out(ADDRESS_VARIANTS, &found));
    Section {
        title: "Addresses",
        rows,
    }
}

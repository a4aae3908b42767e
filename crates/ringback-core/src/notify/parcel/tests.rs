//! Parcels: where they go, and what is in them.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::{Destination, Parcel};
use crate::event::EventName;
use crate::notify::{Provider, Providers, Recipient};
use crate::service::options::NotificationType;
use crate::tests::sample::object;

mod addresses;

const DIAL: &str = "_cbe_on_dial_init";

fn providers() -> Providers {
    let provider = |url: Option<&str>| Provider {
        url: url.map(str::to_owned),
        ..Provider::default()
    };
    let text = |text: &str| [(EventName::DialInit, text.to_owned())].into();
    let mine = Provider {
        debug: Some("tests".to_owned()),
        texts: [
            ("de".to_owned(), text("Wir rufen an")),
            ("en".to_owned(), text("We are calling")),
        ]
        .into(),
        ..provider(Some("https://user:secret@push.example/api/"))
    };
    let tests = Provider {
        texts: [("de".to_owned(), text("Probe"))].into(),
        ..provider(Some("http://tests.example:8080"))
    };
    let named = [("mine", mine), ("tests", tests), ("bare", provider(None))];
    named.map(|(name, it)| (name.to_owned(), it)).into()
}

fn recipient(kind: NotificationType, address: &str, provider: Option<&str>) -> Recipient {
    Recipient {
        kind,
        address: address.to_owned(),
        provider: provider.map(str::to_owned),
        ..Recipient::default()
    }
}

fn destination(
    kind: NotificationType,
    address: &str,
    provider: Option<&str>,
) -> Result<Destination, String> {
    let recipient = recipient(kind, address, provider);
    recipient
        .destination(&providers())
        .map_err(|error| error.to_string())
}

fn message() -> Map<String, Value> {
    object(json!({
        "event_id": DIAL, "timestamp": "1467575992", "_customer_number": "+1 650&x=y", "c_call_result": 0,
        "c_target": {"agent": "KSippola"}, "nothing": null,
    }))
}

fn parcel(recipient: &Recipient, tag: &str) -> Parcel {
    let destination = recipient.destination(&providers()).unwrap();
    recipient.parcel(&destination, tag, message(), &providers())
}

/// What is in the parcel for a recipient, as JSON.
fn body(recipient: &Recipient, tag: &str) -> Value {
    let (Parcel::Post { body, .. } | Parcel::Publish { body, .. }) = parcel(recipient, tag);
    serde_json::from_slice(&body).unwrap()
}

fn enveloped(device: &str, text: Option<&str>) -> Value {
    let mut message = message();
    message.extend(text.map(|text| ("_text".to_owned(), json!(text))));
    json!({ "deviceId": device, "message": message })
}

const HTTP: &str = "https://crm.example/hook?token=secret";

#[test]
fn a_url_gets_the_message_itself() {
    let recipient = recipient(NotificationType::HttpCb, HTTP, None);
    let Parcel::Post {
        url,
        content_type,
        body,
    } = parcel(&recipient, DIAL)
    else {
        panic!("it is posted");
    };
    assert_eq!((url.as_str(), content_type), (HTTP, "application/json"));
    assert_eq!(
        serde_json::from_slice::<Value>(&body).unwrap(),
        Value::Object(message())
    );
}

/// `{deviceId, message}`; an envelope for whoever asks for one. The device is the address unless it has a name.
#[test]
fn push_types_get_the_message_in_an_envelope() {
    let (http, custom, amqp) = (
        NotificationType::HttpCb,
        NotificationType::CustomHttp,
        NotificationType::Amqp,
    );
    for (kind, address, provider, envelope, is_enveloped) in [
        (http, HTTP, None, false, false),
        (http, HTTP, None, true, true),
        (custom, HTTP, None, false, true),
        (custom, "d-7", Some("mine"), false, true),
        (custom, "d-7", Some("mine"), true, true),
        (amqp, "x/y", None, false, false),
        (amqp, "x/y", None, true, true),
        (amqp, "", None, true, true),
    ] {
        for device in [None, Some("phone")] {
            let recipient = Recipient {
                envelope,
                device: device.map(str::to_owned),
                ..recipient(kind, address, provider)
            };
            let expected = if is_enveloped {
                enveloped(device.unwrap_or(address), None)
            } else {
                Value::Object(message())
            };
            assert_eq!(
                body(&recipient, DIAL),
                expected,
                "{kind:?} {address} {envelope}"
            );
        }
    }
}

/// Of its provider, for the event.
#[test]
fn an_envelope_has_a_text_in_the_language_of_the_recipient() {
    for (provider, debug, language, tag, text) in [
        ("mine", false, Some("de"), DIAL, Some("Wir rufen an")),
        ("mine", false, Some("en"), DIAL, Some("We are calling")),
        ("mine", true, Some("de"), DIAL, Some("Probe")),
        ("mine", true, Some("en"), DIAL, None),
        ("mine", false, Some("fr"), DIAL, None),
        ("mine", false, None, DIAL, None),
        ("mine", false, Some("de"), "_cbe_on_dial_done", None),
        ("mine", false, Some("de"), "whatever", None),
        ("tests", false, Some("de"), DIAL, Some("Probe")),
    ] {
        let recipient = Recipient {
            debug,
            language: language.map(str::to_owned),
            ..recipient(NotificationType::CustomHttp, "d-7", Some(provider))
        };
        assert_eq!(
            body(&recipient, tag),
            enveloped("d-7", text),
            "{provider} {language:?} {tag}"
        );
    }
}

#[test]
fn a_message_itself_has_no_text() {
    let recipient = Recipient {
        language: Some("de".to_owned()),
        ..recipient(NotificationType::HttpCb, HTTP, Some("mine"))
    };
    assert_eq!(body(&recipient, DIAL), Value::Object(message()));
}

/// With the keys of the message as parameters; what is no text is JSON.
#[test]
fn a_session_gets_an_event_with_the_message_as_parameters() {
    let recipient = Recipient {
        envelope: true,
        ..recipient(NotificationType::OrsCb, "00FAVH4I", Some("tests"))
    };
    let Parcel::Post {
        url,
        content_type,
        body,
    } = parcel(&recipient, DIAL)
    else {
        panic!("it is posted");
    };
    assert_eq!(
        url.as_str(),
        "http://tests.example:8080/scxml/session/00FAVH4I/event/_cbe_on_dial_init"
    );
    assert_eq!(content_type, "application/x-www-form-urlencoded");
    let mut pairs: Vec<_> = form_urlencoded::parse(&body).into_owned().collect();
    pairs.sort();
    let expected = [
        ("_customer_number", "+1 650&x=y"),
        ("c_call_result", "0"),
        ("c_target", r#"{"agent":"KSippola"}"#),
        ("event_id", DIAL),
        ("nothing", "null"),
        ("timestamp", "1467575992"),
    ];
    assert_eq!(
        pairs,
        expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
    );
}

/// For whom it may concern under the name of the event, or as the address says.
#[test]
fn an_exchange_gets_the_message_under_a_key() {
    for (address, exchange, key) in [
        ("", None, DIAL),
        ("crm/calls", Some("crm"), "calls"),
        ("crm/calls/of/today", Some("crm"), "calls/of/today"),
        ("ringback.events/calls", None, "calls"),
        ("ringbacker/calls", Some("ringbacker"), "calls"),
    ] {
        let recipient = recipient(NotificationType::Amqp, address, None);
        let Parcel::Publish {
            exchange: to,
            key: with,
            body,
        } = parcel(&recipient, DIAL)
        else {
            panic!("it is published");
        };
        assert_eq!(
            (to.as_deref(), with.as_str()),
            (exchange, key),
            "'{address}'"
        );
        assert_eq!(
            serde_json::from_slice::<Value>(&body).unwrap(),
            Value::Object(message())
        );
    }
}

#[test]
fn debug_shows_neither_body_nor_address() {
    for (kind, address) in [
        (NotificationType::HttpCb, HTTP),
        (NotificationType::OrsCb, "00FAVH4I"),
        (NotificationType::CustomHttp, "d-7"),
        (NotificationType::Amqp, "crm/calls"),
    ] {
        let recipient = recipient(kind, address, Some("mine"));
        let destination = recipient.destination(&providers()).unwrap();
        let parcel = recipient.parcel(&destination, DIAL, message(), &providers());
        for shown in [format!("{parcel:?}"), format!("{destination:?}")] {
            for hidden in ["secret", "650", "KSippola", "00FAVH4I", "d-7", "calls"] {
                assert!(!shown.contains(hidden), "{shown}");
            }
        }
    }
}

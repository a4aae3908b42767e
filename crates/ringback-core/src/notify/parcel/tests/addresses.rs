//! Where parcels go, how that is shown, and what is no address.

use proptest::prelude::*;

use super::{Destination, Recipient, destination, providers, recipient};
use crate::service::options::NotificationType;

const HTTP: NotificationType = NotificationType::HttpCb;
const ORS: NotificationType = NotificationType::OrsCb;
const CUSTOM: NotificationType = NotificationType::CustomHttp;
const AMQP: NotificationType = NotificationType::Amqp;

/// Where a recipient's messages go to: as it is, as it is shown, and who is left alone when it fails.
fn check(
    kind: NotificationType,
    address: &str,
    provider: Option<&str>,
    to: &str,
    shown: &str,
    host: &str,
) {
    let found =
        destination(kind, address, provider).unwrap_or_else(|error| panic!("{address}: {error}"));
    let (Destination::Http(url) | Destination::Session(url)) = &found else {
        panic!("{address} is no exchange");
    };
    assert_eq!(url.as_str(), to);
    assert_eq!(
        (found.shown().as_str(), found.host().as_str()),
        (shown, host),
        "{address}"
    );
}

/// The words in which an address is refused.
fn check_refused(kind: NotificationType, address: &str, provider: Option<&str>, expected: &str) {
    let told = destination(kind, address, provider).map(|found| found.shown());
    assert_eq!(told.unwrap_err(), expected, "{address}");
}

/// The words of a target that does not fit its type.
fn unfit(shown: &str, kind: NotificationType) -> String {
    let allowed = match kind {
        HTTP => "an http or https URL, or a path under the provider's url",
        ORS => "a session id: 1 to 128 letters, digits, '-', '_', '.' and '~'",
        CUSTOM => "an http or https URL, or a device id with a provider that has a url",
        AMQP => "nothing, or 'exchange/key' of an exchange that is not the house's own",
    };
    let kind = kind.as_str();
    format!("_status_notification_target '{shown}' does not fit type {kind}: allowed is {allowed}")
}

#[test]
fn a_url_is_posted_to_and_shown_without_credentials() {
    for kind in [HTTP, CUSTOM] {
        check(
            kind,
            "https://user:secret@crm.example:8443/hook?token=secret#secret",
            None,
            "https://user:secret@crm.example:8443/hook?token=secret#secret",
            "https://crm.example:8443/hook",
            "https://crm.example:8443",
        );
        check(
            kind,
            "HTTP://CRM.example:80",
            None,
            "http://crm.example/",
            "http://crm.example/",
            "http://crm.example",
        );
        check(
            kind,
            "http://[::1]:1664/a%20b",
            Some("bare"),
            "http://[::1]:1664/a%20b",
            "http://[::1]:1664/a%20b",
            "http://[::1]:1664",
        );
    }
}

/// Below its path, on its host, with its credentials.
#[test]
fn a_path_is_under_the_providers_url() {
    for (address, below) in [
        ("/hook", "hook"),
        ("/hook/of/crm?x=y", "hook/of/crm?x=y"),
        ("/", ""),
        ("//evil.example/hook", "/evil.example/hook"),
        ("/\\evil.example/hook", "/evil.example/hook"),
        ("/@evil.example", "@evil.example"),
        ("/a/../b", "b"),
    ] {
        let to = format!("https://user:secret@push.example/api/{below}");
        let path = below.split('?').next().unwrap();
        let shown = format!("https://push.example/api/{path}");
        check(
            HTTP,
            address,
            Some("mine"),
            &to,
            &shown,
            "https://push.example",
        );
    }
    check(
        HTTP,
        "/hook",
        Some("tests"),
        "http://tests.example:8080/hook",
        "http://tests.example:8080/hook",
        "http://tests.example:8080",
    );
    for address in ["/..", "/../hook", "/%2e%2e/hook", "/a/../../hook"] {
        check_refused(HTTP, address, Some("mine"), &unfit(address, HTTP));
    }
}

#[test]
fn a_session_is_under_the_providers_url() {
    check(
        ORS,
        "00FAVH4I-._~",
        Some("mine"),
        "https://user:secret@push.example/api/scxml/session/00FAVH4I-._~/event/",
        "https://push.example/api/scxml/session/00FAVH4I-._~/event/",
        "https://push.example",
    );
    let longest = "x".repeat(128);
    let to = format!("http://tests.example:8080/scxml/session/{longest}/event/");
    check(
        ORS,
        &longest,
        Some("tests"),
        &to,
        &to,
        "http://tests.example:8080",
    );
}

#[test]
fn a_device_is_told_by_its_provider() {
    for address in ["d-7", "APA91b:x y", "/not/a/path", "ftp://crm.example"] {
        let to = "https://user:secret@push.example/api/";
        check(
            CUSTOM,
            address,
            Some("mine"),
            to,
            "https://push.example/api/",
            "https://push.example",
        );
    }
}

#[test]
fn an_exchange_is_shown_with_its_key() {
    for (address, shown) in [
        ("", "amqp:ringback.events/{event_id}"),
        ("ringback.events/calls", "amqp:ringback.events/calls"),
        ("crm/calls", "amqp:crm/calls"),
    ] {
        let found = destination(AMQP, address, None).unwrap();
        assert_eq!(
            (found.shown().as_str(), found.host().as_str()),
            (shown, "amqp")
        );
    }
    let (name, key) = ("x".repeat(255), "y".repeat(255));
    assert!(destination(AMQP, &format!("{name}/{key}"), None).is_ok());
}

#[test]
fn what_does_not_fit_is_refused() {
    let longest = "x".repeat(255);
    for (kind, address) in [
        (HTTP, ""),
        (HTTP, "crm.example/hook"),
        (HTTP, "<your URL>"),
        (HTTP, "ftp://crm.example"),
        (HTTP, "http://"),
        (ORS, ""),
        (ORS, "."),
        (ORS, ".."),
        (ORS, "a/b"),
        (ORS, "a b"),
        (ORS, "ä"),
        (AMQP, "crm"),
        (AMQP, "/key"),
        (AMQP, "crm/"),
        (AMQP, "/"),
        (AMQP, "amq.default/ringback.requests"),
        (AMQP, "ringback.requests/sales.start"),
        (AMQP, "ringback.dead/x"),
        (AMQP, "ringback./x"),
    ] {
        check_refused(kind, address, Some("mine"), &unfit(address, kind));
    }
    let shown = format!("{}…", "x".repeat(80));
    for address in [format!("{longest}x/key"), format!("{longest}/{longest}x")] {
        check_refused(AMQP, &address, None, &unfit(&shown, AMQP));
    }
    check_refused(ORS, &"x".repeat(129), Some("mine"), &unfit(&shown, ORS));
}

/// Neither user nor password nor what a query says.
#[test]
fn no_error_repeats_a_credential() {
    for (address, shown) in [
        ("ftp://user:secret@crm.example/hook", "crm.example/hook"),
        (
            "ftp://crm.example/hook?token=secret",
            "ftp://crm.example/hook",
        ),
        ("ftp://u:secret@crm.example/?t=a@b#secret", "b"),
        ("crm.example/hook?token=secret", "crm.example/hook"),
        ("user:secret@crm.example", "crm.example"),
    ] {
        check_refused(HTTP, address, None, &unfit(shown, HTTP));
        check_refused(ORS, address, Some("mine"), &unfit(shown, ORS));
    }
    let amqp = "amqp://user:secret@broker.example";
    check_refused(
        AMQP,
        &format!("ringback.x/{amqp}"),
        None,
        &unfit("broker.example", AMQP),
    );
}

#[test]
fn a_provider_that_is_needed_is_there_and_has_a_url() {
    let unknown =
        "_status_notification_provider 'mine2' does not exist; known are: bare, mine, tests";
    for (kind, address) in [
        (HTTP, "http://crm.example"),
        (ORS, "1"),
        (CUSTOM, "d-7"),
        (AMQP, ""),
    ] {
        check_refused(kind, address, Some("mine2"), unknown);
    }
    for (kind, address) in [(HTTP, "/hook"), (ORS, "1"), (CUSTOM, "d-7")] {
        for (named, told) in [(None, "default"), (Some("bare"), "bare")] {
            let base = format!(
                "_status_notification_type {} needs a provider with a url: '{told}' has none",
                kind.as_str()
            );
            check_refused(kind, address, named, &base);
        }
    }
}

/// It may be gone, although the provider itself is there.
#[test]
fn in_debug_mode_the_other_provider_is_needed() {
    let recipient = Recipient {
        debug: true,
        ..recipient(CUSTOM, "d-7", Some("mine"))
    };
    let mut providers = providers();
    let found = recipient.destination(&providers).unwrap();
    assert_eq!(found.host(), "http://tests.example:8080");
    providers.remove("tests");
    let told = recipient.destination(&providers).unwrap_err().to_string();
    let expected = "_status_notification_provider 'tests' does not exist; known are: bare, mine";
    assert_eq!(told, expected);
}

proptest! {
    /// Whatever the address, what is under a provider stays there, and no secret is shown.
    #[test]
    fn no_address_is_too_strange(
        kind in proptest::sample::select(NotificationType::ALL.to_vec()),
        address in prop_oneof![".*", "/[a-z./\\\\%@?#]{0,20}", "[a-z]{1,5}://[a-z:@./?#]{0,30}"],
    ) {
        let Ok(found) = destination(kind, &address, Some("mine")) else {
            return Ok(());
        };
        let shown = found.shown();
        assert!(!shown.contains("secret"), "{shown}");
        if address.starts_with('/') && kind != AMQP {
            assert_eq!(found.host(), "https://push.example");
            assert!(shown.starts_with("https://push.example/api/"), "{shown}");
        }
    }
}

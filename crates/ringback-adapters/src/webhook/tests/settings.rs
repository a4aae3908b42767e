//! What is said of a provider's settings, and what is not.

use super::*;

#[test]
fn an_address_that_cannot_be_used_is_named_without_its_value() {
    for url in [
        "ftp://crm.example/",
        "mailto:hunter2@crm.example",
        "https://me:hunter2@crm.example/",
        "https://hunter2@crm.example/",
    ] {
        let url = Some(Url::parse(url).unwrap());
        let provider = Provider {
            url,
            ..Provider::default()
        };
        assert_refused("url", provider);
    }
    for url in ["socks5://me:hunter2@proxy.example/", "mailto:hunter2@x"] {
        let proxy = Some(Url::parse(url).unwrap());
        let provider = Provider {
            proxy,
            ..Provider::default()
        };
        assert_refused("proxy", provider);
    }
}

#[test]
fn credentials_that_cannot_be_used_are_named_without_their_value() {
    let home = || Some(Url::parse("https://crm.example/").unwrap());
    for (field, url, credentials) in [
        ("username", None, named("me")),
        ("username", home(), named("m:e")),
        ("token", None, bearer("hunter2")),
        ("token", home(), bearer("hunter2\n")),
    ] {
        let provider = Provider {
            url,
            credentials: Some(credentials),
            ..Provider::default()
        };
        assert_refused(field, provider);
    }
}

#[test]
fn certificates_that_cannot_be_used_are_named_without_their_value() {
    let garbage = "-----BEGIN CERTIFICATE-----\naHVudGVyMg==\n-----END CERTIFICATE-----\n";
    for pem in ["", "hunter2", garbage] {
        let pem = || Some(pem.as_bytes().to_vec());
        let authority = Provider {
            ca: pem(),
            ..Provider::default()
        };
        assert_refused("ca", authority);
        let identity = Provider {
            client_identity: pem(),
            ..Provider::default()
        };
        assert_refused("client_identity", identity);
    }
}

fn assert_refused(field: &str, provider: Provider) {
    let error = with_provider(&[], provider, &names(&[])).unwrap_err();
    let error = error.to_string();
    let named = format!("provider 'crm', {field}: ");
    assert!(error.starts_with(&named), "{field}: {error}");
    assert!(!error.contains("hunter2"), "{error}");
    assert!(!error.contains('\n'), "{error}");
}

#[test]
fn nothing_secret_is_shown() {
    let provider = Provider {
        url: Some(Url::parse("https://crm.example/?hunter2").unwrap()),
        credentials: Some(named("me")),
        ca: Some(b"hunter2".to_vec()),
        client_identity: Some(b"hunter2".to_vec()),
        proxy: Some(Url::parse("http://me:hunter2@proxy.example:3128/").unwrap()),
        secrets: vec![Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap()],
    };
    let options = WebhookOptions {
        providers: [
            ("crm".to_owned(), provider),
            (
                "other".to_owned(),
                Provider {
                    credentials: Some(bearer("hunter2")),
                    ..Provider::default()
                },
            ),
        ]
        .into(),
        ..WebhookOptions::default()
    };
    let shown = format!("{options:?}");
    for visible in [
        "crm.example",
        "proxy.example:3128",
        "Basic",
        "Bearer",
        "Secret(v1)",
    ] {
        assert!(shown.contains(visible), "{visible} in {shown}");
    }
    for hidden in ["hunter2", "MfKQ", "104, 117"] {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
    assert_eq!(format!("{:?}", sender(&[])), "WebhookSender([\"default\"])");
}

fn named(username: &str) -> Credentials {
    Credentials::Basic {
        username: username.to_owned(),
        password: "hunter2".to_owned(),
    }
}

fn bearer(token: &str) -> Credentials {
    Credentials::Bearer(token.to_owned())
}

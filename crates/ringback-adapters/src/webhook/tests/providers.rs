//! Credentials, and whom they are for.

use super::server::values;
use super::*;

fn basic() -> Option<Credentials> {
    Some(Credentials::Basic {
        username: "ringback".to_owned(),
        password: "hunter2:\u{fc}".to_owned(),
    })
}

fn bearer() -> Option<Credentials> {
    Some(Credentials::Bearer("hunter2".to_owned()))
}

/// `hooks.example` and others lead to this machine, which only the provider's own address opens.
fn provider(server: &Server, credentials: Option<Credentials>) -> Provider {
    let url = format!("http://hooks.example:{}/base", server.port);
    Provider {
        url: Some(Url::parse(&url).unwrap()),
        credentials,
        ..Provider::default()
    }
}

fn local_names() -> Lookup {
    names(&[
        ("hooks.example", "127.0.0.1"),
        ("other.example", "127.0.0.1"),
    ])
}

async fn authorization(
    server: &mut Server,
    allow: &[&str],
    given: Provider,
    url: &str,
) -> Vec<String> {
    let sender = with_provider(allow, given, &local_names()).unwrap();
    sender.post(post_by_provider(url)).await.unwrap();
    values(&server.request().await, "authorization")
}

#[tokio::test]
async fn credentials_go_to_the_origin_of_the_provider() {
    let mut server = Server::start(OK).await;
    let url = format!("http://hooks.example:{}/elsewhere?a", server.port);
    for (credentials, expected) in [
        (basic(), "Basic cmluZ2JhY2s6aHVudGVyMjrDvA=="),
        (bearer(), "Bearer hunter2"),
    ] {
        let given = provider(&server, credentials);
        let sent = authorization(&mut server, &[], given, &url).await;
        assert_eq!(sent, [expected]);
    }
    // Those of the address itself are more exact.
    let given = provider(&server, bearer());
    let own = format!("http://u:p@hooks.example:{}/", server.port);
    let sent = authorization(&mut server, &[], given, &own).await;
    assert_eq!(sent, ["Basic dTpw"]);
}

#[tokio::test]
async fn credentials_go_nowhere_else() {
    let home = Server::start(OK).await;
    let mut other = Server::start(OK).await;
    let port = other.port;
    for url in [
        // Another port, another name, the same machine by its address.
        format!("http://hooks.example:{port}/"),
        format!("http://other.example:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        format!("http://hooks.example.:{port}/"),
        format!("http://hooks.example@other.example:{port}/"),
    ] {
        let allow = ["127.0.0.0/8", "hooks.example."];
        let given = provider(&home, bearer());
        let lookup = names(&[
            ("hooks.example", "127.0.0.1"),
            ("hooks.example.", "127.0.0.1"),
            ("other.example", "127.0.0.1"),
        ]);
        let sender = with_provider(&allow, given, &lookup).unwrap();
        sender.post(post_by_provider(&url)).await.unwrap();
        let sent = values(&other.request().await, "authorization");
        assert!(
            !sent.iter().any(|value| value.contains("hunter2")),
            "{url}: {sent:?}"
        );
        assert!(
            !sent.iter().any(|value| value.starts_with("Bearer")),
            "{url}: {sent:?}"
        );
    }
    // The scheme is part of the origin: nothing is sent in the clear that is meant to be secret.
    let mut secure = provider(&home, bearer());
    secure.url = secure.url.map(|mut url| {
        url.set_scheme("https").unwrap();
        url
    });
    let mut home = home;
    let url = format!("http://hooks.example:{}/", home.port);
    assert!(authorization(&mut home, &[], secure, &url).await.is_empty());
}

#[tokio::test]
async fn a_provider_opens_its_own_host_to_itself_alone() {
    let server = Server::start(OK).await;
    let sender = with_provider(&[], provider(&server, None), &local_names()).unwrap();
    let url = format!("http://hooks.example:{}/", server.port);
    assert_eq!(
        sender.post(post_by_provider(&url)).await.unwrap().status,
        200
    );

    refusal(sender.post(post(&url)).await);
    let other = format!("http://other.example:{}/", server.port);
    refusal(sender.post(post_by_provider(&other)).await);
    refusal(sender.post(post_by_provider(&server.url("/"))).await);

    let literal = Provider {
        url: Some(Url::parse(&server.url("/")).unwrap()),
        ..Provider::default()
    };
    let sender = with_provider(&[], literal, &local_names()).unwrap();
    let receipt = sender.post(post_by_provider(&server.url("/"))).await;
    assert_eq!(receipt.unwrap().status, 200);
    refusal(sender.post(post(&server.url("/"))).await);
}

#[tokio::test]
async fn posts_without_a_provider_go_by_the_default_one() {
    let mut server = Server::start(OK).await;
    let options = |providers: &[&str]| WebhookOptions {
        providers: providers
            .iter()
            .map(|name| {
                let given = Provider {
                    url: Some(Url::parse(&server.url("/")).unwrap()),
                    credentials: Some(Credentials::Bearer((*name).to_owned())),
                    ..Provider::default()
                };
                ((*name).to_owned(), given)
            })
            .collect(),
        ..WebhookOptions::default()
    };
    let configured = WebhookSender::new(options(&["crm", "default"])).unwrap();
    let url = server.url("/");
    let by = |provider: Option<&str>| Post {
        provider: provider.map(str::to_owned),
        ..post(&url)
    };
    for (provider, expected) in [
        (None, "Bearer default"),
        (Some("default"), "Bearer default"),
        (Some("crm"), "Bearer crm"),
    ] {
        configured.post(by(provider)).await.unwrap();
        let sent = values(&server.request().await, "authorization");
        assert_eq!(sent, [expected]);
    }
    let told = refusal(configured.post(by(Some("CRM"))).await);
    assert!(told.contains("no provider 'CRM'"), "{told}");
    let told = refusal(configured.post(by(Some(""))).await);
    assert!(told.contains("no provider ''"), "{told}");

    // When it is not configured it adds nothing.
    let bare = sender(&["127.0.0.1"]);
    bare.post(by(Some("default"))).await.unwrap();
    assert!(values(&server.request().await, "authorization").is_empty());
}

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
    let named = |username: &str| Credentials::Basic {
        username: username.to_owned(),
        password: "hunter2".to_owned(),
    };
    let bearer = |token: &str| Credentials::Bearer(token.to_owned());
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
        credentials: basic(),
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
                    credentials: bearer(),
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

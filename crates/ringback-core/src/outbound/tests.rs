mod spellings;

use url::Url;

use super::*;

fn allowing(entries: &[&str]) -> AllowList {
    let parse = |text: &&str| Allow::parse(text).unwrap();
    AllowList::new(entries.iter().map(parse).collect())
}

#[test]
fn what_is_no_address_of_a_web_server_is_refused_by_what_is_wrong() {
    let long = format!("http://example.com/{}", "x".repeat(MAX_URL));
    for (url, why) in [
        ("", "it is no address"),
        ("nonsense", "it is no address"),
        ("http://", "it is no address"),
        ("http://a b/", "it is no address"),
        ("http://example.com:99999/", "it is no address"),
        ("ftp://example.com/", "'ftp': allowed are http and https"),
        ("file:///etc/passwd", "'file': allowed are http and https"),
        (
            "javascript:alert(1)",
            "'javascript': allowed are http and https",
        ),
        (
            "unix:/run/docker.sock",
            "'unix': allowed are http and https",
        ),
        (long.as_str(), "allowed are 4096"),
    ] {
        let error = AllowList::default().check(url).unwrap_err().to_string();
        assert!(error.contains(why), "{url}: {error}");
    }
}

#[test]
fn a_public_address_passes_as_it_is() {
    for url in [
        "http://example.com/hook?a=b#c",
        "https://user:password@example.com:8443/",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]:8080/",
        "http://localhost.example.com/",
        "http://notlocalhost/",
        "http://metadata.google.internal.example.com/",
    ] {
        let checked = AllowList::default().check(url).unwrap();
        assert_eq!(checked, Url::parse(url).unwrap());
    }
}

#[test]
fn names_of_this_machine_and_of_the_cloud_are_refused_without_asking() {
    for host in [
        "localhost",
        "LOCALHOST",
        "localhost.",
        "loc%61lhost",
        "\u{ff4c}ocalhost",
        "a.localhost",
        "a.b.localhost.",
        "metadata.google.internal",
        "Metadata.Google.Internal.",
    ] {
        let url = format!("http://{host}:8080/computeMetadata/v1/");
        let error = AllowList::default().check(&url).unwrap_err();
        assert!(matches!(error, Forbidden::Name(_)), "{host}: {error}");
    }
}

#[test]
fn a_refused_name_is_opened_by_itself_or_by_where_it_leads() {
    for (allowed, url) in [
        ("localhost", "http://localhost/"),
        ("127.0.0.0/8", "http://localhost/"),
        ("::1", "http://a.localhost./"),
        (
            "metadata.google.internal",
            "http://metadata.google.internal/",
        ),
        ("169.254.169.254", "http://metadata.google.internal/"),
    ] {
        assert!(allowing(&[allowed]).check(url).is_ok(), "{allowed}: {url}");
        assert!(allowing(&["10.0.0.0/8"]).check(url).is_err(), "{url}");
    }
    assert!(
        allowing(&["localhost"])
            .check("http://a.localhost/")
            .is_err()
    );
    // The address that a name stands for is not opened with the name.
    assert!(allowing(&["localhost"]).check("http://127.0.0.1/").is_err());
}

#[test]
fn people_are_shown_neither_credentials_nor_parameters() {
    for (url, expected) in [
        (
            "https://user:secret@Example.com:443/a/b?token=secret#secret",
            "https://example.com/a/b",
        ),
        ("http://secret@10.0.0.1:8080", "http://10.0.0.1:8080/"),
        ("http://[::1]:80/x?secret", "http://[::1]/x"),
        ("mailto:secret@example.com", "mailto:"),
    ] {
        assert_eq!(shown(&Url::parse(url).unwrap()), expected);
    }
}

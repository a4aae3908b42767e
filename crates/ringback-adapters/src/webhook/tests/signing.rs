//! The headers of Standard Webhooks.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use super::server::values;
use super::*;

const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// As a receiver does it.
fn is_signed_by(secret: &str, signature: &str, content: &str) -> bool {
    let key = STANDARD
        .decode(secret.strip_prefix("whsec_").unwrap())
        .unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let signature = STANDARD
        .decode(signature.strip_prefix("v1,").unwrap())
        .unwrap();
    hmac::verify(&key, content.as_bytes(), &signature).is_ok()
}

#[tokio::test]
async fn every_delivery_is_signed_by_each_secret_at_its_own_time() {
    let mut server = Server::start(OK).await;
    let clock = Clock::manual(Timestamp::from_millis(1_614_265_330_999));
    let provider = Provider {
        secrets: [OLD, NEW].map(|text| Secret::parse(text).unwrap()).into(),
        ..Provider::default()
    };
    let sender = WebhookSender::new(WebhookOptions {
        allow: allowing(&["127.0.0.1"]),
        providers: [("default".to_owned(), provider)].into(),
        clock: clock.clone(),
        ..WebhookOptions::default()
    })
    .unwrap();
    for (provider, timestamp) in [
        (None, "1614265330"),
        (Some("default".to_owned()), "1614265390"),
    ] {
        let mut signed = post(&server.url("/"));
        signed.provider = provider;
        // What a caller gives under these names does not come beside ours.
        let other = "x".to_owned();
        signed.headers = [
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "content-type",
        ]
        .map(|name| (name, other.clone()))
        .into();
        sender.post(signed).await.unwrap();

        let request = server.request().await;
        let (_, body) = request.split_once("\r\n\r\n").unwrap();
        assert_eq!(values(&request, "webhook-id"), ["07-1.1"]);
        assert_eq!(values(&request, "webhook-timestamp"), [timestamp]);
        assert_eq!(values(&request, "content-type"), ["application/json"]);
        let signatures = values(&request, "webhook-signature");
        assert_eq!(signatures.len(), 1, "{signatures:?}");
        let (old, new) = signatures[0].split_once(' ').unwrap();
        let content = format!("07-1.1.{timestamp}.{body}");
        assert!(is_signed_by(OLD, old, &content));
        assert!(is_signed_by(NEW, new, &content));
        assert!(!is_signed_by(NEW, old, &content));
        clock.advance(Duration::from_secs(60));
    }
}

#[tokio::test]
async fn the_time_is_told_without_secrets_too() {
    let mut server = Server::start(OK).await;
    sender(&["127.0.0.1"])
        .post(post(&server.url("/")))
        .await
        .unwrap();
    let request = server.request().await;
    let told = values(&request, "webhook-timestamp");
    let told: i64 = told[0].parse().unwrap();
    assert!(told <= Clock::system().now().as_secs() && told > 1_700_000_000);
}

//! Signatures, verified by the Standard Webhooks libraries of two other languages.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::harness::{Notification, Receiver, Up, sales};

const LIMIT: Duration = Duration::from_secs(30);
/// The secret that goes, the one that comes, and one that nobody signs with.
const OLD: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const NEW: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const OTHER: &str = "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn both_secrets_verify_while_one_replaces_the_other() {
    let verifiers = verifiers();
    if verifiers.is_empty() {
        let told = "left out: signatures needs RINGBACK_TEST_WEBHOOKS (./tests/run sets it)";
        writeln!(std::io::stderr(), "{told}").unwrap();
        return;
    }
    let receiver = Receiver::start().await;
    let told = signed(&receiver).await;
    assert_eq!(told.len(), 9);
    for verifier in &verifiers {
        for (secret, word) in [(OLD, "good"), (NEW, "good"), (OTHER, "bad")] {
            assert_eq!(verify(verifier, secret, &told), [word; 9], "{verifier:?}");
        }
        let mut forged = told.clone();
        forged
            .iter_mut()
            .for_each(|told| told.body = told.body.to_vec().to_ascii_uppercase().into());
        assert_eq!(verify(verifier, OLD, &forged), ["bad"; 9], "{verifier:?}");
    }
}

/// What came of a callback whose provider has two secrets.
async fn signed(receiver: &Receiver) -> Vec<Notification> {
    let target = format!(
        "_enable_status_notification = \"subscribe_notify\"\n_status_notification_target = \"{}\"",
        receiver.url
    );
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("new.secret"), NEW).unwrap();
    let provider =
        format!("[providers.default]\nsecrets = [\"{OLD}\", {{ file = \"new.secret\" }}]\n");
    let allow = "[notifier]\nallow = [\"127.0.0.1\"]\n";
    let config = format!("{}{provider}{allow}", sales(&target, 1));
    let up = Up::start_in(folder, &config, "speed=20").await;
    let id = up
        .client
        .start("now", json!({"_customer_number": "5115"}))
        .await;
    receiver.until_exit(&id, LIMIT).await
}

/// Program, script and library folder of each verifier.
#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment what is installed"
)]
fn verifiers() -> Vec<[String; 4]> {
    let script = |name: &str| format!("{}/../../tests/foreign/{name}", env!("CARGO_MANIFEST_DIR"));
    let Ok(folder) = std::env::var("RINGBACK_TEST_WEBHOOKS") else {
        return Vec::new();
    };
    let python = std::env::var("RINGBACK_TEST_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    vec![
        [
            python,
            script("verify.py"),
            "PYTHONPATH".to_owned(),
            format!("{folder}/python"),
        ],
        [
            "node".to_owned(),
            script("verify.cjs"),
            "NODE_PATH".to_owned(),
            format!("{folder}/node_modules"),
        ],
    ]
}

fn verify(
    [program, script, variable, folder]: &[String; 4],
    secret: &str,
    told: &[Notification],
) -> Vec<String> {
    let mut child = Command::new(program)
        .arg(script)
        .env(variable, folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    for told in told {
        let header = |name: &str| Value::from(told.headers[name].to_str().unwrap());
        let headers: serde_json::Map<_, _> =
            ["webhook-id", "webhook-timestamp", "webhook-signature"]
                .into_iter()
                .map(|name| (name.to_owned(), header(name)))
                .collect();
        let body = std::str::from_utf8(&told.body).unwrap();
        writeln!(
            input,
            "{}",
            json!({"secret": secret, "headers": headers, "body": body})
        )
        .unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

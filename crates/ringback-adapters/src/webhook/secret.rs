//! Signs what is delivered, as Standard Webhooks has it.

use std::fmt;
use std::sync::Arc;

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine};
use ring::hmac;
use ring::signature::Ed25519KeyPair;

const SHARED: &str = "whsec_";
const PRIVATE: &str = "whsk_";

/// Secrets are copied by hand, so their padding may have been lost.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A key that posts are signed with.
#[derive(Clone)]
pub struct Secret(Arc<Key>);

enum Key {
    /// Both sides have it.
    Shared(hmac::Key),
    /// Only we have it; the receiver has its public half.
    Private(Ed25519KeyPair),
}

impl Secret {
    /// Reads `whsec_…`, a shared key of 24 to 64 bytes, or `whsk_…`, an Ed25519 private key: its seed, or the seed and the
    /// public key. What follows the prefix is base64.
    ///
    /// # Errors
    /// When it is neither. The error does not show it.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let key = if let Some(text) = text.strip_prefix(SHARED) {
            shared(&decoded(SHARED, text)?)?
        } else if let Some(text) = text.strip_prefix(PRIVATE) {
            private(&decoded(PRIVATE, text)?)?
        } else {
            return Err(SecretError::Prefix);
        };
        Ok(Self(Arc::new(key)))
    }

    fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> String {
        match &*self.0 {
            Key::Shared(key) => {
                let mut signing = hmac::Context::with_key(key);
                for part in signed(id, timestamp, body) {
                    signing.update(part);
                }
                format!("v1,{}", STANDARD.encode(signing.sign()))
            }
            Key::Private(key) => {
                let signature = key.sign(&signed(id, timestamp, body).concat());
                format!("v1a,{}", STANDARD.encode(signature))
            }
        }
    }
}

/// Never shows the key.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self.0 {
            Key::Shared(_) => "Secret(v1)",
            Key::Private(_) => "Secret(v1a)",
        })
    }
}

/// `webhook-signature`: one of each secret; none without secrets.
pub(super) fn sign(secrets: &[Secret], id: &str, timestamp: &str, body: &[u8]) -> Option<String> {
    let signatures: Vec<_> = secrets
        .iter()
        .map(|secret| secret.sign(id, timestamp, body))
        .collect();
    (!signatures.is_empty()).then(|| signatures.join(" "))
}

/// What is signed, in parts.
fn signed<'a>(id: &'a str, timestamp: &'a str, body: &'a [u8]) -> [&'a [u8]; 5] {
    [id.as_bytes(), b".", timestamp.as_bytes(), b".", body]
}

fn shared(bytes: &[u8]) -> Result<Key, SecretError> {
    match bytes.len() {
        24..=64 => Ok(Key::Shared(hmac::Key::new(hmac::HMAC_SHA256, bytes))),
        length => Err(SecretError::SharedLength(length)),
    }
}

fn private(bytes: &[u8]) -> Result<Key, SecretError> {
    let pair = match bytes.split_at_checked(32) {
        Some((seed, [])) => Ed25519KeyPair::from_seed_unchecked(seed),
        Some((seed, public)) if public.len() == 32 => {
            Ed25519KeyPair::from_seed_and_public_key(seed, public)
        }
        Some(_) | None => return Err(SecretError::PrivateLength(bytes.len())),
    };
    pair.map(Key::Private).map_err(|_| SecretError::Halves)
}

fn decoded(prefix: &'static str, text: &str) -> Result<Vec<u8>, SecretError> {
    // The decoder's own error would show a character of it.
    LENIENT
        .decode(text)
        .map_err(|_| SecretError::Encoding(prefix))
}

/// A signing secret cannot be used. Never shows it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is of no known kind.
    #[error("a signing secret begins with 'whsec_' (HMAC) or 'whsk_' (Ed25519)")]
    Prefix,
    /// Not base64.
    #[error("what follows '{0}' in a signing secret is not base64")]
    Encoding(&'static str),
    /// Too short to be safe, or longer than receivers take.
    #[error("a signing secret 'whsec_' of {0} bytes, allowed are 24 to 64")]
    SharedLength(usize),
    /// Neither a seed nor a seed and a public key.
    #[error("a signing secret 'whsk_' of {0} bytes, allowed are 32 or 64")]
    PrivateLength(usize),
    /// The public key is of another private key.
    #[error("the two halves of a signing secret 'whsk_' do not belong together")]
    Halves,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::signature::{ED25519, KeyPair, UnparsedPublicKey};

    use super::*;

    // As in the test data of the libraries of Standard Webhooks.
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SHARED_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const SHARED_SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    const PRIVATE_SECRET: &str = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    const PRIVATE_SIGNATURE: &str = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

    fn signed_by(secrets: &[&str]) -> String {
        let parse = |text: &&str| Secret::parse(text).unwrap();
        let secrets: Vec<_> = secrets.iter().map(parse).collect();
        sign(&secrets, ID, TIMESTAMP, BODY).unwrap()
    }

    #[test]
    fn signatures_are_those_of_other_implementations() {
        assert_eq!(signed_by(&[SHARED_SECRET]), SHARED_SIGNATURE);
        assert_eq!(signed_by(&[PRIVATE_SECRET]), PRIVATE_SIGNATURE);
        let seed = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbc=";
        assert_eq!(signed_by(&[seed]), PRIVATE_SIGNATURE);
        assert_eq!(signed_by(&[seed.trim_end_matches('=')]), PRIVATE_SIGNATURE);

        let secret = Secret::parse("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap();
        let body = br#"{"email":"test@example.com","username":"test_user"}"#;
        assert_eq!(
            secret.sign("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", "1649367553", body),
            "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="
        );
    }

    #[test]
    fn every_secret_signs() {
        let both = signed_by(&[SHARED_SECRET, PRIVATE_SECRET]);
        assert_eq!(both, format!("{SHARED_SIGNATURE} {PRIVATE_SIGNATURE}"));
        assert_eq!(sign(&[], ID, TIMESTAMP, BODY), None);
    }

    #[test]
    fn a_wrong_secret_is_told_without_being_shown() {
        let of = |prefix: &str, length| format!("{prefix}{}", STANDARD.encode(vec![7; length]));
        let halves = PRIVATE_SECRET.replace("6Xb/", "6XbA");
        for (text, why) in [
            (String::new(), "begins with"),
            ("hunter2hunter2".to_owned(), "begins with"),
            (
                "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=".to_owned(),
                "begins with",
            ),
            ("whsec_hunter2!".to_owned(), "what follows 'whsec_'"),
            ("whsk_hunter2!".to_owned(), "what follows 'whsk_'"),
            (of(SHARED, 23), "of 23 bytes, allowed are 24 to 64"),
            (of(SHARED, 65), "of 65 bytes, allowed are 24 to 64"),
            (of(PRIVATE, 31), "of 31 bytes, allowed are 32 or 64"),
            (of(PRIVATE, 63), "of 63 bytes, allowed are 32 or 64"),
            (of(PRIVATE, 65), "of 65 bytes, allowed are 32 or 64"),
            (halves, "do not belong together"),
        ] {
            let error = Secret::parse(&text).unwrap_err().to_string();
            assert!(error.contains(why), "{text}: {error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        let shown = format!("{:?}", Secret::parse(SHARED_SECRET).unwrap());
        assert_eq!(shown, "Secret(v1)");
    }

    proptest! {
        #[test]
        fn a_private_signature_is_verified_by_the_public_half(
            seed: [u8; 32],
            id in "[a-z0-9.-]{0,40}",
            body in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let secret = Secret::parse(&format!("whsk_{}", STANDARD.encode(seed))).unwrap();
            let signature = secret.sign(&id, "1", &body);
            let signature = STANDARD.decode(signature.strip_prefix("v1a,").unwrap()).unwrap();
            let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
            let public = UnparsedPublicKey::new(&ED25519, pair.public_key());
            let message = [id.as_bytes(), b".1.", &body].concat();
            prop_assert!(public.verify(&message, &signature).is_ok());
        }

        #[test]
        fn no_text_makes_it_panic(text in "(whsec_|whsk_)?[A-Za-z0-9+/=\u{e9}]{0,100}") {
            let secret = Secret::parse(&text);
            prop_assert!(secret.is_err() || text.starts_with("whs"));
        }
    }
}

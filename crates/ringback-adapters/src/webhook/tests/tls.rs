//! Certificates of both sides.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use tokio_rustls::TlsAcceptor;

use super::*;

/// An authority that nobody knows.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    pub(super) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A certificate for this name and its key.
    fn issue(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.0).unwrap(), key)
    }

    /// Both as PEM.
    fn identity(&self, name: &str) -> Vec<u8> {
        let (certificate, key) = self.issue(name);
        (certificate.pem() + &key.serialize_pem()).into_bytes()
    }

    /// A server of this name, which lets in whom `clients` vouches for.
    pub(super) fn server(&self, name: &str, clients: Option<&Self>) -> TlsAcceptor {
        let (certificate, key) = self.issue(name);
        let crypto = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(Arc::clone(&crypto))
            .with_safe_default_protocol_versions()
            .unwrap();
        let config = match clients {
            None => config.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.0.der().clone()).unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), crypto);
                config.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = config.with_single_cert(vec![certificate.der().clone()], key);
        TlsAcceptor::from(Arc::new(config.unwrap()))
    }
}

fn url(server: &Server) -> String {
    format!("https://127.0.0.1:{}/", server.port)
}

async fn posted(server: &Server, provider: Provider) -> Result<Receipt, SendError> {
    let sender = with_provider(&["127.0.0.1"], provider, &names(&[])).unwrap();
    sender.post(post_by_provider(&url(server))).await
}

fn trusting(authority: &Authority) -> Provider {
    Provider {
        ca: Some(authority.pem()),
        ..Provider::default()
    }
}

#[tokio::test]
async fn a_private_authority_is_trusted_by_its_provider_alone() {
    let authority = Authority::new();
    let mut server = Server::start_tls(OK, authority.server("127.0.0.1", None)).await;
    let receipt = posted(&server, trusting(&authority)).await.unwrap();
    assert_eq!(receipt.status, 200);
    server.request().await;

    for stranger in [Provider::default(), trusting(&Authority::new())] {
        let error = posted(&server, stranger).await.unwrap_err();
        assert_eq!(error, SendError::Failed(Failure::Tls));
        assert_eq!(error.class(), "tls");
    }
    let sender = with_provider(&["127.0.0.1"], trusting(&authority), &names(&[])).unwrap();
    let outcome = sender.post(post(&url(&server))).await;
    assert_eq!(outcome, Err(SendError::Failed(Failure::Tls)));
    assert!(!server.has_request());
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let server = Server::start_tls(OK, authority.server("other.example", None)).await;
    let outcome = posted(&server, trusting(&authority)).await;
    assert_eq!(outcome, Err(SendError::Failed(Failure::Tls)));
}

#[tokio::test]
async fn a_server_without_tls_is_no_secure_one() {
    let server = Server::start(OK).await;
    let sender = with_total(Duration::from_secs(5));
    let outcome = sender.post(post(&url(&server))).await;
    // It waits for the end of a line that never comes, or hangs up.
    assert!(matches!(outcome, Err(SendError::Failed(_))), "{outcome:?}");
}

#[tokio::test]
async fn a_client_certificate_is_shown_to_whoever_asks() {
    let (authority, clients) = (Authority::new(), Authority::new());
    let tls = authority.server("127.0.0.1", Some(&clients));
    let mut server = Server::start_tls(OK, tls).await;
    let with = |identity: Option<Vec<u8>>| Provider {
        client_identity: identity,
        ..trusting(&authority)
    };
    let ours = clients.identity("ringback.example");
    let receipt = posted(&server, with(Some(ours))).await.unwrap();
    assert_eq!(receipt.status, 200);
    server.request().await;

    for stranger in [None, Some(Authority::new().identity("ringback.example"))] {
        let outcome = posted(&server, with(stranger)).await;
        assert!(matches!(outcome, Err(SendError::Failed(_))), "{outcome:?}");
    }
    assert!(!server.has_request());
}

#[tokio::test]
async fn a_key_of_another_certificate_is_told_at_the_start() {
    let authority = Authority::new();
    let (certificate, _) = authority.issue("a.example");
    let (_, key) = authority.issue("a.example");
    for (pem, why) in [
        (certificate.pem(), "private key"),
        (key.serialize_pem(), "certificate"),
        (certificate.pem() + &key.serialize_pem(), "key"),
    ] {
        let provider = Provider {
            client_identity: Some(pem.into_bytes()),
            ..Provider::default()
        };
        let error = with_provider(&[], provider, &names(&[])).unwrap_err();
        let error = error.to_string();
        let named = "provider 'crm', client_identity: ";
        assert!(error.starts_with(named) && error.contains(why), "{error}");
    }
}

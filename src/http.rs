//! One way to HTTP(S) for every room that needs it: the same certificates, proxies and error texts.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};
use std::time::Duration;

use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, pem::PemObject};

/// Whom to believe, and where requests may be led.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// A certificate authority beside the public ones, in PEM.
    pub ca_cert: Option<PathBuf>,
    /// Certificates are not checked.
    pub insecure: bool,
    /// Redirects are not followed: what is sent along is for this server only.
    pub stay: bool,
}

/// A client with the certificates of webpki-roots: the same on every system, also in a container without any.
/// Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. An extra authority, as of a company's proxy, may be
/// named in SSL_CERT_FILE. A server that says nothing for the time of `silence` is given up.
pub fn client(silence: Duration, trust: &Trust) -> Result<reqwest::Client, String> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error means that one is installed already, which is just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut builder = reqwest::Client::builder();
    builder = if trust.insecure {
        builder.tls_backend_rustls().tls_danger_accept_invalid_certs(true)
    } else {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(path) = std::env::var_os("SSL_CERT_FILE").filter(|p| !p.is_empty()) {
            add(&mut roots, Path::new(&path)).map_err(|why| format!("SSL_CERT_FILE {}: {why}", Path::new(&path).display()))?;
        }
        if let Some(path) = &trust.ca_cert {
            add(&mut roots, path).map_err(|why| format!("ca_cert {}: {why}", path.display()))?;
        }
        let tls = rustls::ClientConfig::builder().with_root_certificates(Arc::new(roots)).with_no_client_auth();
        builder.tls_backend_preconfigured(tls)
    };
    if trust.stay {
        builder = builder.redirect(reqwest::redirect::Policy::none());
    }
    builder
        .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(silence.min(Duration::from_secs(20)))
        .read_timeout(silence)
        // Servers hang up on connections that are not used; one that is just being hung up on loses a request.
        .pool_idle_timeout(Duration::from_secs(5))
        .build()
        .map_err(|error| chain(&error))
}

fn add(roots: &mut RootCertStore, path: &Path) -> Result<(), String> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|error| error.to_string())?;
    match roots.add_parsable_certificates(certificates.flatten()) {
        (0, _) => Err("it holds no certificate in PEM".to_string()),
        _ => Ok(()),
    }
}

/// reqwest's own message is "error sending request"; the reason is further down.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut at = error.source();
    while let Some(cause) = at {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        at = cause.source();
    }
    text
}

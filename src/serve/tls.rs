//! The certificate: the user's, or one that the server signs for itself, as Splunk does.

use std::net::IpAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::TlsAcceptor;

use crate::diagnostic::{Code, Diagnostic};

/// A certificate and its key, as PEM.
#[derive(Clone)]
pub struct Certificate {
    pub(super) certificate: String,
    pub(super) key: String,
}

impl Certificate {
    /// The user's.
    pub fn read(certificate: &Path, key: &Path) -> Result<Certificate, Diagnostic> {
        let read = |path: &Path| {
            std::fs::read_to_string(path)
                .map_err(|why| Diagnostic::new(Code::RunFile, format!("{} cannot be read: {why}", path.display())))
        };
        Ok(Certificate { certificate: read(certificate)?, key: read(key)? })
    }

    /// The one that is kept in a folder, or a new one; it is the same after a restart, so that a client can be told to
    /// trust it.
    pub(super) fn kept(address: IpAddr, folder: Option<&Path>) -> Result<Certificate, Diagnostic> {
        let Some(folder) = folder else { return Certificate::own(address) };
        let (cert, key) = (folder.join("server.pem"), folder.join("server.key"));
        if cert.exists() && key.exists() {
            return Certificate::read(&cert, &key);
        }
        let own = Certificate::own(address)?;
        let written = std::fs::create_dir_all(folder)
            .and_then(|()| write_secret(&key, &own.key))
            .and_then(|()| std::fs::write(&cert, &own.certificate));
        written.map_err(|why| Diagnostic::new(Code::RunFile, format!("{}: {why}", folder.display())))?;
        Ok(own)
    }

    /// One signed by itself, for this machine by its usual names and for the address.
    pub(super) fn own(address: IpAddr) -> Result<Certificate, Diagnostic> {
        let mut names: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(str::to_string).to_vec();
        if !address.is_unspecified() && !names.contains(&address.to_string()) {
            names.push(address.to_string());
        }
        let made = rcgen::generate_simple_self_signed(names).map_err(|why| unusable(&why))?;
        Ok(Certificate { certificate: made.cert.pem(), key: made.signing_key.serialize_pem() })
    }

    /// Ready to be spoken with.
    pub(super) fn acceptor(&self) -> Result<TlsAcceptor, Diagnostic> {
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(self.certificate.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|why| unusable(&why))?;
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes()).map_err(|why| unusable(&why))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|why| unusable(&why))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|why| unusable(&why))?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

/// Writes a file that only its owner can read.
fn write_secret(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    std::io::Write::write_all(&mut options.open(path)?, text.as_bytes())
}

fn unusable(why: &dyn std::fmt::Display) -> Diagnostic {
    Diagnostic::new(Code::RunFile, format!("the certificate or its key cannot be used: {why}"))
        .help("--cert and --key name PEM files; without them the server signs a certificate for itself")
}

//! Fetches a file over HTTP(S). The only place of the dataset room that is asynchronous: reqwest is, and a
//! single-threaded runtime a file keeps that to itself.

use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Once};
use std::time::Duration;

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// The server says that there is no such file, or that it must not be had.
    #[error("the server answered {0}")]
    Status(u16),
    /// The server could not be reached, or did not answer in time.
    #[error("{0}")]
    Network(String),
    /// The file is larger than allowed.
    #[error("it is larger than {0} bytes")]
    TooLarge(u64),
    /// Fewer bytes came than were announced.
    #[error("the connection ended after {got} of {expected} bytes")]
    Short {
        /// Bytes that came.
        got: u64,
        /// Bytes announced.
        expected: u64,
    },
    /// The file cannot be written.
    #[error("{0}")]
    Write(#[from] std::io::Error),
}

impl FetchError {
    /// Whether trying again may help.
    fn passing(&self) -> bool {
        match self {
            FetchError::Status(status) => *status >= 500 || *status == 429 || *status == 408,
            FetchError::Network(_) | FetchError::Short { .. } => true,
            FetchError::TooLarge(_) | FetchError::Write(_) => false,
        }
    }
}

const TRIES: u32 = 4;

/// Fetches `url` into the file `target`. Tries again, with growing pauses, where that may help.
pub(super) fn fetch(url: &str, target: &Path, max_bytes: u64) -> Result<(), FetchError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| FetchError::Network(format!("no runtime: {e}")))?;
    runtime.block_on(async {
        let client = client()?;
        let mut pause = Duration::from_millis(500);
        for attempt in 1.. {
            match once(&client, url, target, max_bytes).await {
                Err(error) if error.passing() && attempt < TRIES => {
                    tokio::time::sleep(pause).await;
                    pause *= 3;
                }
                done => return done,
            }
        }
        unreachable!("the loop ends by returning")
    })
}

/// A client with the certificates of webpki-roots: the same on every system, also in a container without any.
/// Proxies come from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. An extra authority, as of a company's proxy, may be
/// named in SSL_CERT_FILE.
fn client() -> Result<reqwest::Client, FetchError> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error means that one is installed already, which is just as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let mut roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = std::env::var_os("SSL_CERT_FILE").filter(|p| !p.is_empty()) {
        use rustls::pki_types::{CertificateDer, pem::PemObject};
        let certificates = CertificateDer::pem_file_iter(&path)
            .map_err(|e| FetchError::Network(format!("SSL_CERT_FILE {}: {e}", Path::new(&path).display())))?;
        roots.add_parsable_certificates(certificates.flatten());
    }
    let tls = rustls::ClientConfig::builder().with_root_certificates(Arc::new(roots)).with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(concat!("muster/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(Duration::from_secs(20))
        // No limit on the whole: a dataset of a gigabyte takes its time. Half a minute of silence is the end.
        .read_timeout(Duration::from_secs(30))
        .build()
        .map_err(|e| FetchError::Network(chain(&e)))
}

async fn once(client: &reqwest::Client, url: &str, target: &Path, max_bytes: u64) -> Result<(), FetchError> {
    let network = |e: reqwest::Error| FetchError::Network(chain(&e.without_url()));
    let mut response = client.get(url).send().await.map_err(network)?;
    if !response.status().is_success() {
        return Err(FetchError::Status(response.status().as_u16()));
    }
    let expected = response.content_length();
    if expected.is_some_and(|n| n > max_bytes) {
        return Err(FetchError::TooLarge(max_bytes));
    }
    let mut file = std::io::BufWriter::new(std::fs::File::create(target)?);
    let mut got = 0;
    while let Some(chunk) = response.chunk().await.map_err(network)? {
        got += chunk.len() as u64;
        if got > max_bytes {
            return Err(FetchError::TooLarge(max_bytes));
        }
        file.write_all(&chunk)?;
    }
    file.flush()?;
    match expected {
        Some(expected) if expected != got => Err(FetchError::Short { got, expected }),
        _ => Ok(()),
    }
}

/// reqwest's own message is "error sending request"; the reason is further down.
fn chain(error: &dyn std::error::Error) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Answers one connection after the other with the given texts; returns the address.
    fn serve(answers: Vec<&'static str>) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().expect("a connection");
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer);
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        format!("http://{address}/x.log")
    }

    #[test]
    fn a_server_error_is_tried_again_and_a_missing_file_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let target = folder.path().join("x");
        let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let fine = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
        fetch(&serve(vec![busy, fine]), &target, 100).expect("fetched");
        assert_eq!(std::fs::read_to_string(&target).expect("there"), "hello");
        let gone = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert!(matches!(fetch(&serve(vec![gone]), &target, 100), Err(FetchError::Status(404))));
        assert!(matches!(fetch(&serve(vec![fine]), &target, 3), Err(FetchError::TooLarge(3))));
    }
}

//! Fetches a file over HTTP(S). The only place of the dataset room that is asynchronous: reqwest is, and a
//! single-threaded runtime a file keeps that to itself.
//!
//! A download that was cut off goes on where it ended, in this run or the next, if the server has said by what the file
//! is known (`ETag`, `Last-Modified`); it says in turn whether it still is that file.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use reqwest::StatusCode;
use reqwest::header::{CONTENT_RANGE, ETAG, HeaderMap, IF_RANGE, LAST_MODIFIED, RANGE, RETRY_AFTER};

use crate::http::{self, Trust};

/// Why a file could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchError {
    /// The server says that there is no such file, or that it must not be had.
    #[error("the server answered {0}")]
    Status(u16),
    /// The server is busy and says for how long (`Retry-After`, in seconds; a date is not understood).
    #[error("the server answered {0}: it is busy")]
    Busy(u16, Duration),
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
    Write(#[from] io::Error),
}

impl FetchError {
    /// Whether trying again may help.
    fn passing(&self) -> bool {
        match self {
            FetchError::Status(status) => *status >= 500 || matches!(status, 408 | 416 | 429),
            FetchError::Network(_) | FetchError::Short { .. } | FetchError::Busy(..) => true,
            FetchError::TooLarge(_) | FetchError::Write(_) => false,
        }
    }

    /// What the server has answered in place of a file.
    fn refused(response: &reqwest::Response) -> FetchError {
        let status = response.status().as_u16();
        let wait = response.headers().get(RETRY_AFTER).and_then(|v| v.to_str().ok()?.trim().parse().ok());
        match wait {
            Some(seconds) if matches!(status, 429 | 503) => FetchError::Busy(status, Duration::from_secs(seconds)),
            _ => FetchError::Status(status),
        }
    }
}

/// A server that asks for more is asked again before that: the user waits.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// How long to try.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// How often at most.
    pub(super) tries: u32,
    /// The first pause between two tries; each further one is three times as long.
    pub(super) pause: Duration,
    /// A server that says nothing for so long is given up. There is no limit on the whole: a dataset of a gigabyte takes
    /// its time.
    pub(super) silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Patience { tries: 4, pause: Duration::from_millis(500), silence: Duration::from_secs(30) }
    }
}

/// Fetches `url` into the file `part`, going on from what is there. Tries again where that may help. After an error the
/// file is left only if the next run can go on from it.
pub(super) fn fetch(url: &str, headers: &HeaderMap, part: &Path, max_bytes: u64, patience: Patience) -> Result<(), FetchError> {
    let part = Part { data: part.to_path_buf(), about: part.with_extension("about") };
    let done = run(patience, |client| {
        let part = part.clone();
        async move { part.fetch(&client, url, headers, max_bytes).await }
    });
    match &done {
        Err(error) if error.passing() && part.validator(url).is_some() => {}
        Err(_) => part.discard(),
        Ok(()) => drop(std::fs::remove_file(&part.about)),
    }
    done
}

/// Posts JSON and gives the text of the answer.
pub(super) fn post(url: &str, headers: &HeaderMap, body: &str, patience: Patience) -> Result<String, FetchError> {
    run(patience, |client| {
        let request = client.post(url).headers(headers.clone()).body(body.to_string());
        async move {
            let response = request.send().await.map_err(network)?;
            match response.status() {
                status if status.is_success() => response.text().await.map_err(network),
                _ => Err(FetchError::refused(&response)),
            }
        }
    })
}

/// Runs something until it is done, fails for good, or was tried often enough.
fn run<T, F: Future<Output = Result<T, FetchError>>>(
    patience: Patience,
    once: impl Fn(reqwest::Client) -> F,
) -> Result<T, FetchError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| FetchError::Network(format!("no runtime: {e}")))?;
    runtime.block_on(async {
        let client = http::client(patience.silence, &Trust::default()).map_err(FetchError::Network)?;
        let mut pause = patience.pause;
        let mut attempt = 1;
        loop {
            match once(client.clone()).await {
                Err(error) if error.passing() && attempt < patience.tries => {
                    let asked = if let FetchError::Busy(_, wait) = error { wait.min(LONGEST_WAIT) } else { pause };
                    tokio::time::sleep(asked.max(pause)).await;
                    pause *= 3;
                    attempt += 1;
                }
                done => return done,
            }
        }
    })
}

/// A file on its way, and beside it what the server knows it by.
#[derive(Clone, Debug)]
struct Part {
    data: PathBuf,
    about: PathBuf,
}

impl Part {
    fn discard(&self) {
        let _ = std::fs::remove_file(&self.data);
        let _ = std::fs::remove_file(&self.about);
    }

    /// What the server knows the file by, if it is that of this address.
    fn validator(&self, url: &str) -> Option<String> {
        let text = std::fs::read_to_string(&self.about).ok()?;
        let (address, validator) = text.split_once('\n')?;
        let whole = validator.strip_suffix('\n')?;
        (address == url && !whole.is_empty()).then(|| whole.to_string())
    }

    async fn fetch(&self, client: &reqwest::Client, url: &str, headers: &HeaderMap, max_bytes: u64) -> Result<(), FetchError> {
        let validator = self.validator(url);
        let have = validator.as_ref().and_then(|_| std::fs::metadata(&self.data).ok()).map_or(0, |m| m.len());
        let mut request = client.get(url).headers(headers.clone());
        if let Some(validator) = validator.filter(|_| have > 0) {
            request = request.header(RANGE, format!("bytes={have}-")).header(IF_RANGE, validator);
        }
        let mut response = request.send().await.map_err(network)?;
        let continued = response.status() == StatusCode::PARTIAL_CONTENT;
        if continued && begin(response.headers()) != Some(have) || response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            // What is there does not fit to what the server has: the next try begins anew.
            self.discard();
            return Err(FetchError::Status(StatusCode::RANGE_NOT_SATISFIABLE.as_u16()));
        }
        if !response.status().is_success() {
            return Err(FetchError::refused(&response));
        }
        let mut got = if continued { have } else { 0 };
        let expected = response.content_length().map(|n| n + got);
        if expected.is_some_and(|n| n > max_bytes) {
            return Err(FetchError::TooLarge(max_bytes));
        }
        let file = if continued {
            File::options().append(true).open(&self.data)?
        } else {
            let file = File::create(&self.data)?;
            std::fs::write(&self.about, format!("{url}\n{}\n", known_by(response.headers())))?;
            file
        };
        let mut file = io::BufWriter::new(file);
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => break,
                Err(error) => {
                    // What came is kept to go on from.
                    file.flush()?;
                    return Err(match expected {
                        Some(expected) if got < expected && !error.is_timeout() => FetchError::Short { got, expected },
                        _ => network(error),
                    });
                }
            };
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
}

/// By what a server knows a file. A weak tag does not vouch for its bytes.
fn known_by(headers: &HeaderMap) -> &str {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    text(ETAG).filter(|tag| !tag.starts_with("W/")).or_else(|| text(LAST_MODIFIED)).unwrap_or("")
}

/// The first byte of a part: `bytes 100-199/200`.
fn begin(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_RANGE)?.to_str().ok()?.strip_prefix("bytes ")?.split('-').next()?.parse().ok()
}

fn network(error: reqwest::Error) -> FetchError {
    let silent = error.is_timeout();
    let text = http::chain(&error.without_url());
    FetchError::Network(if silent { format!("the server did not answer in time ({text})") } else { text })
}

#[cfg(test)]
mod tests;

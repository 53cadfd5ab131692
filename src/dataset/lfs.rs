//! Git LFS: a repository holds a pointer in place of a large file, and another server the file itself. The pointer says
//! which one; the batch endpoint of the repository says where it is (git-lfs, `docs/api/batch.md`).

use std::path::Path;

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::cache::digest;
use super::fetch::{self, FetchError, Patience};

const MEDIA: HeaderValue = HeaderValue::from_static("application/vnd.git-lfs+json");

/// What a pointer says of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pointer {
    /// SHA-256, in hexadecimal.
    pub(super) oid: String,
    /// Bytes.
    pub(super) size: u64,
}

impl Pointer {
    /// Reads a pointer file.
    pub(super) fn parse(text: &str) -> Option<Pointer> {
        let value = |key: &str| text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
        let oid = value("oid")?.trim().strip_prefix("sha256:")?;
        let hexadecimal = oid.len() == 64 && oid.bytes().all(|b| b.is_ascii_hexdigit());
        Some(Pointer { oid: hexadecimal.then(|| oid.to_string())?, size: value("size")?.trim().parse().ok()? })
    }
}

/// Fetches the file of a pointer into `part`.
pub(super) fn fetch(
    repository: &str,
    pointer: &Pointer,
    part: &Path,
    max_bytes: u64,
    patience: Patience,
) -> Result<(), FetchError> {
    if pointer.size > max_bytes {
        return Err(FetchError::TooLarge(max_bytes));
    }
    let (url, headers) = place(repository, pointer, patience)?;
    fetch::fetch(&url, &headers, part, max_bytes, patience)?;
    match digest(part)? {
        (hash, _) if hash == pointer.oid => Ok(()),
        (_, got) => {
            let _ = std::fs::remove_file(part);
            Err(FetchError::Network(format!("the {got} bytes that came are not those of the pointer")))
        }
    }
}

/// Where the file is, and what to say there.
fn place(repository: &str, pointer: &Pointer, patience: Patience) -> Result<(String, HeaderMap), FetchError> {
    let endpoint = format!("{}.git/info/lfs/objects/batch", repository.trim_end_matches(".git"));
    let body = json!({
        "operation": "download",
        "transfers": ["basic"],
        "hash_algo": "sha256",
        "objects": [{"oid": pointer.oid, "size": pointer.size}],
    });
    let headers = HeaderMap::from_iter([(ACCEPT, MEDIA), (CONTENT_TYPE, MEDIA)]);
    let answer = fetch::post(&endpoint, &headers, &body.to_string(), patience)?;
    let answer: Value = serde_json::from_str(&answer)
        .map_err(|why| FetchError::Network(format!("the answer of {endpoint} is no JSON: {why}")))?;
    let object = &answer["objects"][0];
    if let Some(message) = object["error"]["message"].as_str() {
        return Err(FetchError::Network(format!("{endpoint} says: {message}")));
    }
    let action = &object["actions"]["download"];
    let Some(url) = action["href"].as_str() else {
        return Err(FetchError::Network(format!("{endpoint} does not say where the file is")));
    };
    let mut headers = HeaderMap::new();
    for (name, value) in action["header"].as_object().into_iter().flatten() {
        let value = value.as_str().and_then(|v| HeaderValue::from_str(v).ok());
        if let (Ok(name), Some(value)) = (HeaderName::from_bytes(name.as_bytes()), value) {
            headers.insert(name, value);
        }
    }
    Ok((url.to_string(), headers))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_is_read() {
        let oid = "ab".repeat(32);
        let text = format!("version https://git-lfs.github.com/spec/v1\noid sha256:{oid}\nsize 12\n");
        assert_eq!(Pointer::parse(&text), Some(Pointer { oid, size: 12 }));
        assert_eq!(Pointer::parse("version https://git-lfs.github.com/spec/v1\noid sha256:xy\nsize 12\n"), None);
    }
}

//! The addresses that content gives to datasets. GitHub has five forms of them for one file; mirrors and the cache see
//! them as one.

use std::path::{Component, Path, PathBuf};

/// The forms of GitHub, as (begin of the address, what stands between the repository and the branch).
const GITHUB: &[(&str, &[&str])] = &[
    ("https://media.githubusercontent.com/media/", &[]),
    ("https://raw.githubusercontent.com/", &[]),
    ("https://github.com/", &["raw/", "blob/"]),
];

/// Whether this is an address of the network.
pub fn is_url(data: &str) -> bool {
    let start = data.get(..8).unwrap_or(data).to_ascii_lowercase();
    start.starts_with("http://") || start.starts_with("https://")
}

/// One form for all addresses of a file on GitHub: `https://github.com/OWNER/REPO/BRANCH/PATH`. Others stay as they are.
/// What is only the begin of an address, as a mirror's prefix, becomes the begin of that form.
pub(super) fn canonical(url: &str) -> String {
    let secure = url.strip_prefix("http://").map_or_else(|| url.to_string(), |rest| format!("https://{rest}"));
    for (begin, words) in GITHUB {
        let Some(rest) = secure.strip_prefix(begin) else { continue };
        let rest = rest.split(['?', '#']).next().unwrap_or(rest);
        let Some((repository, file)) = split(rest, 2) else { return format!("https://github.com/{rest}") };
        let file = words.iter().find_map(|word| file.strip_prefix(word)).unwrap_or(file);
        let file = file.strip_prefix("refs/heads/").unwrap_or(file);
        return format!("https://github.com/{repository}/{file}");
    }
    url.to_string()
}

/// The address to fetch: that of the file in the place of GitHub's page about it.
pub(super) fn download(url: &str) -> String {
    let page = |rest: &str| {
        let (repository, file) = split(rest, 2)?;
        let file = file.split(['?', '#']).next().unwrap_or(file);
        Some(format!("https://github.com/{repository}/raw/{}", file.strip_prefix("blob/")?))
    };
    url.strip_prefix("https://github.com/").and_then(page).unwrap_or_else(|| url.to_string())
}

/// The repository that holds the file, as `git clone` takes it: of GitHub's forms, of `HOST/OWNER/REPO/raw/…` (GitHub
/// Enterprise, Gitea) and of `HOST/GROUP/REPO/-/raw/…` (GitLab).
pub(super) fn repository(url: &str) -> Option<String> {
    for (begin, _) in GITHUB {
        if let Some(rest) = url.strip_prefix(begin) {
            return split(rest, 2).map(|(repository, _)| format!("https://github.com/{repository}"));
        }
    }
    let (scheme, rest) = url.split_once("://")?;
    if let Some((repository, _)) = rest.split_once("/-/raw/") {
        return Some(format!("{scheme}://{repository}"));
    }
    let (repository, file) = split(rest, 3)?;
    file.starts_with("raw/").then(|| format!("{scheme}://{repository}"))
}

/// The address of a file that the file of another address names: beside it, or with a `/` at the begin from the root of
/// its repository.
pub fn sibling(url: &str, path: &str) -> Option<String> {
    let Some(path) = path.strip_prefix('/') else {
        let folder = url.split(['?', '#']).next()?.rsplit_once('/')?.0;
        return Some(format!("{folder}/{path}"));
    };
    let one_form = canonical(url);
    let (repository, file) = match one_form.strip_prefix("https://github.com/") {
        Some(rest) => split(rest, 2).map(|(repository, file)| (format!("https://github.com/{repository}"), file))?,
        None => url.split_once("/raw/").map(|(repository, file)| (repository.to_string(), file))?,
    };
    let (branch, _) = split(file, 1)?;
    Some(format!("{repository}/raw/{branch}/{path}"))
}

/// `a/b/c/d` after `n` parts: `a/b` and `c/d`.
fn split(text: &str, n: usize) -> Option<(&str, &str)> {
    let (at, _) = text.match_indices('/').nth(n - 1)?;
    Some((&text[..at], &text[at + 1..]))
}

/// The path of the rest of a URL below a folder: decoded, without query; `None` where it would leave the folder.
pub(super) fn below(folder: &Path, rest: &str) -> Option<PathBuf> {
    let rest = rest.split(['?', '#']).next().unwrap_or("");
    let decoded = decode(rest);
    let relative = PathBuf::from(decoded.trim_start_matches('/'));
    relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)).then(|| folder.join(relative))
}

/// `%20` and the like; what is no valid escape stays as it is.
pub(super) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = (bytes[at] == b'%').then(|| bytes.get(at + 1..at + 3)).flatten();
        match hex.and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_forms_name_one_file() {
        for url in [
            "https://media.githubusercontent.com/media/o/r/master/d/x.log",
            "https://media.githubusercontent.com/media/o/r/refs/heads/master/d/x.log",
            "https://raw.githubusercontent.com/o/r/master/d/x.log",
            "https://raw.githubusercontent.com/o/r/refs/heads/master/d/x.log",
            "https://github.com/o/r/raw/master/d/x.log",
            "https://github.com/o/r/raw/refs/heads/master/d/x.log",
            "https://github.com/o/r/blob/master/d/x.log?raw=true",
            "http://github.com/o/r/blob/master/d/x.log#L10",
        ] {
            assert_eq!(canonical(url), "https://github.com/o/r/master/d/x.log", "{url}");
            assert_eq!(sibling(url, "/d/y.log").as_deref(), Some("https://github.com/o/r/raw/master/d/y.log"), "{url}");
        }
        assert_eq!(sibling("https://h/a/b.yml?x", "c.log").as_deref(), Some("https://h/a/c.log"));
        assert_eq!(sibling("https://h/o/r/-/raw/main/d/b.yml", "/c.log").as_deref(), Some("https://h/o/r/-/raw/main/c.log"));
        assert_eq!(sibling("https://h/d/b.yml", "/c.log"), None);
        assert_eq!(canonical("https://media.githubusercontent.com/media/"), "https://github.com/");
        assert_eq!(canonical("https://media.githubusercontent.com/media/o/r/refs/heads/"), "https://github.com/o/r/");
        assert_eq!(canonical("https://example.org/a?b=c"), "https://example.org/a?b=c");
    }

    #[test]
    fn a_page_is_fetched_as_its_file_and_the_repository_is_known() {
        assert_eq!(download("https://github.com/o/r/blob/main/x.log?plain=1"), "https://github.com/o/r/raw/main/x.log");
        assert_eq!(download("https://example.org/o/r/blob/x"), "https://example.org/o/r/blob/x");
        let of = |url: &str| repository(url);
        assert_eq!(of("https://raw.githubusercontent.com/o/r/main/x").as_deref(), Some("https://github.com/o/r"));
        assert_eq!(of("https://git.example.org/o/r/raw/main/x").as_deref(), Some("https://git.example.org/o/r"));
        assert_eq!(of("https://git.example.org/g/h/r/-/raw/main/x").as_deref(), Some("https://git.example.org/g/h/r"));
        assert_eq!(of("https://example.org/o/r/main/x"), None);
    }
}

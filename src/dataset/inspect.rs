//! Looks at the first bytes of a file: is this a dataset at all?

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Text or whatever else; the ingest will see.
    Events,
    /// gzip.
    Gzip,
    /// The pointer that Git keeps in place of a large file.
    LfsPointer,
    /// A web page: an error page, a login page, or GitHub's view of the file.
    WebPage,
    /// Nothing.
    Empty,
}

/// Judges by the first bytes, never by the name: the name is what somebody hoped for.
pub(super) fn look(head: &[u8]) -> Look {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let trimmed = text.trim_ascii_start();
    if trimmed.is_empty() {
        return Look::Empty;
    }
    if head.starts_with(b"\x1f\x8b") {
        return Look::Gzip;
    }
    if trimmed.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Look::LfsPointer;
    }
    let start: Vec<u8> = trimmed.iter().take(15).map(u8::to_ascii_lowercase).collect();
    // An event may well hold HTML; a file that begins with a document type or an html element is a page.
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html>") || start.starts_with(b"<html ") {
        return Look::WebPage;
    }
    Look::Events
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_datasets_are_known_by_their_first_bytes() {
        assert_eq!(look(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"), Look::LfsPointer);
        assert_eq!(look(b"\n\n<!DOCTYPE html>\n<html>"), Look::WebPage);
        assert_eq!(look(b"\xef\xbb\xbf  \r\n"), Look::Empty);
        assert_eq!(look(b"\x1f\x8b\x08"), Look::Gzip);
        assert_eq!(look(b"<Event xmlns='x'>"), Look::Events);
        assert_eq!(look(b"GET / <html>"), Look::Events);
    }
}

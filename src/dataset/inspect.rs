//! Looks at the first bytes of a file: what is in it, and is it a dataset at all?

/// How many bytes are enough: the mark of a tar archive stands at 257.
pub(super) const HEAD: usize = 1024;

/// What a file turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Text or whatever else; the ingest will see.
    Events,
    /// One packed file.
    Packed(Packing),
    /// Several files in one.
    Archive(Archive),
    /// An event log as Windows keeps it.
    Evtx,
    /// Perhaps an array of JSON objects; only all of it can tell.
    JsonArray,
    /// The pointer that Git keeps in place of a large file.
    LfsPointer,
    /// A web page: an error page, a login page, or GitHub's view of the file.
    WebPage,
    /// Nothing.
    Empty,
}

/// How one file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Xz,
    Zstd,
}

impl Packing {
    /// For messages.
    pub(super) fn word(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Bzip2 => "bzip2",
            Packing::Xz => "xz",
            Packing::Zstd => "zstd",
        }
    }
}

/// What holds several files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Archive {
    Tar,
    Zip,
}

/// Judges by the first bytes, never by the name: the name is what somebody hoped for.
pub(super) fn look(head: &[u8]) -> Look {
    if let Some(binary) = binary(head) {
        return binary;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let trimmed = text.trim_ascii_start();
    if trimmed.is_empty() {
        return Look::Empty;
    }
    if trimmed.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Look::LfsPointer;
    }
    let start: Vec<u8> = trimmed.iter().take(15).map(u8::to_ascii_lowercase).collect();
    // An event may well hold HTML; a file that begins with a document type or an html element is a page.
    if start.starts_with(b"<!doctype html") || start.starts_with(b"<html>") || start.starts_with(b"<html ") {
        return Look::WebPage;
    }
    if trimmed.strip_prefix(b"[").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{")) {
        return Look::JsonArray;
    }
    Look::Events
}

/// Formats with a mark of their own.
fn binary(head: &[u8]) -> Option<Look> {
    let begins = |mark: &[u8]| head.starts_with(mark);
    Some(match head {
        _ if begins(b"\x1f\x8b") => Look::Packed(Packing::Gzip),
        // `BZh` and a digit could begin a text; the mark of the first block cannot.
        _ if begins(b"BZh") && head.get(4..10) == Some(b"\x31\x41\x59\x26\x53\x59") => Look::Packed(Packing::Bzip2),
        _ if begins(b"\xfd7zXZ\0") => Look::Packed(Packing::Xz),
        _ if begins(b"\x28\xb5\x2f\xfd") => Look::Packed(Packing::Zstd),
        // A frame to be skipped: some packers begin with one.
        _ if head.len() > 3 && head[0] & 0xf0 == 0x50 && head[1..4] == *b"\x2a\x4d\x18" => Look::Packed(Packing::Zstd),
        _ if begins(b"PK\x03\x04") || begins(b"PK\x05\x06") => Look::Archive(Archive::Zip),
        _ if head.get(257..262) == Some(b"ustar") => Look::Archive(Archive::Tar),
        _ if begins(b"ElfFile\0") => Look::Evtx,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_no_datasets_are_known_by_their_first_bytes() {
        assert_eq!(look(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n"), Look::LfsPointer);
        assert_eq!(look(b"\n\n<!DOCTYPE html>\n<html>"), Look::WebPage);
        assert_eq!(look(b"\xef\xbb\xbf  \r\n"), Look::Empty);
        assert_eq!(look(b"<Event xmlns='x'>"), Look::Events);
        assert_eq!(look(b"GET / <html>"), Look::Events);
    }

    #[test]
    fn formats_are_known_by_their_marks() {
        assert_eq!(look(b"\x1f\x8b\x08"), Look::Packed(Packing::Gzip));
        assert_eq!(look(b"BZh91AY&SY"), Look::Packed(Packing::Bzip2));
        assert_eq!(look(b"BZh9 is a text"), Look::Events);
        assert_eq!(look(b"\x28\xb5\x2f\xfd"), Look::Packed(Packing::Zstd));
        assert_eq!(look(b"\x5e\x2a\x4d\x18\x04"), Look::Packed(Packing::Zstd));
        assert_eq!(look(b"PK\x03\x04"), Look::Archive(Archive::Zip));
        assert_eq!(look(b"ElfFile\0"), Look::Evtx);
        assert_eq!(look(b" [\n  {\"a\": 1}]"), Look::JsonArray);
        assert_eq!(look(b"[2026-01-01] {x}"), Look::Events);
    }
}

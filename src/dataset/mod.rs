//! From the `data` of a test to a local file of events.
//!
//! A dataset is named by a path in the repository, a `file:` URL or an HTTP(S) URL. A URL is looked for below a mirror
//! (`--mirror PREFIX=DIR`), then in the cache, and only then fetched. What comes out is checked: a Git LFS pointer, a
//! web page or an empty file is no dataset, and the message says what to do. contentctl downloads every file again for
//! every test and would replay a pointer as an event.
//!
//! A dataset may be packed (gzip, bzip2, xz, zstd), an archive (tar, zip), a Windows event log, an array of JSON objects,
//! and one of these in the other. An archive is all its files.

mod archive;
mod cache;
mod evtx;
mod fetch;
mod inspect;
mod json_array;
mod lfs;
mod limits;
mod problems;
mod resolve;
mod unpack;
mod url;
mod zstd;

pub use archive::{ArchiveError, read_tar};
pub use cache::Cache;
pub use limits::Limits;
pub use resolve::{Found, Mirror, Resolver, Settings};
pub use url::{is_url, sibling};

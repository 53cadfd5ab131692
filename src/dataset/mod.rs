//! From the `data` of a test to a local file of events.
//!
//! A dataset is named by a path in the repository, a `file:` URL or an HTTP(S) URL. A URL is looked for below a mirror
//! (`--mirror PREFIX=DIR`), then in the cache, and only then fetched. What comes out is checked: a Git LFS pointer, a
//! web page or an empty file is no dataset, and the message says what to do. contentctl downloads every file again for
//! every test and would replay a pointer as an event.

mod archive;
mod cache;
mod fetch;
mod inspect;
mod limits;
mod resolve;
mod unpack;

pub use archive::{ArchiveError, read_tar};
pub use cache::Cache;
pub use limits::Limits;
pub use resolve::{Mirror, Resolver, Settings};

//! muster: does your detection pass muster? A test harness for Splunk detections, with a search head in a box.
//!
//! The rooms and who may call whom are in `docs/design.md`; each room's `mod.rs` says what it is.
#![forbid(unsafe_code)]

pub mod backend;
pub mod cli;
pub mod config;
pub mod content;
pub mod dataset;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod fields;
pub mod harness;
pub mod http;
pub mod ingest;
pub mod knowledge;
pub mod report;
#[cfg(feature = "serve")]
pub mod serve;
pub mod spl;
pub mod store;
pub mod validate;
pub mod verdict;
#[cfg(feature = "watch")]
pub mod watch;

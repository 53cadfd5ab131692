//! muster: does your detection pass muster? A test harness for Splunk detections, with a search head in a box.
//!
//! The rooms and who may call whom are in `docs/design.md`; each room's `mod.rs` says what it is.
#![forbid(unsafe_code)]

pub mod backend;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod fields;
pub mod ingest;
pub mod knowledge;
pub mod spl;
pub mod store;

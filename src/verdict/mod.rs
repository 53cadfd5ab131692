//! The types that harness, validate and report share: what was tested, and what came out.
//!
//! A [`Run`] serialises exactly to the JSON of `muster test --json` and is read back by `muster report`. Field names
//! are part of the public interface; new ones may come, none goes away.

mod checkup;
mod code;
mod compare;
mod lost;
mod replayed;
mod result;

pub use checkup::{Check, Checkup, Health};
pub use code::VerdictCode;
pub use compare::{Comparison, Difference, Opinion};
pub use lost::{Lost, LostClause, LostCondition};
pub use replayed::{Counted, REPLAYED_VERSION, Replayed, ReplayedDataset};
pub use result::{DataUsed, Delivery, DetectionResult, Loss, Peer, Run, Status, StepRows, Summary, TestResult, TestType};

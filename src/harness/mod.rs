//! What to run, in what order, and what the verdict is.
//!
//! [`select`](Selection) picks detections, [`plan`](Plan) joins them with their overlays, [`run`] replays the data and
//! judges. contentctl runs one test after the other against one server; here detections run in parallel, those that
//! share datasets next to each other, and the results come in the order of the files whatever ran first.

mod before;
mod changed;
mod clock;
mod compare;
pub mod doctor;
mod drilldown;
mod expect;
mod integration;
mod loss;
mod message;
mod no_verdict;
mod overlay;
mod plan;
mod record;
mod replay;
mod run;
mod schedule;
mod select;
mod stanza;
mod unit;
mod uses;
mod wanted;

pub use changed::Changed;
pub use clock::Clock;
pub use compare::compare;
pub use integration::{Actions, alert};
pub use overlay::{Exact, ExpectedTest, Overlay, Pattern, RowCount};
pub use plan::{Plan, PlannedDetection, PlannedTest};
pub use replay::{Replay, ReplayDefaults};
pub use run::{Event, Harness, Options};
pub use select::{Include, Selection, Shard};
pub use stanza::stanza;
pub use wanted::{AllWanted, Wanted};

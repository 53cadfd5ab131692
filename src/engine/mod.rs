//! Runs searches over events.
//!
//! A search is compiled once: macros are expanded, the pipeline is split, each command of [`commands::COMMANDS`] reads
//! its arguments and becomes an [`Operator`] from table to table, and each operator says which fields it needs, so
//! that only those are extracted. What the engine does not do is said when the search is compiled, never guessed.

pub mod aggregates;
pub mod commands;
mod compile;
mod datamodel;
mod evaluate;
mod events;
mod geo;
mod grouping;
mod hints;
pub mod limits;
mod lookups;
mod loss;
mod metrics;
mod operator;
mod outline;
mod run;
mod schema;
mod session;
mod subsearch;
mod window;

pub use compile::{Compiler, Search};
pub use evaluate::evaluate;
pub use events::{Store, explain_field, similar_fields};
pub use geo::GeoIp;
pub use loss::{Clause, ClauseField, Condition, Loss};
pub use operator::{Operator, Pipeline, Step};
pub use outline::Outline;
pub use run::{Environment, Run, Shared, StepCount, Stop, TimeRange};
pub use schema::Schema;
pub use session::{Action, Session};

//! What a detection engineer writes: a content repository, loaded into one model for all generations of its schema.
//!
//! contentctl stops at the first type of object that has an error, and says neither line nor column. Here all files
//! are read in one go, a broken file never hides another, and every value knows where it stands.

mod app;
mod data_source;
mod deployment;
mod description;
mod detection;
mod file;
mod load;
mod lookup;
mod macros;
mod record;
mod risk;
mod story;
mod sundry;
mod supporting;
mod test;
pub mod yaml;

pub use app::{AppInfo, Leaving};
pub use data_source::DataSource;
pub use deployment::{Deployment, NotableAction};
pub use description::{Described, Description};
pub use detection::{Detection, DetectionType, Drilldown, FLAT_KEYS, Generation, Maturity, Throttling};
pub use file::{File, Header};
pub use load::{BrokenFile, Content, Kind};
pub use lookup::{Lookup, LookupData};
pub use macros::Macro;
pub use record::{At, Reading, Record};
pub use risk::{Observable, Risk, RiskObject, ThreatObject, tokens};
pub use story::Story;
pub use sundry::Sundry;
pub use supporting::SupportingSearch;
pub use test::{AttackData, Test};

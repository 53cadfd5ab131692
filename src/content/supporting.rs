//! Searches that support detections: baselines, which run before them, and investigations, which run after.

use crate::diagnostic::MappedText;

use super::deployment::Deployment;
use super::file::{File, Header};
use super::record::{At, Reading, Record};

/// A baseline or an investigation.
#[derive(Clone, Debug)]
pub struct SupportingSearch {
    /// Name, id, …
    pub header: Header,
    /// Its search. A few investigations are searches to be started with tokens.
    pub search: At<MappedText>,
    /// `type`: `Baseline` or `Investigation`.
    pub kind: Option<At<String>>,
    /// A schedule and actions of its own.
    pub deployment: Option<Deployment>,
    /// Names of the detections that it belongs to.
    pub detections: Vec<At<String>>,
    /// Analytic stories.
    pub stories: Vec<At<String>>,
}

impl SupportingSearch {
    /// Reads a baseline or an investigation. `None` without a search.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Option<SupportingSearch> {
        let header = Header::read(record, file, reading);
        let own = record.record("tags", "tags", reading).unwrap_or(*record);
        let deployment = record.record("deployment", "deployment", reading).map(|r| Deployment::read(&r, file, reading));
        match record.mapped("search", reading) {
            Some(search) => Some(SupportingSearch {
                header,
                kind: record.text("type", reading),
                deployment,
                search,
                detections: own.texts("detections", reading),
                stories: own.texts("analytic_story", reading),
            }),
            None => {
                record.missing("search", reading);
                None
            }
        }
    }
}

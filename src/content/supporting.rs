//! Searches that support detections: baselines, which run before them, and investigations, which run after.

use crate::diagnostic::MappedText;

use super::file::{File, Header};
use super::record::{At, Reading, Record};

/// A baseline or an investigation.
#[derive(Clone, Debug)]
pub struct SupportingSearch {
    /// Name, id, …
    pub header: Header,
    /// Its search. A few investigations are searches to be started with tokens.
    pub search: At<MappedText>,
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
        match record.mapped("search", reading) {
            Some(search) => Some(SupportingSearch {
                header,
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

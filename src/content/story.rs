//! Analytic stories: what a group of detections is about.

use super::file::{File, HEADER, Header};
use super::record::{At, Reading, Record};

/// An analytic story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Name, id, …
    pub header: Header,
    /// `narrative`.
    pub narrative: Option<At<String>>,
    /// `tags.category`.
    pub category: Vec<At<String>>,
    /// `tags.usecase`.
    pub usecase: Option<At<String>>,
    /// `tags.product`.
    pub product: Vec<At<String>>,
}

impl Story {
    /// Reads a story.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Story {
        // A status came with contentctl 5, which refuses what it does not know.
        reading.strict = record.has("status");
        record.only(
            &[HEADER, &["narrative", "tags", "category", "usecase", "product", "cve", "group"]].concat(),
            &["type"],
            reading,
        );
        let header = Header::read(record, file, reading);
        let own = record.record("tags", "tags", reading).unwrap_or(*record);
        Story {
            header,
            narrative: record.text("narrative", reading),
            category: own.texts("category", reading),
            usecase: own.text("usecase", reading),
            product: own.texts("product", reading),
        }
    }
}

//! What every object of a content repository has: its file, name, id and so on.

use std::sync::Arc;

use crate::diagnostic::{SourceId, Span};

use super::record::{At, Reading, Record};

/// The file that an object was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Path relative to the content repository, with `/`.
    pub path: Arc<str>,
    /// Its text.
    pub source: SourceId,
}

impl File {
    /// The file name without folders and extension: `windows_msiexec_…`.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        name.rsplit_once('.').map_or(name, |(stem, _)| stem)
    }

    /// The folder, relative to the content repository; empty for the root.
    pub fn folder(&self) -> &str {
        self.path.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// The very start of the file.
    pub fn start(&self) -> Span {
        Span::new(self.source, 0, 0)
    }
}

/// The fields that all kinds of objects share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Where it was read from.
    pub file: File,
    /// `name`.
    pub name: At<String>,
    /// `id`; macros, deployments and old lookups may have none.
    pub id: Option<At<String>>,
    /// `version`.
    pub version: Option<At<i64>>,
    /// `date`, or `modification_date` of the newest schema.
    pub date: Option<At<String>>,
    /// `author`.
    pub author: Option<At<String>>,
    /// `description`.
    pub description: Option<At<String>>,
    /// `references`.
    pub references: Vec<At<String>>,
    /// `status`, as written.
    pub status: Option<At<String>>,
    /// `creation_date` of the newest schema.
    pub created: Option<At<String>>,
    /// `deprecation_info` of the newest schema: where it stands.
    pub deprecation: Option<Span>,
}

/// The keys of [`Header`].
pub(super) const HEADER: &[&str] = &[
    "name",
    "id",
    "version",
    "date",
    "creation_date",
    "modification_date",
    "author",
    "description",
    "references",
    "status",
    "deprecation_info",
];

impl Header {
    /// Reads the shared fields. Without a name the file's stem stands in, so that the object can still be talked about.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Header {
        let version = record.int("version", reading);
        if let (Some(node), true) = (record.get("version"), version.as_ref().is_some_and(|version| version.value < 0)) {
            reading.complain(node, "`version` cannot be negative");
        }
        let name = record.need("name", reading).unwrap_or_else(|| At { value: file.stem().to_string(), span: file.start() });
        Header {
            file: file.clone(),
            name,
            id: record.text("id", reading),
            version,
            date: record.text("date", reading).or_else(|| record.text("modification_date", reading)),
            author: record.text("author", reading),
            description: record.text("description", reading),
            references: record.texts("references", reading),
            status: record.text("status", reading),
            created: record.text("creation_date", reading),
            deprecation: record.get("deprecation_info").and(record.key_span("deprecation_info", reading)),
        }
    }
}

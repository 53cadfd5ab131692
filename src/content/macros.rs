//! Search macros.

use crate::diagnostic::MappedText;

use super::file::{File, HEADER, Header};
use super::record::{At, Reading, Record};

/// A search macro.
#[derive(Clone, Debug)]
pub struct Macro {
    /// Name, description, …
    pub header: Header,
    /// Names of its arguments.
    pub arguments: Vec<At<String>>,
    /// What a call becomes; `$argument$` stands for an argument.
    pub definition: At<MappedText>,
}

impl Macro {
    /// Reads a macro. `None` without a definition.
    pub(super) fn read(record: &Record<'_>, file: &File, reading: &mut Reading<'_>) -> Option<Macro> {
        record.only(&[HEADER, &["arguments", "definition", "tags"]].concat(), &[], reading);
        let header = Header::read(record, file, reading);
        let arguments = record.texts("arguments", reading);
        match record.mapped("definition", reading) {
            Some(definition) if !definition.text().trim().is_empty() => Some(Macro { header, arguments, definition }),
            _ => {
                record.missing("definition", reading);
                None
            }
        }
    }
}

//! The CSV file of a lookup is not there, or its rows are not as wide as its header.

use crate::content::LookupData;
use crate::diagnostic::Severity;

use super::{Check, Rule, Scope, Sink};

pub(super) const DEF: Rule = Rule {
    id: "bad-lookup-file",
    title: "the CSV file of a lookup is missing or broken",
    why: "A lookup without its file matches nothing, and a search over it finds nothing.",
    fix: "Put the CSV file beside the YAML file, with as many columns in each row as in the header.",
    example: &[
        (
            "lookups/l.yml",
            r##"name: l
lookup_type: csv
"##,
        ),
    ],
    severity: Severity::Error,
    on: true,
    check: Check::Content(check),
};

fn check(scope: &Scope<'_>, sink: &mut Sink) {
    for lookup in &scope.content.lookups {
        let LookupData::Csv(file) = &lookup.data else { continue };
        let path = scope.content.root.join(&file.value);
        match std::fs::File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                sink.report(file.span, format!("there is no file {}", file.value));
            }
            Err(error) => sink.report(file.span, format!("cannot read {}: {error}", file.value)),
            Ok(csv) => {
                if let Some(problem) = first_problem(csv) {
                    sink.report(file.span, format!("{}: {problem}", file.value));
                }
            }
        }
    }
}

fn first_problem(file: std::fs::File) -> Option<String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(std::io::BufReader::new(file));
    let mut record = csv::ByteRecord::new();
    let mut width = None;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return width.is_none().then(|| "the file is empty".to_string()),
            Ok(true) => {
                let expected = *width.get_or_insert(record.len());
                if record.len() != expected {
                    let line = record.position().map_or(0, csv::Position::line);
                    return Some(format!("line {line} has {} columns, the header has {expected}", record.len()));
                }
            }
            Err(error) => return Some(error.to_string()),
        }
    }
}

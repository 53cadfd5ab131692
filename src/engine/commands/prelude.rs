//! What the files of the commands share.

pub(super) use super::options::Options;
pub(super) use super::{Command, Kind, Opt, OptKind, Place};
pub(super) use crate::diagnostic::{Code, Diagnostic};
pub(super) use crate::engine::compile::Compiler;
pub(super) use crate::engine::operator::{Operator, Pipeline};
pub(super) use crate::engine::run::Run;
pub(super) use crate::engine::schema::Schema;
pub(super) use crate::eval::{Pattern, Program, Wildcard, fill};
pub(super) use crate::fields::Needed;
pub(super) use crate::spl::{Cursor, Expr, Spl, Word};
pub(super) use crate::store::{Column, ColumnBuilder, Table, Text, Value};

/// What every compile function gives.
pub(super) type Compiled = Result<Box<dyn Operator>, Diagnostic>;

/// An expression that has an error was reported already; the command cannot run.
pub(in crate::engine) fn reported(place: &Place<'_>) -> Diagnostic {
    place
        .spl
        .syntax(&place.call.name_at, format!("`{}` cannot be compiled", place.call.name), "because of the problem in it")
        .with_severity(crate::diagnostic::Severity::Info)
}

/// Something that a person should know about the rows of this run.
pub(super) fn warning(message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Code::SplRuntime, message).with_severity(crate::diagnostic::Severity::Warning)
}

/// A regular expression that took too many steps in so many values.
pub(super) fn overrun(command: &str, values: usize) -> Diagnostic {
    let count = if values == 1 { "1 value, which counts".to_string() } else { format!("{values} values, which count") };
    let message = format!("{command}: the regular expression has exceeded match_limit in {count} as not matched");
    warning(message).help("write the pattern so that it can match in one way only, without a repetition in a repetition")
}

/// The columns that names with wildcards mean, in the order of the names.
pub(super) fn matching<'t>(table: &'t Table, names: &[Text]) -> Vec<&'t str> {
    let mut list: Vec<&str> = Vec::new();
    for name in names {
        let pattern = name.contains('*').then(|| Wildcard::exact_case(name));
        for field in table.fields() {
            let hit = pattern.as_ref().map_or(field == name, |p| p.matches(field));
            if hit && !list.contains(&field.as_str()) {
                list.push(field);
            }
        }
    }
    list
}

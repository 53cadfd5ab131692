//! `outputcsv`.

use super::prelude::*;
use crate::knowledge::LookupTable;

#[derive(Debug)]
struct OutputCsv {
    file: String,
    append: bool,
    create_empty: bool,
    override_if_empty: bool,
}

impl Operator for OutputCsv {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let old = run.session.file(&self.file).filter(|_| self.append);
        if input.is_empty() && old.is_none() {
            // An empty file takes the place of an old one, or the old one goes, or it stays.
            match (self.create_empty, self.override_if_empty) {
                (true, _) => run.session.write_file(&self.file, Some(LookupTable::default())),
                (false, true) => run.session.write_file(&self.file, None),
                (false, false) => {}
            }
            return Ok(input);
        }
        // Rows that are added have the columns that the file has.
        let fields: Vec<Text> = match &old {
            Some(old) if !old.fields.is_empty() => old.fields.clone(),
            _ => input.fields().filter(|f| !f.starts_with('_') || matches!(f.as_str(), "_time" | "_raw")).cloned().collect(),
        };
        let mut rows = old.map(|old| old.rows.clone()).unwrap_or_default();
        rows.extend((0..input.len()).map(|row| fields.iter().map(|f| input.value(row, f).to_text()).collect::<Vec<Text>>()));
        run.session.write_file(&self.file, Some(LookupTable { fields, rows }));
        Ok(input)
    }
}

/// A name without an extension is that of a `.csv` file.
pub(super) fn file_name(name: &str) -> String {
    if name.contains('.') { name.to_string() } else { format!("{name}.csv") }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let name = cursor.word()?;
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("outputcsv")?;
    if let Some(word) = options.word("usexml").filter(|_| options.bool("usexml", false)) {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`usexml=true` of outputcsv is not supported: the form of that file is not documented", "not supported here"));
    }
    let Some(name) = name else {
        return Err(place.spl.problem(Code::SplUnsupported, &place.call.at(), "`outputcsv` without a file is not supported: it writes the rows to standard output", "name a file"));
    };
    if name.text.contains('/') || name.text.contains('\\') {
        return Err(place.spl.syntax(&name.at, "`outputcsv` takes the name of a file, not a path", ""));
    }
    let file = file_name(&name.text);
    Ok(Box::new(OutputCsv {
        file,
        append: options.bool("append", false),
        create_empty: options.bool("create_empty", false),
        override_if_empty: options.bool("override_if_empty", true),
    }))
}

pub(super) const DEF: Command = Command {
    name: "outputcsv",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "outputcsv [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [singlefile=<bool>] [dispatch=<bool>] <filename>",
    summary: "Writes the rows into a CSV file, where inputcsv finds it, and passes them on. Here the file is only in memory and goes with the test.",
    options: &[
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "Add to the rows that are there; only the columns of the file are written." },
        Opt { name: "create_empty", kind: OptKind::Bool, default: "false", doc: "No rows make an empty file." },
        Opt { name: "override_if_empty", kind: OptKind::Bool, default: "true", doc: "No rows take an old file away." },
        Opt { name: "dispatch", kind: OptKind::Bool, default: "false", doc: "Read over: there is one place for files." },
        Opt { name: "singlefile", kind: OptKind::Bool, default: "true", doc: "Read over: it is about very large outputs." },
        Opt { name: "usexml", kind: OptKind::Bool, default: "false", doc: "true is not supported." },
    ],
    examples: &[("| makeresults | eval x=1 | fields - _time | outputcsv made | append [| inputcsv made.csv] | stats sum(x) AS x", &[&[("x", "2")]])],
    differs: &["nothing is written to disk"],
    compile,
};

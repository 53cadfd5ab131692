//! `outputlookup`.

use std::sync::Arc;

use super::prelude::*;
use crate::knowledge::{LookupDef, LookupTable};

#[derive(Debug)]
struct OutputLookup {
    def: LookupDef,
    append: bool,
    override_if_empty: bool,
    max: usize,
    /// Neither a definition nor the name of a file.
    undefined: bool,
}

impl Operator for OutputLookup {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if self.undefined {
            let message = format!("the lookup `{}` is not defined here: a Splunk writes only what is defined, or files of the name x.csv", self.def.name);
            run.warn(warning(message));
        }
        if input.is_empty() && !self.override_if_empty {
            return Ok(input);
        }
        let mut fields: Vec<Text> = input.fields().filter(|f| !f.starts_with('_')).cloned().collect();
        if self.def.filename.is_none() && !self.def.fields.is_empty() {
            // A collection holds the fields of its definition only.
            fields.retain(|f| self.def.fields.iter().any(|d| d == f));
        }
        let mut rows = Vec::new();
        if self.append && let Ok(old) = run.lookup_table(&self.def) {
            // What is there keeps its columns; new columns are not added to a file that has some.
            if !old.fields.is_empty() {
                fields.clone_from(&old.fields);
            }
            rows.clone_from(&old.rows);
        }
        for row in 0..input.len().min(self.max) {
            rows.push(fields.iter().map(|f| input.value(row, f).to_text()).collect());
        }
        run.session.write_lookup(self.def.key(), Arc::new(LookupTable { fields, rows }));
        Ok(input)
    }

    /// The rows go on as they are.
    fn schema(&self, _: &mut Schema) {}
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`outputlookup` needs a lookup")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("outputlookup")?;
    let def = match compiler.knowledge.lookup(&name.text) {
        Some(LookupDef { program: Some(_), .. }) => {
            return Err(place.spl.syntax(&name.at, format!("the lookup `{}` is an external program: nothing can be written into it", name.text), ""));
        }
        known => known,
    };
    // A file that is not there yet is made; a definition is not, but it may be another app's.
    let undefined = def.is_none() && !name.text.ends_with(".csv") && !name.text.ends_with(".csv.gz");
    let def = def.unwrap_or_else(|| LookupDef::of_file(&name.text));
    compiler.written.push(name.text.clone());
    if let Some(word) = options.word("key_field") {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`key_field` of outputlookup is not supported: it replaces rows of a KV store, which the local engine does not have", "not supported here"));
    }
    let append = options.bool("append", false);
    let max = usize::try_from(options.int("max", i64::MAX)).unwrap_or(usize::MAX);
    Ok(Box::new(OutputLookup { def, append, override_if_empty: options.bool("override_if_empty", true), max, undefined }))
}

pub(super) const DEF: Command = Command {
    name: "outputlookup",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] [max=<int>] [createinapp=<bool>] <lookup>",
    summary: "Writes the rows into a lookup and passes them on. Here the lookup is only in memory and goes with the test.",
    options: &[
        Opt { name: "append", kind: OptKind::Bool, default: "false", doc: "Add to the rows that are there." },
        Opt { name: "create_empty", kind: OptKind::Bool, default: "true", doc: "Read over." },
        Opt { name: "override_if_empty", kind: OptKind::Bool, default: "true", doc: "No rows empty the lookup." },
        Opt { name: "key_field", kind: OptKind::Text, default: "", doc: "Not supported." },
        Opt { name: "max", kind: OptKind::Int, default: "all", doc: "The number of rows." },
        Opt { name: "allow_updates", kind: OptKind::Bool, default: "true", doc: "Read over: it is about rows with a key_field." },
        Opt { name: "create_context", kind: OptKind::Text, default: "app", doc: "Read over." },
        Opt { name: "createinapp", kind: OptKind::Bool, default: "true", doc: "Read over." },
        Opt { name: "output_format", kind: OptKind::Text, default: "", doc: "Read over." },
    ],
    examples: &[(
        "| makeresults | eval x=1 | outputlookup made.csv | append [| inputlookup made.csv] | stats count",
        &[&[("count", "2")]],
    )],
    differs: &["nothing is written to disk"],
    compile,
};

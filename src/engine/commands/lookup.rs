//! `lookup`.

use std::sync::Arc;

use super::prelude::*;
use crate::fields::{Lookup as Matcher, Program};
use crate::knowledge::LookupDef;

#[derive(Debug)]
struct Lookup {
    def: LookupDef,
    inputs: Vec<(String, String)>,
    outputs: Option<Vec<(String, String)>>,
    only_new: bool,
    event_time: String,
}

impl Operator for Lookup {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let problem = |why: String| Diagnostic::new(Code::SplRuntime, why);
        let table = match self.def.program.as_deref().and_then(Program::find) {
            None => run.lookup_table(&self.def).map_err(problem)?,
            Some(program) => {
                let field = |column: &&str| self.inputs.iter().find(|(c, _)| c == column).map(|(_, field)| input.column_or_null(field));
                let columns: Vec<Column> = program.inputs.iter().filter_map(field).collect();
                Arc::new(program.answers(&columns, input.len()))
            }
        };
        let matcher = Matcher::new(self.def.clone(), table, &self.inputs, self.outputs.as_deref(), self.only_new).map_err(problem)?;
        matcher.at_time_of(&self.event_time).run(&mut input);
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        match &self.outputs {
            Some(outputs) => outputs.iter().for_each(|(_, field)| schema.add(&field.as_str().into())),
            // Every column but the ones looked up.
            None => schema.any(),
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.inputs.iter().map(|(_, field)| field.as_str()).chain([self.event_time.as_str()]))
    }
}

/// The definition that a name means. Also used by inputlookup and outputlookup.
pub(super) fn definition(name: &Word, spl: &Spl, compiler: &Compiler<'_>) -> Result<LookupDef, Diagnostic> {
    let known = compiler.knowledge;
    match known.lookup(&name.text) {
        Some(LookupDef { unsupported: Some(why), .. }) => {
            Err(spl.problem(Code::SplUnsupported, &name.at, format!("the lookup `{}` is not supported: {why}", name.text), "not supported here"))
        }
        Some(LookupDef { program: Some(program), .. }) if Program::find(&program).is_none() => {
            let why = format!("the lookup `{}` is not supported: it runs the external program `{program}`, and none is run here", name.text);
            Err(spl.problem(Code::SplUnsupported, &name.at, why, "not supported here"))
        }
        Some(def) => Ok(def),
        None if compiler.written.contains(&name.text) => Ok(LookupDef::of_file(&name.text)),
        None => {
            let names = known.lookup_names();
            let problem = spl.problem(Code::SplUnknownLookup, &name.at, format!("there is no lookup `{}`", name.text), "unknown lookup");
            let problem = problem.did_you_mean(&name.text, names.iter().map(String::as_str));
            // A lookup may belong to another app, or be written by another search: it may be there in Splunk.
            Err(if problem.help.is_none() { problem.with_severity(crate::diagnostic::Severity::Warning).help("give it with --lookup, or put it into an app's lookups folder") } else { problem })
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(name) = cursor.word()? else { return Err(cursor.unexpected("`lookup` needs a lookup")) };
    options.take_all(cursor, &DEF)?;
    let def = definition(&name, place.spl, compiler)?;
    let pairs = |cursor: &mut Cursor<'_>| -> Result<Vec<(String, String)>, Diagnostic> {
        let mut list = Vec::new();
        loop {
            cursor.separators();
            if cursor.is_done() || cursor.peek_keyword("output") || cursor.peek_keyword("outputnew") {
                return Ok(list);
            }
            let Some(column) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
            let field = if cursor.keyword("as") { cursor.field()?.ok_or_else(|| cursor.unexpected("a field is expected after AS"))? } else { column.clone() };
            list.push((column.text, field.text));
        }
    };
    let inputs = pairs(cursor)?;
    if inputs.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`lookup` needs a field to look up", "no field is named"));
    }
    let only_new = cursor.keyword("outputnew");
    let outputs = if only_new || cursor.keyword("output") { Some(pairs(cursor)?) } else { None };
    cursor.expect_done("lookup")?;
    // Columns that are not there are an error now, not when the search runs.
    if let Ok(table) = compiler.knowledge.lookup_table(&def)
        && !table.fields.is_empty()
        && let Err(why) = Matcher::new(def.clone(), table, &inputs, outputs.as_deref(), only_new)
    {
        return Err(place.spl.problem(Code::SplUnknownLookup, &place.call.at(), why, ""));
    }
    if let Some(program) = def.program.as_deref().and_then(Program::find)
        && let Some(missing) = program.inputs.iter().find(|column| !inputs.iter().any(|(c, _)| c == *column))
    {
        let message = format!("the lookup `{}` needs the input `{missing}`", name.text);
        return Err(place.spl.syntax(&name.at, message, format!("put {missing} AS a field after it")));
    }
    let event_time = match options.word("event_time_field") {
        Some(word) if def.times.is_none() => {
            return Err(cursor.problem(Code::SplOption, &word.at, format!("the lookup `{}` is not time-based", name.text), "event_time_field says nothing here"));
        }
        other => other.map_or("_time", |w| w.text.as_str()).to_string(),
    };
    Ok(Box::new(Lookup { def, inputs, outputs, only_new, event_time }))
}

pub(super) const DEF: Command = Command {
    name: "lookup",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "lookup [local=<bool>] [update=<bool>] [event_time_field=<field>] <lookup> <column> [AS <field>] ... [OUTPUT|OUTPUTNEW <column> [AS <field>] ...]",
    summary: "Adds fields of the rows of a lookup that fit the event; several rows give multivalues, OUTPUTNEW keeps values that are there.",
    options: &[
        Opt { name: "local", kind: OptKind::Bool, default: "false", doc: "Read over: there is one machine." },
        Opt { name: "update", kind: OptKind::Bool, default: "false", doc: "Read over: lookups are read once." },
        Opt { name: "event_time_field", kind: OptKind::Text, default: "_time", doc: "The field that a time-based lookup compares." },
    ],
    examples: &[],
    differs: &[],
    compile,
};

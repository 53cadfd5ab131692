//! `foreach`.

use std::sync::Arc;

use super::prelude::*;
use crate::diagnostic::MappedText;
use crate::eval::json_path;

#[derive(Debug)]
struct ForEach {
    names: Vec<Text>,
    mode: Mode,
    /// The commands with `<<FIELD>>` and its kin in them.
    template: String,
    /// What stands for the field, for all that stars stand for, for each star, for the item and for its number.
    field: String,
    whole: String,
    segments: [String; 3],
    item: String,
    iteration: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Mode {
    /// Once for each field that fits.
    Fields,
    /// Once for each value of a multivalue.
    Values,
    /// Once for each element of a JSON array.
    Json,
    /// Either, by what the row holds.
    Auto,
}

/// The field in which an item is while the commands run.
const ITEM: &str = "__foreach_item";

impl ForEach {
    fn commands(&self, text: String, what: &str, table: Table, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let source = run.env.sources.add("foreach", text.as_str());
        let mut compiler = Compiler::new(&run.env.knowledge);
        let spl = Arc::new(Spl::new(MappedText::plain(source, 0, text)));
        let parsed = crate::spl::Pipeline::parse(spl, &mut compiler.problems);
        let pipeline = compiler.continued(&parsed);
        match (pipeline, compiler.problems.into_iter().find(|p| p.is_error() || p.code == Code::SplUnsupported)) {
            (Some(pipeline), None) => pipeline.run(table, run),
            (_, Some(problem)) => Err(problem.note(format!("in foreach, for {what}"))),
            (None, None) => Ok(table),
        }
    }

    fn fields(&self, mut table: Table, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut all: Vec<(Text, Vec<String>)> = Vec::new();
        for name in &self.names {
            let pattern = Wildcard::exact_case(name);
            let wild = name.contains('*');
            for field in table.fields().filter(|f| !wild || !f.starts_with('_')) {
                if let Some(stars) = pattern.captures(field) {
                    all.push((field.clone(), stars.into_iter().map(str::to_string).collect()));
                }
            }
        }
        for (field, stars) in all {
            let mut text = self.template.replace(&self.field, &field).replace(&self.whole, &stars.concat());
            for (n, segment) in self.segments.iter().enumerate() {
                text = text.replace(segment, stars.get(n).map_or("", String::as_str));
            }
            table = self.commands(text, &format!("the field `{field}`"), table, run)?;
        }
        Ok(table)
    }

    /// The items of a row's value.
    fn items(&self, value: &Value) -> Vec<Value> {
        let json = || match value {
            Value::Null | Value::Multi(_) => None,
            one => one.as_text().and_then(|t| serde_json::from_str::<Vec<serde_json::Value>>(&t).ok()),
        };
        let of = |list: Vec<serde_json::Value>| list.iter().map(json_path::to_value).collect();
        match self.mode {
            Mode::Json => json().map(of).unwrap_or_default(),
            Mode::Auto => json().map_or_else(|| value.texts().into_iter().map(Value::Text).collect(), of),
            _ => value.texts().into_iter().map(Value::Text).collect(),
        }
    }

    /// Item by item: the rows that have one go through the commands, the others wait.
    fn collection(&self, mut table: Table, run: &Run<'_>) -> Result<Table, Diagnostic> {
        for name in &self.names {
            let column = table.column_or_null(name);
            let items: Vec<Vec<Value>> = column.iter().map(|v| self.items(v)).collect();
            let most = items.iter().map(Vec::len).max().unwrap_or(0);
            for n in 0..most {
                let has: Vec<bool> = items.iter().map(|list| list.len() > n).collect();
                let mut part = table.filter(&has);
                part.set(ITEM, Column::flat(items.iter().filter_map(|list| list.get(n).cloned()).collect()));
                let field = format!("'{ITEM}'");
                let mut text = self.template.clone();
                for quoted in [format!("\"{}\"", self.item), format!("'{}'", self.item), self.item.clone()] {
                    text = text.replace(&quoted, &field);
                }
                text = text.replace(&self.iteration, &n.to_string()).replace(&self.field, name);
                let done = self.commands(text, &format!("an item of `{name}`"), part, run)?;
                // Back into the rows they came from.
                let mut at = 0..done.len();
                let from: Vec<Option<usize>> = has.iter().map(|h| if *h { at.next() } else { None }).collect();
                for (field, new) in done.columns().filter(|(f, _)| *f != ITEM) {
                    let old = table.column_or_null(field);
                    let merged = from.iter().enumerate().map(|(row, done)| done.map_or_else(|| old.get(row).clone(), |r| new.get(r).clone()));
                    table.set(field.clone(), Column::flat(merged.collect()));
                }
            }
        }
        Ok(table)
    }
}

impl Operator for ForEach {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if self.mode == Mode::Fields { self.fields(input, run) } else { self.collection(input, run) }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut names = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.peek() == Some(b'[') || cursor.is_done() {
            break;
        }
        match cursor.field()? {
            Some(word) => names.push(Text::from(word.text)),
            None => break,
        }
    }
    let Some(sub) = cursor.subsearch() else { return Err(cursor.unexpected("commands in brackets are expected")) };
    cursor.expect_done("foreach")?;
    let mode = match options.word("mode") {
        None => Mode::Fields,
        Some(word) => match word.text.to_ascii_lowercase().as_str() {
            "multifield" => Mode::Fields,
            "multivalue" => Mode::Values,
            "json_array" => Mode::Json,
            "auto_collections" => Mode::Auto,
            _ => return Err(cursor.problem(Code::SplOption, &word.at, "the mode is multifield, multivalue, json_array or auto_collections", "")),
        },
    };
    if mode != Mode::Fields && (sub.pipeline.calls.len() != 1 || sub.pipeline.calls[0].name != "eval") {
        return Err(place.spl.syntax(&sub.at, "in this mode, foreach takes a single eval command", ""));
    }
    let template = place.spl.text()[sub.at.start + 1..sub.at.end - 1].trim();
    let template = if template.starts_with('|') { template.to_string() } else { format!("| {template}") };
    let text = |name: &str, default: &str| options.text(name).unwrap_or(default).to_string();
    Ok(Box::new(ForEach {
        names,
        mode,
        template,
        field: text("fieldstr", "<<FIELD>>"),
        whole: text("matchstr", "<<MATCHSTR>>"),
        segments: [text("matchseg1", "<<MATCHSEG1>>"), text("matchseg2", "<<MATCHSEG2>>"), text("matchseg3", "<<MATCHSEG3>>")],
        item: text("itemstr", "<<ITEM>>"),
        iteration: text("iterstr", "<<ITER>>"),
    }))
}

pub(super) const DEF: Command = Command {
    name: "foreach",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "foreach [mode=multifield | multivalue | json_array | auto_collections] <wc-field-list> [<commands with <<FIELD>>, <<MATCHSTR>>, <<MATCHSEG1>>, <<ITEM>>, <<ITER>>>]",
    summary: "Runs commands once for each field that fits, with its name in the place of <<FIELD>>, or once for each item of a field.",
    options: &[
        Opt { name: "mode", kind: OptKind::Text, default: "multifield", doc: "What is gone through: fields, values, or elements of JSON." },
        Opt { name: "fieldstr", kind: OptKind::Text, default: "<<FIELD>>", doc: "What stands for the name of the field." },
        Opt { name: "matchstr", kind: OptKind::Text, default: "<<MATCHSTR>>", doc: "What stands for all that the stars stand for." },
        Opt { name: "matchseg1", kind: OptKind::Text, default: "<<MATCHSEG1>>", doc: "What stands for the first star." },
        Opt { name: "matchseg2", kind: OptKind::Text, default: "<<MATCHSEG2>>", doc: "What stands for the second star." },
        Opt { name: "matchseg3", kind: OptKind::Text, default: "<<MATCHSEG3>>", doc: "What stands for the third star." },
        Opt { name: "itemstr", kind: OptKind::Text, default: "<<ITEM>>", doc: "What stands for the item." },
        Opt { name: "iterstr", kind: OptKind::Text, default: "<<ITER>>", doc: "What stands for the number of the item, from 0." },
    ],
    examples: &[
        ("| makeresults | eval a1=1, a2=2, t=0 | foreach a* [eval t=t+<<FIELD>>] | table t", &[&[("t", "3")]]),
        ("| makeresults | eval x=split(\"1,2,3\", \",\"), t=0 | foreach mode=multivalue x [eval t=t+<<ITEM>>*<<ITER>>] | table t", &[&[("t", "8")]]),
        ("| makeresults | eval x=\"[\\\"a\\\",2]\", t=\"\" | foreach mode=json_array x [eval t=t.<<ITEM>>] | table t", &[&[("t", "a2")]]),
    ],
    differs: &[],
    compile,
};

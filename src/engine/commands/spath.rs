//! `spath`.

use super::new_fields::{NewFields, put_over};
use super::prelude::*;
use crate::eval::structured;

#[derive(Debug)]
struct Spath {
    input: Text,
    /// A path and the field for it; else every leaf becomes a field.
    path: Option<(String, Text)>,
}

impl Operator for Spath {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.input);
        match &self.path {
            Some((path, output)) => {
                let new = column.map(|v| v.as_text().map_or(Value::Null, |t| structured::at(&t, path)));
                put_over(&mut input, output.clone(), |row| new.get(row));
            }
            None => {
                let mut made = NewFields::default();
                for row in 0..input.len() {
                    let Some(text) = column.get(row).as_text() else { continue };
                    let mut fields: indexmap::IndexMap<String, Vec<Text>> = indexmap::IndexMap::new();
                    structured::leaves(&text, &mut |path, text| fields.entry(path.to_string()).or_default().push(Text::new(text)));
                    for (name, texts) in fields {
                        made.add(row, name, Value::from_texts(texts));
                    }
                }
                made.put_into(&mut input);
            }
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        match &self.path {
            Some((_, output)) => schema.add(output),
            None => schema.any(),
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.input.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let mut path = options.text("path").map(str::to_string);
    if path.is_none() && let Some(word) = cursor.word()? {
        path = Some(word.text);
    }
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("spath")?;
    let output = options.text("output").map(Text::new);
    let path = path.map(|p| {
        let output = output.clone().unwrap_or_else(|| Text::new(&p));
        (p, output)
    });
    Ok(Box::new(Spath { input: Text::new(options.text("input").unwrap_or("_raw")), path }))
}

pub(super) const DEF: Command = Command {
    name: "spath",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "spath [input=<field>] [output=<field>] [path=<path> | <path>]",
    summary: "Makes fields of JSON or XML: the value at a path, or every leaf, named by its path.",
    options: &[
        Opt { name: "input", kind: OptKind::Text, default: "_raw", doc: "The field that is read." },
        Opt { name: "output", kind: OptKind::Text, default: "the path", doc: "The field that is made." },
        Opt { name: "path", kind: OptKind::Text, default: "", doc: "Where the value is." },
    ],
    examples: &[
        ("| makeresults | eval _raw=\"<a><b c='1'>x</b><b>y</b></a>\" | spath | table a.b a.b{@c}", &[&[("a.b", "x y"), ("a.b{@c}", "1")]]),
        ("| makeresults | eval j=\"{\\\"a\\\":{\\\"b\\\":7}}\" | spath input=j path=a.b output=x | table x", &[&[("x", "7")]]),
    ],
    differs: &[],
    compile,
};

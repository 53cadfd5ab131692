//! `xmlunescape`.

use super::prelude::*;

#[derive(Debug)]
struct XmlUnescape;

impl Operator for XmlUnescape {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<Text> = input.fields().cloned().collect();
        for name in names {
            let column = input.column_or_null(&name);
            if column.values().iter().any(|v| v.any(|t| t.contains('&'))) {
                input.set(name, column.map(unescaped));
            }
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn unescaped(value: &Value) -> Value {
    let one = |text: &str| Text::from(crate::eval::xml::unescape(text));
    match value {
        Value::Text(text) => Value::Text(one(text)),
        Value::Multi(all) => Value::from_texts(all.iter().map(|t| one(t)).collect()),
        other => other.clone(),
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("xmlunescape")?;
    Ok(Box::new(XmlUnescape))
}

pub(super) const DEF: Command = Command {
    name: "xmlunescape",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "xmlunescape [maxinputs=<int>]",
    summary: "Puts the characters themselves in the place of entities such as &amp; and &#39; in all fields.",
    options: &[Opt { name: "maxinputs", kind: OptKind::Int, default: "50000", doc: "Read over: there is no limit." }],
    examples: &[("| makeresults | eval x=\"a &lt; b &amp;&amp; c\" | xmlunescape | table x", &[&[("x", "a < b && c")]])],
    differs: &[],
    compile,
};

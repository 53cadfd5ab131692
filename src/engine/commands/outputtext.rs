//! `outputtext`.

use super::prelude::*;

#[derive(Debug)]
struct OutputText {
    xml: bool,
}

impl Operator for OutputText {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let raw = input.column_or_null("_raw");
        let text = match self.xml {
            false => raw,
            true => raw.map(|v| v.as_text().map_or(Value::Null, |t| Value::from(escaped(&t)))),
        };
        input.set("_xml", text);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.without("_xml").and(["_raw"])
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("outputtext")?;
    Ok(Box::new(OutputText { xml: options.bool("usexml", true) }))
}

pub(super) const DEF: Command = Command {
    name: "outputtext",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "outputtext [usexml=<bool>]",
    summary: "Copies the text of an event into the field _xml, with the signs of XML escaped.",
    options: &[Opt { name: "usexml", kind: OptKind::Bool, default: "true", doc: "Escape; with false it is the same text." }],
    examples: &[("| makeresults | eval _raw=\"a<b & c\" | outputtext | eval x=_xml | table x", &[&[("x", "a&lt;b &amp; c")]])],
    differs: &[],
    compile,
};

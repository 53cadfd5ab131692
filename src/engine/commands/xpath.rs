//! `xpath`.

use super::prelude::*;
use crate::eval::xml;

#[derive(Debug)]
struct XPath {
    path: xml::XPath,
    input: Text,
    output: Text,
    default: Option<Text>,
}

impl Operator for XPath {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.input).map(|value| {
            let mut texts: Vec<Text> = Vec::new();
            value.each(|t| texts.extend(xml::parse(t).map(|roots| self.path.texts(roots)).unwrap_or_default().into_iter().map(Text::from)));
            match &self.default {
                Some(default) if texts.is_empty() => Value::Text(default.clone()),
                _ => Value::from_texts(texts),
            }
        });
        input.set(self.output.clone(), column);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.input.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    if cursor.peek() != Some(b'"') {
        return Err(cursor.unexpected("an XPath expression in quotes is expected"));
    }
    let word = cursor.quoted()?;
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("xpath")?;
    let Some(path) = xml::XPath::parse(&word.text) else {
        let message = "this XPath expression is not supported: the local engine knows /, //, names, *, [n], [@a=\"v\"], /@attribute and /text()";
        return Err(cursor.problem(Code::SplUnsupported, &word.at, message, "not supported here"));
    };
    Ok(Box::new(XPath {
        path,
        input: Text::new(options.text("field").unwrap_or("_raw")),
        output: Text::new(options.text("outfield").unwrap_or("xpath")),
        default: options.text("default").map(Text::new),
    }))
}

pub(super) const DEF: Command = Command {
    name: "xpath",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "xpath [outfield=<field>] \"<xpath>\" [field=<field>] [default=<string>]",
    summary: "The values at an XPath of XML text.",
    options: &[
        Opt { name: "outfield", kind: OptKind::Text, default: "xpath", doc: "The field that is made." },
        Opt { name: "field", kind: OptKind::Text, default: "_raw", doc: "The field that is read." },
        Opt { name: "default", kind: OptKind::Text, default: "", doc: "What stands where nothing is found." },
    ],
    examples: &[("| makeresults | eval _raw=\"<foo><bar n='a'/><bar n='b'>x</bar></foo>\" | xpath outfield=n \"//bar[2]/@n\" | table n", &[&[("n", "b")]])],
    differs: &["only paths of names, numbers and attributes"],
    compile,
};

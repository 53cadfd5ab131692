//! `xmlkv`.

use super::new_fields::NewFields;
use super::prelude::*;
use crate::eval::xml;

#[derive(Debug)]
struct XmlKv(Text);

impl Operator for XmlKv {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.0);
        let mut made = NewFields::default();
        for row in 0..input.len() {
            let mut found: indexmap::IndexMap<String, Vec<Text>> = indexmap::IndexMap::new();
            column.get(row).each(|text| {
                for root in xml::parse(text).unwrap_or_default() {
                    leaves(&root, &mut found);
                }
            });
            for (name, values) in found {
                let equal = values.iter().all(|v| *v == values[0]);
                if !equal {
                    run.warn(warning(format!("xmlkv met several elements `{name}` in one event: the field has all their values")));
                }
                made.add(row, name, Value::from_texts(if equal { values[..1].to_vec() } else { values }));
            }
        }
        made.put_into(&mut input);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.0.as_str()])
    }
}

/// Elements that hold text and no elements.
fn leaves(element: &xml::Element, found: &mut indexmap::IndexMap<String, Vec<Text>>) {
    if element.children.is_empty() && !element.text.is_empty() {
        found.entry(element.name.clone()).or_default().push(Text::new(&element.text));
    }
    element.children.iter().for_each(|child| leaves(child, found));
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let field = cursor.field()?.map_or_else(|| Text::new("_raw"), |w| w.text.into());
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("xmlkv")?;
    Ok(Box::new(XmlKv(field)))
}

pub(super) const DEF: Command = Command {
    name: "xmlkv",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "xmlkv [<field>] [maxinputs=<int>]",
    summary: "Makes a field of each XML element that holds text, named after the element.",
    options: &[Opt { name: "maxinputs", kind: OptKind::Int, default: "50000", doc: "Read over." }],
    examples: &[("| makeresults | eval _raw=\"<a>1</a><b x='2'>x &amp; y</b>\" | xmlkv | table a b", &[&[("a", "1"), ("b", "x & y")]])],
    differs: &["several elements of one name with different values give a multivalue, and a warning"],
    compile,
};

//! `nomv`.

use super::prelude::*;

#[derive(Debug)]
struct NoMv {
    field: Text,
    delimiter: String,
}

impl Operator for NoMv {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        if input.has(&self.field) {
            let column = input.column_or_null(&self.field).map(|v| match v {
                Value::Multi(all) => Value::from(all.join(&self.delimiter)),
                one => one.clone(),
            });
            input.set(self.field.clone(), column);
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

/// The delimiter that the command which made the multivalue has given it: `mvcombine`, or `stats delim=`.
fn delimiter(field: &str, place: &Place<'_>) -> Option<String> {
    let call = place.earlier.iter().rev().find(|c| matches!(c.name.as_str(), "mvcombine" | "stats"))?;
    let mut cursor = Cursor::new(place.spl, call);
    let mut found = None;
    let mut names = false;
    while !cursor.is_done() {
        match cursor.option().ok().flatten() {
            Some((name, value)) if name.text == "delim" => found = Some(value.text),
            Some(_) => {}
            None => match cursor.field().ok().flatten() {
                Some(word) => names |= word.text == field,
                None => cursor.advance(1),
            },
        }
    }
    match call.name.as_str() {
        "mvcombine" if names => Some(found.unwrap_or_else(|| " ".to_string())),
        "mvcombine" => None,
        _ => found,
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`nomv` needs a field")) };
    cursor.expect_done("nomv")?;
    let delimiter = delimiter(&field.text, place).unwrap_or_else(|| "\n".to_string());
    Ok(Box::new(NoMv { field: field.text.into(), delimiter }))
}

pub(super) const DEF: Command = Command {
    name: "nomv",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "nomv <field>",
    summary: "Makes one text of a multivalue, with line breaks between, or the delimiter that mvcombine or stats gave.",
    options: &[],
    examples: &[
        ("| makeresults | eval x=split(\"a,b\", \",\") | nomv x | eval n=mvcount(x) | table n", &[&[("n", "1")]]),
        ("| makeresults format=csv data=\"x\n1\n2\" | table x | mvcombine delim=\",\" x | nomv x", &[&[("x", "1,2")]]),
    ],
    differs: &[],
    compile,
};

//! `replace`.

use super::prelude::*;

#[derive(Debug)]
struct Replace {
    pairs: Vec<(Wildcard, String)>,
    fields: Vec<Text>,
}

impl Operator for Replace {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<Text> = if self.fields.is_empty() { input.fields().filter(|f| !f.starts_with('_')).cloned().collect() } else { self.fields.clone() };
        for name in names {
            if !input.has(&name) {
                continue;
            }
            let column = input.column_or_null(&name).map(|value| {
                let mut texts = Vec::new();
                value.each(|t| texts.push(self.replace(t)));
                if matches!(value, Value::Number(_)) && texts.first().map(Text::as_str) == value.as_text().as_deref() { value.clone() } else { Value::from_texts(texts) }
            });
            input.set(name, column);
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(&self.fields);
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.fields.iter().map(Text::as_str))
    }
}

impl Replace {
    /// Whole values are replaced; a star on the right stands for what a star on the left stood for.
    fn replace(&self, text: &str) -> Text {
        for (pattern, with) in &self.pairs {
            if let Some(stars) = pattern.captures(text) {
                return Text::from(fill(with, &stars));
            }
        }
        Text::new(text)
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut pairs = Vec::new();
    let mut fields = Vec::new();
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        if cursor.keyword("in") {
            fields = cursor.fields(&[])?;
            break;
        }
        let Some(from) = cursor.word()? else { return Err(cursor.unexpected("a value is expected")) };
        cursor.separators();
        if !cursor.keyword("with") {
            return Err(cursor.unexpected("`WITH` and the new value are expected"));
        }
        let Some(to) = cursor.word()? else { return Err(cursor.unexpected("the new value is expected after WITH")) };
        pairs.push((Wildcard::exact_case(&from.text), to.text));
    }
    cursor.expect_done("replace")?;
    if pairs.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`replace` needs values such as old WITH new", ""));
    }
    Ok(Box::new(Replace { pairs, fields: fields.into_iter().map(|w| w.text.into()).collect() }))
}

pub(super) const DEF: Command = Command {
    name: "replace",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "replace <wc-string> WITH <wc-string> [, ...] [IN <field-list>]",
    summary: "Replaces whole values of fields; the case counts.",
    options: &[],
    examples: &[("| makeresults | eval x=\"::ffff:10.0.0.1\" | replace \"::ffff:*\" WITH * IN x | table x", &[&[("x", "10.0.0.1")]])],
    differs: &[],
    compile,
};

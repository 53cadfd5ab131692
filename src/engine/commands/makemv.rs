//! `makemv`.

use super::prelude::*;

#[derive(Debug)]
struct MakeMv {
    field: Text,
    delimiter: String,
    tokenizer: Option<std::sync::Arc<Pattern>>,
    allow_empty: bool,
}

impl Operator for MakeMv {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field).map(|value| {
            let mut texts = Vec::new();
            value.each(|text| match &self.tokenizer {
                Some(pattern) => pattern.each(text, |c| {
                    texts.extend(c.get(1).or_else(|| c.get(0)).map(Text::new));
                    true
                }),
                None => texts.extend(text.split(self.delimiter.as_str()).filter(|t| self.allow_empty || !t.is_empty()).map(Text::new)),
            });
            Value::from_texts(texts)
        });
        input.set(self.field.clone(), column);
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`makemv` needs a field")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("makemv")?;
    if let Some(word) = options.word("setsv").filter(|_| options.bool("setsv", false)) {
        return Err(cursor.problem(Code::SplUnsupported, &word.at, "`setsv` of makemv is not supported: the local engine does not have it yet", "not supported here"));
    }
    let tokenizer = match options.word("tokenizer") {
        Some(word) => Some(Pattern::new(&word.text).map_err(|why| cursor.problem(Code::SplRegex, &word.at, format!("the tokenizer does not compile: {why}"), ""))?),
        None => None,
    };
    let delimiter = options.text("delim").filter(|d| !d.is_empty()).unwrap_or(" ").to_string();
    Ok(Box::new(MakeMv { field: field.text.into(), delimiter, tokenizer, allow_empty: options.bool("allowempty", false) }))
}

pub(super) const DEF: Command = Command {
    name: "makemv",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "makemv [delim=<string> | tokenizer=<regex>] [allowempty=<bool>] [setsv=<bool>] <field>",
    summary: "Makes a multivalue of a text, by a delimiter or by the first group of a regular expression.",
    options: &[
        Opt { name: "delim", kind: OptKind::Text, default: "a blank", doc: "Between the values." },
        Opt { name: "tokenizer", kind: OptKind::Text, default: "", doc: "Its first group is a value, each time it matches." },
        Opt { name: "allowempty", kind: OptKind::Bool, default: "false", doc: "Keep empty values." },
        Opt { name: "setsv", kind: OptKind::Bool, default: "false", doc: "Only false is supported." },
    ],
    examples: &[("| makeresults | eval x=\"a,b,,c\" | makemv delim=\",\" x | table x", &[&[("x", "a b c")]])],
    differs: &[],
    compile,
};

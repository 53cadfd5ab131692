//! `regex`.

use super::prelude::*;

#[derive(Debug)]
struct Regex {
    field: Text,
    pattern: std::sync::Arc<Pattern>,
    negated: bool,
}

impl Operator for Regex {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut overruns = 0;
        let mut matches = |text: &str| {
            let found = self.pattern.try_find(text);
            overruns += usize::from(found.is_err());
            found.is_ok_and(|found| found.is_some())
        };
        let keep = input.column_or_null(&self.field).test(|v| v.any(&mut matches) != self.negated);
        if overruns > 0 {
            run.warn(overrun("regex", overruns));
        }
        Ok(input.filter(&keep))
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let start = cursor.position();
    let mut field = Text::new("_raw");
    let mut negated = false;
    // `field=pattern`, `field!=pattern`, or a bare pattern over the raw text.
    if cursor.peek() != Some(b'"') {
        let name = cursor.word_until(b"=!")?;
        cursor.white();
        let not = cursor.byte() == Some(b'!') && cursor.byte_at(1) == Some(b'=');
        match name {
            Some(name) if not || cursor.byte() == Some(b'=') => {
                cursor.advance(if not { 2 } else { 1 });
                field = name.text.into();
                negated = not;
            }
            _ => cursor.reset(start),
        }
    }
    let word = super::rex::pattern(cursor)?;
    let pattern = Pattern::new(&word.text).map_err(|why| cursor.problem(Code::SplRegex, &word.at, format!("the regular expression does not compile: {why}"), "in this pattern"))?;
    cursor.expect_done("regex")?;
    Ok(Box::new(Regex { field, pattern, negated }))
}

pub(super) const DEF: Command = Command {
    name: "regex",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "regex (<field>=<regex> | <field>!=<regex> | <regex>)",
    summary: "Keeps the rows whose field, or raw text, a regular expression matches; with != those it does not.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\nab\ncd\" | regex x=\"^a\" | table x", &[&[("x", "ab")]])],
    differs: &[],
    compile,
};

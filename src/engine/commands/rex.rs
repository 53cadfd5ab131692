//! `rex`.

use super::new_fields::put_over;
use rayon::prelude::*;

use super::prelude::*;
use crate::eval::Sed;

#[derive(Debug)]
struct Rex {
    field: Text,
    how: How,
}

#[derive(Debug)]
enum How {
    Extract { pattern: std::sync::Arc<Pattern>, groups: Vec<(usize, Text)>, max: usize, offset: Option<Text> },
    Sed(Sed),
}

impl Operator for Rex {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field);
        match &self.how {
            How::Sed(sed) => {
                let replaced = column.map(|value| {
                    let mut texts = Vec::new();
                    value.each(|t| texts.push(Text::from(sed.apply(t))));
                    Value::from_texts(texts)
                });
                input.set(self.field.clone(), replaced);
            }
            How::Extract { pattern, groups, max, offset } => {
                // The groups of each distinct value, found once.
                let found: Vec<Found> =
                    column.values().par_iter().with_min_len(256).map(|v| extract(v, pattern, groups, *max)).collect();
                let overruns = found.iter().filter(|f| f.overrun).count();
                if overruns > 0 {
                    run.warn(overrun("rex", overruns));
                }
                for (n, (_, name)) in groups.iter().enumerate() {
                    put_over(&mut input, name.clone(), |row| &found[column.code(row) as usize].groups[n]);
                }
                if let Some(offset) = offset {
                    let made = Column::flat((0..input.len()).map(|row| found[column.code(row) as usize].offsets.clone()).collect());
                    input.set(offset.clone(), made);
                }
            }
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read([&self.field]);
        if let How::Extract { groups, offset, .. } = &self.how {
            groups.iter().map(|(_, name)| name).chain(offset).for_each(|name| schema.add(name));
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and([self.field.as_str()])
    }
}

/// What a pattern finds in one value.
struct Found {
    /// The values of the groups.
    groups: Vec<Value>,
    /// The value of `offset_field`.
    offsets: Value,
    /// The pattern ran over the limits.
    overrun: bool,
}

fn extract(value: &Value, pattern: &Pattern, groups: &[(usize, Text)], max: usize) -> Found {
    let mut texts: Vec<Vec<Text>> = vec![Vec::new(); groups.len()];
    let mut offsets = Vec::new();
    let mut overrun = false;
    value.each(|text| {
        let mut matches = 0;
        let done = pattern.try_each(text, |captures| {
            for (list, (group, name)) in texts.iter_mut().zip(groups) {
                if let Some(text) = captures.get(*group) {
                    list.push(Text::new(text));
                    if let Some((start, end)) = captures.span(*group) {
                        offsets.push(format!("{name}={start}-{}", end.saturating_sub(1)));
                    }
                }
            }
            matches += 1;
            matches < max
        });
        overrun |= done.is_err();
    });
    let offsets = if offsets.is_empty() { Value::Null } else { Value::from(offsets.join("&")) };
    Found { groups: texts.into_iter().map(Value::from_texts).collect(), offsets, overrun }
}

/// A regular expression: quoted, or all that is left when it is not. Also used by `regex`.
pub(super) fn pattern(cursor: &mut Cursor<'_>) -> Result<Word, Diagnostic> {
    if cursor.peek() == Some(b'"') {
        return cursor.quoted();
    }
    let (text, at) = cursor.take_rest();
    if text.is_empty() {
        return Err(cursor.unexpected("a regular expression is expected"));
    }
    Ok(Word { text: text.to_string(), quoted: false, at })
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let word = if cursor.peek() == Some(b'"') { cursor.quoted()? } else { pattern(cursor)? };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("rex")?;
    let field = Text::new(options.text("field").unwrap_or("_raw"));
    match options.word("mode") {
        Some(mode) if mode.text.eq_ignore_ascii_case("sed") => {
            let sed = Sed::parse(&word.text).map_err(|why| cursor.problem(Code::SplRegex, &word.at, format!("this is no sed expression: {why}"), "expected such as s/old/new/g"))?;
            return Ok(Box::new(Rex { field, how: How::Sed(sed) }));
        }
        Some(mode) => return Err(cursor.problem(Code::SplOption, &mode.at, "the only mode of rex is sed", "")),
        None => {}
    }
    let pattern = Pattern::new(&word.text).map_err(|why| cursor.problem(Code::SplRegex, &word.at, format!("the regular expression does not compile: {why}"), "in this pattern"))?;
    let groups: Vec<(usize, Text)> = pattern.names().iter().enumerate().filter_map(|(n, name)| Some((n, Text::new(name.as_ref()?)))).collect();
    if groups.is_empty() {
        return Err(cursor.problem(Code::SplRegex, &word.at, "the regular expression names no group, so rex would make no field", "write (?<field>…)"));
    }
    let max = match options.int("max_match", 1) {
        0 => usize::MAX,
        n => usize::try_from(n).unwrap_or(1),
    };
    let offset = options.text("offset_field").map(Text::new);
    Ok(Box::new(Rex { field, how: How::Extract { pattern, groups, max, offset } }))
}

pub(super) const DEF: Command = Command {
    name: "rex",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "rex [field=<field>] [max_match=<int>] [offset_field=<field>] (<regex with named groups> | mode=sed <sed-expression>)",
    summary: "Makes fields of the named groups of a regular expression, at its first match; or changes a field by a sed expression.",
    options: &[
        Opt { name: "field", kind: OptKind::Text, default: "_raw", doc: "The field that is read." },
        Opt { name: "max_match", kind: OptKind::Int, default: "1", doc: "Matches; more than one give multivalues, 0 is all." },
        Opt { name: "offset_field", kind: OptKind::Text, default: "", doc: "A field for the places of the groups." },
        Opt { name: "mode", kind: OptKind::Text, default: "", doc: "sed." },
    ],
    examples: &[
        ("| makeresults | eval x=\"user=bob id=7\" | rex field=x \"user=(?<user>\\w+) id=(?<id>\\d+)\" | table user id", &[&[("user", "bob"), ("id", "7")]]),
        ("| makeresults | eval x=\"aba\" | rex field=x mode=sed \"s/a/-/g\" | table x", &[&[("x", "-b-")]]),
    ],
    differs: &[],
    compile,
};

//! `rangemap`.

use super::prelude::*;

#[derive(Debug)]
struct RangeMap {
    field: Text,
    ranges: Vec<(Text, f64, f64)>,
    default: Text,
}

impl Operator for RangeMap {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let column = input.column_or_null(&self.field).map(|value| {
            let mut names: Vec<Text> = Vec::new();
            if let Some(n) = value.number() {
                names.extend(self.ranges.iter().filter(|(_, from, to)| n >= *from && n <= *to).map(|(name, ..)| name.clone()));
            }
            if names.is_empty() { Value::Text(self.default.clone()) } else { Value::from_texts(names) }
        });
        input.set("range", column);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.without("range").and([self.field.as_str()])
    }
}

/// `0-10`, `-5-5`, `-10--5`, `1.5-2.5`.
fn bounds(text: &str) -> Option<(f64, f64)> {
    let dash = text.get(1..)?.find('-')? + 1;
    Some((crate::store::parse_number(&text[..dash])?, crate::store::parse_number(&text[dash + 1..])?))
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let (mut field, mut default, mut ranges) = (None, Text::new("None"), Vec::new());
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        // Names of ranges keep their case, so they are not read as options.
        let Some(name) = cursor.field()? else { return Err(cursor.unexpected("`name=start-end` is expected")) };
        if !cursor.eat(b'=') {
            return Err(cursor.unexpected("`=` is expected"));
        }
        let Some(value) = cursor.word()? else { return Err(cursor.unexpected("a range is expected")) };
        match name.text.as_str() {
            "field" => field = Some(Text::from(value.text)),
            "default" => default = Text::from(value.text),
            _ => match bounds(&value.text) {
                Some((from, to)) => ranges.push((Text::from(name.text), from, to)),
                None => return Err(cursor.problem(Code::SplOption, &value.at, "a range is two numbers with a dash between, such as 0-10", "")),
            },
        }
    }
    let Some(field) = field else { return Err(cursor.unexpected("`rangemap` needs field=…")) };
    Ok(Box::new(RangeMap { field, ranges, default }))
}

pub(super) const DEF: Command = Command {
    name: "rangemap",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "rangemap field=<field> <name>=<start>-<end>... [default=<string>]",
    summary: "Puts into the field `range` the names of the ranges that a number is in; both bounds are inside.",
    options: &[],
    examples: &[("| makeresults | eval n=9 | rangemap field=n low=0-9 High=10--1 | table range", &[&[("range", "low")]])],
    differs: &[],
    compile,
};

//! `eval`.

use super::new_fields::NewFields;
use super::prelude::*;

#[derive(Debug)]
struct Eval(Vec<(Target, Program)>);

#[derive(Debug)]
enum Target {
    Field(Text),
    /// `{field}` in the name stands for the value of a field.
    Dynamic(Vec<Part>),
}

#[derive(Debug)]
enum Part {
    Text(String),
    Value(Text),
}

impl Operator for Eval {
    fn run(&self, mut input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        for (target, program) in &self.0 {
            let column = program.column(&input, &run.cx);
            match target {
                Target::Field(field) => input.set(field.clone(), column),
                Target::Dynamic(parts) => set_dynamic(&mut input, parts, &column),
            }
        }
        Ok(input)
    }

    fn schema(&self, schema: &mut Schema) {
        for (target, program) in &self.0 {
            schema.read(program.fields());
            match target {
                Target::Field(field) => schema.add(field),
                Target::Dynamic(_) => schema.any(),
            }
        }
    }

    fn needs(&self, after: Needed) -> Needed {
        self.0.iter().rev().fold(after, |after, (target, program)| match target {
            // What is not looked at need not be computed, yet its inputs are cheap to keep.
            Target::Field(field) => after.without(field).and(program.fields().iter().map(Text::as_str)),
            Target::Dynamic(parts) => after
                .and(program.fields().iter().map(Text::as_str))
                .and(parts.iter().filter_map(|p| if let Part::Value(f) = p { Some(f.as_str()) } else { None })),
        })
    }
}

fn set_dynamic(table: &mut Table, parts: &[Part], values: &Column) {
    let mut made = NewFields::default();
    for row in 0..table.len() {
        let mut name = String::new();
        for part in parts {
            match part {
                Part::Text(text) => name.push_str(text),
                Part::Value(field) => name.push_str(&table.value(row, field).as_text().unwrap_or_default()),
            }
        }
        if !name.is_empty() {
            made.add(row, name, values.get(row).clone());
        }
    }
    made.put_into(table);
}

/// The name before `=`: bare up to a blank or the sign, or in quotes.
fn target(cursor: &mut Cursor<'_>) -> Result<Target, Diagnostic> {
    let word = match cursor.peek() {
        Some(b'"') => cursor.quoted()?,
        Some(b'\'') => match cursor.field()? {
            Some(word) => word,
            None => return Err(cursor.unexpected("a field name is expected")),
        },
        _ => match cursor.word_until(b"=")? {
            Some(word) => word,
            None => return Err(cursor.unexpected("`eval` needs assignments such as field=expression")),
        },
    };
    if !word.text.contains('{') || word.text.contains("{}") {
        return Ok(Target::Field(word.text.into()));
    }
    let mut parts = Vec::new();
    let mut rest = word.text.as_str();
    while let Some((before, after)) = rest.split_once('{') {
        let Some((field, tail)) = after.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before.to_string()));
        }
        parts.push(Part::Value(Text::new(field)));
        rest = tail;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_string()));
    }
    Ok(Target::Dynamic(parts))
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut list = Vec::new();
    let mut wrong = false;
    loop {
        cursor.separators();
        let target = target(cursor)?;
        if !cursor.eat(b'=') {
            return Err(cursor.unexpected("`=` is expected after the name of the field"));
        }
        let expr = Expr::parse(cursor)?;
        match compiler.eval(&expr, place.spl) {
            Some(program) if program.is_boolean() => {
                let problem = place.spl.syntax(&expr.at, "a field cannot hold the result of a condition", "this is true or false");
                compiler.problems.push(problem.help("put it into if(condition, \"yes\", \"no\") or tostring(condition)"));
                wrong = true;
            }
            Some(program) => list.push((target, program)),
            None => wrong = true,
        }
        if cursor.is_done() {
            break;
        }
        if cursor.peek() != Some(b',') {
            return Err(cursor.unexpected("an operator or a comma is expected"));
        }
    }
    if wrong { Err(reported(place)) } else { Ok(Box::new(Eval(list))) }
}

pub(super) const DEF: Command = Command {
    name: "eval",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "eval <field>=<expression> [, <field>=<expression>] ...",
    summary: "Computes fields. Each assignment sees the ones before it; a field set to null is gone.",
    options: &[],
    examples: &[
        ("| makeresults | eval a=1, b=a+1 | table a b", &[&[("a", "1"), ("b", "2")]]),
        ("| makeresults | eval k=\"host1\", {k}=5 | table host1", &[&[("host1", "5")]]),
    ],
    differs: &[],
    compile,
};

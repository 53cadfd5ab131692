//! `return`.

use super::prelude::*;
use crate::engine::subsearch::quoted;

#[derive(Debug)]
struct Return {
    rows: usize,
    terms: Vec<Term>,
}

#[derive(Debug)]
enum Term {
    /// `$field`: the value alone.
    Value(Text),
    /// `name=field` or `field`.
    Pair(Text, Text),
}

impl Operator for Return {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut rows = Vec::new();
        for row in 0..input.len().min(self.rows) {
            let mut parts = Vec::new();
            for term in &self.terms {
                match term {
                    Term::Value(field) => input.value(row, field).each(|t| parts.push(t.to_string())),
                    Term::Pair(name, field) => input.value(row, field).each(|t| parts.push(format!("{name}={}", quoted(t)))),
                }
            }
            if !parts.is_empty() {
                rows.push(parts.join(" "));
            }
        }
        let text = match rows.as_slice() {
            [] => String::new(),
            [one] => one.clone(),
            many => many.iter().map(|r| format!("({r})")).collect::<Vec<_>>().join(" OR "),
        };
        let mut table = Table::new(usize::from(!text.is_empty()));
        table.set("search", Column::constant(Value::from(text), table.len()));
        Ok(table)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only(self.terms.iter().map(|t| match t {
            Term::Value(field) | Term::Pair(_, field) => field.as_str(),
        }))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut rows = 1;
    let mut terms = Vec::new();
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        if let Some((name, field)) = alias(cursor)? {
            terms.push(Term::Pair(name, field));
            continue;
        }
        let Some(word) = cursor.field()? else { return Err(cursor.unexpected("a field is expected")) };
        match (word.text.strip_prefix('$'), word.text.parse::<usize>()) {
            (Some(field), _) => terms.push(Term::Value(Text::new(field))),
            (None, Ok(n)) if terms.is_empty() => rows = n,
            _ => terms.push(Term::Pair(Text::new(&word.text), Text::new(&word.text))),
        }
    }
    if terms.is_empty() {
        return Err(cursor.unexpected("`return` needs a field"));
    }
    Ok(Box::new(Return { rows, terms }))
}

/// `alias=field`.
fn alias(cursor: &mut Cursor<'_>) -> Result<Option<(Text, Text)>, Diagnostic> {
    let from = cursor.position();
    if let Some(name) = cursor.field()?
        && cursor.eat(b'=')
        && let Some(field) = cursor.field()?
    {
        return Ok(Some((name.text.into(), field.text.into())));
    }
    cursor.reset(from);
    Ok(None)
}

pub(super) const DEF: Command = Command {
    name: "return",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "return [<int>] (<field> | <alias>=<field> | $<field>)...",
    summary: "Gives values of the first row, or of so many, to the search outside: as conditions, or with $ as bare values.",
    options: &[],
    examples: &[
        ("| makeresults format=csv data=\"u,i\nbob,1\nal,2\" | return 2 u", &[&[("search", "(u=\"bob\") OR (u=\"al\")")]]),
        ("| makeresults | eval x=[| makeresults | eval y=42 | return $y] | table x", &[&[("x", "42")]]),
    ],
    differs: &[],
    compile,
};

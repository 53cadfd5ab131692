//! `format`.

use super::prelude::*;
use crate::engine::subsearch::{self, Style};

#[derive(Debug)]
struct Format {
    style: Style,
    rows: usize,
}

impl Operator for Format {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let text = subsearch::format(&input.slice(0, self.rows), &self.style);
        let mut table = Table::new(1);
        table.set("search", Column::constant(Value::from(text), 1));
        Ok(table)
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut pieces = Vec::new();
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        if cursor.peek() != Some(b'"') {
            return Err(cursor.unexpected("six quoted texts are expected, or none"));
        }
        pieces.push(cursor.quoted()?.text);
    }
    let mut style = Style::default();
    if !pieces.is_empty() {
        style.pieces = pieces.try_into().map_err(|_| cursor.unexpected("six quoted texts are expected, or none"))?;
    }
    if let Some(text) = options.text("mvsep") {
        style.values = text.to_string();
    }
    if let Some(text) = options.text("emptystr") {
        style.empty = text.to_string();
    }
    let rows = match options.int("maxresults", 0) {
        0 => usize::MAX,
        n => usize::try_from(n).unwrap_or(usize::MAX),
    };
    Ok(Box::new(Format { style, rows }))
}

pub(super) const DEF: Command = Command {
    name: "format",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "format [mvsep=<string>] [maxresults=<int>] [\"(\" \"(\" \"AND\" \")\" \"OR\" \")\"] [emptystr=<string>]",
    summary: "Makes one row of all rows: their values as the text of a search expression, in the field `search`.",
    options: &[
        Opt { name: "mvsep", kind: OptKind::Text, default: "OR", doc: "Between the values of a multivalue." },
        Opt { name: "maxresults", kind: OptKind::Int, default: "0", doc: "Rows that count; 0 is all." },
        Opt { name: "emptystr", kind: OptKind::Text, default: "NOT( )", doc: "What no rows give." },
    ],
    examples: &[("| makeresults format=csv data=\"b,a\n1,x\n2,y\" | format", &[&[("search", "( ( a=\"x\" AND b=\"1\" ) OR ( a=\"y\" AND b=\"2\" ) )")]])],
    differs: &[],
    compile,
};

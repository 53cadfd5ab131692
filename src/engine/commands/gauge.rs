//! `gauge`.

use super::prelude::*;

#[derive(Debug)]
struct Gauge {
    value: Source,
    range: Vec<Source>,
}

/// A number, or the field whose first value it is.
#[derive(Debug)]
enum Source {
    Number(f64),
    Field(Text),
}

impl Source {
    fn of(word: &Word) -> Source {
        match crate::store::parse_number(&word.text).filter(|_| !word.quoted) {
            Some(n) => Source::Number(n),
            None => Source::Field(Text::new(&word.text)),
        }
    }

    fn value(&self, table: &Table) -> Value {
        match self {
            Source::Number(n) => Value::Number(*n),
            Source::Field(field) => table.column_or_null(field).iter().find(|v| !v.is_null()).cloned().unwrap_or_default(),
        }
    }
}

impl Operator for Gauge {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let mut output = Table::new(1);
        output.set("x", Column::constant(self.value.value(&input), 1));
        for (n, bound) in self.range.iter().enumerate() {
            output.set(format!("y{}", n + 1), Column::constant(bound.value(&input), 1));
        }
        Ok(output)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only(std::iter::once(&self.value).chain(&self.range).filter_map(|s| match s {
            Source::Field(field) => Some(field.as_str()),
            Source::Number(_) => None,
        }))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let words = cursor.fields(&[])?;
    cursor.expect_done("gauge")?;
    let Some((value, range)) = words.split_first() else {
        return Err(place.spl.syntax(&place.call.at(), "`gauge` needs a value", "a field or a number"));
    };
    // A single bound is no range: it is read over, and the range is the default one.
    let range = match range {
        [] | [_] => vec![Source::Number(0.0), Source::Number(100.0)],
        bounds => bounds.iter().map(Source::of).collect(),
    };
    Ok(Box::new(Gauge { value: Source::of(value), range }))
}

pub(super) const DEF: Command = Command {
    name: "gauge",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "gauge <value> [<bound> <bound>...]",
    summary: "One row for a gauge: the value as x, the bounds of its ranges as y1, y2 and so on; 0 and 100 if none are given. A field stands for its first value.",
    options: &[],
    examples: &[
        ("| makeresults | eval n=7, top=10 | gauge n 0 5 top", &[&[("x", "7"), ("y1", "0"), ("y2", "5"), ("y3", "10")]]),
        ("| makeresults | eval n=7 | gauge n", &[&[("x", "7"), ("y1", "0"), ("y2", "100")]]),
    ],
    differs: &[],
    compile,
};

//! `diff`.

use super::difflib::{context, unified};
use super::prelude::*;

#[derive(Debug)]
struct Diff {
    first: usize,
    second: usize,
    attribute: Text,
    context: bool,
    max: usize,
}

impl Operator for Diff {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        if input.len() < self.second {
            run.warn(warning(format!("diff: there is no row {}: {} came in", self.second, input.len())));
            return Ok(Table::default());
        }
        let text = |position: usize| {
            let mut text = input.value(position - 1, &self.attribute).as_text().unwrap_or_default().into_owned();
            let end = (0..=self.max.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
            text.truncate(end);
            text
        };
        let (first, second) = (text(self.first), text(self.second));
        let (a, b): (Vec<&str>, Vec<&str>) = (first.lines().collect(), second.lines().collect());
        let lines = if self.context { context(&a, &b) } else { unified(&a, &b) };
        let text = if lines.is_empty() { "Results are the Same".to_string() } else { lines.join("\n") };
        let mut output = Table::new(1);
        output.set("_raw", Column::constant(Value::from(text), 1));
        Ok(output)
    }

    fn needs(&self, _: Needed) -> Needed {
        Needed::only([self.attribute.as_str()])
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("diff")?;
    if options.bool("diffheader", false) {
        options.refuse(cursor, "diff", "diffheader", "the documentation does not say which names it shows")?;
    }
    let position = |name: &str, default: i64| match usize::try_from(options.int(name, default)) {
        Ok(n) if n > 0 => Ok(n),
        _ => Err(place.spl.problem(Code::SplOption, &place.call.at(), format!("`{name}` counts rows from 1"), "")),
    };
    let (first, second) = (position("position1", 1)?, position("position2", 2)?);
    if second <= first {
        return Err(place.spl.problem(Code::SplOption, &place.call.at(), "`position2` must be greater than `position1`", ""));
    }
    Ok(Box::new(Diff {
        first,
        second,
        attribute: Text::new(options.text("attribute").unwrap_or("_raw")),
        context: options.bool("context", false),
        max: options.limit(cursor, "maxlen", 100_000)?,
    }))
}

pub(super) const DEF: Command = Command {
    name: "diff",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "diff [position1=<int>] [position2=<int>] [attribute=<field>] [context=<bool>] [maxlen=<int>]",
    summary: "Compares two rows line by line: one row, with the unified difference in _raw.",
    options: &[
        Opt { name: "position1", kind: OptKind::Int, default: "1", doc: "The one row." },
        Opt { name: "position2", kind: OptKind::Int, default: "2", doc: "The other row, further down." },
        Opt { name: "attribute", kind: OptKind::Text, default: "_raw", doc: "The field that is compared." },
        Opt { name: "diffheader", kind: OptKind::Bool, default: "false", doc: "Only false is supported." },
        Opt { name: "context", kind: OptKind::Bool, default: "false", doc: "The context form instead of the unified one." },
        Opt { name: "maxlen", kind: OptKind::Int, default: "100000", doc: "How many bytes are compared; 0 is all." },
    ],
    examples: &[(
        "| makeresults format=csv data=\"_raw\na\nb\" | diff",
        &[&[("_raw", "@@ -1 +1 @@ -a +b")]],
    )],
    differs: &[],
    compile,
};

//! `head`.

use super::prelude::*;

#[derive(Debug)]
struct Head {
    limit: usize,
    condition: Option<Program>,
    null: bool,
    keep_last: bool,
}

impl Operator for Head {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let Some(condition) = &self.condition else { return Ok(input.slice(0, self.limit)) };
        let values = condition.column(&input, &run.cx);
        let holds = |row: usize| match values.get(row) {
            Value::Bool(b) => *b,
            _ => self.null,
        };
        let stop = (0..input.len()).find(|row| !holds(*row));
        let end = stop.map_or(input.len(), |row| row + usize::from(self.keep_last));
        Ok(input.slice(0, end.min(self.limit)))
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.condition.iter().flat_map(Program::fields));
    }

    fn needs(&self, after: Needed) -> Needed {
        match &self.condition {
            None => after,
            Some(condition) => after.and(condition.fields().iter().map(Text::as_str)),
        }
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    let mut limit = None;
    let mut condition = None;
    loop {
        options.take_all(cursor, &DEF)?;
        if cursor.is_done() {
            break;
        }
        if cursor.peek() == Some(b'(') {
            let expr = Expr::parse(cursor)?;
            condition = Some(compiler.eval(&expr, place.spl).ok_or_else(|| reported(place))?);
            continue;
        }
        let at = cursor.here();
        match cursor.word()?.map(|w| w.text.parse::<usize>()) {
            Some(Ok(n)) => limit = Some(n),
            _ => return Err(place.spl.syntax(&at, "`head` takes a number of rows or a condition in parentheses", "")),
        }
    }
    let all = if condition.is_some() { usize::MAX } else { 10 };
    let limit = limit.or_else(|| options.text("limit").and_then(|t| t.parse().ok())).unwrap_or(all);
    Ok(Box::new(Head { limit, condition, null: options.bool("null", false), keep_last: options.bool("keeplast", false) }))
}

pub(super) const DEF: Command = Command {
    name: "head",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "head [<int> | limit=<int> | (<expression>)] [null=<bool>] [keeplast=<bool>]",
    summary: "The first rows, 10 unless a number is given; with a condition, the rows before the first one for which it is false.",
    options: &[
        Opt { name: "limit", kind: OptKind::Int, default: "10", doc: "The number of rows." },
        Opt { name: "null", kind: OptKind::Bool, default: "false", doc: "A condition that is null counts as true." },
        Opt { name: "keeplast", kind: OptKind::Bool, default: "false", doc: "Keep the row that ended it." },
    ],
    examples: &[("| makeresults count=5 | eval x=1 | head 2 | stats count", &[&[("count", "2")]])],
    differs: &[],
    compile,
};

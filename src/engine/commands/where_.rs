//! `where`.

use std::sync::Arc;

use super::prelude::*;
use crate::engine::loss;

#[derive(Debug)]
struct Where {
    condition: Program,
    /// As it is written, for saying what it lost.
    expr: Expr,
    spl: Arc<Spl>,
}

impl Operator for Where {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        let kept = input.filter(&self.condition.mask(&input, &run.cx));
        if kept.is_empty() && !input.is_empty() {
            loss::explain_where(&self.expr, &self.spl, &input, run);
        }
        Ok(kept)
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.condition.fields());
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.condition.fields().iter().map(Text::as_str))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    if cursor.is_done() {
        return Err(place.spl.syntax(&place.call.at(), "`where` needs a condition", "none is given"));
    }
    let expr = Expr::parse(cursor)?;
    if !cursor.is_done() {
        return Err(cursor.unexpected("an operator is expected"));
    }
    let condition = compiler.eval(&expr, place.spl).ok_or_else(|| reported(place))?;
    Ok(Box::new(Where { condition, expr, spl: Arc::new(place.spl.clone()) }))
}

pub(super) const DEF: Command = Command {
    name: "where",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "where <condition>",
    summary: "Keeps the rows for which an eval condition is true. Text is compared with its case, and a comparison with a missing field is not true.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"a,b\n9,10\n10,9\" | where a<b | table a", &[&[("a", "9")]])],
    differs: &[],
    compile,
};

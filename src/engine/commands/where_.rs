//! `where`.

use super::prelude::*;

#[derive(Debug)]
struct Where(Program);

impl Operator for Where {
    fn run(&self, input: Table, _: &Needed, run: &Run<'_>) -> Result<Table, Diagnostic> {
        Ok(input.filter(&self.0.mask(&input, &run.cx)))
    }

    fn schema(&self, schema: &mut Schema) {
        schema.read(self.0.fields());
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.0.fields().iter().map(Text::as_str))
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
    compiler.eval(&expr, place.spl).map(|p| Box::new(Where(p)) as _).ok_or_else(|| reported(place))
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

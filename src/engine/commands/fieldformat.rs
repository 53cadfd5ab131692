//! `fieldformat`.

use super::prelude::*;

#[derive(Debug)]
struct FieldFormat;

impl Operator for FieldFormat {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, compiler: &mut Compiler<'_>) -> Compiled {
    let word = if cursor.peek() == Some(b'"') { Some(cursor.quoted()?) } else { cursor.field()? };
    if word.is_none() || !cursor.eat(b'=') {
        return Err(cursor.unexpected("`fieldformat` needs a field and an expression: field=expression"));
    }
    let expr = Expr::parse(cursor)?;
    cursor.expect_done("fieldformat")?;
    compiler.eval(&expr, place.spl).ok_or_else(|| reported(place))?;
    Ok(Box::new(FieldFormat))
}

pub(super) const DEF: Command = Command {
    name: "fieldformat",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "fieldformat <field>=<expression>",
    summary: "Changes how a field is shown, not its value.",
    options: &[],
    examples: &[("| makeresults | eval x=1234567 | fieldformat x=tostring(x, \"commas\") | eval y=x+1 | table x y", &[&[("x", "1234567"), ("y", "1234568")]])],
    differs: &["results are shown with their values, not with the format"],
    compile,
};

//! `uniq`.

use super::prelude::*;

#[derive(Debug)]
struct Uniq;

impl Operator for Uniq {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let same = |row: usize| row > 0 && input.columns().all(|(_, c)| c.get(row) == c.get(row - 1));
        let keep: Vec<bool> = (0..input.len()).map(|row| !same(row)).collect();
        Ok(input.filter(&keep))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("uniq")?;
    Ok(Box::new(Uniq))
}

pub(super) const DEF: Command = Command {
    name: "uniq",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "uniq",
    summary: "Takes rows away that are the same as the row before them in every field.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\n1\n1\n2\n1\" | table x | uniq", &[&[("x", "1")], &[("x", "2")], &[("x", "1")]])],
    differs: &[],
    compile,
};

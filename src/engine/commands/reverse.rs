//! `reverse`.

use super::prelude::*;

#[derive(Debug)]
struct Reverse;

impl Operator for Reverse {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        Ok(input.gather(&(0..input.len() as u32).rev().collect::<Vec<u32>>()))
    }

    fn schema(&self, _: &mut Schema) {}

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("reverse")?;
    Ok(Box::new(Reverse))
}

pub(super) const DEF: Command = Command {
    name: "reverse",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "reverse",
    summary: "The rows in the opposite order.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\n1\n2\" | reverse | table x", &[&[("x", "2")], &[("x", "1")]])],
    differs: &[],
    compile,
};

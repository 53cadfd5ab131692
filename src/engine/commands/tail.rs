//! `tail`.

use super::prelude::*;

#[derive(Debug)]
struct Tail(usize);

impl Operator for Tail {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let from = input.len().saturating_sub(self.0) as u32;
        Ok(input.gather(&(from..input.len() as u32).rev().collect::<Vec<u32>>()))
    }

    fn schema(&self, _: &mut Schema) {}

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let count = match cursor.word()? {
        None => 10,
        Some(word) => word.text.parse().map_err(|_| place.spl.syntax(&word.at, "`tail` takes a number of rows", ""))?,
    };
    cursor.expect_done("tail")?;
    Ok(Box::new(Tail(count)))
}

pub(super) const DEF: Command = Command {
    name: "tail",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "tail [<int>]",
    summary: "The last rows, 10 unless a number is given, the last one first.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"x\n1\n2\n3\" | tail 2 | table x", &[&[("x", "3")], &[("x", "2")]])],
    differs: &[],
    compile,
};

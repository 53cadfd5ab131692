//! `require`.

use super::prelude::*;

#[derive(Debug)]
struct Require;

impl Operator for Require {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        if input.is_empty() {
            return Err(Diagnostic::new(Code::SplRuntime, "`require` stops the search: the commands before it gave no rows"));
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    cursor.expect_done("require")?;
    Ok(Box::new(Require))
}

pub(super) const DEF: Command = Command {
    name: "require",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "require",
    summary: "Makes the search fail where the commands before it give no rows.",
    options: &[],
    examples: &[("| makeresults | eval x=1 | require | table x", &[&[("x", "1")]])],
    differs: &[],
    compile,
};

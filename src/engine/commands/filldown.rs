//! `filldown`.

use super::prelude::*;

#[derive(Debug)]
struct FillDown(Vec<Text>);

impl Operator for FillDown {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<Text> = match self.0.is_empty() {
            true => input.fields().filter(|f| !f.starts_with('_')).cloned().collect(),
            false => matching(&input, &self.0).into_iter().map(Text::new).collect(),
        };
        for name in names {
            let column = input.column_or_null(&name);
            let mut last = Value::Null;
            let filled = column.iter().map(|v| {
                if !v.is_null() {
                    last = v.clone();
                }
                last.clone()
            });
            let filled = Column::flat(filled.collect());
            input.set(name, filled);
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        if self.0.is_empty() { after } else { after.and(self.0.iter().map(Text::as_str)) }
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let names = cursor.fields(&[])?;
    cursor.expect_done("filldown")?;
    Ok(Box::new(FillDown(names.into_iter().map(|w| w.text.into()).collect())))
}

pub(super) const DEF: Command = Command {
    name: "filldown",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "filldown [<wc-field-list>]",
    summary: "Where a field has no value, the last value before it: in the fields named, or in all.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"a,b\nx,1\n,2\" | filldown a | table a b", &[&[("a", "x"), ("b", "1")], &[("a", "x"), ("b", "2")]])],
    differs: &[],
    compile,
};

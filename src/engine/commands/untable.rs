//! `untable`.

use super::prelude::*;

#[derive(Debug)]
struct Untable {
    x: Text,
    name: Text,
    value: Text,
}

impl Operator for Untable {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let names: Vec<&Text> = input.fields().filter(|f| **f != self.x && !f.starts_with('_')).collect();
        let (mut keys, mut fields, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..input.len() {
            for name in &names {
                let value = input.value(row, name);
                if !value.is_null() {
                    keys.push(input.value(row, &self.x).clone());
                    fields.push(Value::Text((*name).clone()));
                    values.push(value.clone());
                }
            }
        }
        let mut table = Table::new(keys.len());
        table.set(self.x.clone(), Column::flat(keys));
        table.set(self.name.clone(), Column::flat(fields));
        table.set(self.value.clone(), Column::flat(values));
        Ok(table)
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    match cursor.fields(&[])?.as_slice() {
        [x, name, value] => Ok(Box::new(Untable { x: Text::new(&x.text), name: Text::new(&name.text), value: Text::new(&value.text) })),
        _ => Err(cursor.unexpected("`untable` takes three fields: the one that stays, one for names, one for values")),
    }
}

pub(super) const DEF: Command = Command {
    name: "untable",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "untable <x-field> <name-field> <value-field>",
    summary: "Makes a row of each cell: the opposite of xyseries.",
    options: &[],
    examples: &[("| makeresults format=csv data=\"d,a,b\nx,1,2\" | table d a b | untable d k v", &[&[("d", "x"), ("k", "a"), ("v", "1")], &[("d", "x"), ("k", "b"), ("v", "2")]])],
    differs: &[],
    compile,
};

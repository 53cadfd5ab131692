//! `setfields`.

use super::prelude::*;

#[derive(Debug)]
struct SetFields(Vec<(Text, Text)>);

impl Operator for SetFields {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        for (field, value) in &self.0 {
            input.set(field.clone(), Column::constant(Value::Text(value.clone()), input.len()));
        }
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        self.0.iter().fold(after, |after, (field, _)| after.without(field))
    }
}

fn compile(cursor: &mut Cursor<'_>, place: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut list = Vec::new();
    loop {
        cursor.separators();
        if cursor.is_done() {
            break;
        }
        let Some(name) = cursor.field()? else { return Err(cursor.unexpected("`field=\"value\"` is expected")) };
        if !cursor.eat(b'=') {
            return Err(cursor.unexpected("`=` is expected"));
        }
        let Some(value) = cursor.word()? else { return Err(cursor.unexpected("a value is expected")) };
        list.push((Text::from(name.text), Text::from(value.text)));
    }
    if list.is_empty() {
        return Err(place.spl.syntax(&place.call.at(), "`setfields` needs a field and its value", "such as setfields site=\"north\""));
    }
    Ok(Box::new(SetFields(list)))
}

pub(super) const DEF: Command = Command {
    name: "setfields",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "setfields <field>=<value>, ...",
    summary: "Gives fields the same value in every row.",
    options: &[],
    examples: &[("| makeresults | eval a=1 | setfields a=\"two words\", b=2 | table a b", &[&[("a", "two words"), ("b", "2")]])],
    differs: &[],
    compile,
};

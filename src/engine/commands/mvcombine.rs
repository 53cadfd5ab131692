//! `mvcombine`.

use indexmap::IndexMap;

use super::prelude::*;

#[derive(Debug)]
struct MvCombine(Text);

impl Operator for MvCombine {
    fn run(&self, input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        if !input.has(&self.0) {
            return Ok(input);
        }
        let others: Vec<&Column> = input.columns().filter(|(name, _)| **name != self.0).map(|(_, c)| c).collect();
        let mut groups: IndexMap<Vec<Option<Text>>, (u32, Vec<Text>)> = IndexMap::new();
        for row in 0..input.len() {
            let key = others.iter().map(|c| Some(c.get(row)).filter(|v| !v.is_null()).map(Value::to_text)).collect();
            let group = groups.entry(key).or_insert((row as u32, Vec::new()));
            group.1.extend(input.value(row, &self.0).texts());
        }
        let mut output = input.gather(&groups.values().map(|(row, _)| *row).collect::<Vec<u32>>());
        output.set(self.0.clone(), Column::flat(groups.into_values().map(|(_, texts)| Value::from_texts(texts)).collect()));
        Ok(output)
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let Some(field) = cursor.field()? else { return Err(cursor.unexpected("`mvcombine` needs a field")) };
    options.take_all(cursor, &DEF)?;
    cursor.expect_done("mvcombine")?;
    Ok(Box::new(MvCombine(field.text.into())))
}

pub(super) const DEF: Command = Command {
    name: "mvcombine",
    aliases: &[],
    kind: Kind::Transforming,
    syntax: "mvcombine [delim=<string>] <field>",
    summary: "Makes one row of rows that differ in one field only, with a multivalue of its values.",
    options: &[Opt { name: "delim", kind: OptKind::Text, default: "a blank", doc: "What a following nomv puts between the values." }],
    examples: &[("| makeresults format=csv data=\"h,x\na,1\nb,2\na,3\" | table h x | mvcombine x", &[&[("h", "a"), ("x", "1 3")], &[("h", "b"), ("x", "2")]])],
    differs: &[],
    compile,
};

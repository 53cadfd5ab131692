//! `strcat`.

use super::prelude::*;

#[derive(Debug)]
struct StrCat {
    parts: Vec<Part>,
    target: Text,
    all_required: bool,
}

#[derive(Debug)]
enum Part {
    Text(String),
    Field(Text),
}

impl Operator for StrCat {
    fn run(&self, mut input: Table, _: &Needed, _: &Run<'_>) -> Result<Table, Diagnostic> {
        let old = input.column_or_null(&self.target);
        let joined = |row: usize| {
            let mut text = String::new();
            for part in &self.parts {
                match part {
                    Part::Text(t) => text.push_str(t),
                    Part::Field(field) => match input.value(row, field).as_text() {
                        Some(t) => text.push_str(&t),
                        None if self.all_required => return old.get(row).clone(),
                        None => {}
                    },
                }
            }
            Value::from(text)
        };
        let made = Column::flat((0..input.len()).map(joined).collect());
        input.set(self.target.clone(), made);
        Ok(input)
    }

    fn needs(&self, after: Needed) -> Needed {
        after.and(self.parts.iter().filter_map(|p| if let Part::Field(f) = p { Some(f.as_str()) } else { None }))
    }
}

fn compile(cursor: &mut Cursor<'_>, _: &Place<'_>, _: &mut Compiler<'_>) -> Compiled {
    let mut options = Options::default();
    options.take_all(cursor, &DEF)?;
    let mut words = cursor.fields(&[])?;
    cursor.expect_done("strcat")?;
    match words.pop() {
        Some(target) if words.len() > 1 => {
            let parts = words.into_iter().map(|w| if w.quoted { Part::Text(w.text) } else { Part::Field(w.text.into()) }).collect();
            Ok(Box::new(StrCat { parts, target: target.text.into(), all_required: options.bool("allrequired", false) }))
        }
        _ => Err(cursor.unexpected("`strcat` needs two fields or texts at least, and a field for the result")),
    }
}

pub(super) const DEF: Command = Command {
    name: "strcat",
    aliases: &[],
    kind: Kind::Streaming,
    syntax: "strcat [allrequired=<bool>] <field or \"text\">... <field>",
    summary: "Joins fields and quoted texts to a new field. A field without a value adds nothing.",
    options: &[Opt { name: "allrequired", kind: OptKind::Bool, default: "false", doc: "Without a value in each field nothing is written." }],
    examples: &[("| makeresults | eval a=\"x\", b=\"y\" | strcat a \"/\" b none c | table c", &[&[("c", "x/y")]])],
    differs: &[],
    compile,
};
